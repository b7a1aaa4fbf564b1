"""Find the words that tell camps (or outlets, or periods) apart, and how far chance alone would get.

Counting a word over a whole corpus lets one article decide: a name that it repeats forty times looks like a habit of the
camp. So documents are what is compared, not words: in how many documents of the camp is the word more frequent than in the
others' (Wilcoxon's rank sum, which Kilgarriff proposed for corpora, and which comparisons of keyness measures favour)?
Beside it stands what reviewers in political science expect, Monroe, Colaresi and Quinn's log odds with an informative
Dirichlet prior, which shrinks what rare words seem to say; it counts words, so read it together with the dispersion.

Every corpus has a word with the largest difference, also one that was split in two by a coin. The noise floor shows how
large it gets: the labels of the documents are dealt out anew within blocks (outlets, or articles), many times, and in 95 %
of these no word at all passes the floor.

References
----------
Kilgarriff, A. (2001). Comparing corpora. International Journal of Corpus Linguistics 6(1), 97–133.
Sönning, L. (2024). Evaluation of keyness metrics: performance and reliability. Corpus Linguistics and Linguistic Theory
20(2). doi:10.1515/cllt-2022-0116.
Monroe, B. L., Colaresi, M. P. & Quinn, K. M. (2008). Fightin' words: lexical feature selection and evaluation for
identifying the content of political conflict. Political Analysis 16(4), 372–403.
Gries, S. Th. (2008). Dispersions and adjusted frequencies in corpora. International Journal of Corpus Linguistics 13(4),
403–437.
Lijffijt, J. & Gries, S. Th. (2012). Correction to Stefan Th. Gries' "Dispersions and adjusted frequencies in corpora".
International Journal of Corpus Linguistics 17(1), 147–149.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, special

from discourse.clusters import LEVEL, EstimateError, Floats, levels_of, require_numbers
from discourse.permutation import adjust
from discourse.provenance import recorded
from discourse.text import fold, tokens

FLOOR_DRAWS = 200
OTHERS = "all others"
_AT_ONCE = 4_000_000  # numbers in memory for one batch of draws


@recorded
def keyness(
    table: pd.DataFrame,
    by: str = "camp",
    groups: tuple[str, str] | None = None,
    *,
    of: str = "content",
    count: str | None = None,
    document: str = "article_id",
    block: str | None = "outlet",
    min_documents: int = 5,
    prior: float = 1000.0,
    draws: int = FLOOR_DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Words that set groups apart: each group against all others, or one against another.

    Parameters
    ----------
    table
        One row per attribution, as `attributions_table` returns it, or per other text.
    by
        Column of groups. Rows without a group are left out.
    groups
        A group and the one it is set against. None: each group against all the others.
    of
        Column of texts; they are folded and split into words, and numbers and marks are left out. With `count`, a column
        with one word a row.
    count
        Column that says how often the word of a row occurs, if `table` is a table of counts.
    document
        Column that tells documents apart. What one group says in it is one document.
    block
        Column within which labels are dealt out for the noise floor: ``"outlet"``, so that the style of a paper is no
        finding, or ``"article_id"``, so that its topic is none either. None: all documents are alike.
    min_documents
        Words in fewer documents are not tested (they count as words all the same).
    prior
        Weight of the prior of the log odds, in words; it has the word frequencies of all groups together.
    draws
        How often labels are dealt out; 0 for no noise floor.
    seed
        Seed of the draws.

    Returns
    -------
    pandas.DataFrame
        One row per group and word, the most telling first: `group`, `reference`, `word`; `count`, `count_reference`
        (occurrences), `n_documents`, `n_documents_reference` (documents that hold it), `dispersion`,
        `dispersion_reference` (Gries' DP, normalised: 0 evenly spread, 1 all in one document; NaN where absent);
        `wilcoxon` (z; above 0 more frequent in the group), `effect` (chance that the word is more frequent in a document
        of the group than in one of the others, ties by half), `p`, `p_adjusted` (Benjamini & Hochberg), `family`;
        `log_odds`, `log_odds_z`; `noise_floor` (of |wilcoxon|), `within_noise`, `method`.

    Raises
    ------
    EstimateError
        If a column is missing, a group has no documents, or no word is in `min_documents`.

    Notes
    -----
    A longer document holds more different words. Where the documents of one group are much longer, many words lean to
    it; the noise floor does not know that, since it deals out labels without regard to length.
    """
    words = _Words.of(table, by, groups, of, count, document, block)
    tested = np.flatnonzero(words.in_documents >= min_documents)
    if not len(tested):
        raise EstimateError(f"No word is in {min_documents} documents or more; lower min_documents or add articles.")
    counts = words.counts[tested]
    ranks = _Ranks.of(counts, words.lengths)
    names = words.groups if groups is None else words.groups[:1]
    chosen = words.label[:, None] == np.arange(len(names))
    size = chosen.sum(axis=0)
    sums = ranks.sums(chosen)
    z = sums / ranks.spread(size)
    # Mann and Whitney's U as a share of all pairs of documents.
    effect = 0.5 + sums * ranks.error[:, None] / (size * (len(words.label) - size))
    floor = _floors(ranks, words, len(names), draws, seed)
    parts = []
    for place, name in enumerate(names):
        ours = words.label == place
        sides = []
        for side in (ours, ~ours):
            inside = counts[:, side]
            held = np.diff(inside.indptr)
            sides.append((np.asarray(inside.sum(axis=1)).ravel(), held, _dispersion(inside, words.lengths[side])))
        log_odds, log_odds_z = _log_odds(
            sides[0][0], sides[1][0], words.lengths[ours].sum(), words.lengths[~ours].sum(), prior
        )
        found = pd.DataFrame(
            {
                "group": name,
                "reference": OTHERS if groups is None else groups[1],
                "word": words.words[tested],
                "count": sides[0][0].astype(int),
                "count_reference": sides[1][0].astype(int),
                "n_documents": sides[0][1],
                "n_documents_reference": sides[1][1],
                "dispersion": sides[0][2],
                "dispersion_reference": sides[1][2],
                "wilcoxon": z[:, place],
                "effect": effect[:, place],
                "p": 2 * special.ndtr(-np.abs(z[:, place])),
                "log_odds": log_odds,
                "log_odds_z": log_odds_z,
                "noise_floor": floor[place],
            }
        )
        parts.append(found.iloc[np.lexsort((found["word"], -np.abs(z[:, place])))])
    result = adjust(pd.concat(parts, ignore_index=True))
    result["within_noise"] = result["wilcoxon"].abs() <= result["noise_floor"]
    where = f"within {block}" if block else "freely"
    result["method"] = f"Wilcoxon over {len(words.label)} documents, BH; log odds with a prior of {prior:g} words; " + (
        f"noise floor of {draws} draws {where}, seed {seed}" if draws else "no noise floor"
    )
    order = [
        *("group", "reference", "word", "count", "count_reference", "n_documents", "n_documents_reference"),
        *("dispersion", "dispersion_reference", "wilcoxon", "effect", "p", "p_adjusted", "family"),
        *("log_odds", "log_odds_z", "noise_floor", "within_noise", "method"),
    ]
    return result[order]


