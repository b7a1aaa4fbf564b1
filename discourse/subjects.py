"""Who a reporting verb has for its subject: the noun phrase behind it, before it, or none where it is dropped."""

from __future__ import annotations

from dataclasses import replace

from discourse.lexicon import (
    ACCUSATIVE,
    AUXILIARY,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    ENDER,
    FA,
    FEMININE,
    JOINED,
    JUSSIVE,
    NEGATOR,
    NEWLINE,
    NUN,
    OBLIQUE,
    OCCASION,
    PREPOSITION,
    RELATIVE,
    SUFFIXED,
    TIME,
    VERB,
    WA,
    Actor,
    CueForm,
    Language,
)
from discourse.passage import Found, Passage
from discourse.phrases import Phrase, noun_phrase, object_start
from discourse.quotation import MARKS

_BEFORE_A_VERB = AUXILIARY | COMMA | TIME | NEGATOR | JUSSIVE
_GOES_ON = RELATIVE | PREPOSITION | COMMA | DASH | TIME  # what may stand between a subject and its verb
_PARTS_CLAUSES = COMPLEMENTISER | NEWLINE | COLON | ENDER
_OPENS = COMMA | COMPLEMENTISER | AUXILIARY | NEWLINE | DASH
_FARTHEST = 14
_UNLISTED: tuple[int, list[Actor]] = (0, [])


