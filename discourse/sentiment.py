"""Score what is said as negative, neutral or positive, with the words that decided."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from discourse.camel import BackendError, check_backend, predict_sentiment
from discourse.datafiles import data_settings, kept_for_good, read_rows, unusable
from discourse.engagement import with_engagement
from discourse.inflection import FormIndex, bare_words
from discourse.lexicon import Remembered
from discourse.mentions import READ_AT_ONCE, Text, read_contents
from discourse.tables import Cells, Scores, cells_of, with_columns
from discourse.text import fold

Polarity = Literal["negative", "neutral", "positive"]
Part = Literal["verb", "noun", "adjective", "word", "phrase"]

_SIGNS = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}

_CLAUSE_ENDS = frozenset(".!?\u061f\u2026\u060c,\u061b;:\n")


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase that says good or bad of something.

    `strength` is 1 to 3; `kind` says how much of a verdict the word is, one of the kinds that the weights declare
    (judgement, event, topic); `forms` are stems that no rule gives: the imperfect of a verb, a broken plural.
    """

    lemma: str
    polarity: Polarity
    strength: int = 2
    kind: str = "judgement"
    part: Part = "noun"
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Modifier:
    """What a group of words does to evaluative words within reach: factors for negative, positive, positive topics."""

    negative: float
    positive: float
    topic: float
    reach: int
    after: bool


# Phrases that begin with a word, by their second word: the others, the longest first, and what the phrase adds.
_Phrases = Mapping[str, Sequence[tuple[list[str], float]]]


@dataclass(frozen=True, slots=True, eq=False)
class _Word:
    """What one written word or mark can do in a content; `key` is its name within phrases."""

    value: float = 0.0
    topic: bool = False
    modifier: _Modifier | None = None
    key: str = ""
    phrases: _Phrases = field(default_factory=dict)
    ends_clause: bool = False


_CLAUSE_END = _Word(ends_clause=True)
_MARK = _Word()  # of quotation, a bracket: read over


@dataclass(slots=True)
class _Hit:
    """An evaluative word in a content: what it adds, and the words that decided it; not to be changed when made.

    `words` are places in the text, of the first and last each; `position` counts no marks that are read over.
    """

    value: float
    words: list[tuple[int, int]]
    position: int


@dataclass(frozen=True, slots=True)
class _Act:
    """What an act of speaking does with what is said: factors for negative and positive words, and what it adds."""

    negative: float
    positive: float
    adds: float
    judges: bool  # whether it adds something by itself


