"""The one door to the parts of camel-tools that need downloaded data: morphology, sentiment, named entities.

`predict_sentiment` and `predict_names` give its models what they were trained on, in batches, and an answer for every text and
every word: camel-tools itself reads all texts into memory at once, and drops words of which its tokenizer makes nothing.

Importing any of them makes camel-tools fetch its list of packages (`catalogue.json`) when that file is missing, without
asking and without a time limit. So nothing of them is imported before the data was seen on disk, and where a morphology
database is given as a file, an empty catalogue in a folder that is gone again afterwards keeps the import off the network.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from camel_tools.morphology.analyzer import Analyzer
    from camel_tools.ner import NERecognizer
    from camel_tools.sentiment import SentimentAnalyzer


class CamelDataError(ValueError):
    """Data or packages that camel-tools needs are missing or unreadable; the message names the command to run."""


class BackendError(ValueError):
    """A backend that there is not, or that cannot do what is asked; the message names those that there are."""


def check_backend(backend: str) -> None:
    """Raise a `BackendError` where there is no such backend."""
    if backend not in BACKENDS:
        raise BackendError(f"There is no backend {backend!r}. Backends: {', '.join(BACKENDS)}.")


BACKENDS = ("rules", "camel")
_BATCH = 32  # texts that a model reads at once
_LONGEST = 100  # letters of a word that are given to a model; BERT knows no longer word
_TATWEEL = "\u0640"
Item = TypeVar("Item")


class _Part(NamedTuple):
    """One data-backed part: its name in a sentence, in the catalogue, and the package that `camel_data` installs for it."""

    name: str
    component: str
    package: str
    needs_torch: bool


_MORPHOLOGY = _Part("morphology", "MorphologyDB", "morphology-db-msa-r13", needs_torch=False)
_SENTIMENT = _Part("sentiment", "SentimentAnalysis", "sentiment-analysis-arabert", needs_torch=True)
_NER = _Part("named-entity recognition", "NamedEntityRecognition", "ner-arabert", needs_torch=True)


def load_sentiment() -> SentimentAnalyzer:
    """Load camel-tools' default sentiment model from disk.

    Returns
    -------
    SentimentAnalyzer
        Its `predict(sentences)` returns one of positive, negative, neutral for each sentence.

    Raises
    ------
    CamelDataError
        Where the model, torch or transformers is missing; names every command to run.

    References
    ----------
    Obeid et al. (2020), CAMeL Tools: An Open Source Python Toolkit for Arabic NLP, LREC.
    """
    folder = _find(_SENTIMENT)
    with _no_download():
        from camel_tools.sentiment import SentimentAnalyzer
    return SentimentAnalyzer(str(folder))


def load_ner() -> NERecognizer:
    """Load camel-tools' default named-entity model from disk.

    Returns
    -------
    NERecognizer
        Its `predict(sentences)` takes tokenised sentences and returns one IOB label for each token.

    Raises
    ------
    CamelDataError
        Where the model, torch or transformers is missing; names every command to run.
    """
    folder = _find(_NER)
    with _no_download():
        from camel_tools.ner import NERecognizer
    return NERecognizer(str(folder))


def predict_sentiment(texts: Sequence[str]) -> list[str]:
    """Say of each text whether camel-tools' model takes it for negative, neutral or positive.

    Of a text of more than 512 word pieces the model reads the beginning.

    Raises
    ------
    CamelDataError
        As `load_sentiment`; also where the model gives other labels.
    """
    from tqdm import tqdm

    analyser = load_sentiment()
    strange = sorted(set(analyser.labels_map.values()) - set(analyser.labels()))
    if strange:
        raise CamelDataError(
            f"The model in {_find(_SENTIMENT)} says {', '.join(strange)}; it must say {', '.join(analyser.labels())}. "
            f"Fetch it anew: `camel_data -f -i {_SENTIMENT.package}`."
        )
    labels: list[str] = []
    with tqdm(total=len(texts), unit="text", desc="sentiment", delay=2) as bar:
        for batch in _batches(texts):
            labels += analyser.predict([_plain(text) for text in batch])
            bar.update(len(batch))
    return labels


def predict_names(sentences: Iterable[Sequence[str]]) -> Iterator[list[str]]:
    """Give the label of each word of each sentence, as camel-tools' model has it: O, B-PERS, I-PERS and so on.

    Sentences of any length are read whole: camel-tools takes them in pieces of some 250 word pieces.

    Raises
    ------
    CamelDataError
        As `load_ner`, at the first sentence.
    """
    from tqdm import tqdm

    recogniser = load_ner()
    pieces = cache(recogniser.tokenizer.tokenize)
    with tqdm(unit="sentence", desc="names", delay=2) as bar:
        for batch in _batches(sentences):
            plain = [[_plain(word)[:_LONGEST] for word in sentence] for sentence in batch]
            # camel-tools leaves out words without any piece, and all labels behind them would slip forward
            read = [[word for word in sentence if pieces(word)] for sentence in plain]
            predicted = iter(recogniser.predict([sentence for sentence in read if sentence]))
            for sentence, known in zip(plain, read, strict=True):
                labels = iter(next(predicted) if known else ())
                yield [next(labels) if pieces(word) else "O" for word in sentence]
            bar.update(len(batch))


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _plain(text: str) -> str:
    """Without vowel marks and tatweel, which the texts that the models learned from do not have."""
    from camel_tools.utils.dediac import dediac_ar

    return str(dediac_ar(text)).replace(_TATWEEL, "")


def load_morphology(database: str | Path | None = None) -> Analyzer:
    """Load a morphological analyser; words that its database does not know are taken for proper nouns.

    Parameters
    ----------
    database
        A database file in camel-tools' format; without it, the default one that `camel_data` installed.

    Returns
    -------
    Analyzer
        Its `analyze(word)` returns one dictionary of features for each possible reading.

    Raises
    ------
    CamelDataError
        Where the database is missing or camel-tools cannot read it.
    """
    file = _find(_MORPHOLOGY) / "morphology.db" if database is None else Path(database)
    if not file.is_file():
        raise CamelDataError(f"No morphology database at {file}.")
    with _no_download():
        from camel_tools.morphology.analyzer import Analyzer
        from camel_tools.morphology.database import MorphologyDB
        from camel_tools.morphology.errors import MorphologyError
    try:
        known = MorphologyDB(str(file), "a")
        if not known.stem_hash:
            raise ValueError("it holds no stems")
    except (MorphologyError, ValueError) as error:
        raise CamelDataError(
            f"{file} is not a morphology database that camel-tools {version('camel-tools')} reads: {error}."
        ) from error
    return Analyzer(known, "NOAN_PROP")


def _data_folder() -> Path:
    """Where camel-tools keeps its data; the rule of `camel_tools.data`, which cannot be imported to ask."""
    chosen = os.environ.get("CAMELTOOLS_DATA")
    if chosen is not None:
        return Path(chosen).expanduser().absolute()
    return Path.home() / ("AppData/Roaming/camel_tools" if sys.platform == "win32" else ".camel_tools")


def _find(part: _Part) -> Path:
    """Folder of a part's default data; everything that is missing is said at once."""
    missing: list[str] = []
    folder = _default_data(part.component)
    if folder is None:
        missing.append(f"its data is not in {_data_folder()}: run `camel_data -i {part.package}`")
    if part.needs_torch:
        packages = [name for name in ("torch", "transformers") if find_spec(name) is None]
        if packages:
            missing.append(f"{' and '.join(packages)} not installed: run `make setup-models`")
    if folder is None or missing:
        raise CamelDataError(f"Cannot load camel-tools' {part.name}: {'; '.join(missing)}.")
    return folder


