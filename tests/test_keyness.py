"""Keyness against SciPy, statsmodels, Gries' worked example, and corpora split by a coin."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2

from discourse.clusters import EstimateError
from discourse.keyness import keyness, rows_with_word


def texts(rows: list[tuple[str, str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["article_id", "outlet", "camp", "content"])


def corpus(
    seed: int, articles: int = 60, words: int = 40, camps: tuple[str, ...] = ("moscow", "washington")
) -> pd.DataFrame:
    """Articles of random words, each of one camp by the toss of a coin."""
    chance = np.random.default_rng(seed)
    use = 1 / np.arange(1, words + 1)
    rows = []
    for article in range(articles):
        drawn = chance.choice(words, size=chance.integers(10, 40), p=use / use.sum())
        text = " ".join(f"{chr(97 + w // 26)}{chr(97 + w % 26)}" for w in drawn)
        rows.append((f"a{article}", f"o{article % 5}", camps[chance.integers(len(camps))], text))
    return texts(rows)


def frequencies(table: pd.DataFrame, word: str) -> tuple[np.ndarray, pd.Series]:
    """Relative frequency of a word in each document, and the documents' camps."""
    joined = table.groupby(["article_id", "camp"], as_index=False)["content"].agg(" ".join)
    split = joined["content"].str.split()
    return np.array([words.count(word) / len(words) for words in split]), joined["camp"]


def test_rank_sums_are_those_of_scipy() -> None:
    table = corpus(1)
    found = keyness(table, groups=("washington", "moscow"), draws=0)
    assert len(found) > 25
    for _, row in found.iterrows():
        rates, camps = frequencies(table, row["word"])
        ours = (camps == "washington").to_numpy()
        outside = stats.mannwhitneyu(rates[ours], rates[~ours], method="asymptotic", use_continuity=False)
        assert row["effect"] == pytest.approx(outside.statistic / (ours.sum() * (~ours).sum()), abs=1e-10)
        assert row["p"] == pytest.approx(outside.pvalue, abs=1e-8)
        assert row["wilcoxon"] == pytest.approx(
            np.sign(row["effect"] - 0.5) * stats.norm.isf(outside.pvalue / 2), abs=1e-6
        )
        assert (row["n_documents"], row["n_documents_reference"]) == ((rates[ours] > 0).sum(), (rates[~ours] > 0).sum())


def test_each_of_three_against_the_others_is_scipys_too() -> None:
    table = corpus(2, camps=("astana", "moscow", "washington"))
    found = keyness(table, draws=0)
    assert found["group"].unique().tolist() == ["astana", "moscow", "washington"]
    assert (found["reference"] == "all others").all()
    assert (found["family"] == len(found)).all()
    for _, row in found[found["group"] == "moscow"].head(8).iterrows():
        rates, camps = frequencies(table, row["word"])
        outside = stats.mannwhitneyu(
            rates[camps == "moscow"], rates[camps != "moscow"], method="asymptotic", use_continuity=False
        )
        assert row["p"] == pytest.approx(outside.pvalue, abs=1e-8)
    assert found["p_adjusted"].tolist() == pytest.approx(stats.false_discovery_control(found["p"]).tolist())


def test_dispersion_of_the_worked_example_of_gries() -> None:
    # Gries (2008): a word 1, 2, 3, 4 and 5 times in parts of 9, 10, 10, 10 and 11 words. DP = .18; normalised by 1 − 9/50.
    parts = [
        (f"p{k}", "o", "one", " ".join(["a"] * k + ["x"] * (size - k)))
        for k, size in zip(range(1, 6), (9, 10, 10, 10, 11), strict=True)
    ]
    other = [("q", "o", "two", "a x x x")]
    found = keyness(texts(parts + other), groups=("one", "two"), draws=0, min_documents=1).set_index("word")
    assert found.loc["a", "dispersion"] == pytest.approx(0.18 / (1 - 9 / 50))


def test_a_word_in_one_document_is_as_clumped_as_can_be() -> None:
    rows = [(f"a{k}", "o", "one", "x x x x" if k else "y y y y") for k in range(4)] + [("b", "o", "two", "x z")]
    found = keyness(texts(rows), groups=("one", "two"), draws=0, min_documents=1).set_index("word")
    assert found.loc["y", "dispersion"] == pytest.approx(1)
    assert np.isnan(found.loc["z", "dispersion"])
    assert found.loc["z", ["count", "count_reference"]].tolist() == [0, 1]


def test_log_odds_with_hardly_any_prior_are_those_of_a_table() -> None:
    table = corpus(3)
    found = keyness(table, groups=("washington", "moscow"), draws=0, prior=1e-9)
    ours = table.loc[table["camp"] == "washington", "content"].str.split().explode()
    theirs = table.loc[table["camp"] == "moscow", "content"].str.split().explode()
    both = found[(found["count"] > 0) & (found["count_reference"] > 0)]
    assert len(both) > 25
    for _, row in both.iterrows():
        a, b = (ours == row["word"]).sum(), (theirs == row["word"]).sum()
        assert (row["count"], row["count_reference"]) == (a, b)
        outside = Table2x2([[a, len(ours) - a], [b, len(theirs) - b]])
        assert row["log_odds"] == pytest.approx(outside.log_oddsratio, abs=1e-8)
        assert row["log_odds_z"] == pytest.approx(outside.log_oddsratio / np.sqrt(1 / a + 1 / b), abs=1e-6)


