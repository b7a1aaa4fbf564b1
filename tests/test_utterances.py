"""The same utterance across outlets: planted reports, near misses, and a preference of one outlet for a verb."""

import numpy as np
import pandas as pd
import pytest

from discourse.canvas import PlotError, figure_data
from discourse.clusters import EstimateError
from discourse.plots import plot_verb_contrast
from discourse.utterances import contrast_verbs, link_utterances

# Constructed for this test.
SAID = "المجلس سيجتمع يوم الخميس لمناقشة خطة إصلاح الطرق في الأقاليم الشمالية"
REWORDED = "المجلس سيجتمع يوم الخميس لمناقشه خطّة إصلاح الطرق في الاقاليم الشمالية كلها"
OTHER = "الوزارة لن ترفع أسعار الخبز قبل نهاية الموسم الزراعي المقبل مهما حدث"


def report(name, content, outlet="a", date="2022-01-05", speaker="minister", engagement="acknowledge"):
    return {
        "attribution_id": name, "article_id": f"article {name}", "outlet": outlet, "date": pd.Timestamp(date),
        "speaker": speaker, "content": content, "engagement": engagement,
    }  # fmt: skip


def linked(*rows, **how):
    return dict(link_utterances(pd.DataFrame(rows), **how).set_index("attribution_id")["utterance"])


def test_reworded_and_respelled_is_the_same():
    assert linked(report("1", SAID), report("2", REWORDED, "b", "2022-01-07")) == {"1": "1", "2": "1"}


@pytest.mark.parametrize(
    "second",
    [
        report("2", OTHER, "b"),
        report("2", SAID, "b", speaker="president"),
        report("2", SAID, "b", speaker=None),
        report("2", SAID, "b", "2022-01-09"),
        report("2", SAID, "b", None),
        report("2", SAID[:20], "b"),
    ],
    ids=["other words", "other speaker", "nobody known", "four days later", "no date", "too short"],
)
def test_near_misses(second):
    assert linked(report("1", SAID), second) == {"1": None, "2": None}


def test_short_formulas_are_not_linked():
    assert linked(report("1", "الوضع تحت السيطرة"), report("2", "الوضع تحت السيطرة", "b")) == {"1": None, "2": None}


def test_days_are_counted_from_the_earliest_without_chains():
    rows = [report(str(day), SAID, f"o{day}", f"2022-01-{day:02}") for day in (1, 3, 5)]
    assert linked(*rows, days=2) == {"1": "1", "3": "1", "5": None}
    assert linked(*rows, days=4) == {"1": "1", "3": "1", "5": "1"}


def test_similarity_is_exact():
    # 8 letters in a row: 4 shingles; 6 of 10 different letters shared would be 2 of 6 + 6 - 2 shingles.
    one, other = "ابتثجحخدذرزسشصضطظعغفقكلمنهوياابتثجحخدذرزس", "ابتثجحخدذرزسشصضطظعغفقكلمنهوياابتثجحخدذرزسشص"
    ours, theirs = ({text[place : place + 5] for place in range(len(text) - 4)} for text in (one, other))
    table = link_utterances(pd.DataFrame([report("1", one), report("2", other, "b")]))
    assert table["utterance_similarity"].tolist() == [1.0, pytest.approx(len(ours & theirs) / len(ours | theirs))]


def test_order_does_not_matter():
    rows = [
        report(f"{k}{outlet}", f"{SAID} {k * 3}", outlet, f"2022-01-0{1 + k}") for k in range(4) for outlet in "abc"
    ]
    expected = linked(*rows)
    for seed in range(3):
        assert linked(*(rows[place] for place in np.random.default_rng(seed).permutation(len(rows)))) == expected


def test_faults_are_told_together():
    with pytest.raises(EstimateError, match="days must be 0 or more, not -1; attribution '1' stands twice"):
        linked(report("1", SAID), report("1", SAID), days=-1)
    with pytest.raises(EstimateError, match="no column 'speaker'"):
        link_utterances(pd.DataFrame([report("1", SAID)]).drop(columns="speaker"))


def planted(doubting: float, seed: int = 2) -> pd.DataFrame:
    """Twenty utterances, each in three outlets; the first doubts a share of them, the others one in ten."""
    chance = np.random.default_rng(seed)
    rows = []
    for k in range(20):
        for outlet in "abc":
            doubt = chance.random() < (doubting if outlet == "a" else 0.1)
            row = report(f"{k}{outlet}", SAID, outlet, engagement="distance" if doubt else "acknowledge")
            rows.append({**row, "utterance": f"{k}a"})
    return pd.DataFrame(rows)


def test_a_preference_is_found_and_none_is_not_invented():
    table = planted(0.8)
    found = contrast_verbs(table, draws=299).set_index(["outlet", "engagement"])
    row = found.loc[("a", "distance")]
    distance = table["engagement"] == "distance"
    own = table["outlet"] == "a"
    assert row["share"] == distance[own].mean()
    assert row["share_others"] == distance[~own].mean()
    # Every utterance has one report of its own and two others: the difference within is the plain one.
    assert row["estimate"] == pytest.approx(row["share"] - row["share_others"])
    assert row["p_adjusted"] < 0.05
    assert row["n_utterances"] == 20
    assert (contrast_verbs(planted(0.1), draws=299)["p_adjusted"] > 0.05).all()


def test_what_only_one_outlet_reports_says_nothing():
    table = planted(0.8)
    alone = table[table["outlet"] == "a"].assign(utterance="alone", engagement="deny")
    alone["attribution_id"] += "x"
    pd.testing.assert_frame_equal(
        contrast_verbs(pd.concat([table, alone]), draws=299), contrast_verbs(table, draws=299)
    )


def test_nothing_shared():
    with pytest.raises(EstimateError, match="No outlet shares two utterances"):
        contrast_verbs(planted(0.5).query("outlet == 'a'"))
    with pytest.raises(EstimateError, match="no column 'utterance'; link_utterances adds"):
        contrast_verbs(planted(0.5).drop(columns="utterance"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_figure_shows_the_table(language):
    found = contrast_verbs(planted(0.8), draws=299)
    ax = plot_verb_contrast(found, language=language)
    drawn = np.concatenate([line.get_xdata() for line in ax.lines if line.get_marker() == "o"])
    assert sorted(drawn) == sorted(found["estimate"])
    pd.testing.assert_frame_equal(figure_data(ax), found)
    hollow = [line for line in ax.lines if line.get_marker() == "o" and line.get_markerfacecolor() == "white"]
    assert len(hollow) == (found["p_adjusted"] > 0.05).sum()


def test_figure_of_another_table():
    with pytest.raises(PlotError, match="Expected a table from contrast_verbs; it lacks 'share_others'"):
        plot_verb_contrast(contrast_verbs(planted(0.8), draws=299).drop(columns="share_others"))
