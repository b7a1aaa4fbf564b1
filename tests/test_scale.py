"""Corpora of any size: the same rows however they are divided, and nothing lost, whatever ends a run."""

from __future__ import annotations

import gc
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from discourse import digests, partition, scale, shuffle, store
from discourse.analysis import analyse
from discourse.corpus import Article, read_corpus
from discourse.partition import ArticleSkipped, analyse_partition
from discourse.scale import process_corpus
from discourse.speakers import Camps
from discourse.store import StoreError, read_counts, read_manifest, read_rows
from discourse.summaries import count_rows, merge_counts
from discourse.tables import TableError, articles_table, restore_texts
from tests.killed_runs import MOMENTS, contents

ROOT = Path(__file__).parent.parent
SPEAKERS = ("الكرملين", "البيت الأبيض", "وزير الخارجية الكازاخستاني", "متحدث محلي", "حلف شمال الأطلسي")
VERBS = ("أعلن", "أكد", "زعم", "نفى", "حذر")
CONTENTS = (
    "أن المحادثات مستمرة حتى نهاية الأسبوع",
    "أن العقوبات الأمريكية غير قانونية",
    "«أن الوضع الأمني خطير للغاية»",
    "أن خسائر السوق كبيرة هذا العام",
)
OUTLETS = ("صحيفة النهار الجديد", "the-paper/../x", None)
DAYS = ("2022-01-06", "2022-01-20", "2022-02-03", None)


def constructed(number: int, chance: random.Random | None = None) -> list[dict[str, object]]:
    """Articles of constructed sentences, as rows of a .jsonl file."""
    chance = chance or random.Random(number)
    rows = []
    for place in range(number):
        said = [f"{chance.choice(VERBS)} {chance.choice(SPEAKERS)} {chance.choice(CONTENTS)}." for _ in range(3)]
        row = {"article_id": f"a{place}", "title": f"العنوان {place}", "text": " ".join(said)}
        rows.append({**row, "outlet": chance.choice(OUTLETS), "date": chance.choice(DAYS)})
    return rows


