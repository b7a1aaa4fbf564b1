"""Copies are found with their origin, and statements can be counted once; the planted articles are constructed."""

from __future__ import annotations

from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from discourse.attribution import Attribution
from discourse.corpus import Article
from discourse.datafiles import data_entries
from discourse.estimates import share_by
from discourse.republished import SHORTEST, count_statements, credited_agency, find_republished, shingles
from discourse.schemas import TableError
from discourse.tables import attributions_table
from discourse.text import Span
from tests.planted_copies import planted

ENTRIES = data_entries("ar/agency_credits.yml")
LEAD = "أكد أمين البلدية في مؤتمر صحفي عقده ظهر الأحد أن الجسر القديم سيبقى مفتوحا أمام الشاحنات"
SECOND = "وأضاف أن ورشة الترميم تحتاج إلى سبعة أسابيع وأن كلفتها لا تتجاوز ما رصد لها في الموازنة"
THIRD = "ورأى سكان الحي المجاور أن الضجيج في ساعات الليل صار لا يطاق وطالبوا بتغيير مواعيد العمل"
OTHER = "وتراجعت مبيعات السمك في المرفأ الشمالي خلال الخريف بسبب العواصف المتتالية وغلاء الوقود"


def article(name: str, *parts: str, outlet: str = "madar", day: int = 3) -> Article:
    return Article(name, "", ". ".join(parts) + ".", outlet, date(2022, 1, day))


def grouped(articles: list[Article], unit: str = "article") -> list[set[str]]:
    found = find_republished(articles)
    return [set(group["article_id"]) for _, group in found[found["unit"] == unit].groupby("group")]


@pytest.mark.parametrize("seed", [0, 1])
def test_planted_articles(seed: int) -> None:
    """Reworded leads, cut tails and merged wires: articles that have a wire in common stand in a group together."""
    articles, true, _ = planted(seed)
    found = {tuple(sorted(pair)) for group in grouped(articles) for pair in combinations(group, 2)}
    assert len(true) > 400
    assert len(found & true) / len(found) >= 0.95
    assert len(found & true) / len(true) >= 0.9


def test_planted_passages() -> None:
    """Sentences that desks spelled otherwise; those that they reworded are judged by nobody."""
    articles, _, sources = planted(2)
    documents = {each.id: each.document for each in articles}
    table = find_republished(articles)
    passages = table[table["unit"] == "passage"]
    words = {name: [frozenset(shingles(text)) for text in texts] for name, texts in sources.items()}
    found, right = 0, 0
    for _, group in passages.groupby("group"):
        origins: list[set[int]] = []
        for name, (start, end) in zip(group["article_id"], group["span"], strict=True):
            letters = frozenset(shingles(documents[name][start:end]))
            origins.append({hash(text) for text in words[name] if text and len(text & letters) > 0.8 * len(letters)})
        for one, other in combinations([origin for origin in origins if origin], 2):
            found += 1
            right += bool(one & other)
    # each wire's sentences recur: at most one of a text's passages is taken for each group
    true = 0
    for one, other in combinations(words.values(), 2):
        true += len({hash(text) for text in one if text} & {hash(text) for text in other if text})
    assert true > 2000
    assert right / found >= 0.95
    assert right / true >= 0.9


def test_articles_on_one_matter_are_no_copies() -> None:
    articles = [
        article("a", LEAD, SECOND, THIRD),
        article("b", LEAD.replace("الجسر", "النفق")[::-1], OTHER, OTHER[::-1]),
    ]
    assert find_republished(articles).empty


def test_short_formulas_are_not_compared() -> None:
    formula = "ولم يصدر رد حتى مساء الأمس"
    assert len(formula) < SHORTEST
    assert grouped([article("a", LEAD, formula), article("b", OTHER, formula)], "passage") == []


def test_one_sentence_taken_over_groups_the_passage_and_not_the_articles() -> None:
    articles = [article("a", LEAD, SECOND, THIRD), article("b", OTHER, OTHER[::-1], SECOND)]
    table = find_republished(articles)
    assert list(table["unit"]) == ["passage", "passage"]
    texts = [a.document[slice(*span)] for a, span in zip(articles, table["span"], strict=True)]
    assert texts == [SECOND, SECOND]
    assert list(table["similarity"]) == [1.0, 1.0]


def test_spelling_and_diacritics_make_no_difference() -> None:
    assert (shingles("أكّد أنَّ الخطّة") == shingles("اكد ان  الخطه")).all()


def test_similarity_is_that_of_the_shingles() -> None:
    """Worked by hand: abcdef has abcde, bcdef; abcdeg has abcde, bcdeg; one of three is common, half of either."""
    from discourse.republished import _likeness

    assert _likeness(shingles("abcdef"), shingles("abcdeg")) == (1 / 3, 1 / 2)


def test_the_earliest_outlet_is_the_origin() -> None:
    table = find_republished(
        [article("late", LEAD, SECOND, day=5), article("early", LEAD, SECOND, outlet="ufuq", day=4)]
    )
    assert set(table["origin"]) == {"ufuq"}
    assert set(table["origin_by"]) == {"date"}
    assert set(table["first"]) == {"early"}


def test_on_one_day_the_first_outlet_by_name() -> None:
    table = find_republished([article("a", LEAD, SECOND, outlet="ufuq"), article("b", LEAD, SECOND, outlet="madar")])
    assert set(table["origin"]) == {"madar"}
    assert set(table["origin_by"]) == {"outlet"}


