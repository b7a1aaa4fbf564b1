"""Make small worlds of news whose truth is known, and see how often intervals hold it.

A world has outlets with a style of their own, articles with a mood of their own, days whose events all outlets report,
camps that are quoted, and a labeller who errs, more on one camp's words than on another's. What share of a camp's
statements is negative is known over all outlets, articles and days there could be, so an interval can be seen to hold it
or to miss it. The defaults make Moscow and Washington alike and the labeller harsh on Washington: the gap that machine
labels show is not there. Everything in these worlds is constructed.

References
----------
Morris, T. P., White, I. R. & Crowther, M. J. (2019). Using simulation studies to evaluate statistical methods.
Statistics in Medicine 38(11), 2074–2102.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from discourse.clusters import EstimateError, TooFewClusters
from discourse.correction import correct, correct_contrast, correct_regression
from discourse.estimates import contrast, share_by
from discourse.provenance import recorded

CAMPS = ("astana", "moscow", "washington")
WORDS = np.array(["neutral", "negative"], dtype=object)
HOME, AWAY = "washington", "moscow"  # the two sides of the contrast


@dataclass(frozen=True, slots=True)
class World:
    """What is true of a world.

    `voice` is each camp's share of statements on average over outlets, `lean` the log odds that a statement of the camp
    is negative in an outlet, article and day without any mood. The spreads are standard deviations of these log odds.
    `missed` and `false` are the labeller's chances of overlooking a negative statement and of seeing one that is none,
    for each camp; `coded` is the share of articles that a person codes, without error.
    """

    outlets: int = 10
    articles: float = 30.0  # in the middle outlet; others have half or twice as many
    days: int = 0  # 0: no event is shared
    voice: tuple[float, float, float] = (0.3, 0.4, 0.3)
    lean: tuple[float, float, float] = (-0.9, -0.7, -0.7)
    between_outlets: float = 0.5
    between_articles: float = 0.6
    between_days: float = 0.0
    missed: tuple[float, float, float] = (0.15, 0.15, 0.15)
    false: tuple[float, float, float] = (0.08, 0.08, 0.22)
    coded: float = 0.25

    def negative(self, camp: str) -> float:
        """Share of the camp's statements that are negative, over all outlets, articles and days there could be."""
        points, weights = np.polynomial.hermite_e.hermegauss(60)
        spread = np.sqrt(self.between_outlets**2 + self.between_articles**2 + self.between_days**2)
        chance = special.expit(self.lean[CAMPS.index(camp)] + spread * points)
        return float(weights @ chance / weights.sum())


@recorded
def simulate_statements(world: World, seed: int = 0) -> pd.DataFrame:
    """Draw the statements that one sample of outlets prints.

    Parameters
    ----------
    world
        What is true.
    seed
        Seed of the sample.

    Returns
    -------
    pandas.DataFrame
        One row per statement: `article_id`, `outlet`, `date` (a day's number), `camp`, `true` (``"negative"`` or
        ``"neutral"``), `machine` (what the labeller says), `human` (the truth, in the articles that were coded).
    """
    chance = np.random.default_rng([world.outlets, seed])
    camps = len(CAMPS)
    articles = np.maximum(4, chance.lognormal(np.log(world.articles), 0.5, world.outlets)).astype(int)
    home = np.repeat(np.arange(world.outlets), articles)
    day = chance.integers(0, max(world.days, 1), len(home))
    article = np.repeat(np.arange(len(home)), 1 + chance.poisson(1.5, len(home)))
    outlet = home[article]
    voices = chance.dirichlet(20 * np.array(world.voice), world.outlets)
    camp = np.minimum((chance.random(len(article))[:, None] > voices[outlet].cumsum(axis=1)).sum(axis=1), camps - 1)
    style = chance.normal(0, world.between_outlets, (world.outlets, camps))
    mood = chance.normal(0, world.between_articles, len(home))
    event = chance.normal(0, world.between_days, (max(world.days, 1), camps))
    odds = np.array(world.lean)[camp] + style[outlet, camp] + mood[article] + event[day[article], camp]
    negative = chance.random(len(article)) < special.expit(odds)
    missed, false = np.array(world.missed)[camp], np.array(world.false)[camp]
    wrong = chance.random(len(article)) < np.where(negative, missed, false)
    truth = WORDS[negative.astype(int)]
    return pd.DataFrame(
        {
            "article_id": article.astype(str),
            "outlet": outlet.astype(str),
            "date": day[article],
            "camp": np.array(CAMPS, dtype=object)[camp],
            "true": truth,
            "machine": WORDS[(negative ^ wrong).astype(int)],
            "human": np.where((chance.random(len(home)) < world.coded)[article], truth, None),
        }
    )


