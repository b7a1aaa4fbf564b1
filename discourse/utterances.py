"""Find the same utterance in several outlets, and compare which word each outlet put before it.

Whether an outlet prefers a verb of doubt is hard to say where each outlet quotes other things. Where several report the same
words of the same speaker, what was said is held fast: only the reporting differs. Contents are folded, cut into shingles,
proposed by MinHash and compared by their shingles themselves.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from discourse.clusters import EstimateError
from discourse.permutation import adjust, permutation_test
from discourse.provenance import recorded
from discourse.republished import SHORTEST, Shingles, shingles

SAME_UTTERANCE = 0.5  # Jaccard's index of the shingles of two contents
_PERMUTATIONS, _SEED = 128, 20220105
_COLUMNS = ("attribution_id", "article_id", "speaker", "date", "content")


@recorded
def link_utterances(table: pd.DataFrame, days: int = 3, *, similarity: float = SAME_UTTERANCE) -> pd.DataFrame:
    """Link contents that report the same utterance: one speaker, nearly the same words, a few days apart at most.

    Parameters
    ----------
    table
        Attributions, one a row, with `attribution_id`, `article_id`, `speaker`, `date` and `content`.
    days
        How many days two reports may lie apart.
    similarity
        Jaccard's index of the shingles (five characters of folded text) from which two contents are the same.

    Returns
    -------
    pandas.DataFrame
        A copy with `utterance` (id of the earliest attribution that reports it; None where no other row does) and
        `utterance_similarity` (Jaccard's index with that one). Each row is like the earliest one itself, so that no chain of
        small changes links what is different. The order of rows does not matter.

    Raises
    ------
    EstimateError
        If a column is missing, an id stands twice, or a limit makes no sense.

    Notes
    -----
    Rows without a resolved speaker or a date, and contents of fewer than 40 letters, which recur without being the same
    utterance, are not linked.

    References
    ----------
    Broder, A. (1997). On the resemblance and containment of documents. Compression and Complexity of Sequences 1997, 21–29.
    """
    from datasketch import MinHash, MinHashLSH

    missing = [repr(each) for each in _COLUMNS if each not in table]
    faults = [f"the table has no column {' or '.join(missing)}"] if missing else []
    if days < 0:
        faults.append(f"days must be 0 or more, not {days}")
    if not 0 < similarity <= 1:
        faults.append(f"similarity must be above 0 and at most 1, not {similarity}")
    if not missing:
        twice = [each for each, number in Counter(table["attribution_id"]).items() if number > 1]
        faults += [f"attribution {each!r} stands twice" for each in sorted(twice)]
    if faults:
        raise EstimateError(f"Utterances cannot be linked: {'; '.join(faults)}.")
    known = table[list(_COLUMNS)].reset_index(drop=True)
    known = known[known["speaker"].notna() & known["date"].notna() & (known["content"].str.len() >= SHORTEST)]
    known = known.assign(date=pd.to_datetime(known["date"])).sort_values(["date", "attribution_id"], kind="stable")
    linked = np.full(len(table), None, dtype=object)
    likeness = np.full(len(table), np.nan)
    ids = table["attribution_id"].to_numpy()
    for _, rows in known.groupby("speaker", sort=True):
        if len(rows) < 2:
            continue
        # Half the threshold proposes: a pair that MinHash underrates is not lost, and the exact index decides.
        index = MinHashLSH(threshold=max(similarity * 0.6, 0.1), num_perm=_PERMUTATIONS, weights=(0.1, 0.9))
        leaders: dict[int, tuple[pd.Timestamp, Shingles]] = {}
        for place, date, content in zip(rows.index, rows["date"], rows["content"], strict=True):
            mine = shingles(content)
            sketch = MinHash(num_perm=_PERMUTATIONS, seed=_SEED)
            sketch.update_batch([int(each).to_bytes(4, "little") for each in mine])
            alike = sorted(
                (-_jaccard(mine, leaders[other][1]), leaders[other][0], str(ids[other]), other)
                for other in index.query(sketch)
                if (date - leaders[other][0]).days <= days
            )
            if alike and -alike[0][0] >= similarity:
                leader = alike[0][3]
                linked[leader], likeness[leader] = ids[leader], 1.0
                linked[place], likeness[place] = ids[leader], -alike[0][0]
            else:
                leaders[place] = (date, mine)
                index.insert(place, sketch)
    return table.assign(
        utterance=pd.Series(linked, index=table.index, dtype=object),
        utterance_similarity=pd.Series(likeness, index=table.index, dtype=float),
    )


def _jaccard(one: Shingles, other: Shingles) -> float:
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / ((len(one) + len(other) - common) or 1)


@recorded
def contrast_verbs(table: pd.DataFrame, of: str = "engagement", *, draws: int = 1999, seed: int = 0) -> pd.DataFrame:
    """Compare each outlet's reporting words with those of the others, for the same utterances.

    Parameters
    ----------
    table
        Table from `link_utterances`, with `outlet`.
    of
        Column of classes that is compared: `engagement` or `act` from `score_engagement`, or `cue`.
    draws, seed
        As in `permutation_test`.

    Returns
    -------
    pandas.DataFrame
        One row for each outlet and class: `outlet`, the class, `n` (reports of this outlet and others), `n_utterances`,
        `share` and `share_others` (of the reports of these utterances), `estimate` (difference within utterances),
        `p`, `p_adjusted` (Holm, over all rows), `family`, `adjustment`, `method`. An outlet that shares fewer than two
        utterances with others has no rows.

    Raises
    ------
    EstimateError
        If a column is missing, or no outlet shares two utterances with others.

    Notes
    -----
    Within each utterance it is dealt out anew which report is the outlet's; the error is taken between utterances. What is
    tested is the choice of word for words that both reported, not the choice of what to report.
    """
    missing = [repr(each) for each in ("utterance", "outlet", of) if each not in table]
    if missing:
        raise EstimateError(
            f"The table has no column {' or '.join(missing)}; link_utterances adds 'utterance', score_engagement 'engagement'."
        )
    rows = table[table["utterance"].notna() & table["outlet"].notna() & table[of].notna()]
    found = []
    for outlet in sorted(rows["outlet"].unique()):
        sides = rows.assign(_side=np.where(rows["outlet"] == outlet, "own", "others"))
        both = sides.groupby("utterance")["_side"].transform("nunique") == 2
        shared = sides[both]
        if shared["utterance"].nunique() < 2:
            continue
        tested = permutation_test(
            shared, "_side", ("own", "others"), of, block="utterance", cluster="utterance", draws=draws, seed=seed
        )
        own = shared["_side"] == "own"
        found.append(
            pd.DataFrame(
                {
                    "outlet": outlet,
                    of: tested[of],
                    "n": tested["n"],
                    "n_utterances": tested["n_blocks"],
                    "share": [(shared.loc[own, of] == each).mean() for each in tested[of]],
                    "share_others": [(shared.loc[~own, of] == each).mean() for each in tested[of]],
                    "estimate": tested["estimate"],
                    "p": tested["p"],
                    "method": tested["method"].str.replace("_side", "outlet", regex=False).str.removesuffix("; max-T"),
                }
            )
        )
    if not found:
        raise EstimateError(
            "No outlet shares two utterances with others; link more articles or a wider window of days."
        )
    return adjust(pd.concat(found, ignore_index=True), method="holm")
