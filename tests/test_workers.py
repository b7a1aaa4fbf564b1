"""Real Dask clusters of processes: the same store as without, and nothing lost when one of them is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import dask
import pandas as pd
import psutil
import pytest
from distributed import Client, LocalCluster

from discourse import scale, shuffle, workers
from discourse.analysis import analyse
from discourse.corpus import read_corpus
from discourse.scale import process_corpus
from discourse.store import StoreError, read_rows
from tests.killed_runs import contents
from tests.test_scale import constructed, in_order, run, write_rows

ROOT = Path(__file__).parent.parent
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
        patch.setenv("PYTHONPATH", f"{folder}{os.pathsep}{ROOT}")
        with (
            dask.config.set({"distributed.scheduler.allowed-failures": 0}),
            LocalCluster(n_workers=2, threads_per_worker=1, memory_limit=None, dashboard_address="127.0.0.1:0") as made,
        ):
            yield made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "PART_BYTES", 4_000)
    monkeypatch.setattr(scale, "TASK_ARTICLES", (4, 4))
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


def test_a_cluster_of_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    source = write_rows(tmp_path / "a.jsonl", constructed(6))
    run(source, tmp_path / "here")
    process_corpus(source, tmp_path / "there", workers=2)
    assert contents(tmp_path / "there") == contents(tmp_path / "here")
    assert capsys.readouterr().err.startswith("starting 2 workers, which takes some seconds\n")


def test_ctrl_c_ends_in_one_line_and_the_same_command_goes_on(tmp_path: Path) -> None:
    """As a terminal sends it: to the command and to its workers; and twice, as impatience does."""
    source = write_rows(tmp_path / "a.jsonl", constructed(1_000))
    store = tmp_path / "store"
    command = [sys.executable, "-m", "discourse", "process", str(source), "--store", str(store), "--workers", "2"]
    # what a shell starts in the background hears no Ctrl-C, nor do its children: these tests may be started so
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    begun = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True)
    signal.signal(signal.SIGINT, heard)
    with begun:
        try:
            while begun.poll() is None and not list(store.glob("rows/**/*.parquet")):
                time.sleep(0.01)
            workers_of_it = psutil.Process(begun.pid).children(recursive=True)
            for _ in range(2):
                os.killpg(begun.pid, signal.SIGINT)
                time.sleep(0.2)
            _, said = begun.communicate(timeout=60)
        except BaseException:
            os.killpg(begun.pid, signal.SIGKILL)
            raise
    assert begun.returncode == 130
    last = said.splitlines()[-1]
    assert last == f"stopped; what is finished stays in {store}, and the same command goes on from there"
    assert "Traceback" not in said
    assert "Warning" not in said
    assert len(workers_of_it) >= 2
    _, alive = psutil.wait_procs(workers_of_it, timeout=10)
    assert alive == []
    kept = {path: path.stat().st_mtime_ns for path in (store / "rows").rglob("*.parquet")}
    assert kept
    assert not (store / "manifest.json").exists()
    subprocess.run([*command, "--quiet"], cwd=ROOT, check=True, timeout=120)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept
    run(source, tmp_path / "undisturbed")
    assert contents(store) == contents(tmp_path / "undisturbed")


def test_no_scheduler_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_rows(tmp_path / "a.jsonl", constructed(2))
    monkeypatch.setattr(workers, "PATIENCE", 0.5)
    with pytest.raises(StoreError, match="no Dask scheduler answers at tcp://127.0.0.1:9"):
        run(source, tmp_path / "store", scheduler="tcp://127.0.0.1:9")


def test_nobody_is_waited_for_where_no_worker_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "ABANDONED", 0.5)
    with (
        LocalCluster(n_workers=0, dashboard_address="127.0.0.1:0") as nobody,
        Client(nobody) as client,
        pytest.raises(StoreError, match="no worker is left, and none begins again; what is finished stays"),
    ):
        list(workers._Cluster(client, own=True).results(len, ["task"]))


def test_several_workers_without_dask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = write_rows(tmp_path / "a.jsonl", constructed(2))
    monkeypatch.setattr(workers, "find_spec", lambda _: None)
    with pytest.raises(StoreError, match="several workers need Dask: pip install"):
        run(source, tmp_path / "store", workers=2)
    monkeypatch.setattr(workers, "WORTH", 1)
    assert run(source, tmp_path / "store", workers=None).n_articles == 2  # one, where there is no Dask


def test_a_worker_for_each_4_megabytes_and_no_more_than_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    sizes = {0: 1, 4_000_000: 1, 5_000_000: 2, 9_000_000: 3, 10**12: 3}
    assert {size: workers.worthwhile(size) for size in sizes} == sizes
    monkeypatch.setattr("os.cpu_count", lambda: None)  # where Python cannot tell
    assert workers.worthwhile(10**12) == 1


def test_a_small_corpus_starts_no_other_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write_rows(tmp_path / "a.jsonl", constructed(2))
    process_corpus(source, tmp_path / "store")
    assert "starting" not in capsys.readouterr().err
