"""Turn texts, or pairs of texts, into numbers that a classifier can learn from.

Nothing here looks at more than one row: features are hashed into a fixed number of columns, so what stands in a row cannot
depend on other rows, and a matrix made once can be cut into training and held-out parts without anything leaking.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from discourse.inflection import load_inflection
from discourse.mentions import read_text
from discourse.schemas import is_missing
from discourse.sentiment import load_sentiment
from discourse.text import fold, tokens

# Columns of a table of attributions that say how something is told. Who told it, and where, is left out: a classifier
# would learn the outlets and speakers of its training rows by heart.
CODES = ("cue_lemma", "polarity", "type", "act", "engagement", "wording", "naming", "voice")

_LETTERS = range(2, 6)  # lengths of character n-grams
_MARKS = '!?؟"«»“”.،,:؛;()-…'
_WIDTHS = {"words": 2**18, "stems": 2**18, "letters": 2**18, "codes": 2**12, "signs": 64}
_EDGES = np.cumsum([0, *_WIDTHS.values()])
BLOCKS = {name: slice(int(start), int(stop)) for name, start, stop in zip(_WIDTHS, _EDGES, _EDGES[1:], strict=False)}
"""Which columns of the matrix hold what: counts of words, stems, character n-grams and codes, and measures of style."""


def features(texts: Sequence[Sequence[str]], codes: pd.DataFrame) -> sparse.csr_matrix:
    """Features of each row, in the columns that `BLOCKS` names.

    Parameters
    ----------
    texts
        For each row its text, or its two texts. Of two, what only one of them has is counted, and how much they share.
    codes
        The row's codes, one column each; None where it has none.

    Returns
    -------
    scipy.sparse.csr_matrix
        One row for each row.
    """
    from sklearn.feature_extraction import FeatureHasher

    def counted(block: str, rows: Iterable[Iterable[str]]) -> sparse.csr_matrix:
        hasher = FeatureHasher(_WIDTHS[block], input_type="string", alternate_sign=False)
        return hasher.transform(rows)

    split = [[_words(text) for text in row] for row in texts]
    only = [_only_in_one(row) if len(row) == 2 else [("", words) for words in row] for row in split]
    signs = np.array([_pair_signs(*row) if len(row) == 2 else _signs(row[0]) for row in texts], dtype=np.float64)
    blocks = {
        "words": counted("words", (_grams(sides) for sides in only)),
        "stems": counted("stems", (_grams([(sign, list(map(_stem, words))) for sign, words in s]) for s in only)),
        "letters": counted("letters", map(_letters, only)),
        "codes": counted("codes", _coded(codes)),
        "signs": sparse.csr_matrix(np.pad(signs, ((0, 0), (0, _WIDTHS["signs"] - signs.shape[1])))),
    }
    return sparse.hstack([blocks[name] for name in BLOCKS], format="csr")


def _words(text: str) -> list[str]:
    """Words and marks of a text, folded; a hashtag's words stand apart."""
    return [word for word in tokens(fold(text).replace("_", " "))[0] if word != "\n"]


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    return load_inflection().stem(word)


def _only_in_one(pair: Sequence[list[str]]) -> list[tuple[str, list[str]]]:
    """Words of either text whose stem the other does not have, with the sign of the text."""
    stems = [set(map(_stem, words)) for words in pair]
    return [
        (sign, [word for word in words if _stem(word) not in others])
        for sign, words, others in zip("-+", pair, reversed(stems), strict=True)
    ]


def _grams(sides: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Words and pairs of neighbours, behind the sign of their text."""
    for sign, words in sides:
        yield from (sign + word for word in words)
        yield from (f"{sign}{first} {second}" for first, second in pairwise(words))


def _letters(sides: Iterable[tuple[str, list[str]]]) -> Iterator[str]:
    """Character n-grams within words, which get a blank at either end."""
    for sign, words in sides:
        for word in words:
            padded = f" {word} "
            for size in _LETTERS:
                for start in range(max(1, len(padded) - size + 1)):
                    yield sign + padded[start : start + size]


def _coded(codes: pd.DataFrame) -> Iterator[list[str]]:
    names = list(codes)
    for row in codes.itertuples(index=False):
        yield [f"{name}={value}" for name, value in zip(names, row, strict=True) if not is_missing(value)]


def _signs(text: str) -> list[float]:
    """Measures of style: length, praise and blame, marks, figures, foreign letters, variety."""
    words = tokens(text)[0]
    number = max(1, len(words))
    good, bad = _praise_and_blame(text)
    return [
        np.log1p(number),
        len(text) / number,
        good,
        bad,
        good / number**0.5,
        bad / number**0.5,
        *(text.count(mark) / number for mark in _MARKS),
        sum(map(str.isdecimal, text)) / number,
        sum(char.isascii() and char.isalpha() for char in text) / number,
        (len(text) - len(fold(text))) / number,
        len(set(words)) / number,
    ]


def _praise_and_blame(text: str) -> tuple[float, float]:
    values = [hit.value for hit in load_sentiment().weigh(read_text(text))]
    return sum(value for value in values if value > 0), -sum(value for value in values if value < 0)


def _pair_signs(one: str, other: str) -> list[float]:
    """How much two texts share, and how they differ: in words, order, figures, length, praise and blame."""
    words = [[word for word in _words(text) if word.isalnum()] for text in (one, other)]
    stems = [list(map(_stem, side)) for side in words]
    numbers = [{word for word in side if word.isdecimal()} for side in words]
    sizes = [len(side) for side in words]
    values = [_praise_and_blame(text) for text in (one, other)]
    return [
        *_overlap(*map(set, words)),
        *_overlap(*map(set, stems)),
        *_overlap(*(set(pairwise(side)) for side in stems)),
        *(share for size in (3, 4) for share in _overlap(*(_pieces(" ".join(side), size) for side in words))[:3]),
        *_order(*stems),
        *_closeness(*words),
        *_overlap(*numbers)[3:],
        *sizes,
        sizes[1] - sizes[0],
        sizes[1] / max(1, sizes[0]),
        *(second - first for first, second in zip(*values, strict=True)),
    ]


def _pieces(text: str, size: int) -> set[str]:
    return {text[start : start + size] for start in range(len(text) - size + 1)}


def _overlap(one: set[Any], other: set[Any]) -> list[float]:
    """Jaccard's index, the share of either set that the other has, and the sizes of what is in one, other and both."""
    both = len(one & other)
    return [
        both / max(1, len(one | other)),
        both / max(1, len(one)),
        both / max(1, len(other)),
        len(one) - both,
        len(other) - both,
        both,
    ]


def _order(one: list[str], other: list[str]) -> list[float]:
    """What two lists of stems have in the same order, and what it takes to make one of the other."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    steps = [step for step, *_ in matcher.get_opcodes() if step != "equal"]
    blocks = [block.size for block in matcher.get_matching_blocks() if block.size]
    return [
        matcher.ratio(),
        max(blocks, default=0),
        len(blocks),
        sum(blocks) / max(1, len(other)),
        float(one[:1] == other[:1]),
        float(one[-1:] == other[-1:]),
        *(steps.count(step) for step in ("replace", "insert", "delete")),
        float(steps == ["replace"]),
    ]


def _closeness(one: list[str], other: list[str]) -> list[float]:
    """How like their nearest words the words are that only the second text has: mean, least, most."""
    (_, left), (_, right) = _only_in_one((one, other))
    likeness = [max((SequenceMatcher(None, word, each).ratio() for each in left), default=0.0) for word in right]
    return [sum(likeness) / len(likeness), min(likeness), max(likeness)] if likeness else [1.0, 1.0, 1.0]