class SentimentLexicon:
    """Evaluative terms in all their inflected forms, ready for look-up.

    Made by `load_sentiment` (the package's own terms) or `read_sentiment_lexicon` (a user's). Every distinct written
    word is analysed once and remembered, and what was weighed last is remembered for the next score.
    """

    def __init__(self, terms: Iterable[Term]) -> None:
        self.terms = tuple(terms)
        self.weights = _weights()
        self._values, self._modifiers = FormIndex(), FormIndex()
        self._phrases: dict[str, dict[str, list[tuple[list[str], float]]]] = {}
        self._silence = frozenset(map(fold, self.weights["silence"]))
        self._words = Remembered(self._analyse)
        self.weigh = lru_cache(maxsize=READ_AT_ONCE)(self._weigh)
        self.act = lru_cache(maxsize=READ_AT_ONCE)(self._act)
        keys: set[str] = set()
        for term in self.terms:
            weight = self.weights["kinds"][term.kind]
            value = term.strength * (weight["positive"] if term.polarity == "positive" else -weight["negative"])
            value *= term.polarity != "neutral"
            words = fold(term.lemma).split()
            if len(words) > 1:
                first, second, *rest = words
                self._phrases.setdefault(first, {}).setdefault(second, []).append((rest, value))
                keys.update(words)
            else:
                self._values.add(term.lemma, term.part, term.forms, (value, term.kind == "topic"))
        for row in _rows("homographs.tsv"):
            self._values.block(row["form"])
            self._modifiers.block(row["form"])
        for seconds in self._phrases.values():
            for phrases in seconds.values():
                phrases.sort(key=lambda phrase: -len(phrase[0]))
        self._keys = frozenset(keys)
        groups = {
            name: _Modifier(
                group["negative"],
                group["positive"],
                group["positive"] * group.get("topic", 1.0),
                group["reach"],
                group.get("after", False),
            )
            for name, group in self.weights["modifiers"].items()
        }
        for row in _rows("modifiers.tsv"):
            self._modifiers.add(row["lemma"], row["pos"], row["forms"].split(), groups[row["group"]])

    def _act(self, act: str | None, engagement: str | None, polarity: str | None, cue: str) -> _Act:
        """What the act of speaking does, and by the same words how the paper puts it; every distinct cue is read once."""
        own = self.weights["acts"].get(act, self.weights["act"])
        factors = [own]
        adds = 0.0
        if engagement == "deny":
            factors.append(self.weights["denied"])
        if polarity != "negative":
            adds = own["adds"] + self.weights["engagements"].get(engagement, 0.0)
            if not own["adds"]:
                said = sum(hit.value for hit in self._weigh(Text(cue)))
                adds += self.weights["cue"] * said
                if said < 0:
                    factors.append(self.weights["feared"])
        negative, positive = (math.prod(factor[sign] for factor in factors) for sign in ("negative", "positive"))
        return _Act(negative, positive, adds, bool(own["adds"]))

    def begins_as_answer(self, text: Text) -> bool:
        """Whether a content begins with an answer or a comment, which to refuse is keeping silent."""
        first = next((form for form in text.forms if self._words[form] is not _MARK), "")
        return fold(first) in self._silence

    def _weigh(self, text: Text) -> list[_Hit]:
        """Evaluative words and phrases of a text with what each adds, in order."""
        known = self._words
        words = [word for form in text.forms if (word := known[form]) is not _MARK]
        hits: list[_Hit] = []
        active: list[tuple[int, _Modifier]] = []
        last = -1  # of the words that are weighed already
        for position, word in enumerate(words):
            if word is None:
                continue
            if word.ends_clause:
                active.clear()
                continue
            if position <= last:
                continue
            last, value = _weighed_at(words, position, word) if word.phrases else (position, word.value)
            if value:
                hits.append(_hit(value, word.topic, position, last, active))
            modifier = word.modifier
            if modifier is not None and last == position:
                if modifier.after and hits and hits[-1].position == position - 1:
                    hits[-1].value *= modifier.negative if hits[-1].value < 0 else modifier.positive
                    hits[-1].words.append((position, position))
                active.append((position, modifier))
        if hits and len(words) < len(text.forms):
            places = [place for place, form in enumerate(text.forms) if known[form] is not _MARK]
            for hit in hits:
                hit.words = [(places[first], places[end]) for first, end in hit.words]
        return hits

    def _analyse(self, written: str) -> _Word | None:
        if written in _CLAUSE_ENDS:
            return _CLAUSE_END
        if not any(map(str.isalnum, written)):
            return _MARK
        parts = re.findall(r"[^\W\d_]+", fold(written))  # the words of a hashtag; a word that a number is written to
        found = [known for part in parts if (known := self._values.find(part)) is not None]
        value, topic = sum(value for value, _ in found), any(topic for _, topic in found)
        modifier = next((known for part in parts if (known := self._modifiers.find(part)) is not None), None)
        key = next((bare for part in parts for bare in bare_words(part) if bare in self._keys), "")
        if not value and modifier is None and not key:
            return None
        return _Word(value, topic, modifier, key, self._phrases.get(key, {}))


def _weighed_at(words: Sequence[_Word | None], first: int, begins: _Word) -> tuple[int, float]:
    """The longest phrase that begins at a word, or else the word alone: the place of its last word, and its value."""
    follows = words[first + 1] if first + 1 < len(words) else None
    for rest, value in begins.phrases.get(follows.key, ()) if follows is not None else ():
        end = first + 2 + len(rest)
        if [word.key if word is not None else "" for word in words[first + 2 : end]] == rest:
            return end - 1, value
    return first, begins.value


def _hit(value: float, topic: bool, first: int, last: int, active: list[tuple[int, _Modifier]]) -> _Hit:
    """What some words add behind modifiers."""
    words = []
    for place, modifier in active:
        if first - place <= modifier.reach:
            factor = modifier.negative if value < 0 else modifier.topic if topic else modifier.positive
            value *= factor
            if factor < 0:
                words.append((place, place))
    words.append((first, last))
    return _Hit(value, words, first)


# ---------------------------------------------------------------------------------------------- loading


