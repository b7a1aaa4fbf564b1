"""Cues that hand a whole clause to a source: بحسب الوزارة, وفقا لما أعلنه, جاء في البيان, من المتوقع أن."""

from __future__ import annotations

from discourse.lexicon import (
    ACCUSATIVE,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    ENDER,
    FA,
    FEMININE,
    FINITE,
    JOINED,
    NOUN,
    NUN,
    PREPOSITION,
    STOP,
    TIME,
    VERB,
    WA,
    Prepositional,
)
from discourse.passage import LONGEST, Found
from discourse.phrases import Phrase, noun_phrase
from discourse.quotation import MARKS
from discourse.verbs import VerbalCues


class PrepositionalCues(VerbalCues):
    """An article whose prepositions are read as cues."""

    def _prepositional(self, i: int) -> int:
        """بحسب X and its like: the clause before or after belongs to X. Returns the last token taken, or 0."""
        words = self.words
        word = words[i]
        limit = self.limit[i]
        follows = words[i + 1].form if i + 1 < limit else ""
        if not follows.startswith(word.phrases_follow):
            return 0
        for entry in word.phrases:
            if len(entry.words) > 1 and not follows.startswith(entry.words[1]):
                continue
            end = self._matches(i, entry, limit)
            if not end:
                continue
            if entry.follows in ("document", "claim"):
                made = self._introduced(i, end, limit, entry)
                if made is None:
                    continue
                self.found.append(made)
                return end - 1
            if entry.follows == "verb":
                if end >= limit:
                    continue
                if "appearing" in words[end].groups and end + 2 < limit:
                    document = noun_phrase(words, self.forms, end + 2, limit, self.names)
                    if "within" in words[end + 1].groups and document is not None and i > self.begin[i]:
                        span = (document.start, document.end)  # كما جاء في البيان
                        return self._wrap(i, (i, end + 2), span, document.end, entry, limit)
                    continue
                if not words[end].parts & FINITE:
                    continue
                if entry.words[0] in self.language.groups["additive"]:
                    if i == self.begin[i] or not words[i - 1].flags & COMMA:
                        continue
                    if not any(
                        m.kind == "that" and not m.preposition for c in words[end].cues for m in c.cue.complements
                    ):
                        continue
                phrase = noun_phrase(words, self.forms, end + 1, limit, self.names)
                if phrase is None and end + 1 < limit and not words[end + 1].flags and not words[end + 1].cues:
                    phrase = Phrase(end + 1, end + 2, "")  # حسبما أفاد مراسلنا
                if entry.words[0] in self.language.groups["additive"]:
                    own = self._fire(end, words[end])
                    if own is not None and not (own.rule == "verb-object" and phrase and phrase.end >= limit):
                        continue  # كما أعلن أن …; but كما أعلن المدير. has no content of its own
                if phrase is None and not (end + 1 >= limit or words[end + 1].flags & (COMMA | PREPOSITION | TIME)):
                    continue
                cue, source_end = (i, end + 1), phrase.end if phrase is not None else end + 1
                source = (phrase.start, phrase.end) if phrase is not None else None
            else:
                begin = end - 1 if entry.glued else end
                pronoun = not entry.glued and not words[end - 1].form.endswith(entry.words[-1]) and entry.pronoun
                if pronoun and len(entry.words) == 1 and not self._set_off(i, end, limit):
                    continue  # فوجئ برأيها
                if not pronoun and begin < limit and self._says_of_its_own(begin):
                    pronoun, end = True, begin + 1  # بحسب قوله, حسب تعبيرهم
                if pronoun:
                    cue, source, source_end = (i, end), None, end
                else:
                    source = self._source_after(begin, limit, entry.glued)
                    if source is None:
                        continue
                    cue, source_end = (i, max(source[0], i + 1)), source[1]
            return self._wrap(i, cue, source, source_end, entry, limit)
        return 0

    def _set_off(self, start: int, end: int, limit: int) -> bool:
        """Whether words stand apart from their sentence: first in it, or beside a comma."""
        words = self.words
        before = start == self.begin[start] or bool(words[start - 1].flags & COMMA)
        return before or end < limit and bool(words[end].flags & COMMA)

    def _introduced(self, i: int, end: int, limit: int, entry: Prepositional) -> Found | None:
        """وجاء في البيان أن …, من المتوقع أن …: the clause follows, behind its document or at once."""
        words = self.words
        phrase = noun_phrase(words, self.forms, end, limit, self.names) if entry.follows == "document" else None
        if entry.follows == "document":
            quote = self._quotation(end, limit, i)
            hit = self._that(end, limit, "", None)
            if quote is not None and (hit is None or quote[0] <= hit[0]):
                made = Found(
                    (i, end), "document-quotation", entry.lemma, [(quote[0], quote[1])], None, None, True, False
                )
            elif hit is not None:
                made = Found((i, end), "document-that", entry.lemma, [(hit[0], limit)], None, None, False, False)
            else:
                return None
            if phrase is not None and phrase.start < made.pieces[0][0]:
                made.source = (phrase.start, min(phrase.end, made.pieces[0][0]))
            return made
        host = words[i - 1] if i > self.begin[i] else None
        own = host is not None and host.flags & COMPLEMENTISER and host.shape & NUN  # إن من المرجح: he expects
        if end < limit and words[end].flags & COMPLEMENTISER and not own:
            return Found((i, end), "impersonal-that", entry.lemma, [(end, limit)], None, None, False, False)
        if end + 1 < limit and not own and not words[end].flags & ~DEFINITE and not words[end].shape & ACCUSATIVE:
            if not words[end].preposition and self.forms[end] not in MARKS:
                if not words[end].parts & VERB:
                    return Found((i, end), "impersonal-object", entry.lemma, [(end, limit)], None, None, False, False)
        return None

    def _source_after(self, begin: int, limit: int, glued: bool) -> tuple[int, int] | None:
        if begin >= limit:
            return None
        phrase = noun_phrase(self.words, self.forms, begin, limit, self.names, hanging=glued)
        if phrase is None:
            return None
        behind = self.words[phrase.end] if phrase.end < limit else None
        if behind is not None and behind.flags & COMMA and phrase.end + 1 < limit:
            behind = self.words[phrase.end + 1]
        concludes = behind is not None and behind.flags & COMPLEMENTISER and behind.shape & FA
        if "norms" in self.words[begin].base_groups and not concludes:
            return None  # وفقا للقانون; but وفقا للقانون فإن …
        if "quantifiers" in self.words[begin].base_groups:
            counted = noun_phrase(self.words, self.forms, begin + 1, limit, self.names)
            if counted is not None and counted.kind:
                return phrase.start, max(phrase.end, counted.end)
        utterance = "utterances" in self.words[begin].base_groups
        if utterance or not phrase.kind and glued and self.words[begin].parts & NOUN:
            named = noun_phrase(self.words, self.forms, begin + 1, limit, self.names)
            described = utterance and named is not None and not named.kind and named.end == named.start + 1
            if described and not (self.words[begin].flags | self.words[begin + 1].flags) & DEFINITE:
                return phrase.start, phrase.end  # وفق حصيلة جديدة
            if named is not None and (named.kind or utterance):
                return named.start, named.end  # وفقا لتوصيف الوزارة
            return None
        if not phrase.kind:  # an unlisted name, but no common noun: بحسب سبوتنيك, not بحسب القانون
            first = self.words[begin]
            follows = self.words[begin + 1].flags if begin + 1 < limit else STOP
            introduces = phrase.end < limit and self.words[phrase.end].flags & COLON  # بحسب فلان: «…»
            opens = self.begin[begin] == begin - 1  # وبحسب المشاركين، …: at the head of a sentence a source follows
            introduces = introduces or concludes
            common = glued or first.flags & DEFINITE or first.cues or follows & DEFINITE or first.shape & FEMININE
            if not introduces and not opens and common:
                return None
        return phrase.start, phrase.end

    def _says_of_its_own(self, i: int) -> bool:
        """Whether a word is an utterance with the pronoun of who made it: قوله, تعبيرهم, لتقديراتها."""
        return any(
            base.removesuffix(pronoun) in self.language.groups["utterances"]
            for base in self.words[i].bases
            for pronoun in self.language.pronouns
            if base.endswith(pronoun)
        )

    def _matches(self, i: int, entry: Prepositional, limit: int) -> int:
        """The token after the phrase where it stands at i, else 0."""
        words = self.words
        for k, part in enumerate(entry.words):
            if i + k >= limit:
                return 0
            form = words[i + k].form
            if k == 0 and form != part and words[i].conjunction:
                form = form[1:]
            final = k == len(entry.words) - 1
            if final and entry.glued:
                return i + k + 1 if form.startswith(part) and len(form) > 3 else 0
            if form == part:
                continue
            if final and entry.pronoun and form.startswith(part) and form[len(part) :] in self.language.pronouns:
                return i + k + 1
            return 0
        return i + len(entry.words)

    def _wrap(
        self,
        i: int,
        cue: tuple[int, int],
        source: tuple[int, int] | None,
        source_end: int,
        entry: Prepositional,
        limit: int,
    ) -> int:
        words = self.words
        begin = self.begin[i]
        lead = i
        while lead > begin and words[lead - 1].flags & (COMMA | DASH):
            lead -= 1
        pieces: list[tuple[int, int]]
        rest = source_end
        while rest < limit and words[rest].flags & (TIME | PREPOSITION) and not words[rest].flags & COMMA:
            rest += 2 if words[rest].flags & PREPOSITION else 1
        fronted = lead - begin <= 1 and not (lead > begin and words[begin].flags & DEFINITE)
        inserted = rest + 1 if rest < limit and words[rest].flags & COMMA else rest
        clause = inserted + 1 if inserted < limit and words[inserted].flags & PREPOSITION else inserted
        if not fronted and clause < limit and words[clause].flags & COMPLEMENTISER and not words[clause].flags & JOINED:
            pieces = [(inserted, limit)]  # قال فلان، بحسب رويترز، إن: the clause behind is what both say
        elif inserted < limit and words[inserted].flags & COMPLEMENTISER and words[inserted].shape & FA:
            pieces = [(inserted, limit)]  # …، وبحسب القرار فإن الفريق سيحدد
        elif fronted or words[i - 1].flags & COMPLEMENTISER:
            after = source_end
            near = min(limit, source_end + 12)
            while after < near and not words[after].flags & (COMMA | COMPLEMENTISER | COLON):
                after += 1
            if after >= near:
                after = source_end
            while after < limit and words[after].flags & (COMMA | COLON | DASH):
                after += 1
            if after >= limit:
                if begin < 2 or self.forms[begin - 1] == "\n":
                    return 0
                pieces = [(self._clause_start(self.begin[begin - 1], begin - 1), begin - 1)]
            else:
                pieces = [(after, limit)]
        else:
            before = self._clause_start(max(begin, lead - LONGEST), lead)
            pieces = [(before, lead)]
            tail = source_end
            if tail in self.close_of and tail < limit and lead - before <= 6:
                pieces.append((tail, limit))  # واقترحت المدينة بحسب التقرير «…»
            elif tail < limit and words[tail].flags & COMMA and tail + 2 < limit and i > lead:
                follow = words[tail + 1]
                short = lead - before <= 6
                if short and not follow.cues and not follow.flags & ENDER and not follow.shape & (WA | FA):
                    pieces.append((tail + 1, limit))
        rule = "preposition-verb" if entry.follows == "verb" else "preposition-source"
        made = Found(
            cue,
            rule,
            entry.lemma,
            pieces,
            source,
            None,
            closed=len(pieces) > 1 or pieces[0][1] <= i,
            subject_open=False,
        )
        if source is not None and source[0] < cue[1]:
            made.cue = (cue[0], max(cue[0] + 1, source[0]))
        self.found.append(made)
        return source_end - 1
