"""Right-to-left text that displays as it was meant: isolate what runs left to right, and find what was spoilt.

Arabic is stored in the order in which it is read, in plain letters; shaping and direction are the renderer's work.
Matplotlib does that work from version 3.11 on, so text that was shaped or turned round by hand is now shaped and turned
twice. Numbers with signs and Latin words need isolates, since the bidirectional algorithm moves their signs otherwise.

References
----------
Unicode Standard Annex 9, Unicode Bidirectional Algorithm (UAX #9). Unicode Standard, chapter 9.2, on Arabic presentation
forms: kept for round trips with old encodings, not for text.
"""

from __future__ import annotations

import io
import json
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unicodedata import bidirectional, decomposition, normalize

import pandas as pd
import yaml

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUFFIXES = (".csv", ".htm", ".html", ".ipynb", ".md", ".py", ".svg", ".txt")

_LEFT_TO_RIGHT = (
    r"(?:[+\-−±]?[0-9٠-٩]+(?:[.,:/–−-][0-9٠-٩]+)*(?:\s?[%٪])?|[A-Za-z][A-Za-z0-9]*(?:[.'’&/-]+[A-Za-z0-9]+)*)"
)
_RUN = re.compile(rf"\u2066[^\u2069]*\u2069|{_LEFT_TO_RIGHT}(?:\s{_LEFT_TO_RIGHT})*")


class BidiError(ValueError):
    """Something that cannot be checked; the message says what can."""


@dataclass(frozen=True, slots=True)
class BidiFault:
    """One fault: where its text stands, its kind, the text, the characters at fault, and how to mend it."""

    where: str
    kind: str
    text: str
    start: int
    end: int
    mend: str


def isolate(text: str) -> str:
    """Wrap numbers with their signs, and Latin words, in U+2066 … U+2069.

    In a line of Arabic, the Unicode bidirectional algorithm puts the sign of −3% to the right of the number and turns
    "95% CI" round. Isolates keep each run in order; runs that are isolated already stay as they are.

    References
    ----------
    UAX #9, section 2.7.
    """
    return _RUN.sub(lambda run: run[0] if run[0].startswith("\u2066") else f"\u2066{run[0]}\u2069", text)


def lint_bidi(*things: str | Path | pd.DataFrame | Axes | Figure) -> pd.DataFrame:
    """Find text that right-to-left display spoils, in figures, tables, notebooks, pages or plain strings.

    Parameters
    ----------
    things
        Strings to check; paths of files (.csv, .htm, .html, .ipynb, .md, .py, .svg, .txt) or of folders of them; tables;
        matplotlib figures or axes. A string is text, never the name of a file.

    Returns
    -------
    pandas.DataFrame
        A row a fault: `where`, `kind`, `text`, `start` and `end` of the characters at fault in it, `mend`. Kinds:

        - ``shaped``: presentation forms stand for letters (what arabic_reshaper writes);
        - ``reversed``: letters stand back to front (what get_display writes), or a script calls these two;
        - ``not isolated``: a sign, a range, or a number before Latin words, that display moves;
        - ``brackets``: a pair of brackets or quotation marks stands the wrong way round;
        - ``digits``: 0–9 and ٠–٩ in one figure, table or text;
        - ``controls``: a direction is forced, or is opened and not closed.

    Raises
    ------
    BidiError
        A path holds nothing that can be checked.
    """
    faults = [fault for thing in things for fault in _faults_of(list(_texts(thing)))]
    names = list(BidiFault.__dataclass_fields__)
    return pd.DataFrame([[getattr(fault, name) for name in names] for fault in faults], columns=names)


# Faults in texts ------------------------------------------------------------------------------------------------------


