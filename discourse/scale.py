"""The chain of a notebook over any number of articles: in parallel, resumable, the same rows however they are divided."""

from __future__ import annotations

import json
import re
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from discourse.analysis import analyse, score_all
from discourse.corpus import Fault, FilePart, split_sources, stream_articles, unread
from discourse.datafiles import kept_for_good
from discourse.digests import code_digest, digest, lexicon_digest, lexicon_digests
from discourse.partition import analysed, articles_of
from discourse.shuffle import ONE_AT_A_TIME, Index, Piece, Reading, read_parts, stored_articles
from discourse.speakers import Camps, default_camps
from discourse.store import (
    COUNTS,
    FAULTS,
    MANIFEST,
    WORK,
    Made,
    Shard,
    StoreError,
    about_shard,
    held_alone,
    merge_files,
    read_manifest,
    read_shard,
    write_shard,
    write_text,
)
from discourse.summaries import counted
from discourse.tables import ATTRIBUTION_COLUMNS, arrow_table, redact, replacing
from discourse.workers import Ended, Hands, Told, hands_of, told_on

if TYPE_CHECKING:
    from numpy.typing import NDArray

PART_BYTES = 1 << 22  # of the sources, that one task reads at most
FEWEST_PARTS = 8  # of sources that are small, so that every worker has some to read
TASK_ARTICLES = 50, 200  # that a task analyses: fewer at the end, so that no worker waits long for another


@dataclass(frozen=True, slots=True)
class Processed:
    """What a run came to. `n_analysed` counts the articles that this run itself analysed; the others stood already."""

    store: Path
    n_articles: int
    n_attributions: int
    n_set_aside: int
    n_analysed: int
    faults: tuple[Fault, ...]
    notes: tuple[Fault, ...]


def process_corpus(
    source: str | Path | Sequence[str | Path],
    store: str | Path,
    *,
    camps: Camps | None = None,
    columns: Mapping[str, str] | None = None,
    metadata: str | Path | None = None,
    names: str | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    redacted: bool = False,
    progress: bool = True,
    log: str | Path | None = None,
) -> Processed:
    """Analyse a corpus of any size into a store of Parquet files by outlet and month.

    Parameters
    ----------
    source
        Files and folders, as for `read_corpus`.
    store
        Folder to write, or to go on with: a run that ended in the middle is finished, and a finished one is brought up to
        date, by the same call. While one run writes it, another is refused.
    camps
        The study's camps; Moscow, Washington and Astana where none are given.
    columns, metadata, names
        As for `read_corpus`.
    workers
        Processes on this machine: 1 stays in this one; more need Dask. If none are given, one for each 4 MB of the sources, and
        at most one for each processor: it takes seconds until another one can work.
    scheduler
        Address of a Dask cluster to run on instead; its workers must see `source` and `store` under the same paths.
    redacted
        Leave out every text of the articles: spans, labels and counts remain.
    progress
        Show articles, megabytes and faults per second and the time left.
    log
        File to add the same to, a JSON object a line.

    Returns
    -------
    Processed
        Counts, and the faults of articles and files that were left out. Read the rows with `read_rows`, the table of counts
        with `read_counts`.

    Raises
    ------
    CorpusError
        As for `read_corpus`.
    StoreError
        Another run writes the store, it cannot be written, or the workers are gone. What is finished stays; the same call goes on.

    Notes
    -----
    A file of the store depends on the articles of its outlet and month, sorted by id, and on nothing else: not on how the
    sources are divided, the order in which they come, or the workers. It carries digests of its articles, the code and the
    data it was made with, takes its place in one step, and is made anew only where one of these has changed; where only data
    of scores have, attributions are scored anew and not found anew. An id that stands twice counts where it stands first.
    """
    sources = [source] if isinstance(source, (str, Path)) else list(source)
    camps = camps or default_camps()
    run = _Run(Path(store), camps, columns, metadata, names, redacted)
    groups = _parts_of(sources)
    stream_articles(*groups[0], columns=columns, metadata=metadata, names=names)  # says now what is wrong with these
    with told_on(progress, log) as progress_of:
        try:
            with held_alone(run.store), hands_of(workers, scheduler, _n_bytes(*groups), progress_of) as hands:
                return run.to_the_end(groups, hands, progress_of)
        except OSError as error:
            said = f"{store}: cannot be written ({error}); see to that and call again: what is finished stays"
            raise StoreError(said) from error