def _data(name: str) -> str:
    return files("discourse").joinpath("data", "ar", "sentiment", name).read_text(encoding="utf-8")


@cache
def _weights() -> dict[str, Any]:
    return data_settings("ar/sentiment/weights.yml")


def _rows(name: str) -> list[dict[str, str]]:
    """Rows of a tab-separated data file, each with its line number under `line`."""
    lines = [(n, line) for n, line in enumerate(_data(name).splitlines(), 1) if line and not line.startswith("#")]
    header = lines[0][1].split("\t")
    return [
        {**dict(zip(header, line.split("\t"), strict=False)), "line": str(number), "cells": str(line.count("\t") + 1)}
        for number, line in lines[1:]
    ]


def _faults(rows: list[dict[str, str]], kinds: Iterable[str]) -> Iterator[tuple[int, str]]:
    """What is wrong with the rows of a list of terms: line and message."""
    kinds = tuple(kinds)
    seen: dict[str, dict[str, str]] = {}
    for row in rows:
        line, name = int(row["line"]), row["lemma"]
        folded = " ".join(fold(name).split())
        if not folded:
            yield line, "the term is empty"
            continue
        if row["polarity"] not in _SIGNS:
            yield line, f"polarity {row['polarity']!r} of {name!r} is unknown. Polarities: {', '.join(_SIGNS)}"
        if row["strength"] not in ("1", "2", "3"):
            yield line, f"strength {row['strength']!r} of {name!r} is not 1, 2 or 3"
        if row["kind"] not in kinds:
            yield line, f"kind {row['kind']!r} of {name!r} is unknown. Kinds: {', '.join(kinds)}"
        key = f"{folded} {row['pos'] == 'verb'}"
        first = seen.setdefault(key, row)
        if first is not row:
            if first["polarity"] != row["polarity"]:
                yield line, f"{name!r} is {row['polarity']} here and {first['polarity']} in line {first['line']}"
            else:
                yield line, f"{name!r} stands in line {first['line']} already"


def _terms(rows: list[dict[str, str]], where: str) -> list[Term]:
    faults = list(_faults(rows, _weights()["kinds"]))
    if faults:
        raise unusable(where, faults)
    return [
        Term(
            row["lemma"],
            row["polarity"],  # type: ignore[arg-type]
            int(row["strength"]),
            row["kind"],
            row["pos"],  # type: ignore[arg-type]
            tuple(row["forms"].split()),
        )
        for row in rows
    ]


@cache
@kept_for_good()
def load_sentiment() -> SentimentLexicon:
    """Load and expand the package's own terms; the same object every time.

    Raises
    ------
    LexiconError
        Where a file of terms is not valid: a term in two polarities, twice, or in a class that is not declared.
    """
    terms = _terms(_rows("terms.tsv"), "terms.tsv")
    phrases = [{**row, "pos": "phrase", "forms": ""} for row in _rows("phrases.tsv")]
    return SentimentLexicon([*terms, *_terms(phrases, "phrases.tsv")])


def read_sentiment_lexicon(path: str | os.PathLike[str]) -> SentimentLexicon:
    """Read a lexicon of one's own from a CSV file with the columns `term` and `polarity`.

    Parameters
    ----------
    path
        UTF-8, comma-separated, with a header. `polarity` is negative, neutral or positive; a column `strength` (1 to
        3) may follow, else every term has 2. A term of several words is matched as a phrase; a single word with the
        endings and clitics of a noun or adjective.

    Returns
    -------
    SentimentLexicon
        To be handed to `score_sentiment`. Negation and the other modifiers stay as they are in the package.

    Raises
    ------
    LexiconError
        Lists every row that cannot be used, with its line number.
    """
    rows = [
        {
            "line": str(line),
            "lemma": row["term"],
            "polarity": row["polarity"],
            "strength": row.get("strength") or "2",
            "kind": "judgement",
            "pos": "noun",
            "forms": "",
        }
        for line, row in read_rows(path, ("term", "polarity"))
    ]
    return SentimentLexicon(_terms(rows, Path(path).name))


# ---------------------------------------------------------------------------------------------- scoring


