"""Find the noun phrase that names a source: title, adjectives, name, appositions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from discourse.lexicon import (
    ACCUSATIVE,
    ARTICLE,
    AUXILIARY,
    BI,
    COLON,
    COMMA,
    COMPLEMENTISER,
    DASH,
    DEFINITE,
    FEMININE,
    IMPERFECT,
    IN_NAME,
    INDEFINITE,
    JOINED,
    JOINED_ARTICLE,
    LATIN,
    LI,
    MARK,
    NEGATOR,
    NOMINATIVE,
    NOUN,
    NUMBER,
    OBLIQUE,
    OCCASION,
    PREPOSITION,
    RELATIVE,
    STOP,
    SUFFIXED,
    TANWIN,
    TEH_MARBUTA,
    TIME,
    VERB,
    WA,
    Language,
    Reading,
    Word,
)
from discourse.quotation import MARKS


class Names:
    """Listed names and those learned in one article, asked alike."""

    def __init__(self, language: Language, reading: Reading) -> None:
        self.language = language
        self.words = reading.words
        self.listed = reading.listed
        self.local: set[str] = set()

    def listed_at(self, i: int) -> int:
        """How many words the listed name takes that begins at word i; 0 for none."""
        return self.listed[i][0] if i in self.listed else 0

    def kind(self, i: int) -> str:
        """What a name at word i stands for: name, media, nation, or nothing."""
        if i in self.listed:
            return "media" if self.listed[i][1][0].kind == "media" else "name"
        word = self.words[i]
        if word.nation:
            return "nation"
        if word.given or word.form in self.local or word.conjunction and word.form[1:] in self.local:
            return "name"
        return ""

    def learn(self, words: Sequence[Word], start: int, limit: int, strictly: bool = False) -> None:
        """Take one to four plain words from `start` on for a name, where a particle, a mark or a verb ends them.

        `strictly` where they may as well be the verb's object: then only أن, a colon or a comma ends a name.
        """
        k = start
        while k < limit and not words[k].flags & ~(LATIN | JOINED) and words[k].title is None and not words[k].cues:
            if len(words[k].form) < 3 or k - start > 3:
                return
            k += 1
        ends = COMPLEMENTISER | COLON if strictly else _ENDS_A_NAME
        if strictly and k + 1 < len(words) and words[k].flags & COMMA:
            behind = words[k + 1]
            titled = behind.title is not None and (not behind.cues or behind.flags & DEFINITE)
            if titled or behind.flags & _GOES_ON_WITH_A_PERSON:
                ends |= COMMA  # أعلن الوزير سامي حداد، أن; but نفى الوزير وجود خلاف، متجاهلا …
        if start < k < len(words) and (words[k].flags & ends or not strictly and words[k].cues and k - start > 1):
            self.local.update(w.form for w in words[start:k])


_ENDS_A_NAME = COMPLEMENTISER | COMMA | STOP | COLON | RELATIVE | PREPOSITION | AUXILIARY | TIME | DASH
_GOES_ON_WITH_A_PERSON = COMPLEMENTISER | RELATIVE | TIME | PREPOSITION
_LONGEST = 28
# what a place or topic behind it tells apart: مسؤول في الوزارة, تحقيق في الحادث
_LOCATED = ("person", "group", "anonymous", "media", "document")
_NOT_A_HEAD = COMPLEMENTISER | RELATIVE | STOP | COLON | COMMA | DASH | PREPOSITION | NEGATOR


@dataclass(slots=True)
class Phrase:
    """A noun phrase as token indices, end exclusive, and what its head says of it.

    `kind` is the head's title kind (person, institution, media, document, anonymous, group), name, nation, or empty
    where nothing is known of the head.
    """

    start: int
    end: int
    kind: str

    @property
    def sentient(self) -> bool:
        """Whether the head is known as somebody or something that speaks."""
        return self.kind not in ("", "document")


def head_kind(words: Sequence[Word], i: int, names: Names) -> str:
    """What the word at i says of a phrase that it heads."""
    word = words[i]
    if word.flags & OCCASION and word.title is None:
        return ""
    if word.title is not None:
        return word.title.kind
    if "own_country" in word.groups:
        return "nation"
    if i + 2 < len(words) and (word.form, words[i + 1].form) in names.language.partitives:
        return head_kind(words, i + 2, names) or "person"  # كل من الوزيرين
    return names.kind(i)


def noun_phrase(
    words: Sequence[Word], forms: Sequence[str], start: int, limit: int, names: Names, hanging: bool = False
) -> Phrase | None:
    """Read the noun phrase that begins at token `start`, not beyond token `limit`; None where none begins there.

    `hanging` says that a one-letter preposition may hang on its first word (وفقا لوزارة …).
    """
    if start >= limit:
        return None
    first = words[start]
    groups = names.language.groups
    surname = first.flags & JOINED and start and words[start - 1].cues  # قال فان جال: no فإن follows its verb at once
    if first.flags & _NOT_A_HEAD and not surname or (first.flags & TIME and first.title is None):
        return None
    if "conjunctions" in first.groups or not first.form[0].isalnum() and forms[start] not in MARKS:
        return None
    if forms[start] in MARKS:
        close = _closing(forms, start, min(limit, start + 6))
        if close is None:
            return None
        named = noun_phrase(words, forms, close + 1, limit, names)
        tail = named.end if named is not None and words[close + 1].flags & DEFINITE else close + 1
        return Phrase(start, tail, names.kind(start + 1) or "name")
    if not hanging and first.preposition and _hangs_on(first):
        return None
    kind = head_kind(words, start, names)
    if not kind and first.cues and first.parts & VERB:
        return None
    if not kind and (
        first.shape & ACCUSATIVE
        and not first.shape & SUFFIXED
        and not first.flags & DEFINITE
        or "free_pronouns" in first.groups
    ):
        return None  # an adverb in the accusative, a pronoun
    if not kind and first.shape & FEMININE and first.parts & INDEFINITE:
        return None  # وتابعت محذرة
    accusative = first.shape & (ACCUSATIVE | TANWIN)
    indefinite_head = bool(first.title) and not first.flags & DEFINITE
    indefinite = kind in _LOCATED and not first.flags & DEFINITE
    if not kind and first.shape & IMPERFECT:
        return None  # an imperfect: يبدو, يعد
    k = start + 1
    limit = min(limit, start + _LONGEST)
    attached = 0
    while k < limit:
        word = words[k]
        if word.continues:
            k += 1
            continue
        flags = word.flags
        if flags & (COMPLEMENTISER | RELATIVE | STOP | COLON) or flags & (AUXILIARY | NEGATOR) and word.title is None:
            break
        form = forms[k]
        follows = words[k + 1].form if k + 1 < limit else ""
        if "periods" in word.groups and follows in groups["period_orders"]:
            break  # كيري | الشهر الماضي
        if word.withholds and (word.form, follows) in names.language.anonymity or "relative_verbs" in word.groups:
            break  # مصدر | طلب عدم ذكر اسمه, استطلاع | أجرته الصحيفة
        if flags & OCCASION and word.title is None and word.shape & SUFFIXED and not word.shape & TEH_MARBUTA:
            break  # بحاح | تصريحاته
        if "subject_pronouns" in word.groups and word.shape & WA and not _tells_office(words, k + 1, groups):
            break  # النائب | وهو من الحزب الحاكم
        if word.shape & TANWIN and not accusative and word.title is None:
            break  # المتحدثة | نفيا قاطعا
        if flags & MARK and (form == "(" or form in MARKS):
            close = _closing(forms, k, min(limit, k + 8))
            if close is None:
                break
            k = close + 1
            continue
        if flags & COMMA:
            if k + 1 < limit and _apposition(words, k + 1, names):
                k += 2
                continue
            if kind == "person" and k + 2 < limit and follows in groups["attaching"]:
                of = words[k + 2].title
                if of is not None and of.kind in ("institution", "media") and not words[k + 2].flags & OCCASION:
                    k += 3  # هيلين مارلو، من معهد الدراسات
                    continue
            break
        if flags & DASH:
            break
        if flags & TIME:
            break
        if flags & PREPOSITION:
            if (
                attached < 2
                and k + 1 < limit
                and "attaching" in word.groups
                and _attaches(words, forms, k + 1, limit, names, indefinite and k - start <= 2)
            ):
                attached += 1
                k += 1 if forms[k + 1] in MARKS else 2
                continue
            break
        if word.shape & LI and word.title is None and names.kind(k) == "media":
            if kind != "document":
                break  # شاهد | لرويترز
        if word.preposition and word.title is None and not names.kind(k):
            if word.shape & IN_NAME or word.shape & LI and kind in ("person", "institution"):
                k += 1
                continue
            if word.shape & BI and word.shape & ARTICLE and attached < 2:
                attached += 1
                k += 1
                continue
        if word.shape & (LI | BI) and word.title is not None and not word.form.startswith(word.title.word[:3]):
            told = word.shape & LI and word.title.kind == "person"
            if kind != "document" and (word.title.kind == "media" or told):
                if not word.shape & ARTICLE or word.title.kind == "media" or word.title.number == "p":
                    break  # الوزير | للصحافيين
        if word.cues and word.title is None and not flags & DEFINITE:
            relative = kind == "anonymous" and k == start + 1 and not first.flags & DEFINITE  # مصدر طلب عدم نشر اسمه
            if any(c.part in ("past", "present") and (relative or not c.weak) for c in word.cues):
                if not names.kind(k):
                    break
            if word.parts & INDEFINITE and word.shape & (ACCUSATIVE | FEMININE):
                if not (indefinite_head and k == start + 1 and word.shape & first.shape & FEMININE):
                    break  # الوزيرة | محذرة, but وثيقة مسربة
        k += 1
    while k - 1 > start and words[k - 1].flags & (COMMA | TIME | PREPOSITION):
        k -= 1
    return Phrase(start, k, kind)


def _tells_office(words: Sequence[Word], k: int, groups: dict[str, frozenset[str]]) -> bool:
    """Whether وهو goes on with what somebody is rather than with a clause: وهو متحدث باسم …, وهو أحد قادة …"""
    title = words[k].title if k < len(words) else None
    if title is None:
        return False
    return title.kind == "anonymous" or "spokespersons" in words[k].base_groups


def _hangs_on(word: Word) -> bool:
    """Whether a preposition is written on this word: للسفير, لوكالة, بالإنجليزية."""
    if word.shape & (ARTICLE | JOINED_ARTICLE):
        return len(word.form) > 4
    return bool(word.shape & (LI | BI)) and word.title is not None and not word.form.startswith(word.title.word[:2])


def _attaches(words: Sequence[Word], forms: Sequence[str], k: int, limit: int, names: Names, indefinite: bool) -> bool:
    """Whether the noun after a preposition belongs to the source phrase: a place or body, no occasion, no time.

    Behind an `indefinite` head any noun does, since it tells who is meant: سكان في وسط المدينة.
    """
    word = words[k]
    if forms[k] in MARKS:
        return _closing(forms, k, min(limit, k + 6)) is not None
    if word.flags & (OCCASION | TIME | NUMBER | COMPLEMENTISER | RELATIVE | STOP | COMMA | COLON):
        return False
    if word.title is not None or names.kind(k) or word.flags & DEFINITE:
        return True
    return indefinite or "demonstratives" in word.groups


def _apposition(words: Sequence[Word], k: int, names: Names) -> bool:
    """Whether an apposition to the phrase goes on after a comma: a title or a listed name, not behind و."""
    word = words[k]
    if word.flags & (PREPOSITION | COMPLEMENTISER | TIME | OCCASION | NUMBER | LATIN | STOP):
        return False
    if word.title is not None:
        return word.title.kind != "document" and (bool(word.shape & WA) or not word.shape & (LI | BI))
    return names.kind(k) == "name" and not word.shape & WA


def _closing(forms: Sequence[str], opened: int, limit: int) -> int | None:
    """The token that closes a short bracket or quotation within a phrase."""
    wanted = ")" if forms[opened] == "(" else None
    for k in range(opened + 1, limit):
        if forms[k] == wanted or wanted is None and forms[k] in MARKS:
            return k
    return None


def object_start(words: Sequence[Word], phrase: Phrase, names: Names) -> int:
    """Where the object begins that was read into the subject phrase: رفض الوزير | العرض; its end where none was."""
    k = phrase.start + max(1, names.listed_at(phrase.start))
    body = phrase.kind in ("institution", "group") or phrase.kind == "name" and words[phrase.start].title is None
    if words[phrase.start].form in names.language.given_names:
        body = False  # سامي الحداد رئيس النادي: a person and the office
    named = k if names.listed_at(phrase.start) else -1  # where a listed name ends
    while k < phrase.end:
        step = 1
        title = words[k].title
        length = names.listed_at(k)
        crowd = words[k - 1].title
        if (
            length
            and not words[k].conjunction
            and (named == k or crowd is not None and crowd.number == "p" and words[k - 1].flags & DEFINITE)
        ):
            return k  # ترامب | روسيا, الصحفيون | ترامب
        if named == k and title is not None and title.kind not in ("person", "anonymous") and not words[k].conjunction:
            if not words[k].flags & DEFINITE:
                return k  # واشنطن | حزب العمال
        if length:
            named = k + length
        coordinated = _coordinated(words[k], names)
        if body and title is not None and title.kind == "person" and not coordinated and words[k - 1].form[0].isalnum():
            if words[k - 1].flags & DEFINITE and words[k].form not in names.language.modifiers:
                return k  # دول الخليج العربية | وزير الخارجية
        if not _continues(words, k, names):
            return k
        if names.kind(k):
            step = max(1, names.listed_at(k))
        k += step
    return phrase.end


def _coordinated(word: Word, names: Names) -> bool:
    """Whether و on a word is the conjunction and no letter of its own: والدول, وموسكو, not وجود or وزير."""
    if not (word.conjunction and word.shape & WA):
        return False
    if word.title is not None:
        return not word.form.startswith(word.title.word[:2])
    bare = word.form[1:]
    return (
        bool(word.flags & DEFINITE)
        or word.form not in names.language.actors.names
        and bare in names.language.actors.names
    )


def _nisba(words: Sequence[Word], k: int) -> bool:
    """Whether word k is an adjective of the feminine noun before it, though it names a ministry alone: الخارجية."""
    word, before = words[k], words[k - 1]
    named = word.title is not None and word.title.kind == "institution"
    return (
        named
        and word.relational
        and bool(word.flags & before.flags & DEFINITE and word.shape & before.shape & FEMININE)
    )


def _continues(words: Sequence[Word], k: int, names: Names) -> bool:
    """Whether word k goes on with the subject phrase that stands before it."""
    word, before = words[k], words[k - 1]
    if word.flags & (COMMA | DASH | PREPOSITION) or not word.form[0].isalnum():
        return True
    if _coordinated(word, names) and (before.flags & DEFINITE or names.kind(k - 1)):
        return True  # واشنطن والدول الكبرى
    if word.shape & IN_NAME or _nisba(words, k):
        return True  # المتحدثة باسمها, السياسة الخارجية
    if names.kind(k) == "nation" or word.shape & LI and word.shape & ARTICLE or "attaching" in word.groups:
        return True
    if word.shape & BI and word.title is not None and word.title.kind == "institution":
        return True
    given = names.language.given_names
    if word.flags & DEFINITE and before.relational and not before.flags & DEFINITE and before.title is None:
        if before.form not in given:
            return False  # حكومات غربية | الفيلق: an adjective has no genitive
    if "determiners" in word.groups:
        return False  # نجاد | أي تنازل
    if word.parts & NOUN and not (word.title is not None and word.title.kind == "person"):
        return False
    if before.form in given or word.form in given:
        person = word.title is None or word.title.kind == "person"
        return person and not word.shape & FEMININE  # حاتم العبادلي, not | الخطة
    if "theophoric" in before.groups and k > 1 and words[k - 2].form in given:
        return word.title is None and not word.shape & FEMININE  # عبد الله العبادلي
    if not before.flags & DEFINITE and before.title is not None and before.shape & (NOMINATIVE | OBLIQUE):
        # مسؤولون: no genitive follows a plural that keeps its ن
        return names.kind(k) != "" or word.relational or bool(word.shape & OBLIQUE)
    honorific = word.form in names.language.modifiers and k + 1 < len(words) and not words[k + 1].flags
    if before.flags & DEFINITE and word.title is not None and not honorific:
        body = before.title is not None and before.title.kind == "institution"
        if body and word.flags & DEFINITE and word.relational and not (before.shape ^ word.shape) & FEMININE:
            return True  # مستشار الأمن القومي, but حثت المنظمة | الأهالي
        if word.flags & DEFINITE or word.shape & SUFFIXED:
            return bool(word.flags & DEFINITE and names.kind(k))  # الوزير | النواب, المدرب | لاعبيه
    if word.flags & DEFINITE and not before.flags & DEFINITE and names.kind(k - 1):
        return word.relational or word.form in names.language.modifiers  # كييف | القوات
    if word.title is not None and word.title.kind != "document" or names.kind(k):
        return True
    if before.flags & (COMMA | PREPOSITION) or word.form in names.language.modifiers:
        return True
    adjective = word.relational
    if word.flags & DEFINITE:
        return adjective or not before.flags & DEFINITE and not names.kind(k - 1)
    apposed = before.relational and k > 1 and words[k - 2].title is not None  # مصادر رسمية | مقتل
    return not before.flags & DEFINITE and (before.title is not None and not apposed or adjective)
