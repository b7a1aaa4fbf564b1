"""Scale contents between two poles that seed words name: latent semantic scaling.

A few words that anybody would put at one end (استقرار) or the other (فوضى) are enough. Word vectors are learned from the corpus
itself, by a truncated singular value decomposition of sentences by words. A word's polarity is how much nearer its vector lies to
the seeds of one end than to those of the other (cosine); a content's score is the mean polarity of its words.

References
----------
Watanabe, K. (2021). Latent semantic scaling: a semisupervised text analysis technique for new domains and languages.
Communication Methods and Measures 15(2), 81–102. doi:10.1080/19312458.2020.1832976. His package for R is LSX.
Watanabe, K. (2017). Measuring news bias: Russia's official news agency ITAR-TASS' coverage of the Ukraine crisis. European
Journal of Communication 32(3), 224–241. doi:10.1177/0267323117695735.
"""

from __future__ import annotations

import os
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from numpy.typing import NDArray
from scipy import sparse, stats

from discourse.corpus import Article
from discourse.datafiles import LexiconError, Row, load_lined, read_rows, unusable
from discourse.inflection import FormIndex, light
from discourse.lexicon import NEWLINE, STOP, load_language
from discourse.tables import in_document
from discourse.text import fold, tokens

PARTS = ("noun", "verb", "adjective", "word")
DIMENSIONS = 300  # as in LSX
_ENOUGH = 10  # sentences for each dimension; Watanabe's advice is 5,000 or more for 300
_WINDOW, _P = 10, 0.001  # words that count as near, and how surely they must keep near; as in LSX
_SHOWN = 5  # words of a content that are given as evidence
_SEED = 0  # of the vector with which the decomposition begins

Floats = NDArray[np.float64]
# What occurrences are counted under: a seed as written in its file, or the light form of any other word.
Term = tuple[str, bool]


class SeedError(ValueError):
    """Contents that cannot be scaled with these seeds; the message says why."""


class SeedWarning(UserWarning):
    """A scale that stands on less than it seems to: seeds that the corpus lacks, or too few sentences."""


@dataclass(frozen=True, slots=True)
class Seed:
    """A word that lies at an end of an axis: above 0 at the high end, below 0 at the low one.

    `forms` are stems that no rule gives: the imperfect of a verb, a broken plural.
    """

    word: str
    polarity: float
    part: str = "noun"
    forms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seeds:
    """The seed words of an axis, from `load_seeds` or `read_seeds`; `axis` is the name of their file."""

    axis: str
    words: tuple[Seed, ...]


# Seeds in files -------------------------------------------------------------------------------------------------------


@cache
def load_seeds(axis: str) -> Seeds:
    """Load the seed words of one of the package's axes: order-chaos, intervention-assistance.

    The end that is named first is the high one.

    Raises
    ------
    LexiconError
        There is no such axis.
    """
    shipped = {path.name.removesuffix(".yml"): path for path in files("discourse").joinpath("data/ar/seeds").iterdir()}
    if axis not in shipped:
        raise LexiconError(f"There is no axis {axis!r}. Axes: {', '.join(sorted(shipped))}.")
    return _made(axis, _yaml_rows(shipped[axis].read_text(encoding="utf-8"), f"{axis}.yml"), f"{axis}.yml")


def read_seeds(path: str | os.PathLike[str]) -> Seeds:
    """Read seed words of one's own from a CSV or YAML file.

    Parameters
    ----------
    path
        UTF-8. A CSV file with the columns `word` and `polarity`, or a YAML list of entries with these keys. `polarity`
        is a number, above 0 at one end of the axis and below 0 at the other; `pos` (noun, which is also what is taken
        where it is missing, verb, adjective, or word: as written only), `forms` (stems that no rule gives, separated by
        blanks) and `example` (a sentence in which the seed is found) may follow. The axis is named as the file.

    Returns
    -------
    Seeds
        To be handed to `scale_by_seeds`.

    Raises
    ------
    LexiconError
        Lists every row that cannot be used, with its line.
    """
    path = Path(path)
    if path.suffix == ".csv":
        rows = read_rows(path, ("word", "polarity"))
    elif path.suffix in (".yml", ".yaml"):
        try:
            rows = _yaml_rows(path.read_text(encoding="utf-8-sig"), path.name)
        except UnicodeDecodeError as error:
            raise LexiconError(f"{path.name}: not readable as UTF-8 ({error})") from None
    else:
        raise LexiconError(f"{path.name}: seeds are read from .csv, .yml and .yaml files.")
    return _made(path.stem, rows, path.name)


