"""Tables of statements for tests of estimates, made from counts."""

from __future__ import annotations

import pandas as pd

NUMBERS = ["estimate", "ci_low", "ci_high"]


def statements(cells: list[tuple[str, str, str, int]]) -> pd.DataFrame:
    """Rows from (outlet, camp, sentiment, how many); every statement in an article of its own."""
    rows = [
        {"outlet": outlet, "camp": camp, "sentiment": sentiment}
        for outlet, camp, sentiment, count in cells
        for _ in range(count)
    ]
    table = pd.DataFrame(rows, columns=["outlet", "camp", "sentiment"]).astype(object)
    table["article_id"] = [f"{outlet}-{place}" for place, outlet in enumerate(table["outlet"])]
    table["sentiment_score"] = table["sentiment"].map({"negative": -1.0, "neutral": 0.0, "positive": 1.0}).astype(float)
    return table


def balanced(negatives: list[int], size: int = 10, camp: str = "moscow") -> pd.DataFrame:
    """One outlet per number: so many of its `size` statements are negative, the others neutral."""
    cells = [(f"o{place:03}", camp, "negative", count) for place, count in enumerate(negatives)]
    cells += [(f"o{place:03}", camp, "neutral", size - count) for place, count in enumerate(negatives)]
    return statements(cells)


def row(estimates: pd.DataFrame, **where: str) -> pd.Series:
    chosen = estimates
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return chosen.iloc[0]


def two_camps(first: list[int], second: list[int]) -> pd.DataFrame:
    return pd.concat([balanced(first, camp="washington"), balanced(second, camp="moscow")], ignore_index=True)
