"""Set found attributions beside coded ones and measure how well they agree."""

from __future__ import annotations

import re
import warnings
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray

from discourse.clusters import DRAWS, cluster_bootstrap
from discourse.corpus import Article
from discourse.tables import SCHEMA

MEASURES = ("detected", "exact", "voiced", "sourced", "typed")
LABELS = ("sentiment", "act", "engagement")
FEW_ARTICLES = 5  # with fewer, a bootstrap interval is too narrow to print

_WORD = re.compile(r"\w+")
Row = Mapping[str, Any]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """A coded attribution and the found one that answers to it; None where one of the two is missing.

    `holds` names the measures that the pair meets: `detected` (the words of the contents overlap by half or more of
    their union), `exact` (by nine tenths), and, of the detected, `voiced` (same camp), `sourced` (the words of the
    sources overlap by half, or neither has one), `typed` (same type).
    """

    gold: Row | None
    predicted: Row | None
    holds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Reading:
    """One attribution as sets of word numbers."""

    row: Row
    content: frozenset[int]
    cue: frozenset[int]
    source: frozenset[int]


@cache
def _complementisers() -> frozenset[str]:
    text = files("discourse").joinpath("data", "ar", "scoring.yml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)["complementisers"])


def _readings(article: Article, rows: Iterable[Row]) -> list[_Reading]:
    document = article.document
    words = [(match.start(), match.end()) for match in _WORD.finditer(document)]
    ends = [end for _, end in words]

    def covered(spans: Iterable[Sequence[int]]) -> frozenset[int]:
        found: set[int] = set()
        for start, end in spans:
            number = bisect_left(ends, start + 1)
            while number < len(words) and words[number][0] < end:
                found.add(number)
                number += 1
        return frozenset(found)

    readings = []
    for row in rows:
        content = covered(row["content"])
        plain = frozenset(n for n in content if document[words[n][0] : words[n][1]] not in _complementisers())
        cue, source = (covered([row[name]] if row.get(name) else []) for name in ("cue", "source"))
        readings.append(_Reading(row, plain or content, cue, source))
    return readings


def _overlap(one: frozenset[int], other: frozenset[int]) -> float:
    """Jaccard's index; two empty sets are the same."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _holds(gold: _Reading, predicted: _Reading) -> frozenset[str]:
    overlap = _overlap(gold.content, predicted.content)
    if overlap < 0.5:
        return frozenset()
    same_source = _overlap(gold.source, predicted.source) >= 0.5 if gold.source else not predicted.source
    tests = {
        "detected": True,
        "exact": overlap >= 0.9,
        "voiced": gold.row.get("camp") == predicted.row.get("camp"),
        "sourced": same_source,
        "typed": gold.row["type"] == predicted.row["type"],
    }
    return frozenset(name for name, holds in tests.items() if holds)


def pair_attributions(article: Article, gold: Iterable[Row], predicted: Iterable[Row]) -> list[Pair]:
    """Pair the coded attributions of one article with the found ones, one to one.

    Parameters
    ----------
    article
        The article.
    gold, predicted
        Its rows, as `attribution_rows` gives them or a study's gold holds them.

    Returns
    -------
    list of Pair
        Every row once: the pairs, those that overlap most first; then gold rows without an answer; then found rows
        without one. Two rows can be paired where half of their words of content are the same, or where some are and
        the cues overlap.
    """
    ours, theirs = _readings(article, gold), _readings(article, predicted)
    candidates = []
    for g, one in enumerate(ours):
        for p, other in enumerate(theirs):
            overlap = _overlap(one.content, other.content)
            shares_cue = bool(one.cue & other.cue)
            if overlap >= 0.5 or (shares_cue and overlap > 0):
                candidates.append((overlap + 0.05 * shares_cue, g, p))
    open_gold, open_predicted = dict(enumerate(ours)), dict(enumerate(theirs))
    pairs = []
    for _, g, p in sorted(candidates, reverse=True):
        if g in open_gold and p in open_predicted:
            one, other = open_gold.pop(g), open_predicted.pop(p)
            pairs.append(Pair(one.row, other.row, _holds(one, other)))
    missed = [Pair(one.row, None) for one in open_gold.values()]
    return [*pairs, *missed, *(Pair(None, other.row) for other in open_predicted.values())]


def pair_articles(
    articles: Iterable[Article], gold: Iterable[Row], predicted: Iterable[Row]
) -> Iterator[tuple[Article, list[Pair]]]:
    """Give each article with its pairs, as `pair_attributions` makes them; rows of other articles are left out."""
    by_article: tuple[dict[str, list[Row]], dict[str, list[Row]]] = (defaultdict(list), defaultdict(list))
    for rows, grouped in ((gold, by_article[0]), (predicted, by_article[1])):
        for row in rows:
            grouped[row["article_id"]].append(row)
    for article in articles:
        yield article, pair_attributions(article, *(grouped.get(article.id, []) for grouped in by_article))


def measure_accuracy(
    articles: Iterable[Article],
    gold: Iterable[Row],
    predicted: Iterable[Row],
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure found attributions against coded ones.

    Parameters
    ----------
    articles
        The articles that count; rows of others are left out.
    gold, predicted
        Rows, as `attribution_rows` gives them or a study's gold holds them. An article that one of the two lacks
        counts as missed or as spurious.
    draws
        Samples of articles for the intervals; 0 for none.
    seed
        Seed of the samples.

    Returns
    -------
    pandas.DataFrame
        One figure a row: `slice`, `group`, `measure`, `statistic`, `value`, `low` and `high` (95 %), `n`.

        - slice ``all`` and each ``outlet``: precision, recall and f1 of the measures that `Pair` names; n is the gold.
        - slices ``type`` and ``depth`` (nested in another or top): recall of the same.
        - slice ``label``: of the detected pairs where both sides have the label, f1 of each class that gold holds and
          their mean (group `sentiment`, `act`, `engagement`, `frames` or `stance`, measure ``macro``; ``micro`` for
          frames); n is how many gold classes were compared.

        `low` and `high` are missing where fewer than 5 articles hold the group.

    Notes
    -----
    Intervals are percentiles over samples of whole articles, since the records of one article err together.
    """
    counts = [_count(article, pairs) for article, pairs in pair_articles(articles, gold, predicted)]
    keys = {key: place for place, key in enumerate(sorted({key for count in counts for key in count}))}
    sums = np.zeros((len(counts), len(keys)))
    for place, count in enumerate(counts):
        for key, number in count.items():
            sums[place, keys[key]] = number
    return _figures(sums, keys, draws, seed)


def agree_on_attributions(
    articles: Iterable[Article], coders: Mapping[str, Iterable[Row]], *, draws: int = DRAWS, seed: int = 0
) -> pd.DataFrame:
    """Measure how far coders agree on which attributions an article holds, and where.

    Parameters
    ----------
    articles
        The articles that all of them coded; rows of others are left out.
    coders
        For each coder's name the rows, as `attribution_rows` gives them or a study's gold holds them.
    draws, seed
        As in `measure_accuracy`.

    Returns
    -------
    pandas.DataFrame
        A row for each two coders and each measure that `Pair` names: `coder`, `other`, `measure`, `n` (attributions that
        the two coded, on average), `estimate` (F1: twice the pairs that meet the measure, by the attributions of both),
        `ci_low`, `ci_high` (95 %; NaN for fewer than 5 articles).

    Raises
    ------
    ValueError
        If fewer than two coders are given.

    Notes
    -----
    Units that coders find for themselves leave no number of units on which they agreed that nothing is there, so there is no
    agreement by chance to take off; F1 is what kappa comes to as that number grows (Hripcsak & Rothschild 2005). It is
    the same from either side.

    References
    ----------
    Hripcsak, G. & Rothschild, A. S. (2005). Agreement, the F-measure, and reliability in information retrieval. Journal of
    the American Medical Informatics Association 12(3), 296–298.
    """
    if len(coders) < 2:
        raise ValueError(f"Agreement needs two coders or more; given: {', '.join(coders) or 'none'}.")
    articles, coded = list(articles), {name: list(rows) for name, rows in coders.items()}
    known = {article.id for article in articles}
    parts = []
    for one, other in combinations(coded, 2):
        found = measure_accuracy(articles, coded[one], coded[other], draws=draws, seed=seed)
        found = found[(found["slice"] == "all") & (found["statistic"] == "f1")]
        number = sum(row["article_id"] in known for row in (*coded[one], *coded[other])) / 2
        parts.append(
            pd.DataFrame(
                {
                    "coder": one,
                    "other": other,
                    "measure": found["measure"],
                    "n": number,
                    "estimate": found["value"],
                    "ci_low": found["low"],
                    "ci_high": found["high"],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _count(article: Article, pairs: list[Pair]) -> Counter[Key]:
    """Count what the figures are made of, for one article."""
    count: Counter[Key] = Counter()
    everywhere = [("all", "all"), ("outlet", article.outlet or "unknown")]
    for pair in pairs:
        slices = list(everywhere)
        if pair.gold is not None:
            slices += [("type", pair.gold["type"]), ("depth", "nested" if pair.gold.get("parent") else "top")]
        for name in slices:
            count[(*name, "gold")] += pair.gold is not None
            count[(*name, "predicted")] += pair.predicted is not None
            for measure in pair.holds:
                count[(*name, measure)] += 1
        if pair.gold is not None and pair.predicted is not None and "detected" in pair.holds:
            for label, sides in _labels(pair.gold, pair.predicted):
                for one in {*sides[0], *sides[1]}:
                    count["label", label, one, "gold"] += one in sides[0]
                    count["label", label, one, "predicted"] += one in sides[1]
                    count["label", label, one, "hits"] += one in sides[0] and one in sides[1]
    return count


def _labels(gold: Row, predicted: Row) -> Iterable[tuple[str, tuple[set[str], set[str]]]]:
    """Give each label that both rows carry, as the classes it holds on either side."""
    for name in LABELS:
        if gold.get(name) and predicted.get(name):
            yield name, ({gold[name]}, {predicted[name]})
    if gold.get("frames") is not None and predicted.get("frames") is not None:
        yield "frames", (set(gold["frames"]), set(predicted["frames"]))
    if "stance" in gold and "stance" in predicted:
        # a side counts for the camp it is taken on, so a class is found only where camp and side are the same
        sides = [row["stance"] or {} for row in (gold, predicted)]
        for camp in sorted({*sides[0], *sides[1]}):
            one, other = ({side[camp]} if camp in side else set() for side in sides)
            yield "stance", (one, other)


def _figures(sums: NDArray[np.float64], keys: Mapping[Key, int], draws: int, seed: int) -> pd.DataFrame:
    """Make every figure a ratio of two sums of counts, so that samples of articles need no second code."""
    ratios, means = _ratios(dict(zip(keys, sums.sum(axis=0), strict=True)))

    def matrix(counted: Iterable[Sequence[Key]]) -> NDArray[np.float64]:
        made = np.zeros((len(keys), len(ratios)))
        for place, names in enumerate(counted):
            for key in names:
                if key in keys:
                    made[keys[key], place] = 1
        return made

    hits, found, base = (matrix(getattr(ratio, part) for ratio in ratios) for part in ("hits", "found", "gold"))
    factors = np.array([ratio.factor for ratio in ratios])

    def values(totals: NDArray[np.float64]) -> NDArray[np.float64]:
        above, below, held = factors * (totals @ hits), totals @ found, totals @ base
        ratio = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
        ratio = np.where(held > 0, ratio, np.nan)  # a group that a sample lacks says nothing
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            averages = [np.nanmean(ratio[..., classes], axis=-1) for classes in means.values()]
        return np.concatenate([ratio, *(average[..., None] for average in averages)], axis=-1)

    names = [ratio.name for ratio in ratios] + list(means)
    table = pd.DataFrame(names, columns=["slice", "group", "measure", "statistic"])
    table["value"] = values(sums.sum(axis=0))
    held = sums @ base
    held = np.column_stack([held, *(held[:, classes].sum(axis=1) for classes in means.values())])
    bounds = np.full((2, len(table)), np.nan)
    enough = (held > 0).sum(axis=0) >= FEW_ARTICLES
    if draws and enough.any():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            bounds = np.nanpercentile(cluster_bootstrap(sums, values, draws=draws, seed=seed), [2.5, 97.5], axis=0)
    table["low"], table["high"] = np.where(enough, bounds, np.nan)
    table["n"] = held.sum(axis=0).astype(int)
    return table


@dataclass(frozen=True, slots=True)
class _Ratio:
    """One figure: `factor` times the counts of `hits`, by the counts of `found`; `gold` counts what it is about."""

    name: Key
    hits: list[Key]
    found: list[Key]
    gold: list[Key]
    factor: int = 1


def _ratios(totals: Mapping[Key, float]) -> tuple[list[_Ratio], dict[Key, list[int]]]:
    """Name all ratios, and the means of some of them by their places."""
    ratios: list[_Ratio] = []
    means: dict[Key, list[int]] = {}
    groups = dict.fromkeys(key[:2] for key in totals if key[0] != "label")
    for part in ("all", "type", "depth", "outlet"):
        for name in sorted(name for name in groups if name[0] == part):
            gold: Key = (*name, "gold")
            predicted: Key = (*name, "predicted")
            for measure in MEASURES:
                hits: Key = (*name, measure)
                if part in ("all", "outlet"):
                    ratios.append(_Ratio((*hits, "precision"), [hits], [predicted], [gold]))
                ratios.append(_Ratio((*hits, "recall"), [hits], [gold], [gold]))
                if part in ("all", "outlet"):
                    ratios.append(_Ratio((*hits, "f1"), [hits], [gold, predicted], [gold], factor=2))
    for label in (*LABELS, "frames", "stance"):
        order = SCHEMA[label].values
        held = [key[2] for key, n in totals.items() if key[:2] == ("label", label) and key[3] == "gold" and n]
        held.sort(key=lambda one: (order.index(one) if one in order else len(order), one))
        counts: dict[str, list[Key]] = {
            part: [("label", label, one, part) for one in held] for part in ("hits", "gold", "predicted")
        }
        if held:
            means["label", label, "macro", "f1"] = list(range(len(ratios), len(ratios) + len(held)))
        for one, hit, gold, predicted in zip(held, *counts.values(), strict=True):
            ratios.append(_Ratio(("label", label, one, "f1"), [hit], [gold, predicted], [gold], factor=2))
        if held and label == "frames":
            found = [*counts["gold"], *counts["predicted"]]
            ratios.append(_Ratio(("label", label, "micro", "f1"), counts["hits"], found, counts["gold"], factor=2))
    return ratios, means
