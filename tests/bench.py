"""Speed and memory of the chain, as ratios against camel-tools' tokeniser in the same run: `make bench`.

``make bench ARTICLES="1000 10000 100000"`` processes as many articles, on two cores where the call takes two, and
writes the tables of docs/scaling.md;
``python -m tests.bench core`` measures one core alone. All measure the modules that Python finds: `make bench` sees to it that
those are compiled where there is a C compiler, and what the Python modules do is measured beside them.
"""

from __future__ import annotations

import atexit
import json
import os
import platform
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from threading import Barrier
from typing import TYPE_CHECKING

from camel_tools.tokenizers.word import simple_word_tokenize

import discourse.attribution
from discourse.analysis import analyse
from discourse.attribution import find_attributions
from discourse.corpus import Article, read_study
from discourse.engagement import score_engagement
from discourse.framing import score_frames
from discourse.mentions import read_text
from discourse.republished import find_republished
from discourse.scale import TASK_ARTICLES, process_corpus
from discourse.sentiment import load_sentiment, score_sentiment
from discourse.speakers import resolve_speakers
from discourse.stance import score_stance
from discourse.tables import attributions_table
from discourse.wording import score_wording
from discourse.workers import local_cluster, worthwhile
from tests.baselines import verb_window
from tests.hostile import SAID
from tests.planted_copies import generated

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpora" / "kazakhstan-2022"
PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- measured: written by tests/bench.py -->", "<!-- end of measured -->"
COMPILED = not discourse.attribution.__file__.endswith(".py")
PINS = hasattr(os, "sched_setaffinity")  # not on macOS
ENOUGH = 3_000  # articles of which the ends of a run, where a core has nothing to do, are a small part
FEW = 1_000  # articles that are processed over and over
LOADING = 400  # articles behind which another one costs what it will cost
ROUNDS = 2
SAMPLE = 40  # articles for the disambiguator, which is slow


def _in_turns(works: dict[str, Callable[[], object]], rounds: int = 5) -> dict[str, float]:
    """Processor seconds of each work, the best of some rounds; in turns, so that what else the machine does meets all."""
    best = dict.fromkeys(works, float("inf"))
    for _ in range(rounds):
        for name, work in works.items():
            read_text.cache_clear()  # so that every content is read anew, as in a corpus of other articles
            load_sentiment().weigh.cache_clear()
            start = time.process_time()
            work()
            best[name] = min(best[name], time.process_time() - start)
    return best


def _attribute(articles: list[Article]) -> pd.DataFrame:
    attributions = [a for article in articles for a in resolve_speakers(article, find_attributions(article))]
    return attributions_table(articles, attributions)


def _scorers(table: pd.DataFrame) -> dict[str, Callable[[], object]]:
    """Each score of a table, with the columns that it needs at hand."""
    engaged = score_engagement(table)
    felt = score_sentiment(engaged)
    return {
        "engagement": lambda: score_engagement(table),
        "wording": lambda: score_wording(table),
        "sentiment": lambda: score_sentiment(engaged),
        "stance": lambda: score_stance(felt),
        "frames": lambda: score_frames(felt),
    }


def _generated(number: int) -> Iterator[Article]:
    """Articles of sentences drawn from the project's own corpus, of two outlets in twelve months."""
    chance = random.Random(number)
    base = read_study(CORPUS).articles
    sentences = [line for article in base for line in re.split(r"(?<=[.؟])\s+", article.text) if line.strip()]
    length = round(len(sentences) / len(base))
    for place in range(number):
        text = " ".join(chance.sample(sentences, length))
        day = f"{2019 + place % 4}-{place % 12 + 1:02}-{place % 28 + 1:02}"
        yield Article(f"g{place}", chance.choice(base).title, text, base[place % 10].outlet, date.fromisoformat(day))


def _write_articles(path: Path, articles: Iterable[Article]) -> int:
    """Write articles as a .jsonl file, and say how many words they have."""
    words = 0
    with path.open("w", encoding="utf-8") as file:
        for article in articles:
            words += len(article.document.split())
            row = {"article_id": article.id, "title": article.title, "text": article.text}
            row |= {"outlet": article.outlet, "date": str(article.date)}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return words


@cache
def _as_started_before() -> dict[str, str]:
    """The environment of a process that finds what Python has compiled at the start before."""
    folder = tempfile.TemporaryDirectory()
    atexit.register(folder.cleanup)
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": folder.name}


