"""Tables of counts: the same estimates as from the full table, however it was divided."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from discourse.analysis import analyse
from discourse.clusters import EstimateError
from discourse.corpus import Article
from discourse.estimates import contrast, mean_by, share_by
from discourse.summaries import CLASSES, count_rows, counts_from_arrow, counts_to_arrow, merge_counts, spread_labels

SIDES = ("washington", "moscow")
TEXTS = (
    "أعلن الكرملين أن العقوبات الأمريكية غير قانونية. وحذر البيت الأبيض من أن الوضع خطير.",
    "زعم البيت الأبيض أن القوات الروسية انسحبت. وأكد الكرملين أن المحادثات ناجحة. وأكد الكرملين أن المحادثات ناجحة.",
    "قال وزير محلي إن الأسعار مرتفعة. وندد الكرملين بالموقف الأمريكي.",
)


@pytest.fixture(scope="module")
def analysed() -> pd.DataFrame:
    articles = [Article(f"a{n}", "", TEXTS[n % 3] + " " + TEXTS[(n // 3) % 3], outlet=f"o{n % 4}") for n in range(24)]
    return analyse(articles)


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """A scored table, as far as counting looks at it, with gaps wherever there may be some."""
    chance = draw(st.randoms(use_true_random=False))
    n = draw(st.integers(1, 60))
    some = {
        "camp": ["moscow", "washington", "other", None],
        "speaker": ["kremlin", None],
        "type": ["direct", "indirect"],
        "act": ["assert", "warn", None],
        "engagement": ["acknowledge", "distance", None],
        "sentiment": ["negative", "neutral", "positive", None],
    }
    table = pd.DataFrame(
        {name: pd.Series([chance.choice(v) for _ in range(n)], dtype=object) for name, v in some.items()}
    )
    table["outlet"] = pd.Series([f"o{chance.randrange(5)}" for _ in range(n)], dtype=object)
    table["article_id"] = [f"{outlet}-{chance.randrange(4)}" for outlet in table["outlet"]]
    days = pd.Series([chance.choice([None, "2022-01-06", "2022-02-01"]) for _ in range(n)], dtype=object)
    table["date"] = pd.to_datetime(days).astype("datetime64[us]")
    scores = [None if s is None else chance.uniform(-1, 1) for s in table["sentiment"]]
    table["sentiment_score"] = pd.Series(scores, dtype=float)
    table["stance"] = [
        chance.choice([{}, {"moscow": "oppose"}, {"moscow": "support", "astana": "oppose"}]) for _ in range(n)
    ]
    table["frames"] = [chance.choice([[], ["security"], ["economic", "security"]]) for _ in range(n)]
    return table


QUESTIONS = [
    lambda t, **c: share_by(t, "camp", **c),
    lambda t, **c: share_by(t, "sentiment", within="camp", **c),
    lambda t, **c: share_by(t, "stance_moscow", within="outlet", **c),
    lambda t, **c: share_by(t, "frame_security", within="camp", cluster="article_id", **c),
    lambda t, **c: mean_by(t, "sentiment_score", "camp", **c),
    lambda t, **c: contrast(t, "camp", SIDES, **c),
    lambda t, **c: contrast(t, "camp", SIDES, of="engagement", **c),
    lambda t, **c: contrast(t, "camp", SIDES, of="sentiment_score", within=None, cluster="article_id", **c),
]


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")
@settings(deadline=None, max_examples=25)
@given(tables(), st.integers(1, 7), st.randoms(use_true_random=False))
def test_estimates_from_merged_counts_are_those_of_the_full_table(
    table: pd.DataFrame, shards: int, chance: random.Random
) -> None:
    spread = spread_labels(table)
    # rows are divided at random, so that shards share articles, which those of a store never do
    place = [chance.randrange(shards) for _ in range(len(table))]
    parts = [count_rows(table[[p == k for p in place]].reset_index(drop=True)) for k in range(shards)]
    chance.shuffle(parts)
    merged = counts_from_arrow(counts_to_arrow(merge_counts(parts)))
    assert merged["n"].sum() == len(table)
    assert not merged.drop(columns=["n", "sentiment_score"]).duplicated().any()
    for ask in QUESTIONS:
        try:
            full = ask(spread)
        except EstimateError as fault:
            with pytest.raises(EstimateError) as same:
                ask(merged, count="n")
            assert str(same.value) == str(fault)
        else:
            pd.testing.assert_frame_equal(ask(merged, count="n"), full, rtol=1e-12, atol=1e-12)


def test_a_table_worked_by_hand() -> None:
    shared = {"article_id": "a", "outlet": "o", "date": pd.NaT, "speaker": None, "act": None, "engagement": None}
    rows = [
        {**shared, "camp": "moscow", "type": "direct", "sentiment": "negative", "sentiment_score": -0.5},
        {**shared, "camp": "moscow", "type": "direct", "sentiment": "negative", "sentiment_score": -0.25},
        {**shared, "camp": "moscow", "type": "indirect", "sentiment": None, "sentiment_score": None},
    ]
    table = pd.DataFrame(rows).assign(
        stance=[{"moscow": "support"}] * 2 + [{}], frames=[["security"], ["security"], []]
    )
    counts = count_rows(table)
    assert counts["n"].tolist() == [2, 1]
    assert counts["sentiment_score"].tolist()[0] == -0.375
    assert counts["sentiment_score"].isna().tolist() == [False, True]
    assert counts["stance_moscow"].tolist() == ["support", None]
    assert counts["frame_security"].tolist() == [True, False]
    fewer = merge_counts([counts, counts.assign(article_id="b")], ["camp"])
    assert sorted(fewer[["article_id", "camp", "n"]].to_numpy().tolist()) == [
        ["a", "moscow", 1], ["a", "moscow", 2], ["b", "moscow", 1], ["b", "moscow", 2],
    ]  # fmt: skip


def test_counts_of_a_real_table_hold_no_text(analysed: pd.DataFrame) -> None:
    counts = count_rows(analysed)
    assert counts["n"].sum() == len(analysed) >= 48
    assert counts["n"].max() > 1
    assert set(CLASSES) < set(counts.columns)
    words = {word for text in analysed["content"] for word in text.split()}
    cells = {str(cell) for name in counts.columns for cell in counts[name]}
    assert not words & cells
    spread = spread_labels(analysed)
    for frame in (name for name in counts.columns if name.startswith("frame_")):
        assert (counts[frame] * counts["n"]).sum() == spread[frame].sum()
    assert spread["frame_security"].sum() > 0
    assert counts["stance_washington"].notna().any()
    pd.testing.assert_frame_equal(
        share_by(counts, "engagement", within="camp", count="n"), share_by(spread, "engagement", within="camp")
    )


def test_nothing_to_count(analysed: pd.DataFrame) -> None:
    nothing = count_rows(analysed.iloc[:0])
    assert nothing.empty
    assert list(nothing.columns) == list(count_rows(analysed).columns)
    pd.testing.assert_frame_equal(merge_counts([nothing, count_rows(analysed)]), count_rows(analysed))


def test_counts_that_another_program_wrote_add_up_to_the_same(analysed: pd.DataFrame, tmp_path: Path) -> None:
    """As Spark leaves them: several files, whose texts pandas reads with a type of its own."""
    whole = count_rows(analysed)
    halves = (count_rows(analysed.iloc[:20]), count_rows(analysed.iloc[20:]))
    for number, half in enumerate(halves):
        half.to_parquet(tmp_path / f"part-{number}.parquet")
    pd.testing.assert_frame_equal(merge_counts([pd.read_parquet(tmp_path)]), whole)


def test_counts_that_went_through_a_spreadsheet_add_up_to_the_same(analysed: pd.DataFrame, tmp_path: Path) -> None:
    numbered = {name: str(number) for number, name in enumerate(analysed["article_id"].unique(), 100)}
    whole = count_rows(analysed.assign(article_id=analysed["article_id"].map(numbered).astype(object)))
    whole.to_csv(tmp_path / "counts.csv", index=False)
    pd.testing.assert_frame_equal(merge_counts([pd.read_csv(tmp_path / "counts.csv")]), whole)


def test_a_class_that_a_study_has_added(analysed: pd.DataFrame) -> None:
    counts = count_rows(analysed)
    counts["wave"] = np.arange(len(counts)) % 2
    counts["camp"] = counts["camp"].astype("category")
    whole = merge_counts([counts], ["camp", "wave"])
    assert whole["wave"].dtype == "int64"
    for wave in (0, 1):
        chosen = counts["wave"] == wave
        assert whole.loc[whole["wave"] == wave, "n"].sum() == counts.loc[chosen, "n"].sum() > 0
