"""Cues whose meaning lies in a noun: verbal nouns with their owner, light verbs with their noun, relays."""

from __future__ import annotations

from dataclasses import dataclass, replace

from discourse.complements import Complements
from discourse.lexicon import (
    ACCUSATIVE,
    ARTICLE,
    BI,
    BLOCKER,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DEFINITE,
    FA,
    FEMININE,
    FEMININE_PLURAL,
    LI,
    NEGATOR,
    NUMBER,
    NUN,
    OWNED_NOUN,
    PARTICIPLE,
    PREPOSITION,
    RELATIVE,
    STOP,
    SUFFIXED,
    TIME,
    VERB,
    WA,
    Complement,
    CueForm,
    Expression,
    Language,
    Word,
)
from discourse.passage import Found
from discourse.phrases import Phrase, noun_phrase, object_start
from discourse.quotation import MARKS
from discourse.text import fold

_BIDDEN_ALONE = ("person", "name", "nation")
_BIDDEN = (*_BIDDEN_ALONE, "institution", "group")  # by a preposition that hangs on it


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose claim a noun is: the words that say it, where they end, and whether anybody is in view."""

    source: tuple[int, int] | None
    end: int
    known: bool


class NominalCues(Complements):
    """An article whose nouns are read as cues."""

    def __init__(self, document: str, title_length: int, language: Language) -> None:
        super().__init__(document, title_length, language)
        self.found: list[Found] = []
        self.relayed: dict[int, tuple[int, int]] = {}  # whom a relay names as the source of the قوله that follows

    def _express(self, i: int, word: Word) -> Found | None:
        """A light verb with its noun."""
        # وجه الوزير دعوة إلى …, أبدت الحكومة استعدادا لـ …, على ثقة بأن …
        words, limit = self.words, self.limit[i]
        reach = min(limit, i + 14)
        if self._first("fills", i + 1, reach) is None:
            return None
        near = [w.form for w in words[i + 1 : reach] if w.fills]
        near += [form[1:] for form in near]  # without a preposition that hangs on it
        for expression, form in word.light:
            if form.part == "participle" and not word.shape & (ACCUSATIVE | FEMININE | NUN):
                continue
            if expression.nouns.keys().isdisjoint(near):
                continue
            k = i + 1
            while k < reach:
                candidate = words[k]
                if candidate.flags & (COMPLEMENTISER | STOP | COLON) or self.forms[k] in MARKS:
                    break
                noun = candidate.form
                if expression.preposition and len(expression.preposition) == 1:
                    noun = noun[1:] if noun.startswith(expression.preposition) else ""
                elif expression.preposition and form.part != "noun" and words[k - 1].form != expression.preposition:
                    noun = ""
                rests = expression.nouns.get(noun, ())
                rest = next((rest for rest in rests if self._goes_on_with(k + 1, rest, limit)), None)
                if rest is None:
                    circumstance = candidate.parts & PARTICIPLE and candidate.shape & ACCUSATIVE
                    if form.part == "noun" or circumstance or k > i + 1 and candidate.parts & VERB:
                        break
                    k += 1
                    continue
                made = self._behind_noun(i, k, k + 1 + len(rest), limit, expression, form)
                if made is not None:
                    return made
                break
        return None

    def _goes_on_with(self, k: int, rest: tuple[str, ...], limit: int) -> bool:
        """Whether the further words of a noun stand at k; a pronoun may hang on the last."""
        # جام غضبه
        words = self.words
        if k + len(rest) > limit:
            return False
        for m, part in enumerate(rest):
            form = words[k + m].form
            hanging = m == len(rest) - 1 and form.startswith(part) and form[len(part) :] in self.language.pronouns
            if form != part and not hanging:
                return False
        return True

    def _behind_noun(
        self, i: int, noun: int, after: int, limit: int, expression: Expression, form: CueForm
    ) -> Found | None:
        """The complement behind the noun of a light verb, and who stands between verb and noun."""
        words, agents = self.words, self.language.groups["agents"]
        if after < limit and words[after].form in agents:
            if not any(c.preposition in agents for c in expression.cue.complements):
                return None  # نقل دعوة من الملك: the noun says whose it is
        hits = []
        for complement in expression.cue.complements:
            hit = None
            if complement.kind == "that":
                hit = self._that(after, min(limit, after + 5), complement.preposition, None)
            elif complement.kind == "prep":
                hit = self._preposition(after, min(limit, after + 4), complement.preposition, None, False, form)
                if hit is None and after < limit and words[after].preposition == complement.preposition:
                    hit = (after, after) if words[after].shape & ARTICLE else None  # كال المديح للحارس
                if (
                    hit is not None
                    and expression.cue.act == "direct"
                    and complement.preposition in self.language.groups["towards"]
                ):
                    hit = self._behind_invited(hit[0], limit) or hit
            elif complement.kind == "object":
                ends = STOP | COMMA | COMPLEMENTISER | PREPOSITION | TIME | RELATIVE
                hit = (after, after) if after < limit and not words[after].flags & ends else None
            elif complement.kind == "quote":
                quote = self._quotation(after, min(limit, after + 4), i)
                if quote is not None and not quote[2]:
                    return Found(
                        (i, after), "light-verb-quotation", expression.cue.lemma, [quote[:2]], None, form, True
                    )
            if hit is not None:
                hits.append(hit[0])
        if not hits:
            return None
        lead = noun - 1 if len(expression.preposition) > 1 and noun - 1 > i else noun
        start = min(lead, noun) if expression.from_noun and form.part != "noun" else min(hits)
        end = i + 1 if expression.from_noun and form.part != "noun" else (after if noun == i + 1 else i + 1)
        phrase = noun_phrase(words, self.forms, i + 1, lead, self.names) if lead > i + 1 else None
        source = None
        if "prepositional_pronouns" in words[i + 1].groups:
            phrase = None
        if form.person == 1:
            phrase = None  # نحمل الحكومة المسؤولية: whom it is done to
        if phrase is not None and form.part != "noun" and (phrase.sentient or phrase.end >= lead):
            source = (phrase.start, object_start(words, phrase, self.names))
        if form.part == "noun":
            form = replace(form, part="adjective")  # المدرب على ثقة بأن: a predicate
        made = Found((i, end), "light-verb", expression.cue.lemma, [(start, limit)], source, form)
        made.subject_open = form.part in ("past", "present", "adjective")
        return made

    def _relay(self, i: int, start: int, limit: int, form: CueForm) -> Found | None:
        """نقلت وكالة عن Y قوله إن …: the relay's content begins at قوله, whose source is Y."""
        words = self.words
        for k in range(start, min(limit, start + 20)):
            if words[k].flags & COMPLEMENTISER and self.inside[k] == self.inside[i]:
                return None
            if "relay_prepositions" in words[k].groups:
                source = noun_phrase(words, self.forms, k + 1, limit, self.names)
                if source is None:
                    return None
                relayer = noun_phrase(words, self.forms, start, k, self.names)
                # the source may be read far: look for the verbal noun or the clause in and behind it
                for m in range(k + 2, min(limit, k + 34)):
                    if words[m].parts & OWNED_NOUN or "saying_nouns" in words[m].groups:
                        end = m
                        while words[end - 1].flags & COMMA:
                            end -= 1
                        self.relayed[m] = (k + 1, min(source.end, end))
                        made = Found((i, start), "relay", form.cue.lemma, [(m, limit)], None, form)
                        break
                    if words[m].flags & COMPLEMENTISER and not words[m - 1].flags & BLOCKER:
                        made = Found((i, start), "relay", form.cue.lemma, [(m, limit)], None, form)
                        break
                else:
                    return None
                if relayer is not None:
                    made.source = (relayer.start, relayer.end)
                return made
        return None

    def _noun(self, i: int, form: CueForm) -> Found | None:
        """A noun with its claim."""
        # قوله إن, تأكيد الوزير أن, دعوة موسكو إلى, اتهامات بأن, رفضها الاعتراف
        words = self.words
        before = words[i - 1] if i > self.begin[i] else None
        if before is not None and (before.flags & NEGATOR or "unreal" in before.groups):
            return None  # لا شك في أن, في حال رفض العرض
        if form.definite and not self._is_spelt_out(i) and (words[i].title is not None or self._in_name(i)):
            return None  # المعارضة السورية, وكالة الأنباء; but نفى الادعاء بأن
        given = i + 1 < self.n and "agents" in words[i + 1].groups
        for f in self.found[-2:]:
            if f.pieces[0][0] in (i, i - 1) and not given:
                expressed = form.pronoun and f.rule in ("verb-prep", "verb-object")
                if f.rule == "light-verb" or expressed and fold(f.lemma) in self.language.groups["expressing"]:
                    return None  # أعرب عن أمله: the noun is what the verb expresses
        limit = self.limit[i]
        owner = self._owner(i, form, limit)
        best: tuple[str, int, int] | None = None
        for complement in form.cue.complements:
            hit = self._noun_complement(i, form, owner, complement, limit)
            if hit is not None and (best is None or hit[1] < best[1]):
                best = hit
        if best is None or before is not None and before.flags & COMPLEMENTISER and self._only_thought(best[1], limit):
            return None
        how, start, end = best
        source = owner.source
        if source is not None and source[0] > i:
            source = (source[0], min(source[1], start - (how == "quotation")))
            if how == "object":
                source = (source[0], min(source[1], object_start(words, Phrase(*source, "name"), self.names)))
        made = Found((i, i + 1), f"noun-{how}", form.cue.lemma, [(start, limit)], source, form, subject_open=False)
        if end:
            made.pieces, made.closed = [(start, end)], True
        return made

    def _only_thought(self, start: int, limit: int) -> bool:
        """Whether what a noun would say is still to come."""
        # إن رفض المجلس للعرض سيؤدي إلى …
        for k in range(start, min(limit, start + 14)):
            if self.words[k].flags & (COMMA | COMPLEMENTISER):
                return False
            if self.words[k].future:
                return True
        return False

    def _is_spelt_out(self, i: int) -> bool:
        """Whether a noun that could name a body has its claim."""
        # نفى الادعاء بأن, الادعاء الأساسي هو أن, الادعاءات
        words = self.words
        if words[i].shape & FEMININE_PLURAL:
            return True
        for k in range(i + 1, min(self.limit[i], i + 8)):
            if words[k].flags & COMPLEMENTISER:
                return k == i + 1 or "free_pronouns" in words[k - 1].groups
        return False

    def _adjective(self, i: int, form: CueForm) -> Found | None:
        """A predicate that says what its subject holds."""
        # الوزير واثق من أن, إنهم متفقون على, الشركة متهمة بـ
        limit, start = self.limit[i], i + 1
        before = self.words[i - 1] if i > self.begin[i] else None
        if form.weak or before is not None and before.flags & (PREPOSITION | NUMBER):
            return None
        best: tuple[str, int] | None = None
        for complement in form.cue.complements:
            hit = None
            if complement.kind == "that":
                hit = self._that(start, min(limit, start + 4), complement.preposition, form)
            elif complement.kind == "prep":
                hit = self._preposition(start, min(limit, start + 3), complement.preposition, None, False, form)
                if hit is not None and any(not w.flags & TIME for w in self.words[start : hit[0]]):
                    hit = None
            if hit is not None and (best is None or hit[0] < best[1]):
                best = complement.kind, hit[0]
        if best is None:
            return None
        made = Found((i, start), f"adjective-{best[0]}", form.cue.lemma, [(best[1], limit)], None, form)
        made.subject_open = "passive" not in form.cue.guards
        made.negated = self._is_negated(i)
        return made

    def _owner(self, i: int, form: CueForm, limit: int) -> _Owner:
        """Whose claim a noun is: a pronoun, a genitive, an adjective of nation, or من قبل X behind its adjectives."""
        words = self.words
        start = i + 1
        if i in self.relayed:
            return _Owner(self.relayed[i], start, True)
        if form.pronoun:
            return _Owner(None, start, True)
        phrase = None
        if not form.definite or start < limit and words[start].flags & DEFINITE and words[start].nation:
            phrase = noun_phrase(words, self.forms, start, limit, self.names)
        told = "listed" not in form.cue.guards and form.cue.takes("addressee")  # إبلاغ السكان بـ
        if phrase is not None and (told or "objective" in form.cue.guards):
            # اتهام موسكو بـ: the genitive is the accused; اتهام موسكو لكييف بـ: the accuser
            own = {c.preposition for c in form.cue.complements if len(c.preposition) == 1}
            accused = 0
            for k in range(start + 1, min(phrase.end + 1, limit)):
                if self._has_li(k):
                    accused = k
                if accused or any(self._hangs(k, preposition) for preposition in own):
                    break
            return _Owner((start, accused), accused, True) if accused else _Owner(None, start, False)
        if phrase is not None and phrase.sentient and not self._describes(start):
            return _Owner((phrase.start, phrase.end), phrase.end, True)
        k = self._behind_adjectives(i, form, limit)
        if not any(c.preposition in self.language.groups["agents"] for c in form.cue.complements):
            if k + 1 < limit and "agents" in words[k].groups:
                k += 2 if "sides" in words[k + 1].groups else 1
                agent = noun_phrase(words, self.forms, k, limit, self.names)
                if agent is not None and agent.sentient:
                    return _Owner((agent.start, agent.end), agent.end, True)
        end = self._plain_owner(start, form, phrase, limit)
        if end:
            return _Owner((start, end), end, True)
        before: frozenset[str] = words[i - 1].groups if i > self.begin[i] else frozenset()
        behind_verb = words[i].shape & BI and words[i].shape & ARTICLE and "adverbial_nouns" not in words[i].groups
        done = form.definite and ("done" in before or behind_verb)
        there = not form.definite and "existential" in before and "listed" in form.cue.guards
        return _Owner(None, k, done or there or self._aims(i, form))

    def _aims(self, i: int, form: CueForm) -> bool:
        """Whether a verbal noun behind لـ tells what somebody acts for: تظاهروا للمطالبة بـ, سافر لحث الوفد على."""
        word = self.words[i]
        return bool(word.shape & LI) and form.number == "s" and form.cue.act in ("direct", "criticise")

    def _describes(self, i: int) -> bool:
        """Whether a word that could head a source is an adjective here."""
        # مذكرة احتجاج رسمية
        word = self.words[i]
        adjective = word.shape & ACCUSATIVE and not word.shape & SUFFIXED or word.relational and word.shape & FEMININE
        return len(word.form) < 3 or bool(adjective) and not (word.flags & DEFINITE or word.nation or word.named)

    def _behind_adjectives(self, i: int, form: CueForm, limit: int) -> int:
        """The word behind the adjectives of a noun."""
        # اتهامات خطيرة جديدة | بأن
        words = self.words
        k = i + 1
        lone = form.number == "s" and not words[i].shape & (FEMININE | FEMININE_PLURAL)
        while k < min(limit, i + 3) and not words[k].flags & ~DEFINITE and not words[k].cues:
            feminine, relational = words[k].shape & FEMININE, words[k].relational
            adjective = feminine and relational or words[k].title is None and (lone or feminine or relational)
            if bool(words[k].flags & DEFINITE) != form.definite or not adjective:
                break
            if words[k].preposition and not words[k].flags:
                break  # توقعات بزيادة
            k += 1
        return k

    def _plain_owner(self, start: int, form: CueForm, phrase: Phrase | None, limit: int) -> int:
        """Where an owner ends of whom nothing is known, right before the complement."""
        # تأكيد فلان | أن, مطالب العمال | بـ
        words = self.words
        if phrase is None or phrase.kind or len(words[start].form) < 3:
            return 0
        for k in range(start + 1, min(phrase.end + 1, start + 4, limit)):
            if words[k - 1].parts & VERB:
                return 0
            if words[k].flags & COMPLEMENTISER and form.cue.takes("that"):
                return k
            if k in self.close_of and "listed" in form.cue.guards and form.cue.takes("quote"):
                return k
            for complement in form.cue.complements:
                preposition = complement.preposition
                if preposition and complement.kind == "prep" and words[start].flags & DEFINITE:
                    if words[k].form == preposition or len(preposition) == 1 and self._hangs(k, preposition):
                        return k
        return 0

    def _noun_complement(
        self, i: int, form: CueForm, owner: _Owner, complement: Complement, limit: int
    ) -> tuple[str, int, int] | None:
        """The kind of a noun's complement, where it begins, and where it ends if that is known (else 0)."""
        words = self.words
        kind, preposition = complement.kind, complement.preposition
        start, nearest = i + 1, owner.end
        open_ = "open" in form.cue.guards
        if kind == "that":
            that = self._that(start, min(limit, nearest + 6), preposition, form)
            if that is None or not (owner.known or open_ or that[0] <= start + 1):
                return None
            if not owner.known and not form.definite and "listed" not in form.cue.guards:
                return None
            taken = i not in self.relayed and any(
                that[0] <= f.pieces[0][0] <= that[0] + 2
                and (not words[that[0]].shape & BI or f.rule.endswith("addressee"))
                for f in self.found[-3:]
            )
            return None if taken else ("that", that[0], 0)
        if kind == "whether":
            asked = self._whether(nearest, min(limit, nearest + 4))
            return ("whether", asked[0], 0) if asked is not None else None
        if kind == "quote":
            listed = "listed" in form.cue.guards and (owner.known or open_)
            says = "plain_saying" in form.cue.groups and (form.definite or bool(form.pronoun))
            if not listed and not says or start < limit and "scripture" in words[start].groups:
                return None
            if owner.source is not None and owner.source[0] > i:
                nearest = next((k for k in range(start, nearest) if k in self.close_of), nearest)
            quote = self._quotation(nearest if listed else start, min(limit, nearest + 9), i)
            if quote is None or quote[0] - nearest > 8 or any(f.pieces[0][0] == quote[0] for f in self.found[-3:]):
                return None
            if listed and (quote[2] or quote[0] - nearest > 3 or quote[1] - quote[0] < 3):
                return None  # تصريحات «فلان»: a name
            return "quotation", quote[0], quote[1]
        if "that-only" in form.cue.guards or form.weak or not (owner.known or open_):
            return None
        if kind in ("prep", "addressee"):
            reach = nearest + (8 if kind == "addressee" else 5 if owner.known and len(preposition) > 1 else 2)
            phrase = Phrase(*owner.source, "name") if owner.source is not None else None
            reach = next((k for k in range(nearest, min(limit, reach)) if words[k].flags & COMMA), reach)
            if owner.source is not None and owner.source[0] > i:
                nearest = owner.source[0] + 1
            hit = self._preposition(nearest, min(limit, reach), preposition, phrase, False, form)
            if hit is not None and form.cue.act == "direct" and len(preposition) > 1:
                hit = self._behind_invited(hit[0], limit)
            if hit is None or kind == "addressee" and form.pronoun and hit[0] == start:
                return None  # تحميله مسؤولية, إبلاغه بـ: the pronoun is whom it is done to
            if kind == "prep" and not owner.known:
                begin = hit[0] + 1 if len(preposition) > 1 else hit[0]
                if hit[0] > nearest or len(preposition) > 1 and words[begin].flags & DEFINITE:
                    return None  # أنباء عن الحادث: a topic
            return (kind, hit[0], 0) if not words[hit[0]].flags & COMPLEMENTISER else None
        named = owner.source is not None or bool(form.pronoun)
        if kind == "object" and named and "listed" in form.cue.guards:
            behind = self._behind_owner(i, owner, limit)
            return ("object", behind, 0) if behind is not None else None
        return None

    def _behind_invited(self, k: int, limit: int) -> tuple[int, int] | None:
        """What one is called to, behind who is called."""
        # دعوة إلى الرئيس | لزيارة المدينة, الدعوة لقيادة الحركة | لزيارة
        hanging = len(self.words[k].form) > 3
        invited = noun_phrase(self.words, self.forms, k + (not hanging), limit, self.names, hanging=hanging)
        if invited is None or invited.kind not in (_BIDDEN if hanging else _BIDDEN_ALONE):
            return k, k
        for m in range(invited.start + 1, min(limit, invited.end + 3)):
            if self._has_li(m):
                return m, m
        return (k, k) if hanging else None

    def _behind_owner(self, i: int, owner: _Owner, limit: int) -> int | None:
        """Where the object of a verbal noun begins, behind ل or bare: رفضه للعرض, رفضها الاعتراف, إعلان واشنطن نيتها."""
        words = self.words
        if owner.source is not None and owner.source[0] > i:
            k = object_start(words, Phrase(*owner.source, "name"), self.names)
        else:
            k = owner.end
        first = owner.source[0] + 1 if owner.source is not None and owner.source[0] > i else k
        behind = [m for m in range(first, min(limit, k + 2)) if self._has_li(m)]
        if behind:  # رفض الهيئة العليا للمفاوضات للعرض: the first may belong to a body's name
            return behind[-1] if words[behind[0]].shape & ARTICLE else behind[0]
        if k < limit and "prepositional_pronouns" in words[k].groups:
            k += 1  # طلب الرئيس منه | وقف التحقيق
        bare = owner.source is None or owner.source[0] == i + 1 or i in self.relayed
        if (
            not bare
            or k >= limit
            or k + 1 < limit
            and self._has_li(k + 1)
            or not words[i].cues
            or i in self.relayed
            and k > i + 1
        ):
            return None
        word = words[k]
        named = owner.source is None or bool(words[owner.source[0]].named or words[owner.source[0]].nation)
        if word.flags & DEFINITE and not named:
            return None  # مقترح الجبهة | السلفية: an adjective as likely
        if word.flags & ~DEFINITE or word.preposition and word.title is None or self.forms[k] in MARKS:
            return None
        if any(c.part == "present" or c.part == "past" and not c.weak for c in word.cues) or word.shape & (WA | FA):
            return None
        return k
