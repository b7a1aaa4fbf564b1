"""Do 95 % intervals hold the truth? Worlds with a known truth are made and estimated again and again.

`COVERAGE_WORLDS=500` in the environment runs the full number of worlds, with the bounds that are promised; the usual
run makes fewer and allows for chance.
"""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from discourse.correction import correct
from discourse.estimates import contrast, share_by

WORLDS = int(os.environ.get("COVERAGE_WORLDS", "40"))
PROMISED = (0.92, 0.975)
CAMPS = ("astana", "moscow", "washington")
VOICE = np.array([0.3, 0.4, 0.3])  # share of statements of each camp, on average over outlets
LEAN = np.array([-0.9, -0.7, -0.7])  # logit of a negative statement: Moscow and Washington are treated alike
BETWEEN_OUTLETS, BETWEEN_ARTICLES = 0.5, 0.6  # spread of that logit
MISSED, FALSE = 0.15, np.array([0.08, 0.08, 0.22])  # the labeller sees too much that is negative in Washington's words


def make_world(outlets: int, seed: int, coded: float = 0.25) -> pd.DataFrame:
    """Statements of so many outlets with true and machine labels, and human codes in a quarter of the articles."""
    chance = np.random.default_rng([outlets, seed])
    articles = np.maximum(4, chance.lognormal(np.log(30), 0.5, outlets)).astype(int)
    home = np.repeat(np.arange(outlets), articles)
    article = np.repeat(np.arange(len(home)), 1 + chance.poisson(1.5, len(home)))
    outlet = home[article]
    voices = chance.dirichlet(20 * VOICE, outlets)
    camp = (chance.random(len(article))[:, None] > voices[outlet].cumsum(axis=1)).sum(axis=1)
    style = chance.normal(0, BETWEEN_OUTLETS, (outlets, len(CAMPS)))
    day = chance.normal(0, BETWEEN_ARTICLES, len(home))
    negative = chance.random(len(article)) < 1 / (1 + np.exp(-(LEAN[camp] + style[outlet, camp] + day[article])))
    wrong = np.where(negative, chance.random(len(article)) < MISSED, chance.random(len(article)) < FALSE[camp])
    words = np.array(["neutral", "negative"], dtype=object)
    truth = words[negative.astype(int)]
    table = pd.DataFrame(
        {
            "article_id": article.astype(str),
            "outlet": outlet.astype(str),
            "camp": np.array(CAMPS, dtype=object)[camp],
            "true": truth,
            "machine": words[(negative ^ wrong).astype(int)],
        }
    )
    table["human"] = np.where((chance.random(len(home)) < coded)[article], truth, None)
    return table


def true_share(lean: float) -> float:
    """Share of negative statements over all outlets and articles there could be."""
    points, weights = np.polynomial.hermite_e.hermegauss(60)
    spread = np.hypot(BETWEEN_OUTLETS, BETWEEN_ARTICLES)
    return float((weights / (1 + np.exp(-(lean + spread * points)))).sum() / weights.sum())


NEGATIVE = dict(zip(CAMPS, (true_share(lean) for lean in LEAN), strict=True))


def covers(row: pd.Series, truth: float) -> bool:
    return bool(row["ci_low"] <= truth <= row["ci_high"])


def naive_covers(row: pd.Series, truth: float) -> bool:
    """The interval that takes statements for independent."""
    reach = 1.96 * np.sqrt(row["estimate"] * (1 - row["estimate"]) / row["n"])
    return bool(abs(row["estimate"] - truth) <= reach)


def run(outlets: int) -> dict[str, float]:
    """Share of worlds in which each interval held the truth."""
    held: dict[str, list[bool]] = {}
    for seed in range(WORLDS):
        table = make_world(outlets, seed)
        voices = share_by(table, "camp").set_index("camp")
        held.setdefault("camp shares", []).extend(
            covers(voices.loc[camp], share) for camp, share in zip(CAMPS, VOICE, strict=True)
        )
        shares = share_by(table, "true", within="camp").query("true == 'negative'").set_index("camp")
        held.setdefault("class shares", []).extend(covers(shares.loc[camp], NEGATIVE[camp]) for camp in CAMPS)
        held.setdefault("naive", []).extend(naive_covers(shares.loc[camp], NEGATIVE[camp]) for camp in CAMPS)
        gap = contrast(table, "camp", ("washington", "moscow"), of="true")
        gap = gap[(gap["true"] == "negative") & (gap["measure"] == "difference")]
        held.setdefault("contrasts", []).append(covers(gap.iloc[0], 0.0))
        both = correct(table, "machine", "human", within="camp").query("machine == 'negative'")
        for mended, name in ((True, "corrected"), (False, "uncorrected")):
            rows = both[both["corrected"] == mended].set_index("camp")
            camps = CAMPS if mended else ("washington",)
            held.setdefault(name, []).extend(covers(rows.loc[camp], NEGATIVE[camp]) for camp in camps)
    return {name: float(np.mean(answers)) for name, answers in held.items()}


@pytest.mark.parametrize("outlets", [6, 10, 30])
def test_intervals_hold_the_truth_as_often_as_they_say(outlets: int) -> None:
    held = run(outlets)
    print(outlets, "outlets:", ", ".join(f"{name} {share:.1%}" for name, share in held.items()))
    slack = 0.0 if WORLDS >= 500 else 2.5 * np.sqrt(0.05 * 0.95 / WORLDS)
    low, high = PROMISED[0] - slack, PROMISED[1] + slack
    promised = ["camp shares", "class shares", "contrasts", "corrected"]
    assert {name: held[name] for name in promised if not low <= held[name] <= high} == {}
    # The mistakes that this library is there to prevent.
    assert held["naive"] < 0.88
    assert held["uncorrected"] < {6: 0.9, 10: 0.7, 30: 0.1}[outlets]
