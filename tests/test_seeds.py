"""Seed-word scaling: its formula by hand, the axes that are shipped, planted axes, and files of users that are wrong."""

from __future__ import annotations

import re
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from scipy import stats

import discourse
from discourse.corpus import Article
from discourse.datafiles import LexiconError
from discourse.inflection import light
from discourse.seeds import (
    Seed,
    SeedError,
    Seeds,
    SeedWarning,
    _index,
    _is_drawn,
    _polarities,
    load_seeds,
    read_seeds,
    scale_by_seeds,
    words_on_axis,
)
from discourse.text import fold, tokens

AXES = ("order-chaos", "intervention-assistance")
FOLDER = Path(discourse.__file__).parent / "data" / "ar" / "seeds"
ENTRIES = [
    (axis, entry) for axis in AXES for entry in yaml.safe_load((FOLDER / f"{axis}.yml").read_text(encoding="utf-8"))
]
BIDI = {chr(c) for c in (0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A))}

# The axes that are shipped --------------------------------------------------------------------------------------------


def seeds_in(text: str, axis: str) -> list[str]:
    index = _index(load_seeds(axis).words)
    return [seed.word for form in tokens(text)[0] if (seed := index.find(fold(form))) is not None]


@pytest.mark.parametrize(
    ("axis", "entry"), ENTRIES, ids=lambda value: value if isinstance(value, str) else value["word"]
)
def test_a_seed_is_found_in_its_example_and_not_in_its_look_alike(axis, entry):
    assert seeds_in(entry["example"], axis) == [entry["word"]]
    assert seeds_in(entry["negative"], axis) == []
    assert entry["gloss"]


@pytest.mark.parametrize("axis", AXES)
def test_an_axis_has_seeds_enough_at_both_ends_in_order(axis):
    polarities = [seed.polarity for seed in load_seeds(axis).words]
    assert set(polarities) == {1.0, -1.0}
    assert min(polarities.count(1.0), polarities.count(-1.0)) >= 10
    keys = [(-seed.polarity, fold(seed.word), seed.part) for seed in load_seeds(axis).words]
    assert keys == sorted(keys)
    assert not BIDI & set((FOLDER / f"{axis}.yml").read_text(encoding="utf-8"))


def test_no_word_is_a_seed_of_two_axes():
    words = [fold(word) for axis in AXES for word in {entry["word"] for of, entry in ENTRIES if of == axis}]
    assert len(words) == len(set(words))


def test_an_unknown_axis_names_those_that_are_there():
    with pytest.raises(LexiconError) as error:
        load_seeds("left-right")
    assert str(error.value) == "There is no axis 'left-right'. Axes: intervention-assistance, order-chaos."


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("القرية", "قريتها"),
        ("المتظاهرون", "متظاهرين"),
        ("والجندي", "جنديان"),
        ("للمدينة", "مدينته"),
        ("وقالت", "قالت"),
    ],
)
def test_forms_of_one_word_have_one_light_form(one, other):
    assert light(fold(one)) == light(fold(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("وزير", "زير"), ("وطن", "طن"), ("بيان", "بي"), ("مدينة", "مدير"), ("سكان", "سك")],
)
def test_other_words_are_kept_apart(one, other):
    assert light(fold(one)) != light(fold(other))


# The formula ----------------------------------------------------------------------------------------------------------


def test_polarity_by_hand():
    # Seeds at (1, 0) and (0, 1), weighing 1 and -1. A word between them is 0; one of length 5 at (3, 4) is 3/5 - 4/5.
    vectors = np.array([[1.0, 0.0], [0.0, 1.0], [2.0, 2.0], [3.0, 4.0], [-1.0, 0.0], [0.0, 0.0]])
    assert _polarities(vectors, {0: 1.0, 1: -1.0}) == pytest.approx([1.0, -1.0, 0.0, -0.2, -1.0, 0.0], abs=1e-12)


