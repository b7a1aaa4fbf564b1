"""Resolve a source to an actor and a camp at the article's date, or to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from discourse.attribution import Attribution
from discourse.corpus import Article
from discourse.lexicon import (
    DEFINITE,
    NUMBER,
    OCCASION,
    PREPOSITION,
    TIME,
    Actor,
    CueForm,
    Language,
    Word,
    load_actors,
    load_camps,
    load_language,
)
from discourse.phrases import Names, noun_phrase
from discourse.text import tokens

OTHER = "other"
_GOVERNING = ("verb", "participle", "quotation", "relay", "document", "colon")


class CampsError(ValueError):
    """A camps file that cannot be used; lists every fault with its line."""


@dataclass(frozen=True, slots=True)
class Camps:
    """Which states, organisations and people a study counts to which camp; anyone else is `other`."""

    names: tuple[str, ...]
    labels: dict[str, dict[str, str]]
    of_state: dict[str, str]
    of_actor: dict[str, str]

    def of(self, voice: Voice) -> str:
        """The camp of a voice; of joint speakers the one camp among them, `other` where two camps speak together."""
        if voice.speaker is not None and voice.speaker in self.of_actor:
            return self.of_actor[voice.speaker]
        camps = {self.of_state[s] for s in (voice.state or "", *voice.partners) if s in self.of_state}
        return camps.pop() if len(camps) == 1 else OTHER


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks: an actor's slug where one is listed, a state where only the side is known, and by which clue."""

    speaker: str | None
    state: str | None
    resolved_by: str
    kind: str = ""
    gender: str = ""
    number: str = "s"
    person: bool = False
    partners: tuple[str, ...] = ()  # states of those who speak jointly with the first


def read_camps(path: str | Path) -> Camps:
    """Read a study's camps from a YAML list of `camp`, `label_en`, `label_ar` and `states`, `organisations`, `people`.

    Raises
    ------
    CampsError
        The file is no list of camps, or names a state that the actor data do not hold.
    """
    try:
        entries = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CampsError(f"{path}: not readable as YAML: {error}") from error
    return _camps(entries, str(path))


@cache
def default_camps() -> Camps:
    """Moscow, Washington and Astana, the camps of the first study."""
    return _camps(load_camps(), "discourse/data/actors/camps.yml")


def _camps(entries: object, where: str) -> Camps:
    if not isinstance(entries, list) or not all(isinstance(e, dict) and "camp" in e for e in entries):
        raise CampsError(
            f"{where}: expected a list of entries with `camp` and `states`, found {type(entries).__name__}."
        )
    of_state: dict[str, str] = {}
    of_actor: dict[str, str] = {}
    labels: dict[str, dict[str, str]] = {}
    faults: list[str] = []
    states = load_actors().states
    for entry in entries:
        camp = str(entry["camp"])
        labels[camp] = {"en": str(entry.get("label_en", camp)), "ar": str(entry.get("label_ar", camp))}
        for state in entry.get("states") or ():
            if state not in states:
                faults.append(f"{where}: camp {camp!r} names the state {state!r}, which states.tsv does not hold.")
            if state in of_state:
                faults.append(f"{where}: the state {state!r} is in the camps {of_state[state]!r} and {camp!r}.")
            of_state[str(state)] = camp
        for actor in (*(entry.get("organisations") or ()), *(entry.get("people") or ())):
            of_actor[str(actor)] = camp
    if faults:
        raise CampsError("\n".join(faults))
    return Camps(tuple(labels), labels, of_state, of_actor)


