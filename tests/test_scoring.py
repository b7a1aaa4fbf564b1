"""The measures, on cases worked by hand and beside an independent script where it is at hand."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from discourse.corpus import Article
from discourse.scoring import Pair, agree_on_attributions, measure_accuracy, pair_articles, pair_attributions

SCRIPT = Path(__file__).resolve().parents[2] / "shared" / "evaluation" / "score.py"
TEXT = "قال الوزير إن العمل مستمر في كل المدن، وأضاف أن النتائج قريبة جدا."
ARTICLE = Article("a", "", TEXT, "صحيفة")


def span(words: str, text: str = TEXT) -> list[int]:
    start = text.index(words)
    return [start, start + len(words)]


def row(content: str, **values: Any) -> dict[str, Any]:
    return {
        "article_id": "a",
        "id": "1",
        "type": "indirect",
        "cue": None,
        "source": None,
        "camp": "other",
        "parent": None,
        "content": [span(content)],
        **values,
    }


def holds(gold: dict[str, Any], predicted: dict[str, Any]) -> frozenset[str]:
    (pair,) = pair_attributions(ARTICLE, [gold], [predicted])
    return pair.holds


def value(table: pd.DataFrame, *name: str) -> float:
    found = table.loc[(table[["slice", "group", "measure", "statistic"]] == list(name)).all(axis=1), "value"]
    assert len(found) == 1, name
    return float(found.iloc[0])


def measured(gold: list[dict[str, Any]], predicted: list[dict[str, Any]]) -> pd.DataFrame:
    return measure_accuracy([ARTICLE], gold, predicted, draws=0)


# Pairs ----------------------------------------------------------------------------------------------------------------

ALL = {"detected", "exact", "voiced", "sourced", "typed"}


def test_the_same_row_meets_every_measure() -> None:
    same = row("إن العمل مستمر", cue=span("قال"), source=span("الوزير"))
    assert holds(same, same) == ALL


@pytest.mark.parametrize(
    ("predicted", "expected"),
    [
        ("إن العمل مستمر في كل المدن", ALL),
        ("العمل مستمر في كل المدن", ALL),
        ("العمل مستمر في كل", ALL - {"exact"}),
        ("مستمر في كل", ALL - {"exact"}),
        ("مستمر في", None),
        ("أن النتائج قريبة", None),
    ],
)
def test_contents_by_their_words(predicted: str, expected: set[str] | None) -> None:
    gold, found = row("إن العمل مستمر في كل المدن"), row(predicted)
    if expected is None:
        assert pair_attributions(ARTICLE, [gold], [found]) == [Pair(gold, None), Pair(None, found)]
    else:
        assert holds(gold, found) == expected


def test_a_content_of_complementisers_alone_keeps_them() -> None:
    assert holds(row("إن"), row("إن")) == ALL
    assert len(pair_attributions(ARTICLE, [row("إن")], [row("العمل")])) == 2


def test_a_shared_cue_pairs_but_detects_nothing() -> None:
    gold, found = row("إن العمل مستمر في كل المدن", cue=span("قال")), row("المدن", cue=span("قال"))
    assert pair_attributions(ARTICLE, [gold], [found]) == [Pair(gold, found)]


def test_every_article_is_paired_with_its_own_rows() -> None:
    coded, found = row("العمل مستمر"), row("النتائج قريبة")
    elsewhere = Article("b", "", TEXT, "صحيفة")
    rows = [coded, {**coded, "article_id": "not asked for"}]
    assert list(pair_articles([ARTICLE, elsewhere], rows, [{**found, "article_id": "b"}])) == [
        (ARTICLE, [Pair(coded, None)]),
        (elsewhere, [Pair(None, {**found, "article_id": "b"})]),
    ]


def test_a_shared_cue_decides_between_equal_contents() -> None:
    gold = row("العمل مستمر", cue=span("قال"))
    first, second = row("العمل مستمر", cue=span("قال"), id="1"), row("العمل مستمر", cue=span("وأضاف"), id="2")
    for order in ([first, second], [second, first]):
        assert pair_attributions(ARTICLE, [gold], order)[0].predicted is first


def test_pairs_are_one_to_one_by_the_largest_overlap() -> None:
    wide, narrow = row("العمل مستمر في كل المدن", id="1"), row("العمل مستمر في", id="2")
    pairs = pair_attributions(ARTICLE, [wide, narrow], [narrow, wide])
    assert [(pair.gold, pair.predicted) for pair in pairs] == [(narrow, narrow), (wide, wide)]


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        ({"camp": "moscow"}, "voiced"),
        ({"type": "mixed"}, "typed"),
        ({"source": None}, "sourced"),
        ({"source": span("النتائج")}, "sourced"),
        ({"source": span("قال الوزير")}, None),
    ],
)
def test_each_measure_alone(change: dict[str, Any], lost: str | None) -> None:
    gold = row("العمل مستمر", source=span("الوزير"))
    assert holds(gold, {**gold, **change}) == ALL - {lost}


def test_a_source_where_gold_has_none() -> None:
    gold = row("العمل مستمر")
    assert holds(gold, {**gold, "source": span("الوزير")}) == ALL - {"sourced"}


# Figures --------------------------------------------------------------------------------------------------------------


def test_figures_of_a_small_case() -> None:
    gold = [
        row("العمل مستمر", id="1", type="mixed", sentiment="neutral"),
        row("النتائج قريبة", id="2", parent="1", sentiment="positive"),
        row("في كل المدن", id="3"),
    ]
    predicted = [
        {**gold[0], "camp": "moscow", "sentiment": "neutral"},
        {**gold[1], "sentiment": "neutral"},
    ]
    table = measured(gold, predicted)
    assert value(table, "all", "all", "detected", "precision") == 1
    assert value(table, "all", "all", "detected", "recall") == pytest.approx(2 / 3)
    assert value(table, "all", "all", "detected", "f1") == pytest.approx(4 / 5)
    assert value(table, "all", "all", "voiced", "f1") == pytest.approx(2 / 5)
    assert value(table, "outlet", "صحيفة", "voiced", "precision") == pytest.approx(1 / 2)
    assert value(table, "type", "mixed", "voiced", "recall") == 0
    assert value(table, "type", "indirect", "detected", "recall") == pytest.approx(1 / 2)
    assert value(table, "depth", "nested", "detected", "recall") == 1
    assert value(table, "depth", "top", "detected", "recall") == pytest.approx(1 / 2)
    assert value(table, "label", "sentiment", "neutral", "f1") == pytest.approx(2 / 3)
    assert value(table, "label", "sentiment", "positive", "f1") == 0
    assert value(table, "label", "sentiment", "macro", "f1") == pytest.approx(1 / 3)
    assert table["low"].isna().all()
    assert dict(zip(table["slice"], table["n"], strict=True))["all"] == 3


def test_frames_and_stance_count_class_by_class() -> None:
    gold = row("العمل مستمر", frames=["conflict", "security"], stance={"moscow": "oppose", "astana": "support"})
    predicted = {**gold, "frames": ["conflict", "economic"], "stance": {"moscow": "support", "astana": "support"}}
    table = measured([gold], [predicted])
    assert value(table, "label", "frames", "macro", "f1") == pytest.approx(1 / 2)
    assert value(table, "label", "frames", "micro", "f1") == pytest.approx(2 / 3)
    assert value(table, "label", "stance", "oppose", "f1") == 0
    assert value(table, "label", "stance", "support", "f1") == pytest.approx(2 / 3)
    assert not ((table["group"] == "frames") & (table["measure"] == "economic")).any()


def test_labels_that_one_side_lacks_are_not_compared() -> None:
    gold = row("العمل مستمر", sentiment="neutral", frames=[], stance={})
    assert not (measured([gold], [row("العمل مستمر")])["slice"] == "label").any()


def test_nothing_found_is_zero_and_no_gold_is_no_figure() -> None:
    table = measured([row("العمل مستمر")], [])
    assert value(table, "all", "all", "detected", "precision") == 0
    assert value(table, "all", "all", "detected", "f1") == 0
    assert math.isnan(value(measured([], [row("العمل مستمر")]), "all", "all", "detected", "precision"))
    assert measured([], []).empty


def test_rows_of_other_articles_do_not_count() -> None:
    other = row("العمل مستمر", article_id="b")
    assert measured([other], [other]).empty


# Intervals ------------------------------------------------------------------------------------------------------------


def many(hits: list[bool]) -> tuple[list[Article], list[dict[str, Any]], list[dict[str, Any]]]:
    articles = [Article(str(n), "", TEXT, f"outlet {n % 2}") for n in range(len(hits))]
    gold = [row("العمل مستمر", article_id=str(n)) for n in range(len(hits))]
    return articles, gold, [gold[n] for n, hit in enumerate(hits) if hit]


def test_intervals_resample_articles() -> None:
    table = measure_accuracy(*many([True] * 12 + [False] * 8), seed=3).set_index(["slice", "measure", "statistic"])
    figure = table.loc[("all", "detected", "recall")]
    # the binomial's own quantiles, 20 draws at 0.6
    assert (figure["value"], figure["low"], figure["high"]) == (0.6, pytest.approx(0.4, abs=0.051), 0.8)
    assert table.loc[("all", "detected", "precision"), "low"] == 1


def test_intervals_are_the_same_every_time_and_hold_their_value() -> None:
    once, again = (measure_accuracy(*many([True, False, True, True] * 5), seed=1) for _ in range(2))
    pd.testing.assert_frame_equal(once, again)
    known = once.dropna()
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    assert len(known) == len(once)


def test_too_few_articles_have_no_interval() -> None:
    table = measure_accuracy(*many([True, False, True, True]))
    assert table["low"].isna().all() and table["high"].isna().all()
    table = measure_accuracy(*many([True, False, True, True, True, True])).set_index("slice")
    assert table.loc["all", "low"].notna().all()
    assert table.loc["outlet", "low"].isna().all()


# Beside the script ----------------------------------------------------------------------------------------------------


def script_says(tmp_path: Path, articles: Path, gold: Path, predicted: list[dict[str, Any]]) -> dict[str, Any]:
    path = tmp_path / "predicted.jsonl"
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in predicted), encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(articles), str(gold), str(path), "--json"]
    said: dict[str, Any] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return said


def disturbed(gold: list[dict[str, Any]], lengths: dict[str, int], seed: int) -> list[dict[str, Any]]:
    """Found rows that are wrong in every way: moved, cut, lost, doubled, mislabelled."""
    chance = random.Random(seed)
    labels = {name: sorted({one[name] for one in gold if one.get(name)}) for name in ("sentiment", "act", "engagement")}
    camps = sorted({one["camp"] for one in gold})
    found = []
    for one in gold:
        if chance.random() < 0.15:
            continue
        for _ in range(1 + (chance.random() < 0.1)):
            end = lengths[one["article_id"]]
            moved = []
            for start, stop in one["content"]:
                first = max(0, start + chance.choice([0, 0, 0, 4, -15, 30]))
                moved.append([first, min(end, max(first + 1, stop + chance.choice([0, 0, 0, 9, -20, 60])))])
            copy = {**one, "content": moved, "type": chance.choice([one["type"], "indirect"])}
            copy["source"] = chance.choice([one["source"], one["source"], None, [3, 12]])
            copy["cue"] = chance.choice([one["cue"], one["cue"], None])
            copy["camp"] = chance.choice([one["camp"], one["camp"], *camps])
            for name, classes in labels.items():
                copy[name] = chance.choice([one.get(name), *classes])
            if "frames" in one:
                copy["frames"] = [*one["frames"][:1], "legality"][: chance.randrange(3)]
            copy["stance"] = chance.choice([one["stance"], {}, {"moscow": "oppose"}])
            found.append(copy)
    return found


@pytest.mark.skipif(not SCRIPT.is_file(), reason="the evaluation script is not beside the repository")
@pytest.mark.parametrize("name", ["seed", "dev"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_figures_agree_with_the_script(tmp_path: Path, name: str, seed: int) -> None:
    paths = [SCRIPT.with_name(f"{name}_{kind}.jsonl") for kind in ("articles", "gold")]
    raw, gold = ([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] for path in paths)
    articles = [Article(one["article_id"], one.get("title") or "", one["text"], one.get("outlet")) for one in raw]
    predicted = disturbed(gold, {article.id: len(article.document) for article in articles}, seed)
    said = script_says(tmp_path, *paths, predicted)
    ours = {
        tuple(figure[:4]): figure[4]
        for figure in measure_accuracy(articles, gold, predicted, draws=0).itertuples(index=False)
    }
    for measure in ("detected", "exact", "voiced", "sourced", "typed"):
        for statistic in ("precision", "recall", "f1"):
            assert round(ours["all", "all", measure, statistic], 4) == pytest.approx(said[measure][statistic], abs=2e-4)
    for part in ("type", "depth"):
        for group, figures in said[f"by_{part}"].items():
            for measure in ("detected", "voiced"):
                assert ours[part, group, measure, "recall"] == pytest.approx(figures[f"recall_{measure}"], abs=1e-4)
    compared = 0
    for label in ("sentiment", "act", "engagement", "frames", "stance"):
        for measure, figure in (said[label] or {}).items():
            if measure != "n":
                key = ("label", label, measure.removesuffix("_f1"), "f1")
                assert ours[key] == pytest.approx(figure, abs=1e-4), key
                compared += 1
    assert compared == sum(slice_ == "label" for slice_, *_ in ours)
    assert compared > 10


# Coders ---------------------------------------------------------------------------------------------------------------


def test_coders_agree_by_the_attributions_of_both() -> None:
    first = row("إن العمل مستمر في كل المدن", cue=span("قال"))
    second = row("أن النتائج قريبة جدا", id="2", cue=span("أضاف"))
    coders = {
        "one": [first, second],
        "two": [row("مستمر في كل المدن", type="direct")],  # one of the two, shorter, and of another type
        "three": [second, {**first, "article_id": "elsewhere"}],
    }
    found = agree_on_attributions([ARTICLE], coders).set_index(["coder", "other", "measure"])
    assert len(found) == 3 * 5
    assert found.loc[("one", "two", "detected"), "estimate"] == pytest.approx(2 * 1 / (2 + 1))
    assert found.loc[("one", "two", "exact"), "estimate"] == 0
    assert found.loc[("one", "two", "typed"), "estimate"] == 0
    assert found.loc[("one", "three", "exact"), "estimate"] == pytest.approx(2 / 3)
    assert found.loc[("two", "three", "detected"), "estimate"] == 0
    assert found.loc[("one", "three", "detected"), "n"] == 1.5
    assert found["ci_low"].isna().all()  # one article


def test_agreement_is_the_same_from_either_side_and_has_an_interval() -> None:
    chance = random.Random(3)
    contents = ["إن العمل مستمر في كل المدن", "العمل مستمر", "أن النتائج قريبة جدا", "النتائج قريبة"]
    articles = [Article(str(k), "", TEXT, "صحيفة") for k in range(8)]
    one, two = (
        [
            row(chance.choice(contents), article_id=a.id, id=str(k))
            for a in articles
            for k in range(chance.randint(1, 2))
        ]
        for _ in range(2)
    )
    there = agree_on_attributions(articles, {"one": one, "two": two})
    back = agree_on_attributions(articles, {"two": two, "one": one})
    numbers = ["n", "estimate", "ci_low", "ci_high"]
    pd.testing.assert_frame_equal(there[["measure", *numbers]], back[["measure", *numbers]])
    detected = there.set_index("measure").loc["detected"]
    assert 0 < detected["ci_low"] < detected["estimate"] < detected["ci_high"] < 1


def test_one_coder_agrees_with_nobody() -> None:
    with pytest.raises(ValueError, match=r"Agreement needs two coders or more; given: one\."):
        agree_on_attributions([ARTICLE], {"one": []})