def rows_with_word(table: pd.DataFrame, estimate: pd.Series, by: str = "camp", *, of: str = "content") -> pd.DataFrame:
    """The rows behind one row of `keyness`: those of its group, or of its reference, that hold the word.

    Parameters
    ----------
    table
        The table of texts that was compared.
    estimate
        One row of what `keyness` returned.
    by, of
        As in `keyness`.
    """
    spoken = table[table[by].notna() & table[of].notna()]
    if estimate["reference"] != OTHERS:
        spoken = spoken[spoken[by].isin([estimate["group"], estimate["reference"]])]
    holds = [estimate["word"] in tokens(fold(text))[0] for text in spoken[of]]
    return spoken[np.array(holds, dtype=bool)]


@dataclass(frozen=True, slots=True)
class _Words:
    """How often each word (row) occurs in each document (column), and what the documents are."""

    words: NDArray[np.object_]
    counts: sparse.csr_array
    lengths: Floats
    label: NDArray[np.intp]
    block: NDArray[np.intp]
    groups: list[Any]

    @property
    def in_documents(self) -> NDArray[np.intp]:
        return np.asarray(np.diff(self.counts.indptr), dtype=np.intp)

    @classmethod
    def of(
        cls,
        table: pd.DataFrame,
        by: str,
        groups: tuple[str, str] | None,
        of: str,
        count: str | None,
        document: str,
        block: str | None,
    ) -> _Words:
        needed = list(dict.fromkeys([by, of, document, *filter(None, [count, block])]))
        absent = [repr(name) for name in needed if name not in table.columns]
        if absent:
            there = ", ".join(str(name) for name in table.columns)
            raise EstimateError(f"The table has no column {', '.join(absent)}. Its columns: {there}.")
        if block == by:
            raise EstimateError(f"Labels of {by!r} cannot be dealt out within {block!r}; pass another block, or None.")
        rows = table[needed].dropna(subset=[by, of, document])
        levels = levels_of(rows[by])
        for group in groups or ():
            if group not in levels:
                raise EstimateError(f"No row has {by} {group!r}. Its groups: {', '.join(map(str, levels)) or 'none'}.")
        if groups is not None:
            rows, levels = rows[rows[by].isin(groups)], list(groups)
        if len(levels) < 2 or groups is not None and groups[0] == groups[1]:
            raise EstimateError(f"Keyness compares groups of {by}, and there is one only: {levels}.")
        label = pd.Categorical(rows[by], levels).codes.astype(np.intp)
        codes = pd.factorize(rows[document], sort=True)[0].astype(np.intp)
        cells, first, cell = np.unique(codes * len(levels) + label, return_index=True, return_inverse=True)
        within = np.zeros(len(cells), dtype=np.intp)
        if block is not None:
            within = pd.factorize(rows[block], sort=True)[0].astype(np.intp)[first]
        if count is None:
            names, word, cell, number = _split(rows[of].tolist(), cell)
        else:
            require_numbers(rows, count)
            word, listed = pd.factorize(rows[of], sort=True)
            names, number = np.asarray(listed, dtype=object), rows[count].to_numpy(dtype=float)
        counts = sparse.coo_array((number, (word, cell)), shape=(len(names), len(cells))).tocsr()
        counts.eliminate_zeros()
        lengths = np.asarray(counts.sum(axis=0), dtype=np.float64).ravel()
        spoken = lengths > 0
        return cls(names, counts[:, spoken], lengths[spoken], (cells % len(levels))[spoken], within[spoken], levels)


