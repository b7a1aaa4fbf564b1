"""Are the differences that were planted in the shipped study found, and none where none was planted?

Outlets are compared with their articles as the sample, so a planted difference has to be large against what articles
differ by. It is looked for twice: with the gold labels, and as a study would, with the machine's labels of what it found,
corrected by codes for a quarter of the statements of the two outlets. Those are drawn at random from the statements in
question, in strata of article and machine label, and the gold stands in for the people who would code them; what the machine
found and nobody said has no label that could be right. Chance may draw an unlucky quarter, so that is done ten times.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from discourse.analysis import analyse
from discourse.coding import draw_sample
from discourse.corpus import read_gold, read_study
from discourse.correction import correct_contrast
from discourse.estimates import contrast
from discourse.scoring import pair_attributions
from discourse.tables import attribution_rows

FOLDER = Path(__file__).resolve().parents[1] / "corpora" / "kazakhstan-2022"
DESIGN = yaml.safe_load((FOLDER / "design.yml").read_text(encoding="utf-8"))["design"]
CODED = 0.25
SAMPLES = 10
ENOUGH = 8  # samples of the ten in which a planted difference has to be found
CHANCE = 2  # samples of the ten in which a planted null may be called a difference


def holds(row: dict[str, Any], wanted: dict[str, list[Any]]) -> bool:
    """Whether a gold row has, in each column named, one of the values listed."""
    for column, values in wanted.items():
        held = row[column] if isinstance(row[column], list) and column != "source" else [row[column]]
        if column == "source":
            if (row["source"] is None) != (None in values):
                return False
        elif not set(held) & set(values):
            return False
    return True


@pytest.fixture(scope="module")
def gold() -> list[dict[str, Any]]:
    articles = list(read_study(FOLDER).articles)
    outlets = {article.id: article.outlet for article in articles}
    rows = [row for file in sorted((FOLDER / "gold").glob("*.jsonl")) for row in read_gold(file, articles)]
    return [{**row, "outlet": outlets[row["article_id"]]} for row in rows]


def differences(item: dict[str, Any], gold: list[dict[str, Any]]) -> list[pd.Series]:
    """The contrast of each two of the item's groups; of the first two in its order if a difference was planted."""
    among = [row for row in gold if holds(row, item["among"])]
    table = pd.DataFrame({name: [row[name] for row in among] for name in ("article_id", "outlet", "camp")})
    found = []
    for groups in combinations(item["groups"], 2):
        if item.get("across") == "camp":
            both = contrast(table, "camp", groups, cluster="article_id")
        else:
            table["hit"] = [float(holds(row, item["is"])) for row in among]
            both = contrast(table, "outlet", groups, of="hit", within=None)
        found.append(both[both["measure"] == "difference"].iloc[0])
    return found


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")  # where nothing was hit in any article
@pytest.mark.parametrize("item", [i for i in DESIGN if i["expect"] == "none"], ids=lambda item: item["id"])
def test_nothing_is_found_where_nothing_was_planted(item: dict[str, Any], gold: list[dict[str, Any]]) -> None:
    for found in differences(item, gold):
        assert abs(found["estimate"]) <= 0.1
        assert not (found["ci_low"] > 0 or found["ci_high"] < 0)


@pytest.mark.parametrize("item", [i for i in DESIGN if i["expect"] == "different"], ids=lambda item: item["id"])
def test_planted_differences_are_found_in_their_direction(item: dict[str, Any], gold: list[dict[str, Any]]) -> None:
    (found,) = differences(item, gold)
    sign = 1 if item["direction"].endswith("higher") else -1
    assert sign * found["estimate"] > 0.1
    assert min(sign * found["ci_low"], sign * found["ci_high"]) > 0


@pytest.fixture(scope="module")
def found(gold: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the machine found, each row with the gold row that answers to it."""
    articles = list(read_study(FOLDER).articles)
    coded, machine = defaultdict(list), defaultdict(list)
    for row in gold:
        coded[row["article_id"]].append(row)
    for row in attribution_rows(analyse(articles)):
        machine[row["article_id"]].append(row)
    return [
        {
            **pair.predicted,
            "outlet": article.outlet,
            "speaker": "anonymous" if pair.predicted["anonymous"] else pair.predicted["speaker"],  # as the gold has it
            "gold": pair.gold if "detected" in pair.holds else None,
        }
        for article in articles
        for pair in pair_attributions(article, coded[article.id], machine[article.id])
        if pair.predicted is not None
    ]


def corrected(item: dict[str, Any], groups: tuple[str, str], found: list[dict[str, Any]], seed: int) -> pd.Series:
    """The contrast of two outlets on the machine's labels, corrected with a quarter of their statements coded."""
    theirs = [row for row in found if row["outlet"] in groups]
    among = [row for row in theirs if holds(row, item["among"])]
    table = pd.DataFrame({name: [row[name] for row in among] for name in ("article_id", "id", "outlet")})
    table["hit"] = [float(holds(row, item["is"])) for row in among]
    table["truth"] = [float(row["gold"] is not None and holds(row["gold"], item["is"])) for row in among]
    number = min(len(among), round(CODED * len(theirs)))
    sample = draw_sample(table, number, by=["article_id", "hit"], seed=seed)
    drawn = table.merge(sample[["article_id", "id", "probability"]], on=["article_id", "id"], how="left")
    drawn["human"] = drawn["truth"].where(drawn["probability"].notna())
    both = correct_contrast(
        drawn, "outlet", groups, of="hit", human="human", within=None, probability="probability", seed=seed
    )
    return both[both["corrected"]].iloc[0]


def between_outlets(expected: str) -> list[dict[str, Any]]:
    return [item for item in DESIGN if item["expect"] == expected and item.get("across") != "camp"]


@pytest.mark.parametrize("item", between_outlets("different"), ids=lambda item: item["id"])
def test_corrected_machine_labels_find_what_was_planted(item: dict[str, Any], found: list[dict[str, Any]]) -> None:
    sign = 1 if item["direction"].endswith("higher") else -1
    rows = [corrected(item, tuple(item["groups"]), found, seed) for seed in range(SAMPLES)]
    seen = [min(sign * row["ci_low"], sign * row["ci_high"]) > 0 for row in rows]
    assert sum(seen) >= ENOUGH


@pytest.mark.filterwarnings("ignore::discourse.clusters.TooFewClusters")  # where nothing was hit in any article
@pytest.mark.parametrize("item", between_outlets("none"), ids=lambda item: item["id"])
def test_corrected_machine_labels_find_nothing_where_nothing_was_planted(
    item: dict[str, Any], found: list[dict[str, Any]]
) -> None:
    for groups in combinations(item["groups"], 2):
        rows = [corrected(item, groups, found, seed) for seed in range(SAMPLES)]
        assert sum(row["ci_low"] > 0 or row["ci_high"] < 0 for row in rows) <= CHANCE
