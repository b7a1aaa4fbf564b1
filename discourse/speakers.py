"""Resolve a source to an actor and a camp at the article's date, or to nobody."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from discourse.attribution import Attribution
from discourse.corpus import Article
from discourse.lexicon import (
    AUXILIARY,
    COMMA,
    DASH,
    DEFINITE,
    NEGATOR,
    PREPOSITION,
    RELATIVE,
    CueForm,
    Language,
    Word,
    load_actors,
    load_camps,
    load_language,
)
from discourse.phrases import Names, noun_phrase
from discourse.text import fold
from discourse.voices import NOBODY, Voice, Voices

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
        if not voice.partners:
            return self.of_state.get(voice.state or "", OTHER)
        camps = {self.of_state[s] for s in (voice.state or "", *voice.partners) if s in self.of_state}
        return camps.pop() if len(camps) == 1 else OTHER


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


# What a record passes on in another's name; who speaks next does not go on from it.
_TRANSPARENT = ("preposition", "relay")
_REMEMBERED = 12  # earlier speakers that a dropped subject may go back to


class Speakers:
    """The speakers of one article, in the order in which they speak."""

    def __init__(self, article: Article, attributions: Sequence[Attribution], language: Language) -> None:
        self.language = language
        self.voices = Voices(article, language)
        self.by_id = {a.id: a for a in attributions}
        self.of: dict[str, Voice] = {}
        self.history: list[tuple[Attribution, Voice, str | None]] = []  # the last one within what it is said
        self.last: Voice | None = None
        self.levels: dict[str, str | None] = {}
        self.relays: dict[str, str | None] = {}
        self.last_within: dict[str, Voice] = {}  # who spoke last in another's words

    def resolve(self, a: Attribution) -> Voice:
        """Say who speaks, and remember it for those that follow."""
        level = self._level(a)
        voice = self._voice(a, level)
        self.of[a.id] = voice
        self.history.append((a, voice, level))
        if level is not None and voice.resolved_by != NOBODY.resolved_by:
            self.last_within[level] = voice
        named = a.source is not None and voice.resolved_by != "dropped subject"
        if named and level is None and not (voice.kind == "media" and a.rule.startswith(_TRANSPARENT)):
            self.last = voice
        return voice

    def _level(self, a: Attribution) -> str | None:
        """The attribution within which this one is said; a relay is looked through."""
        return self._around(a, self.levels, lambda outer: not outer.rule.startswith(_TRANSPARENT))

    def relay_of(self, a: Attribution) -> str | None:
        """The nearest attribution around this one that passes it on: a relay, or an outlet that speaks."""
        return self._around(a, self.relays, self._passes_on)

    def _passes_on(self, outer: Attribution) -> bool:
        voice = self.of.get(outer.id)
        return outer.rule.startswith(_TRANSPARENT) or voice is not None and voice.kind == "media"

    def _around(self, a: Attribution, known: dict[str, str | None], holds: Callable[[Attribution], bool]) -> str | None:
        """The nearest attribution around this one of which something holds; every answer on the way is remembered."""
        if a.parent is None:
            return None
        if a.id in known:
            return known[a.id]
        path = []
        name: str | None = a.id
        while name is not None and name not in known:
            path.append(name)
            parent = self.by_id[name].parent
            if parent is not None and holds(self.by_id[parent]):
                known[name] = parent
                break
            name = parent
        answer = known[name] if name is not None else None
        known.update(dict.fromkeys(path, answer))
        return answer

    def _refuse_earlier(self, chosen: Voice) -> None:
        """Note who spoke before the one that a dropped subject goes on from."""
        if self.voices.refused is None:
            return
        for earlier, voice, level in reversed(self.history[-_REMEMBERED:]):
            who = voice.speaker or voice.state
            if earlier.source is not None and level is None and who not in (None, chosen.speaker):
                self._refuse(voice, "spoke before the last speaker")

    def _refuse(self, voice: Voice, reason: str) -> None:
        if self.voices.refused is not None:
            self.voices.refused.append((voice.speaker or voice.state or "somebody unlisted", reason))

    # ------------------------------------------------------------------ one attribution

    def _voice(self, a: Attribution, level: str | None) -> Voice:
        outer = self.of.get(level) if level is not None else None
        if a.source is not None:
            words = self.language.phrase(a.source.text)
            if not _is_pronoun(words, a.source.text):
                cue = a.cue.start if level is None and a.cue is not None else None
                return self.voices.resolve(words, cue, outer or self.last)
        form = _form(a, self.language)
        if a.rule.startswith(("impersonal", "marked")) or _is_passive(a, form, self.language):
            return NOBODY
        if level is None and self._opens_agentless(a, form):
            return NOBODY
        if a.rule.startswith("participle") or form is not None and form.part == "participle":
            return self._governing(a, level, outer)
        if a.rule.startswith("noun"):
            return self._owner(a, form, level, outer)
        if level is not None:
            return self._within(level, outer, form)
        return self._carried(a, form)

    def _opens_agentless(self, a: Attribution, form: CueForm | None) -> bool:
        """Whether a verb of belief opens its sentence with nobody named: ويعتقد أن, ويتوقع أن."""
        if form is None or form.part != "present" or (form.person, form.gender, form.number) != (3, "m", "s"):
            return False
        agentless = "agentless_present" in form.cue.groups and not form.pronoun
        return agentless and a.cue is not None and self._sentence(a) == a.cue.start

    def _governing(self, a: Attribution, level: str | None, outer: Voice | None) -> Voice:
        """Who a circumstantial participle belongs to: the subject of the verb that governs it."""
        begin = self._sentence(a)
        for earlier, voice, earlier_level in reversed(self.history[-_REMEMBERED:]):
            if earlier_level == level and earlier.rule.startswith(_GOVERNING):
                if earlier.cue is not None and earlier.cue.start < begin and level is None:
                    subject = self._subject(begin, a)
                    if subject is not None:
                        return subject._replace(resolved_by="subject of the sentence")
                return voice._replace(resolved_by="governing verb")
        subject = self._subject(begin, a) if level is None else None
        if subject is not None:
            return subject._replace(resolved_by="subject of the sentence")
        return outer._replace(resolved_by="governing verb") if outer is not None else self._carried(a, None)

    def _owner(self, a: Attribution, form: CueForm | None, level: str | None, outer: Voice | None) -> Voice:
        """Whose a verbal noun is that names nobody: قوله, واكتفى بالقول."""
        if form is not None and form.pronoun:
            candidate = outer or self.last
            return candidate._replace(resolved_by="pronoun") if candidate is not None else NOBODY
        if form is not None and "saying" in form.cue.groups:
            return self._governing(a, level, outer)
        return NOBODY

    def _within(self, level: str, outer: Voice | None, form: CueForm | None) -> Voice:
        """Who is meant by a dropped subject in another's words: who was named there last, or that other."""
        sibling = self.last_within.get(level)
        candidates = [sibling] if sibling is not None and form is not None and form.person == 3 else []
        for voice in (*candidates, *([outer] if outer is not None else [])):
            if _agrees(voice, form):
                return voice._replace(resolved_by="dropped subject")
            self._refuse(voice, _DISAGREES)
        return NOBODY

    def _carried(self, a: Attribution, form: CueForm | None) -> Voice:
        """Who is meant by a dropped subject: the sentence's own subject, or who spoke last and agrees with the verb."""
        begin = self._sentence(a)
        own = self.history and self.history[-1][0]
        if not own or own.cue is None or own.cue.start < begin:
            subject = self._subject(begin, a)
            if subject is not None and _agrees(subject, form):
                return subject._replace(resolved_by="subject of the sentence")
        if self.last is None:
            return NOBODY
        if _agrees(self.last, form):
            self._refuse_earlier(self.last)
            return self.last._replace(resolved_by="dropped subject")
        self._refuse(self.last, _DISAGREES)
        for _, voice, level in reversed(self.history[-_REMEMBERED:]):
            if level is None and voice.resolved_by != NOBODY.resolved_by and _agrees(voice, form):
                return voice._replace(resolved_by="dropped subject")
        return self.last._replace(resolved_by="dropped subject")

    # ------------------------------------------------------------------ the sentence around a cue

    def _token(self, offset: int) -> int:
        return bisect_left(self.voices.reading.starts, offset)

    def _sentence(self, a: Attribution) -> int:
        """Offset at which the sentence of a cue begins."""
        if a.cue is None:
            return 0
        reading = self.voices.reading
        k = self._token(a.cue.start)
        stops = reading.where["stops"]
        before = bisect_left(stops, k)
        return reading.starts[max(0, k - _FARTHEST, stops[before - 1] + 1 if before else 0)]

    def _subject(self, begin: int, a: Attribution) -> Voice | None:
        """The subject of a verb that reports nothing, from the head of its sentence: ظهر الوزير في تسجيل، نافيا …"""
        reading = self.voices.reading
        words, forms = reading.words, reading.forms
        k, cue = self._token(begin), self._token(a.cue.start) if a.cue is not None else 0
        while k < cue and words[k].flags & (AUXILIARY | NEGATOR | COMMA | DASH):
            k += 1
        names = Names(self.language, self.voices.reading)
        names.local = set(self.voices.names)
        for start in (k, k + 1):
            phrase = noun_phrase(words, forms, start, cue, names) if start < cue else None
            if phrase is not None and phrase.kind in _SUBJECTS:
                inner = [
                    w
                    for w, f in zip(words[start : phrase.end], forms[start : phrase.end], strict=True)
                    if f[0].isalnum()
                ]
                return self.voices.resolve(inner, None, self.last)
            if k < cue and (words[k].flags & (PREPOSITION | DEFINITE | RELATIVE) or words[k].title is not None):
                return None
        return None