def _from_cold(code: str) -> tuple[float, float]:
    """Seconds and processor seconds that a process of its own takes for some code, the best of five."""
    best = [float("inf"), float("inf")]
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], env=_as_started_before(), check=True)
        seconds = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = [min(best[0], seconds), min(best[1], used)]
    return best[0], best[1]


def _imports(code: str) -> list[str]:
    """The packages whose import takes longest in some code, as rows of a table."""
    command = [sys.executable, "-X", "importtime", "-c", code]
    told = subprocess.run(command, env=_as_started_before(), stderr=subprocess.PIPE, text=True, check=True)
    spent: Counter[str] = Counter()
    for line in told.stderr.splitlines():
        own, _, name = (cell.strip() for cell in line.removeprefix("import time:").split("|"))
        if own.isdigit():
            package, _, module = name.partition(".")
            spent[name if package == "discourse" and module else package] += int(own)
    total = sum(spent.values())
    rows = [f"| `{name}` | {micros / 1000:.0f} |" for name, micros in spent.most_common(12)]
    return ["| import | ms |", "|---|---:|", *rows, f"| all of them | {total / 1000:.0f} |"]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _mle(articles: list[Article]) -> str:
    """Words per second of camel-tools' disambiguator, or why they were not measured."""
    from discourse.camel import CamelDataError, load_morphology

    try:
        load_morphology()
        from camel_tools.disambig.mle import MLEDisambiguator

        disambiguator = MLEDisambiguator.pretrained()
    except (CamelDataError, FileNotFoundError, OSError) as error:
        return f"not measured: {str(error).splitlines()[0].replace(str(Path.home()), '~')}"
    sample = [simple_word_tokenize(article.document) for article in articles[:SAMPLE]]
    seconds = _in_turns({"mle": lambda: [disambiguator.disambiguate(words) for words in sample]}, rounds=1)["mle"]
    return f"{sum(map(len, sample)) / seconds:,.0f} words/s"


def _pin(cores: int) -> None:
    """Keep this process, and those that it will start, on so many cores."""
    if PINS:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])


def _processed(numbers: list[int], cores: int) -> list[dict[str, float]]:
    """Process as many generated articles with a worker a core, or alone where so few are not worth another; measure each run.

    All processes have loaded their data before.
    """
    with ProcessPoolExecutor(1, get_context("spawn"), _pin, (cores,)) as pool:
        return pool.submit(_runs, numbers, cores).result()


def _runs(numbers: list[int], workers: int) -> list[dict[str, float]]:
    from distributed import Client

    measured: list[dict[str, float]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        local_cluster(workers) as cluster,
        Client(cluster) as client,
        ProcessPoolExecutor(1, get_context("spawn"), _load) as single,
    ):
        client.run(_load)
        # the first runs are for the driver, and for the process that is alone
        for turn, number in enumerate([ENOUGH, LOADING, *numbers]):
            source, store, log = (Path(folder) / f"{turn}{suffix}" for suffix in (".jsonl", "", ".log"))
            words = _write_articles(source, _generated(number))
            size = source.stat().st_size
            if worthwhile(size) == 1:
                cores, driver, driver_peak = 1, 0.0, 0
                seconds, worker, worker_peak = single.submit(_run, number, source, store, log).result()
            else:
                cores, before = workers, sum(client.run(_spent).values())
                seconds, driver, driver_peak = _run(number, source, store, log, cluster.scheduler_address)
                worker, worker_peak = sum(client.run(_spent).values()) - before, max(client.run(_peak).values())
            run = {
                "articles": number,
                "cores": cores,
                "seconds": seconds,
                "words": words,
                "milliseconds": 1000 * seconds * cores / number,
                "worker spent": 1000 * worker / number,
                "driver spent": 1000 * driver / number,
                "worker": worker_peak / 1e3,
                "driver": driver_peak / 1e3,
                "source": size / number,
                "store": sum(path.stat().st_size for path in store.rglob("*.parquet")) / number,
                "counts": (store / "counts.parquet").stat().st_size / number,
            }
            measured.append(run)
    return measured[2:]


