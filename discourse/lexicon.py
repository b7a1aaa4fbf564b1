"""Load language and actor data once, and say of each written word what it can be.

Forms are expanded by paradigm when the data is loaded; every distinct word of a corpus is analysed once and remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache
from itertools import pairwise
from typing import Any, Literal, NamedTuple, TypeVar, get_args

from discourse.datafiles import data_entries, data_rows, kept_for_good
from discourse.paradigms import (
    affix_rows,
    affixes,
    noun_forms,
    participle_forms,
    past_forms,
    present_forms,
    stems,
    whole_participle,
)
from discourse.text import fold, tokens

Medium = Literal["spoken", "written", "document", "media"]
Role = Literal["opens", "stops", "clauses", "marks", "introduces", "sides", "named", "fills", "ends", "media"]
_ROLES: tuple[Role, ...] = get_args(Role)
ComplementKind = Literal["that", "prep", "object", "addressee", "whether", "quote", "clause"]

# What a word can be, as bits: tested millions of times, so plain integers.
STOP, COMMA, COLON, NEWLINE, OPEN, CLOSE, MARK = 1, 2, 4, 8, 16, 32, 64
COMPLEMENTISER, BLOCKER, RELATIVE, PREPOSITION, TIME, OCCASION, ENDER = 128, 256, 512, 1024, 2048, 4096, 8192
AUXILIARY, NEGATOR, JUSSIVE, WHETHER, DEFINITE, NUMBER, LATIN, JOINED, DASH = (1 << n for n in range(14, 23))

# Which cues a word can be, as bits too: a perfect or imperfect, one that is hardly another word, one with a pronoun …
FINITE, VERB, OWNED_VERB, PARTICIPLE, INDEFINITE, NOUN, OWNED_NOUN = (1 << n for n in range(7))

# How it is written, as bits: the shapes of data/ar/shapes.tsv, which shows what each is.
ACCUSATIVE, FEMININE, NUN, NOMINATIVE, OBLIQUE, FEMININE_PLURAL, SUFFIXED, OURS, CIRCUMSTANCE = (
    1 << n for n in range(9)
)
WA, FA, KA, LI, BI, ARTICLE, JOINED_ARTICLE, SECOND_WA, IN_NAME, IMPERFECT = (1 << n for n in range(9, 19))
TEH_MARBUTA, HAMZA, FIRST_HAMZA, TANWIN, ARTICLED = (1 << n for n in range(19, 24))

_SHAPES = {
    "accusative": ACCUSATIVE,
    "feminine": FEMININE,
    "nun": NUN,
    "nominative": NOMINATIVE,
    "oblique": OBLIQUE,
    "feminine_plural": FEMININE_PLURAL,
    "suffixed": SUFFIXED,
    "ours": OURS,
    "circumstance": CIRCUMSTANCE,
    "wa": WA,
    "fa": FA,
    "ka": KA,
    "li": LI,
    "bi": BI,
    "article": ARTICLE,
    "joined_article": JOINED_ARTICLE,
    "second_wa": SECOND_WA,
    "in_name": IN_NAME,
    "imperfect": IMPERFECT,
    "teh_marbuta": TEH_MARBUTA,
    "hamza": HAMZA,
    "first_hamza": FIRST_HAMZA,
    "tanwin": TANWIN,
    "articled": ARTICLED,
}
_GROUPS = {
    "complementiser_blockers": BLOCKER,
    "relatives": RELATIVE,
    "prepositions": PREPOSITION,
    "time_words": TIME,
    "occasions": OCCASION,
    "content_enders": ENDER,
    "auxiliaries": AUXILIARY,
    "negators": NEGATOR,
    "jussive_particles": JUSSIVE,
    "whether": WHETHER,
}
_SPEAKS_WITHOUT_SIGNS = ("plain_saying", "relaying")  # groups of verbs behind which speech may stand unmarked
# What tells nothing of what a text is about: by its bits, and by its group.
_FUNCTION = COMPLEMENTISER | BLOCKER | RELATIVE | PREPOSITION | ENDER | AUXILIARY | NEGATOR | JUSSIVE | WHETHER
_FUNCTION_GROUPS = (
    *("free_pronouns", "prepositional_pronouns", "demonstratives", "determiners", "quantifiers", "conjunctions"),
    *("adversatives", "subordinators", "conditionals", "interrogatives", "speech_openers"),
)


@dataclass(frozen=True, slots=True)
class Complement:
    """One way in which a cue takes its content, with the preposition it needs (folded, empty for none)."""

    kind: ComplementKind
    preposition: str = ""


@dataclass(frozen=True, slots=True)
class Cue:
    """One reporting verb with its verbal nouns, what it does, and what can be its content."""

    lemma: str
    key: str  # the lemma folded
    act: str
    engagement: str
    complements: tuple[Complement, ...]
    guards: frozenset[str]
    groups: frozenset[str]  # of particles.yml that hold it
    kinds: frozenset[ComplementKind] = field(init=False)
    sought: tuple[Complement, ...] = field(init=False)  # the complements that a finite form has, quotations apart
    governs: bool = field(init=False)  # whether a person or a body can be its object
    signalled: bool = field(init=False)  # whether it reports nothing without a clause or a mark behind it

    def __post_init__(self) -> None:
        kinds: set[ComplementKind] = {"that", "whether"}
        if self.guards.isdisjoint(("that-only", "quote-only")):
            kinds |= {"prep", "addressee", "object"}
        sought = tuple(c for c in self.complements if c.kind in kinds)
        signalled = all(c.kind == "that" for c in sought) and self.groups.isdisjoint(_SPEAKS_WITHOUT_SIGNS)
        object.__setattr__(self, "kinds", frozenset(c.kind for c in self.complements))
        object.__setattr__(self, "sought", sought)
        object.__setattr__(self, "governs", self.takes("addressee") or self.takes("object"))
        object.__setattr__(self, "signalled", signalled)

    def takes(self, kind: ComplementKind) -> bool:
        """Whether any complement is of this kind."""
        return kind in self.kinds


@dataclass(frozen=True, slots=True)
class Expression:
    """A light verb with the nouns that name its act: أعرب عن قلق, وجه دعوة; without verb, a preposition and its noun."""

    cue: Cue
    preposition: str  # before the noun, folded; empty for a bare object
    nouns: dict[str, tuple[tuple[str, ...], ...]]  # written form of the noun's first word: further words, longest first
    from_noun: bool  # the content begins with the noun, not behind it


@dataclass(frozen=True, slots=True)
class CueForm:
    """A written form of a cue: its part of speech, agreement, and a pronoun hanging on it."""

    cue: Cue
    part: Literal["past", "present", "jussive", "participle", "noun", "adjective"]
    person: int = 3
    gender: str = "m"
    number: str = "s"
    pronoun: str = ""
    definite: bool = False
    weak: bool = False  # mostly another word: a cue only where its clause or quotation follows at once


@dataclass(frozen=True, slots=True)
class Title:
    """A noun that heads a source phrase: وزير, وزارة, صحيفة, بيان, مصدر."""

    word: str
    kind: str
    gender: str
    number: str
    camp_blocking: bool


@dataclass(frozen=True, slots=True)
class Prepositional:
    """A phrase such as بحسب or على حد قول; `glued` where the source hangs on its last letter (وفقا لـ)."""

    words: tuple[str, ...]
    lemma: str
    follows: str
    pronoun: bool
    glued: bool


@dataclass(frozen=True, slots=True)
class Ending:
    """Words with which the article's own voice starts again, and where they count as such."""

    words: tuple[str, ...]
    second: str  # of its words; empty where there is one
    reason: str
    comma: bool  # only behind a comma
    noun_only: bool  # only behind a nominal complement
    cue: bool  # only where a reporting verb follows
    unless: frozenset[str]  # next words with which it is something else


