"""Cues whose meaning lies in a noun: verbal nouns with their owner, light verbs with their noun, relays."""

from __future__ import annotations

from discourse.complements import Complements
from discourse.lexicon import BLOCKER, COLON, COMMA, COMPLEMENTISER, STOP, CueForm, Expression, Language, Word
from discourse.passage import Found
from discourse.phrases import Phrase, noun_phrase
from discourse.quotation import MARKS


class NominalCues(Complements):
    """An article whose nouns are read as cues."""

    def __init__(self, document: str, title_length: int, language: Language) -> None:
        super().__init__(document, title_length, language)
        self.found: list[Found] = []
        self.relayed: dict[int, tuple[int, int]] = {}  # whom a relay names as the source of the قوله that follows

    def _express(self, i: int, word: Word) -> Found | None:
        """A light verb with its noun: وجه الوزير دعوة إلى …, أبدت الحكومة استعدادا لـ …, على ثقة بأن …"""
        words, limit = self.words, self.limit[i]
        reach = min(limit, i + 14)
        for expression, form in word.light:
            if form.part == "participle" and word.form[-1] not in "اهن":
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
                rest = expression.nouns.get(noun)
                if rest is None or any(k + m >= limit or words[k + m].form != r for m, r in enumerate(rest, 1)):
                    if (
                        form.part == "noun"
                        or k > i + 1
                        and any(c.part in ("past", "present") and not c.weak for c in candidate.cues)
                    ):
                        break
                    k += 1
                    continue
                made = self._behind_noun(i, k, k + 1 + len(rest), limit, expression, form)
                if made is not None:
                    return made
                break
        return None

    def _behind_noun(
        self, i: int, noun: int, after: int, limit: int, expression: Expression, form: CueForm
    ) -> Found | None:
        """The complement behind the noun of a light verb, and who stands between verb and noun."""
        words = self.words
        hits = []
        for complement in expression.cue.complements:
            hit = None
            if complement.kind == "that":
                hit = self._that(after, min(limit, after + 5), complement.preposition, None)
            elif complement.kind == "prep":
                hit = self._preposition(after, min(limit, after + 4), complement.preposition, None, False, form)
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
        source = (phrase.start, phrase.end) if phrase is not None and phrase.sentient else None
        made = Found((i, end), "light-verb", expression.cue.lemma, [(start, limit)], source, form)
        made.subject_open = form.part in ("past", "present")
        return made

    def _relay(self, i: int, start: int, limit: int, form: CueForm) -> Found | None:
        """نقلت وكالة عن Y قوله إن …: the relay's content begins at قوله, whose source is Y."""
        words, groups = self.words, self.language.groups
        if form.cue.key not in groups["relaying"]:
            return None
        for k in range(start, min(limit, start + 20)):
            if words[k].flags & COMPLEMENTISER and self.inside[k] == self.inside[i]:
                return None
            if words[k].form in groups["relay_prepositions"]:
                source = noun_phrase(words, self.forms, k + 1, limit, self.names)
                if source is None:
                    return None
                relayer = noun_phrase(words, self.forms, start, k, self.names)
                # the source may be read far: look for the verbal noun or the clause in and behind it
                for m in range(k + 2, min(limit, k + 34)):
                    if (
                        any(c.part == "noun" and c.pronoun for c in words[m].cues)
                        or words[m].form in groups["saying_nouns"]
                    ):
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
        """A verbal noun with its claim: قوله إن, تأكيد الوزير أن, دعوة موسكو إلى."""
        words = self.words
        if form.pronoun and any(
            f.rule in ("verb-prep", "verb-object") and f.pieces[0][0] in (i, i - 1) for f in self.found[-2:]
        ):
            return None  # أعرب عن أمله: the noun is what the verb expresses
        limit = self.limit[i]
        start = i + 1
        phrase = None
        if i in self.relayed:
            phrase = Phrase(*self.relayed[i], "name")
        elif not form.pronoun and not form.definite:
            phrase = noun_phrase(words, self.forms, start, limit, self.names)
            if phrase is not None and not phrase.sentient:
                phrase = None
        nearest = phrase.end if phrase is not None and phrase.start >= start else start
        for complement in form.cue.complements:
            kind, preposition = complement.kind, complement.preposition
            if kind == "that":
                hit = self._that(start, min(limit, nearest + 6), preposition, form)
                taken = (
                    hit is not None
                    and not form.pronoun
                    and any(
                        f.pieces[0][0] == hit[0] and (words[hit[0]].form[0] != "ب" or f.rule == "verb-addressee")
                        for f in self.found[-3:]
                    )
                )
                if (
                    hit is not None
                    and not taken
                    and hit[0] <= nearest + 5
                    and (form.pronoun or phrase or hit[0] <= start + 1)
                ):
                    source = (
                        (phrase.start, phrase.end if phrase.start < start else min(phrase.end, hit[0]))
                        if phrase is not None
                        else None
                    )
                    return Found(
                        (i, start), "noun-that", form.cue.lemma, [(hit[0], limit)], source, form, subject_open=False
                    )
            elif (
                kind in ("prep", "addressee")
                and preposition
                and (form.pronoun or phrase is not None or form.cue.act == "accuse")
            ):
                if "that-only" in form.cue.guards or form.weak:
                    continue
                hit = self._preposition(
                    nearest, min(limit, nearest + (6 if kind == "addressee" else 2)), preposition, phrase, False, form
                )
                if hit is not None:
                    source = (phrase.start, min(phrase.end, hit[0])) if phrase is not None else None
                    return Found(
                        (i, start), f"noun-{kind}", form.cue.lemma, [(hit[0], limit)], source, form, subject_open=False
                    )
            elif kind == "quote" and (form.pronoun or form.definite and form.cue.key in self.language.groups["saying"]):
                quote = self._quotation(start, limit, i)
                if (
                    quote is not None
                    and quote[0] - start <= 8
                    and not any(f.pieces[0][0] == quote[0] for f in self.found[-3:])
                ):
                    source = (phrase.start, phrase.end) if phrase is not None else None
                    made = Found(
                        (i, start),
                        "noun-quotation",
                        form.cue.lemma,
                        [(quote[0], quote[1])],
                        source,
                        form,
                        subject_open=False,
                    )
                    made.closed = True
                    return made
        return None