def test_context_is_judged_as_scipy_does():
    generator = np.random.default_rng(3)
    inside = generator.integers(0, 60, 40).astype(float)
    outside = generator.integers(0, 200, 40).astype(float)
    drawn = _is_drawn(inside, outside)
    for place in range(40):
        table = np.array(
            [[inside[place], inside.sum() - inside[place]], [outside[place], outside.sum() - outside[place]]]
        )
        p = stats.chi2_contingency(table, correction=True).pvalue
        more = inside[place] / inside.sum() > outside[place] / outside.sum()
        assert drawn[place] == (more and p < 0.001)
    assert 0 < drawn.sum() < 40


def attributions(contents: list[str | None]) -> pd.DataFrame:
    """A table as far as scaling reads it; each content is a document of its own."""
    return pd.DataFrame({"content": contents, "content_spans": [[[0, len(text or "-")]] for text in contents]})


def words_of(scored: pd.Series) -> list[str]:
    return [scored["content"][start:end] for start, end in scored["axis_evidence"]]


# Invented words, taken as written: nothing of Arabic is needed to check the arithmetic.
HIGH = [f"ضظ{a}{b}" for a in "بجدرس" for b in "فقكلم"]
LOW = [f"ذث{a}{b}" for a in "بجدرس" for b in "فقكلم"]
NEUTRAL = [f"غخ{a}{b}" for a in "بجدرس" for b in "فقكلم"]


def seeds_of(high: list[str], low: list[str]) -> Seeds:
    ends = ((high, 1.0), (low, -1.0))
    return Seeds("planted", tuple(Seed(word, polarity, "word") for words, polarity in ends for word in words))


def planted(n: int = 1200, seed: int = 20220105) -> tuple[pd.DataFrame, np.ndarray]:
    """Constructed contents of twelve words, drawn from the one vocabulary, the other or neither, and where each one lies."""
    generator = np.random.default_rng(seed)
    place = generator.uniform(-1, 1, n)
    contents = []
    for where in place:
        chances = np.array([0.3 * (1 + where), 0.3 * (1 - where), 0.4])
        kinds = generator.choice(3, 12, p=chances)
        contents.append(" ".join((HIGH, LOW, NEUTRAL)[kind][generator.integers(25)] for kind in kinds))
    return attributions(contents), place


def lss(contents: list[str], high: list[str], low: list[str], dimensions: int) -> tuple[dict[str, float], np.ndarray]:
    """Watanabe's scaling in a few lines of NumPy: all singular vectors at once, no sparse matrix."""
    bags = [Counter(text.split()) for text in contents]
    names = sorted(set().union(*bags))
    counts = np.array([[bag[name] for name in names] for bag in bags], dtype=float)
    vectors = np.linalg.svd(counts, full_matrices=False)[2][:dimensions].T
    unit = vectors / np.linalg.norm(vectors, axis=1)[:, None]
    cosines = unit @ unit.T
    polarity = sum(cosines[:, names.index(word)] / len(high) for word in high) - sum(
        cosines[:, names.index(word)] / len(low) for word in low
    )
    raw = counts @ polarity / counts.sum(axis=1)
    return dict(zip(names, polarity, strict=True)), (raw - raw.mean()) / raw.std(ddof=1)


def test_as_an_independent_implementation_has_it():
    table, _ = planted(300)
    high, low = HIGH[:4], LOW[:3]
    polarity, scores = lss(list(table["content"]), high, low, 12)
    scored = scale_by_seeds(table, seeds_of(high, low), dimensions=12, min_count=1)
    words = words_on_axis(table, seeds_of(high, low), dimensions=12, min_count=1)
    assert np.abs(scored["axis_score"] - scores).max() < 1e-8
    assert {*words["word"]} == {*polarity}
    assert max(abs(polarity[word] - found) for word, found in zip(words["word"], words["polarity"], strict=True)) < 1e-8


def test_a_planted_axis_is_found_again():
    table, place = planted()
    scored = scale_by_seeds(table, seeds_of(HIGH[:5], LOW[:5]), dimensions=20)
    assert stats.spearmanr(scored["axis_score"], place).statistic > 0.75