@dataclass(frozen=True, slots=True)
class Word:
    """What one written word can be."""

    form: str
    flags: int
    cues: tuple[CueForm, ...] = ()
    title: Title | None = None
    preposition: str = ""
    conjunction: str = ""
    bases: tuple[str, ...] = ()
    light: tuple[tuple[Expression, CueForm], ...] = ()
    named: tuple[Mapping[str, Sequence[Name]], ...] = ()  # names that may begin here, by base
    alone: bool = False  # whether it is a whole name
    seconds: frozenset[str] = frozenset()  # words that go on with a name, or with a phrase that excludes one
    nation: str = ""  # the state of a demonym
    opens: bool = False  # whether an attribution can begin with it
    speaks: bool = False  # whether it is a verb that can introduce a quotation, and nothing more likely
    places: bool = False  # whether the name of a state or capital may begin here
    excludes: bool = False  # whether a phrase may begin here in which a name is no speaker
    medium: Medium | None = None  # by which what it names reaches an outlet
    continues: bool = False  # whether a noun phrase goes on with it whatever it is: an unknown word, a plain title
    runs_on: bool = False  # whether it is a word of which nothing is known that ends a phrase, or opens anything
    parts: int = 0  # which cues it can be, as bits
    verbs: tuple[CueForm, ...] = ()  # the perfects and imperfects among them that tell of others, if it is no title
    quoted_verbs: tuple[CueForm, ...] = ()  # the same within a quotation, where one speaks of oneself too
    shape: int = 0  # how it is written, as bits
    joined: bool = False  # whether a conjunction is written to it that no verb it can be begins with
    as_i: bool = False  # whether its hamza makes it a verb in the first person: أعتقد, where اعتقد is he
    fused: str = ""  # the preposition that is written into it: من in مما
    groups: frozenset[str] = frozenset()  # of particles.yml that hold it as it is written
    base_groups: frozenset[str] = frozenset()  # of particles.yml that hold it without its clitics
    fills: bool = False  # whether it is a noun that some light verb can have
    manner: bool = False  # whether it says how, with a conjunction or not: علنا, وبشدة
    future: bool = False  # whether it is an imperfect with the mark of the future: سيلقي
    relational: bool = False  # whether it has the ending of an adjective of relation: روسي, الروسية, روسيون
    given: bool = False  # whether it is a given name, with a conjunction or not
    phrases: tuple[Prepositional, ...] = ()  # that may begin with it: بحسب, وعلى حد قول
    phrases_follow: tuple[str, ...] = ()  # how the next word must begin for any of them to stand there
    endings: tuple[Ending, ...] = ()  # words that may begin with it, with which the article's own voice starts again
    withholds: bool = False  # whether a request not to be named may begin here
    ends: bool = False  # whether the article's own voice may start again with it, or a mark stands there
    may_name: bool = field(init=False)  # whether the name of an actor may begin here, or a phrase that excludes one
    roles: tuple[Role, ...] = field(init=False)  # for which each article's words are sought out

    def __post_init__(self) -> None:
        has: dict[Role, object] = {
            "opens": self.opens,
            "stops": self.flags & STOP,
            "clauses": self.flags & COMPLEMENTISER,
            "marks": self.flags & (MARK | COLON),
            "introduces": self.speaks or self.title is not None and self.title.kind == "person",
            "sides": self.nation or self.places,
            "named": self.named,
            "fills": self.fills,
            "ends": self.ends,
            "media": self.medium,
        }
        object.__setattr__(self, "may_name", bool(self.alone or self.nation or self.seconds))
        object.__setattr__(self, "roles", tuple([role for role, it_has in has.items() if it_has]))


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as tokens, each with where it stands and what it can be; four parallel lists, not to be changed.

    `where` holds for each role the words that have it, in their order; `listed`, for each word with which the name of a
    listed actor begins, how many words the longest takes and all who bear it.
    """

    document: str
    forms: list[str]
    starts: list[int]
    ends: list[int]
    words: list[Word]
    where: Mapping[Role, Sequence[int]]
    listed: Mapping[int, tuple[int, Sequence[Actor]]]


SHADDA = "\u0651"
_TATWEEL = "\u0640"
Known = TypeVar("Known")
_REMEMBERED = 200_000  # written words: more than an outlet uses in a year, some 100 MB


class Remembered(dict[str, Known]):
    """Every written word met so far with what is known of it; forgotten all at once when they become too many."""

    def __init__(self, analyse: Callable[[str], Known]) -> None:
        self._analyse = analyse

    def __missing__(self, form: str) -> Known:
        if len(self) >= _REMEMBERED:
            self.clear()
        known = self[form] = self._analyse(form)
        return known


def _complement(text: str) -> Complement:
    words = text.split("#")[0].split()
    if words[0] == "addressee":
        return Complement("addressee", fold(words[2]) if len(words) > 2 else "")
    return Complement(words[0], fold(words[1]) if len(words) > 1 else "")  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------- actors


@dataclass(frozen=True, slots=True)
class Office:
    """An office and the days on which it was held; None stands for an open end."""

    office: str
    start: date | None
    end: date | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that can be quoted; `state` is the slug of the state whose side it is on, if any."""

    slug: str
    kind: str
    state: str | None
    offices: tuple[Office, ...] = ()
    since: date | None = None
    until: date | None = None
    gender: str = ""


