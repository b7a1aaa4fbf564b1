"""Mark what a site or an agency put around an article: it stays in the text, and nothing is attributed in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from discourse.datafiles import data_entries
from discourse.text import Span, spellings

_LONGEST = 200  # characters of a line, where the data says nothing else


def find_boilerplate(document: str) -> tuple[Span, ...]:
    """Find boilerplate in a document.

    Parameters
    ----------
    document
        Title, line break and text, as stored.

    Returns
    -------
    tuple of Span
        Without overlap, in the order of the document: whole lines («اقرأ أيضاً»: …, share lines, captions, credits), and
        the header of an agency up to the first word of its text.
    """
    lines, header = _patterns()
    spans = [match.span() for match in lines.finditer(document)]
    spans = [(start, end) for start, end in spans if end - start <= _longest(document[start:end])]
    # a dateline stands at the head of the text: in the first line, or in the second where the first is a title
    first = document.partition("\n")[0]
    for start in (0, len(first) + 1):
        if match := header.match(document, start):
            spans.append(match.span())
            break
    return tuple(Span(start, end, document[start:end]) for start, end in _joined(spans))


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif start < end:
            joined.append((start, end))
    return joined


@cache
def _limits() -> list[tuple[re.Pattern[str], int]]:
    entries = [entry for entry in data_entries("ar/boilerplate.yml") if entry["kind"] != "agency"]
    return [(re.compile(_BEFORE + spellings(entry["begins"])), entry.get("longest", _LONGEST)) for entry in entries]


def _longest(line: str) -> int:
    return max(longest for begins, longest in _limits() if begins.match(line))


_BEFORE = r"[^\w\n]{0,6}"  # bullets, brackets, blanks


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Compile the lines that are boilerplate, and the header of an agency."""
    entries = data_entries("ar/boilerplate.yml")
    lines = "|".join(spellings(entry["begins"]) for entry in entries if entry["kind"] != "agency")
    names = "|".join(spellings(entry["begins"]) for entry in entries if entry["kind"] == "agency")
    place = r"[^\n():.\u060c\u061b]{2,40}?"
    header = "|".join(
        (
            rf"{place} ?\((?:{names})\)[ \t]*[-–—ـ:]+[ \t]*",  # Moscow (Reuters) -
            rf"{place}\d[^\n()]{{0,20}}\((?:{names})\)[ \t]*",  # Peking 6 January (Xinhua)
            rf"{place}[ \t]*[-–—ـ][ \t]*(?:{names})[ \t]*[-–—ـ:.]+[ \t]*",  # Moscow - Reuters:
            rf"[^\W\d]+-(?:{names})[ \t]+",  # Damascus-Sana
            rf"{place}/[ \t]*(?:{names})(?!\w)[ \t]*/?[ \t]*",  # Ankara/ Anadolu
        )
    )
    return re.compile(rf"^{_BEFORE}(?:{lines})(?!\w)[^\n\r]*", re.MULTILINE), re.compile(rf"[ \t]*(?:{header})")
