"""Count who speaks through whom: whose words a camp passes on, and whose words stand inside its own."""

from __future__ import annotations

from typing import Literal

import pandas as pd

from discourse.clusters import EstimateError
from discourse.provenance import recorded


@recorded
def relays_by(
    table: pd.DataFrame, by: str = "camp", link: Literal["relayed_by", "parent"] = "relayed_by"
) -> pd.DataFrame:
    """Count the attributions of each group that each group passes on.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it, with the rows that are linked to.
    by
        Column of groups of those who speak, for example ``"camp"`` or ``"speaker"``.
    link
        Column that leads from an attribution to another: ``"relayed_by"`` to the one that passes it on, ``"parent"`` to the
        one in whose content it stands.

    Returns
    -------
    pandas.DataFrame
        One row per pair that occurs: `relayer`, `speaker` (groups), `n` (attributions of the speaker that the relayer
        passes on), `n_articles`, `n_outlets`. Rows without a group on either side are left out.

    Raises
    ------
    EstimateError
        If a column is missing or no linked row has a group on both sides.
    """
    absent = [repr(name) for name in dict.fromkeys(("article_id", "outlet", "id", by, link)) if name not in table]
    if absent:
        raise EstimateError(f"The table has no column {', '.join(absent)}.")
    groups = table[["article_id", "id", by]].set_axis(["article_id", link, "relayer"], axis=1)
    pairs = table.loc[table[link].notna(), ["article_id", "outlet", link, by]].rename(columns={by: "speaker"})
    found = pairs.merge(groups, on=["article_id", link]).dropna(subset=["relayer", "speaker"])
    if found.empty:
        raise EstimateError(f"No row has a {link} with a {by} on both sides; nothing to count.")
    counted = found.groupby(["relayer", "speaker"], observed=True).agg(
        n=("speaker", "size"), n_articles=("article_id", "nunique"), n_outlets=("outlet", "nunique")
    )
    return counted.reset_index()
