"""Measure `train_classifier` beside plain baselines on public labelled sets: `python -m tests.evaluate_classifier`.

The sets are looked for in ../shared/labelled and are no part of the project. Ours and the baselines see the same folds, made of
whole groups: tweets (Mawqif), titles (ANS), articles (CheckThat). Baselines: for texts TF-IDF of one and two words and of two
to five characters, and a linear SVM; for pairs the same on both texts together, and a logistic regression on how much the two
share and on the words that only one of them has. Mawqif gets one labeller per target; its measure is the mean over targets of F1
over Favor and Against. `python -m tests.evaluate_classifier ans` measures one set.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from discourse.clusters import cluster_bootstrap
from discourse.labelled import read_labelled
from discourse.learning import FOLDS, _splits, train_classifier

LABELLED = Path(__file__).resolve().parents[2] / "shared" / "labelled"
FILES = {"mawqif": "mawqif/train.csv", "ans": "ans/stance_train.csv", "checkthat": "checkthat/train.tsv"}
TEXTS = {"mawqif": ("text",), "ans": ("s1", "s2"), "checkthat": ("sentence",)}
Predict = Callable[[pd.DataFrame, pd.DataFrame, tuple[str, ...]], np.ndarray]


def linear_svm(learned: pd.DataFrame, held_out: pd.DataFrame, texts: tuple[str, ...]) -> np.ndarray:
    """TF-IDF of words and of characters, and a linear SVM; two texts are joined."""
    joined = [rows[list(texts)].agg(" ".join, axis=1) for rows in (learned, held_out)]
    words = TfidfVectorizer(ngram_range=(1, 2))
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5))
    first = sparse.hstack([each.fit_transform(joined[0]) for each in (words, letters)], format="csr")
    second = sparse.hstack([each.transform(joined[1]) for each in (words, letters)], format="csr")
    return LinearSVC(random_state=0).fit(first, learned["label"]).predict(second)


def overlap(learned: pd.DataFrame, held_out: pd.DataFrame, texts: tuple[str, ...]) -> np.ndarray:
    """How many words two texts share, in numbers and shares, the words that they do not, and a logistic regression."""
    counts, changes = [], []
    for rows in (learned, held_out):
        pairs = [(set(one.split()), set(other.split())) for one, other in rows[list(texts)].itertuples(index=False)]
        counts.append(
            [[len(a & b) / len(a | b), len(a & b) / len(a), len(a & b) / len(b), len(a), len(b)] for a, b in pairs]
        )
        changes.append([" ".join([f"-{w}" for w in a - b] + [f"+{w}" for w in b - a]) for a, b in pairs])
    scale = StandardScaler().fit(counts[0])
    words = TfidfVectorizer(token_pattern=r"\S+")
    first = sparse.hstack([scale.transform(counts[0]), words.fit_transform(changes[0])], format="csr")
    second = sparse.hstack([scale.transform(counts[1]), words.transform(changes[1])], format="csr")
    return LogisticRegression(max_iter=3000).fit(first, learned["label"]).predict(second)


def baseline(rows: pd.DataFrame, texts: tuple[str, ...], predict: Predict) -> np.ndarray:
    """What a baseline says of each row in the same folds as ours."""
    answers = np.empty(len(rows), dtype=object)
    truth, groups = pd.factorize(rows["label"], sort=True)[0], pd.factorize(rows["group"])[0]
    for learned, held_out in _splits(truth, groups, FOLDS, sorted(set(rows["label"])), "group"):
        answers[held_out] = predict(rows.iloc[learned], rows.iloc[held_out], texts)
    return answers


def macro_f1(truth: pd.Series, answers: np.ndarray, labels: list[str], groups: pd.Series) -> tuple[float, float, float]:
    """Macro F1 over some labels, and its interval by resampling whole groups."""
    human, machine = (np.stack([np.asarray(given) == label for label in labels], axis=1) for given in (truth, answers))
    sums = np.zeros((groups.nunique(), 2 * len(labels)))
    np.add.at(sums, pd.factorize(groups)[0], np.hstack([2 * (human & machine), human.astype(int) + machine]))

    def mean(totals: np.ndarray) -> np.ndarray:
        return (totals[..., : len(labels)] / totals[..., len(labels) :]).mean(axis=-1, keepdims=True)

    estimate = float(mean(sums.sum(axis=0))[0])
    assert np.isclose(estimate, f1_score(truth, answers.astype(str), labels=labels, average="macro"))
    low, high = np.quantile(cluster_bootstrap(sums, mean), [0.025, 0.975])
    return estimate, float(low), float(high)


def measured(name: str) -> Iterator[tuple[str, str, int, float, float, float, float]]:
    """For each part of a set and each method: rows, macro F1 with its interval, seconds."""
    table, texts = read_labelled(LABELLED / FILES[name], name), TEXTS[name]
    parts = dict(iter(table.groupby("target"))) if name == "mawqif" else {"all": table}
    methods: dict[str, Predict | None] = {"ours": None, "linear SVM": linear_svm}
    methods |= {"overlap": overlap} if len(texts) == 2 else {}
    for method, predict in methods.items():
        answered = []
        start = time.process_time()
        for rows in parts.values():
            if predict is None:
                answers = train_classifier(rows, "label", texts, "group").held_out["predicted"].to_numpy()
            else:
                answers = baseline(rows, texts, predict)
            answered.append(answers)
        seconds = time.process_time() - start
        for (part, rows), answers in zip(parts.items(), answered, strict=True):
            classes = sorted(set(rows["label"]))
            yield (
                f"{part}, all classes",
                method,
                len(rows),
                *macro_f1(rows["label"], answers, classes, rows["group"]),
                seconds,
            )
            if name == "mawqif":
                sides = macro_f1(rows["label"], answers, ["Against", "Favor"], rows["group"])
                yield f"{part}, Favor and Against", method, len(rows), *sides, seconds


def main() -> None:
    for name in sys.argv[1:] or FILES:
        if not (LABELLED / FILES[name]).is_file():
            print(f"No {FILES[name]} in ../shared/labelled: {name} is left out.")
            continue
        found = pd.DataFrame(
            measured(name), columns=["part", "method", "n", "macro F1", "low", "high", "seconds of processor"]
        )
        print(f"\n{name}, train file, {FOLDS} folds of whole groups\n")
        print(found.round(3).to_string(index=False))
        if name == "mawqif":
            over = found.assign(measure=found["part"].str.split(", ").str[1])
            print("\nmean over targets\n" + over.groupby(["measure", "method"])["macro F1"].mean().round(3).to_string())


if __name__ == "__main__":
    main()
