"""How sure an attribution is: hand-worked sums of weights, and reliability on coded articles."""

from __future__ import annotations

from math import exp

import numpy as np
import pytest

from discourse.attribution import find_attributions
from discourse.confidence import confidence_of
from discourse.corpus import Article
from discourse.lexicon import load_weights
from tests.evaluate import all_gold
from tests.fit_confidence import READ, judge, reliability


def test_it_is_the_share_that_the_weights_give() -> None:
    (said,) = find_attributions(Article("a", "", "قال الوزير إن السد امتلأ."))
    weights = load_weights()
    odds = weights["all"] + weights["rule verb-that"]
    assert said.confidence == pytest.approx(1 / (1 + exp(-odds)))


def test_what_is_doubtful_is_less_sure() -> None:
    sure = confidence_of(("rule verb-that",))
    assert confidence_of(("rule verb-that", "nested")) < sure
    assert confidence_of(("rule verb-that", "short content")) < sure
    assert confidence_of(("rule nobody knows",)) == pytest.approx(1 / (1 + exp(-load_weights()["all"])))


def test_it_never_falls_below_what_can_be_told() -> None:
    every = tuple(sign for sign, weight in load_weights().items() if weight < 0)
    assert confidence_of(every) == pytest.approx(1 / (1 + exp(-load_weights()["least"])))


def test_bins_hold_the_share_that_is_right() -> None:
    table = reliability(np.array([0.72, 0.78, 0.95, 1.0]), np.array([True, False, True, True]))
    assert list(table.index) == [0.7, 0.9]
    assert list(table["n"]) == [2, 2]
    assert list(table["confidence"]) == pytest.approx([0.75, 0.975])
    assert list(table["right"]) == [0.5, 1.0]


def test_reliability_on_coded_articles() -> None:
    golds = [gold for gold in all_gold() if gold.name in READ or gold.name.startswith("corpora/")]
    judged = judge(golds)
    sure = np.array([confidence_of(signs) for signs in judged.signs])
    everything = np.ones(len(sure), dtype=bool)
    for name, own in {"all coded articles": everything, "dev": judged.gold == "dev"}.items():
        table = reliability(sure[own], judged.right[own])
        told = table[table["n"] >= 30]
        assert not ((told["confidence"] - told["right"]).abs() > 0.1).any(), f"{name}\n{table}"
