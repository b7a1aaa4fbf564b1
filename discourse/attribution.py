"""Find source, cue and content in one article.

Order of passes: tokens, quotation marks, sentence ends; then cues from left to right, each tried with its complements;
then who stands before the cue; then where each content ends; then prepositional cues and headline colons, which wrap
what they carry; parents by containment and types last.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

from discourse.boundaries import end_contents
from discourse.circumstances import addressee_of, medium_of, quotations_in
from discourse.confidence import confidence_of, signs_of
from discourse.corpus import Article
from discourse.lexicon import (
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    NEWLINE,
    PREPOSITION,
    STOP,
    VERB,
    Medium,
    load_language,
)
from discourse.passage import Found
from discourse.phrases import noun_phrase
from discourse.prepositional import PrepositionalCues
from discourse.text import Span

QuoteType = Literal["direct", "mixed", "unmarked", "indirect"]


class Attribution(NamedTuple):
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
    medium: Medium | None = None
    verbatim: tuple[Span, ...] = ()
    addressee: Span | None = None
    confidence: float | None = None
    speaker: str | None = None
    camp: str | None = None
    resolved_by: str | None = None
    relayed_by: str | None = None
    anonymous: bool = False

    def spoken_by(
        self, speaker: str | None, camp: str, resolved_by: str, relayed_by: str | None, anonymous: bool
    ) -> Attribution:
        """Give the same attribution with who speaks; much faster than `_replace`."""
        return Attribution._make((*self[:_FOUND], speaker, camp, resolved_by, relayed_by, anonymous))


_FOUND = Attribution._fields.index("speaker")  # what is known before anybody is resolved


_ASKS = frozenset("؟?")
_TURNS = 2  # paragraphs that begin alike before a colon make an interview


class _Reader(PrepositionalCues):
    """One article whose attributions are being found."""

    _speakers_by_turns: frozenset[tuple[str, ...]] | None = None

    # ------------------------------------------------------------------ the passes

    def read(self) -> list[Found]:
        claimed = -1  # the last word that a cue or its source has taken
        for i in self.where["opens"]:
            word = self.words[i]
            if word.phrases:
                end = self._prepositional(i)
                if end:
                    claimed = max(claimed, end)
                    continue
            if word.withholds:
                claimed = max(claimed, self._unnamed_until(i))
            if i > claimed and (word.light or word.cues):
                made = self._express(i, word) if word.light else None
                if made is None and word.cues:
                    made = self._fire(i, word)
                if made is not None:
                    self.found.append(made)
                    claimed = max(claimed, _taken_until(made))
            elif word.flags & COLON and not any(made.pieces[0][0] in (i + 1, i + 2) for made in self.found[-2:]):
                self._colon(i)
        self.found.sort(key=lambda f: f.cue)
        for made in self.found:
            lacks_subject = made.source is None and (made.subject_open or made.rule.startswith("participle"))
            if lacks_subject:
                self._subject_before(made)
                head = self._headline_subject(made.cue[0]) if made.source is None and made.subject_open else None
                if head is not None and all(f.source is None or f.source[0] != head.start for f in self.found):
                    made.source = (head.start, head.end)  # the first verb of the headline reports nothing
        end_contents(self, self.found)
        self._orphans()
        return [f for f in self.found if f.pieces and all(s < e for s, e in f.pieces)]

    # ------------------------------------------------------------------ colons

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
        if made.rule.endswith(("quotation", "quotation-verb")):
            return "direct", pieces
        if made.rule in ("verb-colon", "verb-unmarked", "colon", "colon-last"):
            start, end = pieces[0]
            if start - 1 in self.close_of and self.close_of[start - 1] == end:
                return "direct", pieces
            return ("mixed" if quotations_in(self, pieces) else "unmarked"), pieces
        if len(pieces) == 1:
            start, end = pieces[0]
            if start + 1 < end and self.words[start].flags & PREPOSITION:
                start += bool(self.words[start + 1].flags & COMPLEMENTISER)
            start += bool(self.words[start].flags & COMPLEMENTISER)
            close = self.close_of.get(start, -1) if start < end else -1
            if close >= end - 1:
                return "direct", [(start + 1, min(close, end))]
        return ("mixed" if quotations_in(self, pieces) else "indirect"), pieces


def _taken_until(made: Found) -> int:
    """The last word of a cue, or of its source where that stands behind it."""
    last = made.cue[1] - 1
    if made.source is not None and made.source[0] > last and made.form is not None:
        return max(last, min(made.source[1], made.pieces[0][0]) - 1)
    return last


def find_attributions(article: Article) -> list[Attribution]:
    """Find every attribution in an article, in the order of their cues.

    Never raises on text: a broken quotation mark costs at most its own paragraph.
    """
    language = load_language()
    document = article.document
    reader = _Reader(article.own_words, len(article.title), language)
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
    return best._replace(**own, rule=best.rule if best.source else "marked")


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
    for own in [name for name, parent in parent_of.items() if parent is not None]:
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
