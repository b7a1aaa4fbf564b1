"""The paradigms: each affix makes the form that its row shows, and no form that its row does not claim."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import discourse
from discourse import lexicon
from discourse.datafiles import LexiconError, data_rows
from discourse.lexicon import load_language
from discourse.paradigms import affixes, participle_forms, past_forms, present_forms, stems
from discourse.text import fold

PACKAGE = Path(discourse.__file__).parent

ROWS = data_rows("ar/paradigms.tsv")


@pytest.mark.parametrize("row", ROWS, ids=[f"{r['paradigm']}-{r['form']}" for r in ROWS])
def test_affix_makes_its_form(row: dict[str, str]) -> None:
    paradigm, lemma, form = row["paradigm"], row["lemma"], row["form"]
    affix = row["affix"].strip("-")
    if paradigm.startswith("past"):
        features = (form, int(row["person"]), row["gender"].strip("-"), row["number"])
        assert features in set(past_forms(lemma))
    elif paradigm.startswith("present"):
        assert form in {made for made, *_ in present_forms(lemma)}
    elif paradigm == "participle":
        assert (form, row["gender"], row["number"]) in set(participle_forms(lemma))
    else:
        stem = fold(lemma)
        whole = fold(form)
        assert whole in (stem + affix, affix + stem) or paradigm == "relational" and whole.endswith(affix)


@pytest.mark.parametrize(
    ("lemma", "wrong"), [("قال", "قالنا"), ("نفى", "نفىت"), ("أعلن", "أعلننا"), ("أثبت", "أثبتتتا")]
)
def test_forms_that_nobody_writes(lemma: str, wrong: str) -> None:
    assert wrong not in {form for form, *_ in past_forms(lemma)}


@pytest.mark.parametrize(
    ("lemma", "form"),
    [("تنبأ", "تنبؤوا"), ("هنأ", "هنأوا"), ("ظن", "ظننت"), ("رد", "رددنا"), ("أعلن", "أعلنتم"), ("حكى", "حكيتم")],
)
def test_perfect_of_doubled_and_hamzated_verbs(lemma: str, form: str) -> None:
    assert form in {made for made, *_ in past_forms(lemma)}


@pytest.mark.parametrize(
    ("lemma", "form"),
    [("يتنبأ", "يتنبؤون"), ("يهنئ", "يهنئون"), ("يقول", "يقلن"), ("يدعو", "يدعون"), ("يفيد", "تفدن")],
)
def test_imperfect_of_weak_and_hamzated_verbs(lemma: str, form: str) -> None:
    assert form in {made for made, *_ in present_forms(lemma)}


@pytest.mark.parametrize(
    ("lemma", "form"), [("داعي", "داعين"), ("منادي", "منادون"), ("نافي", "نافية"), ("معلن", "معلنين")]
)
def test_participle_of_weak_verbs(lemma: str, form: str) -> None:
    assert form in {made for made, *_ in participle_forms(lemma)}


def test_jussive_loses_its_vowel_and_says_so() -> None:
    forms = {form: jussive for form, _, _, _, jussive in present_forms("يقول")}
    assert forms["يقل"] is True
    assert forms["يقول"] is False


def test_a_missing_paradigm_is_said() -> None:
    with pytest.raises(LexiconError, match="no rows for the paradigm 'dual'"):
        affixes("dual")


@pytest.mark.parametrize("form", ["وأعلنت", "فقال", "سيعلن", "ليؤكد", "قائلاً", "مشيرةً", "قوله", "بالقول"])
def test_written_words_are_known_cues(form: str) -> None:
    assert load_language().word(form).cues


@pytest.mark.parametrize("form", ["طاولة", "شجرة", "ألماتي", "بعد", "هناك"])
def test_other_words_are_no_cues(form: str) -> None:
    assert not load_language().word(form).cues


def test_modules_ask_for_groups_that_the_data_hold() -> None:
    asked = {
        (path.name, group)
        for path in PACKAGE.glob("*.py")
        for group in re.findall(r'"(\w+)" (?:not )?in [^"\n]*?\w\.(?:base_)?groups\b', path.read_text(encoding="utf-8"))
    }
    assert ("verbs.py", "deeming") in asked and ("voices.py", "local") in asked
    known = load_language().groups
    assert not sorted(pair for pair in asked if pair[1] not in known)


STEMS = data_rows("ar/stems.tsv")


@pytest.mark.parametrize("row", STEMS, ids=[f"{row['rule']}-{row['word']}" for row in STEMS])
def test_a_stem_is_made_as_its_row_shows(row: dict[str, str]) -> None:
    assert row["made"] in stems(row["rule"], row["word"])


@pytest.mark.parametrize(
    ("rule", "word"),
    [
        ("weak", "أعلن"),
        ("past-weak", "بدأ"),
        ("present-weak", "علن"),
        ("present-short", "علن"),
        ("seat", "أعلن"),
        ("participle-plural", "معلن"),
        ("noun-accusative", "دعوة"),
        ("accusative", "وزيرة"),
        ("dual", "وزيرة"),
        ("oblique", "سجين"),
        ("plural-pronoun", "وزير"),
        ("demonym", "عرب"),
        ("without-article", "الدب"),
    ],
)
def test_a_rule_makes_nothing_of_other_words(rule: str, word: str) -> None:
    assert stems(rule, word) == []


SHAPES = data_rows("ar/shapes.tsv")


@pytest.mark.parametrize("row", SHAPES, ids=[row["shape"] for row in SHAPES])
def test_a_shape_is_seen_in_its_form_and_not_in_the_other(row: dict[str, str]) -> None:
    word = load_language().word
    bit = getattr(lexicon, row["shape"].upper())
    assert word(row["form"]).shape & bit
    assert not word(row["other"]).shape & bit


@pytest.mark.parametrize(("form", "joined"), [("وقال", True), ("فوصف", True), ("وصف", False), ("فند", False)])
def test_a_letter_of_the_verb_is_no_conjunction(form: str, joined: bool) -> None:
    assert load_language().word(form).joined is joined


@pytest.mark.parametrize(("form", "as_i"), [("وأعتقد", True), ("اعتقد", False), ("أعلن", False)])
def test_hamza_makes_the_first_person_of_verbs_that_have_none(form: str, as_i: bool) -> None:
    assert load_language().word(form).as_i is as_i
