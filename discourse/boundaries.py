"""Where the content of an attribution ends."""

from __future__ import annotations

from collections.abc import Sequence

from discourse.lexicon import AUXILIARY, COLON, COMMA, DASH, DEFINITE, ENDER, JOINED, NEWLINE, STOP
from discourse.passage import LONGEST, Found, Passage
from discourse.quotation import MARKS


def end_contents(passage: Passage, finds: Sequence[Found]) -> None:
    """Set where the content of each find ends, and trim what belongs to no content from its edges."""
    fired = {f.cue[0]: f for f in finds}
    for made in finds:
        if not made.closed:
            start, limit = made.pieces[-1]
            made.pieces[-1] = (start, _end(passage, made, start, limit, fired))
    for made in finds:
        made.pieces = [_trim(passage, s, e) for s, e in made.pieces]


def _end(passage: Passage, made: Found, start: int, limit: int, fired: dict[int, Found]) -> int:
    words, forms = passage.words, passage.forms
    inside = passage.inside[made.cue[0]]
    k = start
    limit = min(limit, start + LONGEST)
    brackets = 0
    nominal = not made.rule.endswith(("that", "whether"))
    while k < limit:
        word = words[k]
        form = forms[k]
        flags = word.flags
        if k in passage.close_of and passage.close_of[k] <= limit + 1:
            close = passage.close_of[k]
            if k <= start + 1 and close < limit and close - k > 3 and not _goes_on(passage, close + 1, limit):
                return close
            k = close + 1
            continue
        if form in MARKS and passage.inside[k] != inside and k > start:
            return k
        if form == "(":
            brackets += 1
        elif form == ")":
            if not brackets:
                return k
            brackets -= 1
        other = fired.get(k)
        if other is not None and k > start and other is not made:
            if _cuts(passage, made, other, k, nominal):
                return k
        if nominal and k > start and word.form in passage.language.groups["nominal_enders"]:
            return k
        if k > start + 2 and k + 1 < limit and (word.form, words[k + 1].form) in passage.language.paired_enders:
            return k
        if flags & ENDER and k > start + 1 and words[k - 1].flags & COMMA:
            return k
        if flags & ENDER and flags & JOINED and k > start + 1:
            return k
        k += 1
    return limit


def _goes_on(passage: Passage, k: int, limit: int) -> bool:
    """Whether content continues behind a closed quotation."""
    if k >= limit:
        return False
    flags = passage.words[k].flags
    return not flags & (COMMA | STOP | ENDER)


def _cuts(passage: Passage, made: Found, other: Found, k: int, nominal: bool) -> bool:
    """Whether a later cue ends this content rather than standing in it."""
    words = passage.words
    if k <= made.pieces[-1][0] + 1:
        return False
    comma = words[k - 1].flags & COMMA
    if other.rule.startswith("participle"):
        return bool(comma) or k - made.pieces[-1][0] >= 3
    if other.rule.startswith("preposition"):
        lead = other.pieces[0]
        return lead[1] <= k and bool(comma) and made.cue[0] >= lead[0] or other.pieces[0][1] > k
    if other.rule.startswith("noun"):
        return False
    if other.rule.startswith("verb"):
        if comma and nominal and made.rule.startswith("noun"):
            return True
        if passage._joined_verb(k):
            return other.source is None or bool(comma) or not nominal
        if comma and words[k - 1].form == "،" and other.source is not None and other.source[0] > k:
            return False
        if words[k - 1].flags & AUXILIARY and k - 2 > made.pieces[0][0]:
            return (
                words[k - 1].form[0] in "وك"
                and bool(words[k - 2].flags & COMMA)
                or words[k - 1].form in passage.language.groups["additive"]
            )
    return False


def _trim(passage: Passage, start: int, end: int) -> tuple[int, int]:
    words, forms = passage.words, passage.forms
    while end > start and (words[end - 1].flags & (COMMA | STOP | COLON | DASH | NEWLINE) or forms[end - 1] in "(|"):
        if forms[end - 1] in ".!؟?…" and passage.inside[end - 1] >= 0 and end < passage.n and end in passage.closes:
            break
        end -= 1
    while end > start and words[end - 1].flags & AUXILIARY and not words[end - 1].flags & DEFINITE:
        end -= 1
    while end > start and words[end - 1].flags & COMMA:
        end -= 1
    while start < end and words[start].flags & (COMMA | DASH | COLON):
        start += 1
    return start, end