class _Resolver:
    """The speakers of one article, in the order in which they speak."""

    def __init__(self, article: Article, language: Language) -> None:
        self.language = language
        self.actors = language.actors
        self.date = article.date
        self.document = article.document
        self.names: dict[str, Voice] = {}  # names learned in this article
        self.titles: dict[str, Voice] = {}  # the last bearer of each title who spoke
        self.mentioned: dict[str, Voice] = {}  # the first bearer of each title who is mentioned
        self.bodies: dict[tuple[str, ...], Voice] = {}  # bodies by what they are for: الأمن القومي
        self.setting: str | None = None  # the one state that the lead names
        self.last: Voice | None = None

    def read_names(self) -> None:
        """Learn whose side the titled people of the article are on, quoted or not."""
        reading = self.language.read(self.document)
        forms, words = reading.forms, reading.words
        self.setting = self._country(words, forms)
        names = Names(self.language)
        i, n = 0, len(words)
        while i < n - 1:
            title = words[i].title
            if title is not None and title.kind == "person" and not title.camp_blocking:
                phrase = noun_phrase(words, forms, i, n, names, hanging=True)
                if phrase is not None and phrase.end - i >= 3:
                    inner = [
                        w for w, f in zip(words[i : phrase.end], forms[i : phrase.end], strict=True) if f[0].isalnum()
                    ]
                    voice = self._listed(inner)
                    if voice is not None and voice.state is not None:
                        voice = replace(voice, person=True, gender=title.gender)
                        self._learn(inner, voice, remember_title=False)
                        self.mentioned.setdefault(title.word, voice)
                    i = phrase.end
                    continue
            i += 1

    def _country(self, words: Sequence[Word], forms: Sequence[str]) -> str | None:
        """The one state that headline and first paragraph name; None where they name none or more."""
        states: set[str] = set()
        paragraphs = 0
        for i, form in enumerate(forms):
            if form == "\n":
                paragraphs += 1
                if paragraphs == 2:
                    break
            else:
                length, found = self.actors.at(words, i)
                if length and found[0].kind in ("state", "capital") and not self.actors.excluded_at(words, i - 1):
                    states.add(found[0].slug)
                else:
                    states.update((words[i].nation,) if words[i].nation else ())
        return states.pop() if len(states) == 1 else None

    def _place(self, lead: str) -> str | None:
        """The state whose capital opens the sentence: وفي واشنطن، رحبت الوزارة …"""
        forms = [f for f in tokens(lead)[0] if f[0].isalnum()]
        words = [self.language.word(f) for f in forms]
        if len(words) > 1 and words[0].form in self.language.groups["places"]:
            _, found = self.actors.at(words, 1)
            return next((a.state for a in found if a.kind == "capital" and self._valid(a)), None)
        return None

    def phrase(self, text: str, lead: str = "") -> Voice:
        """Resolve the words that name a source: the first camp-bearing word from the head decides."""
        forms = [f for f in tokens(text)[0] if f[0].isalnum()]
        words = [self.language.word(f) for f in forms]
        if not words:
            return Voice(None, None, "unlisted")
        head = words[0]
        title = head.title
        if self.last is not None and any(w.form in self.language.groups["in_whose_name"] for w in words):
            return Voice(None, self.last.state, "in the name of the last speaker", "person", "", "s", True)
        voice = self._listed(words)
        learned = self._learned(words)
        gender = title.gender if title is not None else ""
        number = title.number if title is not None else "s"
        person = title is not None and title.kind == "person"
        kind = title.kind if title is not None else ""
        length, found = self.actors.at(words, 0)
        listed = length > 1 and any(a.kind != "media" for a in found)  # وكالة الاستخبارات المركزية is no news agency
        if title is not None and title.camp_blocking and not listed:
            named = self._person(words)
            if named is not None and title.kind == "person":
                return self._learn(words, replace(named, gender=gender or named.gender, number=number))
            slug = voice.speaker if voice is not None and voice.kind == "media" else None
            return self._learn(
                words, Voice(slug, None, "unlisted" if slug is None else "name", kind, gender, number, person)
            )
        if voice is not None:
            voice = replace(voice, partners=self._partners(words))
            voice = replace(voice, gender=gender or voice.gender, number=number, person=person or voice.person)
            return self._learn(words, voice)
        if learned is not None:
            return replace(learned, resolved_by="named before")
        place = self._place(lead) if title is not None and title.kind in ("institution", "person") else None
        setting = place or self.setting
        if title is not None and title.kind == "document" and len(words) <= 2 and head.flags & DEFINITE and self.last:
            return replace(self.last, resolved_by="document of the last speaker")
        if (
            title is not None
            and not title.camp_blocking
            and setting is not None
            and (title.kind == "institution" or place)
        ):
            known = self.titles.get(title.word)
            if known is None or len(words) > 1 or place:
                same = self.bodies.get(tuple(w.form for w in words[1:3]))
                voice = same or Voice(
                    self._office(words, setting), setting, "country of the article", kind, gender, number
                )
                return self._learn(words, voice)
        if title is not None:
            same = self.bodies.get(tuple(w.form for w in words[1:3])) if title.kind == "institution" else None
            if same is not None:
                return replace(same, resolved_by="body named before")
            known = self.titles.get(title.word) or self.mentioned.get(title.word)
            if known is not None and len(words) <= 2 and (head.flags & DEFINITE or head.form.startswith("ال")):
                return replace(known, resolved_by="title named before")
            return self._learn(words, Voice(None, None, "unlisted", kind, gender, number, person))
        return self._learn(words, Voice(None, None, "unlisted", kind, "", "s", True))

    def _person(self, words: Sequence[Word]) -> Voice | None:
        """A listed person anywhere in the phrase."""
        for i in range(len(words)):
            length, found = self.actors.at(words, i)
            people = [a for a in found if a.kind == "person"]
            if length and people:
                actor = self._in_office(people)
                return Voice(actor.slug, actor.state, "name", "person", actor.gender, "s", True)
        return None

    def _in_office(self, people: list[Actor]) -> Actor:
        if self.date is not None:
            for actor in people:
                for office in actor.offices:
                    if office.start is None and office.end is None:
                        continue
                    if (office.start is None or office.start <= self.date) and (
                        office.end is None or self.date <= office.end
                    ):
                        return actor
        return people[0]

    def _listed(self, words: Sequence[Word]) -> Voice | None:
        """The first word from the head that names an actor or a side."""
        i = 0
        first: Voice | None = None
        while i < len(words):
            word = words[i]
            skipped = self.actors.excluded_at(words, i)
            if skipped:
                i += skipped
                continue
            length, found = self.actors.at(words, i)
            usable = [a for a in found if self._valid(a)]
            if length and usable:
                actor = usable[0]
                if actor.kind == "person":
                    actor = self._in_office([a for a in usable if a.kind == "person"])
                    if i == 0 or first is None or first.speaker is None:
                        side = first.state if first is not None else actor.state
                        if first is not None and actor.state != first.state and first.state is not None:
                            side = first.state
                        return Voice(actor.slug, side, "name", "person", actor.gender, "s", True)
                    return first
                if first is None:
                    if i == 0 and length == len(words) or actor.kind in ("institution", "organisation", "media"):
                        by = "metonym" if actor.kind == "capital" else "name"
                        slug: str | None = actor.slug
                        if (
                            i > 0
                            and actor.kind in ("institution", "organisation", "media")
                            and words[0].title is not None
                        ):
                            slug = None if words[0].title.kind in ("person", "anonymous") else actor.slug
                        first = Voice(
                            slug, actor.state, by, actor.kind, "f" if actor.kind in ("state", "capital") else "m"
                        )
                    else:
                        first = Voice(
                            actor.slug if i == 0 else None,
                            actor.state,
                            "metonym" if actor.kind == "capital" else "state in the phrase",
                            actor.kind,
                        )
                i += length
                continue
            if first is None:
                if word.nation:
                    first = Voice(self._office(words, word.nation), word.nation, "state in the phrase")
            i += 1
        return first

    def _partners(self, words: Sequence[Word]) -> tuple[str, ...]:
        """States of the listed names that و joins to the phrase: قطر وروسيا."""
        states = []
        for i in range(1, len(words)):
            if words[i].form[0] == "و" and words[i].conjunction:
                _, found = self.actors.at(words, i)
                states += [
                    a.state for a in found[:1] if a.state is not None and a.kind in ("state", "capital", "person")
                ]
        return tuple(states)

    def _office(self, words: Sequence[Word], state: str) -> str | None:
        """The slug of a state's office or body where the phrase names one: russia-mfa."""
        forms = tuple(w.form for w in words)
        if not forms:
            return None
        for head, suffix, kind in self.actors.offices.get(forms[0].removeprefix("ال"), ()):
            if forms[: len(head)] == head or forms and forms[0] == "ال" + head[0] and forms[1 : len(head)] == head[1:]:
                if kind == "institution":
                    return f"{state}-{suffix}"
        return None

    def _valid(self, actor: Actor) -> bool:
        if self.date is None:
            return True
        return (actor.since is None or actor.since <= self.date) and (actor.until is None or self.date < actor.until)

    def _learned(self, words: Sequence[Word]) -> Voice | None:
        for word in words:
            if word.title is None:
                for base in word.bases[:2]:
                    if base in self.names:
                        return self.names[base]
        return None

    def _learn(self, words: Sequence[Word], voice: Voice, remember_title: bool = True) -> Voice:
        """Remember the names and titles of a phrase, so that its short forms are known later."""
        head = words[0].title
        if head is not None and head.kind == "institution" and len(words) > 3 and voice.state is not None:
            self.bodies[tuple(w.form for w in words[1:3])] = voice
        for k, word in enumerate(words):
            if word.title is not None:
                if k == 0 and remember_title:
                    self.titles[word.title.word] = voice
            elif not word.flags & (PREPOSITION | TIME | OCCASION | NUMBER) and len(word.form) > 2:
                listed = self.actors.at(words, k)[0] or word.nation
                if not listed and (not word.flags & DEFINITE or k == len(words) - 1) and k > 0:
                    self.names.setdefault(word.form, voice)
        return voice

    def agrees(self, voice: Voice, form: CueForm | None) -> bool:
        """Whether a dropped subject can be this speaker."""
        if form is None:
            return True
        if form.number == "p" and form.person == 3 and voice.number == "s" and voice.person:
            return False
        if voice.person and voice.gender == "m" and form.gender == "f" and form.number == "s":
            return False
        return True


