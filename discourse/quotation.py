"""Pair quotation marks: any kind, unclosed, reopened, mirrored, over paragraphs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress

# each opening mark with what may close it; ″ is ” where software took it for inches
_PAIRS = {
    "«": ("»",),
    "“": ("”", "″"),
    "„": ("”", "“", "″"),
    "‟": ("”",),
    "‹": ("›",),
    "‘": ("’",),
    "❝": ("❞",),
    "〝": ("〞",),
    "《": ("》",),
    "((": ("))",),
    "<<": (">>",),
    "&laquo;": ("&raquo;",),
    "&ldquo;": ("&rdquo;",),
    "&lsquo;": ("&rsquo;",),
}
_CLOSERS = frozenset(closer for closers in _PAIRS.values() for closer in closers) - frozenset(_PAIRS)
_NEVER_FIRST = {"’", "))"}  # apostrophes, and brackets within brackets
_STRAIGHT = {'"', "\uff02", "''", "&quot;", "&#34;", "&#034;"}
_DEEPEST = 4
_FARTHEST = 250  # tokens over which a quotation may go on into further paragraphs
MARKS = frozenset(_PAIRS) | _CLOSERS | _STRAIGHT
_PARTING = MARKS | {"\n"}
_OPENS, _CLOSES, _EITHER = "opens", "closes", "either"


def pair_quotations(forms: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> list[tuple[int, int]]:
    """Find the quotations of a tokenised document.

    A mark left open is closed where its paragraph ends, unless the next paragraphs hold its closing mark and no other
    before it; one broken pair never costs another. A straight or mirrored mark opens where a space or a colon stands
    before it and none after it, and closes otherwise.

    Parameters
    ----------
    forms, starts, ends
        The tokens of the document and their offsets; a paragraph ends at a line-end token.

    Returns
    -------
    list of tuple
        Token indices of the opening mark and of the closing mark (or of the paragraph's end), outer before inner.
    """
    marks = list(compress(range(len(forms)), map(_PARTING.__contains__, forms)))
    sides = {i: _side(forms, starts, ends, i) for i in marks if forms[i] != "\n"}
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[int, str]] = []
    for number, i in enumerate(marks):
        form = forms[i]
        if form == "\n":
            kept = [o for o in waiting[-1:] if _closed_later(forms, sides, marks, number, o[1])]
            pairs += [(opened, i) for opened, _ in waiting if (opened, _) not in kept]
            waiting = kept
            continue
        if len(waiting) > _DEEPEST:
            del waiting[0]  # marks that nothing closes are given up, oldest first
        if form in _STRAIGHT:
            if not waiting or waiting[-1][1] != '"':
                after = next(iter(marks[number + 1 : number + 2]), i)
                if i and forms[i - 1][-1].isdigit() and sides[i] == _CLOSES and not waiting:
                    continue  # inches
                if waiting or sides[i] != _CLOSES or forms[after] in _STRAIGHT and sides[after] != _OPENS:
                    waiting.append((i, '"'))
            elif sides[i] == _OPENS and sides[waiting[-1][0]] == _OPENS:
                following = [sides[m] for m in marks[number + 1 : number + 3] if forms[m] in _STRAIGHT]
                if following == [_CLOSES, _CLOSES]:
                    waiting.append((i, '"'))  # one quotation within another
                else:
                    opened, _ = waiting.pop()  # nothing closed it: it ends with its clause
                    pairs.append((opened, _break_before(forms, opened, i)))
                    if pairs[-1][1] != i:
                        waiting.append((i, '"'))
            else:
                pairs.append((waiting.pop()[0], i))
        elif form in _PAIRS:
            if form == "“" and waiting and waiting[-1][1] == "”" and sides[i] == _CLOSES:
                pairs.append((waiting.pop()[0], i))  # mirrored pair ”…“
            elif waiting and (form, waiting[-1][1]) in (("«", "»"), ("“", "„")):
                pairs.append((waiting.pop()[0], i))  # mirrored pair »…«, or low and high „…“
            else:
                waiting.append((i, form))
        else:
            opener = next((k for k in range(len(waiting) - 1, -1, -1) if _closes(form, waiting[k][1])), None)
            if opener is not None:
                pairs += [(opened, i) for opened, _ in waiting[opener + 1 :]]
                pairs.append((waiting[opener][0], i))
                del waiting[opener:]
            elif waiting and waiting[-1][1] == form:  # the closing mark on both sides: »…»
                opened, _ = waiting.pop()
                reopened = forms[i - 1] == ":"
                pairs.append((opened, _break_before(forms, opened, i - 1) if reopened else i))
                if reopened:
                    waiting.append((i, form))
            elif form not in _NEVER_FIRST and (sides[i] == _OPENS or i and forms[i - 1] == ":"):
                waiting.append((i, form))
            elif form == "”" and i and starts[i] > ends[i - 1] and number + 1 < len(marks):
                if forms[marks[number + 1]] in "”“":  # ” … ” with a space on either side
                    waiting.append((i, form))
    pairs += [(opened, len(forms)) for opened, _ in waiting]
    pairs.sort(key=lambda p: (p[0], -p[1]))
    return pairs


def _side(forms: Sequence[str], starts: Sequence[int], ends: Sequence[int], i: int) -> str:
    """Whether the spaces around a mark say that it opens or closes a quotation."""
    space_before = i == 0 or starts[i] > ends[i - 1] or forms[i - 1] in "\n:(،-"
    space_after = i + 1 == len(forms) or starts[i + 1] > ends[i] or forms[i + 1] in "\n.،:؛)!؟"
    if space_before == space_after:
        return _EITHER
    return _OPENS if space_before else _CLOSES


def _closed_later(forms: Sequence[str], sides: dict[int, str], marks: Sequence[int], number: int, opener: str) -> bool:
    """Whether the first quotation mark of the next paragraphs closes what is open, at the end of its own paragraph."""
    for m in marks[number + 1 : number + 4]:
        if m - marks[number] > _FARTHEST:
            return False
        if forms[m] == "\n":
            continue
        if opener == '"':
            return forms[m] in _STRAIGHT and sides[m] == _CLOSES
        return _closes(forms[m], opener)
    return False


def _break_before(forms: Sequence[str], opened: int, i: int) -> int:
    """The last comma or stop between an opening mark and token i; i where there is none."""
    return next((k for k in range(i - 1, max(opened + 2, i - 60), -1) if forms[k] in "،,.؛!؟?"), i)


def _closes(closer: str, opener: str) -> bool:
    return closer in _PAIRS.get(opener, ())
