"""Sort articles by outlet and month on disk, in parts that are read apart from each other."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from discourse.corpus import Article, ArticleStream, Fault, FilePart, again, stream_articles
from discourse.digests import code_digest, digest
from discourse.partition import COLUMNS
from discourse.store import Shard, write_text
from discourse.tables import replacing

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

SHARD_ARTICLES = 500  # that stand in one file at most, or nearly
_BATCH_CHARACTERS = 1 << 23  # of articles that are held and sorted together
ONE_AT_A_TIME = threading.Lock()  # a Dask worker may have several threads; lexicons and csv's limits are one a process


@dataclass(frozen=True, slots=True)
class Reading:
    """A task: read some parts of the sources and write their articles, sorted, into the folder of work."""

    parts: tuple[FilePart, ...]
    columns: tuple[tuple[str, str], ...] | None
    metadata: str | Path | None
    names: str | None
    work: Path


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one batch of a file of sorted articles."""

    file: str
    batch: int
    rows: tuple[int, ...]


_Group = tuple[str | None, str | None, int]  # an outlet, a month, and how many articles are theirs


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    fields = {name: text for name in COLUMNS}
    fields |= {"date": pa.date32(), "quotations": pa.list_(pa.list_(pa.int64()))}
    fields |= {"file": text, "row": pa.int64(), "hash": pa.uint64(), "content": pa.uint64()}
    return pa.schema(list(fields.items()))


def read_parts(task: Reading) -> dict[str, Any]:
    """Read some parts of the sources, and write their articles sorted by outlet and month; once for the same bytes."""
    with ONE_AT_A_TIME:
        inputs = [_input(part) for part in task.parts]
        listed = None if task.metadata is None else Path(task.metadata).read_bytes().hex()
        key = json.dumps([inputs, [part.inside for part in task.parts], task.columns, listed])
        file = digest(key.encode(), str(task.names).encode(), code_digest().encode())
        marker = task.work / f"{file}.json"
        with suppress(OSError, ValueError):
            known: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
            return known
        columns = dict(task.columns) if task.columns else None
        stream = stream_articles(*task.parts, columns=columns, metadata=task.metadata, names=task.names)
        groups = _write_sorted(stream, task.work / f"{file}.arrow")
        found = {
            "file": file,
            "n": sum(n for batch in groups for _, _, n in batch),
            "groups": groups,
            "faults": [[f.file, f.row, f.message] for f in stream.faults],
            "notes": [[f.file, f.row, f.message] for f in stream.notes],
            "set_aside": dict(stream.set_aside),
            "unused": list(stream.unused()),
            "inputs": inputs,
        }
        write_text(marker, [json.dumps(found, ensure_ascii=False)])
        return found


def _input(part: FilePart) -> dict[str, Any]:
    made = blake2b(digest_size=16)
    with suppress(OSError), part.path.open("rb") as file:  # reading says what is wrong with it
        file.seek(part.start)
        left = part.end - part.start
        while left > 0 and (data := file.read(min(left, 1 << 20))):
            made.update(data)
            left -= len(data)
    return {"file": str(part.path), "start": part.start, "end": part.end, "digest": made.hexdigest()}


def _write_sorted(stream: ArticleStream, path: Path) -> list[list[_Group]]:
    """Write articles in sorted batches, and say of each batch how many of its articles are of which outlet and month."""
    import pyarrow as pa

    groups: list[list[_Group]] = []
    held: list[dict[str, Any]] = []
    n_characters = 0

    def flush() -> None:
        held.sort(key=lambda row: (row["outlet"] or "", row["outlet"] is not None, _month_of(row) or "", row["hash"]))
        of = groupby(held, lambda row: (row["outlet"], _month_of(row)))
        groups.append([(outlet, month, len(list(rows))) for (outlet, month), rows in of])
        writer.write_batch(pa.RecordBatch.from_pylist(held, _schema()))
        held.clear()

    with replacing(path) as part, pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, _schema()) as writer:
        for article in stream:
            n_characters += len(article.text)
            held.append(_row(article, *stream.place_of(article.id)))
            if n_characters >= _BATCH_CHARACTERS:
                flush()
                n_characters = 0
        if held:
            flush()
    return groups


def _month_of(row: Mapping[str, Any]) -> str | None:
    return None if row["date"] is None else str(row["date"])[:7]


def _row(article: Article, file: str, number: int | None) -> dict[str, Any]:
    before = len(article.title) + 1 if article.title else 0
    row: dict[str, Any] = {
        "article_id": article.id,
        "title": article.title or None,
        "text": article.text,
        "outlet": article.outlet,
        "date": article.date,
        "url": article.url,
        "quotations": [[span.start - before, span.end - before] for span in article.quotations] or None,
    }
    content = "\0".join(str(cell) for cell in row.values()).encode("utf-8", "surrogatepass")
    return {**row, "file": file, "row": number, "hash": _number(article.id.encode()), "content": _number(content)}


def _number(data: bytes) -> int:
    return int.from_bytes(blake2b(data, digest_size=8).digest(), "big")


