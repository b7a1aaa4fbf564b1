"""From a number to the sentences: what is shown, where it stands, and that it is nothing but text."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import pandas as pd
import pytest

import discourse
from discourse.clusters import TooFewClusters
from discourse.corpus import Article
from discourse.estimates import rows_behind, share_by
from discourse.evidence import EvidenceError, concordance, show_evidence
from discourse.languages import LanguageError

TEXTS = {
    "c-1": "قال الوزير الروسي إن الاتّفاق قريب وإنّ بلاده لن تتراجع. وأضاف أن الطرفين يعملان بالإتفاق نفسه.",
    "c-2": "أعلن البيت الأبيض أن اتفاقا جديدا مستبعد. ورفض المتحدث الأمريكي وقف إطلاق النار.",
    "c-3": "قال الوزير <script>alert(1)</script> إن النص </div><img onerror=x> آمن.",
}
ARTICLES = [Article(name, "", text, "ufuq", date(2022, 1, 9)) for name, text in TEXTS.items()]
TABLE = discourse.analyse(ARTICLES)
DOCUMENTS = {article.id: article.document for article in ARTICLES}


class Page(HTMLParser):
    """Tags, attributes and words of a view; elements must nest."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ("اتفاق", ["الاتّفاق", "بالإتفاق"]),
        ("اتفاقاً", ["اتفاقا"]),
        ("الاتفاق", ["الاتّفاق", "بالإتفاق"]),
        ("وقف إطلاق النار", ["وقف إطلاق النار"]),
        ("وقف اطلاق", ["وقف إطلاق"]),
        ("إطلاق وقف", []),
        ("فاق", []),
        ("انسحاب", []),
    ],
)
def test_spelling_and_clitics_make_no_difference(pattern: str, matches: list[str]) -> None:
    assert list(concordance(TABLE, pattern).table["match"]) == matches


def test_a_match_stands_in_the_document_where_the_table_says() -> None:
    found = concordance(TABLE, "الاتفاق", width=7).table
    assert len(found) == 2
    for row in found.itertuples():
        assert DOCUMENTS[row.article_id][row.start : row.end] == row.match
        assert len(row.before) <= 7 and len(row.after) <= 7
        assert DOCUMENTS[row.article_id][: row.start].endswith(row.before)


def test_a_match_over_two_pieces_has_no_place_of_its_own() -> None:
    table = TABLE.iloc[:1].assign(content="وقف النار", content_spans=[[[0, 3], [10, 15]]])
    assert concordance(table, "وقف النار").table["start"].isna().all()
    assert list(concordance(table, "النار").table["start"]) == [10]


def test_what_precedes_stands_on_the_right() -> None:
    html = concordance(TABLE, "الاتفاق").html
    assert '<table dir="rtl"' in html
    cells = html.split("<tr title")[1]
    assert cells.index("text-align:left") < cells.index("<b>") < cells.index("text-align:right")


def test_the_statements_behind_an_estimate_open_onto_their_passage() -> None:
    with pytest.warns(TooFewClusters):
        estimate = share_by(TABLE, "camp").set_index("camp", drop=False).loc["moscow"]
    behind = rows_behind(TABLE, estimate)
    view = show_evidence(behind, ARTICLES)
    page = Page(view.html)
    assert page.tags.count("details") == page.tags.count("summary") == len(behind) > 0
    assert f"{len(behind)} statements stand behind this number" in page.words
    assert "ufuq" in page.words and "2022-01-09" in page.words and "Moscow" in page.words
    for content in behind["content"]:
        assert f"<mark>{content}</mark>" in view.html
    assert view.table.equals(behind)


def test_only_so_many_are_shown_and_the_heading_says_so() -> None:
    view = show_evidence(TABLE, ARTICLES, most=1)
    assert view.html.count("<details") == 1 and len(view.table) == 1
    assert f"{len(TABLE)} statements stand behind this number; the first 1 are shown" in view.html


def test_arabic_headings() -> None:
    assert "وراء هذا الرقم" in show_evidence(TABLE, language="ar").html
    assert "ما قبله" in concordance(TABLE, "الاتفاق", language="ar").html
    with pytest.raises(LanguageError, match=r"Unknown language 'fr'\. Languages: ar, en\."):
        concordance(TABLE, "الاتفاق", language="fr")  # type: ignore[arg-type]


def test_all_text_is_escaped_and_nothing_is_remote() -> None:
    for view in (show_evidence(TABLE, ARTICLES), show_evidence(TABLE), concordance(TABLE, "النص")):
        page = Page(view.html)
        assert set(page.tags) <= {"div", "p", "details", "summary", "mark", "bdi", "b", "br", "table", "tr", "th", "td"}
        assert not {"src", "href", "onerror", "onclick"} & page.names
    assert "</div><img onerror=x>" in Page(show_evidence(TABLE, ARTICLES).html).words


def test_what_cannot_be_shown_is_said() -> None:
    with pytest.raises(EvidenceError, match="The table has no column article_id, id"):
        show_evidence(pd.DataFrame({"x": [1]}))
    with pytest.raises(EvidenceError, match="The pattern '…' holds no word"):
        concordance(TABLE, "…")
    short = [Article("c-1", "", "قصير", "ufuq", date(2022, 1, 9))]
    with pytest.raises(EvidenceError, match=r"ends at character \d+; the document of article 'c-1' has 4"):
        show_evidence(TABLE[TABLE["article_id"] == "c-1"], short)


def test_empty_answers() -> None:
    assert concordance(TABLE.iloc[:0], "الاتفاق").table.empty
    assert "0 statements stand behind this number" in show_evidence(TABLE.iloc[:0]).html
