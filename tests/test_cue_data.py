"""The reporting verbs and light-verb expressions, checked as data: without the engine that reads them."""

from __future__ import annotations

import re
from collections import Counter
from importlib.resources import files
from typing import Any

import pytest
import yaml

from discourse.text import fold

DATA = files("discourse").joinpath("data", "ar")
ACTS = {
    "assert",
    "think",
    "feel",
    "direct",
    "commit",
    "threaten",
    "warn",
    "praise",
    "criticise",
    "accuse",
    "ask",
}
ENGAGEMENTS = {"acknowledge", "pronounce", "endorse", "distance", "deny"}
MEDIA = {"spoken", "written", "document", "media", "thought"}
GUARDS = {"needs-subject", "not-participle", "that-only", "quote-only"}
PREPOSITIONS = {"إلى", "على", "عن", "من", "في", "مع", "ضد", "ضمن", "حول", "بشأن", "إزاء", "حيال", "تجاه", "نحو", "أمام"}
PREPOSITIONS |= {"بسبب", "بـ", "لـ", "مسؤولية"}  # حمّل X مسؤولية Y: the noun does the work of a preposition
PLAIN = {"that", "object", "whether", "quote", "clause"}
CUE_FIELDS = [
    "lemma",
    "present",
    "participle",
    "masdar",
    "gloss",
    "act",
    "engagement",
    "medium",
    "complements",
    "block",
    "guard",
    "example",
    "source",
    "content",
    "negatives",
]
PHRASE_FIELDS = [
    "verb",
    "present",
    "participle",
    "preposition",
    "noun_slot",
    "complements",
    "starts",
    "act",
    "engagement",
    "example",
    "source",
    "content",
    "negatives",
]
NOUN_FIELDS = [
    "nouns",
    "gloss",
    "act",
    "engagement",
    "complements",
    "owner",
    "example",
    "source",
    "content",
    "negatives",
]
BIDI = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\u061c\ufeff]")
ADJECTIVE_FIELDS = [
    "adjective",
    "gloss",
    "act",
    "engagement",
    "complements",
    "subject",
    "block",
    "example",
    "source",
    "content",
    "negatives",
]
NAMES = ["cues.yml", "cue_phrases.yml", "cue_nouns.yml", "cue_adjectives.yml"]


def _raw(name: str) -> str:
    return DATA.joinpath(name).read_text(encoding="utf-8")


