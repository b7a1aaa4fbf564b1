"""Who does the tasks of a run, this process or a Dask cluster, and how far they are."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from discourse.store import StoreError

WORTH = 1 << 22  # bytes of the sources that take about as long to analyse as another worker takes to start
PATIENCE = 10  # seconds that a scheduler has to answer
ABANDONED = 60  # seconds without a result, behind which it is asked whether anybody is left

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ended:
    """What stands for the result of a task whose worker ended, each time that it was tried."""

    message: str


class Hands:
    """This process."""

    def results(self, work: Callable[[T], Any], tasks: Iterable[T]) -> Iterator[tuple[T, Any]]:
        """Give the result of each task, in whatever order they are done."""
        for task in tasks:
            yield task, work(task)


class _Cluster(Hands):
    """The workers of a Dask cluster."""

    def __init__(self, client: Any, own: bool) -> None:
        self._client = client
        self._own = own  # others' workers may still be waiting for their turn in a queue

    def results(self, work: Callable[[T], Any], tasks: Iterable[T]) -> Iterator[tuple[T, Any]]:
        dask: Any = import_module("distributed")

        waiting = iter(tasks)
        running: dict[Any, T] = {}
        # more than are worked on, so that nobody waits; not all, so that the scheduler holds few
        at_once = 2 * max(2, sum(self._client.nthreads().values()))
        try:
            while True:
                for task in islice(waiting, at_once - len(running)):
                    running[self._client.submit(work, task, pure=False)] = task
                if not running:
                    return
                try:
                    done = dask.wait(list(running), timeout=ABANDONED, return_when="FIRST_COMPLETED").done
                except TimeoutError:
                    if self._own and not self._client.nthreads():
                        raise StoreError("no worker is left, and none begins again; what is finished stays") from None
                    continue
                for future in done:
                    try:
                        result: Any = future.result()
                    except dask.KilledWorker as error:
                        result = Ended(str(error).partition("\n")[0])
                    yield running.pop(future), result
        except (OSError, TimeoutError) as error:
            raise StoreError(f"the Dask cluster is gone ({error}); what is finished stays") from error


@contextmanager
def hands_of(workers: int | None, scheduler: str | None, n_bytes: int, told: Told) -> Iterator[Hands]:
    """Give the workers of a cluster at an address, or of one on this machine; this process where one is wanted."""
    known = find_spec("distributed") is not None
    wanted = workers or (worthwhile(n_bytes) if known else 1)
    if scheduler is None and wanted == 1:
        yield Hands()
        return
    if not known:
        raise StoreError("several workers need Dask: pip install 'arabic-discourse[scale]', or give workers=1")
    distributed: Any = import_module("distributed")

    if scheduler is not None:
        told.say(f"asking the Dask scheduler at {scheduler}, which has {PATIENCE} seconds to answer")
        try:
            client = distributed.Client(scheduler, timeout=PATIENCE)
        except (OSError, ValueError) as error:
            raise StoreError(f"no Dask scheduler answers at {scheduler} ({error})") from None
        with client:
            yield _Cluster(client, own=False)
        return
    told.say(f"starting {wanted} workers, which takes some seconds")
    with ExitStack() as started:
        with _uninterrupted():
            client = started.enter_context(distributed.Client(started.enter_context(local_cluster(wanted))))
        try:
            yield _Cluster(client, own=True)
        finally:
            with _uninterrupted():
                started.close()


def worthwhile(n_bytes: int) -> int:
    """Say how many workers of this machine sources of a size are worth."""
    return min(os.cpu_count() or 1, 1 + n_bytes // WORTH)


@contextmanager
def local_cluster(workers: int) -> Iterator[Any]:
    """Start a Dask cluster of some processes on this machine."""
    dask: Any = import_module("dask")
    distributed: Any = import_module("distributed")

    settings = {
        "distributed.scheduler.allowed-failures": 0,  # a task whose worker ends is looked into at once
        "distributed.worker.profile.enabled": False,  # nobody looks at it, and it costs a twentieth of the work
    }
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            memory_limit=None,
            dashboard_address="127.0.0.1:0",
            silence_logs=logging.CRITICAL,  # what comes of an error is told by us
        ) as cluster,
    ):
        yield cluster


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off Ctrl-C until the end; threads and processes that begin here never hear of it.

    A terminal sends it to every process. Workers would each answer it with a traceback; this one ends them.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # begun with the first process, it would let the signal through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


# Progress -------------------------------------------------------------------------------------------------------------


# without tqdm's own rate, which is of the last moments: ours, of all the stage, stand behind the time left
_BAR = "{l_bar}{bar}| {n_fmt}/{total_fmt} [{elapsed}<{remaining}{postfix}]"


class Told:
    """Say how far a run is, on a bar and in a file."""

    def __init__(self, shown: bool, log: Any) -> None:
        self._shown = shown
        self._log = log

    def say(self, line: str) -> None:
        """Show a line where there is no bar yet."""
        if self._shown:
            print(line, file=sys.stderr, flush=True)

    @contextmanager
    def stage(self, name: str, total: int, unit: str) -> Iterator[Callable[[int, int, int, int], None]]:
        """Give a function to tell what is done: units of the stage, articles, bytes, faults."""
        from tqdm.auto import tqdm

        start = time.monotonic()
        sums = np.zeros(4, dtype=np.int64)
        last = 0.0
        bar = tqdm(
            total=total,
            unit=unit,
            unit_scale=unit == "B",
            desc=name,
            disable=not (self._shown and total),
            bar_format=_BAR,
        )

        def step(*done: int) -> None:
            nonlocal last
            sums[:] += done
            seconds = max(time.monotonic() - start, 1e-9)
            rates = sums / seconds
            bar.set_postfix_str(
                f"{rates[1]:.0f} articles/s, {rates[2] / 1e6:.2f} MB/s, {rates[3]:.2f} faults/s", refresh=False
            )
            bar.update(done[0])
            if self._log is not None and (seconds - last >= 1 or sums[0] >= total):
                last = seconds
                left = (total - int(sums[0])) / rates[0] if rates[0] else None
                line = {
                    "stage": name,
                    "seconds": round(seconds, 3),
                    "done": int(sums[0]),
                    "total": total,
                    "unit": unit,
                    "articles": int(sums[1]),
                    "bytes": int(sums[2]),
                    "faults": int(sums[3]),
                    "articles_per_second": round(float(rates[1]), 3),
                    "megabytes_per_second": round(float(rates[2]) / 1e6, 3),
                    "faults_per_second": round(float(rates[3]), 3),
                    "seconds_left": None if left is None else round(float(left), 1),
                }
                self._log.write(json.dumps(line) + "\n")
                self._log.flush()

        with bar:
            yield step


@contextmanager
def told_on(shown: bool, log: str | Path | None) -> Iterator[Told]:
    if log is None:
        yield Told(shown, None)
        return
    with Path(log).open("a", encoding="utf-8") as file:
        yield Told(shown, file)
