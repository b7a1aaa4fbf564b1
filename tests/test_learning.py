"""Learning from codes, on texts that are constructed here: words with a leaning among words without."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn.ensemble
import skops.io

from discourse import learning
from discourse.clusters import Sampled
from discourse.correction import correct
from discourse.estimates import mean_by
from discourse.features import BLOCKS, features
from discourse.inflection import load_inflection
from discourse.learning import Classifier, LearningError, load_classifier, train_classifier

BLAME, PRAISE = ("كارثة", "فشل", "عدوان", "خراب", "ظلم"), ("نجاح", "سلام", "تقدم", "أمل", "ازدهار")
PLAIN = ("المدينة", "الوزير", "الناس", "اليوم", "الطريق", "المدرسة", "النهر", "القرية", "السوق", "الجبل")


def leaning_texts(rows: int = 150, outlets: int = 10, telling: float = 0.85, seed: int = 1) -> pd.DataFrame:
    """Texts of six plain words and, in the share `telling`, two that give the label away."""
    generator = np.random.default_rng(seed)
    made = []
    for row in range(rows):
        label = generator.integers(2)
        words = list(generator.choice(PLAIN, 6))
        if generator.random() < telling:
            words += list(generator.choice((BLAME, PRAISE)[label], 2))
        generator.shuffle(words)
        made.append((f"a{row}", f"outlet {row % outlets}", " ".join(words), ("blame", "praise")[label]))
    return pd.DataFrame(made, columns=["article_id", "outlet", "content", "human"])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return leaning_texts()


@pytest.fixture(scope="module")
def classifier(table: pd.DataFrame) -> Classifier:
    return train_classifier(table, "human")


def figure(classifier: Classifier, label: str, measure: str) -> float:
    report = classifier.report
    return float(report.loc[(report["label"] == label) & (report["measure"] == measure), "estimate"].iloc[0])


def test_what_the_words_tell_is_learned(classifier: Classifier) -> None:
    assert figure(classifier, "all", "macro f1") > 0.8
    new = leaning_texts(60, telling=1.0, seed=2)
    assert (classifier.predict(new) == new["human"]).mean() > 0.95


def test_nothing_is_learned_where_labels_are_drawn_by_lot(table: pd.DataFrame) -> None:
    lots = np.random.default_rng(3).permutation(table["human"].to_numpy())
    found = train_classifier(table.assign(human=lots), "human")
    assert figure(found, "all", "accuracy") < 0.65


def test_a_group_is_held_out_whole(table: pd.DataFrame) -> None:
    # Each outlet has a word of its own, and its label: nothing that one teaches holds for the next.
    names = [f"خاصة{'ابتثجحخدذر'[place % 10]}" for place in range(len(table))]
    texts = [f"{name} {name} {name}" for name in names]
    labels = np.array(["blame", "praise"])[np.arange(len(table)) % 10 % 2]
    apart = table.assign(content=texts, human=labels)
    assert figure(train_classifier(apart, "human"), "all", "accuracy") < 0.75
    assert figure(train_classifier(apart, "human", group="article_id"), "all", "accuracy") > 0.95


def test_report_and_confusion_agree_with_what_was_said_of_held_out_rows(classifier: Classifier) -> None:
    held_out = classifier.held_out
    counts = pd.crosstab(held_out["human"], held_out["predicted"])
    assert (classifier.confusion.loc[counts.index, counts.columns] == counts).all(axis=None)
    hits = counts.loc["blame", "blame"]
    assert figure(classifier, "blame", "precision") == pytest.approx(hits / counts["blame"].sum())
    assert figure(classifier, "blame", "recall") == pytest.approx(hits / counts.loc["blame"].sum())
    f1 = [2 * counts.loc[c, c] / (counts[c].sum() + counts.loc[c].sum()) for c in ("blame", "praise")]
    assert figure(classifier, "all", "macro f1") == pytest.approx(np.mean(f1))


def test_intervals_are_those_of_a_table_worked_by_hand() -> None:
    # Class 0 is meant four times in each of three outlets, and found 4, 3 and 2 times; class 1 is always found.
    truth = np.tile([0, 0, 0, 0, 1], 3)
    chosen = np.array([0, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1])
    groups = np.repeat([0, 1, 2], 5)
    report = learning._report(truth, chosen, ["yes", "no"], groups, Sampled("outlet")).set_index(["label", "measure"])
    recall = report.loc[("yes", "recall")]
    # Recall 9/12; without an outlet each 5/8, 6/8, 7/8, so the jackknife error is sqrt(2/3 · (1/64 + 0 + 1/64)) = 0.14434,
    # on the logit scale 0.14434 / (0.75 · 0.25) = 0.76980; t(2) = 4.30265; logit(0.75) = 1.09861.
    assert recall["estimate"] == pytest.approx(0.75)
    assert recall["ci_low"] == pytest.approx(1 / (1 + np.exp(4.30265 * 0.76980 - 1.09861)), abs=1e-4)
    assert recall["ci_high"] == pytest.approx(1 / (1 + np.exp(-4.30265 * 0.76980 - 1.09861)), abs=1e-4)
    assert report.loc[("no", "precision"), "estimate"] == pytest.approx(3 / 6)
    assert report.loc[("yes", "f1"), "estimate"] == pytest.approx(2 * 9 / (9 + 12))
    assert report.loc[("all", "macro f1"), "estimate"] == pytest.approx((18 / 21 + 6 / 9) / 2)
    assert report.loc[("all", "accuracy"), "estimate"] == pytest.approx(12 / 15)
    assert report.loc[("yes", "recall"), "method"] == "logit jackknife t(2) over 3 outlets"


def test_probabilities_add_up_to_one_and_mean_what_they_say(classifier: Classifier) -> None:
    probabilities = classifier.predict_proba(leaning_texts(40, seed=4))
    assert list(probabilities) == ["blame", "praise"]
    assert np.allclose(probabilities.sum(axis=1), 1)
    told = train_classifier(leaning_texts(400, outlets=20, telling=0.6, seed=5), "human").calibration
    assert (told["n"].sum(), told["low"].is_monotonic_increasing) == (800, True)
    often = told[told["n"] >= 40]
    assert len(often) >= 2
    assert (often["predicted"] - often["observed"]).abs().max() < 0.12


def test_calibration_counts_by_hand() -> None:
    probabilities = np.array([[0.95, 0.05], [0.92, 0.08], [0.35, 0.65], [0.38, 0.62]])
    table = learning._calibration(np.array([0, 1, 1, 1]), probabilities, np.array([0, 0, 1, 2]), Sampled("outlet"))
    assert table["low"].tolist() == [0.0, 0.3, 0.6, 0.9]
    assert table["n"].tolist() == [2, 2, 2, 2]
    assert table["observed"].tolist() == [0.5, 0.0, 1.0, 0.5]
    assert table["predicted"].tolist() == pytest.approx([0.065, 0.365, 0.635, 0.935])


def test_the_same_table_gives_the_same_classifier(table: pd.DataFrame, classifier: Classifier) -> None:
    again = train_classifier(table, table["human"])
    pd.testing.assert_frame_equal(again.held_out, classifier.held_out)
    new = leaning_texts(20, seed=6)
    pd.testing.assert_frame_equal(again.predict_proba(new), classifier.predict_proba(new))


def test_rows_learned_from_get_the_answer_of_who_had_not_seen_them(table: pd.DataFrame, classifier: Classifier) -> None:
    told = classifier.predict_proba(table.iloc[::-1])
    expected = classifier.held_out[["p_blame", "p_praise"]].groupby(table["content"]).transform("mean")
    assert np.allclose(told.loc[table.index], expected)
    assert len(classifier._models) == 5


def test_human_codes_correct_what_was_learned() -> None:
    table = leaning_texts(600, outlets=30, telling=0.7, seed=7)
    truth = (table["human"] == "praise").mean()
    coded = table["human"].where(np.random.default_rng(8).random(len(table)) < 0.4)
    classifier = train_classifier(table, coded)
    machine = classifier.predict_proba(table)["praise"]
    human = (coded == "praise").astype(float).where(coded.notna())
    told = correct(table.assign(machine=machine, code=human), "machine", "code")
    mended = told[told["corrected"]].iloc[0]
    alone = mean_by(table.assign(code=human)[coded.notna()], "code", by=None).iloc[0]
    assert mended["n_coded"] == coded.notna().sum()
    assert mended["ci_low"] < truth < mended["ci_high"]
    assert mended["ci_high"] - mended["ci_low"] < alone["ci_high"] - alone["ci_low"]
    shares = correct(table.assign(machine=classifier.predict(table), code=coded), "machine", "code")
    praise = shares[shares["corrected"] & (shares["machine"] == "praise")].iloc[0]
    assert praise["ci_low"] < truth < praise["ci_high"]


def test_codes_of_the_cue_are_learned_from() -> None:
    table = leaning_texts(telling=0.0)
    table["engagement"] = np.where(table["human"] == "blame", "distance", "endorse")
    table["cue_lemma"] = None
    found = train_classifier(table, "human")
    assert found.codes == ("cue_lemma", "engagement")
    assert figure(found, "all", "accuracy") > 0.95
    assert figure(train_classifier(table.drop(columns="engagement"), "human"), "all", "accuracy") < 0.7


def test_pairs_are_learned_by_what_differs() -> None:
    generator = np.random.default_rng(9)
    rows = []
    for row in range(150):
        words = list(generator.choice(PLAIN, 5, replace=False))
        same = generator.random() < 0.5
        other = list(generator.permutation(words)) if same else [*words[:2], *generator.choice(BLAME, 3)]
        rows.append((" ".join(words), " ".join(other), "agree" if same else "disagree", f"o{row % 10}"))
    pairs = pd.DataFrame(rows, columns=["title", "claim", "label", "outlet"])
    assert figure(train_classifier(pairs, "label", text=("title", "claim")), "all", "accuracy") > 0.95


def test_features_of_a_row_do_not_depend_on_other_rows(table: pd.DataFrame) -> None:
    texts = [[text] for text in table["content"]]
    none = table[[]]
    whole = features(texts, none)
    assert (whole[7] != features(texts[7:8], none.iloc[7:8])).nnz == 0
    assert (whole[:, BLOCKS["codes"]]).nnz == 0
    assert whole.shape[1] == BLOCKS["signs"].stop


def test_a_saved_classifier_comes_back_the_same(classifier: Classifier, table: pd.DataFrame, tmp_path: Path) -> None:
    classifier.save(tmp_path / "labels.skops")
    again = load_classifier(tmp_path / "labels.skops")
    for rows in (table, leaning_texts(30, seed=10)):
        pd.testing.assert_frame_equal(again.predict_proba(rows), classifier.predict_proba(rows), check_exact=True)
        assert again.predict(rows).tolist() == classifier.predict(rows).tolist()
    for name in ("report", "confusion", "calibration", "held_out"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(classifier, name))
    assert (again.classes, again.text, again.codes) == (classifier.classes, classifier.text, classifier.codes)


def not_a_zip(path: Path) -> None:
    path.write_text("not a classifier", encoding="utf-8")


def foreign_type(path: Path) -> None:
    """Another class's name where skops is to build an object."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    schema = json.loads(parts["schema.json"])
    schema["content"]["format"] |= {"__class__": "Popen", "__module__": "subprocess", "__loader__": "TypeNode"}
    parts["schema.json"] = json.dumps(schema).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def flipped_byte(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    path.write_bytes(bytes(data))


def other_estimator(path: Path) -> None:
    skops.io.dump(sklearn.ensemble.VotingClassifier([("one", sklearn.ensemble.IsolationForest())]), path)


def other_format(path: Path) -> None:
    skops.io.dump({"format": "something else"}, path)


@pytest.mark.parametrize(
    ("tamper", "message"),
    [
        (not_a_zip, "is damaged or no classifier written by `Classifier.save`: File is not a zip file"),
        (foreign_type, r"was not opened: it holds .*subprocess\.Popen.*, which no classifier does"),
        (flipped_byte, "is damaged or no classifier written by `Classifier.save`"),
        (other_estimator, "is damaged or no classifier written by `Classifier.save`|was not opened"),
        (other_format, "its format is 'something else', not 'arabic-discourse classifier 1'"),
    ],
)
def test_a_wrong_or_tampered_file_is_refused(
    tamper: Callable[[Path], None], message: str, classifier: Classifier, tmp_path: Path
) -> None:
    path = tmp_path / "labels.skops"
    classifier.save(path)
    tamper(path)
    with pytest.raises(LearningError, match=message):
        load_classifier(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LearningError, match=r"No file .*nowhere\.skops\."):
        load_classifier(tmp_path / "nowhere.skops")


def with_gap(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.assign(**{column: table[column].where(table.index != 3)})


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        (
            lambda t: t.drop(columns=["human", "outlet"]),
            {},
            "The table has no column 'human' or 'outlet'. Its columns: ",
        ),
        (lambda t: t, {"text": ("content", "title")}, "The table has no column 'title'. Its columns: "),
        (lambda t: t, {"text": ("content", "human", "outlet")}, "text must name one column or two, not 3."),
        (lambda t: t.assign(human=None), {}, "No row has a label in 'human'; nothing to learn from."),
        (
            lambda t: t.assign(human="blame"),
            {},
            "All 150 labels in 'human' are 'blame'; there must be two classes or more.",
        ),
        (
            lambda t: t.assign(human=t["article_id"]),
            {},
            "Column 'human' holds 150 different labels, more than 20: are they",
        ),
        (
            lambda t: with_gap(t, "content"),
            {},
            "Column 'content' must hold texts; 1 of 150 rows hold none, first row 3. Drop them.",
        ),
        (
            lambda t: with_gap(t, "outlet"),
            {},
            "Column 'outlet' is empty in 1 of 150 coded rows; it says what is held out.",
        ),
        (
            lambda t: t.assign(outlet="one"),
            {},
            "The coded rows come from 1 groups of 'outlet', and 5 are needed to hold each fold out whole. Code more, or pass",
        ),
        (
            lambda t: t.assign(human=t["human"].where(t["outlet"] != "outlet 0", "irony").where(t.index > 0, "blame")),
            {},
            "Class 'irony' stands in so few groups of 'outlet' (1) that none is left to learn it from when some are held out.",
        ),
    ],
)
def test_what_cannot_be_learned_from_is_said_at_once(
    change: Callable[[pd.DataFrame], pd.DataFrame],
    options: dict[str, tuple[str, ...]],
    message: str,
    table: pd.DataFrame,
) -> None:
    with pytest.raises(LearningError) as fault:
        train_classifier(change(table), "human", **options)
    assert str(fault.value).startswith(message)