def test_contents_without_any_seed_are_ordered_too():
    table, place = planted()
    seeds = {*HIGH[:5], *LOW[:5]}
    without = np.array([seeds.isdisjoint(text.split()) for text in table["content"]])
    scored = scale_by_seeds(table, seeds_of(HIGH[:5], LOW[:5]), dimensions=20)
    assert without.sum() > 100
    assert stats.spearmanr(scored["axis_score"][without], place[without]).statistic > 0.6


def test_seeds_dealt_out_anew_find_nothing():
    table, place = planted()
    found = []
    for seed in range(10):  # as many of each vocabulary at either end
        generator = np.random.default_rng(seed)
        high, low = generator.permutation(HIGH)[:6], generator.permutation(LOW)[:6]
        mixed = seeds_of([*high[:3], *low[:3]], [*high[3:], *low[3:]])
        scored = scale_by_seeds(table, mixed, dimensions=20)
        found.append(stats.spearmanr(scored["axis_score"], place).statistic)
    assert abs(np.mean(found)) < 0.2
    assert np.abs(found).max() < 0.6


def test_the_seeds_decide_which_end_is_high():
    table, _ = planted(400)
    one = scale_by_seeds(table, seeds_of(HIGH[:3], LOW[:3]), dimensions=10)["axis_score"]
    other = scale_by_seeds(table, seeds_of(LOW[:3], HIGH[:3]), dimensions=10)["axis_score"]
    assert np.abs(one + other).max() < 1e-8


def test_the_same_again_gives_the_same():
    table, _ = planted(400)
    seeds = seeds_of(HIGH[:3], LOW[:3])
    pd.testing.assert_frame_equal(
        scale_by_seeds(table, seeds, dimensions=10), scale_by_seeds(table, seeds, dimensions=10)
    )


def test_scores_are_standardised_and_the_table_is_left_as_it_was():
    table, _ = planted(400)
    before = table.copy(deep=True)
    scored = scale_by_seeds(table, seeds_of(HIGH[:3], LOW[:3]), dimensions=10)
    assert scored["axis_score"].mean() == pytest.approx(0, abs=1e-10)
    assert scored["axis_score"].std(ddof=1) == pytest.approx(1)
    assert set(scored["axis"]) == {"planted"}
    pd.testing.assert_frame_equal(table, before)


def test_evidence_is_of_the_side_that_the_content_is_on():
    table, _ = planted()
    words = words_on_axis(table, seeds_of(HIGH[:5], LOW[:5]), dimensions=20).set_index("word")["polarity"]
    scored = scale_by_seeds(table, seeds_of(HIGH[:5], LOW[:5]), dimensions=20)
    highest, lowest = scored.loc[scored["axis_score"].idxmax()], scored.loc[scored["axis_score"].idxmin()]
    for one, sign in ((highest, 1), (lowest, -1)):
        shown = words_of(one)
        assert 1 <= len(set(shown)) <= 5
        others = set(one["content"].split()) - set(shown)
        assert min(sign * words[word] for word in shown) > 0
        strongest = max(words[word] * sign * one["content"].split().count(word) for word in shown)
        assert all(words[word] * sign <= strongest for word in others)


def test_learned_from_articles_and_scored_in_contents():
    table, place = planted()
    articles = [Article(f"a{n}", "", text + ".") for n, text in enumerate(table["content"])]
    few = table.head(40)
    scored = scale_by_seeds(few, seeds_of(HIGH[:5], LOW[:5]), articles, dimensions=20)
    assert stats.spearmanr(scored["axis_score"], place[:40]).statistic > 0.7


def test_a_title_and_each_sentence_are_sentences():
    article = Article("a1", "ضظبف ذثبف", "ضظبق ذثبق. ضظبك ذثبك؟")
    with pytest.raises(SeedError, match="There are 3 sentences and 6 words"):
        scale_by_seeds(attributions(["ضظبف"]), seeds_of(["ضظبف"], ["ذثبف"]), [article], min_count=1)


