"""Count good and bad words, and let every camp that is named have the balance: sentiment and stance without any rule.

The words are the package's own terms, as written in the dictionary or behind a conjunction, preposition or article; there is
no inflection, no negation, no strength, no phrase.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from discourse.sentiment import load_sentiment
from discourse.text import fold
from tests.baselines.verb_window import CAMPS

_WORD = re.compile(r"\w+")
_BEFORE = re.compile(r"^[وف]?(?:ال|بال|كال|لل|[بلك])?")


@cache
def _signs() -> dict[str, int]:
    signs = {"negative": -1, "neutral": 0, "positive": 1}
    return {fold(term.lemma): signs[term.polarity] for term in load_sentiment().terms if " " not in term.lemma}


def balance(content: str) -> int:
    """Give how many more good than bad words a content has."""
    signs = _signs()
    words = _WORD.findall(fold(content))
    return sum(signs.get(word) or signs.get(_BEFORE.sub("", word), 0) for word in words)


def labels_of(content: str) -> dict[str, Any]:
    """Give the sentiment of a content, and the same as a stance towards every camp that it names."""
    sign = balance(content)
    sentiment = "positive" if sign > 0 else "negative" if sign < 0 else "neutral"
    side = {"positive": "support", "negative": "oppose"}.get(sentiment)
    named = [camp for camp, keys in CAMPS.items() if any(key in content for key in keys)]
    return {"sentiment": sentiment, "stance": {camp: side for camp in named} if side else {}}