_FARTHEST = 80
_SUBJECTS = ("person", "institution", "name", "group")
_DISAGREES = "does not agree with the verb in gender or number"


def _agrees(voice: Voice, form: CueForm | None) -> bool:
    """Whether a dropped subject can be this speaker."""
    if form is None or form.person != 3:
        return True
    if form.number == "p":
        return not (voice.number == "s" and voice.person and not voice.partners)
    return not (form.number == "s" and voice.gender and voice.number == "s" and voice.gender != form.gender)


def _is_pronoun(words: Sequence[Word], source: str) -> bool:
    return len(words) == 1 and "subject_pronouns" in words[0].groups and words[0].form == fold(source)


def _form(a: Attribution, language: Language) -> CueForm | None:
    """The agreement of a cue, from its first word."""
    words = language.phrase(a.cue.text) if a.cue is not None else ()
    if not words:
        return None
    word = words[0]
    return next((c for c in word.cues if c.cue.lemma == a.cue_lemma), None) or next(
        (form for expression, form in word.light if expression.cue.lemma == a.cue_lemma), None
    )


_DAMMA = "\u064f"


def _is_passive(a: Attribution, form: CueForm | None, language: Language) -> bool:
    """Whether a verb names no agent: قيل, أفيد, and with its vowel written ذُكر, يُتوقع."""
    if form is None or form.part not in ("past", "present") or a.source is not None or a.cue is None:
        return False
    if "agentless" in form.cue.groups:
        return True
    written = a.cue.text.lstrip("وف") if form.part == "past" else a.cue.text
    vowel = written[1:2] == _DAMMA or form.part == "present" and written[2:3] == _DAMMA and written[0] in "وف"
    return vowel and (form.part == "past" or form.cue.key[0] in "تا" and len(form.cue.key) > 3)


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
        The same attributions in the same order with `speaker`, `camp`, `resolved_by`, `relayed_by` and `anonymous`;
        `speaker` is None where the words name nobody who is listed.
    """
    camps = camps or default_camps()
    speakers = Speakers(article, attributions, load_language())
    voices = [speakers.resolve(a) for a in attributions]
    return [
        a.spoken_by(voice.speaker, camps.of(voice), voice.resolved_by, speakers.relay_of(a), voice.anonymous)
        for a, voice in zip(attributions, voices, strict=True)
    ]