def _run(number: int, source: Path, store: Path, log: Path, scheduler: str | None = None) -> tuple[float, float, int]:
    """Process a file of articles; give seconds, processor seconds of this process, and what memory it has taken at most."""
    before, start = _spent(), time.perf_counter()
    done = process_corpus(source, store, workers=1, scheduler=scheduler, progress=False, log=log)
    seconds = time.perf_counter() - start
    assert (done.n_articles, done.faults) == (number, ())
    return seconds, _spent() - before, _peak()


def _load() -> None:
    """Read and analyse some articles in this process, so that it has loaded all that it will need."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        _write_articles(source, _generated(LOADING))
        process_corpus(source, Path(folder) / "store", workers=1, progress=False)


def _side_by_side(processes: int) -> float:
    """Seconds of the slowest of some processes, on a core each, that only analyse articles in memory."""
    spawned = get_context("spawn")
    with spawned.Manager() as manager, ProcessPoolExecutor(processes, spawned) as pool:
        together = manager.Barrier(processes)
        return max(pool.map(_alone, range(processes), [together] * processes))


def _alone(core: int, together: Barrier) -> float:
    if PINS:
        os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[core]})
    articles = list(_generated(ENOUGH))
    _load()
    together.wait()
    start = time.perf_counter()
    _in_tasks(articles)
    return time.perf_counter() - start


def _in_tasks(articles: list[Article]) -> None:
    at_once = max(TASK_ARTICLES)
    for first in range(0, len(articles), at_once):
        analyse(articles[first : first + at_once])


def _stored_or_not(articles: list[Article]) -> tuple[float, float]:
    """Processor seconds of analysing articles in memory, and of processing a file of them into a store, in one process."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "articles.jsonl"
        _write_articles(source, articles)

        def store() -> None:
            with tempfile.TemporaryDirectory() as anew:
                process_corpus(source, anew, workers=1, progress=False)

        best = _in_turns({"plain": lambda: _in_tasks(articles), "stored": store})
    return best["plain"], best["stored"]


def _show(run: dict[str, float], reference: float) -> str:
    return (
        f"| {run['articles']:,} | {run['cores']} | {run['seconds']:,.1f} | {run['words'] / run['seconds']:,.0f} "
        f"| {run['words'] / run['seconds'] / reference:.2f} | {run['milliseconds']:.2f} | {run['worker spent']:.2f} "
        f"| {run['driver spent']:.2f} | {run['worker']:.0f} | {run['driver']:.0f} | {run['store'] / 1e3:.2f} "
        f"| {run['counts'] / 1e3:.3f} |"
    )


COLUMNS = (
    *("articles", "cores", "seconds", "words/s", "by simple_word_tokenize on one core", "ms a core and article"),
    *("workers, processor ms an article", "driver, processor ms an article"),
    *("worker, MB at most", "driver, MB at most", "store, kB an article", "counts, kB an article"),
)
HEADER = (f"| {' | '.join(COLUMNS)} |", "|---:" * len(COLUMNS) + "|")
MANY = 10_000_000