def _split(
    texts: list[str], cell: NDArray[np.intp]
) -> tuple[NDArray[np.object_], NDArray[np.intp], NDArray[np.intp], Floats]:
    """Words in alphabetic order, and one entry for each word of each text: its word, its document, how often."""
    entries: Counter[tuple[str, int]] = Counter()
    for text, place in zip(texts, cell.tolist(), strict=True):
        entries.update((form, place) for form in tokens(fold(text))[0] if form[0].isalpha())
    names = sorted({form for form, _ in entries})
    number = {form: place for place, form in enumerate(names)}
    return (
        np.array(names, dtype=object),
        np.array([number[form] for form, _ in entries], dtype=np.intp),
        np.array([place for _, place in entries], dtype=np.intp),
        np.array(list(entries.values()), dtype=np.float64),
    )


@dataclass(frozen=True, slots=True)
class _Ranks:
    """Ranks of documents by the relative frequency of each word, standardised so that their sums are those of a z.

    A document's rank is that of the word's absence, which all documents without the word share, and what it is `above`
    that.
    """

    above: sparse.csr_array
    absent: Floats
    error: Floats
    documents: int

    @classmethod
    def of(cls, counts: sparse.csr_array, lengths: Floats) -> _Ranks:
        documents = counts.shape[1]
        held = np.diff(counts.indptr)
        word = np.repeat(np.arange(len(held)), held)
        value = counts.data / lengths[counts.indices]
        # One key sorts by word, then by frequency; it keeps apart what differs in documents of up to 100,000 words.
        order = np.argsort(word + value / 2)
        sorted_word, sorted_value = word[order], value[order]
        starts = np.flatnonzero(np.r_[True, (np.diff(sorted_word) != 0) | (np.diff(sorted_value) != 0)])
        ties = np.diff(np.r_[starts, len(order)])
        without = documents - held
        # First and last rank of each tie, counted from the documents without the word.
        first = starts - counts.indptr[sorted_word[starts]] + 1 + without[sorted_word[starts]]
        middle = np.repeat(first + (ties - 1) / 2, ties)
        absent = (without + 1) / 2
        tied = without.astype(float) ** 3 - without
        np.add.at(tied, sorted_word[starts], ties.astype(float) ** 3 - ties)
        error = np.sqrt(((documents + 1) - tied / (documents * (documents - 1))) / 12)
        ranks = np.empty(len(order))
        ranks[order] = (middle - absent[sorted_word]) / error[sorted_word]
        above = sparse.csr_array((ranks, counts.indices, counts.indptr), shape=counts.shape)
        return cls(above, (absent - (documents + 1) / 2) / error, error, documents)

    def sums(self, chosen: NDArray[np.bool_]) -> Floats:
        """For each word, sum of what the chosen documents (one set a column) differ from the mean rank."""
        return np.asarray(self.above @ chosen.astype(np.float64) + self.absent[:, None] * chosen.sum(axis=0))

    def spread(self, size: NDArray[np.intp]) -> Floats:
        """Standard deviation of the sum over so many documents, if they were drawn at random."""
        return np.asarray(np.sqrt(size * (self.documents - size)), dtype=np.float64)