def _entries(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load(_raw(name))
    return entries


CUES = _entries("cues.yml")
PHRASES = _entries("cue_phrases.yml")
NOUNS = _entries("cue_nouns.yml")
ADJECTIVES = _entries("cue_adjectives.yml")
LEMMAS = [cue["lemma"] for cue in CUES]
BOTH = [pytest.param(entry, id=entry["lemma"]) for entry in CUES] + [
    pytest.param(entry, id=f"{entry.get('verb', '')} {entry['noun_slot'][0]}") for entry in PHRASES
]


def _stems(verb: str) -> set[str]:
    """What every finite form of a verb keeps: its letters up to a weak end, without a hollow middle where it has one."""
    verb = fold(verb)
    stems = {verb, verb[:-1] if verb[-1:] in ("ا", "ي", "و") else verb}
    if len(verb) > 2 and verb[-2] == "ا":
        stems.add(verb[:-2] + verb[-1])
    return stems


def _has_form(entry: dict[str, Any], words: str) -> bool:
    """Whether one of the words can be a form of the entry's verb."""
    stems = _stems(entry.get("lemma", entry.get("verb", "")))
    if entry.get("present"):
        stems |= {stem[1:] for stem in _stems(entry["present"])}
    if entry.get("participle"):
        stems |= _stems(entry["participle"])
    prefixes = r"^[وف]?[سل]?[يتنا]?"
    endings = r"(ت|تا|وا|ا|ي|ن|نا|ون|ان|ين|ه|ها|هم|ته|اه)?$"
    return any(re.search(prefixes + re.escape(stem) + endings, word) for stem in stems for word in fold(words).split())


def _fault(complement: str) -> str | None:
    """What is wrong with a complement, or None."""
    words = complement.split()
    if words[0] == "addressee":
        words = words[1:]
        if not words or words[0] != "prep":
            return "addressee needs prep"
    if words[0] == "prep":
        return None if len(words) == 2 and words[1] in PREPOSITIONS else "unknown preposition"
    if words[0] not in PLAIN:
        return "unknown kind"
    if len(words) == 1 or words[0] == "that" and len(words) == 2 and words[1] in PREPOSITIONS:
        return None
    return "too many words"


def test_there_are_enough_verbs_expressions_and_negatives() -> None:
    assert len(CUES) >= 400
    assert len(PHRASES) >= 120
    assert sum(len(entry.get("negatives", ())) for entry in CUES) >= 150


def test_every_act_and_every_engagement_has_verbs() -> None:
    assert Counter(cue["act"] for cue in CUES).keys() == ACTS
    assert Counter(cue["engagement"] for cue in CUES).keys() == ENGAGEMENTS


def test_verbs_are_sorted_by_lemma() -> None:
    assert sorted(LEMMAS) == LEMMAS


def test_lemmas_are_unique_after_folding_or_say_why_not() -> None:
    reasons = set()
    for comments, lemma in re.findall(r"((?:^#.*\n)+)- lemma: (\S+)", _raw("cues.yml"), re.MULTILINE):
        named = re.search(r"^# distinct_from (\S+): \S", comments, re.MULTILINE)
        if named:
            assert named[1] in LEMMAS, lemma
            reasons.add(fold(lemma))
    counts = Counter(fold(lemma) for lemma in LEMMAS)
    assert {form for form, n in counts.items() if n > 1} == reasons
    assert len(set(LEMMAS)) == len(LEMMAS)


def test_a_phrase_names_each_verb_with_a_noun_once() -> None:
    pairs = Counter(
        (phrase.get("verb"), phrase.get("preposition"), fold(noun))
        for phrase in PHRASES
        for noun in phrase["noun_slot"]
    )
    assert [pair for pair, n in pairs.items() if n > 1] == []


def test_phrases_use_verbs_of_one_spelling() -> None:
    presents: dict[str, set[str]] = {}
    for entry in (*CUES, *PHRASES):
        if entry.get("present") and (verb := entry.get("lemma", entry.get("verb"))):
            presents.setdefault(verb, set()).add(entry["present"])
    assert {verb: forms for verb, forms in presents.items() if len(forms) > 1} == {}


@pytest.mark.parametrize("name", NAMES)
def test_files_hold_no_bidi_controls_and_one_value_a_line(name: str) -> None:
    assert not BIDI.search(_raw(name))
    assert not re.search(r"^(?!#).*(\[|\{|\t)", _raw(name), re.MULTILINE)


def test_every_noun_stands_in_one_entry() -> None:
    counts = Counter(fold(noun) for entry in NOUNS for noun in entry["nouns"])
    assert [noun for noun, n in counts.items() if n > 1] == []
    assert [entry["nouns"][0] for entry in NOUNS] == sorted(entry["nouns"][0] for entry in NOUNS)


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["nouns"][0]) for entry in NOUNS])
def test_nouns_are_declared_as_verbs_are(entry: dict[str, Any]) -> None:
    assert list(entry) == [field for field in NOUN_FIELDS if field in entry]
    assert entry["act"] in ACTS
    assert entry["engagement"] in ENGAGEMENTS
    assert [(c, fault) for c in entry["complements"] if (fault := _fault(c))] == []
    owner = entry.get("owner", [])
    assert set([owner] if isinstance(owner, str) else owner) <= {"open", "objective"}
    assert entry["negatives"]
    assert entry["example"].count(entry["content"]) == 1
    assert any(fold(noun).rstrip("ه") in fold(entry["example"]) for noun in entry["nouns"])


def test_adjectives_are_sorted_and_unique() -> None:
    adjectives = [entry["adjective"] for entry in ADJECTIVES]
    assert adjectives == sorted(set(adjectives))


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["adjective"]) for entry in ADJECTIVES])
def test_adjectives_are_declared_as_verbs_are(entry: dict[str, Any]) -> None:
    assert list(entry) == [field for field in ADJECTIVE_FIELDS if field in entry]
    assert entry["act"] in ACTS
    assert entry["engagement"] in ENGAGEMENTS
    assert [(c, fault) for c in entry["complements"] if (fault := _fault(c))] == []
    assert {c.split()[0] for c in entry["complements"]} <= {"that", "prep"}
    assert entry.get("subject", "none") == "none"
    assert entry["negatives"]
    assert entry["example"].count(entry["content"]) == 1
    assert fold(entry["adjective"]) in fold(entry["example"])


@pytest.mark.parametrize("entry", BOTH)
def test_fields_are_declared_and_in_order(entry: dict[str, Any]) -> None:
    declared = CUE_FIELDS if "lemma" in entry else PHRASE_FIELDS
    assert list(entry) == [field for field in declared if field in entry]
    required = {"act", "engagement", "complements", "example", "source", "content"}
    assert required | ({"lemma", "gloss"} if "lemma" in entry else {"noun_slot", "starts"}) <= set(entry)
    for field, value in entry.items():
        if field in {"masdar", "complements", "block", "guard", "negatives", "noun_slot"}:
            assert isinstance(value, list) and value and len(set(value)) == len(value), field
            assert all(isinstance(item, str) and item == item.strip() for item in value), field
        elif field != "source":
            assert isinstance(value, str) and value == value.strip() and value, field


