"""Find source, cue and content in one article.

Order of passes: tokens, quotation marks, sentence ends; then cues from left to right, each tried with its complements;
then who stands before the cue; then where each content ends; then prepositional cues and headline colons, which wrap
what they carry; parents by containment and types last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from discourse.boundaries import end_contents
from discourse.circumstances import addressee_of, medium_of, quotations_in
from discourse.confidence import confidence_of, signs_of
from discourse.corpus import Article
from discourse.lexicon import (
    AUXILIARY,
    BLOCKER,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    ENDER,
    JOINED,
    JUSSIVE,
    NEWLINE,
    NOUN,
    OCCASION,
    PARTICIPLE,
    PREPOSITION,
    RELATIVE,
    STOP,
    TANWIN,
    TIME,
    VERB,
    CueForm,
    Medium,
    Word,
    load_language,
)
from discourse.passage import Found
from discourse.phrases import Phrase, noun_phrase, object_start
from discourse.prepositional import PrepositionalCues
from discourse.text import Span

QuoteType = Literal["direct", "mixed", "unmarked", "indirect"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """One piece of content that the text hands to a source other than its author.

    `source` is None where the text names nobody (a dropped subject, a pronoun suffix); `speaker` is None where the
    source resolves to no listed actor. `parent` is the id of the attribution whose content this one stands in,
    `relayed_by` the id of the one that passes it on (نقلت الوكالة عن …). `polarity` is negative where the speaker is
    reported as not saying or as denying the content. `verbatim` holds the parts of the content in quotation marks.
    `confidence` is the share that was right among attributions found in the same way.
    """

    article_id: str
    id: str
    type: QuoteType
    cue: Span | None
    source: Span | None
    content: tuple[Span, ...]
    rule: str
    cue_lemma: str | None = None
    polarity: Literal["positive", "negative"] = "positive"
    parent: str | None = None
    speaker: str | None = None
    camp: str | None = None
    resolved_by: str | None = None
    medium: Medium | None = None
    verbatim: tuple[Span, ...] = ()
    addressee: Span | None = None
    relayed_by: str | None = None
    anonymous: bool = False
    confidence: float | None = None


_JUDGING = ("criticise", "praise", "direct", "commit", "threaten")  # acts whose object is the matter itself


_ASKS = frozenset("؟?")
_TURNS = 2  # paragraphs that begin alike before a colon make an interview
_NEAR = 3  # words between a doubtful cue and its quotation


class _Reader(PrepositionalCues):
    """One article whose attributions are being found."""

    _speakers_by_turns: frozenset[tuple[str, ...]] | None = None

    # ------------------------------------------------------------------ the passes

    def read(self) -> list[Found]:
        claimed = -1
        for i in self.where["opens"]:
            word = self.words[i]
            if word.phrases:
                end = self._prepositional(i, self._governs)
                if end:
                    claimed = max(claimed, end)
                    continue
            if word.withholds:
                claimed = max(claimed, self._unnamed_until(i))
            if (word.cues or word.light) and i > claimed:
                made = self._express(i, word) if word.light else None
                if made is None and word.cues:
                    made = self._fire(i, word)
                if made is not None:
                    if made.form is not None and "passives" in made.form.cue.groups:
                        made.source, made.subject_open = None, False  # سئل الوزير: he is not who asks
                    self.found.append(made)
                    claimed = max(claimed, made.cue[1] - 1)
                    if made.source is not None and made.source[0] >= made.cue[1] and made.form is not None:
                        claimed = max(claimed, min(made.source[1], made.pieces[0][0]) - 1)
            elif word.flags & COLON and not any(made.pieces[0][0] in (i + 1, i + 2) for made in self.found[-2:]):
                self._colon(i)
        self.found.sort(key=lambda f: f.cue)
        for made in self.found:
            if made.source is None and (made.subject_open or made.rule.startswith("participle")):
                self._subject_before(made)
                head = self._headline_subject(made.cue[0]) if made.source is None and made.subject_open else None
                if head is not None and all(f.source is None or f.source[0] != head.start for f in self.found):
                    made.source = (head.start, head.end)  # the first verb of the headline reports nothing
        end_contents(self, self.found)
        self._orphans()
        return [f for f in self.found if f.pieces and all(s < e for s, e in f.pieces)]

    # ------------------------------------------------------------------ cues

    def _governs(self, i: int) -> Found | None:
        return self._fire(i, self.words[i])

    def _fire(self, i: int, word: Word) -> Found | None:
        cues: Sequence[CueForm] = word.cues
        if self.forms[i].lstrip("وف")[:1] == "أ" and any(c.cue.lemma[0] == "ا" for c in cues):
            if self.inside[i] >= 0 or self._spoken(i, verbatim=True):
                cues = sorted(cues, key=lambda c: c.person != 1)  # أعتقد is I, where اعتقد is he
        for form in cues:
            if form.part == "participle":
                made = self._participle(i, form)
            elif form.part == "noun":
                made = self._noun(i, form)
            elif form.part == "adjective":
                made = self._adjective(i, form)
            else:
                made = self._finite(i, form)
            if made is not None:
                return made
        return None

    def _finite(self, i: int, form: CueForm) -> Found | None:
        words, word, cue = self.words, self.words[i], form.cue
        before = words[i - 1] if i > self.begin[i] else None
        if word.flags & ENDER or TANWIN in self.forms[i]:
            return None
        if form.person == 2:
            return None  # who is addressed says nothing
        if form.person == 1 and self.inside[i] < 0 and not self._spoken(i, form.number == "s"):
            return None  # the first person speaks within a quotation or another's speech; elsewhere it is the author
        if before is not None and form.part == "past" and ("noun_hosts" in before.groups or before.future):
            return None  # لا شك, عدم نشر, في حال رفض: a noun
        if (
            before is not None
            and (form.weak or word.parts & NOUN)
            and form.part == "past"
            and "bare_complementisers" in before.groups
        ):
            return None  # إن رفض العرض خطأ: behind bare أن and إن stands a noun
        if word.flags & PREPOSITION and word.flags & BLOCKER:
            return None  # دون أن
        if form.part == "jussive" and not (before and before.flags & JUSSIVE):
            return None
        if before is not None and before.flags & PREPOSITION and not before.flags & AUXILIARY:
            if form.part == "past" and "verb_hosts" not in before.groups:
                return None
        if word.title is not None and form.part == "past" and form.number == "s" and word.flags & DEFINITE:
            return None
        limit = self.limit[i]
        if before is not None and form.pronoun and ("naming" in cue.groups or "deeming" in cue.groups):
            if "what" in before.groups or before.flags & RELATIVE and not cue.takes("addressee"):
                return self._naming(i, limit, form)
        if "naming" in cue.groups and not cue.takes("addressee"):
            return None
        if before is not None and before.flags & RELATIVE:
            made = self._about_antecedent(i, limit, form)
            if made is not None:
                return made
        cue_end = i + 1
        # وأضاف قائلا: the participle of a verb of saying belongs to the cue
        if cue_end < limit and words[cue_end].parts & PARTICIPLE and not words[cue_end].flags & DEFINITE:
            if any(c.part == "participle" and "saying" in c.cue.groups for c in words[cue_end].cues):
                cue_end += 1
        begin = cue_end
        told = begin < limit and "prepositional_pronouns" in words[begin].groups
        if told or begin + 1 < limit and "told" in words[begin].groups and words[begin + 1].title is not None:
            begin += 1  # قال لي المسؤول
        if begin + 1 < limit and words[begin].form == "ل" and begin + 1 in self.close_of:
            begin = min(self.close_of[begin + 1] + 1, limit)  # كشف لـ«الشعلة» السفير …
        if begin < limit and words[begin].flags & COMMA:  # وانتقد، في خروج نادر، ظهور …
            behind = next((k for k in range(begin + 1, min(limit, begin + 14)) if words[k].flags & COMMA), None)
            if behind is not None and behind + 1 < limit:
                begin = behind + 1
            elif begin + 1 < limit and not words[begin + 1].flags & PREPOSITION:
                begin += 1  # وأوضح، وزير العدل
        phrase = noun_phrase(words, self.forms, begin, limit, self.names)
        if form.pronoun and phrase is not None and not phrase.sentient:
            phrase = None
        if form.number != "s" and form.part != "jussive" or form.person == 1:
            phrase = None  # a verb before its subject stands in the singular: يدعون الآباء has its subject before it
        stated = self._has_topic(i) or self._pronoun_before(i, form)
        if phrase is not None and (stated or self._is_object(i, phrase, form)):
            phrase = None
        preposed = None if before is None or phrase is None else self._preposed(i)
        heads = preposed is not None and (preposed.sentient or i < self.title_end and preposed.end == i)
        if preposed is not None and heads and self._adjacent(preposed.end, i):
            phrase = None  # موسكو انتقدت واشنطن: the subject stands before, the object behind
        weak = form.weak and not self._opens_clause(i, phrase, form)
        bare = not cue.guards & {"that-only", "quote-only"} and (not weak or self._joined_verb(i))
        best: tuple[int, int, str, int] | None = None  # content start, order, rule, index where the subject must end
        for order, complement in enumerate(cue.complements):
            kind, preposition = complement.kind, complement.preposition
            hit: tuple[int, int] | None = None
            if kind == "that":
                hit = self._that(cue_end, limit, preposition, form)
                if hit is not None and hit[0] > cue_end and self._taken(hit[0]):
                    hit = None  # قال مصدر طلب عدم نشر اسمه إن: the clause is the first verb's
            elif kind == "whether":
                hit = self._whether(cue_end, limit)
            elif kind == "quote":
                continue
            elif kind in ("prep", "addressee") and bare and not (best is not None and best[0] == cue_end):
                hit = self._preposition(cue_end, limit, preposition, phrase, kind == "addressee", form)
                if hit is not None and kind == "prep" and phrase is not None and phrase.sentient:
                    if len(preposition) == 1 and not cue.takes("addressee") and not cue.takes("object"):
                        k = object_start(words, phrase, self.names)
                        construct = k + 1 < phrase.end and words[k + 1].flags & DEFINITE
                        surname = phrase.kind == "person" and hit[0] == k + 1 and words[k].title is None
                        surname = surname and not words[k].cues  # وأشار الدكتور العبادلي | إلى أهمية …
                        if (
                            not surname
                            and k < min(hit[0], phrase.end)
                            and (words[k].flags & DEFINITE or words[k].title is not None or construct)
                        ):
                            hit = None  # أقر البرلمان القانون بالأغلبية: its object is no speech
                if hit is not None and kind == "prep" and stated and not cue.takes("addressee"):
                    if not all(self._is_manner(k) for k in range(cue_end, hit[0])):
                        hit = None  # إنه يرى عيوبا في العقد
                if hit is not None and kind == "addressee" and cue.takes("object"):
                    hit = self._behind_addressee(hit[0], limit)
            elif kind == "object" and bare and best is None:
                hit = self._object(max(cue_end, begin), limit, phrase, form)
                if hit is not None and phrase is not None and hit[0] > phrase.start:
                    phrase = replace(phrase, end=min(phrase.end, hit[0]), kind=phrase.kind or "name")
            if hit is not None and (best is None or hit[0] < best[0]):
                best = (hit[0], order, kind, hit[1])
        if best is None and cue.takes("quote"):
            hit = self._that(cue_end, limit, "", form)
            if hit is not None and words[hit[0] - 1].flags & COLON:
                best = (hit[0], 99, "that", hit[0] - 1)
        if word.flags & PREPOSITION and (best is None or not self._is_verb(i, cue_end, phrase, best[0])):
            return None
        if weak and best is not None and min(best[0], best[3]) > cue_end + 1:
            opening = best[0] + 1 if words[best[0]].flags & PREPOSITION and best[0] + 1 < limit else best[0]
            clause = bool(words[opening].flags & COMPLEMENTISER)
            if not (best[2] == "that" and phrase is not None or clause and self._joined_verb(i)):
                best = None
        if best is not None and best[2] in ("prep", "object") and phrase is not None:
            late = self._late_clause(best[0], limit, form)
            if late is not None:
                best = (late, 0, "that", late)  # وأكد البيان، على هامش اللقاء، أن: what stood before was no content
        relay = self._relay(i, cue_end, limit, form)
        if relay is not None:
            return relay
        if cue.takes("quote"):
            quote = self._quotation(cue_end, limit, i)
        else:
            quote = self._quoted_at(cue_end) or (self._quoted_at(phrase.end) if phrase is not None else None)
        if quote is not None and weak and not words[quote[0] - 2].flags & COLON:
            if quote[0] - 1 > (cue_end if phrase is None else phrase.end) + _NEAR:
                quote = None  # الكلفة ستزيد كثيرا، وبالتالي «…»
        if quote is None and best is None:
            quote = self._headline(i, limit)
            if quote is None and not weak and "plain_saying" in cue.groups:
                quote = self._brief_quotation(cue_end, phrase, limit)
        if best is not None and best[2] == "object" and "deeming" in cue.groups:
            quote = None if quote is None or best[0] < quote[0] - 1 else quote  # اعتبرت الزيارة «خطوة أولى»
        if quote is not None and (
            best is None or quote[0] <= best[0] or best[2] in ("object", "prep", "addressee") and not quote[2]
        ):
            start, end, unmarked = quote
            source = self._subject(start, phrase, form)
            made = Found(
                (i, cue_end),
                "verb-colon" if unmarked else "verb-quotation",
                cue.lemma,
                [(start, end)],
                source,
                form,
            )
            made.closed = True
            made.negated = self._is_negated(i)
            return made
        if best is None:
            return self._unmarked(i, cue_end, limit, phrase, form)
        start, _, how, subject_end = best
        if (
            how in ("object", "prep")
            and "needs-subject" in cue.guards
            and not ((how == "prep" or form.number == "p") and self._joined_verb(i))
        ):
            if phrase is None and not stated and not self._preposed(i):
                if i >= self.title_end or self._nearest(i) is None:
                    return None
        if how == "object" and "subject_follows" in cue.groups:
            carried = form.part == "past" and self._joined_verb(i)  # واعتبر القرار خطأ: who spoke before
            if (phrase is None or not phrase.sentient) and not carried and self._headline_subject(i) is None:
                return None
        if "evidential" in cue.groups and not self._can_show(i, phrase, form):
            return None
        source = self._subject(subject_end, phrase, form, how)
        if source is None and phrase is None:
            source = self._late_subject(cue_end, subject_end)
        made = Found((i, cue_end), f"verb-{how}", cue.lemma, [(start, limit)], source, form)
        made.negated = self._is_negated(i)
        return made

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
            if words[begin].form[-1] == "ا" and not words[begin].flags & DEFINITE and len(words[begin].form) > 3:
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
        return len(word.form) > 4 and word.form.endswith("نا") and word.title is None and not word.named

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
        if opened in self.close_of and (opened == k or words[k].form == "ب" or words[k].flags & COMPLEMENTISER):
            made.pieces = [(k + (opened == k), self.close_of[opened])]
            made.closed = True
            if opened == k:
                made.rule = "naming-quotation"
        elif words[k].preposition == "ب" and words[k].flags & DEFINITE:
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
            if not plain.flags and plain.form[-1] != "ا" and not words[start].preposition:
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

    def _opens_clause(self, i: int, phrase: Phrase | None, form: CueForm) -> bool:
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
        if self._has_topic(i) or self._pronoun_before(i, form):
            return True
        if i + 1 < self.n and "prepositional_pronouns" in self.words[i + 1].groups:
            return True  # خطاب دعا فيه إلى
        preposed = self._preposed(i)
        return preposed is not None and preposed.sentient and preposed.end >= i - 1

    def _participle(self, i: int, form: CueForm) -> Found | None:
        words = self.words
        word = words[i]
        parted = i > self.begin[i] and bool(words[i - 1].flags & COMMA)
        if (
            form.definite
            or form.weak
            and not parted
            and not (i + 1 < self.n and words[i + 1].flags & (COMPLEMENTISER | COLON))
        ):
            return None
        last = word.form[-1]
        if last not in "اهن" or word.form.endswith("ون") or form.gender == "m" and form.number == "s" and last != "ا":
            return None
        before = words[i - 1] if i > self.begin[i] else None
        if before is not None and before.flags & PREPOSITION:
            return None
        limit = self.limit[i]
        start = i + 1
        behind = self._behind_aside(start, limit)
        while behind < limit and self._is_manner(behind) and not words[behind].flags & PREPOSITION:
            behind += 1
        for complement in form.cue.complements:
            kind, preposition = complement.kind, complement.preposition
            if kind == "that":
                hit = self._that(behind, min(limit, behind + 14), preposition, form)
                if hit is not None and hit[0] - behind <= 12:
                    cue_end = start + 1 if words[hit[0]].flags & PREPOSITION and hit[0] == start else start
                    return Found(
                        (i, cue_end),
                        "participle-that",
                        form.cue.lemma,
                        [(hit[0], limit)],
                        None,
                        form,
                        subject_open=False,
                    )
            elif kind in ("prep", "addressee") and "that-only" not in form.cue.guards and (parted or last == "ا"):
                hit = self._preposition(
                    behind,
                    min(limit, behind + (8 if kind == "addressee" else 3)),
                    preposition,
                    None,
                    kind == "addressee",
                    form,
                )
                if hit is not None:
                    cue_end = start + 1 if hit[0] == start and len(preposition) > 1 else start
                    return Found(
                        (i, cue_end),
                        f"participle-{kind}",
                        form.cue.lemma,
                        [(hit[0], limit)],
                        None,
                        form,
                        subject_open=False,
                    )
            elif kind == "quote" and (parted or last == "ا" or not (start < limit and words[start].flags & COLON)):
                quote = self._quotation(start, limit, i)
                if quote is not None and quote[0] - start <= 14:
                    made = Found(
                        (i, start),
                        "participle-quotation",
                        form.cue.lemma,
                        [(quote[0], quote[1])],
                        None,
                        form,
                        subject_open=False,
                    )
                    made.closed = True
                    return made
            elif kind == "whether":
                hit = self._whether(start, min(limit, start + 4))
                if hit is not None:
                    return Found(
                        (i, start),
                        "participle-whether",
                        form.cue.lemma,
                        [(hit[0], limit)],
                        None,
                        form,
                        subject_open=False,
                    )
            elif kind == "object" and "that-only" not in form.cue.guards and last == "ا" and (parted or not form.weak):
                hit = self._object(behind, limit, None, form)
                if hit is not None:
                    return Found(
                        (i, start),
                        "participle-object",
                        form.cue.lemma,
                        [(hit[0], limit)],
                        None,
                        form,
                        subject_open=False,
                    )
        return None

    # ------------------------------------------------------------------ prepositional cues and colons

    def _colon(self, i: int) -> None:
        """A colon that stands for a reporting verb: واشنطن: لا نسعى …, or with the source last."""
        words, forms = self.words, self.forms
        begin, limit = self.begin[i], self.limit[i]
        if self.inside[i] >= 0 or i == begin or i + 1 >= self.n:
            return
        if forms[i - 1][-1].isdigit() and forms[i + 1][0].isdigit():
            return
        title = i < self.title_end
        for k in range(i - 1, max(begin, i - 9), -1):
            if words[k].flags & COLON:
                begin = k + 1
                break
        else:
            if not title and begin > 0 and forms[begin - 1] != "\n":
                return
        opened = self._clause_start(begin, i)
        if title and self.close_of.get(opened) == i - 1:
            last = noun_phrase(words, forms, i + 1, limit, self.names)
            if last is not None and last.sentient and last.end >= limit:
                piece = (opened + 1, i - 1)  # «الخط جاهز»: الوزير
                source = (last.start, last.end)
                self.found.append(Found((i, i + 1), "colon-last", ":", [piece], source, None, True, False))
                return
            if not self.names.kind(opened + 1) and words[opened + 1].title is None:
                return  # "ليل المدينة": فيلم جديد
        if not title and begin == self.begin[i] and tuple(forms[begin:i]) in self._turns():
            if "questions" not in words[begin].groups:
                piece = (i + 1, self._paragraph_end(i))
                self.found.append(Found((i, i + 1), "colon", ":", [piece], (begin, i), None, True, False))
            return
        phrase = noun_phrase(words, forms, opened, i, self.names)
        if phrase is not None and not phrase.kind and title and phrase.end == i and i - phrase.start <= 3:
            if not words[phrase.start].flags & DEFINITE and not words[phrase.start].preposition:
                phrase = replace(phrase, kind="name")  # an unlisted name before the colon of a headline
        if phrase is not None and not title and begin == self.begin[i] and words[phrase.start].title is None:
            if words[phrase.start].form not in self.names.local:
                return  # a dateline: القاهرة: «الخليج»
        if phrase is not None and phrase.sentient and (phrase.end >= i - 1 or title and i - begin <= 16):
            if any(w.parts & VERB for w in words[phrase.end : i]):
                return
            if i + 1 in self.close_of:
                piece = (i + 2, self.close_of[i + 1])
            elif title:
                piece = (i + 1, limit)
            else:
                piece = (i + 1, self._paragraph_end(i))
            self.found.append(Found((i, i + 1), "colon", ":", [piece], (phrase.start, phrase.end), None, True, False))
        elif title and i + 1 < limit:
            phrase = noun_phrase(words, forms, i + 1, limit, self.names)
            if phrase is not None and phrase.sentient and phrase.end >= limit and limit - i <= 7:
                self.found.append(
                    Found((i, i + 1), "colon-last", ":", [(begin, i)], (phrase.start, phrase.end), None, True, False)
                )

    def _turns(self) -> frozenset[tuple[str, ...]]:
        """What stands before the colon at the head of several paragraphs: who speaks by turns in an interview."""
        if self._speakers_by_turns is None:
            heads: Counter[tuple[str, ...]] = Counter()
            for start in (k + 1 for k, form in enumerate(self.forms) if form == "\n" and k >= self.title_end):
                colon = next((k for k in range(start + 1, min(self.n, start + 5)) if self.forms[k] == ":"), None)
                if colon is not None and not any(word.cues or word.flags for word in self.words[start:colon]):
                    heads[tuple(self.forms[start:colon])] += 1
            asked = not _ASKS.isdisjoint(self.forms)  # a list of prices has no questions
            self._speakers_by_turns = frozenset(head for head, n in heads.items() if asked and n >= _TURNS)
        return self._speakers_by_turns

    # ------------------------------------------------------------------ quotations whose cue stands behind them

    def _orphans(self) -> None:
        """Content before its cue: «…»، قال فلان; or …، يقول المسؤول."""
        words = self.words
        taken = [f.cue for f in self.found]
        covered = {c[0] for c in taken}
        used = {piece[0] - 1 for f in self.found for piece in f.pieces}
        for opened, closed in self.quotes:
            if closed >= self.n or opened in used or closed - opened < 4 or self.inside[opened] >= 0:
                continue
            k = closed + 1
            while k < self.n and (words[k].flags & (COMMA | DASH) or self.forms[k] == "."):
                k += 1
            if self.forms[opened - 1] == "\n" and k < self.n and words[k].flags & NEWLINE:
                self._go_on(opened, closed)
                continue
            if k >= self.n or not words[k].cues:
                continue
            parted = bool(words[closed + 1].flags & COMMA)
            if k in covered:
                fired = next(f for f in self.found if f.cue[0] == k)
                if fired.rule == "verb-quotation" and parted and not self._joined_verb(k):
                    fired.pieces.insert(0, (opened + 1, closed))  # «…»، قال الوزير: «…»
                if not parted or fired.source is None or not opened <= fired.source[0] <= closed:
                    continue
                self.found.remove(fired)  # "…"، يؤكد أحدهم: what was taken for its subject is what is said
            form = next(
                (
                    c
                    for c in words[k].cues
                    if c.part in ("past", "present") and c.cue.takes("quote")
                    if not c.weak or parted and not words[k].flags
                ),
                None,
            )
            if form is None or form.person != 3 or self._joined_verb(k):
                continue
            phrase = noun_phrase(words, self.forms, k + 1, self.limit[k], self.names)
            if not parted and (phrase is None or not phrase.sentient and phrase.end < self.limit[k]):
                continue
            pieces = [(opened + 1, closed)]
            behind = phrase.end if phrase is not None else k + 1
            while behind < self.n and words[behind].flags & (COMMA | COLON) or self.forms[behind : behind + 1] == ["."]:
                behind += 1
            if behind in self.close_of and behind not in used and self.close_of[behind] - behind > 3:
                pieces.append((behind + 1, self.close_of[behind]))  # «…»، قال الوزير، «…»
                used.add(behind)
            source = (phrase.start, phrase.end) if phrase is not None else None
            self.found.append(Found((k, k + 1), "quotation-verb", form.cue.lemma, pieces, source, form, True, False))

    def _go_on(self, opened: int, closed: int) -> None:
        """A paragraph that is a quotation goes on with the one that ends the paragraph before: «… \n «…»."""
        end = opened - 2
        while end > 0 and self.words[end].flags & STOP and not self.words[end].flags & NEWLINE:
            end -= 1
        for made in reversed(self.found):
            if made.closed and made.pieces[-1][1] in (end, end + 1, opened - 1):
                made.pieces.append((opened + 1, closed))
                return

    # ------------------------------------------------------------------ types

    def type_of(self, made: Found) -> tuple[QuoteType, list[tuple[int, int]]]:
        """The type of a content, and its pieces with the marks of a direct quotation left out."""
        pieces = made.pieces
        if made.rule.endswith(("quotation", "quotation-verb")) or made.rule == "quotation-verb":
            return "direct", pieces
        if made.rule in ("verb-colon", "verb-unmarked", "colon", "colon-last"):
            start, end = pieces[0]
            if start - 1 in self.close_of and self.close_of[start - 1] == end:
                return "direct", pieces
            return ("mixed" if quotations_in(self, pieces) else "unmarked"), pieces
        if len(pieces) == 1:
            start, end = pieces[0]
            begin = start
            if (
                begin + 1 < end
                and self.words[begin].flags & PREPOSITION
                and self.words[begin + 1].flags & COMPLEMENTISER
            ):
                begin += 1
            if begin < end and self.words[begin].flags & COMPLEMENTISER:
                begin += 1
            if begin < end and begin in self.close_of:
                close = self.close_of[begin]
                if close >= end - 1:
                    return "direct", [(begin + 1, min(close, end))]
        return ("mixed" if quotations_in(self, pieces) else "indirect"), pieces


def find_attributions(article: Article) -> list[Attribution]:
    """Find every attribution in an article, in the order of their cues.

    Never raises on text: a broken quotation mark costs at most its own paragraph.
    """
    language = load_language()
    document = article.document
    reader = _Reader(_without_boilerplate(article), len(article.title), language)
    found = reader.read()
    found.sort(key=lambda f: f.cue)
    firing: list[tuple[Found, QuoteType, Span, list[tuple[int, int]]]] = []

    def span(piece: tuple[int, int]) -> Span:
        start, end = reader.starts[piece[0]], reader.ends[piece[1] - 1]
        return Span(start, end, document[start:end])

    seen: set[int] = set()
    for f in found:
        if f.cue[0] in seen:
            continue
        seen.add(f.cue[0])
        kind, pieces = reader.type_of(f)
        if not pieces or any(s >= e for s, e in pieces):
            continue
        firing.append((f, kind, span(f.cue), pieces))
    parents: list[str | None] = [None] * len(firing)
    if not article.quotations:
        parents = _parents(
            [
                (f"{article.id}:{cue.start}", cue, reader.starts[pieces[0][0]], reader.ends[pieces[-1][1] - 1])
                for _, _, cue, pieces in firing
            ]
        )
    made: list[Attribution] = []
    for (f, kind, cue, pieces), parent in zip(firing, parents, strict=True):
        denies = f.form is not None and f.form.cue.engagement == "deny"
        addressee = addressee_of(reader, f)
        content = tuple([span(piece) for piece in pieces])
        # what is quoted as a whole is its own quotation; only a mixed content has some within it
        verbatim = content if kind == "direct" else ()
        if kind == "mixed":
            verbatim = tuple([span(piece) for piece in quotations_in(reader, pieces)])
        made.append(
            Attribution(
                article_id=article.id,
                id=f"{article.id}:{cue.start}",
                type=kind,
                cue=cue,
                source=span(f.source) if f.source is not None and f.source[0] < f.source[1] else None,
                content=content,
                rule=f.rule,
                cue_lemma=f.lemma,
                polarity="negative" if f.negated != denies else "positive",
                parent=parent,
                medium=medium_of(reader, f),
                verbatim=verbatim,
                addressee=span(addressee) if addressee is not None else None,
                confidence=None if article.quotations else confidence_of(signs_of(reader, f, parent is not None)),
            )
        )
    if article.quotations:
        return [_of_quotation(article.id, quotation, made) for quotation in article.quotations]
    return made


def _without_boilerplate(article: Article) -> str:
    """Blank out what is no part of the text, so that nothing in it reports or is reported; every character keeps its place."""
    document = article.document
    for mark in article.boilerplate:
        blank = "".join("\n" if char == "\n" else " " for char in mark.text)
        document = document[: mark.start] + blank + document[mark.end :]
    return document


def _of_quotation(article_id: str, quotation: Span, found: Sequence[Attribution]) -> Attribution:
    """Attribute a quotation that the source of the data has marked: to whoever the words around it name, or to nobody."""

    def shared(a: Attribution) -> int:
        return sum(max(0, min(s.end, quotation.end) - max(s.start, quotation.start)) for s in a.content)

    def is_outside(span: Span | None) -> bool:
        return span is None or span.end <= quotation.start or span.start >= quotation.end

    given = [a for a in found if shared(a) and is_outside(a.cue) and is_outside(a.source)]
    best = max(given, key=shared, default=None)
    own: dict[str, Any] = {
        "id": f"{article_id}:{quotation.start}",
        "type": "direct",
        "content": (quotation,),
        "verbatim": (quotation,),
        "relayed_by": None,
    }
    if best is None:
        return Attribution(article_id, **own, cue=None, source=None, rule="marked")
    # whoever spoke before is not told: what stood between two quotations is not there
    return replace(best, **own, rule=best.rule if best.source else "marked")


def _parents(attributions: Sequence[tuple[str, Span, int, int]]) -> list[str | None]:
    """For attributions in the order of their cues, whose content is the smallest that holds the cue.

    Each is given by its id, its cue, and where its content begins and ends.
    """
    spans = sorted((start, end, name) for name, _, start, end in attributions)
    parents: list[str | None] = []
    opened: list[tuple[int, int, str]] = []
    following = 0
    for own, cue, _, _ in attributions:
        start, end = cue.start, cue.end
        while following < len(spans) and spans[following][0] <= start:
            opened.append(spans[following])
            following += 1
        opened = [span for span in opened if span[1] > start]
        holders = [(e - s, name) for s, e, name in opened if end <= e and name != own]
        parents.append(min(holders)[1] if holders else None)
    return _without_rings(attributions, parents)


def _without_rings(
    attributions: Sequence[tuple[str, Span, int, int]], parents: Sequence[str | None]
) -> list[str | None]:
    """Take from attributions that hold each other's cues the parent of the one that holds most: قال، بحسب رويترز، …"""
    extent = {name: end - start for name, _, start, end in attributions}
    parent_of = dict(zip(extent, parents, strict=True))
    settled: set[str] = set()
    for own in extent:
        path: dict[str, int] = {}
        name: str | None = own
        while name is not None and name not in settled and name not in path:
            path[name] = len(path)
            name = parent_of[name]
        if name is not None and name in path:
            ring = list(path)[path[name] :]
            parent_of[max(ring, key=lambda one: extent[one])] = None
        settled.update(path)
    return list(parent_of.values())