def _floors(ranks: _Ranks, words: _Words, groups: int, draws: int, seed: int) -> Floats:
    """For each group, what the largest |z| of all words stays below in 95 % of the draws."""
    if not draws:
        return np.full(groups, np.nan)
    generator = np.random.default_rng(seed)
    label = words.label[np.argsort(words.block, kind="stable")]
    # The sums of all groups come to 0, so the last one's need no computing.
    summed = max(1, len(words.groups) - 1)
    largest = np.empty((draws, len(words.groups)))
    at_once = max(1, _AT_ONCE // (len(ranks.absent) * summed))
    for start in range(0, draws, at_once):
        stop = min(start + at_once, draws)
        dealt = np.empty((stop - start, len(label)), dtype=np.intp)
        for row in dealt:
            row[np.argsort(words.block + generator.random(len(label)))] = label
        last = np.zeros((len(ranks.absent), stop - start))
        for place in range(summed):
            sums = ranks.sums(dealt.T == place)
            largest[start:stop, place] = np.abs(sums).max(axis=0)
            last += sums
        largest[start:stop, summed] = np.abs(last).max(axis=0)
    floors = np.quantile(largest, LEVEL, axis=0) / ranks.spread(np.bincount(words.label, minlength=largest.shape[1]))
    return np.asarray(floors[:groups], dtype=np.float64)


def _dispersion(counts: sparse.csr_array, lengths: Floats) -> Floats:
    """Gries' deviation of proportions of each word, normalised by its largest value."""
    share = lengths / lengths.sum()
    total = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
    word = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    expected = share[counts.indices]
    apart = np.abs(counts.data / total[word] - expected) - expected  # documents without the word add their share
    with np.errstate(divide="ignore", invalid="ignore"):
        deviation = (1 + np.bincount(word, apart, minlength=counts.shape[0])) / 2 / (1 - share.min())
    return np.where(total > 0, deviation, np.nan)


def _log_odds(ours: Floats, theirs: Floats, size: float, others: float, prior: float) -> tuple[Floats, Floats]:
    """Difference of log odds under the prior, and the same over its standard error (Monroe et al., equations 16 and 22)."""
    pseudo = prior * (ours + theirs) / (size + others)
    first, second = ours + pseudo, theirs + pseudo
    difference = np.log(first / (size + prior - first)) - np.log(second / (others + prior - second))
    return difference, difference / np.sqrt(1 / first + 1 / second)