def write_rows(path: Path, rows: list[dict[str, object]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts, shards and tasks so small that a few articles are many of them."""
    monkeypatch.setattr(scale, "PART_BYTES", 4_000)
    monkeypatch.setattr(scale, "TASK_ARTICLES", (4, 4))
    monkeypatch.setattr(shuffle, "SHARD_ARTICLES", 4)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "in" / "articles.jsonl", constructed(40))


def run(source: object, folder: Path, **options: object) -> scale.Processed:
    return process_corpus(source, folder, **{"workers": 1, "progress": False, **options})  # type: ignore[arg-type]


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.sort_values("article_id", kind="stable", ignore_index=True)


def but_manifest(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in contents(folder).items() if name != "manifest.json"}


def without_inputs(folder: Path) -> dict[str, object]:
    return {key: value for key, value in read_manifest(folder).items() if key != "inputs"}


# The same rows --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_a_store_holds_what_the_plain_call_gives(tmp_path: Path, source: Path) -> None:
    done = run(source, tmp_path / "store")
    rows = analyse(read_corpus(source))
    assert len(rows) >= 60
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "store")), in_order(rows))
    pd.testing.assert_frame_equal(read_counts(tmp_path / "store"), count_rows(rows))
    assert (done.n_articles, done.n_attributions, done.n_analysed, done.faults) == (40, len(rows), 40, ())
    manifest = read_manifest(tmp_path / "store")
    assert (manifest["n_articles"], manifest["n_attributions"], manifest["n_faults"]) == (40, len(rows), 0)
    assert {(s["outlet"], s["month"]) for s in manifest["shards"]} == {
        (row["outlet"], row["date"] and str(row["date"])[:7]) for row in constructed(40)
    }
    january = read_rows(tmp_path / "store", outlets=[OUTLETS[0]], months=["2022-01"])
    chosen = rows[(rows["outlet"] == OUTLETS[0]) & (rows["date"].dt.strftime("%Y-%m") == "2022-01")]
    pd.testing.assert_frame_equal(in_order(january), in_order(chosen))
    # no own query code: any reader of Parquet goes through the store
    query = ds.dataset(tmp_path / "store" / "rows").to_table(filter=ds.field("camp") == "moscow")
    assert query.num_rows == (rows["camp"] == "moscow").sum() > 0


def test_the_same_files_however_the_sources_are_divided(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shuffle, "SHARD_ARTICLES", 4)
    run(source, tmp_path / "one")
    rows = constructed(40)
    random.Random(3).shuffle(rows)
    files = [write_rows(tmp_path / "many" / f"{n}.jsonl", rows[n::7]) for n in range(7)]
    for part_bytes, task_articles in ((1_000, (1, 1)), (9_000, (3, 17))):
        monkeypatch.setattr(scale, "PART_BYTES", part_bytes)
        monkeypatch.setattr(scale, "TASK_ARTICLES", task_articles)
        monkeypatch.setattr(shuffle, "_BATCH_CHARACTERS", part_bytes)
        folder = tmp_path / f"store-{part_bytes}"
        run(files[::-1], folder)
        assert but_manifest(folder) == but_manifest(tmp_path / "one")
        assert without_inputs(folder) == without_inputs(tmp_path / "one")


def test_more_parts_than_a_process_may_open_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scale, "PART_BYTES", 300)
    source = write_rows(tmp_path / "a.jsonl", [{**row, "outlet": "one"} for row in constructed(60)])
    wanted = analyse(read_corpus(source))  # opens what is opened once
    assert len(scale._parts_of([source])) >= 40
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/dev/fd")) + 20, hard))
        run(source, tmp_path / "store")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "store")), in_order(wanted))


@pytest.mark.usefixtures("small")
def test_the_last_tasks_are_small_so_that_no_worker_waits_long_for_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(scale, "TASK_ARTICLES", (3, 20))
    analyse_shards = scale._analyse_shards

    def counted(task: scale._Analysing) -> dict[str, object]:
        sizes.append(task.n_articles)
        return analyse_shards(task)

    monkeypatch.setattr(scale, "_analyse_shards", counted)
    run(write_rows(tmp_path / "a.jsonl", constructed(100)), tmp_path / "store")
    assert sum(sizes) == 100
    assert sizes[0] >= 20
    assert max(sizes[-3:]) < 10
    assert min(sizes[:-1]) >= 3


@pytest.mark.usefixtures("small")
def test_an_id_that_stands_twice_counts_where_it_stands_first(tmp_path: Path) -> None:
    rows = constructed(12)
    first = write_rows(tmp_path / "a.jsonl", rows)
    second = write_rows(
        tmp_path / "b.jsonl", [{**rows[5], "text": "قال الوزير إن العمل انتهى."}, *constructed(14)[12:]]
    )
    done = run([first, second], tmp_path / "store")
    assert [str(fault) for fault in done.faults] == [
        f"{second}, row 1: article_id 'a5' again; it was first in {first}, row 6"
    ]
    whole = read_corpus(first, second)
    assert [str(fault) for fault in whole.faults] == [str(fault) for fault in done.faults]
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "store")), in_order(analyse(whole)))


def test_a_partition_is_a_table_of_articles(source: Path) -> None:
    articles = read_corpus(source).articles
    rows = analyse_partition(articles_table(articles))
    pd.testing.assert_frame_equal(rows, analyse(articles))
    nothing = analyse_partition(articles_table(()))
    assert list(nothing.columns) == list(rows.columns)
    assert nothing.empty


@pytest.mark.usefixtures("small")
def test_columns_names_and_metadata_are_as_in_reading(tmp_path: Path) -> None:
    rows = [{"body": row["text"], "paper": row["outlet"]} for row in constructed(12)]
    source = write_rows(tmp_path / "in" / "below" / "a.jsonl", rows)
    columns = {"text": "body", "outlet": "paper"}
    run(source.parent.parent, tmp_path / "store", columns=columns)
    plain = analyse(read_corpus(source.parent.parent, columns=columns))
    assert set(plain["article_id"]) == {f"below/a:{row}" for row in range(1, 13)}
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "store")), in_order(plain))
    pages = tmp_path / "pages"
    pages.mkdir()
    for number, row in enumerate(constructed(3)):
        (pages / f"p{number}.txt").write_text(str(row["text"]), encoding="utf-8")
    beside = tmp_path / "about.csv"
    beside.write_text("file,outlet\np0.txt,x\np1.txt,y\np2.txt,x\ngone.txt,z\n", encoding="utf-8")
    done = run(pages, tmp_path / "other", metadata=beside)
    whole = read_corpus(pages, metadata=beside)
    assert [str(fault) for fault in done.faults] == [str(fault) for fault in whole.faults]
    assert len(done.faults) == 1
    assert {shard["outlet"] for shard in read_manifest(tmp_path / "other")["shards"]} == {"x", "y"}


def test_analysing_leaves_no_garbage_to_look_for(source: Path) -> None:
    articles = read_corpus(source).articles
    analyse(articles[:1])  # loads the data
    gc.collect()
    gc.disable()
    try:
        analyse(articles)
        left = gc.collect()
    finally:
        gc.enable()
    assert left < len(articles)
    analyse(articles)
    assert gc.isenabled()


# Nothing lost ---------------------------------------------------------------------------------------------------------


def test_runs_that_are_killed_are_finished_as_if_nothing_had_happened(tmp_path: Path) -> None:
    source = write_rows(tmp_path / "in" / "articles.jsonl", constructed(16))
    told = subprocess.run(
        [sys.executable, "-m", "tests.killed_runs", str(source), str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=400,
    )
    found = json.loads(told.stdout)
    moments, files = found["moments"], found["files"]
    assert [same for _, _, same in (*moments, *files)] == [True] * len(moments + files)
    # a run that has ended before its moment came is no killed one
    assert sum(signalled == signal.SIGKILL and not over for signalled, over, _ in moments) == MOMENTS >= 10
    # and at every other file of the store, just before or behind the moment in which it takes its place
    assert [signalled for signalled, _, _ in files] == [signal.SIGKILL] * (len(files) - 1) + [0]
    assert len(files) > 10
    assert not any(over for _, over, _ in files[:-1])


HOLDS = """
import sys, time
from pathlib import Path
from discourse.store import held_alone
with held_alone(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.mark.usefixtures("small")
def test_one_run_writes_a_store_at_a_time_and_a_dead_one_holds_nobody_up(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "store"
    run(source, folder)
    wanted = contents(folder)
    with subprocess.Popen([sys.executable, "-c", HOLDS, str(folder)], cwd=ROOT, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(StoreError) as caught:
            run(source, folder)
        assert str(caught.value) == (
            f"{folder}: another run is writing it; wait until it has ended, or give a store of its own"
        )
        assert contents(folder) == wanted  # what stood there stands
        other.kill()
    assert (folder / store.LOCK).is_file()
    run(source, folder)
    assert contents(folder) == wanted


@pytest.mark.usefixtures("small")
def test_only_what_has_changed_is_analysed(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "store"
    run(source, folder)
    before = {path: path.stat().st_mtime_ns for path in (folder / "rows").rglob("*.parquet")}
    again = run(source, folder)
    assert again.n_analysed == 0
    assert {path: path.stat().st_mtime_ns for path in (folder / "rows").rglob("*.parquet")} == before
    rows = constructed(40)
    changed = rows[7]
    rows[7] = {**changed, "text": "حذر البيت الأبيض من أن الوضع خطير."}
    write_rows(source, rows)
    later = run(source, folder)
    touched = [p for p in before if p.stat().st_mtime_ns != before[p]]
    assert len(touched) == 1
    assert later.n_analysed == pq.read_table(touched[0]).column("article_id").unique().__len__() <= 8
    pd.testing.assert_frame_equal(in_order(read_rows(folder)), in_order(analyse(read_corpus(source))))
    # an outlet that is gone leaves no file behind
    write_rows(source, [row for row in rows if row["outlet"] is not None])
    run(source, folder)
    assert not (folder / "rows" / "no-outlet").exists()
    pd.testing.assert_frame_equal(in_order(read_rows(folder)), in_order(analyse(read_corpus(source))))


@pytest.mark.usefixtures("small")
def test_a_store_of_another_study_says_why_it_is_made_anew(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "store"
    run(source, folder)
    run(source, folder, progress=True)
    assert "was made with" not in capsys.readouterr().err
    run(source, folder, progress=True, camps=Camps(("moscow",), {"moscow": {"en": "Moscow"}}, {"russia": "moscow"}, {}))
    said = capsys.readouterr().err.splitlines()[0]
    assert said == f"{folder} was made with other camps or redaction: what that touches is made anew"


@pytest.mark.usefixtures("small")
def test_a_changed_lexicon_of_scores_leaves_finding_alone(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "store"
    run(source, folder)
    before = but_manifest(folder)
    taken = digests.lexicon_digests()

    def found_anew(*_: object) -> None:
        raise AssertionError("attributions were found anew")

    monkeypatch.setattr(
        scale, "lexicon_digest", lambda scoring: "changed" if scoring else digests.lexicon_digest(False)
    )
    with monkeypatch.context() as patch:
        patch.setattr(partition, "analyse", found_anew)
        assert run(source, folder).n_analysed == 0
    after = but_manifest(folder)
    assert set(after) == set(before)
    assert after != before  # what it was made with is in the files
    pd.testing.assert_frame_equal(in_order(read_rows(folder)), in_order(analyse(read_corpus(source))))
    monkeypatch.setattr(scale, "lexicon_digest", lambda scoring: "changed")
    assert run(source, folder).n_analysed == 40
    assert "ar/sentiment/terms.tsv" in taken
    assert "ar/labels.yml" not in taken


def test_the_data_that_only_scores_read_is_known() -> None:
    """Finding and resolving open no file of SCORES_ONLY, and the whole chain opens none that no digest is taken of."""
    script = """
import json, sys
opened = []
def listen(event, arguments):
    if event == "open" and "/discourse/data/" in str(arguments[0]):
        opened.append(str(arguments[0]).split("/discourse/data/")[1])
sys.addaudithook(listen)
from discourse.analysis import score_all
from discourse.attribution import find_attributions
from discourse.corpus import Article
from discourse.speakers import resolve_speakers
from discourse.tables import attributions_table
article = Article("a", "", "أعلن الكرملين أن العقوبات خطيرة. وأكد البيت الأبيض أن المحادثات مستمرة.")
found = resolve_speakers(article, find_attributions(article))
finding = sorted(set(opened))
score_all(attributions_table([article], found))
print(json.dumps([finding, sorted(set(opened))]))
"""
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    finding, all_of_it = json.loads(told.stdout)
    assert "ar/cues.yml" in finding
    assert [name for name in finding if name.startswith(digests.SCORES_ONLY)] == []
    assert set(all_of_it) <= set(digests.lexicon_digests())
    assert any(name.startswith("ar/sentiment/") for name in all_of_it)


@pytest.mark.usefixtures("small")
def test_an_article_that_breaks_the_chain_costs_no_other(
    tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = analyse(read_corpus(source))

    def breaking(articles: list[Article], camps: object = None) -> pd.DataFrame:
        if any(article.id == "a7" for article in articles):
            raise ZeroDivisionError("seven")
        return analyse(articles, camps)  # type: ignore[arg-type]

    monkeypatch.setattr(partition, "analyse", breaking)
    done = run(source, tmp_path / "store")
    message = "article 'a7': it could not be analysed (ZeroDivisionError: seven)"
    assert [str(fault) for fault in done.faults] == [f"{source}, row 8: {message}"]
    assert [json.loads(line) for line in (tmp_path / "store" / "faults.jsonl").read_text().splitlines()] == [
        {"file": str(source), "row": 8, "message": message}
    ]
    pd.testing.assert_frame_equal(in_order(read_rows(tmp_path / "store")), in_order(plain[plain["article_id"] != "a7"]))
    # the fault is known as long as the shard stands
    assert [str(fault) for fault in run(source, tmp_path / "store").faults] == [f"{source}, row 8: {message}"]
    with pytest.warns(ArticleSkipped, match="article 'a7': it could not be analysed"):
        analyse_partition(articles_table(read_corpus(source)))


@pytest.mark.usefixtures("small")
def test_a_corrupt_parquet_file_among_the_sources(tmp_path: Path, source: Path) -> None:
    table = pd.DataFrame(constructed(30)[20:])
    sound = tmp_path / "in" / "b.parquet"
    table.to_parquet(sound)
    data = sound.read_bytes()
    (tmp_path / "in" / "c.parquet").write_bytes(data[: len(data) // 2])
    write_rows(source, constructed(20))
    done = run(tmp_path / "in", tmp_path / "store")
    (fault,) = done.faults
    assert str(fault).startswith(f"{tmp_path}/in/c.parquet: not a readable parquet file (")
    assert done.n_articles == 30


@pytest.mark.usefixtures("small")
def test_a_damaged_store(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "store"
    run(source, folder)
    wanted = contents(folder)
    one, other, third = sorted((folder / "rows").rglob("*.parquet"))[:3]
    data = bytearray(one.read_bytes())
    data[len(data) // 4] ^= 0xFF
    one.write_bytes(data)
    with pytest.raises(StoreError) as caught:
        read_rows(folder)
    assert str(caught.value).startswith(f"{one}: damaged (")
    assert str(caught.value).endswith("); delete it and run `discourse process` again")
    one.unlink()
    other.write_bytes(other.read_bytes()[:-40])
    third.write_bytes(b"")
    (folder / "counts.parquet").unlink()
    run(source, folder)
    assert contents(folder) == wanted


def test_a_store_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store here"):
        read_rows(tmp_path)
    (tmp_path / ".work").mkdir()
    with pytest.raises(StoreError, match="is not finished; run `discourse process` again to go on"):
        read_counts(tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StoreError, match="not readable"):
        read_manifest(tmp_path)


@pytest.mark.usefixtures("small")
def test_nothing_of_an_outlet(tmp_path: Path, source: Path) -> None:
    run(source, tmp_path / "store")
    with pytest.raises(StoreError, match="holds nothing of the outlets and months asked for"):
        read_rows(tmp_path / "store", outlets=["nobody"])


@pytest.mark.usefixtures("small")
def test_counts_of_some_classes(tmp_path: Path, source: Path) -> None:
    run(source, tmp_path / "store")
    whole = read_counts(tmp_path / "store")
    fewer = read_counts(tmp_path / "store", ["sentiment", "camp"])
    assert list(fewer.columns) == ["article_id", "outlet", "date", "sentiment", "camp", "n", "sentiment_score"]
    pd.testing.assert_frame_equal(fewer, merge_counts([whole], ["sentiment", "camp"]))
    with pytest.raises(StoreError, match=r"counts\.parquet: no class mood; its classes: camp, speaker, type, act, "):
        read_counts(tmp_path / "store", ["camp", "mood"])


@pytest.mark.usefixtures("small")
def test_a_full_disk_is_told_and_the_next_run_goes_on(tmp_path: Path, source: Path) -> None:
    """The kernel refuses to write more than some kilobytes a file, as a full disk refuses to write at all."""
    folder = tmp_path / "store"
    run(source, tmp_path / "whole")
    largest = max(path.stat().st_size for path in (tmp_path / "whole" / "rows").rglob("*.parquet"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1, hard))
        with pytest.raises(
            StoreError, match=r"store: cannot be written \(.*\); see to that and call again: what is finished stays"
        ):
            run(source, folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert not list(folder.rglob("*.part"))
    run(source, folder)
    assert contents(folder) == contents(tmp_path / "whole")


def test_a_corpus_of_which_nothing_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("not JSON\n")
    done = run(path, tmp_path / "store")
    assert (done.n_articles, len(done.faults)) == (0, 1)
    assert read_counts(tmp_path / "store").empty
    assert read_manifest(tmp_path / "store")["shards"] == []


# Privacy --------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_a_redacted_store_holds_no_text_and_leads_back_to_it(tmp_path: Path, source: Path) -> None:
    folder = tmp_path / "store"
    rows = constructed(40)
    bad = {"article_id": "bad", "title": "", "text": ["كلام لا يعاد"], "outlet": None, "date": "كلام لا يعاد"}
    write_rows(source, [*rows, bad])
    done = run(source, folder, redacted=True)
    assert [fault.row for fault in done.faults] == [41]
    words = {word.strip("«».") for row in rows for word in f"{row['title']} {row['text']}".split()} | {"كلام", "يعاد"}
    words = {word for word in words if len(word) > 3}
    lemmas = {"أعلن", "أكد", "زعم", "نفى", "حذر"}
    for path in folder.rglob("*"):
        if path.suffix == ".parquet":
            written = json.dumps(
                pq.read_table(path).drop_columns(["outlet"]).to_pylist(), ensure_ascii=False, default=str
            )
            written += str(pq.read_metadata(path).metadata)
        elif path.is_file():
            written = path.read_text(encoding="utf-8")
        else:
            continue
        found = {word for word in words if word in written} - lemmas - {"صحيفة", "النهار", "الجديد"}
        assert found == set(), path
    articles = read_corpus(source).articles
    plain = in_order(analyse(articles))
    redacted = in_order(read_rows(folder))
    assert "content" not in redacted
    assert redacted["content_spans"].tolist() == plain["content_spans"].tolist()
    pd.testing.assert_frame_equal(restore_texts(redacted, articles), plain)
    with pytest.raises(TableError) as caught:
        restore_texts(redacted, [Article(a.id, a.title, a.text[:5]) for a in articles[1:]])
    first, *_, last = str(caught.value).splitlines()
    assert first.endswith("of article 'a0': no such article is given")
    assert last.endswith(f": its article has {len(articles[9].title) + 6} characters")


# Progress -------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
def test_progress_is_told_on_the_terminal_and_in_a_log(
    tmp_path: Path, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.jsonl"
    slow = scale._analyse_shards
    monkeypatch.setattr(scale, "_analyse_shards", lambda task: (time.sleep(1), slow(task))[1])
    rows = constructed(16)
    source.write_text("broken\n", encoding="utf-8")
    write_rows(tmp_path / "in" / "more.jsonl", rows)
    run(tmp_path / "in", tmp_path / "store", progress=True, log=log)
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    size = sum(path.stat().st_size for path in (tmp_path / "in").iterdir())
    reading = [line for line in lines if line["stage"] == "reading"][-1]
    assert (reading["done"], reading["bytes"], reading["articles"], reading["faults"]) == (size, size, 16, 1)
    analysing = [line for line in lines if line["stage"] == "analysing"]
    assert analysing[-1]["articles"] == 16
    assert analysing[-1]["seconds_left"] == 0
    assert len(analysing) > 1
    assert analysing[0]["seconds_left"] > 0
    assert analysing[-1]["articles_per_second"] == pytest.approx(16 / analysing[-1]["seconds"], rel=0.01)
    shown = capsys.readouterr().err
    assert "articles/s" in shown
    assert "faults/s" in shown
    assert "analysing:   0%" in shown  # a bar stands there before anything is done
    assert "article/s" not in shown  # one rate of articles, not two
    run(tmp_path / "in", tmp_path / "other", progress=False)
    assert capsys.readouterr() == ("", "")