def _write(lines: list[str]) -> None:
    """Put what was measured in its place in docs/scaling.md."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    behind = rest.split(END)[1]
    PAGE.write_text("\n".join([before + BEGIN, "", *lines, "", END + behind]), encoding="utf-8")


def _say(*lines: str) -> list[str]:
    """Print lines at once and give them back."""
    print(*lines, "", sep="\n", flush=True)
    return list(lines)


def one_core(base: list[Article]) -> tuple[list[str], float]:
    """Measure the chain and its parts beside the tokeniser; the lines to show, and words per second of the tokeniser."""
    words = sum(len(article.document.split()) for article in base)
    analyse(base)  # load once: data is not what is measured
    table = _attribute(base)
    best = _in_turns(
        {
            "reference": lambda: [simple_word_tokenize(article.document) for article in base],
            "found": lambda: _attribute(base),
            "whole": lambda: analyse(base),
            "window": lambda: [verb_window.find(article) for article in base],
            **_scorers(table),
        }
    )
    shown = {
        "camel-tools' `simple_word_tokenize`": "reference",
        "the whole chain, scored": "whole",
        "find, resolve, table": "found",
        "the verb window, a plain baseline": "window",
    }
    scoring = {name: f"{best[name] / best['found']:.2f}" for name in _scorers(table)}
    lines = _say(
        f"| one core, the corpus in memory, {'compiled' if COMPILED else 'as Python'} | words/s | by simple_word_tokenize |",
        "|---|---:|---:|",
        *(f"| {what} | {words / best[k]:,.0f} | {best['reference'] / best[k]:.2f} |" for what, k in shown.items()),
        "",
        f"Of {len(base)} articles with {words:,} words, in processor time, the best of five rounds in turns; the words are known",
        "from the round before, and every content is read anew. 0.25 or more is wanted of the whole chain, 0.35 of the finding.",
        "",
        f"Scoring takes {(best['whole'] - best['found']) / best['found']:.2f} of what finding, resolving and the table take",
        f"(1.00 or less is wanted): {', '.join(f'{name} {share}' for name, share in scoring.items())}.",
        "",
        f"camel-tools' MLE disambiguator: {_mle(base)}",
    )
    return lines, words / best["reference"]


def as_python() -> list[str]:
    """Measure one core in a process that finds the Python modules of this checkout, whatever this one has found."""
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    command = [sys.executable, "-m", "tests.bench", "core"]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return _say(*done.stdout.rstrip().splitlines())


def from_cold() -> list[str]:
    """Measure the import and the first table of an article in processes of their own."""
    first = f"from discourse import Article, analyse; analyse([Article('a', '', {SAID!r})])"
    rows = [
        (what, most, *_from_cold(code))
        for what, code, most in (
            ("an empty Python", "", None),
            ("`import discourse`", "import discourse", 1.0),
            ("the first table of an article", first, 2.0),
        )
    ]
    return _say(
        "| from a cold start, bytecode written, the best of five | seconds | processor seconds | less than |",
        "|---|---:|---:|---:|",
        *(f"| {what} | {wall:.2f} | {used:.2f} | {most or ''} |" for what, most, wall, used in rows),
        "",
        "Where the first table spends its time on imports (`python -X importtime`), by package and by module of ours:",
        "",
        *_imports(first),
    )


def at_scale(numbers: list[int], reference: float) -> list[str]:
    """Process articles on one core and on two, and say what ten million would come to."""
    compared = next((number for number in numbers if number >= ENOUGH), ENOUGH)
    _say(*HEADER)
    sizes = sorted({compared, *numbers})
    repeated = _processed(_repeated(sizes), 2)
    runs = [_typical([run for run in repeated if run["articles"] == size]) for size in sizes]
    times = " and ".join(f"{sum(run['articles'] == size for run in repeated)} of {size:,}" for size in sizes)
    # in turns, since a core of a virtual machine is not always as fast
    ones, twos = zip(*((*_processed([compared], 1), *_processed([compared], 2)) for _ in range(ROUNDS)))
    one, two = (min(turns, key=lambda run: run["seconds"]) for turns in (ones, twos))
    alone, beside = (min(took) for took in zip(*((_side_by_side(1), _side_by_side(2)) for _ in range(ROUNDS))))
    plain, stored = _stored_or_not(list(_generated(FEW)))
    rows = _say(*(_show(run, reference) for run in (one, *runs)))
    last = runs[-1]
    hours = MANY * last["milliseconds"] / 3.6e6
    dearest = max(run["milliseconds"] for run in runs) / min(run["milliseconds"] for run in runs)
    return [
        *HEADER,
        *rows,
        "",
        *_say(
            f"Each row but the first is the median of its runs ({times} articles), few articles before, between and behind many. It has as",
            "many workers as `process_corpus` takes where it is not told how many; one is the process itself, without a scheduler.",
            _pinned(),
            "A worker has a core, and the driver with its scheduler has none of its own; start of the processes and loading of the data",
            "are not in the times, and sorting, writing and merging are.",
            "",
            *([*_first_runs(), ""] if numbers else []),
            f"Two cores do {one['seconds'] / two['seconds']:.2f} times what one does, of {compared:,} articles (1.80 or more is wanted): the best",
            f"of {ROUNDS} runs of each, in turns. For comparison, two processes that only call `analyse`, on {ENOUGH:,} articles in memory",
            f"each, do {2 * alone / beside:.2f} times what one of them does by itself. An article costs at most {dearest:.2f} times as much in one",
            "row but the first as in another (1.10 or less is wanted).",
            "",
            f"In one process, without a scheduler, `process_corpus` takes {stored / plain - 1:.0%} more processor time than `analyse` of the same",
            f"articles in memory (25% or less is wanted), for reading, sorting, writing and merging; of {FEW:,} articles, the best of five",
            f"rounds in turns. The driver takes {two['driver spent'] / two['worker spent']:.0%} of what the workers take (10% or less is wanted).",
            "",
            f"Ten million articles, projected from the last row: {hours:,.0f} hours of one worker, {hours / 100:,.1f} hours of a hundred;",
            f"{MANY * last['source'] / 1e9:,.0f} GB of sources, as much of `.work` while it runs, {MANY * last['store'] / 1e9:,.0f} GB of store,",
            f"of which {MANY * last['counts'] / 1e9:,.1f} GB are `counts.parquet`.",
        ),
    ]


def _repeated(numbers: list[int]) -> list[int]:
    """Put runs of few articles before, between and behind those of many, so that what else the machine does meets all."""
    if not numbers:
        return []
    *few, many = numbers
    return [*_repeated(few), many, *_repeated(few), many, *_repeated(few)]


def _typical(runs: list[dict[str, float]]) -> dict[str, float]:
    """Give the median of what runs of one size cost; of memory, which a process never gives back, what the first took."""
    first = {name: runs[0][name] for name in ("articles", "cores", "words", "worker", "driver")}
    return {name: median(run[name] for run in runs) for name in runs[0]} | first


def _first_runs() -> list[str]:
    """Say what a run takes from a cold start."""
    cold = []
    for workers in (1, 2):
        seconds, used = _from_cold(FIRST_RUN.format(folder=str(CORPUS), workers=workers))
        cold.append(f"{seconds:.1f} s ({used:.1f} s of processors) with {workers} worker{'s'[: workers > 1]}")
    return [
        "From a cold start, with what is not in the times above, the",
        f"{len(read_study(CORPUS).articles)} articles of the project's own corpus take {' and '.join(cold)}.",
    ]


FIRST_RUN = """
import tempfile
from discourse import process_corpus
with tempfile.TemporaryDirectory() as store:
    process_corpus({folder!r} + "/articles", store, workers={workers}, progress=False)