@pytest.mark.parametrize("entry", BOTH)
def test_classes_are_declared(entry: dict[str, Any]) -> None:
    assert entry["act"] in ACTS
    assert entry["engagement"] in ENGAGEMENTS
    assert entry.get("medium", "written") in MEDIA - {"spoken"}  # spoken is the default and goes without saying
    assert set(entry.get("guard", ())) <= GUARDS
    assert entry.get("starts", "noun") in {"noun", "complement"}
    assert [(c, fault) for c in entry["complements"] if (fault := _fault(c))] == []


@pytest.mark.parametrize("entry", BOTH)
def test_engagement_fits_the_act(entry: dict[str, Any]) -> None:
    """An act that is no claim is not taken as true; only claims, opinions and feelings can be endorsed or held off."""
    if entry["engagement"] in {"endorse", "deny"}:
        assert entry["act"] in {"assert", "think", "accuse", "feel"}


@pytest.mark.parametrize("cue", [pytest.param(cue, id=cue["lemma"]) for cue in CUES])
def test_guards_leave_the_complements_they_guard(cue: dict[str, Any]) -> None:
    kinds = {complement.split()[0] for complement in cue["complements"]}
    guards = set(cue.get("guard", ()))
    assert len(guards & {"that-only", "quote-only"}) <= 1
    if guards & {"that-only", "quote-only"}:
        assert kinds <= {"that", "whether", "quote", "clause", "addressee"}
    if "that-only" in guards:
        assert "that" in kinds
    if "quote-only" in guards:
        assert "quote" in kinds
    if "needs-subject" in guards:
        assert kinds & {"prep", "object", "addressee"}


@pytest.mark.parametrize("entry", BOTH)
def test_forms_are_unvocalised_and_bare(entry: dict[str, Any]) -> None:
    """Vowel marks would not be expanded; an article on a blocked form would never be met."""
    for field in ("present", "participle", "verb"):
        assert not re.search("[\u064b-\u0652]", entry.get(field, "")), field
    assert not re.search("[\u064b-\u0650\u0652]", entry.get("lemma", ""))
    assert entry.get("present", "ي").startswith("ي")
    for form in entry.get("block", ()):
        assert " " not in form and not re.search("[\u064b-\u0652]", form), form
        assert not form.startswith("ال"), form


@pytest.mark.parametrize("entry", BOTH)
def test_example_holds_cue_source_and_content(entry: dict[str, Any]) -> None:
    example, source, content = entry["example"], entry["source"], entry["content"]
    if "lemma" in entry or "verb" in entry:
        assert _has_form(entry, example), example
    assert example.count(content) == 1
    assert source is None or source in example
    assert source is None or source not in content
    assert content.rstrip(".،: ") == content
    assert example.endswith((".", "؟", "»."))
    if "noun_slot" in entry:
        words = fold(example)
        assert any(fold(noun).rstrip("اه") in words for noun in entry["noun_slot"])
        held = any(fold(noun).rstrip("اه") in fold(content) for noun in entry["noun_slot"])
        assert held == (entry["starts"] == "noun")


@pytest.mark.parametrize("entry", BOTH)
def test_negatives_are_sentences_of_their_own(entry: dict[str, Any]) -> None:
    for sentence in entry.get("negatives", ()):
        assert sentence.endswith((".", "؟"))
        assert sentence != entry["example"]


def test_no_sentence_stands_twice() -> None:
    counts = Counter(s for e in (*CUES, *PHRASES, *NOUNS, *ADJECTIVES) for s in (e["example"], *e.get("negatives", ())))
    assert [sentence for sentence, n in counts.items() if n > 1] == []


@pytest.mark.parametrize(
    ("complement", "fault"),
    [
        ("that", None),
        ("that إلى", None),
        ("prep بـ", None),
        ("addressee prep على", None),
        ("prep", "unknown preposition"),
        ("prep فوق", "unknown preposition"),
        ("addressee بـ", "addressee needs prep"),
        ("noun", "unknown kind"),
        ("object من", "too many words"),
    ],
)
def test_complement_faults_are_seen(complement: str, fault: str | None) -> None:
    assert _fault(complement) == fault


@pytest.mark.parametrize(
    ("verb", "present", "sentence", "expected"),
    [
        ("قال", "يقول", "وقالت الوزيرة", True),
        ("دعا", "يدعو", "سيدعو المجلس", True),
        ("أعلن", "يعلن", "العلن", False),
        ("نفى", "ينفي", "غادر الوفد", False),
    ],
)
def test_forms_are_told_from_other_words(verb: str, present: str, sentence: str, expected: bool) -> None:
    assert _has_form({"lemma": verb, "present": present}, sentence) is expected
