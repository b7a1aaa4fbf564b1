"""Speed and memory of the chain, as ratios against camel-tools' tokeniser in the same run: `make bench`.

``python -m tests.bench 1000 10000 100000`` processes as many articles on two workers and writes the tables of docs/scaling.md.
"""

from __future__ import annotations

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
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from discourse.analysis import analyse
from discourse.attribution import find_attributions
from discourse.corpus import Article, read_study
from discourse.engagement import score_engagement
from discourse.framing import score_frames
from discourse.republished import find_republished
from discourse.sentiment import score_sentiment
from discourse.speakers import resolve_speakers
from discourse.stance import score_stance
from discourse.tables import attributions_table
from discourse.wording import score_wording
from tests.baselines import verb_window
from tests.hostile import SAID
from tests.planted_copies import generated

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpora" / "kazakhstan-2022"
PAGE = ROOT / "docs" / "scaling.md"
BEGIN, END = "<!-- measured: written by tests/bench.py -->", "<!-- end of measured -->"
SAMPLE = 40  # articles for the disambiguator, which is slow


def _seconds(work: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
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
    """Articles of sentences drawn from the project's own corpus, of ten outlets in four years."""
    chance = random.Random(number)
    base = read_study(CORPUS).articles
    sentences = [line for article in base for line in re.split(r"(?<=[.؟])\s+", article.text) if line.strip()]
    length = round(len(sentences) / len(base))
    for place in range(number):
        text = " ".join(chance.sample(sentences, length))
        day = f"{2019 + place % 4}-{place % 12 + 1:02}-{place % 28 + 1:02}"
        yield Article(f"g{place}", chance.choice(base).title, text, base[place % 10].outlet, date.fromisoformat(day))


def _from_cold(code: str) -> float:
    """Seconds that a process of its own takes for some code, the best of three."""
    return _seconds(lambda: subprocess.run([sys.executable, "-c", code], check=True)) - _seconds(
        lambda: subprocess.run([sys.executable, "-c", ""], check=True)
    )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _mle(articles: list[Article]) -> str:
    """Words per second of camel-tools' disambiguator, or why they were not measured."""
    from discourse.camel import CamelDataError, load_morphology

    try:
        load_morphology()
        from camel_tools.disambig.mle import MLEDisambiguator

        disambiguator = MLEDisambiguator.pretrained()
    except (CamelDataError, FileNotFoundError, OSError) as error:
        return f"not measured: {str(error).splitlines()[0]}"
    from camel_tools.tokenizers.word import simple_word_tokenize

    sample = [simple_word_tokenize(article.document) for article in articles[:SAMPLE]]
    seconds = _seconds(lambda: [disambiguator.disambiguate(words) for words in sample], rounds=1)
    return f"{sum(map(len, sample)) / seconds:>10,.0f} words/s"


def _processed(numbers: list[int], workers: int) -> Iterator[dict[str, float]]:
    """Process as many generated articles on a cluster that has loaded its data, and measure each run."""
    from distributed import Client, LocalCluster

    from discourse.scale import process_corpus

    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(workers, threads_per_worker=1, memory_limit=None, dashboard_address="127.0.0.1:0") as cluster,
        Client(cluster) as client,
    ):
        for number in [200 * workers, *numbers]:  # the first run loads the data
            source, store, log = (Path(folder) / f"{number}{suffix}" for suffix in (".jsonl", "", ".log"))
            words = 0
            with source.open("w", encoding="utf-8") as file:
                for article in _generated(number):
                    words += len(article.document.split())
                    row = {"article_id": article.id, "title": article.title, "text": article.text}
                    row |= {"outlet": article.outlet, "date": str(article.date)}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
            start = time.perf_counter()
            done = process_corpus(source, store, scheduler=cluster.scheduler_address, progress=False, log=log)
            seconds = time.perf_counter() - start
            assert (done.n_articles, done.faults) == (number, ())
            if number in numbers:
                yield {
                    "articles": number,
                    "seconds": seconds,
                    "words": words,
                    "milliseconds": 1000 * seconds * workers / number,
                    "worker": max(client.run(_peak).values()) / 1e3,
                    "driver": _peak() / 1e3,
                    "source": source.stat().st_size / number,
                    "store": sum(path.stat().st_size for path in store.rglob("*.parquet")) / number,
                    "counts": (store / "counts.parquet").stat().st_size / number,
                }


def _show(run: dict[str, float], workers: int, reference: float) -> str:
    return (
        f"| {run['articles']:,} | {workers} | {run['seconds']:,.1f} | {run['words'] / run['seconds']:,.0f} "
        f"| {run['words'] / run['seconds'] / reference:.2f} | {run['milliseconds']:.2f} | {run['worker']:.0f} "
        f"| {run['driver']:.0f} | {run['store'] / 1e3:.2f} | {run['counts'] / 1e3:.3f} |"
    )


def _scale(numbers: list[int], reference: float) -> tuple[list[str], float]:
    """Process articles on one worker and on two; the rows of a table, and how much faster two are."""
    (one,) = _processed(numbers[:1], 1)
    two = list(_processed(numbers, 2))
    rows = [_show(one, 1, reference), *(_show(run, 2, reference) for run in two)]
    return rows, one["seconds"] / two[0]["seconds"]


