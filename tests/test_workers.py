"""Real Dask clusters of processes: the same store as without, and nothing lost when one of them is killed."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dask
import pandas as pd
import pytest
from distributed import Client, LocalCluster

from discourse import scale, shuffle, workers
from discourse.analysis import analyse
from discourse.corpus import read_corpus
from discourse.scale import process_corpus
from discourse.store import StoreError, read_rows
from tests.killed_runs import contents
from tests.test_scale import constructed, in_order, run, write_rows

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # sockets of processes that were killed
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

# In a worker, an article with this word ends the process, as a fault in compiled code would.
DEADLY = """
import os, signal
from discourse import attribution
find = attribution.find_attributions
def find_attributions(article):
    if "المدمر" in article.text:
        os.kill(os.getpid(), signal.SIGKILL)
    return find(article)
attribution.find_attributions = find_attributions
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    folder = tmp_path_factory.mktemp("deadly")
    (folder / "sitecustomize.py").write_text(DEADLY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{Path(__file__).parent.parent}")
        with (
            dask.config.set({"distributed.scheduler.allowed-failures": 0}),
            LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=None, dashboard_address="127.0.0.1:0") as made,
        ):
            yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "PART_BYTES", 4_000)
    monkeypatch.setattr(scale, "TASK_ARTICLES", 4)
    monkeypatch.setattr(shuffle, "SHARD_ARTICLES", 4)


@pytest.mark.usefixtures("small")
def test_two_processes_write_what_one_writes_and_a_killed_worker_loses_nothing(
    tmp_path: Path, cluster: LocalCluster
) -> None:
    source = write_rows(tmp_path / "a.jsonl", constructed(40))
    run(source, tmp_path / "here")
    with Client(cluster) as client:
        seen = client.run(os.getpid)
        assert len(set(seen.values()) | {os.getpid()}) == 3
    done = run(source, tmp_path / "there", scheduler=cluster.scheduler_address)
    assert done.n_analysed == 40
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "there")), in_order(analyse(read_corpus(source))))

    killed: list[int] = []

    def kill_one() -> None:
        while not list((tmp_path / "killed" / "rows").rglob("*.parquet")):
            time.sleep(0.01)
        killed.append(next(iter(seen.values())))
        os.kill(killed[0], signal.SIGKILL)

    killer = threading.Thread(target=kill_one)
    killer.start()
    done = run(source, tmp_path / "killed", scheduler=cluster.scheduler_address)
    killer.join()
    assert killed
    assert done.faults == ()
    assert contents(tmp_path / "killed") == contents(tmp_path / "here")


@pytest.mark.usefixtures("small")
def test_an_article_that_ends_its_worker_is_named_and_costs_no_other(tmp_path: Path, cluster: LocalCluster) -> None:
    rows = constructed(10)
    source = write_rows(tmp_path / "a.jsonl", rows)
    plain = analyse(read_corpus(source))
    rows[6] = {**rows[6], "text": "أعلن المتحدث المدمر أن العمل مستمر."}
    write_rows(source, rows)
    done = run(source, tmp_path / "store", scheduler=cluster.scheduler_address)
    assert [str(fault) for fault in done.faults] == [
        f"{source}, row 7: article 'a6': the worker process ended each time it was analysed"
    ]
    kept = plain[plain["article_id"] != "a6"]
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "store")), in_order(kept))
    assert json.loads((tmp_path / "store" / "faults.jsonl").read_text(encoding="utf-8"))["row"] == 7


def test_a_cluster_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent.parent))
    source = write_rows(tmp_path / "a.jsonl", constructed(6))
    run(source, tmp_path / "here")
    process_corpus(source, tmp_path / "there", workers=2, progress=False)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")


def test_no_scheduler_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_rows(tmp_path / "a.jsonl", constructed(2))
    monkeypatch.setattr(workers, "PATIENCE", 0.5)
    with pytest.raises(StoreError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        run(source, tmp_path / "store", scheduler="tcp://127.0.0.1:9")


def test_several_workers_without_dask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_rows(tmp_path / "a.jsonl", constructed(2))
    monkeypatch.setattr(workers, "find_spec", lambda _: None)
    with pytest.raises(StoreError, match="several workers need Dask: pip install"):
        run(source, tmp_path / "store", workers=2)
    assert run(source, tmp_path / "store", workers=None).n_articles == 2  # one, where there is no Dask
