"""A corpus that has been processed, as files: where they stand, what made them, and how they are read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from discourse.digests import digest
from discourse.summaries import counts_from_arrow, kept_columns, merged
from discourse.tables import replacing, table_from_arrow

if TYPE_CHECKING:
    import pyarrow as pa

MANIFEST, FAULTS, COUNTS, WORK, LOCK = "manifest.json", "faults.jsonl", "counts.parquet", ".work", ".lock"
_KEY = b"discourse"
_UNFIT = re.compile("[^0-9A-Za-z\u0620-\u064a]+")


class StoreError(ValueError):
    """A store that cannot be read or written; says what is wrong with it and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a shard was made of, as digests: its articles, the code, what finds attributions, and what scores them."""

    articles: str
    code: str
    finding: str
    scoring: str
    options: str


@dataclass(frozen=True, slots=True)
class Shard:
    """The articles of an outlet in a month, or one of several parts of them where they are many."""

    outlet: str | None
    month: str | None
    part: int
    parts: int

    @property
    def name(self) -> str:
        """Its path below `rows` and `counts`."""
        return (
            f"{_folder(self.outlet, 'outlet')}/{self.month or 'no-date'}/{self.part + 1:04}-of-{self.parts:04}.parquet"
        )


def _folder(name: str | None, what: str) -> str:
    """Make a name of a folder of any text; its digest keeps apart what looks alike there."""
    if name is None:
        return f"no-{what}"
    shown = _UNFIT.sub("_", name)[:40]
    return f"{shown}-{digest(name.encode())[:8]}"


def write_shard(path: Path, table: pa.Table, made: Made, about: dict[str, Any]) -> None:
    """Write a shard whole or not at all, with what it was made of in the file itself."""
    import pyarrow.parquet as pq

    path.parent.mkdir(parents=True, exist_ok=True)
    told = json.dumps({"made": asdict(made), **about}, ensure_ascii=False, sort_keys=True)
    with replacing(path) as part:
        pq.write_table(table.replace_schema_metadata({_KEY: told.encode()}), part, write_page_checksum=True)


def about_shard(path: Path) -> dict[str, Any] | None:
    """Give what a shard says of itself; None where there is none that can be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        footer = pq.read_metadata(path)
        about: dict[str, Any] = json.loads(footer.metadata[_KEY])
        return {**about, "made": Made(**about["made"]), "n_rows": footer.num_rows}
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
        return None


@contextmanager
def held_alone(store: Path) -> Iterator[None]:
    """Keep other runs off a store while this one writes it.

    The kernel lets go of the lock when its process ends, however it ends: a file that is left there holds nobody up.

    Raises
    ------
    StoreError
        Another run writes it.
    """
    store.mkdir(parents=True, exist_ok=True)
    with (store / LOCK).open("a", encoding="utf-8") as file:
        with suppress(ImportError):  # not on Windows
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StoreError(
                    f"{store}: another run is writing it; wait until it has ended, or give a store of its own"
                ) from None
            except OSError:
                pass  # a file system that knows no locks
        yield


def write_text(path: Path, text: Iterable[str]) -> None:
    """Write a file of text whole or not at all."""
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        file.writelines(text)


def read_manifest(store: str | Path) -> dict[str, Any]:
    """Give what a store holds and what it was made of.

    Raises
    ------
    StoreError
        There is none, or it is not finished.
    """
    path = Path(store) / MANIFEST
    if not path.is_file():
        begun = (Path(store) / WORK).is_dir()
        said = "is not finished; run `discourse process` again to go on" if begun else "there is no store here"
        raise StoreError(f"{store}: {said}")
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(f"{path}: not readable ({error}); delete it and run `discourse process` again") from None
    return manifest


def read_rows(
    store: str | Path, outlets: Sequence[str | None] | None = None, months: Sequence[str | None] | None = None
) -> pd.DataFrame:
    """Read the attributions of a store into memory: all of them, or those of some outlets and months.

    Parameters
    ----------
    store
        Folder that `process_corpus` wrote.
    outlets
        Names of outlets; None among them stands for articles without one.
    months
        Months as 2022-01; None among them stands for articles without a date.

    Returns
    -------
    pandas.DataFrame
        What `analyse` gives for their articles, in the order of outlet, month and article.

    Raises
    ------
    StoreError
        There is no finished store, a file of it is damaged, or nothing is of these outlets and months.
    """
    chosen = [
        shard
        for shard in read_manifest(store)["shards"]
        if (outlets is None or shard["outlet"] in outlets) and (months is None or shard["month"] in months)
    ]
    if not chosen:
        raise StoreError(f"{store}: holds nothing of the outlets and months asked for")
    rows = [table_from_arrow(_read(Path(store) / "rows" / shard["name"])) for shard in chosen]
    # a table without rows says nothing of the types of its columns
    return pd.concat([each for each in rows if len(each)] or rows[:1], ignore_index=True)


def read_counts(store: str | Path, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Read the table of counts of a store.

    Parameters
    ----------
    store
        Folder that `process_corpus` wrote, or the file `counts.parquet` out of one.
    columns
        Classes to keep, such as ``["camp", "sentiment"]``; fewer classes make a smaller table. All if none are given.

    Returns
    -------
    pandas.DataFrame
        As from `count_rows`: for `share_by`, `mean_by` and `contrast` with ``count="n"``.

    Raises
    ------
    StoreError
        There is no finished store, the file is damaged, or it has no such classes.
    """
    import pyarrow.parquet as pq

    path = Path(store)
    if path.is_dir():
        read_manifest(path)
        path = path / COUNTS
    wanted = None if columns is None else kept_columns(columns)
    stored = _read(path, wanted)
    if missing := [name for name in wanted or () if name not in stored.column_names]:
        known = [name for name in pq.read_schema(path).names if name not in kept_columns(())]
        raise StoreError(f"{path}: no class {', '.join(missing)}; its classes: {', '.join(known)}")
    return counts_from_arrow(merged(stored if wanted is None else stored.select(wanted)))


def _read(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            return file.read(columns=None if columns is None else list(columns))
    except (OSError, pa.ArrowException) as error:
        raise StoreError(
            f"{path}: damaged ({str(error).splitlines()[0]}); delete it and run `discourse process` again"
        ) from None


def read_shard(path: Path) -> pd.DataFrame:
    """Read the attributions of one shard."""
    return table_from_arrow(_read(path))


def merge_files(paths: Sequence[Path], path: Path) -> None:
    """Put tables of counts that share no article one behind the other, in memory of some of them."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with replacing(path) as part:
        writer: pq.ParquetWriter | None = None
        held: list[pa.Table] = []
        for place, each in enumerate(paths, 1):
            held.append(_read(each).replace_schema_metadata(None))
            if sum(table.num_rows for table in held) >= _ROW_GROUP or place == len(paths):
                whole = pa.concat_tables(held)
                writer = writer or pq.ParquetWriter(part, whole.schema, write_page_checksum=True, compression="zstd")
                writer.write_table(whole)
                held = []
        if writer is not None:
            writer.close()


_ROW_GROUP = 1 << 20
