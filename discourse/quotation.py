"""Pair quotation marks: any kind, unclosed, reopened, mirrored."""

from __future__ import annotations

from collections.abc import Sequence

_PAIRS = {"«": "»", "“": "”", "„": "”", "‹": "›", "‟": "”", "❝": "❞", "〝": "〞", "《": "》"}
_CLOSERS = {"»": "«", "”": "“", "›": "‹", "❞": "❝", "〞": "〝", "》": "《"}
_STRAIGHT = {'"', "\uff02"}
_DEEPEST = 4
MARKS = frozenset(_PAIRS) | frozenset(_CLOSERS) | _STRAIGHT


def pair_quotations(forms: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> list[tuple[int, int]]:
    """Find the quotations of a tokenised document.

    A mark left open is closed where its paragraph ends, one broken pair never costs another. A straight or mirrored
    mark opens where a space or a colon stands before it and none after it, and closes otherwise.

    Parameters
    ----------
    forms, starts, ends
        The tokens of the document and their offsets; a paragraph ends at a line-end token.

    Returns
    -------
    list of tuple
        Token indices of the opening mark and of the closing mark (or of the paragraph's end), outer before inner.
    """
    pairs: list[tuple[int, int]] = []
    waiting: list[tuple[int, str]] = []
    last = len(forms)
    for i, form in enumerate(forms):
        if form == "\n":
            pairs += [(opened, i) for opened, _ in waiting]
            waiting.clear()
        elif form in MARKS:
            if len(waiting) > _DEEPEST:
                del waiting[0]  # marks that nothing closes are given up, oldest first
            space_before = i == 0 or starts[i] > ends[i - 1] or forms[i - 1] in "\n:(،-"
            space_after = i + 1 == last or starts[i + 1] > ends[i] or forms[i + 1] in "\n.،:؛)!؟"
            if form in _STRAIGHT:
                if waiting and waiting[-1][1] == '"' and not (space_before and not space_after and len(waiting) > 4):
                    pairs.append((waiting.pop()[0], i))
                else:
                    waiting.append((i, '"'))
            elif form in _PAIRS:
                if form == "“" and waiting and waiting[-1][1] == "”" and space_after and not space_before:
                    pairs.append((waiting.pop()[0], i))  # mirrored pair ”…“
                else:
                    waiting.append((i, form))
            else:
                opener = next((k for k in range(len(waiting) - 1, -1, -1) if _closes(form, waiting[k][1])), None)
                if opener is not None:
                    pairs += [(opened, i) for opened, _ in waiting[opener + 1 :]]
                    pairs.append((waiting[opener][0], i))
                    del waiting[opener:]
                elif form == "”" and space_before and not space_after:
                    waiting.append((i, "”"))
    pairs += [(opened, last) for opened, _ in waiting]
    pairs.sort(key=lambda p: (p[0], -p[1]))
    return pairs


def _closes(closer: str, opener: str) -> bool:
    return _PAIRS.get(opener) == closer