class Name(NamedTuple):
    """What follows the first two words of a listed name, and all who bear it."""

    rest: tuple[str, ...]
    bearers: list[Actor]


_NOBODY: Sequence[Actor] = ()
_MEDIA = frozenset(("agency", "newspaper", "broadcaster", "website", "magazine", "platform"))


def _period(text: str) -> list[tuple[date | None, date | None]]:
    """Read `2019-03-23..2022-09-17;2022-09-17..` as periods with open ends."""
    periods = []
    for part in text.split(";"):
        start, _, end = part.partition("..")
        periods.append((date.fromisoformat(start) if start else None, date.fromisoformat(end) if end else None))
    return periods


_SAFE_ALONE = 6  # letters of a family name that, spelt otherwise, is still no everyday word


class Actors:
    """States, institutions, organisations and people by the names that news gives them."""

    def __init__(self) -> None:
        # by first and second word (empty for names of one word), the longest first
        self.names: dict[str, dict[str, list[Name]]] = {}
        self.places: set[str] = set()  # first words of the names of states and capitals
        self.demonyms: dict[str, str] = {}
        self.bodies: dict[tuple[str, ...], str] = {}  # the head of a state's body: what its slug has behind the state's
        self.longest_body = 0  # words of such a head
        self.excluded: dict[str, dict[str, list[tuple[str, ...]]]] = {}  # by their first two words
        self.states: set[str] = set()
        for row in data_rows("actors/states.tsv"):
            actor = Actor(row["slug"], "state", row["slug"])
            self.states.add(row["slug"])
            for name in _cells(row["names"]):
                self._add(name, actor)
            for capital in _cells(row["capitals"]):
                name, _, dates = capital.partition("@")
                for since, until in _period(dates) if dates else [(None, None)]:
                    self._add(name, Actor(row["slug"], "capital", row["slug"], (), since, until))
            for demonym in _cells(row["demonyms"]):
                self._add_demonym(demonym, row["slug"])
        for row in data_rows("actors/institutions.tsv"):
            for name in _cells(row["names"]):
                self._add(name, Actor(row["slug"], "institution", row["state"] or None))
        for row in data_rows("actors/organisations.tsv"):
            kind = "media" if row["kind"] in _MEDIA else "organisation"
            for name in (*_cells(row["names"]), *_cells(row.get("abbreviations") or "")):
                self._add(name, Actor(row["slug"], kind, None if kind == "media" else row["state"] or None))
        people: list[tuple[Actor, list[str]]] = []
        for entry in data_entries("actors/people.yml"):
            offices = tuple(Office(o["office"], o.get("from"), o.get("to")) for o in entry.get("offices") or ())
            actor = Actor(entry["slug"], "person", entry.get("state"), offices, gender=entry.get("gender") or "")
            for name in entry["names"]:
                self._add(name, actor)
            people.append((actor, entry["names"]))
        self._add_spellings(people)
        for row in data_rows("actors/offices.tsv"):
            for head in _cells(row["head"]):
                parts = tuple(fold(head).split())
                if row["kind"] == "institution":
                    self.bodies.setdefault(parts, row["suffix"])
                    self.longest_body = max(self.longest_body, len(parts))
        for row in data_rows("actors/metonym_exclusions.tsv"):
            first, second, *rest = fold(row["phrase"]).split()
            self.excluded.setdefault(first.removeprefix(*affixes("article")), {}).setdefault(second, []).append(
                tuple(rest)
            )
        for seconds in self.names.values():
            for entries in seconds.values():
                entries.sort(key=lambda name: -len(name.rest))

    def _add(self, name: str, actor: Actor) -> None:
        words = tuple(w for w in tokens(fold(name))[0] if w[0].isalnum())
        if not words:
            return
        first, second, rest = words[0], words[1] if len(words) > 1 else "", words[2:]
        # the article of a longer name may be left out or put: (ال)ولايات المتحدة; الدوما alone is not دوما
        firsts = [first, *(stems("without-article", first) if second else ())]
        for written in firsts:
            names = self.names.setdefault(written, {}).setdefault(second, [])
            same = next((name for name in names if name.rest == rest), None)
            if same is None:
                names.append(Name(rest, [actor]))
            else:
                same.bearers.append(actor)
            if actor.kind in ("state", "capital"):
                self.places.add(written)

    def _add_spellings(self, people: Sequence[tuple[Actor, list[str]]]) -> None:
        """Enter the names of people as other papers spell them, by the letters that stand for one sound."""
        rules = [(row["written"], row["also"], row["scope"] == "any") for row in data_rows("actors/spellings.tsv")]
        taken = {fold(name) for _, names in people for name in names}
        made: dict[str, set[Actor]] = {}
        for actor, names in people:
            for name in map(fold, names):
                alone = " " not in name
                for written, also, any_name in rules:
                    if written in name and not (also in name and written in also):
                        if not alone or any_name and len(name) >= _SAFE_ALONE:
                            made.setdefault(name.replace(written, also), set()).add(actor)
        for name, bearers in made.items():
            if name not in taken and len(bearers) == 1:
                self._add(name, *bearers)

    def _add_demonym(self, demonym: str, state: str) -> None:
        stem = fold(demonym)
        for relational in stems("demonym", stem):
            for suffix in affixes("demonym"):
                self.demonyms.setdefault(relational + suffix, state)
        self.demonyms.setdefault(stem, state)

    def excluded_at(self, words: Sequence[Word], i: int) -> int:
        """How many words at i make a phrase in which a name is no speaker: مسار أستانا; 0 for none."""
        follows = words[i + 1].form if i + 1 < len(words) else ""
        for base in words[i].bases:
            for rest in self.excluded.get(base, {}).get(follows, ()):
                if all(i + k < len(words) and words[i + k].form == part for k, part in enumerate(rest, 2)):
                    return 2 + len(rest)
        return 0

    def at(self, words: Sequence[Word], i: int) -> tuple[int, Sequence[Actor]]:
        """Actors whose name begins at word i: how many words the longest name takes, and all who bear it."""
        word = words[i]
        follows = words[i + 1].form if i + 1 < len(words) else ""
        if not word.alone and follows not in word.seconds:
            return 0, []
        for seconds in word.named:
            if follows and follows in seconds:
                names = seconds[follows]
                ahead = tuple([each.form for each in words[i + 2 : i + 2 + len(names[0].rest)]])
                for rest, bearers in names:
                    if ahead[: len(rest)] == rest:
                        return 2 + len(rest), bearers
            if "" in seconds:
                return 1, seconds[""][0].bearers
        return 0, _NOBODY