def measure_coverage(world: World, worlds: int = 500, *, cluster: str | list[str] | None = None) -> pd.DataFrame:
    """Draw many samples of one world and count how often each 95 % interval holds the truth.

    Parameters
    ----------
    world
        What is true.
    worlds
        How many samples to draw, with the seeds 0, 1, 2 and so on.
    cluster
        As in `share_by`.

    Returns
    -------
    pandas.DataFrame
        A row for each kind of interval: `interval`, `labels` (true, machine, or machine corrected by codes), `n` (how many
        intervals were made), `coverage` (share of them that hold the truth), `bias` (mean of estimate less truth), `width`
        (mean), `honest` (whether the library offers the interval for these labels; the others are there to be seen
        failing).
    """
    held: dict[tuple[str, str, bool], list[tuple[float, float, float, float]]] = {}
    for seed in range(worlds):
        table = simulate_statements(world, seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", TooFewClusters)  # a sample of rare camps may have none
            for key, estimate, low, high, truth in _estimated(table, world, cluster):
                held.setdefault(key, []).append((estimate, low, high, truth))
    rows = []
    for (interval, labels, honest), found in held.items():
        estimate, low, high, truth = np.array(found, dtype=float).T
        there = np.isfinite(low)
        rows.append(
            {
                "interval": interval,
                "labels": labels,
                "n": int(there.sum()),
                "coverage": float(((low <= truth) & (truth <= high))[there].mean()),
                "bias": float((estimate - truth).mean()),
                "width": float((high - low)[there].mean()),
                "honest": honest,
            }
        )
    return pd.DataFrame(rows)


_Interval = tuple[tuple[str, str, bool], float, float, float, float]


def _estimated(table: pd.DataFrame, world: World, cluster: str | list[str] | None) -> Iterator[_Interval]:
    """Every interval of one sample: its kind, estimate, bounds and what they should hold."""
    truth = {camp: world.negative(camp) for camp in CAMPS}
    gap = truth[HOME] - truth[AWAY]
    voice = dict(zip(CAMPS, world.voice, strict=True))
    for _, row in share_by(table, "camp", cluster=cluster).iterrows():
        yield ("shares of camps", "true", True), *_bounds(row), voice[row["camp"]]
    for labels in ("true", "machine"):
        shares = share_by(table, labels, within="camp", cluster=cluster)
        for _, row in shares[shares[labels] == "negative"].iterrows():
            yield ("shares of classes", labels, labels == "true"), *_bounds(row), truth[row["camp"]]
            spread = 1.96 * np.sqrt(row["estimate"] * (1 - row["estimate"]) / row["n"])
            naive = row["estimate"], row["estimate"] - spread, row["estimate"] + spread
            yield ("shares of classes, statements as the sample", labels, False), *naive, truth[row["camp"]]
        both = contrast(table, "camp", (HOME, AWAY), of=labels, cluster=cluster)
        yield ("contrasts", labels, labels == "true"), *_bounds(_negative(both, labels)), gap
    mended = correct(table, "machine", "human", within="camp", cluster=cluster)
    for _, row in mended[mended["corrected"] & (mended["machine"] == "negative")].iterrows():
        yield ("shares of classes", "corrected", True), *_bounds(row), truth[row["camp"]]
    try:
        both = correct_contrast(table, "camp", (HOME, AWAY), "machine", "human", cluster=cluster)
    except EstimateError:  # no article that holds one of the sides was drawn for coding
        return
    yield ("contrasts", "corrected", True), *_bounds(_negative(both[both["corrected"]], "machine")), gap
    if cluster is None or isinstance(cluster, str):
        sides = table[table["camp"].isin((HOME, AWAY))]
        sides = sides.assign(
            negative=(sides["machine"] == "negative").astype(float),
            code=(sides["human"] == "negative").astype(float).where(sides["human"].notna()),
        )
        found = correct_regression(sides, "negative", "code", "C(camp) + C(outlet)", cluster=cluster)
        for _, row in found[found["term"] == f"C(camp)[T.{HOME}]"].iterrows():
            labels = "corrected" if row["corrected"] else "machine"
            yield ("regression coefficients", labels, bool(row["corrected"])), *_bounds(row), gap


def _bounds(row: pd.Series) -> tuple[float, float, float]:
    return row["estimate"], row["ci_low"], row["ci_high"]


def _negative(contrasts: pd.DataFrame, labels: str) -> pd.Series:
    return contrasts[(contrasts[labels] == "negative") & (contrasts["measure"] == "difference")].iloc[0]
