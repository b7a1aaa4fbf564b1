"""What holds of any text: nothing raises, spans index the document, articles do not touch each other, work grows with length.

By default a few hundred hostile texts are generated; `HOSTILE_TEXTS=20000 python -m pytest tests/test_invariants.py` makes
the full run.
"""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from discourse.attribution import Attribution, find_attributions
from discourse.corpus import Article, read_study
from discourse.explanation import explain
from discourse.lexicon import load_language
from discourse.speakers import resolve_speakers
from discourse.tables import attribution_rows, attributions_table

HOSTILE_TEXTS = int(os.environ.get("HOSTILE_TEXTS", "300"))
CORPUS = Path(__file__).parents[1] / "corpora" / "kazakhstan-2022"

MARKS = [
    "«",
    "»",
    "“",
    "”",
    "„",
    '"',
    "‹",
    "›",
    "(",
    ")",
    "((",
    "))",
    "[",
    "'",
    ":",
    "..",
    ".",
    "،",
    "؛",
    "؟",
    "\n",
    "…",
    "-",
]
CONTROLS = [
    "\u200e",
    "\u200f",
    "\u202a",
    "\u202b",
    "\u202c",
    "\u202e",
    "\u2066",
    "\u2067",
    "\u2069",
    "\u0640",
    "\u064b",
    "\ufeff",
]
CUES = [
    "قال",
    "وأضاف",
    "أكد أن",
    "إن",
    "نقلت",
    "عن",
    "قوله",
    "بحسب",
    "وفقا ل",
    "مشيرا إلى",
    "دعا",
    "إلى",
    "اتهم",
    "بـ",
    "نفى",
]
CUES += [
    "لم يؤكد",
    "ما وصفه بـ",
    "أعرب عن",
    "قلقه",
    "وجاء في",
    "يعتقد أن",
    "من المتوقع أن",
    "كما أعلن",
    "أما",
    "فقال",
    "مضيفا",
]
NAMES = [
    "موسكو",
    "واشنطن",
    "الكرملين",
    "الوزير",
    "وزارة الخارجية الروسية",
    "مصدر",
    "طلب عدم ذكر اسمه",
    "رويترز",
    "باسمها",
    "التي",
]
WORDS = ["الجسر", "مغلق", "في", "أمس", "بعد", "كل من", "له", "فيها", "10:30", "3.5", "U.S.", "ة", "و", "ا"]
PIECES = st.sampled_from(MARKS + CONTROLS + CUES + NAMES + WORDS)
SEPARATORS = st.sampled_from([" ", " ", " ", "", "  ", "\t", "\u00a0"])


@st.composite
def hostile_texts(draw: st.DrawFn) -> str:
    """Cue words, names, marks and any Unicode in any order, some of it many times over."""
    parts: list[str] = []
    for piece in draw(st.lists(PIECES | st.text(max_size=6), max_size=40)):
        parts += [piece, draw(SEPARATORS)]
    text = "".join(parts)
    return text * draw(st.sampled_from([1, 1, 1, 1, 1, 1, 1, 2, 2, 12]))


def resolved(article: Article) -> list[Attribution]:
    return resolve_speakers(article, find_attributions(article))


@settings(
    max_examples=HOSTILE_TEXTS,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
@given(hostile_texts(), hostile_texts().map(lambda text: text.replace("\n", " ")[:120]))
def test_any_text_is_read_and_its_rows_point_into_it(text: str, title: str) -> None:
    article = Article("x", title, text)
    found = resolved(article)
    by_id = {a.id: a for a in found}
    assert len(by_id) == len(found)
    for a in found:
        for span in (a.cue, a.source, a.addressee, *a.content, *a.verbatim):
            if span is not None:
                assert article.document[span.start : span.end] == span.text
                assert 0 <= span.start < span.end <= len(article.document)
        for words in a.verbatim:
            assert any(piece.start <= words.start and words.end <= piece.end for piece in a.content)
        above, parent = [], a.parent
        while parent is not None:
            assert parent not in above and parent != a.id
            above.append(parent)
            parent = by_id[parent].parent
        assert a.relayed_by is None or a.relayed_by in above
        assert a.confidence is not None and 0 < a.confidence < 1
    if 0 < len(found) < 4:
        attributions_table([article], found)
        assert "\n" not in explain(article, found[-1])


def sample() -> list[Article]:
    return list(read_study(CORPUS).articles)[::4]


def rows(articles: list[Article]) -> dict[str, list[dict[str, Any]]]:
    found = attribution_rows(attributions_table(articles, [a for article in articles for a in resolved(article)]))
    by_article: dict[str, list[dict[str, Any]]] = {article.id: [] for article in articles}
    for row in found:
        by_article[row["article_id"]].append(row)
    return by_article


def test_an_article_more_changes_no_others_rows() -> None:
    articles = sample()
    together = rows(articles)
    assert sum(map(len, together.values())) > 100
    for article in articles:
        assert rows([article])[article.id] == together[article.id]
    assert {name: together[name] for name in list(together)[:-1]} == rows(articles[:-1])


def test_the_order_of_articles_changes_nothing() -> None:
    articles = sample()
    shuffled = random.Random(7).sample(articles, len(articles))
    assert [a.id for a in shuffled] != [a.id for a in articles]
    assert rows(shuffled) == rows(articles)


# What grows faster than the text ----------------------------------------------------------------------------------------

LONG = {
    "no stop": "الجسر مغلق منذ أمس والماء قليل في المدينة ",
    "claims without a stop": "قال الوزير إن الجسر مغلق وأضاف أن الماء قليل ",
    "cue words in a row": "قال أكد أضاف نفى دعا ",
    "participles in a row": "مؤكدا مشيرا إلى مضيفا ",
    "nouns of claim in a row": "دعوة اتهام تأكيد إعلان ",
    "marks opened": "«الجسر ",
    "marks nested": "«قال “إن «الجسر” مغلق» ",
    "straight marks": '"الجسر " مغلق ',
    "brackets opened": "( الجسر ",
    "complementisers": "أن إن بأن ",
    "titles in a row": "الوزير الرئيس المتحدث باسم وزارة ",
    "names in a row": "موسكو واشنطن بوتين ",
    "commas": "الوزير، بحسب موسكو، ",
    "relays": "نقلت رويترز عن مصدر ",
    "colons": "موسكو: واشنطن: ",
    "lines": "قال\n",
    "one word": "قالقال",
}


def steps(text: str) -> int:
    """Lines of the library that run while an article is read: a count, the same on every machine."""
    article = Article("x", "", text)
    load_language().read(text)  # new words are analysed once for all articles
    count = 0

    def line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: line if "discourse" in frame.f_code.co_filename else None)
    try:
        resolved(article)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("kind", LONG)
def test_work_grows_no_faster_than_the_text(kind: str) -> None:
    short, long = ((LONG[kind] * size)[: size * 6] for size in (1_000, 2_000))
    assert steps(long) <= 2.3 * steps(short) + 2_000


@pytest.mark.parametrize("kind", ["no stop", "claims without a stop", "marks opened", "one word"])
def test_a_hundred_thousand_characters_without_a_stop(kind: str) -> None:
    piece = LONG[kind]
    article = Article("x", "", (piece * (1 + 100_000 // len(piece)))[:100_000])
    for a in resolved(article):
        assert all(article.document[span.start : span.end] == span.text for span in a.content)
