"""Are the differences that were planted in the shipped study found, and none where none was planted?

Outlets are compared with their articles as the sample, eight each, so a planted difference has to be large against
what articles differ by. Those of `TOO_FEW_ARTICLES` are not told from chance by any honest interval on this corpus; they have
the planted direction all the same.
"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from discourse.corpus import read_gold, read_study
from discourse.estimates import contrast

FOLDER = Path(__file__).resolve().parents[1] / "corpora" / "kazakhstan-2022"
DESIGN = yaml.safe_load((FOLDER / "design.yml").read_text(encoding="utf-8"))["design"]
TOO_FEW_ARTICLES = {"economic-frame", "human-frame-bayadir"}


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
    if item["id"] not in TOO_FEW_ARTICLES:
        assert min(sign * found["ci_low"], sign * found["ci_high"]) > 0
