"""The three general rules of the Europe Media Monitor, over quotations and a list of known names.

1. mark Q mark [,] verb [modifier] [title] name; 2. mark Q mark [; ,] [title] name [modifier] verb; 3. name [, up to 60
characters ,] verb [: | that] mark Q mark. In Arabic the verb mostly comes first, so the third rule is tried as verb [title]
name [: | that] mark Q mark as well. The names are those of the package's own actor data. No pronouns, no indirect speech.

Pouliquen, B., Steinberger, R. & Best, C. (2007). Automatic Detection of Quotations in Multilingual News. RANLP.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from discourse.corpus import Article
from discourse.lexicon import Actor, load_actors
from discourse.speakers import OTHER, Camps, default_camps
from discourse.text import fold
from tests.baselines.verb_window import QUOTE, VERB

_LEFT, _RIGHT = 110, 70
_EDGE = re.compile(r"[.!?؟\n«»“”\"]")
_WORD = re.compile(r"\w+")


@cache
def _names() -> dict[tuple[str, ...], Actor]:
    return {
        (first, second, *rest) if second else (first,): bearers[-1]
        for first, seconds in load_actors().names.items()
        for second, names in seconds.items()
        for rest, bearers in names
    }


def name_in(document: str, start: int, end: int) -> tuple[int, int, Actor] | None:
    """Give the first known name in a stretch of the document, the longest that begins there."""
    words = list(_WORD.finditer(document, start, end))
    folded = [fold(word[0]) for word in words]
    for first in range(len(words)):
        for length in range(min(6, len(words) - first), 0, -1):
            actor = _names().get(tuple(folded[first : first + length]))
            if actor is not None:
                return words[first].start(), words[first + length - 1].end(), actor
    return None


def find(article: Article, camps: Camps | None = None) -> list[dict[str, Any]]:
    """Find attributions as rows for exchange."""
    camps = camps or default_camps()
    document = article.document
    rows: list[dict[str, Any]] = []
    for quote in QUOTE.finditer(document):
        found = _before(document, quote.start()) or _behind(document, quote.end())
        if found is None:
            continue
        verb, (start, end, actor) = found
        rows.append(
            {
                "article_id": article.id,
                "id": str(len(rows)),
                "type": "direct",
                "cue": list(verb.span()),
                "source": [start, end],
                "content": [[quote.start() + 1, quote.end() - 1]],
                "speaker": actor.slug,
                "camp": camps.of_actor.get(actor.slug) or camps.of_state.get(actor.state or "", OTHER),
                "parent": None,
            }
        )
    return rows


_Found = tuple[re.Match[str], tuple[int, int, Actor]]


def _before(document: str, quote: int) -> _Found | None:
    """Apply rule 3, in either order, to what stands before a quotation."""
    start = max([quote - _LEFT, *(edge.end() for edge in _EDGE.finditer(document, max(0, quote - _LEFT), quote))])
    verbs = list(VERB.finditer(document, max(0, start), quote))
    if not verbs:
        return None
    name = name_in(document, verbs[-1].end(), quote) or name_in(document, max(0, start), verbs[-1].start())
    return (verbs[-1], name) if name else None


def _behind(document: str, quote: int) -> _Found | None:
    """Apply rules 1 and 2 to what stands behind a quotation."""
    edge = _EDGE.search(document, quote)
    end = min(quote + _RIGHT, edge.start() if edge else len(document))
    verb = VERB.search(document, quote, end)
    if verb is None:
        return None
    name = name_in(document, verb.end(), end) or name_in(document, quote, verb.start())
    return (verb, name) if name else None
