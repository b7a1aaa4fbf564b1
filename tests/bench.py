"""Speed and memory of the chain, as ratios against camel-tools' tokeniser in the same run: `make bench`."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable
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
from tests.planted_copies import generated

if TYPE_CHECKING:
    import pandas as pd

CORPUS = Path(__file__).parents[1] / "corpora" / "kazakhstan-2022"


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