def _yaml_rows(text: str, where: str) -> list[Row]:
    try:
        entries = load_lined(text)
    except yaml.YAMLError as error:
        raise LexiconError(f"{where}: not readable as YAML: {error}") from None
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise LexiconError(f"{where}: expected a list of entries with `word` and `polarity`.")
    return [(entry["line"], {str(key): _text(cell) for key, cell in entry.items()}) for entry in entries]


def _text(cell: Any) -> str:
    """A cell of YAML as one of CSV; of a list, such as forms, its items. What is nested deeper is no cell and stays empty."""
    items = cell if isinstance(cell, list) else [cell]
    return " ".join(str(item).strip() for item in items if isinstance(item, (str, int, float)))


def _made(axis: str, rows: Sequence[Row], where: str) -> Seeds:
    """Make seeds of rows, or say everything that is wrong with them."""
    faults = list(_faults(rows))
    if faults:
        raise unusable(where, faults)
    seeds = tuple(_seed(row) for _, row in rows)
    for end, sign in (("above", 1), ("below", -1)):
        if not any(seed.polarity * sign > 0 for seed in seeds):
            raise LexiconError(f"{where}: no seed has a polarity {end} 0. An axis needs seeds at both ends.")
    return Seeds(axis, seeds)


def _seed(row: Mapping[str, str]) -> Seed:
    return Seed(row["word"], float(row["polarity"]), row.get("pos") or "noun", tuple(row.get("forms", "").split()))