def _cells(text: str | None) -> list[str]:
    return [cell.strip() for cell in (text or "").split("|") if cell.strip()]


def load_camps() -> object:
    """The camps of the first study, as the file holds them."""
    return data_entries("actors/camps.yml")


@cache
def load_weights() -> dict[str, float]:
    """The weight of each sign of a right attribution in log odds; `all` is that of every one, `least` the lowest sum."""
    return {entry["sign"]: float(entry["weight"]) for entry in data_entries("ar/confidence.yml")}


@cache
@kept_for_good()
def load_actors() -> Actors:
    """Load the actor data; the same object every time."""
    return Actors()


# ---------------------------------------------------------------------------------------------- the language


class Language:
    """Everything known of Arabic, ready for look-up; made once by `load_language`."""

    def __init__(self) -> None:
        self.cues: dict[str, Cue] = {}
        self.groups: dict[str, frozenset[str]] = {}
        self.pronouns = frozenset(affixes("pronoun"))
        self.anonymity: frozenset[tuple[str, ...]] = frozenset()
        self._fused: dict[str, str] = {}  # a word, by the preposition that is written into it
        self.partitives: frozenset[tuple[str, ...]] = frozenset()
        self.asides: frozenset[tuple[str, ...]] = frozenset()
        self.endings: dict[str, list[Ending]] = {}
        self._finite: dict[str, list[CueForm]] = {}
        self._hosts: dict[str, list[CueForm]] = {}  # finite forms as they are written before a pronoun
        self._blocked: set[tuple[str, str]] = set()  # verb, and a form that is mostly another word
        self._participles: dict[str, list[CueForm]] = {}
        self._nouns: dict[str, list[CueForm]] = {}
        self._adjectives: dict[str, list[CueForm]] = {}
        self._flags: dict[str, int] = {}
        self._titles: dict[str, Title] = {}
        self._possessed: set[str] = set()  # titles with the pronoun ه
        self.prepositional: dict[str, list[Prepositional]] = {}
        self.actors = load_actors()
        self._words = Remembered(self._analyse)
        self._shapes = _load_shapes()
        self._last: Reading | None = None
        self._phrase = lru_cache(maxsize=20_000)(self._read_phrase)
        self._load_particles()
        self._function = frozenset().union(*(self.groups[group] for group in _FUNCTION_GROUPS))
        self._groups_of = _memberships(self.groups)
        self._load_endings()
        self._load_cues()
        self._load_nouns()
        self._load_adjectives()
        self._load_titles()
        self._light: dict[str, list[tuple[Expression, CueForm]]] = {}
        self._load_expressions()
        self._fillers = frozenset(
            noun for entries in self._light.values() for expression, _ in entries for noun in expression.nouns
        )
        self._load_prepositional()
        self._withholding = frozenset(first for first, _ in self.anonymity)
        # a name written with ي, by the particle that is written with ى: they fold alike
        self.namesakes = {name: stems("namesake", name)[0] for name in self.groups["namesakes"]}
        ending = ("periods", "relative_verbs", "subject_pronouns")  # groups whose words may end a noun phrase
        self._ending = self._withholding.union(*(self.groups[group] for group in ending))
        kinds: tuple[Medium, ...] = ("spoken", "written", "document")  # of a word in two, the last one counts
        self.media = {base: medium for medium in kinds for base in self.groups[f"{medium}_media"]}
        self.given_names = frozenset(fold(row["name"]) for row in data_rows("ar/given_names.tsv"))
        self.modifiers = frozenset(
            form for row in data_rows("ar/title_modifiers.tsv") for form in _modifier_forms(fold(row["modifier"]))
        )

    def _load_prepositional(self) -> None:
        for entry in data_entries("ar/cue_prepositions.yml"):
            words = fold(entry["words"]).split()
            glued = entry["words"].endswith(_TATWEEL)
            made = Prepositional(
                tuple(words),
                entry["words"].rstrip(_TATWEEL + " "),
                entry["follows"],
                bool(entry.get("pronoun")),
                glued,
            )
            suffixes = (
                [p for p, person, *_ in affix_rows("object-pronoun") if person == 3]
                if made.pronoun and len(words) == 1
                else []
            )
            for first in (words[0], *(words[0] + pronoun for pronoun in suffixes)):  # بحسب, بحسبه
                entries = self.prepositional.setdefault(first, [])
                entries.append(made)
                entries.sort(key=lambda e: -len(e.words))

    def _load_particles(self) -> None:
        for entry in data_entries("ar/particles.yml"):
            words = [fold(str(w)) for w in entry["words"]]
            if entry["group"] == "complementisers":
                for word in words:
                    for prefix in ("", *affixes("complementiser")):
                        for suffix in ("", *affixes("pronoun")):
                            self._flags[prefix + word + suffix] = COMPLEMENTISER
            elif entry["group"] == "fused":
                self._fused = {fused: preposition for preposition, fused in map(str.split, words)}
            elif entry["group"] in ("anonymity", "asides", "partitives"):
                setattr(self, entry["group"], frozenset(tuple(w.split()) for w in words))
            elif entry["group"] not in _GROUPS:
                self.groups[entry["group"]] = frozenset(words)
            else:
                bit = _GROUPS[entry["group"]]
                for word, written in zip(words, entry["words"], strict=True):
                    self._flags[word] = self._flags.get(word, 0) | bit
                    if bit == OCCASION and not written.endswith(affixes("pronoun")):
                        self._flags.setdefault(_with_article(word), OCCASION)
                    if bit == PREPOSITION and len(word) > 2:  # بينهما, خلالها
                        for suffix in affixes("pronoun"):
                            self._flags.setdefault(word + suffix, PREPOSITION)

    def _load_endings(self) -> None:
        for entry in data_entries("ar/content_ends.yml"):
            words = tuple(fold(entry["words"]).split())
            made = Ending(
                words,
                words[1] if len(words) > 1 else "",
                f"the article's own voice: {entry['words']}",
                entry.get("after") == "comma",
                entry.get("of") == "noun",
                entry.get("then") == "cue",
                frozenset(fold(word) for word in entry.get("unless") or ()),
            )
            self.endings.setdefault(words[0], []).append(made)

    def _cue(self, lemma: str, entry: dict[str, Any], guards: Iterable[str]) -> Cue:
        complements = tuple(_complement(c) for c in entry["complements"])
        key = fold(lemma)
        groups = self._groups_of.get(key, _NO_GROUPS)
        return Cue(lemma, key, entry["act"], entry["engagement"], complements, frozenset(guards), groups)

    def _load_cues(self) -> None:
        for entry in data_entries("ar/cues.yml"):
            cue = self._cue(entry["lemma"], entry, _guards(entry))
            self.cues[cue.lemma] = cue
            blocked = {fold(b) for b in entry.get("block") or ()}
            self._blocked.update((cue.lemma, form) for form in blocked)
            self._expand(cue, entry, blocked)

    def _expand(self, cue: Cue, entry: dict[str, Any], blocked: set[str]) -> None:
        def add(table: dict[str, list[CueForm]], form: str, made: CueForm) -> None:
            folded = fold(form)
            if folded in blocked:
                made = replace(made, weak=True)
            forms = table.setdefault(folded, [])
            if made not in forms:
                forms.append(made)

        takes_object = cue.takes("addressee") or cue.takes("that") or "quote-only" in cue.guards
        past = _strip_marks(entry["lemma"])
        for form, person, gender, number in past_forms(past):
            dual = number == "d" and gender == "m"  # نقلا looks like a noun in the accusative
            add(self._finite, form, CueForm(cue, "past", person, gender, number, weak=dual))
            if takes_object and person == 3:
                add(self._hosts, stems("finite-pronoun", form)[0], CueForm(cue, "past", person, gender, number))
        if entry.get("present"):
            for form, person, gender, number, jussive in present_forms(_strip_marks(entry["present"])):
                add(self._finite, form, CueForm(cue, "jussive" if jussive else "present", person, gender, number))
                if takes_object and not jussive:
                    add(self._hosts, stems("finite-pronoun", form)[0], CueForm(cue, "present", person, gender, number))
        if entry.get("participle") and "not-participle" not in cue.guards:
            lemma = whole_participle(past, _strip_marks(entry["participle"]))
            for form, gender, number in participle_forms(lemma):
                add(self._participles, form, CueForm(cue, "participle", 3, gender, number))
        for noun in entry.get("masdar") or ():
            for form, pronoun in noun_forms(_strip_marks(noun)):
                add(self._nouns, form, CueForm(cue, "noun", pronoun=pronoun))
            for form, pronoun in noun_forms(stems("noun-plural", _strip_marks(noun))[0]):
                add(self._nouns, form, CueForm(cue, "noun", number="p", pronoun=pronoun))

    def _load_nouns(self) -> None:
        for entry in data_entries("ar/cue_nouns.yml"):
            lemma = entry["nouns"][0]
            cue = self._cue(lemma, entry, ("listed", *_listed(entry.get("owner"))))
            self.cues.setdefault(lemma, cue)
            for noun in entry["nouns"]:
                for form, pronoun in noun_forms(_strip_marks(noun)):
                    self._nouns[fold(form)] = [CueForm(cue, "noun", pronoun=pronoun)]
                for form in stems("noun-accusative", noun):
                    self._nouns.setdefault(fold(form), []).append(CueForm(cue, "noun"))

    def _load_adjectives(self) -> None:
        for entry in data_entries("ar/cue_adjectives.yml"):
            lemma = entry["adjective"]
            cue = self._cue(lemma, entry, ("passive",) if entry.get("subject") == "none" else ())
            self.cues.setdefault(lemma, cue)
            blocked = {fold(b) for b in entry.get("block") or ()}
            for affix, person, gender, number in affix_rows("adjective"):
                form = fold(lemma + affix)
                made = CueForm(cue, "adjective", person, gender, number, weak=form in blocked)
                self._adjectives.setdefault(form, []).append(made)

    def _load_expressions(self) -> None:
        for entry in data_entries("ar/cue_phrases.yml"):
            further: dict[str, set[tuple[str, ...]]] = {}
            for noun in entry["noun_slot"]:
                first, *rest = _strip_marks(noun).split()
                forms = [first] if rest else [form for form, _ in noun_forms(first)]
                for form in (*forms, _with_article(first), *stems("accusative", first)):
                    further.setdefault(fold(form), set()).add(tuple(fold(r) for r in rest))
            nouns = {form: tuple(sorted(rests, key=lambda rest: (-len(rest), rest))) for form, rests in further.items()}
            verb = _strip_marks(entry["verb"]) if entry.get("verb") else ""
            cue = self._cue(verb or str(entry["preposition"]), entry, ())
            preposition = fold(str(entry.get("preposition") or ""))
            made = Expression(cue, preposition, nouns, entry["starts"] == "noun")
            forms_of: list[tuple[str, CueForm]] = []
            if not verb:
                forms_of.append((preposition, CueForm(cue, "noun")))
            else:
                forms_of += [(f, CueForm(cue, "past", p, g, n)) for f, p, g, n in past_forms(verb)]
                if entry.get("present"):
                    forms_of += [
                        (f, CueForm(cue, "present", p, g, n))
                        for f, p, g, n, jussive in present_forms(_strip_marks(entry["present"]))
                        if not jussive
                    ]
                if entry.get("participle"):
                    participle = whole_participle(verb, _strip_marks(entry["participle"]))
                    forms_of += [(f, CueForm(cue, "participle", 3, g, n)) for f, g, n in participle_forms(participle)]
            for form, cue_form in forms_of:
                self._light.setdefault(fold(form), []).append((made, cue_form))

    def _load_titles(self) -> None:
        rows = data_rows("ar/titles.tsv")
        for add in (self._add_title, self._inflect_title):  # the words themselves before what is made of them
            for column, number in (("word", "s"), ("feminine", "s"), ("plurals", "p")):  # a singular before a plural
                for row in rows:
                    for word in _cells(row[column]):
                        gender = "f" if column == "feminine" else row["gender"]
                        add(word, Title(fold(row["word"]), row["kind"], gender, number, row["camp_blocking"] == "yes"))

    def _add_title(self, word: str, title: Title) -> None:
        self._titles.setdefault(fold(word), title)
        if title.number == "p":
            for form in stems("oblique", word):
                self._titles.setdefault(fold(form), title)
        if title.number == "s":
            for form in stems("dual", word):
                self._titles.setdefault(fold(form), replace(title, number="d"))

    def _inflect_title(self, word: str, title: Title) -> None:
        """The accusative and forms with a pronoun, where they are no title of their own: مسؤولا, نظيره, محاميها."""
        if title.kind not in ("person", "institution", "group", "anonymous") or len(word) < 4:
            return
        if title.number == "s":
            for form in stems("accusative", word):
                self._titles.setdefault(fold(form), title)
        plural = stems("plural-pronoun", word) if title.number == "p" else []
        for stem in plural or stems("title-pronoun", word):
            for pronoun in affixes("object-pronoun"):
                form = fold(stem + pronoun)
                if form not in self._titles:
                    self._titles[form] = title
                    if pronoun in affixes("feminine"):
                        self._possessed.add(form)

    def word(self, form: str) -> Word:
        """Analyse one written word; each distinct word is analysed once."""
        return self._words[form]

    def is_function_word(self, form: str) -> bool:
        """Whether a written word is a particle, a pronoun or the like, alone or behind a conjunction."""
        folded = fold(form)
        return bool(
            self.word(form).flags & _FUNCTION
            or folded in self._function
            or folded[:1] in self.groups["conjunctions"]
            and folded[1:] in self._function
        )

    def words(self, forms: Iterable[str]) -> list[Word]:
        """Analyse written words, in their order."""
        return list(map(self._words.__getitem__, forms))

    def phrase(self, text: str) -> tuple[Word, ...]:
        """Analyse the words of a phrase, its marks left out; the phrases of the last articles are remembered."""
        return self._phrase(text)

    def _read_phrase(self, text: str) -> tuple[Word, ...]:
        return tuple(self._words[form] for form in self._tokens(text)[0] if form[0].isalnum())

    def read(self, document: str) -> Reading:
        """Split a document into tokens and analyse them; the last one read is remembered, for the pass that follows."""
        last = self._last
        if last is None or last.document != document:
            forms, starts, ends = self._tokens(document)
            words = self.words(forms)
            for name, particle in self.namesakes.items():
                if name in forms and particle in forms:
                    named = self._name(name)
                    words = [named if form == name else word for form, word in zip(forms, words, strict=True)]
            where: dict[Role, list[int]] = {role: [] for role in _ROLES}
            for i, word in enumerate(words):
                for role in word.roles:
                    where[role].append(i)
            final, at = len(words) - 1, self.actors.at
            likely = [
                i for i in where["named"] if words[i].alone or i < final and words[i + 1].form in words[i].seconds
            ]
            listed = {i: found for i in likely if (found := at(words, i))[0]}
            last = self._last = Reading(document, forms, starts, ends, words, where, listed)
        return last

    def _tokens(self, document: str) -> tuple[list[str], list[int], list[int]]:
        """The tokens of a document, with a conjunction that stands alone joined to its word: و أضاف."""
        forms, starts, ends = tokens(document)
        alone = self.groups["conjunctions"]
        if alone.isdisjoint(forms):
            return forms, starts, ends
        kept = [
            i
            for i, form in enumerate(forms)
            if not (i and forms[i - 1] in alone and form[0].isalpha() and not form[0].isascii())
        ]
        kept.append(len(forms))
        return (
            ["".join(forms[i:k]) for i, k in pairwise(kept)],
            [starts[i] for i in kept[:-1]],
            [ends[k - 1] for k in kept[1:]],
        )

    def _name(self, form: str) -> Word:
        """A written word as a name and nothing else; its shadda tells it from the particle that folds alike."""
        base = fold(form)
        named = tuple([self.actors.names[base]] if base in self.actors.names else ())
        groups = self._groups_of.get(base, _NO_GROUPS)
        seconds: frozenset[str] = frozenset().union(*named)
        return Word(
            *(base + SHADDA, 0),
            bases=(base + SHADDA, base),
            named=named,
            alone="" in seconds,
            seconds=seconds - {""},
            continues=True,
            runs_on=True,
            base_groups=groups,
        )

    def _analyse(self, form: str) -> Word:
        if form[0] == "&" or not any(map(str.isalnum, form)):
            groups = self._groups_of.get(form, _NO_GROUPS)
            return Word(
                *(form, mark := _MARKS.get(form, MARK)),
                opens=bool(mark & COLON),
                groups=groups,
                ends=bool(mark & (MARK | COMMA)),
            )
        folded = fold(form)
        if not folded:
            return Word(form, MARK | DASH)  # ــ, drawn with the letter stretcher
        shape = 0
        spellings = {"folded": folded, "written": form, "unvowelled": _strip_marks(form)}
        for bit, spelling, fits in self._shapes:
            if fits(spellings[spelling]):
                shape |= bit
        conjunctions = self.groups["conjunctions"]
        negative = shape & FIRST_HAMZA and folded in self.groups["negative_complementisers"]  # ألا, no إلا
        flags = COMPLEMENTISER if negative else self._flags.get(folded, 0)
        conjunction = ""
        if not flags and len(folded) > 2 and folded[0] in conjunctions:
            rest = self._flags.get(folded[1:], 0)
            if rest:
                flags, conjunction = rest | JOINED, folded[0]
        if folded[0].isdigit():
            flags |= NUMBER
        elif folded[0].isascii():
            flags |= LATIN
        # a function word is no cue: بعد, هناك, حول, دون
        cues: tuple[CueForm, ...] = ()
        if not flags & ~(JOINED | ENDER):
            cues = tuple(self._cue_forms(folded))
        elif flags & OCCASION:  # في تصريحات أن: no cue, but in تصريحات الوزير بأن a noun with its claim
            cues = tuple(
                replace(c, weak=c.weak or c.part == "past")
                for c in self._cue_forms(folded)
                if c.part == "past" or "listed" in c.cue.guards
            )
        elif flags & PREPOSITION:  # عبر is a preposition, and a verb where a clause opens with it and its subject
            cues = tuple(replace(c, weak=True) for c in self._cue_forms(folded) if c.part == "past")
        if shape & TEH_MARBUTA:  # folding makes تغريدة look like تغريد with a pronoun
            cues = tuple(
                c
                for c in cues
                if c.pronoun not in affixes("feminine") and c.part in ("participle", "noun", "adjective")
            )
        bases = tuple(dict.fromkeys(self._bases(folded)))
        title = next((self._titles[b] for b in bases if b in self._titles), None)
        if shape & TEH_MARBUTA and any(b in self._possessed for b in bases):
            title = None  # مشاركة is no مشارك with a pronoun, though folding makes them alike
        preposition = ""
        for clitic in affixes("preposition"):
            if folded.startswith(clitic) and len(folded) > len(clitic) + 1:
                preposition = clitic[-1]
                break
        if shape & ARTICLED:
            flags |= DEFINITE
        if not conjunction and len(folded) > 3 and folded[0] in conjunctions:
            conjunction = folded[0]
        light = self._light.get(folded, ())
        if not light and len(folded) > 3:
            light = self._light.get(folded[1:], ()) if folded.startswith(affixes("light-clitic")) else ()
        actors = self.actors
        named = tuple(actors.names[base] for base in bases if base in actors.names)
        excluded = tuple(actors.excluded[base] for base in bases if base in actors.excluded)
        seconds: frozenset[str] = frozenset().union(*named, *excluded)
        nation = next((actors.demonyms[base] for base in bases if base in actors.demonyms), "")
        speaks = any(
            c.part in ("past", "present") and c.cue.takes("quote") and not c.weak and not c.pronoun for c in cues
        )
        joined = folded[1:] if conjunction else folded
        phrases = (*self.prepositional.get(folded, ()), *(self.prepositional.get(joined, ()) if conjunction else ()))
        withholds = folded in self._withholding
        known = cues or preposition or flags & ~(JOINED | DEFINITE | NUMBER | LATIN)
        continues = not known and folded not in self._ending and not shape & TANWIN
        imperfect = len(joined) > 4 and joined.startswith(affixes("future"))
        parts = _parts(cues)
        quoted = [c for c in cues if c.part in ("past", "present") and not c.weak and c.person != 2 and title is None]
        return Word(
            *(folded, flags, cues, title, preposition, conjunction, bases, tuple(light), named),
            alone="" in seconds,
            seconds=seconds - {""},
            nation=nation,
            opens=bool(cues or light or phrases or withholds or flags & COLON),
            speaks=speaks,
            places=any(base in actors.places for base in bases),
            excludes=bool(excluded),
            medium=next((self.media[base] for base in bases if base in self.media), None),
            continues=continues,
            runs_on=continues and title is None,
            parts=parts,
            fused=self._fused.get(folded, ""),
            verbs=tuple([c for c in quoted if c.person == 3]),
            quoted_verbs=tuple(quoted),
            groups=self._groups_of.get(folded, _NO_GROUPS),
            base_groups=_NO_GROUPS.union(*(self._groups_of.get(base, _NO_GROUPS) for base in bases)),
            manner=folded in self.groups["manner"] or bool(conjunction) and joined in self.groups["manner"],
            future=imperfect and title is None and not named,
            relational=folded.endswith(affixes("relational")),
            given=folded in self.given_names or joined in self.given_names,
            phrases=phrases,
            phrases_follow=tuple({entry.words[1] if len(entry.words) > 1 else "" for entry in phrases}),
            endings=tuple(self.endings.get(folded, ())),
            shape=shape,
            joined=folded[0] in conjunctions
            and (bool(shape & SECOND_WA) or all(c.person == 1 or c.cue.lemma[0] not in conjunctions for c in cues)),
            as_i=bool(shape & FIRST_HAMZA) and any(c.part == "past" and c.cue.lemma[0] == c.cue.key[0] for c in cues),
            withholds=withholds,
            fills=folded in self._fillers or folded[1:] in self._fillers,
            ends=bool(flags & (ENDER | COMMA) or folded in self.endings or imperfect and title is None and not named),
        )

    def _bases(self, folded: str) -> Iterator[str]:
        """The word without the clitics it may carry, in the order of likelihood."""
        yield folded
        trunk = folded
        for lead in ("", *affixes("conjunction")):
            if not folded.startswith(lead):
                continue
            trunk = folded[len(lead) :]
            for clitic in ("", *affixes("clitic")):
                if trunk.startswith(clitic) and len(trunk) - len(clitic) >= 2 and (lead or clitic):
                    yield trunk[len(clitic) :]

    def _with_pronoun(self, folded: str) -> Iterator[CueForm]:
        """Reporting verbs that a word can be with an object's pronoun hanging on it."""
        for pronoun in affixes("object-pronoun"):
            if folded.endswith(pronoun):
                for made in self._hosts.get(folded.removesuffix(pronoun), ()):
                    yield replace(made, pronoun=pronoun, weak=(made.cue.lemma, folded) in self._blocked)

    def _cue_forms(self, folded: str) -> Iterator[CueForm]:
        for lead in ("", *affixes("conjunction")):
            if not folded.startswith(lead) or len(folded) - len(lead) < 2:
                continue
            trunk = folded[len(lead) :]
            yield from self._finite.get(trunk, ())
            yield from self._with_pronoun(trunk)
            if len(trunk) > 3 and trunk.startswith(affixes("verb-clitic")):
                for made in (*self._finite.get(trunk[1:], ()), *self._with_pronoun(trunk[1:])):
                    if made.part == "present":
                        yield made
            yield from self._adjectives.get(trunk, ())
            yield from self._participles.get(trunk, ())
            for article in affixes("article"):
                if trunk.startswith(article):
                    for made in self._participles.get(trunk.removeprefix(article), ()):
                        yield replace(made, definite=True)
            yield from self._nouns.get(trunk, ())
            for article in affixes("noun-clitic"):
                if trunk.startswith(article) and len(trunk) - len(article) > 2:
                    for made in self._nouns.get(trunk[len(article) :], ()):
                        yield replace(made, definite=len(article) > 1)