def _default_data(component: str) -> Path | None:
    """Folder of a component's default data as the catalogue on disk names it, or None."""
    catalogue = _data_folder() / "catalogue.json"
    if not catalogue.is_file():
        return None
    try:
        entry = json.loads(catalogue.read_text(encoding="utf-8"))["components"].get(component)
        if entry is None:
            return None
        folder = catalogue.parent / "data" / entry["datasets"][entry["default"]]["path"]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CamelDataError(
            f"{catalogue} is not a catalogue of camel-tools, perhaps a broken download: delete it and run `camel_data -l`."
        ) from error
    return folder if folder.is_dir() else None


@contextmanager
def _no_download() -> Iterator[None]:
    """Let camel-tools be imported without fetching its catalogue.

    Only where there is none: an empty one then stands in during the import, in a folder of its own, never in the user's,
    where it would hide the real one. For the rest of the process camel-tools' own `pretrained()` finds nothing; the
    loaders here do not use it.
    """
    if (_data_folder() / "catalogue.json").is_file():
        yield
        return
    before = os.environ.get("CAMELTOOLS_DATA")
    with TemporaryDirectory() as folder:
        Path(folder, "catalogue.json").write_text(
            '{"version": "1.6", "packages": {}, "components": {}}', encoding="utf-8"
        )
        os.environ["CAMELTOOLS_DATA"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["CAMELTOOLS_DATA"]
            else:
                os.environ["CAMELTOOLS_DATA"] = before