def test_a_credited_agency_is_the_origin_though_another_was_earlier() -> None:
    copy = Article("b", "", f"باكو (رويترز) - {LEAD}. {SECOND}.", "ufuq", date(2022, 1, 9))
    table = find_republished([article("a", LEAD, SECOND), copy])
    assert set(table.loc[table["unit"] == "article", "origin"]) == {"رويترز"}
    assert set(table["origin_by"]) == {"agency credit"}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["begins"] for entry in ENTRIES])
def test_examples_and_negatives_of_the_data_file(entry: dict[str, Any]) -> None:
    assert credited_agency(Article("a", "", entry["example"])) == entry["agency"]
    assert entry["negatives"]
    for sentence in entry["negatives"]:
        assert credited_agency(Article("a", "", sentence)) is None


def test_credits_are_sorted() -> None:
    names = [entry["begins"] for entry in ENTRIES]
    assert names == sorted(names)


def test_an_agency_that_is_quoted_is_not_credited() -> None:
    assert credited_agency(Article("a", "عنوان", "ونقلت رويترز عن شاهد أن الطريق مفتوح.")) is None


def test_the_order_of_articles_does_not_matter() -> None:
    articles, _, _ = planted(3)
    assert find_republished(articles[:90]).equals(find_republished(articles[89::-1]))


@pytest.mark.parametrize("articles", [[], [Article("a", "", "")], [Article("a", "", "كلمة")]])
def test_nothing_to_find(articles: list[Article]) -> None:
    table = find_republished(articles)
    assert table.empty
    assert "similarity" in table.columns


def test_an_article_given_twice() -> None:
    with pytest.raises(TableError, match="^articles: article 'a' is given twice$"):
        find_republished([article("a", LEAD), article("a", OTHER)])


# Statements -----------------------------------------------------------------------------------------------------------


def statement(of: Article, content: str, number: int = 1) -> Any:
    start = of.document.index(content)
    cue = Span(0, 2, of.document[:2])
    span = Span(start, start + len(content), content)
    return Attribution(of.id, id=f"q{number}", content=(span,), cue=cue, source=None, type="indirect", rule="test")


@pytest.fixture
def statements() -> tuple[list[Article], Any]:
    """Two outlets with one wire of two statements, one of them twice; a third article of its own."""
    one, two = article("a", LEAD, SECOND, THIRD), article("b", LEAD, SECOND, THIRD, outlet="ufuq", day=4)
    three, four = article("c", LEAD, SECOND, day=5), article("d", OTHER, outlet="ufuq")
    said = [(each, each.document[8 : len(LEAD)], 1) for each in (one, two, three)]
    said += [(each, SECOND[6:], 2) for each in (one, two, three)] + [(four, OTHER[8:], 1)]
    table = attributions_table([one, two, three, four], [statement(a, text, number=n) for a, text, n in said])
    return [one, two, three, four], table


def test_every_statement_weighs_one(statements: Any) -> None:
    articles, table = statements
    weighed = count_statements(table, find_republished(articles))
    assert weighed["weight"].tolist() == pytest.approx([1 / 3] * 6 + [1])
    assert weighed["statement"].tolist() == ["a q1"] * 3 + ["a q2"] * 3 + ["d q1"]
    first = weighed[weighed["statement"] == weighed["article_id"] + " " + weighed["id"]]
    assert len(first) == weighed["weight"].sum() == 3


def test_once_per_outlet_and_as_is(statements: Any) -> None:
    articles, table = statements
    found = find_republished(articles)
    assert count_statements(table, found, "once per outlet")["weight"].tolist() == [0.5, 1, 0.5, 0.5, 1, 0.5, 1]
    assert set(count_statements(table, found, "as is")["weight"]) == {1.0}


def test_estimates_take_the_weight(statements: Any) -> None:
    articles, table = statements
    table = table.assign(camp=["moscow"] * 6 + ["astana"])
    weighed = count_statements(table, find_republished(articles))
    shares = share_by(weighed, "camp", cluster="article_id", weight="weight").set_index("camp")["estimate"]
    assert shares["moscow"] == pytest.approx(2 / 3)  # two statements of three, printed six times of seven
    as_is = share_by(table, "camp", cluster="article_id").set_index("camp")["estimate"]
    assert as_is["moscow"] == pytest.approx(6 / 7)


def test_other_statements_of_copies_stay_apart(statements: Any) -> None:
    articles, table = statements
    chosen = table.iloc[[0, 4, 6]]  # the first statement of one copy, the second of another
    weighed = count_statements(chosen, find_republished(articles))
    assert weighed["weight"].tolist() == [1, 1, 1]
    assert weighed.index.tolist() == [0, 4, 6]


def test_wrong_calls(statements: Any) -> None:
    articles, table = statements
    found = find_republished(articles)
    with pytest.raises(
        TableError, match="^count_statements: count is 'twice'; it must be one of once, once per outlet, as"
    ):
        count_statements(table, found, "twice")
    with pytest.raises(TableError, match="^table of copies: no column span; find_republished makes them$"):
        count_statements(table, found.drop(columns="span"))


def test_shingles_of_strange_texts() -> None:
    assert len(shingles("")) == 0
    assert len(shingles("اب")) == 1
    assert shingles("\ud800" * 9).dtype == np.uint32
