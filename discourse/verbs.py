"""Cues that are verbs: what a finite verb or a participle reports, and the subject behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from discourse.complements import FARTHEST_CLAUSE
from discourse.lexicon import (
    ACCUSATIVE,
    AUXILIARY,
    BI,
    BLOCKER,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DEFINITE,
    ENDER,
    FEMININE,
    JOINED,
    JUSSIVE,
    LI,
    NOMINATIVE,
    NOUN,
    NUN,
    OCCASION,
    OURS,
    PARTICIPLE,
    PREPOSITION,
    RELATIVE,
    STOP,
    TANWIN,
    TIME,
    Complement,
    ComplementKind,
    CueForm,
    Word,
)
from discourse.nominal import NominalCues
from discourse.passage import Found
from discourse.phrases import Phrase, noun_phrase, object_start

_JUDGING = ("criticise", "praise", "direct", "commit", "threaten")  # acts whose object is the matter itself
_NEAR = 3  # words between a doubtful cue and its quotation


@dataclass(slots=True)
class _Verb:
    """A finite cue while its complements are sought, in token indices."""

    at: int
    form: CueForm
    end: int  # of the cue, with a participle of saying that belongs to it
    begin: int  # where a subject can begin
    limit: int
    phrase: Phrase | None  # the noun phrase behind it that can be its subject
    stated: bool  # whether a topic or a pronoun before it is its subject
    weak: bool  # whether it is mostly another word and stands where no verb need stand
    bare: bool  # whether a noun phrase can be its content


class _Content(NamedTuple):
    """Where what a verb takes begins, the kind of its complement, and where the subject ends at the latest."""

    start: int
    kind: ComplementKind
    subject_end: int


class VerbalCues(NominalCues):
    """An article whose verbs are read as cues."""

    def _fire(self, i: int, word: Word) -> Found | None:
        """The first of the cues that a word can be with which it reports something."""
        cues: Sequence[CueForm] = word.cues
        if word.as_i and (self.inside[i] >= 0 or self._spoken(i, verbatim=True)):
            cues = sorted(cues, key=lambda c: c.person != 1)  # أعتقد is I, where اعتقد is he
        for form in cues:
            if form.part in ("past", "present", "jussive"):
                made = self._finite(i, form)
            elif form.part == "participle":
                made = self._participle(i, form)
            elif form.part == "noun":
                made = self._noun(i, form)
            else:
                made = self._adjective(i, form)
            if made is not None:
                if "passives" in form.cue.groups:
                    made.source, made.subject_open = None, False  # سئل الوزير: he is not who asks
                return made
        return None

    def _finite(self, i: int, form: CueForm) -> Found | None:
        """A perfect or imperfect with what it reports, and its subject where that stands behind it."""
        if not self._stands_as_verb(i, form):
            return None
        word, cue, limit = self.words[i], form.cue, self.limit[i]
        before = self.words[i - 1] if i > self.begin[i] else None
        if before is not None and form.pronoun and ("naming" in cue.groups or "deeming" in cue.groups):
            if "what" in before.groups or before.flags & RELATIVE and not cue.takes("addressee"):
                return self._naming(i, limit, form)
        if "naming" in cue.groups and not cue.takes("addressee"):
            return None
        if before is not None and before.flags & RELATIVE:
            made = self._about_antecedent(i, limit, form)
            if made is not None:
                return made
        if cue.signalled and i >= self.title_end and not self._is_signalled(i, limit):
            return None
        verb = self._verb(i, form)
        content = self._nearest_complement(verb)
        if word.flags & PREPOSITION and (content is None or not self._is_verb(i, verb.end, verb.phrase, content.start)):
            return None
        if content is not None and verb.weak and self._is_far(verb, content):
            content = None
        if content is not None and content.kind in ("prep", "object") and verb.phrase is not None:
            late = self._late_clause(content.start, limit, form)
            if late is not None:
                content = _Content(late, "that", late)  # وأكد البيان، على هامش اللقاء، أن: before it was no content
        relay = self._relay(i, verb.end, limit, form) if "relaying" in cue.groups else None
        if relay is not None:
            return relay
        quote = self._quotation_of(verb, content)
        if quote is not None:
            start, end, unmarked = quote
            rule = "verb-colon" if unmarked else "verb-quotation"
            source = self._subject(start, verb.phrase, form)
            made = Found((i, verb.end), rule, cue.lemma, [(start, end)], source, form, closed=True)
        elif content is None:
            return self._unmarked(i, verb.end, limit, verb.phrase, form)
        elif self._lacks_subject(verb, content):
            return None
        else:
            source = self._subject(content.subject_end, verb.phrase, form, content.kind)
            if source is None and verb.phrase is None:
                source = self._late_subject(verb.end, content.subject_end)
            made = Found((i, verb.end), f"verb-{content.kind}", cue.lemma, [(content.start, limit)], source, form)
        made.negated = self._is_negated(i)
        return made

    def _stands_as_verb(self, i: int, form: CueForm) -> bool:
        """Whether nothing beside a form that can be a finite verb makes another word of it."""
        word = self.words[i]
        if word.flags & ENDER or word.shape & TANWIN:
            return False
        if form.person == 2:
            return False  # who is addressed says nothing
        if form.person == 1 and self.inside[i] < 0 and not self._spoken(i, form.number == "s"):
            return False  # the first person speaks within a quotation or another's speech; elsewhere it is the author
        if word.flags & PREPOSITION and word.flags & BLOCKER:
            return False  # دون أن
        opens = i == self.begin[i]
        before = self.words[i - 1]
        if form.part != "past":
            return form.part != "jussive" or not opens and bool(before.flags & JUSSIVE)
        if word.title is not None and form.number == "s" and word.flags & DEFINITE:
            return False
        if opens:
            return True
        if "noun_hosts" in before.groups or before.future:
            return False  # لا شك, عدم نشر, في حال رفض: a noun
        if (form.weak or word.parts & NOUN) and "bare_complementisers" in before.groups:
            return False  # إن رفض العرض خطأ: behind bare أن and إن stands a noun
        return not before.flags & PREPOSITION or bool(before.flags & AUXILIARY) or "verb_hosts" in before.groups

    def _is_signalled(self, i: int, limit: int) -> bool:
        """Whether a clause or a mark follows within reach of a verb that takes no other content."""
        reach = min(limit, i + FARTHEST_CLAUSE + 2)
        return self._first("clauses", i + 1, reach) is not None or self._first("marks", i + 1, reach) is not None

    def _verb(self, i: int, form: CueForm) -> _Verb:
        """The verb at i with the noun phrase behind it, where that can be its subject."""
        words, limit = self.words, self.limit[i]
        end = i + 1
        # وأضاف قائلا: the participle of a verb of saying belongs to the cue
        if end < limit and words[end].parts & PARTICIPLE and not words[end].flags & DEFINITE:
            if any(c.part == "participle" and "saying" in c.cue.groups for c in words[end].cues):
                end += 1
        begin = self._behind_told(end, limit)
        phrase = None
        # a verb before its subject stands in the singular: يدعون الآباء has its subject before it
        if form.person != 1 and (form.number == "s" or form.part == "jussive"):
            phrase = noun_phrase(words, self.forms, begin, limit, self.names)
        if form.pronoun and phrase is not None and not phrase.sentient:
            phrase = None
        stated = self._has_topic(i) or self._pronoun_before(i, form)
        if phrase is not None and (stated or self._is_object(i, phrase, form) or self._is_preceded(i)):
            phrase = None
        weak = form.weak and not self._opens_clause(i, phrase, form, stated)
        bare = not weak or self._joined_verb(i)
        return _Verb(i, form, end, begin, limit, phrase, stated, weak, bare)

    def _behind_told(self, k: int, limit: int) -> int:
        """The token behind whom it is said to and behind what is set between commas, where a subject can begin."""
        words = self.words
        told = k < limit and "prepositional_pronouns" in words[k].groups
        if told or k + 1 < limit and "told" in words[k].groups and words[k + 1].title is not None:
            k += 1  # قال لي المسؤول
        if k + 1 < limit and words[k].shape & LI and len(words[k].form) == 1 and k + 1 in self.close_of:
            k = min(self.close_of[k + 1] + 1, limit)  # كشف لـ«الشعلة» السفير …
        if k < limit and words[k].flags & COMMA:  # وانتقد، في خروج نادر، ظهور …
            behind = next((m for m in range(k + 1, min(limit, k + 14)) if words[m].flags & COMMA), limit)
            if behind + 1 < limit:
                return behind + 1
            if k + 1 < limit and not words[k + 1].flags & PREPOSITION:
                return k + 1  # وأوضح، وزير العدل
        return k

    def _is_preceded(self, i: int) -> bool:
        """Whether the subject stands before the verb and the object behind it: موسكو انتقدت واشنطن."""
        preposed = self._preposed(i) if i > self.begin[i] else None
        if preposed is None or not (preposed.sentient or i < self.title_end and preposed.end == i):
            return False
        return self._adjacent(preposed.end, i)

    def _nearest_complement(self, verb: _Verb) -> _Content | None:
        """The nearest clause, question or noun phrase that a verb takes for its content."""
        end, limit, form = verb.end, verb.limit, verb.form
        nearest: _Content | None = None
        for complement in form.cue.sought:
            kind = complement.kind
            hit: tuple[int, int] | None = None
            if kind == "that":
                hit = self._that(end, limit, complement.preposition, form)
                if hit is not None and hit[0] > end and self._taken(hit[0]):
                    hit = None  # قال مصدر طلب عدم نشر اسمه إن: the clause is the first verb's
            elif kind == "whether":
                hit = self._whether(end, limit)
            elif kind == "object":
                hit = self._object_of(verb) if verb.bare and nearest is None else None
            elif verb.bare:
                hit = self._behind_preposition(verb, complement)
            if hit is not None and (nearest is None or hit[0] < nearest.start):
                nearest = _Content(hit[0], kind, hit[1])
                if hit[0] == end:
                    return nearest
        if nearest is None and form.cue.takes("quote"):
            hit = self._that(end, limit, "", form)
            if hit is not None and self.words[hit[0] - 1].flags & COLON:
                return _Content(hit[0], "that", hit[0] - 1)
        return nearest

    def _behind_preposition(self, verb: _Verb, complement: Complement) -> tuple[int, int] | None:
        """The noun phrase behind a verb's own preposition, and where the subject ends at the latest."""
        preposition, cue, phrase = complement.preposition, verb.form.cue, verb.phrase
        addressed = complement.kind == "addressee"
        hit = self._preposition(verb.end, verb.limit, preposition, phrase, addressed, verb.form)
        if hit is None:
            return None
        if addressed:
            return self._behind_addressee(hit[0], verb.limit) if cue.takes("object") else hit
        if cue.takes("addressee"):
            return hit
        if phrase is not None and phrase.sentient and len(preposition) == 1 and not cue.takes("object"):
            if self._is_behind_object(phrase, hit[0]):
                return None
        if verb.stated and not all(self._is_manner(k) for k in range(verb.end, hit[0])):
            return None  # إنه يرى عيوبا في العقد
        return hit

    def _is_behind_object(self, phrase: Phrase, content: int) -> bool:
        """Whether an object parts a subject from a preposition: أقر البرلمان القانون بالأغلبية, which is no speech."""
        words = self.words
        k = object_start(words, phrase, self.names)
        if k >= min(content, phrase.end):
            return False
        if phrase.kind == "person" and content == k + 1 and words[k].title is None and not words[k].cues:
            return False  # وأشار الدكتور العبادلي | إلى أهمية …: a surname
        construct = k + 1 < phrase.end and words[k + 1].flags & DEFINITE
        return bool(words[k].flags & DEFINITE or words[k].title is not None or construct)

    def _object_of(self, verb: _Verb) -> tuple[int, int] | None:
        """The object of a verb; what was read into the subject phrase from there on is taken from it."""
        phrase = verb.phrase
        hit = self._object(max(verb.end, verb.begin), verb.limit, phrase, verb.form)
        if hit is not None and phrase is not None and hit[0] > phrase.start:
            verb.phrase = Phrase(phrase.start, min(phrase.end, hit[0]), phrase.kind or "name")
        return hit

    def _is_far(self, verb: _Verb, content: _Content) -> bool:
        """Whether a content stands too far from a form that is mostly another word to be its own."""
        start = content.start
        if min(start, content.subject_end) <= verb.end + 1:
            return False
        if content.kind == "that" and verb.phrase is not None:
            return False
        opening = start + 1 if self.words[start].flags & PREPOSITION and start + 1 < verb.limit else start
        return not (self.words[opening].flags & COMPLEMENTISER and self._joined_verb(verb.at))

    def _quotation_of(self, verb: _Verb, content: _Content | None) -> tuple[int, int, bool] | None:
        """The quotation that a verb introduces, if it is not the nearest complement that it does."""
        end, phrase, cue = verb.end, verb.phrase, verb.form.cue
        clause = content is not None and content.kind in ("that", "whether")
        if clause and content is not None and content.start == end:
            return None
        if cue.takes("quote"):
            quote = self._quotation(end, verb.limit, verb.at)
        else:
            quote = self._quoted_at(end) or (self._quoted_at(phrase.end) if phrase is not None else None)
        if quote is not None and verb.weak and not self.words[quote[0] - 2].flags & COLON:
            if quote[0] - 1 > (end if phrase is None else phrase.end) + _NEAR:
                quote = None  # الكلفة ستزيد كثيرا، وبالتالي «…»
        if content is None:
            if quote is None:
                quote = self._headline(verb.at, verb.limit)
            if quote is None and not verb.weak and "plain_saying" in cue.groups:
                quote = self._brief_quotation(end, phrase, verb.limit)
            return quote
        if quote is None or quote[0] <= content.start:
            return quote
        if content.kind == "object" and "deeming" in cue.groups and content.start < quote[0] - 1:
            return None  # اعتبرت الزيارة «خطوة أولى»
        return None if clause or quote[2] else quote

    def _lacks_subject(self, verb: _Verb, content: _Content) -> bool:
        """Whether a verb that reports only with a subject, or with one that can speak, has none."""
        i, form, phrase, kind = verb.at, verb.form, verb.phrase, content.kind
        cue = form.cue
        if kind in ("object", "prep") and "needs-subject" in cue.guards and phrase is None and not verb.stated:
            carried = (kind == "prep" or form.number == "p") and self._joined_verb(i)
            if not carried and not self._preposed(i) and (i >= self.title_end or self._nearest(i) is None):
                return True
        if kind == "object" and "subject_follows" in cue.groups:
            carried = form.part == "past" and self._joined_verb(i)  # واعتبر القرار خطأ: who spoke before
            if (phrase is None or not phrase.sentient) and not carried and self._headline_subject(i) is None:
                return True
        return "evidential" in cue.groups and not self._can_show(i, phrase, form)

    def _late_clause(self, start: int, limit: int, form: CueForm) -> int | None:
        """A clause behind a comma that the cue governs rather than the nearer noun phrase at `start`."""
        words = self.words
        k = self._first("clauses", start, min(limit, start + 20)) if form.cue.takes("that") else None
        if k is None or words[k].flags & JOINED or not words[k - 1].flags & COMMA:
            return None
        if any(words[m].flags & (COLON | RELATIVE) or self._verbs(m) for m in range(start, k)):
            return None
        return k if self._that(start, limit, "", form) == (k, k) else None

    def _unmarked(self, i: int, start: int, limit: int, phrase: Phrase | None, form: CueForm) -> Found | None:
        """Speech that follows its verb with no mark and no أن: وأضاف المدير نحن مستعدون …"""
        words = self.words
        if form.weak or "plain_saying" not in form.cue.groups or form.part == "jussive":
            return None
        if self.inside[i] >= 0 or i < self.title_end:
            return None
        if (
            phrase is not None
            and not phrase.sentient
            and (
                words[phrase.start].flags & DEFINITE
                or "speech_openers" in words[phrase.start].groups
                or self._first_person(start)
            )
        ):
            phrase = None  # وقال الخطر قريب, وقال هدفنا السلام: no subject but the speech
        first = start if phrase is None else object_start(words, phrase, self.names)
        while first < limit and words[first].flags & (TIME | COMMA):
            first += 1
        while first + 2 < limit and words[first].flags & PREPOSITION and words[first + 1].flags & OCCASION:
            first = self._behind_setting(first, limit)
        begin = self._speech_start(first, limit)
        said = "saying" in form.cue.groups and i == self.begin[i]
        if begin is None:
            if not said or first >= limit:
                return None
            begin = first
            if words[begin].flags & (STOP | RELATIVE | AUXILIARY | PREPOSITION | COMPLEMENTISER | COMMA):
                return None
            if any(words[k].flags & COMPLEMENTISER for k in range(begin, min(limit, begin + 25))):
                return None  # a clause that the verb could not reach
            if words[begin].cues and (phrase is None or words[begin].parts & PARTICIPLE):
                return None
            if words[begin].shape & ACCUSATIVE and not words[begin].flags & DEFINITE and len(words[begin].form) > 3:
                return None  # قال كلاما: an object, no speech
        if limit - begin < 4 or any(
            self.close_of.get(k, k) - k > 4 or words[k].flags & COLON for k in range(begin, min(limit, begin + 40))
        ):
            return None
        if self.inside[begin] >= 0:
            return None  # قال مدير «بيت الألوان» كلمته: a name in marks
        source = None if phrase is None or phrase.start >= begin else (phrase.start, min(phrase.end, first))
        return Found((i, start), "verb-unmarked", form.cue.lemma, [(begin, limit)], source, form, True)

    def _speech_start(self, first: int, limit: int) -> int | None:
        """Where speech begins by its own words: with نحن, لقد, علينا … behind the subject and its setting."""
        words = self.words
        if first < limit and "speech_openers" in words[first].groups:
            return first
        for k in range(first, min(limit, first + 14)):
            word = words[k]
            if "first_person" in word.groups or self._first_person(k):
                return k
            if word.flags & (COMPLEMENTISER | RELATIVE | STOP | COLON) or k in self.close_of or self._verbs(k):
                return None
        return None

    def _first_person(self, k: int) -> bool:
        """Whether token k speaks of us: علينا, هدفنا, نرحب."""
        word = self.words[k]
        if any(c.part == "present" and c.person == 1 and c.number == "p" for c in word.cues) and word.title is None:
            return True
        return len(word.form) > 4 and bool(word.shape & OURS) and word.title is None and not word.named

    def _naming(self, i: int, limit: int, form: CueForm) -> Found | None:
        """What the source calls it: ما وصفه الوزير بـ«…», ما سمته الصحف «…»."""
        words = self.words
        phrase = noun_phrase(words, self.forms, i + 1, limit, self.names)
        k = i + 1
        named = phrase is not None and (phrase.sentient or words[phrase.start].flags & DEFINITE)
        if phrase is not None and named and not (i + 1 in self.close_of):
            k = object_start(words, phrase, self.names)
            k = next((m for m in range(phrase.start, k) if m in self.close_of), k)
        if k >= limit or words[k].flags & (STOP | COMMA):
            return None
        source = (phrase.start, k) if phrase is not None and k > i + 1 else None
        made = Found((i, i + 1), "naming", form.cue.lemma, [(k, limit)], source, form, subject_open=False)
        opened = k if k in self.close_of else k + 1
        if opened in self.close_of and (
            opened == k or words[k].shape & BI and len(words[k].form) == 1 or words[k].flags & COMPLEMENTISER
        ):
            made.pieces = [(k + (opened == k), self.close_of[opened])]
            made.closed = True
            if opened == k:
                made.rule = "naming-quotation"
        elif words[k].shape & BI and words[k].flags & DEFINITE:
            end = k + 1
            while end < limit and words[end].flags & DEFINITE:
                end += 1
            made.pieces, made.closed = [(k, end)], True  # ما يسميه التنظيم بالخلافة
        return made

    def _about_antecedent(self, i: int, limit: int, form: CueForm) -> Found | None:
        """What a relative clause is about is the content: الخطة | التي رفضها السكان, الدعم | الذي تعهد به الوزير."""
        words = self.words
        begin = i + 1
        if form.cue.act not in _JUDGING:
            return None
        if not form.pronoun:
            if begin >= limit or "prepositional_pronouns" not in words[begin].groups:
                return None
            follows = words[begin].form
            if not any(c.preposition and follows.startswith(c.preposition) for c in form.cue.complements):
                return None
            begin += 1
        elif not form.cue.takes("object"):
            return None
        if self._that(begin, min(limit, begin + 14), "", form) is not None:
            return None  # البيان الذي قال فيه إن
        end = i - 1
        while end > self.begin[i] and words[end - 1].flags & COMMA:
            end -= 1
        start = end
        while (
            start > max(self.begin[i], end - 8)
            and words[start - 1].flags & DEFINITE
            and self.forms[start - 1].isalnum()
        ):
            start -= 1
        if start == end or words[start].conjunction and words[start].flags & PREPOSITION:
            return None
        plain = words[start - 1] if start - 1 > self.begin[i] else None  # a sentence opens with its verb
        if plain is not None and self.forms[start - 1].isalnum() and not self._verbs(start - 1):
            if not plain.flags and not plain.shape & ACCUSATIVE and not words[start].preposition:
                start -= 1  # the head of a construct: خطة السلام
        head = words[start]
        if head.flags & OCCASION or head.title is not None and head.title.kind != "institution":
            return None  # the words or the person that the clause tells of
        phrase = noun_phrase(words, self.forms, begin, limit, self.names)
        if phrase is None or not phrase.sentient:
            return None
        source = (phrase.start, phrase.end)
        return Found((i, i + 1), "relative", form.cue.lemma, [(start, end)], source, form, True, False)

    def _can_show(self, i: int, phrase: Phrase | None, form: CueForm) -> bool:
        """Whether somebody or a document shows it, not an event: يظهر التقرير أن, but not يظهر الهجوم أن."""
        if form.part == "past" and "pointing" in form.cue.groups and form.number == "s":
            if phrase is not None or self._joined_verb(i) or i == self.begin[i]:
                return True  # وأشار فلان إلى أن: whoever pointed to it spoke
        if phrase is None:
            phrase = self._preposed(i)
            if phrase is None:
                return True
        if "evidence" in self.words[phrase.start].base_groups:
            return True
        return bool(phrase.kind) or not self.words[phrase.start].flags & DEFINITE and form.cue.act != "assert"

    def _is_verb(self, i: int, start: int, phrase: Phrase | None, content: int) -> bool:
        """Whether a word that is mostly a preposition is a verb: وبين التقرير أن, عبر الوزير عن, not عقب الجلسة أن."""
        if content == start and self.words[content].flags & COMPLEMENTISER:
            return True
        if phrase is None:
            return False
        return phrase.sentient or content == phrase.end and (self._joined_verb(i) or i == self.begin[i])

    def _taken(self, start: int) -> bool:
        """Whether a finite cue has taken the clause that begins at token `start`."""
        return any(made.rule == "verb-that" and made.pieces[0][0] == start for made in self.found[-4:])

    def _spoken(self, i: int, verbatim: bool = False) -> bool:
        """Whether a cue that fired holds token i in its content, as far as its sentence goes; `verbatim` behind a colon."""
        return any(
            made.pieces[-1][0] <= i < made.pieces[-1][1] and (not verbatim or made.rule in ("colon", "verb-colon"))
            for made in self.found[-3:]
        )

    def _opens_clause(self, i: int, phrase: Phrase | None, form: CueForm, stated: bool) -> bool:
        """Whether a form that is mostly a noun stands where a verb stands: first in its clause or behind its subject."""
        before = self.words[i - 1] if i > self.begin[i] else None
        opens = (
            before is None
            or self._joined_verb(i)
            or bool(before.flags & (AUXILIARY | RELATIVE | COMMA | COMPLEMENTISER))
            or "subordinators" in before.groups
        )
        if phrase is not None and (phrase.kind or before is None and i > self.title_end):
            return opens
        if phrase is None and before is not None and before.flags & AUXILIARY:
            return True
        if stated:
            return True
        if i + 1 < self.n and "prepositional_pronouns" in self.words[i + 1].groups:
            return True  # خطاب دعا فيه إلى
        preposed = self._preposed(i)
        return preposed is not None and preposed.sentient and preposed.end >= i - 1

    def _participle(self, i: int, form: CueForm) -> Found | None:
        """A participle that goes with another verb or stands in a headline: مؤكدا أن, محذرة من, مشيرين إلى."""
        words, word, limit = self.words, self.words[i], self.limit[i]
        start = i + 1
        parted = i > self.begin[i] and bool(words[i - 1].flags & COMMA)
        if form.definite or i > self.begin[i] and words[i - 1].flags & PREPOSITION:
            return None
        if form.weak and not parted and not (start < self.n and words[start].flags & (COMPLEMENTISER | COLON)):
            return None
        accusative = bool(word.shape & ACCUSATIVE)
        if not word.shape & (ACCUSATIVE | FEMININE | NUN) or word.shape & NOMINATIVE:
            return None
        if form.gender == "m" and form.number == "s" and not accusative:
            return None
        behind = self._behind_aside(start, limit)
        while behind < limit and self._is_manner(behind) and not words[behind].flags & PREPOSITION:
            behind += 1
        nominal = "that-only" not in form.cue.guards
        for complement in form.cue.complements:
            kind, preposition = complement.kind, complement.preposition
            hit: tuple[int, int] | None = None
            if kind == "that":
                hit = self._that(behind, min(limit, behind + 14), preposition, form)
                if hit is not None and hit[0] - behind > 12:
                    hit = None
            elif kind == "whether":
                hit = self._whether(start, min(limit, start + 4))
            elif kind == "quote" and (parted or accusative or not (start < limit and words[start].flags & COLON)):
                quote = self._quotation(start, limit, i)
                if quote is not None and quote[0] - start <= 14:
                    pieces = [(quote[0], quote[1])]
                    return Found((i, start), "participle-quotation", form.cue.lemma, pieces, None, form, True, False)
            elif kind in ("prep", "addressee") and nominal and (parted or accusative):
                reach = min(limit, behind + (8 if kind == "addressee" else 3))
                hit = self._preposition(behind, reach, preposition, None, kind == "addressee", form)
            elif kind == "object" and nominal and accusative and (parted or not form.weak):
                hit = self._object(behind, limit, None, form)
            if hit is not None:
                own = hit[0] == start and (
                    bool(words[start].flags & PREPOSITION) if kind == "that" else len(preposition) > 1
                )
                cue = (i, start + own)  # its preposition belongs to it
                return Found(cue, f"participle-{kind}", form.cue.lemma, [(hit[0], limit)], None, form, False, False)
        return None
