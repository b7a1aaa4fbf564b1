"""Find the names of people, places and bodies in articles, those that are listed or those that a model knows as such."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import pandas as pd

from discourse.camel import check_backend, predict_names
from discourse.corpus import Article
from discourse.lexicon import NEWLINE, STOP, load_language
from discourse.mentions import find_mentions

COLUMNS = ("article_id", "start", "end", "text", "label")
# What a model calls the kinds of the actor data; all others are bodies.
_LABELS = {"state": "LOC", "capital": "LOC", "person": "PERS", "nation": "MISC"}
_BODY, _NONE = "ORG", "O"

Words = list[tuple[int, int]]  # where each word of a sentence stands


def find_names(articles: Iterable[Article], backend: Literal["rules", "camel"] = "rules") -> pd.DataFrame:
    """Find the names in articles.

    Parameters
    ----------
    articles
        Articles, as `read_corpus` returns them.
    backend
        ``"rules"``: names of the actor data, by which speakers are resolved: states, capitals, institutions,
        organisations, office holders on their days, and adjectives of nations. ``"camel"``: whatever the named-entity
        model of camel-tools takes for a name, listed or not; it needs `make setup-models` and `camel_data -i
        ner-arabert`.

    Returns
    -------
    pandas.DataFrame
        One row per name, in the order of the articles: `article_id`, `start` and `end` in the document (title + line break +
        text), `text` as it stands there, and `label`: PERS, LOC, ORG or MISC (a nation's adjective, and with camel-tools
        other names).

    Raises
    ------
    BackendError
        There is no such backend.
    CamelDataError
        The model, torch or transformers is missing; names the commands to run.

    References
    ----------
    Benajiba, Y., Rosso, P. & Benedí Ruiz, J. M. (2007). ANERsys: an Arabic named entity recognition system based on maximum
    entropy. CICLing 2007, 143–153, for the labels.
    Obeid, O. et al. (2020). CAMeL Tools: an open source Python toolkit for Arabic natural language processing. LREC 2020.
    """
    check_backend(backend)
    found = _recognised(articles) if backend == "camel" else _listed(articles)
    rows = [(article.id, start, end, article.document[start:end], label) for article, start, end, label in found]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"start": int, "end": int})


def _listed(articles: Iterable[Article]) -> Iterator[tuple[Article, int, int, str]]:
    for article in articles:
        text = load_language().read(article.document)
        for one in find_mentions(text.words, article.date):
            yield article, text.starts[one.first], text.ends[one.last - 1], _LABELS.get(one.kind, _BODY)


def _recognised(articles: Iterable[Article]) -> Iterator[tuple[Article, int, int, str]]:
    waiting: deque[tuple[Article, Words]] = deque()  # sentences that are with the model, a batch at a time

    def given() -> Iterator[list[str]]:
        for article in articles:
            for words in _sentences(article.document):
                waiting.append((article, words))
                yield [article.document[start:end] for start, end in words]

    for labels in predict_names(given()):
        article, words = waiting.popleft()
        for start, end, label in _joined(words, labels):
            yield article, start, end, label


def _sentences(document: str) -> Iterator[Words]:
    """The words and marks of each sentence of a document; lines end sentences too."""
    reading = load_language().read(document)
    sentence: Words = []
    for start, end, word in zip(reading.starts, reading.ends, reading.words, strict=True):
        if not word.flags & NEWLINE:
            sentence.append((start, end))
        if word.flags & (STOP | NEWLINE) and sentence:
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _joined(words: Words, labels: Sequence[str]) -> list[tuple[int, int, str]]:
    """Names of a sentence out of the labels of its words: I- goes on with a name of its kind, and begins one elsewhere."""
    names: list[tuple[int, int, str]] = []
    before = _NONE
    for (start, end), label in zip(words, labels, strict=True):
        kind = label.partition("-")[2]
        if label.startswith("I-") and before.endswith(label[1:]):
            names[-1] = (names[-1][0], end, kind)
        elif kind:
            names.append((start, end, kind))
        before = label
    return names