"""


def _pinned() -> str:
    if PINS:
        return (
            "Driver, scheduler and workers of a run are kept on as many cores as stand there (`os.sched_setaffinity`)."
        )
    return "This system keeps no process on a core: with one worker, the driver had another core for itself."


def rarer(base: list[Article]) -> None:
    """Print growth with the length of an article, memory, and the time that copies take to find."""
    paragraph = base[0].text + "\n"
    for size in (1_000, 10_000, 100_000, 1_000_000):
        article = Article("long", "", (paragraph * (1 + size // len(paragraph)))[:size])
        seconds = _in_turns({"long": lambda article=article: find_attributions(article)}, rounds=2)["long"]  # type: ignore[misc]
        print(f"one article of {size:>9,} characters   {seconds:8.3f} s   {1e6 * seconds / size:6.2f} µs per character")
    for count in (100, 1_000):
        articles = (base * (1 + count // len(base)))[:count]
        tracemalloc.start()
        for article in articles:
            resolve_speakers(article, find_attributions(article))
        print(f"peak memory over {count:>5} articles, one by one   {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB")
        tracemalloc.stop()
    many = generated(100_000)
    start = time.perf_counter()
    groups = find_republished(many)["group"].nunique()
    print(f"copies among {len(many)} generated articles   {time.perf_counter() - start:.0f} s, {groups} groups")


def main() -> None:
    """Measure; with numbers of articles, process as many and write docs/scaling.md, else print what else there is."""
    base = list(read_study(CORPUS).articles)
    core, reference = one_core(base)
    if sys.argv[1:] == ["core"]:
        return
    numbers = [int(number) for number in sys.argv[1:]]
    if COMPILED:
        core += ["", *as_python()]
    cold = from_cold()
    runs = at_scale(numbers or [ENOUGH], reference)
    if not numbers:
        rarer(base)
        return
    about = f"Python {platform.python_version()}, {os.cpu_count()} processors, {os.getloadavg()[1]:.1f} processes waiting or running on"
    how = "Modules are compiled." if COMPILED else "Modules run as Python."
    _write([f"{about} average over the last five minutes of it. {how}", "", *runs, "", *core, "", *cold])


if __name__ == "__main__":
    main()
