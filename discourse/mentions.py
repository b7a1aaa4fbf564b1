"""Find which listed actors a text mentions, and on whose side each of them is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import pandas as pd

from discourse.lexicon import Actor, Word, load_language
from discourse.tables import days, in_document
from discourse.text import edges, split

READ_AT_ONCE = 10_000  # texts that are remembered from one score to the next


@dataclass(frozen=True, slots=True)
class Mention:
    """Words `first` to `last` (exclusive) of a text that name an actor: a state, a body, a person, a nation's adjective."""

    first: int
    last: int
    slug: str
    state: str | None
    kind: str  # of the actor data: state, capital, institution, organisation, person; or nation for an adjective


class Text:
    """A content or other words of a table, analysed: its tokens, what each can be, where it stands, and who is mentioned."""

    def __init__(self, text: str, day: date | None = None) -> None:
        parts = split(text)
        self.day = day
        self.forms = parts[1::2]
        self.words = load_language().words(self.forms)
        self.mentions = find_mentions(self.words, day)
        self._edges = edges(parts)

    @property
    def folded(self) -> list[str]:
        """Its tokens, folded."""
        return [word.form for word in self.words]

    @property
    def starts(self) -> list[int]:
        """Where each token begins."""
        return self._edges[:-1:2]

    @property
    def ends(self) -> list[int]:
        """Where each token ends."""
        return self._edges[1::2]

    def in_document(self, words: Iterable[tuple[int, int]], pieces: Sequence[Sequence[int]]) -> list[list[int]]:
        """Where words stand in the document, given as first and last each, if this is the content of those pieces."""
        found = [in_document(*self.span(first, last), pieces) for first, last in words]
        return sorted([place for place in found if place is not None])

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The characters from the first to the last of some tokens."""
        return self._edges[2 * first], self._edges[2 * last + 1]


@lru_cache(maxsize=READ_AT_ONCE)
def read_text(text: str, day: date | None = None) -> Text:
    """Analyse a text for all scores that read it; those read last are remembered.

    Parameters
    ----------
    text
        A content, or other words of a table.
    day
        When it was written, as for `find_mentions`.
    """
    return Text(text, day)


def read_contents(table: pd.DataFrame) -> Iterator[Text]:
    """Analyse the contents of a table of attributions one by one, each as of the day of its article."""
    for content, day in zip(table["content"], days(table), strict=True):
        yield read_text(content if isinstance(content, str) else "", day)


def _known_on(actor: Actor, day: date | None) -> bool:
    """Whether a name stood for this actor on that day: نور سلطان was a capital for three years."""
    if day is None:
        return True
    return (actor.since is None or actor.since <= day) and (actor.until is None or day < actor.until)


def _holds_office(actor: Actor, day: date) -> bool:
    return any((o.start is None or o.start <= day) and (o.end is None or day <= o.end) for o in actor.offices)


def _chosen(found: Sequence[Actor], day: date | None) -> Actor | None:
    """Whom a name stands for: of people who share it the one in office; nobody where two states claim it."""
    usable = [actor for actor in found if _known_on(actor, day)]
    if day is not None and len(usable) > 1:
        usable = [actor for actor in usable if _holds_office(actor, day)] or usable
    return usable[0] if usable and len({actor.state for actor in usable}) == 1 else None


def find_mentions(words: Sequence[Word], day: date | None = None) -> list[Mention]:
    """Find the listed actors that some words name, in their order.

    Parameters
    ----------
    words
        The words of a text, as `Language.word` analyses each.
    day
        When it was written; decides who held an office and what a capital was called.

    Returns
    -------
    list of Mention
        The longest name that begins at a word counts. Media are left out, and so are names in phrases that stand for
        something else (مسار أستانا).
    """
    actors = load_language().actors
    mentions: list[Mention] = []
    end = 0  # of what is read already
    last = len(words) - 1
    begins = [
        place
        for place, word in enumerate(words)
        if word.may_name and (word.alone or word.nation or place < last and words[place + 1].form in word.seconds)
    ]
    for place in begins:
        if place < end:
            continue
        word = words[place]
        passed = actors.excluded_at(words, place) if word.excludes else 0
        if passed:
            end = place + passed
            continue
        length, found = actors.at(words, place) if word.named else (0, [])
        actor = _chosen(found, day) if length else None
        if actor is not None and actor.kind != "media":
            mentions.append(Mention(place, place + length, actor.slug, actor.state, actor.kind))
        elif not length and word.nation:
            mentions.append(Mention(place, place + 1, word.nation, word.nation, "nation"))
        end = place + length
    return mentions
