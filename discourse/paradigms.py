"""Expand dictionary forms into written ones by paradigm: perfects, imperfects, participles, nouns with a pronoun.

Affixes stand in data/ar/paradigms.tsv, what a word becomes before them in stems.tsv; here is only their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from discourse.datafiles import LexiconError, data_rows


@cache
def _paradigms() -> dict[str, list[tuple[str, int, str, str]]]:
    paradigms: dict[str, list[tuple[str, int, str, str]]] = {}
    for row in data_rows("ar/paradigms.tsv"):
        affix, person, gender, number = (row[part].strip("-") for part in ("affix", "person", "gender", "number"))
        paradigms.setdefault(row["paradigm"], []).append((affix, int(person or 3), gender, number))
    return paradigms


def affix_rows(paradigm: str) -> list[tuple[str, int, str, str]]:
    """The rows of a paradigm in their order: affix, person, gender, number."""
    if paradigm not in _paradigms():
        raise LexiconError(f"ar/paradigms.tsv has no rows for the paradigm {paradigm!r}.")
    return _paradigms()[paradigm]


@cache
def affixes(paradigm: str) -> tuple[str, ...]:
    """The letters alone of a paradigm's affixes, in their order."""
    return tuple(affix for affix, *_ in affix_rows(paradigm))


@cache
def _rules() -> dict[str, list[tuple[re.Pattern[str], list[str]]]]:
    rules: dict[str, list[tuple[re.Pattern[str], list[str]]]] = {}
    for row in data_rows("ar/stems.tsv"):
        made = [stem.strip("-") for stem in row["becomes"].split("|")]
        rules.setdefault(row["rule"], []).append((re.compile(row["match"]), made))
    return rules


def stems(rule: str, word: str) -> list[str]:
    """What a rule of stems.tsv makes of a word; nothing where none of its rows holds."""
    for pattern, made in _rules()[rule]:
        if pattern.search(word):
            return [pattern.sub(stem, word, count=1) for stem in made]
    return []


def past_forms(lemma: str) -> Iterator[tuple[str, int, str, str]]:
    """Perfect forms of a verb given in the third person masculine singular: form, person, gender, number."""
    weak = [(stem, paradigm) for paradigm in ("past-weak", "past-weak-glide") for stem in stems(paradigm, lemma)]
    if weak:
        yield lemma, 3, "m", "s"
    seats = [(seat, "past-seat") for seat in stems("seat", lemma)]  # تنبأوا and تنبؤوا
    for stem, paradigm in weak or [(lemma, "past"), *seats]:
        for affix, person, gender, number in affix_rows(paradigm):
            yield stem + affix, person, gender, number
    for base in [] if weak else stems("past-short", lemma):
        for affix, person, gender, number in affix_rows("past-short"):
            if len(affix) == 2 and base[-1] == affix[0]:
                yield base[:-1] + affix, person, gender, number  # أعلن + نا is written with one ن
            elif not (number == "s" and base[-1] == affix):
                yield base + affix, person, gender, number


def present_forms(lemma: str) -> Iterator[tuple[str, int, str, str, bool]]:
    """Imperfect forms of a verb given with ي: form, person, gender, number, whether only after a jussive particle."""
    body = lemma[1:]
    weak = stems("present-weak", body)
    trunk = weak[0] if weak else body
    prefixes = affix_rows("present-prefix")
    for prefix, person, gender, number in prefixes:
        yield prefix + body, person, gender, number, False
        for short in weak or stems("present-short", body):
            yield prefix + short, person, gender, number, True
            if person == 3 and not weak:
                for affix, _, own, plural in affix_rows("present-short"):
                    yield prefix + short + affix, person, own, plural, False
    glides = [(glide, "present-glide") for glide in stems("present-glide", body)]
    seats = [(seat, "present-seat") for seat in stems("seat", trunk)]
    for prefix, _, gender, _ in prefixes[:2]:
        for stem, paradigm in ((trunk, "present-plural"), *seats, *glides):
            for affix, person, own, number in affix_rows(paradigm):
                second = prefix == prefixes[1][0] and number == "p" and own != "f"  # تعلنون
                yield prefix + stem + affix, 2 if second else person, own or gender, number, False


def participle_forms(lemma: str) -> Iterator[tuple[str, str, str]]:
    """Circumstantial and attributive forms of an active participle: form, gender, number."""
    for affix, _, gender, number in affix_rows("participle"):
        yield lemma + affix, gender, number
        if number == "p" and gender == "m":
            for stem in stems("participle-plural", lemma):
                yield stem + affix, gender, number  # داعين, not داعيين


def whole_participle(verb: str, participle: str) -> str:
    """An active participle with the last letter that a weak verb's may be given without: ناف is نافي."""
    return stems("participle", participle)[0] if stems("weak", verb) else participle


def noun_forms(lemma: str) -> Iterator[tuple[str, str]]:
    """A verbal noun alone and with a pronoun: form, pronoun."""
    yield lemma, ""
    for stem in stems("noun-pronoun", lemma):
        for pronoun in affixes("pronoun"):
            yield stem + pronoun, pronoun