_MARKS = {
    "\n": NEWLINE | STOP,
    ".": STOP,
    "!": STOP,
    "?": STOP,
    "؟": STOP,
    "…": STOP,
    "،": COMMA,
    ",": COMMA,
    "؛": COMMA,
    ";": COMMA,
    ":": COLON,
    "-": DASH,
    "–": DASH,
    "—": DASH,
}


_NO_GROUPS: frozenset[str] = frozenset()


def _load_shapes() -> list[tuple[int, str, Callable[[str], object]]]:
    """The bit of each shape, the spelling of a word that has it, and what tells."""
    return [
        (_SHAPES[row["shape"]], row["spelling"], re.compile(row["pattern"]).search)
        for row in data_rows("ar/shapes.tsv")
    ]


def _memberships(groups: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The groups that hold each word."""
    held: dict[str, set[str]] = {}
    for group, words in groups.items():
        for word in words:
            held.setdefault(word, set()).add(group)
    return {word: frozenset(names) for word, names in held.items()}


def _parts(cues: Iterable[CueForm]) -> int:
    """Which cues a word can be, as bits."""
    bits = 0
    for cue in cues:
        if cue.part in ("past", "present"):
            bits |= FINITE | (0 if cue.weak else VERB) | (OWNED_VERB if cue.pronoun else 0)
        elif cue.part == "participle":
            bits |= PARTICIPLE | (0 if cue.definite else INDEFINITE)
        elif cue.part == "noun":
            bits |= NOUN | (OWNED_NOUN if cue.pronoun else 0)
    return bits


def _modifier_forms(word: str) -> tuple[str, ...]:
    feminine = word + affixes("feminine")[0]
    return word, _with_article(word), feminine, _with_article(feminine)


def _with_article(word: str) -> str:
    return affixes("article")[0] + word


def _strip_marks(word: str) -> str:
    """Drop vowel marks but keep hamzas, which the paradigms need."""
    return "".join(c for c in word if not "\u064b" <= c <= "\u0652")


def _guards(entry: dict[str, Any]) -> list[str]:
    return _listed(entry.get("guard"))


def _listed(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else list(value or ())


@cache
@kept_for_good()
def load_language() -> Language:
    """Load and expand the language data; the same object every time."""
    return Language()
