"""How sure a found attribution is: the share that was right among those found in the same way.

The weights in `data/ar/confidence.yml` are those of a logistic regression on coded attributions, made by
`python -m tests.fit_confidence`; the signs are few, so that they hold on other articles.
"""

from __future__ import annotations

from functools import cache
from math import exp

from discourse.lexicon import load_weights
from discourse.passage import Found, Passage
from discourse.phrases import head_kind


def signs_of(passage: Passage, made: Found, nested: bool) -> tuple[str, ...]:
    """Give what tells how far an attribution can be trusted: its rule, its form, its length, what its source is."""
    signs = [f"rule {made.rule}"]
    length = sum([end - start for start, end in made.pieces])
    signs += ["short content"] if length <= 2 else ["long content"] if length > 45 else []
    if made.form is not None and made.form.weak:
        signs.append("doubtful form")
    if made.source is None:
        signs.append("no source")
    elif not head_kind(passage.words, made.source[0], passage.names):
        signs.append("unknown source")
    if nested:
        signs.append("nested")
    return tuple(signs)


@cache
def confidence_of(signs: tuple[str, ...]) -> float:
    """Give the share that is right among attributions with these signs, from 0 to 1.

    Too few lie below the least value given to tell how far they fall short of it.
    """
    weights = load_weights()
    odds = weights["all"] + sum(weights.get(sign, 0.0) for sign in signs)
    return 1 / (1 + exp(-max(odds, weights["least"])))