def _faults(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """What is wrong with the rows of a file of seeds: line and message."""
    lines: dict[tuple[str, bool], int] = {}
    for line, row in rows:
        word, part, polarity = row.get("word", ""), row.get("pos") or "noun", row.get("polarity", "")
        if not fold(word):
            yield line, "the word is empty"
            continue
        sound = len(word.split()) == 1
        if not sound:
            yield line, f"{word!r} has several words; a seed is one word"
        if not _is_polarity(polarity):
            sound = False
            yield line, f"polarity {polarity!r} of {word!r} is not a number above or below 0"
        if part not in PARTS:
            sound = False
            yield line, f"pos {part!r} of {word!r} is unknown. Known: {', '.join(PARTS)}"
        first = lines.setdefault((fold(word), part == "verb"), line)
        if first != line:
            yield line, f"{word!r} stands in line {first} already"
        example = row.get("example")
        if sound and example and not any(map(_index([_seed(row)]).find, map(fold, tokens(example)[0]))):
            yield line, f"{word!r} is not found in its example {example!r}"


def _is_polarity(text: str) -> bool:
    try:
        return bool(np.isfinite(number := float(text)) and number)
    except ValueError:
        return False


def _index(seeds: Iterable[Seed]) -> FormIndex:
    """Make the written forms of some seeds known, each with its seed."""
    index = FormIndex()
    for seed in seeds:
        index.add(seed.word, seed.part, seed.forms, seed)
    return index


# Words and their polarity ---------------------------------------------------------------------------------------------


class _Terms:
    """Under which term each written word is counted; every distinct word is looked up once."""

    def __init__(self, seeds: Seeds) -> None:
        self._seeds = _index(seeds.words)
        self._known: dict[str, Term | None] = {}

    def of(self, written: str) -> Term | None:
        """A seed in any of its forms, or the light form of another word; None for marks, numbers and function words."""
        if written not in self._known:
            self._known[written] = self._analyse(written)
        return self._known[written]

    def _analyse(self, written: str) -> Term | None:
        folded = fold(written)
        seed: Seed | None = self._seeds.find(folded)
        if seed is not None:
            return _term(seed)
        if not written[0].isalpha() or load_language().is_function_word(written):
            return None
        stem = light(folded)
        return (stem, False) if len(stem) > 1 else None


def _term(seed: Seed) -> Term:
    return (f"{seed.word} ({seed.part})", True)


@dataclass(frozen=True, slots=True)
class _Model:
    """What was learned from a corpus: terms, how often each occurs, as what it is mostly written, and its polarity.

    `polarity` is NaN for terms that are not of the subject.
    """

    terms: dict[Term, int]
    frequency: NDArray[np.intp]
    written: list[str]
    polarity: Floats


def _learned(
    sentences: Sequence[list[str]], seeds: Seeds, terms: _Terms, near: Sequence[str], dimensions: int, min_count: int
) -> _Model:
    """Learn the polarity of every term from sentences, each a list of written words."""
    frequency: Counter[Term] = Counter()
    spellings: dict[Term, Counter[str]] = {}
    for sentence in sentences:
        for form in sentence:
            term = terms.of(form)
            if term is not None:
                frequency[term] += 1
                spellings.setdefault(term, Counter())[form] += 1
    kept = sorted(term for term, n in frequency.items() if n >= min_count)
    number = {term: place for place, term in enumerate(kept)}
    counts = _counts([[terms.of(form) for form in sentence] for sentence in sentences], number)
    counts = counts[np.diff(counts.indptr) > 0]  # sentences that hold none of the terms teach nothing
    weights = _weights(seeds, number, min_count)
    _check_size(counts.shape, dimensions)
    polarity = _polarities(_vectors(counts, dimensions), weights)
    if near:
        polarity[~_keeps_near(sentences, terms, number, near)] = np.nan
    written = [max(sorted(spellings[term]), key=spellings[term].__getitem__) for term in kept]
    return _Model(number, np.array([frequency[term] for term in kept], dtype=np.intp), written, polarity)


def _counts(documents: Iterable[Iterable[Term | None]], number: Mapping[Term, int]) -> sparse.csr_array:
    """How often each term (column) occurs in each document (row)."""
    indices: list[int] = []
    ends = [0]
    for document in documents:
        indices += [number[term] for term in document if term in number]  # type: ignore[index]
        ends.append(len(indices))
    counts = sparse.csr_array((np.ones(len(indices)), indices, ends), shape=(len(ends) - 1, len(number)))
    counts.sum_duplicates()
    return counts


def _weights(seeds: Seeds, number: Mapping[Term, int], min_count: int) -> dict[int, float]:
    """The weight of each seed that the corpus has: its polarity over how many seeds lie at its end, so that both weigh the same."""
    absent = [seed.word for seed in seeds.words if _term(seed) not in number]
    present = [seed for seed in seeds.words if _term(seed) in number]
    for end, sign in (("above", 1), ("below", -1)):
        if not any(seed.polarity * sign > 0 for seed in present):
            raise SeedError(
                f"No seed of {seeds.axis} with a polarity {end} 0 stands in the corpus {min_count} times or more. "
                "Add seeds that it uses, give more articles, or lower min_count."
            )
    if absent:
        warnings.warn(
            f"{len(absent)} of {len(seeds.words)} seeds of {seeds.axis} stand in the corpus fewer than {min_count} times and "
            f"are left out: {', '.join(absent)}.",
            SeedWarning,
            stacklevel=4,
        )
    at_end = Counter(seed.polarity > 0 for seed in present)
    return {number[_term(seed)]: seed.polarity / at_end[seed.polarity > 0] for seed in present}


def _check_size(shape: tuple[int, ...], dimensions: int) -> None:
    n_sentences, n_terms = shape
    if not 0 < dimensions < min(shape):
        raise SeedError(
            f"There are {n_sentences} sentences and {n_terms} words that are frequent enough: dimensions must be from 1 to "
            f"{min(shape) - 1}, not {dimensions}."
        )
    if n_sentences < _ENOUGH * dimensions:
        warnings.warn(
            f"{n_sentences} sentences are few for {dimensions} dimensions: words that seldom meet come out near or far by "
            f"chance. Give more articles, or {max(1, n_sentences // _ENOUGH)} dimensions at most.",
            SeedWarning,
            stacklevel=4,
        )


def _vectors(counts: sparse.csr_array, dimensions: int) -> Floats:
    """The vector of each term (row): its part in the first right singular vectors, as in LSX."""
    from sklearn.decomposition import TruncatedSVD

    decomposition = TruncatedSVD(dimensions, algorithm="arpack", random_state=_SEED).fit(counts)
    return np.asarray(decomposition.components_.T, dtype=np.float64)


def _polarities(vectors: Floats, weights: Mapping[int, float]) -> Floats:
    """Polarity of each term: the weighted sum of its cosines with the seeds."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    # a term that no dimension says anything of has no direction but that of rounding errors
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-10)
    return np.asarray(unit @ unit[list(weights)].T @ np.array(list(weights.values())), dtype=np.float64)


def _keeps_near(
    sentences: Iterable[list[str]], terms: _Terms, number: Mapping[Term, int], near: Sequence[str]
) -> NDArray[np.bool_]:
    """Which terms stand near the words of a subject more often than elsewhere, by a chi-square test with Yates' correction."""
    subject = _index(Seed(word, 1.0, "adjective") for word in near)
    inside, outside = np.zeros(len(number)), np.zeros(len(number))
    for sentence in sentences:
        places = [place for place, form in enumerate(sentence) if subject.find(fold(form)) is not None]
        close = {other for place in places for other in range(place - _WINDOW, place + _WINDOW + 1)}
        for place, form in enumerate(sentence):
            column = number.get(terms.of(form) or ("", False))
            if column is not None and place not in places:
                (inside if place in close else outside)[column] += 1
    drawn = _is_drawn(inside, outside)
    if not drawn.any():
        raise SeedError(
            f"No word stands near {', '.join(near)} more often than elsewhere. Name words that the corpus uses."
        )
    return drawn


def _is_drawn(inside: Floats, outside: Floats) -> NDArray[np.bool_]:
    """For each word of two texts, whether it is more frequent in the first than chance explains."""
    others_in, others_out = inside.sum() - inside, outside.sum() - outside
    product = inside * others_out - outside * others_in
    total = inside.sum() + outside.sum()
    margins = (inside + outside) * (others_in + others_out) * inside.sum() * outside.sum()
    deviation = np.maximum(np.abs(product) - total / 2, 0)
    chi2 = np.divide(total * deviation**2, margins, out=np.zeros_like(inside), where=margins > 0)
    return np.asarray((product > 0) & (stats.chi2.sf(chi2, 1) < _P))


# Scaling --------------------------------------------------------------------------------------------------------------


def _sentences(table: pd.DataFrame, articles: Iterable[Article]) -> list[list[str]]:
    """The written words of every sentence of the articles; of every content, where no articles are given."""
    language = load_language()
    sentences: list[list[str]] = []
    for article in articles:
        sentence: list[str] = []
        reading = language.read(article.document)
        for form, word in zip(reading.forms, reading.words, strict=True):
            if word.flags & (STOP | NEWLINE):
                sentences.append(sentence)
                sentence = []
            elif form[0].isalnum():
                sentence.append(form)
        sentences.append(sentence)
    if not sentences:
        for content in table["content"]:
            forms = tokens(content)[0] if isinstance(content, str) else []
            sentences.append([form for form in forms if form[0].isalnum()])
    return [sentence for sentence in sentences if sentence]


def scale_by_seeds(
    table: pd.DataFrame,
    seeds: Seeds,
    articles: Iterable[Article] = (),
    *,
    near: Sequence[str] = (),
    dimensions: int = DIMENSIONS,
    min_count: int = 5,
) -> pd.DataFrame:
    """Place the content of every attribution between the two poles that seed words name.

    Parameters
    ----------
    table
        Attributions, one a row, with the columns of `attributions_table`.
    seeds
        From `load_seeds` or `read_seeds`. They are found in all their inflected forms; all other words are counted by
        light stems.
    articles
        Articles from whose sentences it is learned which words are alike: those of the study, and any others of the same
        kind, the more the better. Without them it is learned from the contents alone, which are few and short.
    near
        Words of a subject, such as ``["كازاخستان"]``: only words that stand within ten words of one of them more often
        than elsewhere (chi-square with Yates' correction, p < .001) are given a polarity. All words, where none are given.
    dimensions
        How many singular vectors word vectors have. Good results need ten times as many sentences or more.
    min_count
        Words that occur less often in what is learned from are left out, seeds too.

    Returns
    -------
    pandas.DataFrame
        A copy with `axis` (the name of the seeds' file), `axis_score` (the mean polarity of the content's words, weighted
        by their frequency, in standard deviations from the mean of this table: above 0 towards the seeds of polarity
        above 0; NaN for a content none of whose words has a polarity) and `axis_evidence`: [start, end] spans in the
        document of up to five words that drew the content to its side most. Rename the columns to keep two axes.

    Raises
    ------
    SeedError
        The seeds of one end are not in the corpus, or it is smaller than the dimensions.

    Warns
    -----
    SeedWarning
        Some seeds are not in the corpus, or it has fewer than ten sentences for each dimension.

    Notes
    -----
    With v the word vectors, s the seeds with their polarities p, and n₊ and n₋ how many seeds of each end the corpus has, the
    polarity of a word w is the sum of p · cos(v_w, v_s) / n± over the seeds, so that both ends weigh the same. (LSX counts
    seeds that the corpus lacks in n±.) The score of a content says where it lies beside the others of the table, not that it
    is of one pole or the other; short contents lie far out more easily than long ones.

    References
    ----------
    Watanabe, K. (2021). Latent semantic scaling: a semisupervised text analysis technique for new domains and languages.
    Communication Methods and Measures 15(2), 81–102. doi:10.1080/19312458.2020.1832976
    """
    terms = _Terms(seeds)
    model = _learned(_sentences(table, articles), seeds, terms, near, dimensions, min_count)
    scored = {term: place for term, place in model.terms.items() if not np.isnan(model.polarity[place])}
    contents = [_scored_words(content, terms, scored) for content in table["content"]]
    means = np.array(
        [model.polarity[[place for place, _, _ in words]].mean() if words else np.nan for words in contents]
    )
    pulls = model.polarity - _mean(means)
    evidence = [
        [found for span in _drawing(words, pulls, score) if (found := in_document(*span, pieces)) is not None]
        for words, score, pieces in zip(contents, means - _mean(means), table["content_spans"], strict=True)
    ]
    return table.assign(
        axis=pd.Series(seeds.axis, index=table.index, dtype=object),
        axis_score=pd.Series(_standardised(means), index=table.index, dtype=float),
        axis_evidence=pd.Series(evidence, index=table.index, dtype=object),
    )


def words_on_axis(
    table: pd.DataFrame,
    seeds: Seeds,
    articles: Iterable[Article] = (),
    *,
    near: Sequence[str] = (),
    dimensions: int = DIMENSIONS,
    min_count: int = 5,
) -> pd.DataFrame:
    """Show the polarity of every word with which `scale_by_seeds` scores: read it before the scores are trusted.

    Parameters
    ----------
    table, seeds, articles, near, dimensions, min_count
        As for `scale_by_seeds`, which learns the same from the same.

    Returns
    -------
    pandas.DataFrame
        One row per word, the highest polarity first: `word` (as it is mostly written), `polarity`, `frequency` (in what
        was learned from) and `seed` (the seed's own polarity; NaN for other words).

    Raises
    ------
    SeedError
        As for `scale_by_seeds`.
    """
    model = _learned(_sentences(table, articles), seeds, _Terms(seeds), near, dimensions, min_count)
    given = {_term(seed): seed.polarity for seed in seeds.words}
    words = pd.DataFrame(
        {
            "word": model.written,
            "polarity": model.polarity,
            "frequency": model.frequency,
            "seed": [given.get(term, np.nan) for term in model.terms],
        }
    )
    words = words.dropna(subset="polarity")
    return words.sort_values(["polarity", "word"], ascending=[False, True], ignore_index=True)


Occurrence = tuple[int, int, int]  # number of the term, first character in the content, the one after the last


def _scored_words(content: Any, terms: _Terms, number: Mapping[Term, int]) -> list[Occurrence]:
    if not isinstance(content, str):
        return []
    found = ((terms.of(form), start, end) for form, start, end in zip(*tokens(content), strict=True))
    return [(number[term], start, end) for term, start, end in found if term is not None and term in number]


def _drawing(words: Sequence[Occurrence], pulls: Floats, score: float) -> list[tuple[int, int]]:
    """Where the words stand that drew a content furthest to the side on which its score lies."""
    pulled: Counter[int] = Counter()
    for place, _, _ in words:
        pulled[place] += pulls[place] * np.sign(score)
    strongest = sorted((place for place, pull in pulled.items() if pull > 0), key=lambda place: (-pulled[place], place))
    return [(start, end) for place, start, end in words if place in strongest[:_SHOWN]]


def _mean(values: Floats) -> float:
    """The mean of the numbers that are known; 0 where there is none."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _standardised(values: Floats) -> Floats:
    """In standard deviations from the mean; 0 where all are alike."""
    known = values[~np.isnan(values)]
    spread = known.std(ddof=1) if len(known) > 1 else 0.0
    return np.asarray((values - _mean(values)) / (spread if spread > 1e-12 else np.inf), dtype=np.float64)