def _parts_of(sources: Sequence[str | Path]) -> list[tuple[FilePart, ...]]:
    """Divide the sources into what one task reads, by their size alone."""
    groups = split_sources(*sources, size=PART_BYTES)
    if len(groups) >= FEWEST_PARTS:
        return groups
    return split_sources(*sources, size=max(_n_bytes(*groups), PART_BYTES) // FEWEST_PARTS)


def _n_bytes(*groups: Sequence[FilePart]) -> int:
    return sum(part.end - part.start for group in groups for part in group)


# A run ----------------------------------------------------------------------------------------------------------------


_Part = tuple[Shard, str, tuple[Piece, ...]]  # a shard, the digest of its articles, and where these are


@dataclass(frozen=True, slots=True)
class _Analysing:
    """A task: analyse some shards and write them."""

    shards: tuple[_Part, ...]
    made: Made  # but for the articles
    store: Path
    camps: str  # as JSON
    redacted: bool
    dead: tuple[str, ...] = ()  # articles at which a worker ended

    @property
    def n_articles(self) -> int:
        return sum(len(piece.rows) for _, _, pieces in self.shards for piece in pieces)


class _Run:
    """One run: read the sources into sorted parts, analyse shard by shard, write what is said of the whole."""

    def __init__(
        self,
        store: Path,
        camps: Camps,
        columns: Mapping[str, str] | None,
        metadata: str | Path | None,
        names: str | None,
        redacted: bool,
    ) -> None:
        self.store = store.absolute()
        self.work = self.store / WORK
        self.camps = json.dumps(asdict(camps), sort_keys=True, ensure_ascii=False)
        self.given = (tuple(columns.items()) if columns else None, metadata, names)
        self.redacted = redacted
        options = digest(self.camps.encode(), str(redacted).encode())
        self.made = Made("", code_digest(), lexicon_digest(False), lexicon_digest(True), options)

    def to_the_end(self, groups: list[tuple[FilePart, ...]], hands: Hands, told: Told) -> Processed:
        self.work.mkdir(parents=True, exist_ok=True)
        if changed := _changed(self.store, self.made):
            told.say(f"{self.store} was made with other {' and '.join(changed)}: what that touches is made anew")
        # from here on until it stands again the store is not finished
        (self.store / MANIFEST).unlink(missing_ok=True)
        parts = self._read(groups, hands, told)
        index = Index([part["file"] for part in parts], self.work)
        wanted = {shard.name: (shard, articles) for shard, articles, _ in index.shards()}
        n_analysed = self._analyse(index, hands, told)
        return self._finish(parts, index, wanted, n_analysed)

    def _read(self, groups: list[tuple[FilePart, ...]], hands: Hands, told: Told) -> list[dict[str, Any]]:
        tasks = [Reading(group, *self.given, self.work) for group in groups]
        sizes = {task: _n_bytes(task.parts) for task in tasks}
        read: dict[Reading, dict[str, Any]] = {}
        with told.stage("reading", sum(sizes.values()), "B") as step:
            for task, result in hands.results(read_parts, tasks):
                if isinstance(result, Ended):
                    what = f"a worker ended while it read them ({result.message})"
                    faults = [[str(part.path), None, what] for part in task.parts]
                    result = {"file": None, "n": 0, "faults": faults, "notes": [], "set_aside": {}, "inputs": []}
                    result["unused"] = None
                read[task] = result
                step(sizes[task], result["n"], sizes[task], len(result["faults"]))
        return [read[task] for task in tasks]

    def _analyse(self, index: Index, hands: Hands, told: Told) -> int:
        """Analyse every shard that is not there yet, and say how many articles these hold."""
        tasks = list(self._tasks(index))
        by_worker = 0
        with told.stage("analysing", sum(task.n_articles for task in tasks), "article") as step:
            while tasks:
                left: list[_Analysing] = []
                for task, result in hands.results(_analyse_shards, tasks):
                    if isinstance(result, Ended):
                        left.append(replace(task, dead=(*task.dead, *self._deadly(task, hands))))
                        continue
                    if result["error"]:
                        raise OSError(result["error"])
                    by_worker += result["n"]
                    step(task.n_articles, task.n_articles, result["n_bytes"], result["n_faults"])
                if left == tasks:
                    raise StoreError("workers end again and again, at no article of their own; see what ends them")
                tasks = left
        return by_worker

    def _tasks(self, index: Index) -> Iterator[_Analysing]:
        """Give the shards that are not there yet: large tasks first and small ones last, so that workers end together."""
        missing: list[tuple[int, _Part]] = []
        for shard, articles, rows in index.shards():
            wanted = replace(self.made, articles=articles)
            present = [about_shard(self.store / folder / shard.name) for folder in ("rows", "counts")]
            if not all(about is not None and about["made"] == wanted for about in present):
                missing.append((len(rows), (shard, articles, index.pieces(rows))))
        missing.sort(key=lambda each: each[0], reverse=True)
        left = sum(n for n, _ in missing)
        held: list[_Part] = []
        n_held = 0
        for n, part in missing:
            held.append(part)
            n_held += n
            left -= n
            if n_held >= np.clip(left // 4, *TASK_ARTICLES) or not left:
                yield _Analysing(tuple(held), self.made, self.store, self.camps, self.redacted)
                held, n_held = [], 0

    def _deadly(self, task: _Analysing, hands: Hands) -> tuple[str, ...]:
        """Find an article at which a worker ends, by halves; none where it ended for another reason."""
        doubtful: list[_Part] = [
            (shard, articles, (replace(piece, rows=(row,)),))
            for shard, articles, pieces in task.shards
            for piece in pieces
            for row in piece.rows
        ]

        def end(some: Sequence[_Part]) -> bool:
            ((_, result),) = hands.results(_try_articles, [replace(task, shards=tuple(some))])
            return isinstance(result, Ended)

        tried = end(doubtful)
        if not tried:
            return ()
        while len(doubtful) > 1:
            half = doubtful[: len(doubtful) // 2]
            tried = end(half)
            doubtful = half if tried else doubtful[len(half) :]
        if not tried and not end(doubtful):
            return ()
        ((_, _, pieces),) = doubtful
        return (str(stored_articles(task.store / WORK, pieces)["article_id"].iloc[0]),)

    def _finish(
        self,
        parts: list[dict[str, Any]],
        index: Index,
        wanted: Mapping[str, tuple[Shard, str]],
        n_analysed: int,
    ) -> Processed:
        faults = [Fault(*fault) for part in parts for fault in part["faults"]]
        faults += index.doubles()
        unused = [set(part["unused"]) for part in parts if part["unused"] is not None]
        faults += [unread(self.given[1], name) for name in sorted(set.intersection(*unused) if unused else ())]
        notes = [Fault(*note) for part in parts for note in part["notes"]]
        shards = []
        for name, (shard, articles) in sorted(wanted.items()):
            about = about_shard(self.store / "rows" / name)
            if about is None or about["made"].articles != articles:
                raise StoreError(f"{self.store / 'rows' / name}: it was written and is not there; run again")
            faults += [
                Fault(*index.place_of(article), f"article '{article}': {why}")
                for article, why in sorted(about["skipped"].items())
            ]
            shards.append(
                {
                    "name": name,
                    "outlet": shard.outlet,
                    "month": shard.month,
                    "articles": articles,
                    "n_articles": about["n_articles"],
                    "n_rows": about["n_rows"],
                }
            )
        n_set_aside: Counter[str] = Counter()
        for part in parts:
            n_set_aside.update(part["set_aside"])
        self._merge(list(wanted))
        if self.redacted:
            faults = [replace(fault, message=_without_words(fault.message)) for fault in faults]
            notes = [replace(note, message=_without_words(note.message)) for note in notes]
        lines = (json.dumps(asdict(fault), ensure_ascii=False) + "\n" for fault in faults)
        write_text(self.store / FAULTS, lines)
        manifest = {
            "inputs": [each for part in parts for each in part["inputs"]],
            "code": self.made.code,
            "lexicons": lexicon_digests(),
            "options": self.made.options,
            "redacted": self.redacted,
            "n_articles": sum(shard["n_articles"] for shard in shards),
            "n_attributions": sum(shard["n_rows"] for shard in shards),
            "n_faults": len(faults),
            "n_set_aside": dict(sorted(n_set_aside.items())),
            "shards": shards,
        }
        self._clear(set(wanted))
        write_text(self.store / MANIFEST, [json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"])
        shutil.rmtree(self.work)
        return Processed(
            self.store,
            manifest["n_articles"],
            manifest["n_attributions"],
            n_set_aside.total(),
            n_analysed,
            tuple(faults),
            tuple(notes),
        )

    def _merge(self, names: list[str]) -> None:
        if names:
            merge_files([self.store / "counts" / name for name in sorted(names)], self.store / COUNTS)
            return
        import pyarrow.parquet as pq

        with replacing(self.store / COUNTS) as part:
            camps = _camps_of(self.camps)
            pq.write_table(counted(analyse([], camps), camps), part)

    def _clear(self, wanted: set[str]) -> None:
        """Take away shards that nothing is in any more, and what a run left half written."""
        for folder in ("rows", "counts"):
            for path in sorted((self.store / folder).rglob("*"), reverse=True):
                if path.is_dir():
                    with suppress(OSError):
                        path.rmdir()
                elif path.relative_to(self.store / folder).as_posix() not in wanted:
                    path.unlink(missing_ok=True)
        for path in self.store.glob(".*.part"):
            path.unlink(missing_ok=True)


def _changed(store: Path, made: Made) -> list[str]:
    """Name what a finished store was made with that is not what it would be made with now."""
    try:
        before = read_manifest(store)
    except StoreError:
        return []
    now = {"code": made.code, "lexicons": lexicon_digests(), "options": made.options}
    words = {"code": "code", "lexicons": "language or actor data", "options": "camps or redaction"}
    return [words[name] for name, value in now.items() if before.get(name) != value]


def _without_words(message: str) -> str:
    """Leave out what a message shows of a cell."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\[.*\]|\{.*\}", "…", message)


# Analysing: sorted parts into shards ----------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _camps_of(written: str) -> Camps:
    fields = json.loads(written)
    return Camps(**{**fields, "names": tuple(fields["names"])})


@kept_for_good()  # as in analyse, and in what is made of its table
def _analyse_shards(task: _Analysing) -> dict[str, Any]:
    """Analyse shards together and write each; what a disk refuses is told, since an error may not find its way back."""
    result: dict[str, Any] = {"n": 0, "n_bytes": 0, "n_faults": 0, "error": ""}
    with ONE_AT_A_TIME:
        try:
            camps = _camps_of(task.camps)
            stood = {shard: found for shard, articles, _ in task.shards if (found := _to_score(task, shard, articles))}
            if stood:
                _score_anew(task, stood, camps)
            anew = [(shard, articles, pieces) for shard, articles, pieces in task.shards if shard not in stood]
            if anew:
                _find_anew(task, anew, camps, result)
        except OSError as error:
            result["error"] = str(error)
    return result


@dataclass(frozen=True, slots=True)
class _Written:
    """A shard to write: of what articles, how many could be analysed, and why the others could not."""

    shard: Shard
    articles: str
    n_articles: int
    skipped: dict[str, str]


def _to_score(task: _Analysing, shard: Shard, articles: str) -> tuple[_Written, pd.DataFrame] | None:
    """Give the attributions that stand already, where all that has changed is data that only scores read."""
    path = task.store / "rows" / shard.name
    about = about_shard(path)
    wanted = replace(task.made, articles=articles)
    if task.redacted or about is None or replace(about["made"], scoring=wanted.scoring) != wanted:
        return None
    with suppress(StoreError):  # what is damaged is made anew
        return _Written(shard, articles, about["n_articles"], about["skipped"]), read_shard(path)
    return None


def _score_anew(task: _Analysing, stood: Mapping[Shard, tuple[_Written, pd.DataFrame]], camps: Camps) -> None:
    tables = [table for _, table in stood.values()]
    place_of = np.repeat(np.arange(len(tables)), [len(table) for table in tables])
    found = pd.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    rows = score_all(found[[column.name for column in ATTRIBUTION_COLUMNS]], camps)
    _write(task, rows, place_of, [written for written, _ in stood.values()], camps)


def _find_anew(
    task: _Analysing,
    shards: Sequence[_Part],
    camps: Camps,
    result: dict[str, Any],
) -> None:
    whole = stored_articles(task.store / WORK, *(pieces for _, _, pieces in shards))
    rows, skipped = analysed(articles_of(whole[~whole["article_id"].isin(task.dead)]), camps)
    skipped |= dict.fromkeys(task.dead, "the worker process ended each time it was analysed")
    sizes = [sum(len(piece.rows) for piece in pieces) for _, _, pieces in shards]
    shard_of = dict(zip(whole["article_id"], np.repeat(np.arange(len(shards)), sizes), strict=True))
    without: list[dict[str, str]] = [{} for _ in shards]
    for name, why in skipped.items():
        without[shard_of[name]][name] = why
    to_write = [
        _Written(shard, articles, size - len(left_out), left_out)
        for (shard, articles, _), size, left_out in zip(shards, sizes, without, strict=True)
    ]
    _write(task, rows, np.array([shard_of[name] for name in rows["article_id"]], dtype=np.int64), to_write, camps)
    result["n"] += len(whole)
    result["n_faults"] += len(skipped)
    result["n_bytes"] += int(whole["text"].str.len().sum())


def _write(
    task: _Analysing, rows: pd.DataFrame, place_of: NDArray[np.int64], shards: Sequence[_Written], camps: Camps
) -> None:
    """Divide what was analysed together among its shards, of which every article is in one, and write each.

    `place_of` says of each row which shard it belongs to; it never falls.
    """
    counts = counted(rows, camps)
    shard_of = dict(zip(rows["article_id"], place_of, strict=True))
    counts_of = np.array([shard_of[name] for name in counts["article_id"].to_pylist()], dtype=np.int64)
    by_shard = np.argsort(counts_of, kind="stable")
    written = arrow_table(redact(rows) if task.redacted else rows)
    for folder, table, places in (("counts", counts.take(by_shard), counts_of[by_shard]), ("rows", written, place_of)):
        bounds = np.searchsorted(places, np.arange(len(shards) + 1))
        for each, start, end in zip(shards, bounds[:-1], bounds[1:], strict=True):
            made = replace(task.made, articles=each.articles)
            about = {"n_articles": each.n_articles, "skipped": each.skipped}
            write_shard(task.store / folder / each.shard.name, table.slice(start, end - start), made, about)


def _try_articles(task: _Analysing) -> int:
    """Analyse articles for nothing but to see whether the worker survives it."""
    time.sleep(1)  # what watches over a worker gives it up where it ends before it is known to have begun
    with ONE_AT_A_TIME:
        table = stored_articles(task.store / WORK, [piece for _, _, pieces in task.shards for piece in pieces])
        with suppress(Exception):
            analysed(articles_of(table[~table["article_id"].isin(task.dead)]), _camps_of(task.camps))
    return len(table)
