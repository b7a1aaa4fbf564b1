"""Do 95 % intervals hold the truth? Worlds with a known truth are made and estimated again and again.

`COVERAGE_WORLDS=500` in the environment runs the full number of worlds, with the bounds that are promised; the usual
run makes fewer and allows for chance.
"""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from discourse.estimates import contrast
from discourse.simulate import CAMPS, World, measure_coverage, simulate_statements

WORLDS = int(os.environ.get("COVERAGE_WORLDS", "40"))
FURTHER = 200 if WORLDS >= 500 else 20  # for worlds that nothing is promised of
PROMISED = (0.92, 0.975)


def held(found: pd.DataFrame, interval: str, labels: str) -> float:
    return float(found[(found["interval"] == interval) & (found["labels"] == labels)]["coverage"].iloc[0])


def outside_the_promise(found: pd.DataFrame, worlds: int) -> dict[tuple[str, str], float]:
    slack = 0.0 if worlds >= 500 else 2.5 * np.sqrt(0.05 * 0.95 / worlds)
    honest = found[found["honest"]].set_index(["interval", "labels"])["coverage"]
    return honest[(honest < PROMISED[0] - slack) | (honest > PROMISED[1] + slack)].to_dict()


def show(world: str, found: pd.DataFrame, worlds: int) -> None:
    print(f"\n{world}, {worlds} worlds\n" + found.round(3).to_string(index=False))


@pytest.mark.parametrize("outlets", [6, 10, 30])
def test_intervals_hold_the_truth_as_often_as_they_say(outlets: int) -> None:
    found = measure_coverage(World(outlets=outlets), WORLDS)
    show(f"{outlets} outlets", found, WORLDS)
    assert found["honest"].sum() == 6
    assert outside_the_promise(found, WORLDS) == {}
    # The mistakes that this library is there to prevent.
    assert held(found, "shares of classes, statements as the sample", "true") < 0.88
    assert held(found, "contrasts", "machine") < {6: 0.9, 10: 0.85, 30: 0.4}[outlets]


def test_a_gap_that_is_there_is_held_too() -> None:
    world = World(outlets=10, lean=(-0.9, -1.0, 0.0))
    found = measure_coverage(world, FURTHER)
    show("10 outlets, gap of {:.3f}".format(world.negative("washington") - world.negative("moscow")), found, FURTHER)
    assert outside_the_promise(found, FURTHER) == {}


def test_events_that_all_outlets_report_need_two_ways_of_clustering() -> None:
    world = World(outlets=30, articles=15, days=15, between_outlets=0.2, between_days=0.8)
    both = measure_coverage(world, FURTHER, cluster=["outlet", "date"])
    show("30 outlets, 15 days, clustered by both", both, FURTHER)
    assert outside_the_promise(both, FURTHER) == {}
    assert held(measure_coverage(world, 15), "shares of classes", "true") < 0.8


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")  # some ratio has no interval
def test_two_outlets_of_a_few_articles_are_compared_fairly() -> None:
    world = World(outlets=2, articles=6, between_outlets=0.0, voice=(0.0001, 0.9998, 0.0001))
    within = []
    for seed in range(100):
        found = contrast(simulate_statements(world, seed), "outlet", ("0", "1"), of="true", within=None)
        gap = found[(found["true"] == "negative") & (found["measure"] == "difference")].iloc[0]
        within.append(gap["ci_low"] <= 0 <= gap["ci_high"])
    slack = 2.5 * np.sqrt(0.05 * 0.95 / len(within))
    assert PROMISED[0] - slack <= np.mean(within) <= PROMISED[1] + slack


def test_the_truth_of_a_world_is_what_its_samples_come_to() -> None:
    world = World(outlets=3000, articles=6, lean=(-1.5, 0.0, 1.0), days=3000, between_days=0.7)
    table = simulate_statements(world, 1)
    negative = table["true"] == "negative"
    for camp, voice in zip(CAMPS, world.voice, strict=True):
        said = table["camp"] == camp
        assert said.mean() == pytest.approx(voice, abs=0.01)
        assert negative[said].mean() == pytest.approx(world.negative(camp), abs=0.015)
        wrong = table["machine"] != table["true"]
        assert wrong[said & negative].mean() == pytest.approx(0.15, abs=0.02)
        assert wrong[said & ~negative].mean() == pytest.approx(world.false[CAMPS.index(camp)], abs=0.02)
    coded = table["human"].notna()
    assert coded.mean() == pytest.approx(0.25, abs=0.02)
    assert (table["human"][coded] == table["true"][coded]).all()
    assert (coded.groupby(table["article_id"]).nunique() == 1).all()


def test_a_sample_is_its_seed() -> None:
    pd.testing.assert_frame_equal(simulate_statements(World(), 3), simulate_statements(World(), 3))
    assert not simulate_statements(World(), 3)["true"].equals(simulate_statements(World(), 4)["true"])
