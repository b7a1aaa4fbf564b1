"""Find the files to read, on disk and in archives, and open them without trusting what an archive says of itself."""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

ARCHIVES = (".zip", ".gz")
LARGEST_WHOLE = 1 << 28  # bytes of a file that can only be read at once
MOST_UNPACKED = 200  # times its own size: text packs 3 to 20 times, a bomb a thousand times and more
_ALWAYS_ALLOWED = 1 << 25  # bytes that an archive may unpack to, however small it is


@dataclass(frozen=True, slots=True)
class Stored:
    """One file as it is stored.

    `name` is what messages call it, `inside` its path below the folder or archive that was given, without its
    suffix, and `opened` gives its bytes, unpacked.
    """

    name: str
    inside: str
    suffix: str
    size: int  # bytes as stored
    opened: Callable[[], BinaryIO]
    seekable: bool = False

    def whole(self) -> bytes:
        """Give all bytes of a file that cannot be read piece by piece.

        Raises
        ------
        ValueError
            It is larger than `LARGEST_WHOLE`.
        """
        with self.opened() as stream:
            data = stream.read(LARGEST_WHOLE + 1)
        if len(data) > LARGEST_WHOLE:
            limit = LARGEST_WHOLE >> 20
            raise ValueError(f"larger than {limit} MB; a {self.suffix} file is read as one, so split it or use .jsonl")
        return data


def suffixes_of(name: str) -> tuple[str, str]:
    """Give the suffix that tells the format, and .gz where the file is packed: news.JSONL.gz has .jsonl and .gz."""
    path = PurePosixPath(name)
    if path.suffix.lower() == ".gz":
        inner = path.with_suffix("").suffix.lower()
        return inner or ".gz", ".gz"
    return path.suffix.lower(), ""


def stored_files(path: Path, inside: str, count: Callable[[int], object]) -> Iterator[Stored | tuple[str, str]]:
    """Give the files that a path holds: itself, or the members of an archive.

    Parameters
    ----------
    path
        A file on disk.
    inside
        Its path below the folder that was given.
    count
        Told the bytes read from disk, as they are read.

    Yields
    ------
    Stored or tuple
        A file; or the name of a member and why it is not read.

    Raises
    ------
    ValueError
        The archive cannot be read.
    """
    suffix, packed = suffixes_of(path.name)
    if suffix == ".zip" and not packed:
        yield from _members(path, inside, count)
        return

    def opened() -> BinaryIO:
        raw = _counted(path, count)
        return _unpacked(raw, path.stat().st_size) if packed else raw

    yield Stored(str(path), _without_suffix(inside), suffix, path.stat().st_size, opened, not packed)


def part_of(
    path: Path, start: int = 0, end: int | None = None, count: Callable[[int], object] = lambda _: None
) -> Stored:
    """Give the bytes of a file from one offset to another, as if they were a file."""
    last = path.stat().st_size if end is None else end

    def opened() -> BinaryIO:
        stream = _counted(path, count)
        stream.seek(start)
        return cast(BinaryIO, _Part(stream, last - start))

    return Stored(str(path), path.stem, path.suffix.lower(), last - start, opened)