COLUMNS = (
    *("articles", "workers", "seconds", "words/s", "by simple_word_tokenize on one core", "ms a worker and article"),
    *("worker, MB at most", "driver, MB at most", "store, kB an article", "counts, kB an article"),
)
HEADER = (f"| {' | '.join(COLUMNS)} |", "|---:" * len(COLUMNS) + "|")


def _write(lines: list[str]) -> None:
    """Put what was measured in its place in docs/scaling.md."""
    before, rest = PAGE.read_text(encoding="utf-8").split(BEGIN)
    behind = rest.split(END)[1]
    PAGE.write_text("\n".join([before + BEGIN, "", *lines, "", END + behind]), encoding="utf-8")


def main() -> None:
    """Print words per second, ratios, growth with length and peak memory."""
    from camel_tools.tokenizers.word import simple_word_tokenize

    base = list(read_study(CORPUS).articles)
    articles = [
        Article(f"{a.id}-{k}", a.title, a.text, a.outlet, a.date) for k in range(1 + 1000 // len(base)) for a in base
    ]
    words = sum(len(a.document.split()) for a in articles)
    analyse(base)  # load once: data is not what is measured
    reference = _seconds(lambda: [simple_word_tokenize(a.document) for a in articles])
    chain = _seconds(lambda: _attribute(articles))
    whole = _seconds(lambda: analyse(articles))
    print(f"{len(articles)} generated articles, {words} words (the project's own corpus, repeated)")
    print(f"simple_word_tokenize            {words / reference:>10,.0f} words/s   1.00")
    print(f"find + resolve + table          {words / chain:>10,.0f} words/s   {reference / chain:.2f}")
    print(f"the whole chain, scored         {words / whole:>10,.0f} words/s   {reference / whole:.2f}")
    print(f"scoring as a share of finding   {(whole - chain) / chain:.2f}   (1.00 or less is wanted)")
    for name, score in _scorers(_attribute(articles)).items():
        print(f"  {name:<29} {_seconds(score) / chain:.2f}")
    window = _seconds(lambda: [verb_window.find(a) for a in articles], rounds=1)
    print(f"verb window, the plain baseline {words / window:>10,.0f} words/s   {reference / window:.2f}")
    print(f"camel-tools' MLE disambiguator  {_mle(base)}")
    cold = [
        ("import discourse", _from_cold("import discourse"), 1.0),
        (
            "first table of an article",
            _from_cold(f"from discourse import Article, analyse; analyse([Article('a', '', {SAID!r})])"),
            2.0,
        ),
    ]
    for what, seconds, most in cold:
        print(f"from cold, {what:<26} {seconds:.2f} s   (less than {most} is wanted)")
    rows, ratio = _scale([int(number) for number in sys.argv[1:]] or [500], words / reference)
    print(*HEADER, *rows, sep="\n")
    print(f"two workers against one         {ratio:.2f}   (1.80 or more is wanted)")
    if sys.argv[1:]:
        about = f"Python {platform.python_version()}, {os.cpu_count()} processors, {os.getloadavg()[1]:.1f} processes waiting or"
        about += " running on average over the last five minutes of the measurement"
        ratios = [
            "| one core, the corpus in memory | words/s | by simple_word_tokenize |",
            "|---|---:|---:|",
            f"| camel-tools' `simple_word_tokenize` | {words / reference:,.0f} | 1.00 |",
            f"| the whole chain, scored | {words / whole:,.0f} | {reference / whole:.2f} |",
            f"| find, resolve, table | {words / chain:,.0f} | {reference / chain:.2f} |",
            f"| the verb window, a plain baseline | {words / window:,.0f} | {reference / window:.2f} |",
        ]
        first = [f"{what}: {seconds:.2f} s" for what, seconds, _ in cold]
        _write(
            [
                f"{about}.",
                "",
                *HEADER,
                *rows,
                "",
                f"Two workers against one, {int(sys.argv[1]):,} articles: {ratio:.2f}.",
                "",
                *ratios,
                "",
                f"camel-tools' MLE disambiguator: {_mle(base).strip()}",
                "",
                f"From a cold start: {'; '.join(first)}.",
            ]
        )
    paragraph = base[0].text + "\n"
    for size in (1_000, 10_000, 100_000, 1_000_000):
        text = (paragraph * (1 + size // len(paragraph)))[:size]
        seconds = _seconds(lambda text=text: find_attributions(Article("long", "", text)), rounds=2)  # type: ignore[misc]
        print(f"one article of {size:>9,} characters   {seconds:8.3f} s   {1e6 * seconds / size:6.2f} µs per character")
    for count in (100, 1_000):
        tracemalloc.start()
        for article in articles[:count]:
            resolve_speakers(article, find_attributions(article))
        print(f"peak memory over {count:>5} articles, one by one   {tracemalloc.get_traced_memory()[1] / 1e6:.1f} MB")
        tracemalloc.stop()
    many = generated(100_000)
    start = time.perf_counter()
    groups = find_republished(many)["group"].nunique()
    print(f"copies among {len(many)} generated articles   {time.perf_counter() - start:.0f} s, {groups} groups")


if __name__ == "__main__":
    main()
