"""Whose voice a source phrase is within one article: a listed actor, a side, somebody named before, or nobody known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from discourse.corpus import Article
from discourse.lexicon import DEFINITE, NEWLINE, NUMBER, OCCASION, PREPOSITION, TIME, Actor, Language, Title, Word
from discourse.phrases import Names, noun_phrase

_BODIES = ("institution", "organisation", "media")
_LEAD = 60  # characters before a cue that are looked at
_NO_NAME = PREPOSITION | TIME | OCCASION | NUMBER


class Voice(NamedTuple):
    """Who speaks: an actor's slug where one is listed, a state where only the side is known, and by which clue."""

    speaker: str | None
    state: str | None
    resolved_by: str
    kind: str = ""
    gender: str = ""
    number: str = "s"
    person: bool = False
    partners: tuple[str, ...] = ()  # states of those who speak jointly with the first
    anonymous: bool = False  # kept unnamed: مصدر مطلع, مسؤولون غربيون, nobody at all


NOBODY = Voice(None, None, "nobody named", anonymous=True)


class Voices:
    """The people and bodies of one article, learned as they are read; asked with the words of a source phrase.

    Where `refused` is a list, every candidate that was considered and left is added with the reason.
    """

    def __init__(self, article: Article, language: Language) -> None:
        self.language = language
        self.actors = language.actors
        self.date = article.date
        self.reading = language.read(article.own_words)
        self.names: dict[str, Voice] = {}  # names learned in this article
        self.titles: dict[str, Voice] = {}  # the last bearer of each title who spoke
        self.mentioned: dict[str, Voice] = {}  # the first bearer of each title who is mentioned
        self.bodies: dict[tuple[str, ...], Voice] = {}  # bodies by what they are for: الأمن القومي
        self.refused: list[tuple[str, str]] | None = None
        self.setting = self._country()
        self._read_names()

    # ------------------------------------------------------------------ what the article tells before anyone speaks

    def _read_names(self) -> None:
        """Learn whose side the titled people of the article are on, quoted or not."""
        forms, words = self.reading.forms, self.reading.words
        names = Names(self.language, self.reading)
        n = len(words)
        passed = 0
        for i in self.reading.where["introduces"]:
            title = words[i].title
            if title is None or title.kind != "person" or title.camp_blocking or i < passed:
                continue
            phrase = noun_phrase(words, forms, i, n, names, hanging=True)
            if phrase is None or phrase.end - i < 3:
                continue
            passed = phrase.end
            inner = [w for w, f in zip(words[i:passed], forms[i:passed], strict=True) if f[0].isalnum()]
            voice = self._listed(inner)
            if voice is not None and voice.state is not None:
                voice = voice._replace(person=True, gender=title.gender)
                self._learn(inner, voice, remember_title=False)
                self.mentioned.setdefault(title.word, voice)
                if key := self._office_key(inner):
                    self.mentioned.setdefault(key, voice)

    def _country(self) -> str | None:
        """The one state that headline and first paragraph name, else the one named oftener than all others together."""
        words, where, listed = self.reading.words, self.reading.where, self.reading.listed
        lead: set[str] = set()
        counts: Counter[str] = Counter()
        ends = [i for i in where["stops"] if words[i].flags & NEWLINE]
        opening = ends[1] if len(ends) > 1 else len(words)  # headline and first paragraph
        for i in where["sides"]:
            state = words[i].nation
            if words[i].places and i in listed and listed[i][1][0].kind in ("state", "capital"):
                if not (i and words[i - 1].excludes and self.actors.excluded_at(words, i - 1)):
                    state = listed[i][1][0].slug
            if state:
                counts[state] += 1
                if i < opening:
                    lead.add(state)
        if len(lead) == 1:
            return lead.pop()
        most = counts.most_common(1)
        return most[0][0] if most and 2 * most[0][1] > counts.total() else None

    # ------------------------------------------------------------------ a source phrase

    def _is_unnamed(self, words: Sequence[Word], voice: Voice) -> bool:
        """Whether a phrase tells what its source is, but not who: مصدر مطلع, مسؤولون غربيون, no spokesperson."""
        head = words[0]
        title = head.title
        if title is None or voice.speaker is not None and voice.kind != "institution":
            return False
        if title.kind == "anonymous":
            return True
        if title.kind not in ("person", "group") or "spokespersons" in head.base_groups:
            return False
        if head.flags & DEFINITE:
            generic = "generic_roles" in head.base_groups
            return generic and all(w.flags & DEFINITE or w.flags & PREPOSITION or w.title for w in words[1:])
        if title.kind == "group" and not title.camp_blocking:
            return False
        for word in words[1:]:
            if word.flags & PREPOSITION:
                return True
            if word.flags & DEFINITE:
                return title.number == "p"  # رئيس البلدية is one man, سكان المدينة are not
            plain = not (word.title or word.nation or word.flags or word.form in self.language.modifiers)
            if plain and title.number == "s" and not (word.relational or word.cues):
                return False  # a name
        return True

    def resolve(self, words: Sequence[Word], cue: int | None = None, speaking: Voice | None = None) -> Voice:
        """Resolve the words that name a source: the first camp-bearing word from the head decides.

        `cue` is where the cue stands, if what leads up to it in its sentence may tell; `speaking` is who spoke last or
        whose words these are.
        """
        if not words:
            return Voice(None, None, "unlisted")
        head = words[0]
        title = head.title
        if any("in_whose_name" in w.groups for w in words):
            principal = self._listed(self._lead(cue)) or speaking
            if principal is not None:
                return Voice(None, principal.state, "in the name of the last speaker", "person", "", "s", True)
        if "own_country" in head.groups and speaking is not None and speaking.state is not None:
            return Voice(speaking.state, speaking.state, "the speaker's own country", "state", "f")
        voice = self._listed(words)
        if title is not None and title.camp_blocking and not self._is_named_body(words):
            return self._blocked(words, title, voice)
        if voice is not None:
            gender = title.gender if title is not None else voice.gender
            number = title.number if title is not None else "s"
            person = voice.person or title is not None and title.kind == "person"
            joint = self._partners(words)
            return self._learn(words, voice._replace(partners=joint, gender=gender, number=number, person=person))
        learned = self._learned(words)
        if learned is not None:
            return learned._replace(resolved_by="named before")
        if title is None:
            return self._learn(words, Voice(None, None, "unlisted", "", "", "s", True))
        if len(self._untitled(words)) < len(words):
            return self.resolve(self._untitled(words), cue, speaking)
        if title.kind == "document":
            return self._document(words, title, speaking)
        return self._titled(words, title, self._place(self._lead(cue)))

    def _is_named_body(self, words: Sequence[Word]) -> bool:
        """Whether a phrase begins with a listed name of several words: وكالة الاستخبارات المركزية is no news agency."""
        length, found = self.actors.at(words, 0)
        return length > 1 and any(a.kind != "media" for a in found)

    def _blocked(self, words: Sequence[Word], title: Title, voice: Voice | None) -> Voice:
        """Who speaks for itself whatever state stands in its phrase: صحيفة روسية, خبير في موسكو."""
        named = self._person(words)
        if named is not None and title.kind == "person":
            return self._learn(words, named._replace(gender=title.gender or named.gender, number=title.number))
        person = title.kind == "person"
        if voice is not None and voice.kind == "media":
            return self._learn(
                words, Voice(voice.speaker, None, "name", title.kind, title.gender, title.number, person)
            )
        if voice is not None:
            self._refuse(voice.state, f"{title.word} speaks for itself")
        return self._learn(words, Voice(None, None, "unlisted", title.kind, title.gender, title.number, person))

    def _document(self, words: Sequence[Word], title: Title, speaking: Voice | None) -> Voice:
        """Whose a statement or report is: its issuer's where one follows, else the last speaker's."""
        for k in range(1, len(words)):
            issuer = words[k].title
            if issuer is not None and issuer.kind in ("institution", "person") and not issuer.camp_blocking:
                voice = self.resolve(words[k:], None, speaking)
                return voice._replace(resolved_by="document of " + voice.resolved_by) if voice.state else voice
        statement = "statements" in words[0].base_groups
        if speaking is not None and len(words) <= 2 and statement:
            return speaking._replace(resolved_by="document of the last speaker")
        return self._learn(words, Voice(None, None, "unlisted", title.kind, title.gender, title.number))

    def _titled(self, words: Sequence[Word], title: Title, place: str | None) -> Voice:
        """Who bears a title or is a body that no state is named with: by what was named before, or by the setting."""
        person = title.kind == "person"
        plain = Voice(None, None, "unlisted", title.kind, title.gender, title.number, person)
        setting = place or self.setting
        known = self._bearer(words)
        same = self.bodies.get(tuple(w.form for w in words[1:3])) if title.kind == "institution" else None
        local = any("local" in w.base_groups for w in words)
        if setting is not None and (title.kind == "institution" or place or local):
            if title.word not in self.titles or len(words) > 1 or place:
                if same is not None:
                    return self._learn(words, same._replace(resolved_by="body named before"))
                office = self._office(words, setting) if title.kind == "institution" else None
                return self._learn(
                    words, plain._replace(speaker=office, state=setting, resolved_by="country of the article")
                )
        if same is not None:
            return same._replace(resolved_by="body named before")
        if known is not None and (self._office_key(words) or words[0].flags & DEFINITE and self._is_short(words)):
            return known._replace(resolved_by="title named before")
        for k in range(1, len(words) if person or title.kind == "anonymous" else 0):
            body = words[k].title
            if body is not None and body.kind == "institution" and not body.camp_blocking and words[k].flags & DEFINITE:
                voice = self._titled(words[k:], body, place)
                if voice.state is not None:
                    return self._learn(words, plain._replace(state=voice.state, resolved_by=voice.resolved_by))
        return self._learn(words, plain)

    def _untitled(self, words: Sequence[Word]) -> Sequence[Word]:
        """A phrase without the honorific before its title: معالي | وزير الخارجية."""
        honorific = "honorifics" in words[0].base_groups
        return words[1:] if honorific and len(words) > 1 and words[1].title is not None else words

    def _office_key(self, words: Sequence[Word]) -> str:
        """A title with what it is of, where no state is named: وزير الخارجية, رئيس الوزراء; empty for a bare title."""
        words = self._untitled(words)
        held = len(words) > 1 and not words[0].flags & DEFINITE and words[1].flags & DEFINITE
        title = words[0].title
        if title is None or title.kind != "person" or title.number != "s" or not held:
            return ""
        return f"{title.word} {words[1].form}"

    def _bearer(self, words: Sequence[Word]) -> Voice | None:
        """Who bears the title of a phrase: of the office where it is told, else whoever was last called so."""
        title, key = words[0].title, self._office_key(words)
        if title is None:
            return None
        if key:
            return (self.titles.get(key) or self.mentioned.get(key)) if len(words) == 2 else None
        return self.titles.get(title.word) or self.mentioned.get(title.word)

    def _is_short(self, words: Sequence[Word]) -> bool:
        """Whether a phrase is a title with hardly more: الوزير, الرئيس السابق, الرئيس السابق البالغ 81 عاما."""
        return len(words) <= 2 or words[1].form in self.language.modifiers and not any(w.title for w in words[2:])

    def _lead(self, cue: int | None) -> Sequence[Word]:
        """What stands before a cue in its sentence."""
        if cue is None:
            return ()
        before = self.reading.document[max(0, cue - _LEAD) : cue]
        return self.language.phrase(before.rpartition("\n")[2].rpartition(". ")[2])

    def _place(self, lead: Sequence[Word]) -> str | None:
        """The state whose capital opens the sentence: وفي واشنطن، رحبت الوزارة …"""
        if len(lead) > 1 and "places" in lead[0].groups:
            _, found = self.actors.at(lead, 1)
            return next((a.state for a in found if a.kind == "capital" and self._valid(a)), None)
        return None

    # ------------------------------------------------------------------ listed names

    def _person(self, words: Sequence[Word]) -> Voice | None:
        """A listed person anywhere in the phrase."""
        for i, word in enumerate(words):
            found = self.actors.at(words, i)[1] if word.named else ()
            if any(a.kind == "person" for a in found):
                return self._holder(found)
        return None

    def _holder(self, found: Sequence[Actor], side: str | None = None) -> Voice:
        """The person, of those who bear a name, who was in office at the time; on the side that the phrase names."""
        actor = self._in_office([a for a in found if a.kind == "person"])
        return Voice(actor.slug, side or actor.state, "name", "person", actor.gender, "s", True)

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
        """The first word from the head that names an actor or a side; a person behind a side that it bears."""
        first: Voice | None = None
        closed = ""  # why no side that stands farther from the head counts
        passed = 0
        for i, word in enumerate(words):
            if i < passed:
                continue
            if word.excludes and (skipped := self.actors.excluded_at(words, i)):
                passed = i + skipped
                continue
            length, found = self.actors.at(words, i) if word.named else (0, [])
            usable = [a for a in found if self._valid(a)] if found else found
            if usable:
                passed = i + length
                if usable[0].kind == "person":
                    return self._holder(usable, first and first.state)
                if first is None and closed:
                    self._refuse(usable[0].slug, closed)
                elif first is None and self._is_whereabouts(words, i, usable[0]):
                    self._refuse(usable[0].slug, "names where the source is")
                elif first is None:
                    first = self._body(words, i, length, usable[0])
            elif first is None and not closed:
                if word.nation:
                    first = Voice(self._office(words, word.nation), word.nation, "state in the phrase")
                elif i and "regional" in word.base_groups:
                    closed = f"{word.form} says that the source is of no one state"
                elif i and word.title is not None and word.title.camp_blocking and words[0].title is None:
                    closed = f"{word.title.word} speaks for itself"
            if first is not None and first.speaker is not None:
                return first
        return first

    def _is_whereabouts(self, words: Sequence[Word], i: int, actor: Actor) -> bool:
        """Whether a state only says where somebody is who serves another or none: دبلوماسي في موسكو, وفد في أستانا."""
        if actor.kind not in ("state", "capital") or i < 2 or "within" not in words[i - 1].groups:
            return False
        return "posted" in words[0].base_groups

    def _body(self, words: Sequence[Word], i: int, length: int, actor: Actor) -> Voice:
        """The voice of a listed state, capital or body that stands at word i of a phrase."""
        whole = i == 0 and length == len(words)
        gender = "f" if actor.kind in ("state", "capital") else "m"
        if whole or actor.kind in _BODIES:
            title = words[0].title
            held = i > 0 and actor.kind in _BODIES and title is not None and title.kind in ("person", "anonymous")
            by = "metonym" if actor.kind == "capital" else "name"
            return Voice(None if held else actor.slug, actor.state, by, actor.kind, gender)
        by = "metonym" if actor.kind == "capital" else "state in the phrase"
        return Voice(actor.slug if i == 0 else None, actor.state, by, actor.kind)

    def _partners(self, words: Sequence[Word]) -> tuple[str, ...]:
        """States of the listed names that و joins to the phrase: قطر وروسيا, الجانبان الروسي والكازاخي."""
        states = []
        for i in range(1, len(words)):
            if words[i].conjunction == "و":
                _, found = self.actors.at(words, i)
                named = [a.state for a in found[:1] if a.kind in ("state", "capital", "person")]
                states += [state for state in (*named, words[i].nation) if state]
        return tuple(dict.fromkeys(states))

    def _office(self, words: Sequence[Word], state: str) -> str | None:
        """The slug of a state's office or body where the phrase names one: russia-mfa."""
        bodies = self.actors.bodies
        first, *further = [w.form for w in words[: self.actors.longest_body]]
        for length in range(len(further), -1, -1):
            rest = further[:length]
            suffix = bodies.get((first, *rest)) or bodies.get((first.removeprefix("ال"), *rest))
            if suffix is not None:
                return f"{state}-{suffix}"
        return None

    def _valid(self, actor: Actor) -> bool:
        if self.date is None:
            return True
        return (actor.since is None or actor.since <= self.date) and (actor.until is None or self.date < actor.until)

    # ------------------------------------------------------------------ what is remembered

    def _learned(self, words: Sequence[Word]) -> Voice | None:
        for word in words:
            if word.title is None:
                for base in word.bases[:2]:
                    if base in self.names:
                        return self.names[base]
        return None

    def _learn(self, words: Sequence[Word], voice: Voice, remember_title: bool = True) -> Voice:
        """Remember the names and titles of a phrase, so that its short forms are known later."""
        if self._is_unnamed(words, voice):
            voice = voice._replace(anonymous=True)
        title = words[0].title
        if title is not None and title.kind == "institution" and len(words) > 3 and voice.state is not None:
            self.bodies[tuple(w.form for w in words[1:3])] = voice
        if title is not None and remember_title:
            self.titles[title.word] = voice
            if key := self._office_key(words):
                self.titles[key] = voice
        last = len(words) - 1
        for k, word in enumerate(words):
            if k == 0 or word.title is not None or word.nation or word.flags & _NO_NAME or len(word.form) <= 2:
                continue
            if word.flags & DEFINITE and k < last or word.form in self.names:
                continue
            if not (word.alone or word.named and self.actors.at(words, k)[0]):
                self.names[word.form] = voice
        return voice

    def _refuse(self, candidate: str | None, reason: str) -> None:
        if self.refused is not None and candidate:
            self.refused.append((candidate, reason))
