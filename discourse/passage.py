"""One article being read: its words, quotations, sentences and the names that it introduces."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from discourse.lexicon import (
    AUXILIARY,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    FINITE,
    HAMZA,
    JUSSIVE,
    LATIN,
    NEGATOR,
    NEWLINE,
    STOP,
    CueForm,
    Language,
    Role,
)
from discourse.phrases import Names
from discourse.quotation import MARKS, pair_quotations


@dataclass(slots=True)
class Found:
    """A cue that fires, in token indices, while its article is read."""

    cue: tuple[int, int]
    rule: str
    lemma: str
    pieces: list[tuple[int, int]]
    source: tuple[int, int] | None = None
    form: CueForm | None = None
    closed: bool = False  # the content's end is known (a quotation, a paragraph)
    subject_open: bool = True  # a subject may still be sought before the cue
    negated: bool = False


LONGEST = 400  # words of a content whose end no mark shows: keeps a text without stops linear


class Passage:
    """The words of one article with its quotations and the limits of its sentences.

    Everything is counted in tokens. `limit` and `begin` hold for each token where its sentence ends and begins,
    `inside` the number of the quotation that it stands in or -1, `close_of` the closing mark of each opening one.
    """

    def __init__(self, document: str, title_length: int, language: Language) -> None:
        self.language = language
        reading = language.read(document)
        self.where = reading.where
        self.forms, self.starts, self.ends, self.words = reading.forms, reading.starts, reading.ends, reading.words
        self.n = len(self.forms)
        self.title_end = next((i for i, f in enumerate(self.forms) if f == "\n"), 0) if title_length else 0
        self.inside = [-1] * self.n
        self.quotes = [
            (opened, self._resumption(opened, closed) if closed == self.n or self.forms[closed] == "\n" else closed)
            for opened, closed in pair_quotations(self.forms, self.starts, self.ends)
        ]
        self.close_of = dict(self.quotes)
        self.opening = sorted(self.close_of)
        self.closes = frozenset(self.close_of.values())
        self.tag = self._outlet_tag()
        self._limits()
        written = [bool(self.words[i].shape & HAMZA) for i in self.where["clauses"]]
        self.writes_hamza = 2 * sum(written) >= max(1, len(written))
        self.names = Names(language, reading)
        self._learn_names()

    def _learn_names(self) -> None:
        """Names that this article introduces: behind a title, or as the subject of a verb of saying."""
        words, n = self.words, self.n
        for i in self.where["introduces"]:
            if i + 1 == n:
                break
            word = words[i]
            title = word.title
            follows = words[i + 1]
            subject = bool(follows.flags & DEFINITE) and follows.title is not None  # طالب | الوزير بوضع لوحات
            verb = (word.conjunction or subject) and word.parts & FINITE  # وطالب المدير بوضع لوحات
            if title is not None and title.kind == "person" and title.number != "p" and not verb:
                k = i + 1
                while (
                    k < min(n, i + 8)
                    and (
                        words[k].flags & DEFINITE
                        or words[k].title is not None
                        or k == i + 1
                        and "in_whose_name" in words[k].groups
                    )
                    and not words[k].flags & COMPLEMENTISER
                ):
                    k += 1
                if k > i + 1 or word.flags & DEFINITE:
                    if k < n and words[k].flags & COMMA:
                        k += 1
                    verbal = (i > 0 and k == i + 1) and (
                        bool(words[i - 1].light)
                        or any(
                            c.part in ("past", "present") and "saying" not in c.cue.groups for c in words[i - 1].cues
                        )
                    )
                    self.names.learn(words, k, min(n, k + 5), strictly=verbal)
            elif word.speaks:
                for k in range(i + 1, min(n, i + 5)):
                    flags = words[k].flags
                    if flags & (COMPLEMENTISER | COLON) or self.forms[k] in MARKS or flags & COMMA:
                        self.names.learn(words, i + 1, k)
                        break
                    if flags & ~LATIN or words[k].title is not None:
                        break

    # ------------------------------------------------------------------ sentences and quotations

    def _outlet_tag(self) -> int:
        """The dash or bar before the outlet's name at the end of a headline: … ــ أخبار المدينة; -1 where none stands."""
        for i in range(self.title_end - 1, max(3, self.title_end - 6), -1):
            if self.words[i].flags & DASH or self.forms[i] == "|":
                glued = self.starts[i] == self.ends[i - 1] and self.ends[i] == self.starts[i + 1]
                return -1 if glued or i + 1 == self.title_end else i
        return -1

    def _resumption(self, opened: int, end: int) -> int:
        """Where a quotation ends that no mark closes: before a sentence that opens with a cue, else with its paragraph."""
        words = self.words
        for k in range(opened + 3, min(end, opened + LONGEST) - 1):
            follows = words[k + 1]
            own = any(c.person == 1 for c in follows.cues)  # وأعتقد: still the one who is quoted
            if words[k].flags & COMMA and follows.conjunction and self._verbs(k + 1) and not own:
                return k
            if words[k].flags & STOP and self._is_stop(k):
                if follows.conjunction and self._verbs(k + 1) or "resumptions" in follows.groups:
                    return k
        return end

    def _limits(self) -> None:
        """For each token the end of its sentence; within a quotation, the end of its sentence there."""
        words, n = self.words, self.n
        cuts = {0, n}
        for number, (opened, closed) in enumerate(self.quotes):
            begin, end = opened + 1, min(closed, n)
            self.inside[begin:end] = [number] * (end - begin)
            cuts |= {begin, end}
        stops = {i for i in self.where["stops"] if words[i].flags & NEWLINE or self._is_stop(i)}
        stops |= {i for i in self.closes if i < n and self._ends_sentence(i)}
        stops |= {self.tag} - {-1}
        edges = sorted(cuts | stops | {i + 1 for i in stops})
        runs = list(pairwise(edges))  # a stop alone, or the words between two edges
        self.limit = [n] * (n + 1)
        self.begin = [0] * (n + 1)
        ends: dict[int, int] = {-1: n}
        for start, end in reversed(runs):
            number = self.inside[start]
            if start in stops:
                if words[start].flags & NEWLINE and number < 0:
                    ends = {}
                ends[number] = start
            if number >= 0 and number not in ends:
                ends[number] = min(self.quotes[number][1], n)
            self.limit[start:end] = [ends[number]] * (end - start)
        begins: dict[int, int] = {-1: 0}
        for start, end in runs:
            number = self.inside[start]
            if number >= 0 and number not in begins:
                begins[number] = self.quotes[number][0] + 1
            self.begin[start:end] = [begins[number]] * (end - start)
            if start in stops:
                begins[number] = start + 1

    def _ends_sentence(self, i: int) -> bool:
        """Whether the closing mark at i ends the sentence around its quotation: «… غدا.» وغادر الوزير."""
        if self.forms[i] not in MARKS or self.forms[i - 1] != ".":
            return False
        follows = self.words[i + 1] if i + 1 < self.n else None
        return follows is None or bool(follows.conjunction and not follows.flags) or bool(follows.flags & AUXILIARY)

    def _is_stop(self, i: int) -> bool:
        if self.forms[i] != "." or i == 0:
            return True
        if i < self.title_end and ":" in self.forms[:i] and ":" not in self.forms[i : self.title_end]:
            return False  # what a headline quotes is one content: الوزير: لا زيادة.. والخط جاهز
        before = self.forms[i - 1]
        glued = self.starts[i] == self.ends[i - 1]
        if glued and len(before) == 1 and before.isalpha():
            return False
        if i + 1 < self.n and glued and self.starts[i + 1] == self.ends[i]:
            return not (before[-1].isdigit() and self.forms[i + 1][0].isdigit() or self.forms[i + 1].isascii())
        return True

    def _verbs(self, i: int) -> tuple[CueForm, ...]:
        """The finite cues that token i can be: no title, no form that is mostly another word, no stray first person."""
        word = self.words[i]
        return word.quoted_verbs if self.inside[i] >= 0 else word.verbs

    def _first(self, role: Role, start: int, stop: int) -> int | None:
        """The first word from `start` to before `stop` that has a role."""
        positions = self.where[role]
        at = bisect_left(positions, start)
        return positions[at] if at < len(positions) and positions[at] < stop else None

    def _skip_quote(self, i: int) -> int:
        """The token after the quotation that opens at i."""
        return self.close_of.get(i, i) + 1

    def _unnamed_until(self, i: int) -> int:
        """The last word of what only asks for a source's name to be kept back, from a verb that may at i; -1 elsewhere."""
        words = self.words
        if i + 1 < self.n and (words[i].form, words[i + 1].form) in self.language.anonymity:
            for k in range(i + 1, min(self.n, i + 6)):
                if "naming_nouns" in words[k].groups:
                    return k  # طلب عدم ذكر | اسمه
        return -1

    def is_name(self, opened: int, closed: int) -> bool:
        """Whether marks set off a name rather than somebody's words: تنظيم «داعش», «محادثات أستانا»."""
        words = self.words
        if closed - opened > 4:
            return False
        first = words[opened + 1]
        if self.names.kind(opened + 1) or first.title is not None and first.title.kind != "person":
            return True
        before = words[opened - 1] if opened else None
        if before is not None and before.title is not None and before.title.kind in ("institution", "media", "group"):
            return True
        return closed - opened == 3 and bool(first.flags & DEFINITE and words[opened + 2].flags & DEFINITE)

    def _is_negated(self, i: int) -> bool:
        """Whether the verb at i is negated: لم يؤكد, but not ما أكده."""
        return i > self.begin[i] and "verb_negators" in self.words[i - 1].base_groups

    def _adjacent(self, end: int, i: int) -> bool:
        """Whether only auxiliaries stand between a phrase and the cue, behind a comma too: كان الوزير، قد | اتهم."""
        begin = end + 1 if end + 1 < i and self.words[end].flags & COMMA else end
        return all(w.flags & (AUXILIARY | NEGATOR | JUSSIVE) for w in self.words[begin:i])

    def _joined_verb(self, i: int) -> bool:
        """Whether the cue is written with و or ف, so that it opens its own clause."""
        return self.words[i].joined

    def _clause_start(self, begin: int, end: int) -> int:
        while begin < end and (self.words[begin].flags & (COMMA | DASH | STOP) or self.forms[begin] in "|•*"):
            begin += 1
        return begin
