"""Fold Arabic for matching and point back to the stored text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from itertools import accumulate
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range of code points in an article's document, and the text it covers."""

    start: int
    end: int
    text: str


# The vowel marks of camel-tools' AR_DIAC_CHARSET: the module that has it sorts all of Unicode first, for a second.
_VOWEL_MARKS = (*range(0x064B, 0x0653), 0x0670)


@cache
def _folding() -> dict[int, str | None]:
    """One translation table: camel-tools' normalisers applied to every Arabic code point, and what is dropped."""
    from camel_tools.utils.normalize import normalize_alef_ar, normalize_alef_maksura_ar, normalize_teh_marbuta_ar

    table: dict[int, str | None] = {}
    for code in range(0x0600, 0x0700):
        char = chr(code)
        folded = normalize_teh_marbuta_ar(normalize_alef_maksura_ar(normalize_alef_ar(char)))
        if folded != char:
            table[code] = folded
    for code in (*_VOWEL_MARKS, 0x0640):
        table[code] = None  # and tatweel
    for code in (0x200C, 0x200D, 0x200E, 0x200F, 0x061C, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A)):
        table[code] = None  # joiners and bidi controls
    table[0x06CC] = "ي"  # Persian yeh
    table[0x06A9] = "ك"  # Persian kaf
    for zero in (0x0660, 0x06F0):
        for digit in range(10):
            table[zero + digit] = str(digit)
    return table


def fold(text: str) -> str:
    """Fold spelling variants of Arabic for matching.

    Alef forms become bare alef, alef maqsura becomes yeh, teh marbuta becomes heh, Arabic-Indic digits become
    ASCII; diacritics, tatweel, joiners and bidi controls disappear. Use `fold_with_map` to find the way back.
    """
    return text.translate(_folding())


def spellings(text: str) -> str:
    """Give a regular expression for every spelling of a text that folds to the same letters.

    Blanks stand for any number of blanks in a line, diacritics and invisible marks may stand behind every letter.
    """
    same: dict[str, str] = {}
    for code, folded in _folding().items():
        same[folded or ""] = same.get(folded or "", "") + chr(code)
    ignored = f"[{re.escape(same.pop(''))}]*"
    return "".join(
        r"[ \t\u00a0]+" if char == " " else f"[{re.escape(char + same.get(char, ''))}]{ignored}" for char in fold(text)
    )


def fold_with_map(text: str) -> tuple[str, list[int]]:
    """Fold text and say where each folded character stood.

    Returns
    -------
    tuple
        The folded text, and for each of its characters (and its end) the offset in `text`.
    """
    table = _folding()
    folded: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        mapped = table.get(ord(char), char)
        if mapped:
            folded.append(mapped)
            offsets.append(offset)
    offsets.append(len(text))
    return "".join(folded), offsets


# A word is letters and digits with their combining marks; a line end and every other visible mark is a token of its own,
# and so are marks of quotation that are written as two of another kind, ((…)), ''…'', <<…>>, and what HTML writes for a mark.
# Arabic letters are named before \w, and blanks passed over before all else, since that is found out sooner.
_TOKEN = re.compile(
    r"(?! )([\u0620-\u064a\w\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed]+|\n|\(\((?=[^()\n]*\)\))|\)\)|''|<<|>>|&#?\w+;|[^\w\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u061c])"
)


def split(document: str) -> list[str]:
    """Split a document into what is skipped and words, marks and line ends, by turns."""
    return _TOKEN.split(document)


def edges(parts: Iterable[str]) -> list[int]:
    """Give the offset behind each part of a document that was split."""
    return list(accumulate(map(len, parts)))


def tokens(document: str) -> tuple[list[str], list[int], list[int]]:
    """Split a document into words, marks and line ends.

    Returns
    -------
    tuple
        Three parallel lists: the token as written, its first offset, the offset after it.
    """
    parts = split(document)
    offsets = edges(parts)
    return parts[1::2], offsets[:-1:2], offsets[1::2]