def _faults_of(texts: list[tuple[str, str]]) -> Iterator[BidiFault]:
    ascii_digits = sum(bool(_ASCII_DIGIT.search(text)) for _, text in texts if _is_right_to_left(text))
    arabic_digits = sum(bool(_ARABIC_DIGIT.search(text)) for _, text in texts)
    rarer = _ARABIC_DIGIT if arabic_digits <= ascii_digits else _ASCII_DIGIT
    for where, text in texts:
        found = list(_faults_in(text))
        if arabic_digits and ascii_digits and _is_right_to_left(text) and (digit := rarer.search(text)):
            found.append(("digits", digit.start(), digit.end(), "write all digits as 0–9 or all as ٠–٩"))
        for kind, start, end, mend in found:
            yield BidiFault(where, kind, text, start, end, mend)


_ASCII_DIGIT = re.compile(r"[0-9]+")
_ARABIC_DIGIT = re.compile(r"[٠-٩]+")
_SHAPED = re.compile(r"[\ufb50-\ufd3d\ufd50-\ufdcf\ufe70-\ufefc]+")
_WORD = re.compile(r"[\u0620-\u064a\u0671-\u06d3]+")
_DIGITS = r"[0-9٠-٩]+(?:[.,:/٫٬][0-9٠-٩]+)*"
_MOVED = re.compile(
    rf"(?<![\w])[+\-−±$€£]\s?{_DIGITS}(?:\s?[%٪‰°])?"  # a sign before its number
    rf"|{_DIGITS}(?:\s?[%٪‰$€£°]+|[–—−-]{_DIGITS})(?:\s?[A-Za-z]+)?"  # a sign behind it, or a range
    rf"|{_DIGITS}\s?[A-Za-z]{{2,}}"  # a number before Latin words
)
_ISOLATE = re.compile(r"[\u2066\u2067\u2068][^\u2066-\u2069]*(?:\u2069|$)")
_BRACKETS = {")": "(", "]": "[", "}": "{", "»": "«", "›": "‹", "”": "“"}
_TOOLS = re.compile(r"\b(?:arabic_reshaper|get_display)\b")