def check_packed(data: bytes) -> None:
    """Say where a packed document, as a workbook is one, would unpack to what no text does.

    Raises
    ------
    ValueError
        It is no zip archive, unpacks to far more than its size, or declares entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _Budget(len(data)).spend(sum(member.file_size for member in archive.infolist()))
            for member in archive.infolist():
                with archive.open(member) as part:
                    head = part.read(4096).replace(b"\0", b"").upper()
                if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                    raise ValueError("it declares entities, which no workbook needs and attacks use; it is not read")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise ValueError(f"not a readable workbook ({error})") from None


def _members(path: Path, inside: str, count: Callable[[int], object]) -> Iterator[Stored | tuple[str, str]]:
    budget = _Budget(path.stat().st_size)
    with _counted(path, count) as raw:
        try:
            archive = zipfile.ZipFile(raw)
        except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, RuntimeError) as error:
            raise ValueError(f"not a readable zip archive ({error})") from None
        members = [
            member
            for member in archive.infolist()
            if not (member.filename.endswith("/") or _is_hidden(member.filename))
        ]
        if not members:
            raise ValueError("the archive holds no file")
        for member in sorted(members, key=lambda each: each.filename):
            name = f"{path}/{member.filename}"
            parts = PurePosixPath(member.filename.replace("\\", "/")).parts
            suffix, packed = suffixes_of(member.filename)
            if not parts:
                yield name, "it has no name; it is not read"
            elif ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
                yield name, "its name points outside the archive; it is not read"
            elif member.flag_bits & 1:
                yield name, "it is encrypted; unpack the archive with its password first"
            elif suffix == ".zip":
                yield name, "archives inside archives are not read; unpack it first"
            else:
                below = _without_suffix(f"{_without_suffix(inside)}/{member.filename}")
                opened = _member_opener(archive, member, budget, bool(packed))
                yield Stored(name, below, suffix, member.file_size, opened)


def _is_hidden(name: str) -> bool:
    return any(
        part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name.replace("\\", "/")).parts
    )


def _member_opener(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: _Budget, packed: bool
) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        try:
            raw = cast(BinaryIO, _Limited(cast(BinaryIO, archive.open(member)), budget))
        except (zipfile.BadZipFile, RuntimeError, OSError) as error:
            raise ValueError(f"it cannot be unpacked ({error})") from None
        return _unpacked(raw, member.compress_size) if packed else raw

    return opened


def _unpacked(raw: BinaryIO, size: int) -> BinaryIO:
    return cast(BinaryIO, _Limited(cast(BinaryIO, gzip.GzipFile(fileobj=raw)), _Budget(size), raw))


class _Budget:
    """How much an archive, all its members together, may still unpack to."""

    def __init__(self, size: int) -> None:
        self._left = max(_ALWAYS_ALLOWED, size * MOST_UNPACKED)

    def spend(self, n_bytes: int) -> None:
        self._left -= n_bytes
        if self._left < 0:
            raise ValueError(f"it unpacks to more than {MOST_UNPACKED} times its size, as text never does; not read on")


class _Limited(io.RawIOBase):
    """An unpacking stream that stops where its budget ends, and says in one way what is broken."""

    def __init__(self, stream: BinaryIO, budget: _Budget, under: BinaryIO | None = None) -> None:
        self._stream = stream
        self._budget = budget
        self._under = under

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        pieces = []
        while size != 0:
            try:
                data = self._stream.read(min(size, 1 << 20) if size > 0 else 1 << 20)
            except (zipfile.BadZipFile, EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise ValueError(f"it is broken and cannot be unpacked ({error})") from None
            if not data:
                break
            self._budget.spend(len(data))
            pieces.append(data)
            size = size - len(data) if size > 0 else size
        return b"".join(pieces)

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        if self._under is not None:
            self._under.close()
        super().close()


class _Part(io.RawIOBase):
    """The next bytes of a stream, as many as given."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        data = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._stream.close()
        super().close()


class _Counted(io.FileIO):
    """A file that tells how much of it has been read."""

    def __init__(self, path: Path, count: Callable[[int], object]) -> None:
        super().__init__(path)
        self._count = count

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]
        n_bytes = super().readinto(buffer) or 0
        self._count(n_bytes)
        return n_bytes


def _counted(path: Path, count: Callable[[int], object]) -> BinaryIO:
    return io.BufferedReader(_Counted(path, count), 1 << 20)


def _without_suffix(inside: str) -> str:
    path = PurePosixPath(inside)
    packed = path.suffix.lower() == ".gz"
    return (path.with_suffix("").with_suffix("") if packed else path.with_suffix("")).as_posix()
