"""Turn bytes into text: say which encoding a file is in, and decode it piece by piece."""

from __future__ import annotations

import codecs
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import BinaryIO

PIECE = 1 << 20  # bytes decoded at a time
LONGEST_LINE = 64 * PIECE  # characters: longer than any article, short enough to hold

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_NOT_TEXT = "this is a binary file, or text in an encoding other than UTF-8, UTF-16, Windows-1256 and ISO-8859-6"
_BROKEN = re.compile("[\ud800-\udfff]")
_FOREIGN = re.compile("[^\0-\x7f]+")
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x9f]")
_CONTROLS = bytes(code for code in range(128) if chr(code) < " " and chr(code) not in "\t\n\v\f\r" or code == 127)


def decode(data: bytes) -> tuple[str, str]:
    """Decode a file and name its encoding.

    Bytes that break an otherwise sound file become lone surrogates, which cost only the row they stand in.

    Raises
    ------
    ValueError
        It is no text in an encoding that is known.
    """
    text = TextStream(io.BytesIO(data))
    return "".join(text), text.encoding


class TextStream:
    """The text of a binary stream, in pieces, without the byte order mark.

    `encoding` is its name: UTF-8 until another is seen in the bytes that are not ASCII. `is_blank` holds until a
    piece has more than blanks.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.encoding = "UTF-8"
        self.is_blank = True

    def __iter__(self) -> Iterator[str]:
        """Go through the pieces once."""
        decoder: codecs.IncrementalDecoder | None = None
        first = True
        done = 0
        while data := self._stream.read(PIECE):
            if decoder is None and (not data.isascii() or b"\0" in data):
                # a piece may end within a character, a line does not
                lines = data[: data.rfind(b"\n") + 1]
                codec, self.encoding = _recognise(data if len(data) < PIECE or lines.isascii() else lines)
                decoder = codecs.getincrementaldecoder(codec)(errors=_ERRORS.get(codec, "strict"))
            if decoder is None:
                if len(data) - len(data.translate(None, _CONTROLS)) > 0.05 * len(data):
                    raise ValueError(_NOT_TEXT)
                text = data.decode("ascii")
            else:
                text = self._decoded(decoder, data, done, final=False)
            done += len(data)
            text = text.removeprefix("\ufeff") if first else text
            first = False
            self.is_blank = self.is_blank and not text.strip()
            yield text
        if decoder is not None and (text := self._decoded(decoder, b"", done, final=True)):
            yield text

    def lines(self, newline: str) -> Iterator[str]:
        r"""Give the lines with their ends: broken at ``\n`` alone, or with newline '' at ``\r`` and ``\r\n`` as well."""
        pieces: list[str] = []
        length = 0
        for piece in self:
            # what has no line end in it is kept apart, so that a line of many pieces is joined once
            if "\n" not in piece and (newline or "\r" not in piece):
                pieces.append(piece)
                length += len(piece)
                if length > LONGEST_LINE:
                    raise ValueError(f"a line of more than {LONGEST_LINE:,} characters; an article must be shorter")
                continue
            lines = list(io.StringIO("".join([*pieces, piece]), newline=newline))
            # a last \r may be half of a line end
            pieces = [] if lines[-1].endswith("\n") else [lines.pop()]
            length = sum(map(len, pieces))
            yield from lines
        yield from io.StringIO("".join(pieces), newline=newline)

    def _decoded(self, decoder: codecs.IncrementalDecoder, data: bytes, done: int, final: bool) -> str:
        try:
            return decoder.decode(data, final)
        except UnicodeDecodeError as error:
            where = done + error.start
            raise ValueError(f"the file begins as {self.encoding} but is broken at byte {where}") from None


_ERRORS = {"utf-8": "surrogateescape", "cp1256": "surrogateescape", "iso8859-6": "surrogateescape"}


def is_broken(text: str) -> bool:
    """Whether any of this stands for a byte, or half a character, that could not be decoded."""
    return _BROKEN.search(text) is not None


def _recognise(data: bytes) -> tuple[str, str]:
    """Give codec and name of the encoding of some bytes that are not ASCII."""
    for mark, codec, name in _MARKS:
        if data.startswith(mark):
            return codec, name
    if b"\0" in data:
        return _best(data[: len(data) // 2 * 2], (("utf-16-le", "UTF-16"), ("utf-16-be", "UTF-16")))
    text = data.decode("utf-8", errors="surrogateescape")
    if broken := len(_BROKEN.findall(text)):
        sound = broken < 0.1 * sum(map(len, _FOREIGN.findall(text)))
    else:
        sound = len(_CONTROL.findall(text)) < 0.05 * len(text)
    if sound:
        return "utf-8", "UTF-8"
    return _best(data, (("cp1256", "Windows-1256"), ("iso8859-6", "ISO-8859-6")))


def _best(data: bytes, codecs_known: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """Choose the codec that gives the most Arabic, where one gives hardly anything else."""
    best, found = 0.9, None
    for codec, name in codecs_known:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        told = [char for char in text if char > "\x7f" or _CONTROL.match(char)]
        share = sum(map(_is_arabic, told)) / len(told) if told else 0.0
        if share > best:
            best, found = share, (codec, name)
    if found is None:
        raise ValueError(_NOT_TEXT)
    return found


def _is_arabic(char: str) -> bool:
    return "\u0600" <= char <= "\u06ff" or unicodedata.category(char)[0] in "PZ" or unicodedata.category(char) == "Cf"