def score_sentiment(
    table: pd.DataFrame, lexicon: SentimentLexicon | None = None, *, backend: Literal["rules", "camel"] = "rules"
) -> pd.DataFrame:
    """Score the content of every attribution as negative, neutral or positive.

    Each evaluative word adds its strength, changed by the modifiers in its clause (negation, intensifiers, words that
    end or spoil what follows, words that set an agenda or a wish); the act of speaking adds its own weight, since
    what is condemned or threatened is no neutral news. All numbers stand in `data/ar/sentiment/weights.yml`.

    Parameters
    ----------
    table
        Attributions, one a row, with the columns of `attributions_table`. Where `act` is missing, `score_engagement`
        supplies it for the score, without adding its columns.
    lexicon
        Terms to use instead of the package's own, from `read_sentiment_lexicon`.
    backend
        ``"rules"``: as above. ``"camel"``: what camel-tools' sentiment model says of the content's words alone; it needs
        `make setup-models` and `camel_data -i sentiment-analysis-arabert`, and no lexicon. It knows nothing of the act,
        learned from tweets (Obeid et al. 2020, CAMeL Tools, LREC), and gives no reasons.

    Returns
    -------
    pandas.DataFrame
        A copy with `sentiment` (negative, neutral, positive), `sentiment_score` in [-1, 1] and `sentiment_evidence`:
        [start, end] spans in the document of the words that decided; for neutral, of all words that were weighed. Of
        ``"camel"`` the score is -1, 0 or 1, and the evidence the whole content, which the model read.

    Raises
    ------
    BackendError
        There is no such backend, or it takes no lexicon.
    CamelDataError
        The model, torch or transformers is missing; names the commands to run.
    """
    check_backend(backend)
    if backend == "camel":
        if lexicon is not None:
            raise BackendError("The backend 'camel' reads no lexicon; give one of the two.")
        return _as_model_has_it(table)
    return with_columns(table, sentiment_scores(cells_of(table), read_contents(table), lexicon))


def sentiment_scores(cells: Cells, contents: Iterable[Text], lexicon: SentimentLexicon | None = None) -> Scores:
    """The columns that `score_sentiment` adds by its rules to a table of those cells and contents."""
    lexicon = lexicon or load_sentiment()
    cells = with_engagement(cells)
    weights = lexicon.weights
    labels: list[str] = []
    scores: list[float] = []
    evidence: list[list[list[int]]] = []
    columns = (cells[name] for name in ("content_spans", "cue", "cue_span", "polarity", "act", "engagement"))
    for text, pieces, cue, cue_span, polarity, act, engagement in zip(contents, *columns, strict=True):
        done = lexicon.act(act, engagement, polarity, cue if isinstance(cue, str) else "")
        spoken = 0.0 if done.judges and lexicon.begins_as_answer(text) else done.adds  # refused to answer
        label, score, found = "neutral", 0.0, []
        hits = lexicon.weigh(text)
        if hits or spoken:
            values = [hit.value * (done.negative if hit.value < 0 else done.positive) for hit in hits]
            score = math.tanh((sum(values) + spoken) / weights["scale"])
            if score > weights["positive"] or score < weights["negative"]:
                label = "positive" if score > 0 else "negative"
            score, sign = round(score, 4), _SIGNS[label]
            told = [hit.words for hit, value in zip(hits, values, strict=True) if not sign or value * sign > 0]
            found = text.in_document({words for each in told for words in each}, pieces)
            if spoken * sign > 0 and cue_span is not None:
                found = sorted([*found, [int(cue_span[0]), int(cue_span[1])]])
        labels.append(label)
        scores.append(score)
        evidence.append(found)
    return _columns(labels, scores, evidence)


def _as_model_has_it(table: pd.DataFrame) -> pd.DataFrame:
    """Score contents by camel-tools' model, every distinct one once; one without words is neutral."""
    contents = [content.strip() if isinstance(content, str) else "" for content in table["content"]]
    distinct = [content for content in dict.fromkeys(contents) if content]
    known = dict(zip(distinct, predict_sentiment(distinct), strict=True))
    labels = [known.get(content, "neutral") for content in contents]
    evidence = [
        [[int(start), int(end)] for start, end in pieces] if content else []
        for content, pieces in zip(contents, table["content_spans"], strict=True)
    ]
    return with_columns(table, _columns(labels, [_SIGNS[label] for label in labels], evidence))


def _columns(labels: list[str], scores: list[float], evidence: list[list[list[int]]]) -> Scores:
    return {"sentiment": labels, "sentiment_score": scores, "sentiment_evidence": evidence}