def test_labels_must_stand_under_the_index_of_the_table(table: pd.DataFrame) -> None:
    with pytest.raises(LearningError, match="labels must be the name of a column, or a Series under the index of the"):
        train_classifier(table, table["human"].iloc[:10])


def test_a_table_to_be_labelled_needs_the_columns_learned_from(classifier: Classifier, table: pd.DataFrame) -> None:
    with pytest.raises(
        LearningError, match="The table has no column 'content'. Its columns: article_id, outlet, human"
    ):
        classifier.predict(table.drop(columns="content"))
    with pytest.raises(LearningError, match="Column 'content' must hold texts; 1 of 150 rows hold none, first row 3"):
        classifier.predict(with_gap(table, "content"))


def test_a_stem_is_what_clitics_and_endings_leave() -> None:
    stem = load_inflection().stem
    assert [stem(word) for word in ("والمدينه", "مدرسات", "بالمدرسين", "في", "لل")] == [
        "مدين",
        "مدرس",
        "مدرس",
        "في",
        "لل",
    ]


def test_a_rare_class_is_chosen_where_that_pays() -> None:
    probabilities, frequencies = np.array([[0.7, 0.3], [0.9, 0.1]]), np.array([0.8, 0.2])
    assert learning._chosen(probabilities, frequencies, np.zeros(2)).tolist() == [0, 0]
    assert learning._chosen(probabilities, frequencies, np.ones(2)).tolist() == [
        1,
        0,
    ]  # 0.7/0.8 < 0.3/0.2; 0.9/0.8 > 0.1/0.2