class Subjects(Passage):
    """An article whose verbs can be asked for their subjects."""

    def __init__(self, document: str, title_length: int, language: Language) -> None:
        super().__init__(document, title_length, language)
        self._before: dict[int, Phrase | None] = {}  # what stands before each verb that was asked

    def _is_object(self, i: int, phrase: Phrase, form: CueForm) -> bool:
        """Whether the phrase behind a verb cannot be its subject by case or gender: اتهمت | الوزير, اتهم | موسكو."""
        if form.person != 3 or form.number != "s" or form.part not in ("past", "present", "jussive"):
            return False
        head = self.words[phrase.start]
        title = head.title
        if title is not None:
            if title.number == "s" and head.shape & ACCUSATIVE and head.form[:-1].endswith(title.word):
                construct = phrase.end > phrase.start + 1 and self.words[phrase.start + 1].flags & DEFINITE
                return not construct  # يصف | مسؤولا, but وزيرا الدفاع
            if head.shape & SUFFIXED and not head.flags & DEFINITE and form.cue.takes("addressee"):
                if not head.form.endswith(title.word):
                    return True  # أمر | قواته
            if head.shape & OBLIQUE and title.number != "s" and form.cue.governs:
                return True  # دعا | المواطنين
        gender = self._gender_of(phrase.start, form.cue.governs)
        # تأسف is a masculine perfect and a feminine imperfect
        return bool(gender) and not any(
            c.gender == gender and c.cue is form.cue and c.person == 3 and c.number == "s" for c in self.words[i].cues
        )

    def _gender_of(self, k: int, governs: bool) -> str:
        """The gender of a verb whose subject the word at k heads; empty where none tells it from an object.

        `governs` says whether the verb can have a person or a body for its object.
        """
        head = self.words[k]
        title = head.title
        length, found = self.names.listed.get(k, _UNLISTED)
        if title is not None and length < 2:
            # a plural that is no person takes the feminine, and the masculine before it is not rare
            people = title.number == "p" and title.kind == "person" and title.gender == "m"
            if not people and (title.number != "s" or title.kind not in ("person", "institution")):
                return ""
            loose = not governs if title.gender == "f" else title.kind == "institution"
            return "" if loose else title.gender
        if not length or not governs:
            return ""
        if found[0].kind in ("state", "capital"):
            return "" if "masculine_states" in head.base_groups else "f"
        return found[0].gender if found[0].kind == "person" else ""

    def _subject(self, end: int, phrase: Phrase | None, form: CueForm, how: str = "") -> tuple[int, int] | None:
        """The source: the subject phrase before `end`, without the object that a verb of addressing takes."""
        if phrase is None or phrase.start >= end:
            return None
        stop = min(phrase.end, end)
        told = form.cue.takes("addressee") or "telling" in form.cue.groups
        if told and not form.pronoun:
            stop = min(stop, object_start(self.words, phrase, self.names))
            alone = (
                how == "addressee"
                and stop >= min(phrase.end, end)
                and _needs_object(form, self.language.groups["told_with"])
            )
            if alone and not (phrase.kind == "person" and self._parts(phrase.end, end)):
                return None  # ووصف الوضع بأنه: what stands between verb and preposition is the object
        while stop > phrase.start and self.forms[stop - 1] in MARKS and stop - 1 in self.close_of:
            stop -= 1
        return phrase.start, stop

    def _parts(self, k: int, end: int) -> bool:
        """Whether word k parts a subject from the object that is still to come: وصف الوزير، … or … في تصريح له …"""
        if k + 2 >= end:
            return False
        words = self.words
        apart = words[k].flags & (COMMA | TIME) or "subject_pronouns" in words[k].groups
        return bool(apart or words[k].flags & PREPOSITION and words[k + 1].flags & OCCASION)

    def _late_subject(self, start: int, end: int) -> tuple[int, int] | None:
        """A subject that place, time and occasion part from its verb: أعلن في موسكو أمس، بعد اللقاء، الوزير أن."""
        words = self.words
        stop = end
        while stop > start and words[stop - 1].flags & (COMMA | COLON):
            stop -= 1
        for k in range(start + 1, min(stop, start + 2 * _FARTHEST)):
            if words[k - 1].flags & (COMMA | TIME) and not words[k - 1].flags & PREPOSITION:
                phrase = noun_phrase(words, self.forms, k, stop, self.names)
                if phrase is not None and phrase.end == stop and phrase.kind in ("person", "institution", "group"):
                    return phrase.start, phrase.end
        return None

    def _preposed(self, i: int) -> Phrase | None:
        """The noun phrase before the cue at i that can be its subject."""
        if i not in self._before:
            self._before[i] = self._read_preposed(i)
        return self._before[i]

    def _read_preposed(self, i: int) -> Phrase | None:
        words = self.words
        if words[i].conjunction and len(words[i].form) > 3 and self._joined_verb(i):
            return None
        if i - 1 > self.begin[i] and words[i - 1].flags & (NEGATOR | AUXILIARY) and words[i - 1].flags & JOINED:
            return None  # وصل الوزير … ولم | يستبعد
        low = max(self.begin[i], i - 40)
        start = i - 1
        while start >= low and not words[start].flags & _PARTS_CLAUSES and "adversatives" not in words[start].groups:
            start -= 1
        if start >= low and words[start].flags & COMPLEMENTISER and not words[start].shape & NUN:
            return None
        start += 1
        while (
            start < i
            and words[start].flags & (AUXILIARY | NEGATOR | COMMA | DASH | ENDER)
            and words[start].title is None
        ):
            start += 1
        if start >= i:
            return None
        phrase = noun_phrase(words, self.forms, start, i, self.names)
        if phrase is None:
            return None
        rest = phrase.end
        gap = words[rest:i]
        if all(word.flags & _BEFORE_A_VERB for word in gap):
            return phrase
        if phrase.sentient and len(gap) < 25 and words[rest].flags & _GOES_ON:
            if words[rest].flags & RELATIVE or not any(word.parts & VERB for word in gap):
                return phrase
        return None

    def _nearest(self, i: int) -> Phrase | None:
        """Who stands right before a verb in the middle of a sentence: …، لكن طهران | تقول, … وموسكو | ترد."""
        words = self.words
        for start in range(max(self.begin[i] + 1, i - _FARTHEST), i):
            joined = words[start].conjunction and words[start].shape & WA
            if joined or words[start - 1].flags & _OPENS:
                phrase = noun_phrase(words, self.forms, start, i, self.names)
                if phrase is not None and phrase.sentient and self._adjacent(phrase.end, i):
                    return phrase
        return None

    def _subject_before(self, made: Found) -> None:
        """Give a verb without a subject behind it the one before it."""
        form = made.form
        i = made.cue[0]
        if form is not None and form.part == "participle" and i < self.title_end:
            head = noun_phrase(self.words, self.forms, self.begin[i], i, self.names)
            if head is not None and head.sentient and head.end == i:
                made.source = (head.start, head.end)  # a headline without a verb: الوزير محذرا: …
        if form is None or form.part not in ("past", "present", "jussive", "adjective"):
            return
        before = i - 1
        while before > self.begin[i] and self.words[before].flags & (AUXILIARY | NEGATOR):
            before -= 1
        if before >= self.begin[i] and "subject_pronouns" in self.words[before].groups:
            made.source = (before, before + 1)  # نحن نعرف أن
            return
        if form.person == 1:
            return  # نعم، أعتقد أن
        if self.words[before].flags & RELATIVE and before > 0:
            if made.cue[1] < self.n and "prepositional_pronouns" in self.words[made.cue[1]].groups:
                return  # التصريحات التي قال فيها: what he said it in, not who
            # the antecedent of الذي قال is who says it
            for start in range(max(self.begin[i], before - 14), before):
                phrase = noun_phrase(self.words, self.forms, start, before, self.names)
                if phrase is not None and phrase.end >= before - 1 and phrase.sentient:
                    made.source = (phrase.start, phrase.end)
                    return
            return
        begin = self.begin[i]
        if self._has_topic(i):
            topic = noun_phrase(self.words, self.forms, begin + 1, i, self.names)
            if topic is not None:
                made.source = (topic.start, topic.end)  # أما واشنطن فزعمت أن
            return
        phrase = self._preposed(i) or (None if self._joined_verb(i) else self._nearest(i))
        if phrase is not None and (phrase.sentient or phrase.end - phrase.start <= 8):
            made.source = (phrase.start, phrase.end)

    def _pronoun_before(self, i: int, form: CueForm) -> bool:
        """Whether the verb at i has its subject in a pronoun on إن or أن: قال إنه أمر …, ذكرت أنها لا تتوقع …"""
        k = i - 1
        while k > self.begin[i] and self.words[k].flags & (AUXILIARY | NEGATOR | JUSSIVE):
            k -= 1
        host = self.words[k]
        if (
            k < self.begin[i]
            or not host.flags & COMPLEMENTISER
            or not host.shape & (ACCUSATIVE | SUFFIXED)
            or form.person != 3
        ):
            return False
        if form.weak and i + 1 < self.n and "attaching" in self.words[i + 1].groups:
            return any(c.preposition == self.words[i + 1].form for c in form.cue.complements)  # إنه أمر في غاية …
        return not (host.shape & FEMININE and form.gender == "f")  # أنه رفضت الوزارة: no pronoun of hers

    def _headline_subject(self, i: int) -> Phrase | None:
        """Who stands first in a headline whose further verb is joined by و: النقابة تلتقي الوزير | وترفض العرض."""
        begin = self.begin[i]
        if i >= self.title_end or not self._joined_verb(i):
            return None
        head = noun_phrase(self.words, self.forms, begin, i, self.names)
        if head is None or not head.sentient or head.end > i:
            return None
        return replace(head, end=object_start(self.words, head, self.names))

    def _has_topic(self, i: int) -> bool:
        """Whether أما opens the sentence whose verb stands at i, so that its subject stands before it."""
        return bool(self.words[i].shape & FA) and "topics" in self.words[self.begin[i]].groups


def _needs_object(form: CueForm, prepositions: frozenset[str]) -> bool:
    """Whether a verb with one of these prepositions has an object before it at all times: وصف X بـ, شكر X على."""
    own = {c.preposition for c in form.cue.complements if c.kind == "prep"}
    return not form.cue.takes("object") and any(
        c.kind == "addressee" and c.preposition in prepositions and c.preposition not in own
        for c in form.cue.complements
    )