def test_log_odds_with_a_prior_worked_by_hand() -> None:
    # 3 of 10 words against 1 of 10; a prior of 10 words with 4/20 of this word adds 2 to either count.
    rows = [("a", "o", "one", "w w w v v v v v v v"), ("b", "o", "two", "w v v v v v v v v v")]
    found = keyness(texts(rows), groups=("one", "two"), draws=0, min_documents=1, prior=10).set_index("word")
    difference = np.log(5 / 15) - np.log(3 / 17)
    assert found.loc["w", "log_odds"] == pytest.approx(difference)
    assert found.loc["w", "log_odds_z"] == pytest.approx(difference / np.sqrt(1 / 5 + 1 / 3))
    assert "log odds with a prior of 10 words" in found.loc["w", "method"]


def test_one_article_cannot_make_a_key_word() -> None:
    plain = [(f"a{k}", f"o{k % 4}", camp, "x y z x y z x y") for k in range(40) for camp in ("moscow", "washington")]
    table = texts(plain)
    table.loc[0, "content"] += " name" * 40
    table.loc[[11, 13, 15, 17], "content"] += " name"
    found = keyness(table, groups=("moscow", "washington"), min_documents=1).set_index("word")
    assert found.loc["name", "log_odds_z"] > 2
    assert found.loc["name", "wilcoxon"] < 0
    assert found.loc["name", "within_noise"]


def test_a_planted_word_rises_above_the_noise_and_a_coin_does_not() -> None:
    passed = []
    for seed in range(60):
        found = keyness(corpus(seed, articles=40, words=20), groups=("washington", "moscow"), draws=100)
        passed.append(not found["within_noise"].all())
    # In 5 % of corpora split by a coin some word passes the floor.
    assert sum(passed) <= stats.binom.ppf(0.999, 60, 0.05)
    table = corpus(1)
    table.loc[table["camp"] == "washington", "content"] += " planted"
    found = keyness(table, groups=("washington", "moscow"))
    assert found["word"].iloc[0] == "planted"
    assert found.loc[~found["within_noise"], "word"].tolist() == ["planted"]


def test_the_style_of_a_paper_is_no_finding_about_a_camp() -> None:
    # Two papers quote hardly anyone but Washington, and write "style" in every article; within a paper camps are alike.
    rows = []
    for outlet in range(6):
        for k in range(12):
            camp = "washington" if k and outlet < 2 or not k and outlet >= 2 else "moscow"
            rows.append((f"{outlet}-{k}", f"o{outlet}", camp, "x y z" + " style" * (outlet < 2)))
    table = texts(rows)
    inside = keyness(table, groups=("washington", "moscow")).set_index("word")
    freely = keyness(table, groups=("washington", "moscow"), block=None).set_index("word")
    assert inside.loc["style", "wilcoxon"] == freely.loc["style", "wilcoxon"] > 5
    assert inside.loc["style", "within_noise"]
    assert not freely.loc["style", "within_noise"]


def test_texts_are_folded_and_counted_as_a_table_of_counts_is() -> None:
    rows = [
        ("a", "o", "moscow", "أعلنَ الوزير، في 2022: «إعلان» الوزير"),
        ("a", "o", "moscow", "اعلن"),
        ("a", "o", "washington", "الوزير صامت"),
        ("b", "o", "washington", "اعلان صامت"),
    ]
    counted = [
        *[("a", "o", "moscow", word, n) for word, n in [("اعلن", 2), ("الوزير", 2), ("في", 1), ("اعلان", 1)]],
        *[("a", "o", "washington", "الوزير", 1), ("a", "o", "washington", "صامت", 1)],
        *[("b", "o", "washington", "اعلان", 1), ("b", "o", "washington", "صامت", 1)],
    ]
    few = pd.DataFrame(counted, columns=["article_id", "outlet", "camp", "word", "k"])
    found = keyness(texts(rows), min_documents=1)
    assert sorted(found["word"].unique()) == sorted(few["word"].unique())
    pd.testing.assert_frame_equal(keyness(few, of="word", count="k", min_documents=1), found)


def test_the_rows_behind_a_word_hold_it() -> None:
    table = corpus(4, camps=("astana", "moscow", "washington"))
    for groups, camps in (
        (None, {"astana", "moscow", "washington"}),
        (("washington", "moscow"), {"washington", "moscow"}),
    ):
        found = keyness(table, groups=groups, draws=0).iloc[3]
        behind = rows_with_word(table, found)
        assert len(behind) == found["n_documents"] + found["n_documents_reference"]  # every document is one text here
        assert set(behind["camp"]) <= camps
        assert behind["content"].str.split().map(lambda words: found["word"] in words).all()  # noqa: B023


def test_order_of_rows_does_not_matter_and_seeds_do() -> None:
    table = corpus(5, camps=("astana", "moscow", "washington"))
    found = keyness(table, draws=60)
    pd.testing.assert_frame_equal(keyness(table.sample(frac=1, random_state=1), draws=60), found)
    other = keyness(table, draws=60, seed=1)
    assert (other["noise_floor"] != found["noise_floor"]).any()
    assert "noise floor of 60 draws within outlet, seed 1" in other["method"].iloc[0]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "kamp"}, "The table has no column 'kamp'. Its columns: article_id, outlet, camp, content."),
        ({"groups": ("moscow", "astana")}, "No row has camp 'astana'. Its groups: moscow, washington."),
        ({"groups": ("moscow", "moscow")}, "Keyness compares groups of camp, and there is one only"),
        ({"by": "outlet"}, "Labels of 'outlet' cannot be dealt out within 'outlet'; pass another block, or None."),
        ({"min_documents": 99}, "No word is in 99 documents or more; lower min_documents or add articles."),
        ({"count": "camp"}, "Column 'camp' must hold numbers"),
    ],
)
def test_keyness_says_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(EstimateError) as fault:
        keyness(corpus(1), **arguments)  # type: ignore[arg-type]
    assert str(fault.value).startswith(message)