def resolve_speakers(
    article: Article, attributions: Sequence[Attribution], camps: Camps | None = None
) -> list[Attribution]:
    """Say of each attribution of an article who speaks and for which camp.

    Parameters
    ----------
    article
        The article, whose date decides who holds an office and what a capital is called.
    attributions
        Its attributions, as `find_attributions` returns them.
    camps
        The study's camps; Moscow, Washington and Astana where none are given.

    Returns
    -------
    list of Attribution
        The same attributions in the same order with `speaker`, `camp` and `resolved_by`; `speaker` is None where the
        words name nobody who is listed.
    """
    language = load_language()
    camps = camps or default_camps()
    resolver = _Resolver(article, language)
    resolver.read_names()
    voices: dict[str, Voice] = {}
    by_id = {a.id: a for a in attributions}
    history: list[tuple[Attribution, Voice]] = []
    resolved: list[Attribution] = []
    for a in attributions:
        voice = _voice(a, resolver, voices, by_id, history, language)
        voices[a.id] = voice
        history.append((a, voice))
        resolved.append(replace(a, speaker=voice.speaker, camp=camps.of(voice), resolved_by=voice.resolved_by))
    return resolved


def _voice(
    a: Attribution,
    resolver: _Resolver,
    voices: dict[str, Voice],
    by_id: dict[str, Attribution],
    history: list[tuple[Attribution, Voice]],
    language: Language,
) -> Voice:
    form = _form(a, language)
    if a.source is not None:
        lead = ""
        if a.cue is not None and a.parent is None:
            lead = resolver.document[max(0, a.cue.start - 60) : a.cue.start].rpartition("\n")[2].rpartition(". ")[2]
        voice = resolver.phrase(a.source.text, lead)
        if a.parent is None:
            resolver.last = voice
        return voice
    if a.rule.startswith(("impersonal", "marked")):
        return Voice(None, None, "nobody named")
    parent = voices.get(a.parent) if a.parent is not None else None
    if a.rule.startswith("participle"):
        # a circumstantial participle belongs to the verb that governs it: the last one at the same depth
        for earlier, voice in reversed(history):
            if earlier.parent == a.parent and earlier.rule.startswith(_GOVERNING):
                return replace(voice, resolved_by="governing verb")
        if parent is not None:
            return replace(parent, resolved_by="governing verb")
    if a.rule.startswith("noun"):
        if form is not None and form.pronoun:
            candidate = parent or resolver.last
            if candidate is not None:
                return replace(candidate, resolved_by="pronoun")
        if form is not None and form.cue.key in language.groups["saying"] and history:
            return replace(history[-1][1], resolved_by="governing verb")  # واكتفى بالقول إن
        return Voice(None, None, "nobody named")
    if a.parent is not None:
        siblings = [v for e, v in history if e.parent == a.parent and v.resolved_by != "nobody named"]
        candidate = siblings[-1] if siblings and form is not None and form.person == 3 else parent
        if candidate is not None and resolver.agrees(candidate, form):
            return replace(candidate, resolved_by="dropped subject")
        if parent is not None and resolver.agrees(parent, form):
            return replace(parent, resolved_by="dropped subject")
        return Voice(None, None, "nobody named")
    if resolver.last is not None:
        if resolver.agrees(resolver.last, form):
            return replace(resolver.last, resolved_by="dropped subject")
        for earlier, voice in reversed(history):
            if earlier.parent is None and resolver.agrees(voice, form):
                return replace(voice, resolved_by="dropped subject")
        return replace(resolver.last, resolved_by="dropped subject")
    return Voice(None, None, "nobody named")


def _form(a: Attribution, language: Language) -> CueForm | None:
    """The agreement of a cue, from its first word."""
    if a.cue is None:
        return None
    word = language.word(tokens(a.cue.text)[0][0]) if a.cue.text.strip() else None
    if word is None:
        return None
    return next((c for c in word.cues if c.cue.lemma == a.cue_lemma), None)
