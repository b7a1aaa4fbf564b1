"""What a cue takes for its content: a clause, a question, a noun phrase, a quotation."""

from __future__ import annotations

from discourse.lexicon import (
    ACCUSATIVE,
    ARTICLE,
    AUXILIARY,
    BI,
    BLOCKER,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    ENDER,
    FEMININE,
    HAMZA,
    JOINED,
    LATIN,
    LI,
    MARK,
    NEGATOR,
    NUMBER,
    NUN,
    OCCASION,
    PARTICIPLE,
    PREPOSITION,
    RELATIVE,
    STOP,
    TIME,
    VERB,
    WHETHER,
    CueForm,
    Word,
)
from discourse.passage import LONGEST
from discourse.phrases import Phrase, noun_phrase, object_start
from discourse.quotation import MARKS
from discourse.subjects import Subjects

_TURNS = COMPLEMENTISER | RELATIVE | COLON | COMMA | MARK  # words at which a search for a complement may turn
FARTHEST_CLAUSE = 60  # words between a cue and its clause


class Complements(Subjects):
    """An article whose cues can be asked for their complements; each answer is a pair of token indices or None."""

    def _that(self, start: int, limit: int, preposition: str, form: CueForm | None) -> tuple[int, int] | None:
        """The clause of a cue: where أن or إن opens it, and where the subject ends at the latest."""
        words = self.words
        stop = min(limit, start + FARTHEST_CLAUSE)
        if start < stop and words[start].flags & (COMPLEMENTISER | JOINED) == COMPLEMENTISER:
            return (start, start) if words[start].form.startswith(preposition) else None
        if self._first("clauses", start, stop) is None:
            return None
        k = start
        taken = False  # whether the next clause is that of a relative verb, or of an inserted participle
        relative = False
        while k < stop:
            word = words[k]
            flags = word.flags
            if not (flags & _TURNS or word.cues or word.withholds):
                k += 1
            elif word.withholds and (unnamed := self._unnamed_until(k)) > 0:
                k = unnamed + 1  # مسؤول طلب ألا يذكر اسمه، إن …
            elif flags & COMPLEMENTISER:
                before = words[k - 1]
                blocked = k > start and before.flags & BLOCKER and not (preposition and before.form == preposition)
                # فان جال: a name that looks like فإن
                named = flags & JOINED and (k == start or self.writes_hamza and not word.shape & HAMZA)
                if not blocked and not named:
                    if flags & JOINED:
                        return None
                    if before.flags & COMMA and start > 1 and words[start - 2].flags & RELATIVE:
                        return None  # the clause behind the comma belongs to the verb that governs the relative one
                    if not taken or before.flags & COMMA:
                        return self._clause_at(k, start, preposition, form)
                    taken = relative = False
                k += 1
            elif k in self.close_of:
                close = self.close_of[k]
                if close - k > 8 or close >= limit:
                    return None
                k = close + 1
            else:
                if flags & MARK and self.inside[k - 1] >= 0 and self.quotes[self.inside[k - 1]][1] == k:
                    return None
                if flags & RELATIVE:
                    relative = True
                elif word.cues and not flags & DEFINITE and self._may_govern(k, start) and self._governs_clause(k):
                    if not relative and not (word.shape & ACCUSATIVE and words[k - 1].flags & COMMA):
                        return None
                    taken = True
                k += 1
        return None

    def _clause_at(self, k: int, start: int, preposition: str, form: CueForm | None) -> tuple[int, int] | None:
        """The clause that opens at k, behind the first word after a cue, if it is the cue's and no noun's."""
        word, before = self.words[k], self.words[k - 1]
        if before.flags & PREPOSITION and "clause_prepositions" in before.groups:
            own = form is not None and any(c.preposition == before.form for c in form.cue.complements)
            return (k - 1, k - 1) if own or before.form == preposition else None
        subject = k == start + 1 and form is not None and not form.cue.takes("object") or self._in_name(k - 1)
        if not subject and any(c.part == "noun" and (word.shape & BI or "saying" in c.cue.groups) for c in before.cues):
            return None  # نفى الادعاء بأن, واكتفى بالقول إن
        return (k, k) if word.form.startswith(preposition) else None

    def _may_govern(self, k: int, start: int) -> bool:
        """Whether a cue at k, between another that ends before `start` and its clause, stands free of both."""
        words, word = self.words, self.words[k]
        if k == start and word.shape & ACCUSATIVE and word.parts & PARTICIPLE:
            return False  # وقال متحدثا إلى الصحفيين إنه
        if k > start + 1 and words[k - 2].flags & PREPOSITION and words[k - 1].flags & OCCASION:
            return False  # في رسالة نشرت أمس: a relative clause without الذي
        return not self._is_title(k) and not self._refers_back(k)

    def _governs_clause(self, k: int) -> bool:
        """Whether a verb or an inserted participle at k can take a clause."""
        if any(form.cue.takes("that") for form in self._verbs(k)):
            return True
        shape, comma = self.words[k].shape, self.words[k - 1].flags & COMMA
        return any(
            form.part == "participle"
            and form.cue.takes("that")
            and (shape & ACCUSATIVE or shape & (FEMININE | NUN) and (comma or "saying" in form.cue.groups))
            for form in self.words[k].cues
        )

    def _is_title(self, k: int) -> bool:
        """Whether a word that is a title and a cue is the title."""
        # المشير, but the participle in مشيرا إلى
        word = self.words[k]
        return word.title is not None and not (word.shape & ACCUSATIVE and word.parts & PARTICIPLE)

    def _in_name(self, i: int) -> bool:
        """Whether a word belongs to the name of a body."""
        # وكالة الأنباء
        before = self.words[i - 1]
        return i > 0 and before.title is not None and not before.flags & DEFINITE and before.title.kind != "person"

    def _refers_back(self, k: int) -> bool:
        """Whether a verb stands in a relative clause without الذي: وثيقة اطلعت عليها الصحيفة."""
        word = self.words[k]
        if "relative_verbs" in word.groups or word.withholds and self._unnamed_until(k) > 0:
            return True
        return k + 1 < self.n and "prepositional_pronouns" in self.words[k + 1].groups

    def _whether(self, start: int, limit: int) -> tuple[int, int] | None:
        words = self.words
        for k in range(start, min(limit, start + 14)):
            if words[k].flags & WHETHER:
                return k, k
            if "interrogatives" in words[k].groups and k + 1 < limit and ("conditionals" in words[k + 1].groups):
                begin = k - 1 if words[k - 1].flags & PREPOSITION else k
                return begin, begin
            if words[k].flags & COMPLEMENTISER or self.forms[k] in MARKS:
                bare = "bare_complementisers" in words[k].groups
                asks = bare and k + 1 < limit and words[k + 1].flags & AUXILIARY and not words[k + 1].flags & NEGATOR
                return (k, k) if asks else None  # سأل النائب إن كانت الأموال ستعود
        return None

    def _preposition(
        self, start: int, limit: int, preposition: str, phrase: Phrase | None, addressee: bool, form: CueForm
    ) -> tuple[int, int] | None:
        """A nominal complement behind the verb's own preposition."""
        words = self.words
        reach = min(limit, start + (24 if addressee else 18))
        passed: tuple[int, int] | None = None
        relative = False  # its verbs take nothing from the cue: دعت الدول التي تدرس الطلب إلى …
        k = start
        single = len(preposition) == 1
        while k < reach:
            word = words[k]
            flags = word.flags
            if flags & _TURNS:
                if flags & COMPLEMENTISER and not word.form.startswith(preposition) or flags & COLON and not addressee:
                    return None
                if k in self.close_of:
                    k = self._skip_quote(k)
                    continue
                relative = relative and not flags & COMMA or bool(flags & RELATIVE)
            if k > start and word.parts & (VERB | PARTICIPLE):
                if not relative and any(not c.pronoun for c in self._verbs(k)):
                    return None
                if word.shape & ACCUSATIVE and word.parts & PARTICIPLE:
                    return None
            if single and phrase is not None and word.title is not None and phrase.start < k < phrase.end:
                if word.title.kind == "institution" and flags & DEFINITE:
                    passed = passed or ((k, k) if self._hangs(k, preposition) else None)
                    k += 1  # مسؤولون بالحكومة: the body belongs to the subject
                    continue
            if len(preposition) > 1:
                if word.fused == preposition and not words[k - 1].flags & COMMA:
                    return (k, k) if k + 1 < limit else None  # حذر مما قد يحدث
                if word.form == preposition or k == start and word.conjunction and word.form[1:] == preposition:
                    return (k, k) if k + 1 < limit and not words[k + 1].flags & (STOP | TIME) else None
            elif word.form == preposition or word.preposition == preposition and self._hangs(k, preposition):
                return (k, k)
            k += 1
        return passed  # أشاد المدير بالدور: no other noun answers to the verb

    def _behind_addressee(self, k: int, limit: int) -> tuple[int, int] | None:
        """The content behind a preposition and its person."""
        # طلب من الرئيس | الإفراج عنها
        begin = k + 1
        if len(self.forms[k]) > 3 or "clause_prepositions" not in self.words[k].groups:
            return k, k
        person = noun_phrase(self.words, self.forms, begin, limit, self.names)
        if person is None:
            return None
        content = object_start(self.words, person, self.names)
        return (content, k) if content < limit and not self.words[content].flags & (STOP | COMMA) else None

    def _has_li(self, k: int) -> bool:
        """Whether the preposition of whom something is said or done to hangs on word k."""
        # للعرض, لزيارة
        word = self.words[k]
        return bool(word.shape & LI and word.preposition) and self._hangs(k, word.preposition)

    def _hangs(self, k: int, preposition: str) -> bool:
        """Whether the one-letter preposition hangs on word k."""
        word = self.words[k]
        if not word.form.startswith(preposition) or word.preposition != preposition:
            return False
        if "attaching" in word.groups or "whole_words" in word.groups:
            return False
        if "manner" in word.groups:
            follows = self.words[k + 1].flags if k + 1 < self.n else 0
            if not follows & DEFINITE or follows & TIME:
                return False  # تقدم بسرعة; but أشاد بسرعة الجنود
        if word.form in self.language.actors.demonyms:
            return False  # بريطاني
        if len(word.form) < 3 or word.form[1:] in self.language.pronouns or self.inside[k] != self.inside[k - 1]:
            return False
        if word.flags & COMPLEMENTISER:
            return True
        if word.flags & (PREPOSITION | TIME | OCCASION | AUXILIARY | BLOCKER | NEGATOR | ENDER):
            return False
        if word.shape & ARTICLE:
            return not (word.title is not None and word.title.kind in ("media", "person") and word.shape & LI)
        if word.title is not None and word.title.word.startswith(preposition):
            return False
        if word.form in self.names.local:
            return False
        return not (k in self.names.listed and word.form in self.language.actors.names)

    def _object(self, start: int, limit: int, phrase: Phrase | None, form: CueForm) -> tuple[int, int] | None:
        """A bare noun phrase as content: after the subject, or at once where the subject is dropped."""
        words = self.words
        if form.pronoun:
            return None
        begin = start
        title = words[phrase.start].title if phrase is not None else None
        if (
            title is not None
            and title.kind == "person"
            and title.gender == "f"
            and form.gender == "m"
            and form.number == "s"
        ):
            phrase = None  # أكد مشاركة الوفد: the verb is masculine, so the feminine noun is its object
        if phrase is not None and phrase.sentient:
            begin = object_start(words, phrase, self.names)
            # place, time and occasion may stand between the subject and its object
            while begin < limit:
                flags = words[begin].flags
                if flags & COMMA and begin + 1 < limit and words[begin + 1].flags & RELATIVE:
                    behind = next(
                        (k for k in range(begin + 2, min(limit, begin + 20)) if words[k].flags & COMMA), limit
                    )
                    begin = behind + 1  # ونفى المدير، الذي كان غائبا، أي خلاف
                elif flags & COMMA or self._is_manner(begin):
                    begin += 1
                elif flags & PREPOSITION:
                    begin = self._behind_setting(begin, limit)
                else:
                    break
        elif self._surname(phrase, limit):
            return (phrase.start + 1, phrase.start + 1) if phrase is not None else None  # وأكد العبادلة | ضرورة الحوار
        else:  # تؤيد علنا, يعارض بشدة: manner and time before the object of a verb whose subject stands elsewhere
            while begin < limit and self._is_manner(begin):
                begin += 2 if words[begin].flags & PREPOSITION else 1  # قبل أيام
        begin = self._behind_aside(begin, limit)
        if begin >= limit:
            return None
        first = words[begin]
        named = "whatever" in first.groups and begin + 1 < limit
        if named and any(c.pronoun for c in words[begin + 1].cues):
            return begin, begin  # وانتقد المدير ما وصفه بالتقصير
        if first.flags & (
            STOP | COMMA | COLON | COMPLEMENTISER | RELATIVE | PREPOSITION | TIME | NEGATOR | AUXILIARY | DASH | ENDER
        ):
            return None
        if self.forms[begin] in MARKS and (self.forms[begin] not in '«"“' or self._opens_name(begin)):
            return None
        if first.conjunction and first.flags & DEFINITE and begin > start and first.title is None:
            return None
        if any(phrase is None or not c.pronoun or c.part != "past" for c in self._verbs(begin)):
            return None  # but وينفي المدير | علمه بالأمر: behind its subject no second verb stands
        if begin + 1 >= limit and not first.flags & DEFINITE:
            return None
        return begin, begin

    def _surname(self, phrase: Phrase | None, limit: int) -> bool:
        """Whether an unlisted definite word is the subject: an indefinite noun, the object, follows it at once."""
        if phrase is None or phrase.kind or phrase.start + 2 >= limit:
            return False
        first, second = self.words[phrase.start], self.words[phrase.start + 1]
        if not first.flags & DEFINITE or first.cues or first.title is not None or second.relational:
            return False
        return (
            not second.flags
            and not second.preposition
            and not second.shape & ACCUSATIVE
            and not self._verbs(phrase.start + 1)
        )

    def _behind_setting(self, k: int, limit: int) -> int:
        """The token behind a preposition and its noun."""
        # أكد المدير في مؤتمر صحفي | ضرورة …
        behind = self._behind_aside(k, limit)
        if behind > k:
            return behind
        comma = next((m for m in range(k + 2, min(limit, k + 10)) if self.words[m].flags & COMMA), None)
        if comma is not None:
            return comma
        behind = k + 2
        if behind < limit and self.words[behind].flags & DEFINITE and not self.words[k + 1].flags & DEFINITE:
            behind += 1  # في مقر الوزارة
        while behind < limit and self.words[behind].relational:
            behind += 1
        return behind

    def _behind_aside(self, k: int, limit: int) -> int:
        """The token behind a fixed aside that begins at k; k where none does."""
        # وأكد في الوقت ذاته | ضرورة …
        if self.words[k].flags & PREPOSITION if k < limit else False:
            for length in (3, 2):
                if k + length < limit and tuple(w.form for w in self.words[k : k + length]) in self.language.asides:
                    return k + length
        return k

    def _is_manner(self, k: int) -> bool:
        """Whether a word says when or how."""
        # أمس, علنا, بشدة, وبشكل
        word = self.words[k]
        return bool(word.flags & TIME or word.manner)

    def _quotation(self, start: int, limit: int, cue: int) -> tuple[int, int, bool] | None:
        """A quotation or a colon that the cue introduces: content start, end, whether it stands without marks."""
        stop = min(limit, start + 45)
        if self._first("marks", start, stop) is None:
            return None
        words, forms = self.words, self.forms
        k = start
        relative = False  # its verbs are not those of the quotation: الوزير، الذي لم يذكر اسما، «…»
        while k < stop:
            word = words[k]
            flags = word.flags
            if not (flags & _TURNS or word.cues):
                k += 1
                continue
            if k in self.close_of:
                close = self.close_of[k]
                if k > start and words[k - 1].shape & LI and len(words[k - 1].form) == 1:
                    k = close + 1  # قال لـ«الشرق»: the newspaper, not the words
                elif not words[k - 1].flags & COLON and self._quoted_name(k, close):
                    k = close + 1
                elif self._opens_name(k):
                    k += 1
                elif self._holds_speech(k, close, start):
                    return k + 1, close, False
                else:
                    k = close + 1
                continue
            if flags & COLON and not (k + 1 < self.n and forms[k + 1] == "("):
                return self._behind_colon(k, limit, cue)
            if forms[k] == "(":
                bracket = self._bracketed_speech(k, start)
                if bracket is not None:
                    return k + 1, bracket, False
            if flags & COMPLEMENTISER and not (k > start and words[k - 1].flags & BLOCKER):
                if not (flags & JOINED and self.writes_hamza and not word.shape & HAMZA):
                    return None
            if flags & RELATIVE:
                relative = True
            elif flags & COMMA:
                relative = False
            if start < k < self.title_end and word.conjunction and self._verbs(k) and self._joined_verb(k):
                return None  # النقابة ترد على الوزير وترفض «…»: the marks are the second verb's
            if k > start and word.title is None and not flags & DEFINITE and _introduces_quotation(word, relative):
                return None
            k += 1
        return None

    def _holds_speech(self, opened: int, closed: int, start: int) -> bool:
        """Whether marks, the first behind a cue that ends before `start`, hold what is said rather than some of its words."""
        words = self.words
        after = words[closed + 1].flags if closed + 1 < self.n else STOP
        if opened == start or closed - opened > 5 or words[opened - 1].flags & (COLON | COMMA):
            return True
        if words[closed - 1].flags & (STOP | COMMA) and closed < self.n:
            return True  # "نعم،": no name holds a comma
        return bool(after & (STOP | COMMA)) and closed - opened > 2

    def _bracketed_speech(self, k: int, start: int) -> int | None:
        """The closing one of brackets that stand for quotation marks right behind a cue or a colon."""
        words, forms = self.words, self.forms
        bracket = next((m for m in range(k + 1, min(self.n, k + 60)) if forms[m] == ")"), None)
        if bracket is None or bracket - k < 3 or forms[k - 1] == "\n" or words[k + 1].flags & (NUMBER | LATIN):
            return None
        told = k == start + 1 and "prepositional_pronouns" in words[start].groups
        return bracket if k == start or told or words[k - 1].flags & COLON else None

    def _behind_colon(self, k: int, limit: int, cue: int) -> tuple[int, int, bool] | None:
        """What follows the colon at k: a quotation, be it the next paragraph, or speech without marks."""
        if k + 1 in self.close_of:
            return k + 2, self.close_of[k + 1], False
        if k + 2 in self.close_of and self.forms[k + 1] == "\n":
            return k + 3, self.close_of[k + 2], False
        if k + 1 >= limit or self.words[k + 1].flags & COMPLEMENTISER:
            return None
        return k + 1, self._speech_end(k) if self.inside[cue] < 0 else limit, True

    def _brief_quotation(self, start: int, phrase: Phrase | None, limit: int) -> tuple[int, int, bool] | None:
        """A few words in marks that stand where the quotation of a verb of saying stands."""
        # وقال الوزير «الخط جاهز» أمس
        words = self.words
        k = start
        named = phrase.end if phrase is not None else start
        while k < limit and k not in self.close_of:
            flags = words[k].flags
            if k >= named and flags & PREPOSITION and k + 1 < limit and words[k + 1].flags & OCCASION:
                k += 2
            elif k < named or flags & (TIME | COMMA):
                k += 1
            else:
                return None
        close = self.close_of.get(k, k)
        if close >= self.n or close - k < 3 or self.is_name(k, close):
            return None
        before = words[k - 1]
        if before.title is not None and not before.flags & (DEFINITE | OCCASION) and k - 1 > start:
            return None  # قال مدير «بيت الألوان» سامي …
        behind = close + 1
        if behind >= self.n or words[behind].flags & (STOP | COMMA | TIME | ENDER) or self._is_manner(behind):
            return k + 1, close, False
        set_in = words[behind].flags & PREPOSITION
        if k == start:  # أضافت «بيت الألوان» إلى فروعها: the marks may hold the subject
            set_in = set_in and behind + 1 < self.n and words[behind + 1].flags & OCCASION
        return (k + 1, close, False) if set_in else None

    def _headline(self, cue: int, limit: int) -> tuple[int, int, bool] | None:
        """In a headline two dots stand for a colon."""
        # الوزير يؤكد.. لا زيادة
        if cue < self.title_end and limit + 1 < self.title_end and self.forms[limit] == self.forms[limit - 1] == ".":
            return limit + 1, self.title_end, True
        return None

    def _quoted_at(self, k: int) -> tuple[int, int, bool] | None:
        """A quotation of some length that stands right behind a verb which else takes no speech."""
        # ودعا «كل من …»
        close = self.close_of.get(k, k)
        return (k + 1, close, False) if close - k > 5 and not self._quoted_name(k, close) else None

    def _opens_name(self, k: int) -> bool:
        """Whether a mark that nothing closes stands before the name of a body."""
        # حزب «العدالة
        head, close = self.words[k - 1].title, self.close_of.get(k, k)
        unclosed = close == self.n or self.forms[close] not in MARKS
        return unclosed and head is not None and head.kind in ("institution", "media", "group")

    def _quoted_name(self, opened: int, closed: int) -> bool:
        """Whether marks hold a name and not words: وقال "العلويط" في لقاء, كشف القائد "اللواء الركن فلان"."""
        words = self.words
        if closed - opened > 8:
            return False
        held = words[opened + 1 : closed]
        if any(w.flags & (COMPLEMENTISER | COMMA | STOP | COLON | NEGATOR | RELATIVE | AUXILIARY) for w in held):
            return False
        if any(self._verbs(k) for k in range(opened + 1, closed)):
            return False
        if not held:
            return True
        first = held[0]
        known = first.title is not None and first.title.kind == "person" or self.names.kind(opened + 1)
        goes_on = closed + 1 < self.n and not words[closed + 1].flags & STOP
        if not goes_on or len(held) > 2 and not known:
            return False
        return bool(known) or bool(words[closed + 1].flags & (PREPOSITION | COMPLEMENTISER | RELATIVE))

    def _speech_end(self, i: int) -> int:
        """Where speech without marks ends: with its paragraph, or before a sentence that opens with a cue."""
        k = self.limit[i]
        while k < min(self.n, i + LONGEST) and self.forms[k] != "\n":
            opening = k + 1
            if opening < self.n and self.words[opening].parts & VERB:
                return k
            k = self.limit[opening] if opening < self.n and self.limit[opening] > k else k + 1
        return min(k, self.n)

    def _paragraph_end(self, i: int) -> int:
        k = i + 1
        while k < min(self.n, i + LONGEST) and self.forms[k] != "\n":
            k += 1
        return k


def _introduces_quotation(word: Word, relative: bool) -> bool:
    """Whether a word is a cue with a quotation of its own; in a relative clause a participle alone."""
    return any(
        not form.weak
        and (form.part == "participle" or not relative and form.part in ("past", "present") and not form.pronoun)
        for form in word.cues
        if form.cue.takes("quote")
    )
