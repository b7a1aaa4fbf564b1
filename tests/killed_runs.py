"""Kill runs of `process_corpus` and finish them, from one process that has loaded everything: `python -m tests.killed_runs`."""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

from discourse import analyse, process_corpus, read_corpus, scale, shuffle

MOMENTS = 10  # at which a run is killed before its end


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def forked(work: Callable[[], object]) -> int:
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


def ended(child: int) -> int:
    """Wait for a child and give the signal that ended it; 0 where it came to its end."""
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError(f"a run failed with {os.WEXITSTATUS(status)}")
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def dying_at(count: int, work: Callable[[], object]) -> None:
    """Do some work, and die where the file of this number is about to take its place, or, of every other, just has."""
    seen = 0
    replace = Path.replace

    def counting(self: Path, target: Path) -> Path:
        nonlocal seen
        seen += 1
        if seen == count and count % 4 == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        moved = replace(self, target)
        if seen == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return moved

    Path.replace = counting  # type: ignore[method-assign,assignment]
    work()


def main(source: str, folder: str) -> None:
    """Print, for each killed run, whether a signal ended it and whether it was finished as if nothing had happened."""
    scale.PART_BYTES, scale.TASK_ARTICLES, shuffle.SHARD_ARTICLES = 4_000, (2, 6), 4
    analyse(read_corpus(source))  # load once; every run is a child that has it

    def run(store: Path) -> object:
        return process_corpus(source, store, workers=1, progress=False)

    whole = Path(folder) / "whole"
    start = time.monotonic()
    ended(forked(lambda: run(whole)))
    seconds = time.monotonic() - start
    wanted = contents(whole)
    chance = random.Random(8)
    found: dict[str, list[list[object]]] = {"moments": [], "files": []}
    while sum(not finished for _, finished, _ in found["moments"]) < MOMENTS and len(found["moments"]) < 4 * MOMENTS:
        store = Path(folder) / f"moment-{len(found['moments'])}"
        child = forked(lambda store=store: run(store))  # type: ignore[misc]
        time.sleep(seconds * chance.random())
        os.kill(child, signal.SIGKILL)
        signalled = ended(child)
        left = contents(store) if store.is_dir() else {}
        ended(forked(lambda store=store: run(store)))  # type: ignore[misc]
        found["moments"].append([signalled, left == wanted, contents(store) == wanted])
    number, signalled = -1, 1
    while signalled:
        number += 2
        store = Path(folder) / f"file-{number}"
        signalled = ended(forked(lambda store=store, n=number: dying_at(n, lambda: run(store))))  # type: ignore[misc]
        finished = contents(store) == wanted
        ended(forked(lambda store=store: run(store)))  # type: ignore[misc]
        found["files"].append([signalled, finished, contents(store) == wanted])
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
