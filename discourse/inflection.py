"""Written forms of a dictionary entry, and the entry of a written form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from discourse.lexicon import data_settings
from discourse.text import fold


class Inflection:
    """Affixes and paradigms of inflection.yml, applied to folded words."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.person_prefixes: list[str] = data["person_prefixes"]
        self.conjunctions: list[str] = data["conjunctions"]
        self.prefixes: dict[bool, list[str]] = {True: data["verbal_prefixes"], False: data["nominal_prefixes"]}
        self.pronouns: dict[bool, list[str]] = {True: data["verbal_pronouns"], False: data["nominal_pronouns"]}
        self.contractions: list[tuple[str, str]] = [(pair["written"], pair["bare"]) for pair in data["contractions"]]
        self.before_pronoun: tuple[str, str] = (data["before_pronoun"]["written"], data["before_pronoun"]["bare"])
        self.shortest: int = data["shortest_stem"]
        self._light_prefixes: list[str] = data["light_prefixes"]
        self._light_suffixes: list[str] = data["light_suffixes"]
        self._rules = {
            name: [(re.compile(rule["match"]), rule["free"], rule["attached"]) for rule in data[name]]
            for name in ("noun", "adjective", "past", "present")
        }

    def forms(self, lemma: str, part: str, stems: Iterable[str]) -> Iterator[tuple[str, bool]]:
        """Inflected forms of an entry, each with whether it stands before a pronoun."""
        lemma = fold(lemma)
        if part == "verb":
            yield from self._apply("past", lemma)
            for stem in stems:
                body = fold(stem)[1:]
                for form, attached in self._apply("present", body):
                    for prefix in self.person_prefixes:
                        yield prefix + form, attached
        else:
            for stem in (lemma, *map(fold, stems)):
                yield from self._apply(part, stem)

    def _apply(self, name: str, stem: str) -> Iterator[tuple[str, bool]]:
        for pattern, free, attached in self._rules[name]:
            if pattern.search(stem):
                for replacement in free:
                    yield pattern.sub(replacement, stem, count=1), False
                for replacement in attached:
                    yield pattern.sub(replacement, stem, count=1), True
                return

    def without_pronoun(self, word: str) -> Iterator[str]:
        """What a written verb can be when its last letters are taken for a pronoun."""
        weak, bare = self.before_pronoun
        for pronoun in self.pronouns[True]:
            stem = word.removesuffix(pronoun)
            if stem != word and len(stem) >= self.shortest:
                yield stem
                if stem.endswith(weak):
                    yield stem.removesuffix(weak) + bare

    def bare(self, word: str) -> Iterator[str]:
        """A written word, then the same without the conjunctions and prepositions that it may carry."""
        for conjunction in self.conjunctions:
            if word.startswith(conjunction):
                trunk = word[len(conjunction) :]
                yield trunk
                for prefix, instead in self.contractions:
                    if trunk.startswith(prefix) and len(trunk) - len(prefix) >= self.shortest:
                        yield instead + trunk[len(prefix) :]

    def light(self, word: str) -> str:
        """A folded word without its article and endings."""
        for prefix in self._light_prefixes:
            left = len(word) - len(prefix)
            if word.startswith(prefix) and left >= self.shortest + (len(prefix) == 1):
                word = word[len(prefix) :]
                break
        for suffix in self._light_suffixes:
            if word.endswith(suffix) and len(word) - len(suffix) >= self.shortest:
                word = word[: -len(suffix)]
        return word


class FormIndex:
    """What is known of each inflected form, found again behind clitics; what was added first is kept."""

    def __init__(self) -> None:
        self._inflection = load_inflection()
        self._known: dict[tuple[bool, bool], dict[str, Any]] = {
            (v, a): {} for v in (True, False) for a in (True, False)
        }
        self._words: dict[str, Any] = {}
        self._blocked: set[str] = set()

    def block(self, form: str) -> None:
        """Take a written form, alone or behind prefixes, for a word that is not entered here."""
        self._blocked.add(fold(form))

    def add(self, lemma: str, part: str, stems: Iterable[str], value: Any) -> None:
        """Enter a verb, a noun or adjective, or a word that is taken as written (part `word`)."""
        if part == "word":
            self._words.setdefault(fold(lemma), value)
            return
        for form, attached in self._inflection.forms(lemma, part, stems):
            self._known[part == "verb", attached].setdefault(form, value)

    def find(self, word: str, with_pronoun: bool = False) -> Any:
        """What is known of a folded word: as it stands, then behind as few prefixes and pronouns as possible.

        With `with_pronoun`, only if a pronoun hangs on it and the word is nothing without splitting that off.
        """
        inflection = self._inflection
        if any(word.startswith(c) and word[len(c) :] in self._blocked for c in inflection.conjunctions):
            return None
        for conjunction in inflection.conjunctions:
            if not word.startswith(conjunction):
                continue
            trunk = word[len(conjunction) :]
            if trunk in self._words:
                return self._words[trunk]
            for verbal in (False, True):
                free, attached = self._known[verbal, False], self._known[verbal, True]
                for prefix in inflection.prefixes[verbal]:
                    if not trunk.startswith(prefix):
                        continue
                    rest = trunk[len(prefix) :]
                    if rest in self._blocked:
                        return None
                    bare = len(rest) == len(word)
                    if rest in free and (bare or len(rest) >= inflection.shortest - (len(prefix) > 1)):
                        return None if with_pronoun else free[rest]
                    for pronoun in inflection.pronouns[verbal]:
                        stem = rest[: -len(pronoun)]
                        if rest.endswith(pronoun) and len(stem) >= inflection.shortest and stem in attached:
                            return attached[stem]
        return None


@cache
def load_inflection() -> Inflection:
    """Load the paradigms of data/ar/inflection.yml; the same object every time."""
    return Inflection(data_settings("ar/inflection.yml"))


def bare_words(word: str) -> Iterator[str]:
    """A folded word, then the same without the conjunctions and prepositions that it may carry."""
    yield from load_inflection().bare(word)


def light(word: str) -> str:
    """A folded word without its article and endings, so that most forms of one word are counted together.

    Light stemming does not look the word up: it joins القرية and قريتها, and leaves broken plurals apart.

    References
    ----------
    Larkey, L. S., Ballesteros, L. & Connell, M. E. (2007). Light stemming for Arabic information retrieval. In Soudi, A.,
    van den Bosch, A. & Neumann, G. (eds), Arabic Computational Morphology, 221–243. Springer.
    """
    return load_inflection().light(word)
