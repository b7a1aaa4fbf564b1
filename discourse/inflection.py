"""Written forms of a dictionary entry, and the entry of a written form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from typing import Any, Literal, get_args

from discourse.datafiles import data_settings
from discourse.text import fold

# As what a form is known, and so what stands before and behind it in a word that it is found in.
Cut = Literal["blocked", "word", "noun", "noun with pronoun", "verb", "verb with pronoun"]
CUTS: tuple[Cut, ...] = get_args(Cut)


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
        self.cuts = lru_cache(maxsize=20_000)(self._cuts)
        endings = {ending for _, free, _ in self._rules["noun"] for ending in free} | set(self.pronouns[False])
        affixes = (self.conjunctions, self.prefixes[False], endings)
        self._affixes = [sorted(set(group) - {""}, key=lambda affix: (-len(affix), affix)) for group in affixes]

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

    def _cuts(self, word: str) -> tuple[tuple[Cut, str], ...]:
        """What a folded word can be behind clitics, the likeliest first, and as what each would have to be known."""
        trunks = [(word[len(c) :], c) for c in self.conjunctions if word.startswith(c)]
        cuts: list[tuple[Cut, str]] = [("blocked", trunk) for trunk, _ in trunks]
        kinds: tuple[tuple[bool, Cut, Cut], ...] = (
            (False, "noun", "noun with pronoun"),
            (True, "verb", "verb with pronoun"),
        )
        for trunk, conjunction in trunks:
            cuts.append(("word", trunk))
            for verbal, free, attached in kinds:
                endings = [pronoun for pronoun in self.pronouns[verbal] if trunk.endswith(pronoun)]
                for prefix in self.prefixes[verbal]:
                    if not trunk.startswith(prefix):
                        continue
                    rest = trunk[len(prefix) :]
                    cuts.append(("blocked", rest))
                    if not (conjunction or prefix) or len(rest) >= self.shortest - (len(prefix) > 1):
                        cuts.append((free, rest))
                    stems = (rest[: -len(pronoun)] for pronoun in endings)
                    cuts += [(attached, stem) for stem in stems if len(stem) >= self.shortest]
        return tuple(cuts)

    def stem(self, word: str) -> str:
        """What may be left of a folded word without clitics and endings: rough, for counting, never for looking up."""
        *openings, endings = self._affixes
        for prefixes in openings:
            word = word[next((len(p) for p in prefixes if word.startswith(p) and self._leaves_a_stem(word, p)), 0) :]
        cut = next((len(e) for e in endings if word.endswith(e) and self._leaves_a_stem(word, e)), 0)
        return word[: len(word) - cut]

    def _leaves_a_stem(self, word: str, affix: str) -> bool:
        return len(word) - len(affix) >= self.shortest

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
        self._known: dict[Cut, dict[str, Any]] = {cut: {} for cut in CUTS}

    def block(self, form: str) -> None:
        """Take a written form, alone or behind prefixes, for a word that is not entered here."""
        self._known["blocked"][fold(form)] = True

    def add(self, lemma: str, part: str, stems: Iterable[str], value: Any) -> Iterable[str]:
        """Enter a verb, a noun or adjective, or a word that is taken as written (part `word`); give its forms."""
        if part == "word":
            forms: list[tuple[str, Cut]] = [(fold(lemma), "word")]
        else:
            kinds: tuple[Cut, Cut] = ("verb", "verb with pronoun") if part == "verb" else ("noun", "noun with pronoun")
            forms = [(form, kinds[attached]) for form, attached in self._inflection.forms(lemma, part, stems)]
        for form, cut in forms:
            self._known[cut].setdefault(form, value)
        return [form for form, _ in forms]

    def find(self, word: str, with_pronoun: bool = False) -> Any:
        """What is known of a folded word: as it stands, then behind as few prefixes and pronouns as possible.

        With `with_pronoun`, only if a pronoun hangs on it and the word is nothing without splitting that off.
        """
        known = self._known
        for cut, stem in self._inflection.cuts(word):
            found = known[cut].get(stem)
            if found is not None:
                return None if cut == "blocked" or with_pronoun and cut in ("noun", "verb") else found
        return None


class FormIndexes:
    """Several indexes by name, for words of which each may know something of its own."""

    def __init__(self) -> None:
        self._inflection = load_inflection()
        self._indexes: dict[str, FormIndex] = {}
        self._names: dict[str, set[str]] = {}  # of the indexes that have a form

    def add(self, name: str, lemma: str, part: str, stems: Iterable[str], value: Any) -> None:
        """Enter a word into the index of this name, as `FormIndex.add` does."""
        for form in self._indexes.setdefault(name, FormIndex()).add(lemma, part, stems, value):
            self._names.setdefault(form, set()).add(name)

    def find(self, word: str) -> dict[str, Any]:
        """What each index knows of a folded word, in the order in which the indexes came up."""
        names = self._names
        able = {name for _, stem in self._inflection.cuts(word) for name in names.get(stem, ())}
        found = {name: index.find(word) for name, index in self._indexes.items() if name in able}
        return {name: value for name, value in found.items() if value is not None}


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