class Index:
    """Where every article stands in the sorted parts, by outlet and month: 28 bytes an article."""

    def __init__(self, files: Sequence[str | None], work: Path) -> None:
        import pyarrow as pa

        self._files = [file for file in files if file is not None]
        self._work = work
        keys: dict[tuple[str | None, str | None], int] = {}
        columns: dict[str, list[NDArray[Any]]] = {
            name: [] for name in ("hash", "content", "key", "part", "batch", "at")
        }
        for part, file in enumerate(self._files):
            marker = json.loads((work / f"{file}.json").read_text(encoding="utf-8"))
            with pa.memory_map(str(work / f"{file}.arrow")) as source:
                reader = pa.ipc.open_file(source)
                for batch, groups in enumerate(marker["groups"]):
                    stored = reader.get_batch(batch)
                    n = stored.num_rows
                    columns["hash"].append(stored.column("hash").to_numpy().copy())
                    columns["content"].append(stored.column("content").to_numpy().copy())
                    codes = [keys.setdefault((outlet, month), len(keys)) for outlet, month, _ in groups]
                    columns["key"].append(np.repeat(np.array(codes, np.int32), [held for _, _, held in groups]))
                    columns["part"].append(np.full(n, part, np.int32))
                    columns["batch"].append(np.full(n, batch, np.int32))
                    columns["at"].append(np.arange(n, dtype=np.int32))
        kinds = {"hash": np.uint64, "content": np.uint64}
        held = {
            name: np.concatenate(made) if made else np.zeros(0, kinds.get(name, np.int32))
            for name, made in columns.items()
        }
        self._hash, self._content = held["hash"], held["content"]
        self._key, self._part, self._batch, self._at = (held[name] for name in ("key", "part", "batch", "at"))
        self._keys = list(keys)
        self._doubles: list[Fault] = []
        kept = self._first_of_each()
        self._order = kept[np.lexsort((self._content[kept], self._hash[kept], self._key[kept]))]

    def doubles(self) -> list[Fault]:
        """Say which articles have an id that stood before."""
        return self._doubles

    def place_of(self, identity: str) -> tuple[str, int | None]:
        """Give the file and the row that an article was read from."""
        places = self._order[self._hash[self._order] == _number(identity.encode())]
        rows = stored_articles(self._work, self.pieces(places)).to_dict("records")
        return next((row["file"], _whole(row["row"])) for row in rows if row["article_id"] == identity)

    def _first_of_each(self) -> NDArray[np.int64]:
        """Leave out every article whose id stands in an earlier part; within one, the reader has done so."""
        order = np.lexsort((self._part, self._hash))
        same = np.flatnonzero(self._hash[order][1:] == self._hash[order][:-1])
        dropped = []
        start = 0
        while start < len(same):
            end = start
            while end + 1 < len(same) and same[end + 1] == same[end] + 1:
                end += 1
            first: dict[str, dict[Any, Any]] = {}
            for place in order[same[start] : same[end] + 2]:
                (row,) = stored_articles(self._work, self.pieces(np.array([place]))).to_dict("records")
                known = first.setdefault(row["article_id"], row)
                if known is not row:
                    dropped.append(int(place))
                    message = again(row["article_id"], known["file"], _whole(known["row"]))
                    self._doubles.append(Fault(row["file"], _whole(row["row"]), message))
            start = end + 1
        self._doubles.sort(key=lambda fault: (fault.file, fault.row or 0))
        return np.setdiff1d(np.arange(len(self._hash)), dropped)

    def shards(self) -> Iterator[tuple[Shard, str, NDArray[np.int64]]]:
        """Give every shard with the digest of its articles and their places, by outlet and month."""
        order = self._order
        bounds = np.searchsorted(self._key[order], np.arange(len(self._keys) + 1))
        by_name = sorted(
            range(len(self._keys)), key=lambda k: [(name is not None, name or "") for name in self._keys[k]]
        )
        for key in by_name:
            rows = order[bounds[key] : bounds[key + 1]]
            if not len(rows):
                continue
            halvings = max(0, int(np.ceil(np.log2(len(rows) / SHARD_ARTICLES))))
            part_of = np.right_shift(self._hash[rows], 64 - halvings) if halvings else np.zeros(len(rows), np.uint64)
            for part in range(1 << halvings):
                chosen = rows[part_of == part]
                if len(chosen):
                    pairs = np.column_stack([self._hash[chosen], self._content[chosen]])
                    articles = digest(pairs.astype(">u8").tobytes())
                    yield Shard(*self._keys[key], part, 1 << halvings), articles, chosen

    def pieces(self, rows: NDArray[np.int64]) -> tuple[Piece, ...]:
        """Say where articles stand."""
        found: dict[tuple[int, int], list[int]] = {}
        for row in rows:
            found.setdefault((int(self._part[row]), int(self._batch[row])), []).append(int(self._at[row]))
        return tuple(Piece(self._files[part], batch, tuple(at)) for (part, batch), at in sorted(found.items()))


def _whole(number: Any) -> int | None:
    return None if pd.isna(number) else int(number)


def stored_articles(work: Path, *groups: Iterable[Piece]) -> pd.DataFrame:
    """Read articles out of the sorted parts, group behind group, each sorted by its ids."""
    import pyarrow as pa

    wanted: dict[str, list[tuple[int, Piece]]] = {}
    for number, pieces in enumerate(groups):
        for piece in pieces:
            wanted.setdefault(piece.file, []).append((number, piece))
    found: list[list[pa.RecordBatch]] = [[] for _ in groups]
    for file, numbered in wanted.items():
        # one at a time: a corpus may have more parts than a process may open files
        with pa.memory_map(str(work / f"{file}.arrow")) as source:
            reader = pa.ipc.open_file(source)
            for number, piece in numbered:
                found[number].append(reader.get_batch(piece.batch).take(pa.array(piece.rows)))
    tables = [pa.Table.from_batches(taken).sort_by("article_id") for taken in found]
    table: pd.DataFrame = pa.concat_tables(tables).to_pandas()
    return table