def _faults_in(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Kind, start, end and mend of each fault in one text."""
    if tool := _TOOLS.fullmatch(text):
        yield "reversed", 0, len(text), f"take {tool[0]} out: from 3.11 on, matplotlib shapes and orders Arabic itself"
    for shaped in _SHAPED.finditer(text):
        if _is_visual_order(shaped[0]):
            mend = "write the plain letters in reading order, without arabic_reshaper and get_display"
            yield "reversed", shaped.start(), shaped.end(), mend
        else:
            plain = normalize("NFKC", shaped[0])
            yield "shaped", shaped.start(), shaped.end(), f"write the plain letters {plain}, without arabic_reshaper"
    words = list(_WORD.finditer(text))
    if words and (wrong := _reversed_word(words)) is not None:
        mend = "write the letters in reading order, without get_display; from 3.11 on, matplotlib turns them itself"
        yield "reversed", wrong.start(), wrong.end(), mend
    if _is_right_to_left(text):
        blanked = _ISOLATE.sub(lambda run: " " * len(run[0]), text)
        for run in _MOVED.finditer(blanked):
            if not _stands_right_to_left(text, run.start()):
                continue
            mend = f"isolate it: isolate({text!r}), or U+2066 before and U+2069 behind {run[0]!r}; in HTML, <bdi>"
            yield "not isolated", run.start(), run.end(), mend
        yield from _turned_brackets(text)
    yield from _controls(text)


def _is_right_to_left(text: str) -> bool:
    return any(bidirectional(letter) in ("R", "AL") for letter in text)


def _stands_right_to_left(text: str, place: int) -> bool:
    """Whether the letter before a place runs right to left; at the beginning, whether the first one does."""
    strong = [bidirectional(letter) for letter in text]
    before = next((kind for kind in reversed(strong[:place]) if kind in ("L", "R", "AL")), None)
    return (before or next(kind for kind in strong if kind in ("L", "R", "AL"))) != "L"


def _is_visual_order(shaped: str) -> bool:
    """Whether joined forms stand back to front: a word that opens with its final form."""
    forms = [decomposition(letter).partition(" ")[0] for letter in shaped]
    joined = [(one, other) for one, other in pairwise(forms) if "<isolated>" not in (one, other)]
    backward = sum(one in ("<final>", "<medial>") and other in ("<initial>", "<medial>") for one, other in joined)
    forward = sum(one in ("<initial>", "<medial>") and other in ("<final>", "<medial>") for one, other in joined)
    return backward > forward


@cache
def _signs() -> tuple[frozenset[str], str]:
    data = yaml.safe_load((resources.files("discourse") / "data" / "ar" / "bidi.yml").read_text(encoding="utf-8"))
    return frozenset(data["final_only"]), str(data["article"])


def _reversed_word(words: list[re.Match[str]]) -> re.Match[str] | None:
    """The first word of a text that is stored back to front; None where nothing shows that one is."""
    final_only, article = _signs()
    for word in words:
        if len(word[0]) > 1 and word[0][0] in final_only:
            return word
    turned = [word for word in words if len(word[0]) > 4 and word[0].endswith(article[::-1])]
    if len(turned) * 2 > len(words) > 2 and not any(word[0].startswith(article) for word in words):
        return turned[0]
    return None


def _turned_brackets(text: str) -> Iterator[tuple[str, int, int, str]]:
    """Pairs whose closing mark stands first: )…(."""
    for closer, opener in _BRACKETS.items():
        depth = 0
        first: int | None = None
        for place, letter in enumerate(text):
            if letter == opener:
                if first is not None and depth == 0 and closer not in text[place:]:
                    mend = f"store {opener} first and {closer} behind: display mirrors them by itself"
                    yield "brackets", first, place + 1, mend
                    first = None
                    continue
                depth += 1
            elif letter == closer:
                if depth:
                    depth -= 1
                elif first is None:
                    first = place


def _controls(text: str) -> Iterator[tuple[str, int, int, str]]:
    waiting: list[int] = []
    for place, letter in enumerate(text):
        if letter in "\u202d\u202e":
            yield "controls", place, place + 1, "take the override out: it forces one direction on letters and digits"
        elif letter in "\u2066\u2067\u2068\u202a\u202b":
            waiting.append(place)
        elif letter in "\u2069\u202c" and waiting:
            waiting.pop()
    for place in waiting:
        closing = "U+2069" if text[place] in "\u2066\u2067\u2068" else "U+202C"
        yield "controls", place, place + 1, f"close it with {closing} behind what it isolates"


# Texts in things ------------------------------------------------------------------------------------------------------


def _texts(thing: Any) -> Iterator[tuple[str, str]]:
    """Where each text of a thing stands, and the text."""
    if isinstance(thing, str):
        yield "text", thing
    elif isinstance(thing, Path):
        yield from _texts_of_path(thing)
    elif isinstance(thing, pd.DataFrame):
        yield from _texts_of_table(thing)
    elif hasattr(thing, "findobj"):
        from matplotlib.text import Text

        for number, text in enumerate(thing.findobj(Text), 1):
            if text.get_text().strip() and text.get_visible():
                yield f"text {number} of the figure", text.get_text()
    else:
        raise BidiError(
            f"{type(thing).__name__} cannot be checked; a string, a pathlib.Path, a table, a figure or its axes can"
        )


def _texts_of_table(table: pd.DataFrame) -> Iterator[tuple[str, str]]:
    names = [name for name in (*table.columns.names, *table.index.names, *table.columns) if isinstance(name, str)]
    yield from (("heading", name) for name in names)
    yield from ((f"index, row {row}", label) for row, label in enumerate(table.index, 1) if isinstance(label, str))
    for name in table.columns:
        for row, cell in enumerate(table[name], 1):
            if isinstance(cell, str):
                yield f"{name}, row {row}", cell


def _texts_of_path(path: Path) -> Iterator[tuple[str, str]]:
    if path.is_dir():
        files = [file for file in sorted(path.rglob("*")) if file.suffix.lower() in SUFFIXES and file.is_file()]
        hidden = [file for file in files if any(part.startswith(".") for part in file.relative_to(path).parts)]
        if len(files) == len(hidden):
            raise BidiError(f"{path}: no file to check; such files end in {', '.join(SUFFIXES)}")
        for file in files:
            if file not in hidden:
                yield from _texts_of_path(file)
        return
    if not path.is_file():
        raise BidiError(f"{path}: there is no such file or folder")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise BidiError(f"{path}: files ending in {', '.join(SUFFIXES)} can be checked, not '{suffix}'")
    try:
        source = path.read_text(encoding="utf-8-sig")
        for place, text in _READERS.get(suffix, _texts_of_lines)(source):
            yield f"{path.as_posix()}, {place}", text
    except (UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError, SyntaxError, tokenize.TokenError) as error:
        raise BidiError(f"{path}: not a {suffix} file in UTF-8 ({error})") from None


def _texts_of_lines(source: str) -> Iterator[tuple[str, str]]:
    yield from ((f"line {number}", line) for number, line in enumerate(source.splitlines(), 1) if line.strip())


def _texts_of_markdown(source: str) -> Iterator[tuple[str, str]]:
    """Lines of prose, without what stands as code and in tags."""
    fenced = False
    for number, line in enumerate(source.splitlines(), 1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced:
            prose = re.sub(r"`[^`]*`|\]\([^)]*\)", " ", line)
            yield from ((f"line {number}", text) for _, text in _texts_of_page(prose))


def _texts_of_table_file(source: str) -> Iterator[tuple[str, str]]:
    table = pd.read_csv(io.StringIO(source), dtype=str, keep_default_na=False)
    yield from _texts_of_table(table)


class _Page(HTMLParser):
    """Texts of a page; each element isolates its own, as <bdi> and blocks do."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str, str]] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden += tag in ("script", "style", "code", "pre")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag in ("script", "style", "code", "pre"):
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.texts.append((f"line {self.getpos()[0]}", data.strip()))

    def handle_comment(self, data: str) -> None:
        self.texts.append((f"line {self.getpos()[0]}", data.strip()))  # where an SVG keeps the words that it draws


def _texts_of_page(source: str) -> Iterator[tuple[str, str]]:
    page = _Page()
    page.feed(source)
    page.close()
    yield from page.texts


def _texts_of_code(source: str) -> Iterator[tuple[str, str]]:
    """Strings and comments of Python, and calls that turn text round."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if (
            token.type in (tokenize.STRING, tokenize.COMMENT)
            or token.type == tokenize.NAME
            and _TOOLS.match(token.string)
        ):
            yield f"line {token.start[0]}", token.string


def _texts_of_notebook(source: str) -> Iterator[tuple[str, str]]:
    for number, cell in enumerate(json.loads(source)["cells"], 1):
        written = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield from ((f"cell {number}, {place}", text) for place, text in _texts_of_markdown(written))
        elif cell["cell_type"] == "code":
            lines = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in written.split("\n"))
            yield from ((f"cell {number}, {place}", text) for place, text in _texts_of_code(lines))
            for output in cell.get("outputs", ()):
                shown = {"text/plain": output.get("text", ""), **output.get("data", {})}
                kind = "text/html" if "text/html" in shown else "text/plain"  # what a front end shows of the two
                read = _texts_of_page if kind == "text/html" else _texts_of_lines
                for place, text in read("".join(shown[kind])):
                    yield f"cell {number}, output, {place}", text


_READERS: dict[str, Any] = {
    ".csv": _texts_of_table_file,
    ".htm": _texts_of_page,
    ".html": _texts_of_page,
    ".ipynb": _texts_of_notebook,
    ".md": _texts_of_markdown,
    ".py": _texts_of_code,
    ".svg": _texts_of_page,
}