def test_only_words_of_the_subject_have_a_polarity():
    generator = np.random.default_rng(5)
    contents = []
    for number in range(600):
        about, vocabulary = number % 2, (HIGH[:12], LOW[:12])[number // 2 % 2]
        words = [*generator.choice(vocabulary, 4), *generator.choice(NEUTRAL[:10] if about else NEUTRAL[10:20], 4)]
        contents.append(" ".join(["النهر", *words] if about else words))
    seeds = seeds_of(HIGH[:3], LOW[:3])
    near = set(words_on_axis(attributions(contents), seeds, near=["نهر"], dimensions=20)["word"])
    assert near == set(NEUTRAL[:10])
    assert set(words_on_axis(attributions(contents), seeds, dimensions=20)["word"]) > near | set(NEUTRAL[10:20])


def test_a_subject_that_nobody_speaks_of_is_told():
    table, _ = planted(300)
    with pytest.raises(SeedError) as error:
        words_on_axis(table, seeds_of(HIGH[:3], LOW[:3]), near=["نهر", "جبل"], dimensions=10)
    assert str(error.value) == (
        "No word stands near نهر, جبل more often than elsewhere. Name words that the corpus uses."
    )


def test_seeds_are_found_in_their_inflected_forms():
    generator = np.random.default_rng(9)
    forms = {1: ["فوضى", "الفوضى", "وفوضاهم", "للفوضى"], -1: ["هدوء", "الهدوء", "بهدوء", "هدوئها"]}
    contents = []
    for number in range(300):
        side = 1 if number % 2 else -1
        vocabulary = HIGH[:8] if side == 1 else LOW[:8]
        contents.append(" ".join([generator.choice(forms[side]), *generator.choice(vocabulary, 4)]))
    seeds = Seeds("calm", (Seed("هدوء", 1.0, forms=("هدوئ",)), Seed("فوضى", -1.0)))
    words = words_on_axis(attributions(contents), seeds, dimensions=8)
    assert dict(zip(words["seed"].dropna(), words["frequency"][words["seed"].notna()], strict=True)) == {
        1: 150,
        -1: 150,
    }
    assert set(words["word"].head(9)) - set(LOW[:8]) <= set(forms[-1])
    assert set(words["word"].tail(9)) - set(HIGH[:8]) <= set(forms[1])


def test_function_words_marks_and_numbers_are_no_terms():
    contents = [f"إن {HIGH[n % 5]} في {HIGH[n % 3]}، و{LOW[n % 4]} 2022 {LOW[n % 5]}" for n in range(60)]
    words = words_on_axis(attributions(contents), seeds_of(HIGH[:2], LOW[:2]), dimensions=3)["word"]
    assert {"إن", "في", "2022", "،"}.isdisjoint(words)
    assert set(HIGH[:5]) <= set(words)


def test_contents_that_hold_no_word_of_the_model_have_no_score():
    table, _ = planted(400)
    more = attributions([*table["content"], "في 2022", None])
    scored = scale_by_seeds(more, seeds_of(HIGH[:3], LOW[:3]), dimensions=10)
    assert scored["axis_score"].tail(2).isna().all() and scored["axis_score"].head(400).notna().all()
    assert list(scored["axis_evidence"].tail(2)) == [[], []]


def test_a_table_without_any_word_of_the_model_has_no_scores():
    table, _ = planted(400)
    articles = [Article(f"a{n}", "", text) for n, text in enumerate(table["content"])]
    for contents, score in (
        ([], []),
        ([None, "في"], [np.nan, np.nan]),
        ([HIGH[0]], [0.0]),
        ([HIGH[0]] * 2, [0.0, 0.0]),
    ):
        scored = scale_by_seeds(attributions(contents), seeds_of(HIGH[:3], LOW[:3]), articles, dimensions=10)
        assert list(scored["axis_score"]) == pytest.approx(score, nan_ok=True)


def test_scores_are_kept_in_files_of_tables(tmp_path):
    texts = [f"قال الوزير إن {HIGH[n % 4]} {NEUTRAL[n % 7]} {LOW[n % 5]}." for n in range(60)]
    articles = [Article(f"a{n}", "", text) for n, text in enumerate(texts)]
    scored = scale_by_seeds(discourse.analyse(articles), seeds_of(HIGH[:2], LOW[:2]), articles, dimensions=5)
    documents = {article.id: article.document for article in articles}
    for one in scored.to_dict("records"):
        words = [documents[one["article_id"]][start:end] for start, end in one["axis_evidence"]]
        assert words and set(words) <= {*HIGH, *LOW, *NEUTRAL}
    for suffix in (".jsonl", ".csv", ".parquet"):
        discourse.write_table(scored, tmp_path / f"scored{suffix}")
        again = discourse.read_table(tmp_path / f"scored{suffix}")
        assert list(again["axis_score"]) == pytest.approx(list(scored["axis_score"]))
        assert list(again["axis_evidence"]) == list(scored["axis_evidence"])


# What is said of a corpus that will not do ----------------------------------------------------------------------------


def test_seeds_that_the_corpus_lacks_are_named():
    table, _ = planted(400)
    with pytest.warns(SeedWarning) as caught:
        scale_by_seeds(table, seeds_of([*HIGH[:3], "كلمة"], LOW[:3]), dimensions=10)
    assert [str(one.message) for one in caught] == [
        "1 of 7 seeds of planted stand in the corpus fewer than 5 times and are left out: كلمة."
    ]
    assert caught[0].filename == __file__


def test_too_few_sentences_are_told():
    table, _ = planted(300)
    with pytest.warns(SeedWarning) as caught:
        words_on_axis(table, seeds_of(HIGH[:3], LOW[:3]), dimensions=31)
    assert [str(one.message) for one in caught] == [
        "300 sentences are few for 31 dimensions: words that seldom meet come out near or far by chance. "
        + "Give more articles, or 30 dimensions at most."
    ]
    assert caught[0].filename == __file__


def test_enough_is_not_warned_of():
    table, _ = planted(300)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scale_by_seeds(table, seeds_of(HIGH[:3], LOW[:3]), dimensions=30)


@pytest.mark.parametrize(("high", "low", "end"), [(["كلمة"], LOW[:2], "above"), (HIGH[:2], ["كلمة"], "below")])
def test_an_end_without_seeds_is_no_axis(high, low, end):
    table, _ = planted(100)
    with pytest.raises(SeedError) as error:
        scale_by_seeds(table, seeds_of(high, low), dimensions=5)
    assert str(error.value) == (
        f"No seed of planted with a polarity {end} 0 stands in the corpus 5 times or more. "
        "Add seeds that it uses, give more articles, or lower min_count."
    )


@pytest.mark.parametrize("dimensions", [0, 75, 300])
def test_more_dimensions_than_words_cannot_be(dimensions):
    table, _ = planted(200)
    with pytest.raises(SeedError) as error:
        scale_by_seeds(table, seeds_of(HIGH[:3], LOW[:3]), dimensions=dimensions)
    assert str(error.value) == (
        f"There are 200 sentences and 75 words that are frequent enough: dimensions must be from 1 to 74, not {dimensions}."
    )


def test_an_empty_table_is_told():
    with pytest.raises(SeedError, match="No seed of planted with a polarity above 0"):
        scale_by_seeds(attributions([]), seeds_of(HIGH[:3], LOW[:3]))


# Files of users -------------------------------------------------------------------------------------------------------


def test_a_csv_file(tmp_path):
    path = tmp_path / "war-peace.csv"
    path.write_text("word,polarity,pos,forms\nحرب,1,noun,حروب\nسلام,-0.5,,\n", encoding="utf-8-sig")
    assert read_seeds(path) == Seeds("war-peace", (Seed("حرب", 1.0, "noun", ("حروب",)), Seed("سلام", -0.5)))


def test_a_yaml_file(tmp_path):
    path = tmp_path / "war-peace.yml"
    path.write_text(
        "- word: حرب\n  polarity: 1\n  example: انتهت الحرب.\n"
        + "- {word: صالح, polarity: -2, pos: verb, forms: [يصالح, تصالح]}\n",
        encoding="utf-8",
    )
    assert read_seeds(path) == Seeds("war-peace", (Seed("حرب", 1.0), Seed("صالح", -2.0, "verb", ("يصالح", "تصالح"))))


def test_what_is_nested_in_yaml_is_no_cell_and_not_expanded(tmp_path):
    path = tmp_path / "axis.yml"
    levels = "".join(f"  l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    path.write_text(f"- polarity: 1\n  l0: &l0 [x]\n{levels}  word: *l11\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="line 1: the word is empty"):
        read_seeds(path)


def test_bad_rows_are_told_together(tmp_path):
    path = tmp_path / "axis.csv"
    rows = [
        "word,polarity,pos,example",
        "حرب,1,,",
        ",1,,",
        "سلام,low,,",
        "وقف النار,-1,,",
        "حَرْب,0,noun,",
        "هدنة,-1,name,",
        "جيش,1,,لا شيء.",
    ]
    path.write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        read_seeds(path)
    assert str(error.value).splitlines() == [
        "axis.csv: 7 rows cannot be used:",
        "  line 3: the word is empty",
        "  line 4: polarity 'low' of 'سلام' is not a number above or below 0",
        "  line 5: 'وقف النار' has several words; a seed is one word",
        "  line 6: 'حَرْب' stands in line 2 already",
        "  line 6: polarity '0' of 'حَرْب' is not a number above or below 0",
        "  line 7: pos 'name' of 'هدنة' is unknown. Known: noun, verb, adjective, word",
        "  line 8: 'جيش' is not found in its example 'لا شيء.'",
    ]


def test_lines_of_yaml_are_told(tmp_path):
    path = tmp_path / "axis.yaml"
    path.write_text("# mine\n- word: حرب\n  polarity: 1\n\n- word: سلام\n", encoding="utf-8")
    with pytest.raises(LexiconError) as error:
        read_seeds(path)
    assert str(error.value) == (
        "axis.yaml: 1 row cannot be used:\n  line 5: polarity '' of 'سلام' is not a number above or below 0"
    )


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "seed,weight\nحرب,1\n", "a.csv: the header lacks word and polarity. Needed: word,polarity"),
        ("a.csv", "", "a.csv: the header lacks word and polarity. Needed: word,polarity"),
        ("a.csv", "word,polarity\nحرب,1\n", "a.csv: no seed has a polarity below 0. An axis needs seeds at both ends."),
        ("a.csv", "word,polarity\n", "a.csv: no seed has a polarity above 0. An axis needs seeds at both ends."),
        ("a.yml", "word: حرب", "a.yml: expected a list of entries with `word` and `polarity`."),
        ("a.yml", "- حرب", "a.yml: expected a list of entries with `word` and `polarity`."),
        ("a.yml", "- word: [", "a.yml: not readable as YAML: "),
        ("a.txt", "حرب", "a.txt: seeds are read from .csv, .yml and .yaml files."),
        ("a.csv", b"word,polarity\n\xcd\xd1\xc8,1\n", "a.csv: not readable as CSV in UTF-8 ("),
    ],
)
def test_files_that_are_none(tmp_path: Path, name: str, content: Any, message: str):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LexiconError) as error:
        read_seeds(path)
    assert str(error.value).startswith(message)


def test_the_guide_runs(tmp_path, monkeypatch):
    root = Path(__file__).parents[1]
    blocks = re.findall(r"```python\n(.*?)```", (root / "docs" / "seeds.md").read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "corpora").symlink_to(root / "corpora")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with pytest.warns(SeedWarning) as caught:
        exec(blocks[0], names)  # noqa: S102 - our own page
    told = [str(one.message) for one in caught]
    assert sum("fewer than 3 times" in each for each in told) == 2  # as the page says, at either call
    assert list(names["words"].columns) == ["word", "polarity", "frequency", "seed"]
    assert names["by_camp"]["estimate"].notna().all()
    exec(blocks[1], names)  # noqa: S102
    assert [(seed.word, seed.polarity) for seed in names["mine"].words] == [
        ("حرب", 1.0),
        ("هجوم", 1.0),
        ("سلام", -1.0),
        ("حوار", -1.0),
    ]
