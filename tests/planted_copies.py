"""Constructed articles with planted copies, made from sentences of the project's own corpus; used by tests and bench."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from discourse.corpus import Article, read_study

CORPUS = Path(__file__).parents[1] / "corpora" / "kazakhstan-2022"
OUTLETS = ("ufuq", "manara", "sahub", "mizan", "difaf", "marsad")


def sentences() -> list[str]:
    """Give sentences of the corpus of which no two are alike: the corpus has wires of its own that outlets rework."""
    kept: list[tuple[str, set[str]]] = []
    for article in read_study(CORPUS).articles:
        for sentence in re.split(r"(?<=[.؟!])\s+|\n", article.text):
            words = set(sentence.split())
            if len(words) >= 9 and all(len(words & other) < 0.3 * len(words | other) for _, other in kept):
                kept.append((sentence.strip(), words))
    return [sentence for sentence, _ in kept]


def reworded(sentence: str, words: list[str], draw: random.Random) -> str:
    """Put other words for every second one, as a desk does that writes its own lead."""
    return " ".join(draw.choice(words) if draw.random() < 0.5 else word for word in sentence.split())


def respelled(sentence: str) -> str:
    """Spell a sentence as another desk does: bare alef, yeh for alef maqsura, Arabic digits, a tatweel."""
    table = {**dict(zip("0123456789", "٠١٢٣٤٥٦٧٨٩", strict=True)), "أ": "ا", "إ": "ا", "ى": "ي", "،": " ،"}
    return sentence.translate(str.maketrans(table)).replace("لا", "لـا", 1)


def planted(seed: int) -> tuple[list[Article], set[tuple[str, str]], dict[str, list[str]]]:
    """Make wires of eight sentences each, and copies of two thirds of them.

    Returns
    -------
    tuple
        The articles; the pairs of ids that have a wire in common; and for each article its sentences as the wire has
        them, with an empty text where a sentence was reworded.
    """
    draw = random.Random(seed)
    pool = sentences()
    draw.shuffle(pool)
    words = [word for sentence in pool for word in sentence.split()]
    wires = [pool[at : at + 8] for at in range(0, len(pool) - 7, 8)]
    made: list[tuple[set[int], list[str], list[str]]] = [({n}, wire, wire) for n, wire in enumerate(wires)]
    copied = range(2 * len(wires) // 3)
    for n in copied:
        wire = wires[n]
        lead = reworded(wire[0], words, draw)
        made.append(({n}, ["", *wire[1:]], [lead, *map(respelled, wire[1:])]))
        short = wire[: draw.randint(4, 6)]
        made.append(({n}, short, short))
        made.append(({n}, ["", *short[1:]], [reworded(wire[0], words, draw), *short[1:]]))
    for one, other in zip(copied[::2], copied[1::2], strict=False):
        both = wires[one] + wires[other]
        made.append(({one, other}, both, both))
    articles, true, sources = [], [], {}
    start = date(2022, 1, 3)
    for number, (of, origins, text) in enumerate(made):
        day = start + timedelta(draw.randint(0, 2) if number < len(wires) else draw.randint(2, 5))
        name = f"{draw.randrange(10**6):06}-{number}"
        articles.append(Article(name, "", " ".join(text), draw.choice(OUTLETS), day))
        true.append((name, of))
        sources[name] = origins
    draw.shuffle(articles)
    pairs = {tuple(sorted((a, b))) for (a, of), (b, others) in combinations(true, 2) if of & others}
    return articles, pairs, sources  # type: ignore[return-value]


def generated(number: int, seed: int = 1) -> list[Article]:
    """Make articles of nine sentences out of the words of the corpus, every tenth with its end taken from an earlier one."""
    draw = random.Random(seed)
    words = sorted({word for sentence in sentences() for word in sentence.split()})
    articles: list[Article] = []
    for n in range(number):
        parts = [" ".join(draw.choices(words, k=22)) for _ in range(9)]
        if n % 10 == 9:
            parts[1:] = articles[draw.randrange(max(0, n - 2000), n)].text.split(". ")[1 : draw.randint(5, 9)]
        articles.append(
            Article(f"{n:06}", "", ". ".join(parts), draw.choice(OUTLETS), date(2022, 1, 1) + timedelta(n // 1000))
        )
    return articles
