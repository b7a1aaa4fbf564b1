"""Where the content of an attribution ends: candidate stops from left to right, each with a reason and a score."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from discourse.lexicon import (
    AUXILIARY,
    CIRCUMSTANCE,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    ENDER,
    JOINED,
    KA,
    MARK,
    NEWLINE,
    OWNED_VERB,
    RELATIVE,
    STOP,
    VERB,
    WA,
    Word,
)
from discourse.passage import LONGEST, Found, Passage
from discourse.quotation import MARKS

_ENOUGH = 0.5  # a content ends at the first stop that scores this
_SURE, _LIKELY, _UNLIKELY = 1.0, 0.7, 0.3


_BEHIND_SPEECH = ("participle behind a comma", "further verb")  # end even speech that stands without marks


@dataclass(frozen=True, slots=True)
class Stop:
    """A token before which a content may end, why, and how likely it does."""

    at: int
    reason: str
    score: float


def end_contents(passage: Passage, finds: Sequence[Found]) -> None:
    """Set where the content of each find ends, and trim what belongs to no content from its edges."""
    fired = {f.cue[0]: f for f in finds}
    candidates = sorted({*passage.where["ends"], *fired})
    for made in finds:
        start, limit = made.pieces[-1]
        speech = made.rule in ("verb-colon", "colon") and limit not in passage.closes
        if speech or not made.closed:
            limit = min(limit, start + LONGEST)
            for stop in _stops(passage, made, start, limit, fired, candidates):
                if stop.score >= _ENOUGH and (not speech or stop.reason in _BEHIND_SPEECH):
                    limit = stop.at
                    break
            made.pieces[-1] = (start, limit)
    for made in finds:
        made.pieces = [_trim(passage, s, e) for s, e in made.pieces]


def _stops(
    passage: Passage, made: Found, start: int, limit: int, fired: dict[int, Found], candidates: Sequence[int]
) -> Iterator[Stop]:
    """Candidate stops of one content within its sentence; quotations in it are passed over."""
    words, forms = passage.words, passage.forms
    inside = passage.inside[made.cue[0]]
    nominal = not made.rule.endswith(("that", "whether"))
    noun = made.rule.startswith("noun")
    brackets = 0
    passed = start  # what stands before it lies in a quotation
    for k in candidates[bisect_left(candidates, start) : bisect_left(candidates, limit)]:
        if k < passed:
            continue
        word = words[k]
        if word.flags & MARK:
            close = passage.close_of.get(k, limit + 2)
            if close <= limit + 1:
                if k <= start + 1 and close < limit and close - k > 3 and not _goes_on(passage, close + 1, limit):
                    yield Stop(close, "closed quotation", _SURE)
                passed = close + 1
            elif forms[k] in MARKS and passage.inside[k] != inside and k > start:
                yield Stop(k, "end of the quotation around it", _SURE)
            elif forms[k] == "(":
                brackets += 1
            elif forms[k] == ")":
                if not brackets:
                    yield Stop(k, "end of the bracket around it", _SURE)
                brackets -= 1
        elif k > start:
            other = fired.get(k)
            if other is not None and other is not made and (nominal or k > start + 1):
                yield from _next_cue(passage, made, other, k, nominal)
            subject = word.future and nominal and (noun or words[k - 1].flags & DEFINITE)
            if word.flags & (ENDER | COMMA) or word.endings or subject:
                yield from _own_voice(passage, made, k, limit, nominal)


def _goes_on(passage: Passage, k: int, limit: int) -> bool:
    """Whether content continues behind a closed quotation."""
    if k >= limit:
        return False
    flags = passage.words[k].flags
    return not flags & (COMMA | STOP | ENDER)


def _own_voice(passage: Passage, made: Found, k: int, limit: int, nominal: bool) -> Iterator[Stop]:
    """Words with which the article speaks again: فيما, في خطوة, وهو ما, and what data/ar/content_ends.yml lists."""
    words = passage.words
    word = words[k]
    start = made.pieces[-1][0]
    comma = bool(words[k - 1].flags & COMMA)
    if word.flags & ENDER and k > start + 1 and (comma or word.flags & JOINED):
        yield Stop(k, "conjunction", _SURE)
    noun = made.rule.startswith("noun")
    if nominal and word.future and (noun or words[k - 1].flags & DEFINITE and _in_relative(passage, made)):
        yield Stop(k, "verb of the main clause", _LIKELY)  # النائب الذي يعارض الاتفاق | سيلقي خطابا
    if nominal and noun and word.flags & COMMA and k + 1 < limit:
        behind = words[k + 1]
        joined = (
            behind.conjunction
            and behind.shape & WA
            and not behind.flags & COMPLEMENTISER
            and not _reports(passage, k + 1)
        )
        if not behind.flags & RELATIVE and not joined:
            yield Stop(k, "comma behind a noun and its claim", _LIKELY)
    if word.flags & COMMA and k > start + 1 and k + 1 < limit:
        if _circumstance(words[k + 1]):
            yield Stop(k, "circumstance behind a comma", _SURE)  # قال إن الخط جاهز، مكتفيا بهذه الجملة
    follows = words[k + 1].form if k + 1 < limit else ""
    for ending in word.endings:
        if ending.second and ending.second != follows:
            continue
        if (
            ending.noun_only
            and not nominal
            or ending.comma
            and not comma
            or k <= start + (0 if ending.noun_only else 2)
        ):
            continue
        after = k + len(ending.words)
        if after > limit or any(words[k + n].form != part for n, part in enumerate(ending.words)):
            continue
        if after < limit and words[after].form in ending.unless:
            continue
        if ending.cue and not any(_reports(passage, m) for m in range(after, min(after + 2, limit))):
            continue
        yield Stop(k, ending.reason, _LIKELY if comma or not ending.cue else _ENOUGH)


def _circumstance(word: Word) -> bool:
    """Whether a word looks like an accusative participle, which tells of the speaker: مكتفيا, متجاهلا."""
    return bool(word.shape & CIRCUMSTANCE) and not (word.title or word.flags or word.named)


def _in_relative(passage: Passage, made: Found) -> bool:
    cue = made.cue[0]
    return any(word.flags & RELATIVE for word in passage.words[max(0, cue - 2) : cue])


def _reports(passage: Passage, k: int) -> bool:
    """Whether token k is a finite cue, be it that its content stands before it: ما اعتبره, الذي رفضته."""
    word = passage.words[k]
    return word.title is None and bool(word.parts & (VERB | OWNED_VERB))


def _next_cue(passage: Passage, made: Found, other: Found, k: int, nominal: bool) -> Iterator[Stop]:
    """A later cue: it ends the content where it is the same speaker's or another's, not where it stands in it."""
    words = passage.words
    comma = bool(words[k - 1].flags & COMMA)
    part = other.form.part if other.form is not None else ""
    if other.rule.startswith("preposition"):
        lead = other.pieces[0]
        tail = max(other.cue[1], other.source[1] if other.source is not None else 0)
        final = tail >= passage.limit[k] or bool(words[tail].flags & (COMMA | STOP | ENDER))
        if lead[1] <= k and made.cue[0] >= lead[0] and (comma or final) or lead[1] > k:
            yield Stop(k, "source of the whole sentence", _SURE)
    elif part == "participle":
        if comma:
            yield Stop(k, "participle behind a comma", _SURE)
        else:
            yield Stop(k, "participle", _LIKELY if k - made.pieces[-1][0] >= 3 else _UNLIKELY)
    elif part in ("past", "present", "jussive"):
        before = words[k - 1]
        named = other.source is not None and other.source[0] > k
        refers = k + 1 < passage.n and "prepositional_pronouns" in words[k + 1].groups
        subject = other.source[0] if other.source is not None else k
        coordinated = words[subject].conjunction and words[subject].shape & WA
        if made.pieces[-1][0] < subject < k and nominal and coordinated:
            yield Stop(subject, "clause of another speaker", _LIKELY)  # ترحب بالاتفاق | وموسكو ترفضه
        if comma and nominal and made.rule.startswith("noun"):
            yield Stop(k, "verb behind a noun and its claim", _LIKELY)
        if passage._joined_verb(k):
            clause = other.rule.endswith(("that", "quotation", "colon"))
            if not refers and (other.source is None or comma or not nominal or clause):
                yield Stop(k, "further verb of the speaker", _LIKELY)
        elif comma and not refers and named and other.form is not None and not other.form.pronoun:
            yield Stop(k, "verb of another speaker", _LIKELY)
        elif before.flags & AUXILIARY and k - 2 > made.pieces[0][0]:
            if before.shape & (WA | KA) and words[k - 2].flags & COMMA:
                yield Stop(k, "further verb behind its auxiliary", _LIKELY)
            elif "additive" in before.groups:
                yield Stop(k, "further verb", _LIKELY)


def _trim(passage: Passage, start: int, end: int) -> tuple[int, int]:
    words, forms = passage.words, passage.forms
    while end > start and (words[end - 1].flags & (COMMA | STOP | COLON | DASH | NEWLINE) or forms[end - 1] in "(|"):
        if forms[end - 1] in ".!؟?…" and passage.inside[end - 1] >= 0 and end < passage.n and end in passage.closes:
            break
        end -= 1
    stops = end >= passage.n or words[end].flags & (COMMA | STOP)  # أن الوفد عاد. is a whole clause
    while end > start and not stops and words[end - 1].flags & AUXILIARY and not words[end - 1].flags & DEFINITE:
        end -= 1
    while end > start and words[end - 1].flags & COMMA:
        end -= 1
    while start < end and words[start].flags & (COMMA | DASH | COLON):
        start += 1
    return start, end
