"""Fit the weights of `discourse/data/ar/confidence.yml`: `python -m tests.fit_confidence` shows, `--write` writes them.

Which attributions are right is told by the gold that is at hand: the project's own, and the real articles that may be
read where they lie beside the checkout; never those kept for testing. The reliability shown is that of weights fitted on
the other articles.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from discourse.attribution import _Reader
from discourse.confidence import signs_of
from discourse.lexicon import load_language
from discourse.scoring import pair_attributions
from tests.evaluate import Gold, all_gold

WEIGHTS = Path(__file__).parents[1] / "discourse" / "data" / "ar" / "confidence.yml"
READ = ("seed", "dev")  # beside the project's own corpora
STRENGTH = 1.0  # inverse of the penalty on large weights
RAREST = 8  # a sign that fewer attributions have gets no weight
FOLDS = 10
FEWEST = 100  # bins of 0.1 with fewer attributions are joined to the one above them
HEAD = """# How much each sign raises or lowers the odds that an attribution is right (log odds); `all` holds for every one,
# `least` is the lowest sum: below it were too few to tell.
# Written by `python -m tests.fit_confidence --write` from coded attributions; signs are those of discourse/confidence.py.
# Signs that fewer than {rarest} attributions had are left out.
"""


@dataclass(frozen=True)
class Judged:
    """Attributions that were found, with their signs and whether each was right."""

    signs: tuple[tuple[str, ...], ...]
    right: NDArray[np.bool_]
    article: NDArray[np.str_]
    gold: NDArray[np.str_]


def judge(golds: Sequence[Gold]) -> Judged:
    """Find the attributions of coded articles anew and say which are right."""
    from discourse.attribution import find_attributions
    from discourse.tables import attribution_rows, attributions_table

    signs, right, articles, names = [], [], [], []
    language = load_language()
    for gold in golds:
        by_article: dict[str, list[dict[str, Any]]] = {}
        for row in gold.rows:
            by_article.setdefault(row["article_id"], []).append(row)
        for article in gold.articles:
            found = find_attributions(article)
            if not found or article.id not in by_article:
                continue
            rows = attribution_rows(attributions_table([article], found))
            held = {
                pair.predicted["id"]: "detected" in pair.holds
                for pair in pair_attributions(article, by_article[article.id], rows)
                if pair.predicted is not None
            }
            reader = _Reader(article.own_words, len(article.title), language)
            firing = {f.cue: f for f in reader.read()}
            by_start = {reader.starts[cue[0]]: f for cue, f in firing.items()}
            for a in found:
                made = by_start[a.cue.start] if a.cue is not None else None
                if made is not None:
                    signs.append(signs_of(reader, made, a.parent is not None))
                    right.append(held[a.id])
                    articles.append(f"{gold.name} {article.id}")
                    names.append(gold.name)
    return Judged(tuple(signs), np.array(right), np.array(articles), np.array(names))


def fit(signs: Sequence[tuple[str, ...]], right: NDArray[np.bool_]) -> dict[str, float]:
    """Fit one weight a sign."""
    from sklearn.linear_model import LogisticRegression

    counts = pd.Series([sign for some in signs for sign in some]).value_counts()
    known = sorted(counts.index[counts >= RAREST])
    matrix = np.array([[sign in some for sign in known] for some in signs], dtype=float)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(matrix, right)
    weights = dict(zip(known, model.coef_[0], strict=True))
    fitted = {"all": round(float(model.intercept_[0]), 2), **{k: round(float(w), 2) for k, w in weights.items()}}
    shares = reliability(predict({**fitted, "least": -np.inf}, signs), right)
    least = float(shares.index[shares["n"] >= FEWEST].min())
    return {**fitted, "least": round(np.log(least / (1 - least)) + 0.005, 2)}


def predict(weights: dict[str, float], signs: Sequence[tuple[str, ...]]) -> NDArray[np.float64]:
    """Give the confidence of attributions with these signs."""
    odds = np.array([weights["all"] + sum(weights.get(sign, 0.0) for sign in some) for some in signs])
    odds = np.maximum(odds, weights["least"])
    return np.asarray(1 / (1 + np.exp(-odds)))


def crossed(judged: Judged) -> NDArray[np.float64]:
    """Give each attribution the confidence that weights fitted on other articles give it."""
    fold = pd.factorize(judged.article)[0] % FOLDS
    out = np.zeros(len(judged.right))
    for k in range(FOLDS):
        rest = [some for some, other in zip(judged.signs, fold != k, strict=True) if other]
        mine = [some for some, own in zip(judged.signs, fold == k, strict=True) if own]
        out[fold == k] = predict(fit(rest, judged.right[fold != k]), mine)
    return out


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> pd.DataFrame:
    """Give for bins of 0.1 how many attributions they hold, their mean confidence, and the share that is right."""
    table = pd.DataFrame({"bin": np.minimum(confidence * 10 // 1, 9) / 10, "confidence": confidence, "right": right})
    return table.groupby("bin").agg(n=("right", "size"), confidence=("confidence", "mean"), right=("right", "mean"))


def main(arguments: list[str]) -> None:
    """Print the weights and their reliability; write them where asked to."""
    golds = [gold for gold in all_gold() if gold.name in READ or gold.name.startswith("corpora/")]
    judged = judge(golds)
    weights = fit(judged.signs, judged.right)
    apart = crossed(judged)
    for name in sorted(set(judged.gold)):
        own = judged.gold == name
        print(f"\n{name}: weights of other articles\n{reliability(apart[own], judged.right[own]).round(3)}")
        inside = predict(weights, [s for s, mine in zip(judged.signs, own, strict=True) if mine])
        print(f"{name}: the weights themselves\n{reliability(inside, judged.right[own]).round(3)}")
    if "--write" in arguments:
        lines = [f"- {{sign: {sign}, weight: {weight}}}\n" for sign, weight in sorted(weights.items())]
        WEIGHTS.write_text(HEAD.format(rarest=RAREST) + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
