"""The circumstances of an attribution: which words are verbatim, to whom it was said, and by which medium."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from discourse.lexicon import (
    COLON,
    COMMA,
    COMPLEMENTISER,
    LI,
    NEWLINE,
    PREPOSITION,
    TIME,
    Medium,
    Word,
)
from discourse.passage import LONGEST, Found, Passage
from discourse.phrases import noun_phrase, object_start

_ADDRESSED = ("person", "media", "group", "institution", "nation", "name")
_ASKED = ("direct", "ask", "assert", "warn", "threaten", "commit")  # acts that have their object for an addressee
_REGION = 40  # words between a cue and its content that are looked at


def quotations_in(passage: Passage, pieces: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give what stands in quotation marks within pieces of content, outer marks only, without marks around names."""
    found = []
    opening = passage.opening
    for start, end in pieces:
        passed = start
        for k in opening[bisect_left(opening, start) : bisect_left(opening, min(end, start + LONGEST))]:
            if k >= passed and k + 1 < passage.n:
                close = min(passage.close_of[k], end)
                if close > k + 1 and not passage.is_name(k, passage.close_of[k]):
                    found.append((k + 1, close))
                passed = close + 1
    return found


def addressee_of(passage: Passage, made: Found) -> tuple[int, int] | None:
    """Give the words that name to whom it was said: أبلغ | المجلس | أن, قال | للصحافيين | إن, في حديث | لقناة …"""
    words, forms, names = passage.words, passage.forms, passage.names
    low, high = _introduction(passage, made)
    told = _told(passage, made, low, high)
    if told is not None:
        return told
    for k in [k for k in range(low, high) if words[k].shape & LI or k > low and "addressing" in words[k - 1].groups]:
        if made.source is not None and made.source[0] <= k < made.source[1]:
            continue
        word = words[k]
        hangs = word.shape & LI and (word.title is not None or names.kind(k) != "")
        if hangs and (word.form in passage.language.actors.names or _own_letter(word)):
            hangs = False  # لجنة, لندن: the letter is their own
        if not hangs and not (k > low and "addressing" in words[k - 1].groups):
            continue
        phrase = noun_phrase(words, forms, k, high, names, hanging=True)
        if phrase is not None and phrase.kind in _ADDRESSED:
            return phrase.start, phrase.end
    return None


def _introduction(passage: Passage, made: Found) -> tuple[int, int]:
    """The words between a cue and its content, where the circumstances of an utterance are told."""
    start = made.pieces[0][0]
    return made.cue[1], min(start, made.cue[1] + _REGION) if start >= made.cue[1] else made.cue[1]


def _told(passage: Passage, made: Found, low: int, high: int) -> tuple[int, int] | None:
    """The object of a verb of telling or asking."""
    form = made.form
    if form is None or form.pronoun or form.cue.act not in _ASKED or form.part == "noun":
        return None
    if not form.cue.takes("addressee") and "telling" not in form.cue.groups:
        return None
    begin = made.source[1] if made.source is not None and made.source[0] >= low else low
    if begin >= high or passage.words[begin].flags & (PREPOSITION | COMMA | TIME | COMPLEMENTISER | COLON):
        return None
    phrase = noun_phrase(passage.words, passage.forms, begin, high, passage.names)
    if phrase is None or not phrase.sentient:
        return None
    return phrase.start, min(phrase.end, object_start(passage.words, phrase, passage.names))


def medium_of(passage: Passage, made: Found) -> Medium | None:
    """Say how the words reached the outlet: by the occasion or document named, else by the source, else by the verb."""
    words = passage.words
    low, high = _introduction(passage, made)
    begin = max(passage.begin[made.cue[0]], made.cue[0] - _REGION)
    fronted = words[begin].flags & PREPOSITION and not words[begin].flags & NEWLINE
    places = passage.where["media"]
    told = [*_within(places, low, high), *(_within(places, begin, made.cue[0]) if fronted else ())]
    for k in told:
        if made.source is None or not made.source[0] <= k < made.source[1]:
            return words[k].medium
    if made.source is not None:
        title = words[made.source[0]].title
        kind = title.kind if title is not None else passage.names.kind(made.source[0])
        if kind == "media":
            return "media"
        if kind == "document":
            return words[made.source[0]].medium or "document"
    if made.form is not None:
        if "written_verbs" in made.form.cue.groups:
            return "written"
        if "spoken_verbs" in made.form.cue.groups:
            return "spoken"
    return None


def _within(places: Sequence[int], start: int, end: int) -> Sequence[int]:
    return places[bisect_left(places, start) : bisect_left(places, end)]


def _own_letter(word: Word) -> bool:
    return word.title is not None and word.form.startswith(word.title.word[:2])
