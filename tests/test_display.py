"""The marked-up article: the right words marked, everything escaped, nothing but markup."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discourse import canvas, display
from discourse.attribution import Attribution
from discourse.bidi import lint_bidi
from discourse.corpus import Article
from discourse.display import DisplayError, show_article, show_statement
from discourse.engagement import ACTS, ENGAGEMENTS
from discourse.framing import load_frames
from discourse.languages import LANGUAGES, LanguageError, words_in
from discourse.speakers import Camps, default_camps
from discourse.stance import Side
from discourse.tables import attribution_rows, attributions_table
from discourse.text import Span

ARTICLE = Article("a", "الكرملين: لقاء قريب", "قال الوزير إن موسكو تعهدت بسحب القوات.\n\nولم يعلق أحد آخر.")


class Page(HTMLParser):
    """Words of the article, words under each mark, labels, and whether elements nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[dict[str, str | None]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.paragraphs: list[str] = []
        self.marked: dict[tuple[str, str], str] = {}
        self.labels: list[str] = []
        self.feed(html)
        self.close()
        assert not self.open, "elements left open"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.open.append({"tag": tag, **dict(attrs)})
        if tag == "p" and "data-label" not in dict(attrs):
            self.paragraphs.append("")
        if "data-label" in dict(attrs) and tag == "span":
            self.labels.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop()["tag"] == tag

    def handle_data(self, data: str) -> None:
        if len(self.open) < 2:
            return
        if any("data-label" in element for element in self.open):
            if self.open[-1]["tag"] == "span" and self.labels and "data-label" in self.open[-1]:
                self.labels[-1] += data
            return
        self.paragraphs[-1] += data
        for element in self.open:
            if "data-kind" in element:
                key = (str(element["data-kind"]), str(element["data-number"]))
                self.marked[key] = self.marked.get(key, "") + data


def span(words: str, article: Article = ARTICLE) -> Span:
    start = article.document.index(words)
    return Span(start, start + len(words), words)


OUTER = Attribution(
    "a", "o", "indirect", span("قال"), span("الوزير"), (span("إن موسكو تعهدت بسحب القوات"),), "that", camp="other"
)
INNER = Attribution(
    "a",
    "i",
    "indirect",
    span("تعهدت"),
    span("موسكو"),
    (span("بسحب القوات"),),
    "prep",
    parent="o",
    speaker="russia",
    camp="moscow",
)
BOTH = [OUTER, INNER]


def test_words_and_marks_of_an_article() -> None:
    page = Page(show_article(ARTICLE, BOTH).html)
    assert page.paragraphs == [line for line in ARTICLE.document.split("\n") if line]
    assert page.marked == {
        ("cue", "1"): "قال",
        ("source", "1"): "الوزير",
        ("content", "1"): "إن موسكو تعهدت بسحب القوات",
        ("cue", "2"): "تعهدت",
        ("source", "2"): "موسكو",
        ("content", "2"): "بسحب القوات",
    }
    assert page.labels == ["cue 1", "source 1", "content 1 · other", "source 2", "cue 2", "content 2 · Moscow"]


def test_every_way_of_giving_attributions_shows_the_same() -> None:
    table = attributions_table([ARTICLE], BOTH)
    views = [show_article(ARTICLE, given) for given in (BOTH, iter(BOTH[::-1]), table, attribution_rows(table))]
    assert len({view.html for view in views}) == len({view.plain for view in views}) == 1


def test_attributions_of_other_articles_are_passed_over() -> None:
    other = OUTER._replace(article_id="b")
    assert show_article(ARTICLE, [*BOTH, other]) == show_article(ARTICLE, BOTH)
    assert Page(show_article(ARTICLE, []).html).marked == {}


def test_kinds_differ_in_line_and_depths_in_distance() -> None:
    html = show_article(ARTICLE, BOTH).html
    styles = dict(re.findall(r'data-kind="(\w+ ?)" data-number="1" title="[^"]*" style="border-bottom:\w+ (\w+)', html))
    assert styles == {"content": "solid", "source": "double", "cue": "dotted"}
    gaps = dict(re.findall(r'data-kind="content" data-number="(\d)"[^>]*padding-bottom:(\d+)px', html))
    assert int(gaps["1"]) > int(gaps["2"])


def test_colours_are_those_of_the_figures() -> None:
    assert display.COLOURS[:-1] == tuple(colour for colour, _ in canvas.MARKS[:-1])
    camps = default_camps()
    html = show_article(ARTICLE, BOTH).html
    assert f"2px solid {canvas.MARKS[camps.names.index('moscow')][0]}" in html
    assert f"2px solid {display.GREY}" in html
    own = Camps(("east", "moscow"), {"east": {"en": "East"}, "moscow": {"en": "Kremlin & co"}}, {}, {})
    html = show_article(ARTICLE, BOTH, own).html
    assert f"2px solid {canvas.MARKS[1][0]}" in html
    assert "content 2 · Kremlin &amp; co" in html


def test_the_box_reads_right_to_left_in_any_theme_and_in_print() -> None:
    html = show_article(ARTICLE, BOTH).html
    assert html.startswith('<div dir="rtl" lang="ar" style="direction:rtl;text-align:right;')
    assert html.count('<p style="text-align:right;') == 3
    assert "print-color-adjust:exact" in html
    assert "color:inherit" in html
    assert not re.search(r"(?<![-\w])color:(?!inherit)", html)
    assert "margin-left" not in html
    assert "margin-right" not in html


ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "</div></p></span>",
    "&lt;b&gt; &amp; &#60;",
    "\" onmouseover='x' <!-- ]]>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_text_is_shown_as_text(attack: str) -> None:
    article = Article(attack, attack, f"قال {attack} إن {attack} وصل", outlet=attack)
    content = Span(len(attack) + 5 + len(attack), len(article.document), "")
    source = Span(len(attack) + 5, len(attack) * 2 + 5, "")
    attribution = Attribution(attack, attack, "indirect", None, source, (content,), attack, speaker=attack, camp=attack)
    html = show_article(article, [attribution]).html
    page = Page(html)
    assert page.paragraphs == [attack, f"قال {attack} إن {attack} وصل"]
    assert page.marked["source", "1"] == attack
    assert page.tags == {"div", "p", "span"}
    assert page.attributes <= {"dir", "lang", "style", "title", "data-kind", "data-number", "data-label"}


def test_nothing_is_fetched_or_run() -> None:
    html = show_article(ARTICLE, BOTH).html
    assert not re.search(r"https?:|url\(|<script|<style|<link|\bon\w+=", html)


def test_a_content_in_two_pieces_is_labelled_once() -> None:
    pieces = OUTER._replace(content=(span("إن موسكو"), span("بسحب القوات")))
    page = Page(show_article(ARTICLE, [pieces]).html)
    assert page.marked["content", "1"] == "إن موسكوبسحب القوات"
    assert page.labels == ["cue 1", "source 1", "content 1 · other"]


def test_a_content_over_a_line_break_goes_on() -> None:
    article = Article("a", "", "قال: سطر أول\r\nسطر ثان. انتهى")
    across = Attribution("a", "1", "unmarked", None, None, (span("سطر أول\r\nسطر ثان", article),), "colon")
    page = Page(show_article(article, [across]).html)
    assert [line.strip() for line in page.paragraphs] == ["قال: سطر أول", "سطر ثان. انتهى"]
    assert page.marked["content", "1"].replace("\r", " ") == "سطر أول سطر ثان"
    assert page.labels == ["content 1 · other"]


def test_plain_form_for_a_console() -> None:
    view = show_article(ARTICLE, BOTH)
    assert view._repr_html_() == view.html
    assert repr(view).splitlines() == [
        "article a: 2 attributions",
        "1. - (other, indirect): إن موسكو تعهدت بسحب القوات",
        "2. russia (Moscow, indirect): بسحب القوات",
    ]


def test_labels_in_arabic_run_right_to_left_and_the_article_stays_as_it_is() -> None:
    view = show_article(ARTICLE, scored_rows(), scores=True, language="ar")
    page, english = Page(view.html), Page(show_article(ARTICLE, scored_rows(), scores=True).html)
    assert (page.paragraphs, page.marked) == (english.paragraphs, english.marked)
    one, two = ("\u20661\u2069", "\u20662\u2069")
    assert page.labels == [
        f"لفظ الإسناد {one}", f"المصدر {one}", f"القول {one} · أطراف أخرى",
        f"المصدر {two}", f"لفظ الإسناد {two}", f"القول {two} · موسكو",
    ]  # fmt: skip
    assert 'dir="ltr"' not in view.html and 'lang="en"' not in view.html
    shown = re.sub(r"<[^>]*>|data-[a-z]+=\S+", " ", view.html)
    assert not re.search("[A-Za-z]", re.sub("&[a-z]+;", "", shown)), "an English word among the labels"
    assert "القول \u20662\u2069: \u2066russia\u2069، كلام منقول، القاعدة \u2066prep\u2069" in view.html
    assert "المشاعر: " in repr(view) and "الأطر: " in repr(view)
    assert repr(view).splitlines()[0] == "المقال a: عدد الأقوال 2"
    assert list(lint_bidi(view.html)["kind"]) == []


def test_every_class_of_a_score_has_a_word_in_both_languages() -> None:
    for language in LANGUAGES:
        words = words_in(language)
        assert {f"act_{act}" for act in ACTS} | set(ENGAGEMENTS) | {f"is_{side}" for side in get_args(Side)} <= set(
            words
        )
        assert {f"frame_{one.frame}" for one in load_frames().frames} <= set(words)


def test_a_name_in_braces_is_shown_as_it_is() -> None:
    row = {**scored_rows()[1], "camp": "{x}", "stance": {"{y}": "oppose"}, "frames": ["{z}"], "speaker": "{0}"}
    html = show_article(ARTICLE, [row], scores=True).html
    assert (
        "content 1 · {x}" in html
        and "stance: against {y}" in html
        and "frames: {z}" in html
        and "{0}, indirect" in html
    )


def test_a_language_without_labels() -> None:
    with pytest.raises(LanguageError, match=r"^Unknown language 'fr'\. Languages: ar, en\.$"):
        show_article(ARTICLE, BOTH, language="fr")  # type: ignore[arg-type]


def test_spans_of_another_document() -> None:
    wrong = OUTER._replace(content=(Span(5, 999, ""),))
    with pytest.raises(DisplayError) as caught:
        show_article(ARTICLE, [wrong])
    assert str(caught.value) == (
        f"Attribution 'o' has characters 5 to 999 as its content; the document of article 'a' has {len(ARTICLE.document)}."
    )


SPANS = st.tuples(st.integers(0, 39), st.integers(1, 20)).map(lambda pair: (pair[0], min(40, sum(pair))))
TEXT = "ابتثجحخد ذرزسشصض\nطظعغفقكلمن هوي. 0123456"


@given(st.lists(st.tuples(SPANS, SPANS, SPANS), max_size=6))
def test_marks_that_cross_still_nest_and_cover_their_words(records: list[tuple[tuple[int, int], ...]]) -> None:
    assert len(TEXT) == 40
    rows = [
        {"article_id": "x", "id": str(n), "type": "mixed", "content": [list(c)], "cue": list(q), "source": list(s)}
        for n, (c, q, s) in enumerate(records)
    ]
    page = Page(show_article(Article("x", "", TEXT), rows).html)
    assert page.paragraphs == TEXT.split("\n")
    ordered = sorted(rows, key=lambda row: min(row["content"][0][0], row["cue"][0], row["source"][0]))
    for number, row in enumerate(ordered, 1):
        for kind, (start, end) in (("content", row["content"][0]), ("cue", row["cue"]), ("source", row["source"])):
            assert page.marked.get((kind, str(number)), "") == TEXT[start:end].replace("\n", "")


def scored_rows() -> list[dict[str, object]]:
    from discourse.analysis import score_all

    return score_all(attributions_table([ARTICLE], BOTH)).to_dict("records")


def test_scores_are_listed_with_the_words_that_decided() -> None:
    rows = scored_rows()
    view = show_article(ARTICLE, rows, scores=True)
    page = Page(view.html)
    assert page.paragraphs == [line for line in ARTICLE.document.split("\n") if line]
    lines = re.findall(r"<p [^>]*>(\d)\. ([^\n]*)</p>", view.html)
    assert [number for number, _ in lines] == ["1", "2"]
    for (number, line), row in zip(lines, rows, strict=True):
        assert f"sentiment: {row['sentiment']}" in line
        assert f"act and engagement: {row['act']}, {row['engagement']}" in line
        for name in ("engagement", "sentiment", "stance", "frames"):
            for start, end in row[f"{name}_evidence"]:
                assert ARTICLE.document[start:end] in line
                assert ARTICLE.document[start:end] in page.marked["evidence", number]
    assert "act and engagement: " in repr(view)
    assert 'data-kind="evidence"' not in show_article(ARTICLE, rows).html


def test_evidence_of_several_scores_is_one_mark_that_names_them() -> None:
    row = {**scored_rows()[1], "stance": {"moscow": "support"}, "frames": ["security"]}
    place = ARTICLE.document.index("بسحب")
    span_ = [[place, place + 4]]
    row |= {"stance_evidence": span_, "frames_evidence": span_, "sentiment_evidence": [], "engagement_evidence": []}
    html = show_article(ARTICLE, [row], scores=True).html
    assert html.count('data-kind="evidence"') == 1
    assert "evidence 1: stance, frames" in html
    assert "stance: for Moscow" in html


def test_scores_that_do_not_exist_cannot_be_shown() -> None:
    with pytest.raises(
        DisplayError, match="no act, engagement, sentiment, stance, frames. discourse.analyse adds them"
    ):
        show_article(ARTICLE, BOTH, scores=True)
    table = attributions_table([ARTICLE], BOTH).assign(act="assert", engagement="deny", sentiment="neutral")
    with pytest.raises(DisplayError, match="no stance, frames"):
        show_article(ARTICLE, table, scores=True)


def test_a_span_of_evidence_beyond_the_document_is_refused() -> None:
    row = {**scored_rows()[0], "frames_evidence": [[5, 5000]]}
    with pytest.raises(DisplayError, match="characters 5 to 5000 as its evidence"):
        show_article(ARTICLE, [row], scores=True)


THREE = Article(
    "t", "خبر", 'وصل الوفد صباحا. قال السفير إن "اللقاء أُجّل.. ولم يُلغ". عاد الوفد مساء؟ نعم.\nسطر أخير', None, None
)


def found_in(article: Article, cue: str, source: str, content: str) -> Attribution:
    return Attribution(
        article.id, "s", "indirect", span(cue, article), span(source, article), (span(content, article),), "that"
    )


def test_a_statement_stands_in_its_own_sentence() -> None:
    one = found_in(THREE, "قال", "السفير", "اللقاء أُجّل")
    page = Page(show_statement(THREE, one, remark="<b>a & b</b>").html)
    assert page.paragraphs[0].startswith("قال السفير")
    assert "وصل" not in page.paragraphs[0] and "سطر أخير" not in "".join(page.paragraphs)
    assert page.marked["content", "1"] == "اللقاء أُجّل"
    assert page.paragraphs[-1] == "<b>a & b</b>"


def test_a_statement_over_several_sentences_and_paragraphs_is_shown_whole() -> None:
    one = found_in(THREE, "قال", "السفير", "عاد الوفد مساء؟ نعم.\nسطر أخير")
    page = Page(show_statement(THREE, one).html)
    assert [line.strip() for line in page.paragraphs] == [
        'قال السفير إن "اللقاء أُجّل.. ولم يُلغ". عاد الوفد مساء؟ نعم.',
        "سطر أخير",
    ]


def test_faults_of_a_statement() -> None:
    with pytest.raises(DisplayError, match=r"^The attribution is one of article 'a', not of 't'\.$"):
        show_statement(THREE, OUTER)
    with pytest.raises(DisplayError, match=r"^Attribution 'o' has characters 5 to 999 as its content; "):
        show_statement(ARTICLE, OUTER._replace(content=(Span(5, 999, ""),)))


@pytest.mark.parametrize(("language", "shown"), [("en", "axis: order–chaos"), ("ar", "المحور: نظام/فوضى")])
def test_a_place_between_two_poles_is_shown_with_the_words_that_drew_it_there(language, shown) -> None:
    place = ARTICLE.document.index("بسحب")
    row = {**scored_rows()[1], "axis": "order-chaos", "axis_score": -1.26, "axis_evidence": [[place, place + 4]]}
    html = show_article(ARTICLE, [row], scores=True, language=language).html
    assert shown in html and "-1.3" in html
    for empty in ({**row, "axis_score": float("nan"), "axis_evidence": []}, scored_rows()[1]):
        assert shown not in show_article(ARTICLE, [empty], scores=True, language=language).html
