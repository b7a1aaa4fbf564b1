"""Learn a labeller from a user's codes, say on held-out groups how well it does, and keep it in a file that is safe to open.

A few hundred coded rows can label the rest. How well is measured where it will be used: on outlets that the labeller has
never seen, since what it learns of one outlet's habits does not help with the next. Rows are dealt into folds by whole groups;
each fold's labeller learns from the other folds, and what it says of the fold is what all figures are made of.

A new row gets the mean of the folds' labellers; a row that was learned from gets the answer of the one labeller that had not
seen it. On average over rows both are equally good, and so `correct` can set human codes against either: cross-prediction-powered
inference. With answers for rows that were learned by heart it would find no error to correct.

References
----------
Zrnic, T. & Candès, E. J. (2024). Cross-prediction-powered inference. PNAS 121(15), e2322083121.
Wolpert, D. H. (1992). Stacked generalization. Neural Networks 5(2), 241–259.
Rennie, J. D. M. et al. (2003). Tackling the poor assumptions of naive Bayes text classifiers. ICML.
"""

from __future__ import annotations

import hashlib
import json
import os
import warnings
import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from discourse.clusters import Floats, Sampled, intervals_of, levels_of, names_of, quotient
from discourse.features import BLOCKS, CODES, features
from discourse.schemas import is_missing
from discourse.tables import replacing

FOLDS = 5
SEED = 20260101
_INNER_FOLDS = 3
_FORMAT = "arabic-discourse classifier 1"
# What a saved classifier consists of beside numbers, texts, and the estimators of scikit-learn that skops trusts by itself.
_TRUSTED: tuple[str, ...] = ()
_COUNTS, _MANNER = ("words", "stems", "letters"), ("signs", "codes")
_LEAST = 1e-4  # no labeller is surer than that
_MOST_CLASSES = 20
_TABLES = ("report", "confusion", "calibration", "held_out")
# From naming the likeliest class (0) to giving every class the same say (1): which is best depends on how well the rare
# classes can be told, so each fold's labeller takes what gives the best macro F1 among the rows that it learned from.
_EVENNESS = (0.0, 0.25, 0.5, 0.75, 1.0)

Parts = dict[str, sparse.csr_matrix]
Splits = list[tuple[NDArray[np.intp], NDArray[np.intp]]]


class LearningError(ValueError):
    """The table cannot be learned from or labelled, or a file holds no classifier."""


@dataclass(frozen=True, slots=True)
class Classifier:
    """A labeller, and how well it did on groups that it had not seen. Made by `train_classifier` or `load_classifier`.

    Attributes
    ----------
    classes
        The labels, in order.
    text
        The column of texts, or the two columns of pairs.
    codes
        Further columns that it looks at.
    report
        `label`, `measure` (precision, recall, f1), `n` (rows with that human label), `estimate`, `ci_low`, `ci_high` (95 %,
        over whole groups) and `method`; the rows labelled `all` hold `macro f1` and `accuracy`.
    confusion
        Counts: human labels by row, predicted labels by column.
    calibration
        For each tenth of predicted probability, all classes together: `low`, `high`, `n`, `predicted` (mean probability),
        `observed` (share that had the class), `ci_low`, `ci_high`, `method`.
    held_out
        The rows learned from, under their index in the table: `human`, `predicted`, and `p_…`, the probability of each class,
        all by the labeller that did not learn from the row's group.
    """

    classes: tuple[Hashable, ...]
    text: tuple[str, ...]
    codes: tuple[str, ...]
    report: pd.DataFrame
    confusion: pd.DataFrame
    calibration: pd.DataFrame
    held_out: pd.DataFrame
    _models: tuple[dict[str, Any], ...]
    _columns: NDArray[np.intp]
    _frequencies: Floats
    _known: dict[str, list[float]]

    def predict(self, table: pd.DataFrame) -> pd.Series[Any]:
        """The label of each row.

        A label is not always the likeliest class: of two that are nearly as likely the rarer is taken, as far as that made macro
        F1 better among the rows learned from. Shares are better estimated from `predict_proba` and `correct`.

        Raises
        ------
        LearningError
            If a column is missing or a text is.
        """
        probabilities, evenness = self._answers(table)
        chosen = _chosen(probabilities, self._frequencies, evenness)
        return pd.Series(_labels(self.classes, chosen), index=table.index, name="predicted")

    def predict_proba(self, table: pd.DataFrame) -> pd.DataFrame:
        """The probability of each class, one column each; rows add up to one.

        Raises
        ------
        LearningError
            If a column is missing or a text is.
        """
        return pd.DataFrame(self._answers(table)[0], index=table.index, columns=list(self.classes))

    def _answers(self, table: pd.DataFrame) -> tuple[Floats, Floats]:
        """Probabilities of each row, and how even-handed its label is to be chosen."""
        _require(_column_faults(table, [*self.text, *self.codes]))
        _require(list(_text_faults(table, self.text)))
        parts = _parts(_matrix(table, self.text, self.codes), self._columns)
        probabilities = np.mean([_judged(model, parts) for model in self._models], axis=0)
        evenness = np.full(len(table), np.mean([model["evenness"] for model in self._models]))
        for place, key in enumerate(_keys(table, self.text, self.codes)):
            if key in self._known:
                *probabilities[place], evenness[place] = self._known[key]
        return probabilities, evenness

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the classifier to a file for `load_classifier`: parameters and figures, and nothing that runs when opened.

        The texts learned from are not in it, their labels and probabilities are.
        """
        from skops import io

        tables = {name: getattr(self, name).to_dict("split") for name in _TABLES}
        about = {
            "classes": self.classes,
            "text": self.text,
            "codes": self.codes,
            "known": self._known,
            "tables": tables,
        }
        content = {
            "format": _FORMAT,
            "about": json.dumps(about, ensure_ascii=False, default=str),
            "columns": self._columns,
            "frequencies": self._frequencies,
            "models": list(self._models),
        }
        with replacing(Path(path)) as unfinished:
            io.dump(content, unfinished)


def train_classifier(
    table: pd.DataFrame, labels: str | pd.Series[Any], text: str | Sequence[str] = "content", group: str = "outlet"
) -> Classifier:
    """Learn the codes of some rows, so that the others can be labelled, and validate on groups held out whole.

    Parameters
    ----------
    table
        One row per text, as `attributions_table` returns it or any other. Where it has them, the columns `cue_lemma`,
        `polarity`, `type`, `act`, `engagement`, `wording`, `naming` and `voice` are learned from too.
    labels
        Column of the human codes, or the codes themselves under the index of the table; empty where nobody coded.
    text
        Column of the texts. Two columns, as ``("s1", "s2")``, are pairs, labelled for what the second says about the
        first: which words only one of them has, and how much they share.
    group
        Column of what is held out whole, and resampled for intervals: rows of one group resemble each other.

    Returns
    -------
    Classifier
        Labels and probabilities for any such table, with `report`, `confusion`, `calibration` and `held_out`.

    Raises
    ------
    LearningError
        If a column is missing, a coded row lacks its text or group, there are fewer than two classes or five groups, or a
        class stands in so few groups that nothing is left to learn it from when some are held out.

    Notes
    -----
    Words and neighbouring words, their stems, and character n-grams within words, as TF-IDF, go to a logistic regression and
    a complement naive Bayes; measures of style (of pairs: of what is shared) and the codes go to another logistic
    regression. A fourth, learned from what the three say of groups that they have not seen, makes one probability of their
    answers, and is what calibrates it. All is learned anew in each of five folds; seeds are fixed, so that the same table gives
    the same classifier.

    Examples
    --------
    >>> table["human"] = codes  # doctest: +SKIP
    >>> classifier = discourse.train_classifier(table, "human")  # doctest: +SKIP
    >>> classifier.report[["label", "measure", "estimate", "ci_low", "ci_high"]]  # doctest: +SKIP
    >>> share = classifier.predict_proba(table)["negative"]  # doctest: +SKIP
    >>> negative = (table["human"] == "negative").astype(float).where(table["human"].notna())  # doctest: +SKIP
    >>> discourse.correct(table.assign(machine=share, negative=negative), "machine", "negative")  # doctest: +SKIP
    """
    texts = tuple(names_of(text))
    table, name = _with_labels(table, labels)
    faults = _column_faults(table, [name, *texts, group])
    if len(texts) not in (1, 2):
        faults.append(f"text must name one column or two, not {len(texts)}")
    _require(faults)
    rows = table[table[name].notna()]
    _require(_row_faults(rows, name, texts, group))
    codes = tuple(column for column in CODES if column in rows and column != name)
    classes = levels_of(rows[name])
    truth = np.array([classes.index(label) for label in rows[name]])
    groups = pd.factorize(rows[group])[0]
    matrix = _matrix(rows, texts, codes)
    columns = np.flatnonzero(matrix.getnnz(axis=0))
    parts = _parts(matrix, columns)
    models = []
    probabilities, evenness = np.empty((len(rows), len(classes))), np.empty(len(rows))
    for learned, held_out in _splits(truth, groups, FOLDS, classes, group):
        inner = _splits(truth[learned], groups[learned], _INNER_FOLDS, classes, group)
        model = _fitted(_rows(parts, learned), truth[learned], inner)
        probabilities[held_out] = _judged(model, _rows(parts, held_out))
        evenness[held_out] = model["evenness"]
        models.append(model)
    frequencies = np.bincount(truth) / len(truth)
    chosen = _chosen(probabilities, frequencies, evenness)
    known = (
        pd.DataFrame(np.column_stack([probabilities, evenness]))
        .groupby(list(_keys(rows, texts, codes)), sort=False)
        .mean()
    )
    sampled = Sampled("article" if group == "article_id" else group)
    counts = np.zeros((len(classes), len(classes)), dtype=int)
    np.add.at(counts, (truth, chosen), 1)
    answers = pd.DataFrame({"human": rows[name], "predicted": _labels(classes, chosen)}, index=rows.index)
    return Classifier(
        classes=tuple(classes),
        text=texts,
        codes=codes,
        report=_report(truth, chosen, classes, groups, sampled),
        confusion=pd.DataFrame(
            counts, index=pd.Index(classes, name="human"), columns=pd.Index(classes, name="predicted")
        ),
        calibration=_calibration(truth, probabilities, groups, sampled),
        held_out=answers.assign(**{f"p_{label}": probabilities[:, k] for k, label in enumerate(classes)}),
        _models=tuple(models),
        _columns=columns,
        _frequencies=frequencies,
        _known={str(key): values for key, values in zip(known.index, known.to_numpy().tolist(), strict=True)},
    )


def load_classifier(path: str | os.PathLike[str]) -> Classifier:
    """Read what `Classifier.save` wrote, and nothing else: no code that a file might hold is run.

    Raises
    ------
    LearningError
        If the file is missing, damaged, or holds anything but a classifier.
    """
    from skops import io

    path = Path(path)
    if not path.is_file():
        raise LearningError(f"No file {path}.")
    try:
        foreign = sorted(set(io.get_untrusted_types(file=path)) - set(_TRUSTED))
        if foreign:
            raise LearningError(f"{path} was not opened: it holds {', '.join(foreign)}, which no classifier does.")
        content = io.load(path, trusted=list(_TRUSTED))
        return _from_content(content)
    except LearningError:
        raise
    except (
        AttributeError,
        BadZipFile,
        EOFError,
        KeyError,
        OSError,
        TypeError,
        ValueError,
        ImportError,
        zlib.error,
    ) as fault:
        raise LearningError(f"{path} is damaged or no classifier written by `Classifier.save`: {fault}.") from fault


def _from_content(content: Any) -> Classifier:
    if content["format"] != _FORMAT:
        raise ValueError(f"its format is {content['format']!r}, not {_FORMAT!r}")
    about = json.loads(content["about"])
    tables = {name: pd.DataFrame(**about["tables"][name]) for name in _TABLES}
    tables["confusion"] = tables["confusion"].rename_axis(index="human", columns="predicted")
    return Classifier(
        classes=tuple(about["classes"]),
        text=tuple(about["text"]),
        codes=tuple(about["codes"]),
        **tables,
        _models=tuple(content["models"]),
        _columns=np.asarray(content["columns"], dtype=np.intp),
        _frequencies=np.asarray(content["frequencies"], dtype=np.float64),
        _known=about["known"],
    )


def _with_labels(table: pd.DataFrame, labels: str | pd.Series[Any]) -> tuple[pd.DataFrame, str]:
    """The table with its labels in a column, and the name of that."""
    if isinstance(labels, str):
        return table, labels
    if not isinstance(labels, pd.Series) or not labels.index.equals(table.index):
        raise LearningError("labels must be the name of a column, or a Series under the index of the table.")
    return table.assign(_labels=labels), "_labels"


def _require(faults: list[str]) -> None:
    if faults:
        raise LearningError(f"{'; '.join(faults)}.")


def _column_faults(table: pd.DataFrame, columns: Sequence[str]) -> list[str]:
    absent = [repr(name) for name in dict.fromkeys(columns) if name not in table]
    there = ", ".join(str(name) for name in table)
    return [f"The table has no column {' or '.join(absent)}. Its columns: {there}"] if absent else []


def _text_faults(rows: pd.DataFrame, columns: Sequence[str]) -> Iterator[str]:
    for name in columns:
        wrong = ~rows[name].map(lambda cell: isinstance(cell, str)).to_numpy(dtype=bool)
        if wrong.any():
            yield (
                f"Column {name!r} must hold texts; {wrong.sum()} of {len(rows)} rows hold none, first row "
                f"{rows.index[int(np.argmax(wrong))]!r}. Drop them"
            )


def _row_faults(rows: pd.DataFrame, name: str, columns: Sequence[str], group: str) -> list[str]:
    """What is wrong with the coded rows."""
    if rows.empty:
        return [f"No row has a label in {name!r}; nothing to learn from"]
    faults = list(_text_faults(rows, columns))
    number = rows[name].nunique()
    if number == 1:
        faults.append(
            f"All {len(rows)} labels in {name!r} are {rows[name].iloc[0]!r}; there must be two classes or more"
        )
    if number > _MOST_CLASSES:
        faults.append(f"Column {name!r} holds {number} different labels, more than {_MOST_CLASSES}: are they classes?")
    gaps = rows[group].isna().to_numpy()
    if gaps.any():
        faults.append(f"Column {group!r} is empty in {gaps.sum()} of {len(rows)} coded rows; it says what is held out")
    elif rows[group].nunique() < FOLDS:
        faults.append(
            f"The coded rows come from {rows[group].nunique()} groups of {group!r}, and {FOLDS} are needed to hold each "
            f"fold out whole. Code more, or pass another group, such as 'article_id'"
        )
    return faults


def _matrix(rows: pd.DataFrame, text: Sequence[str], codes: Sequence[str]) -> sparse.csr_matrix:
    return features(rows[list(text)].to_numpy(dtype=object).tolist(), rows[list(codes)])


def _keys(rows: pd.DataFrame, text: Sequence[str], codes: Sequence[str]) -> Iterator[str]:
    """A fingerprint of all that the classifier sees of a row."""
    for row in rows[[*text, *codes]].itertuples(index=False):
        seen = json.dumps([None if is_missing(cell) else str(cell) for cell in row])
        yield hashlib.blake2b(seen.encode(), digest_size=12).hexdigest()


def _splits(
    truth: NDArray[np.intp], groups: NDArray[np.intp], folds: int, classes: Sequence[Any], group: str
) -> Splits:
    """Rows to learn from and rows held out, by whole groups, with every class among the former."""
    from sklearn.model_selection import StratifiedGroupKFold

    with warnings.catch_warnings():
        # A class with fewer rows than folds is no fault as long as every fold leaves some of it.
        warnings.filterwarnings("ignore", message="The least populated class", category=UserWarning)
        dealt = StratifiedGroupKFold(folds, shuffle=True, random_state=SEED).split(truth, truth, groups)
        splits = [(learned, held_out) for learned, held_out in dealt if len(held_out)]
    for learned, _ in splits:
        for lost in sorted(set(truth) - set(truth[learned])):
            number = len(set(groups[truth == lost]))
            raise LearningError(
                f"Class {classes[lost]!r} stands in so few groups of {group!r} ({number}) that none is left to learn it from "
                f"when some are held out. Code more of it, join it with another class, or pass a finer group."
            )
    return splits


def _parts(matrix: sparse.csr_matrix, columns: NDArray[np.intp]) -> Parts:
    """The columns of each block that occur in the coded rows."""
    edges = {name: np.searchsorted(columns, [block.start, block.stop]) for name, block in BLOCKS.items()}
    return {name: matrix[:, columns[start:stop]] for name, (start, stop) in edges.items() if start < stop}


def _rows(parts: Parts, rows: NDArray[np.intp]) -> Parts:
    return {name: part[rows] for name, part in parts.items()}


def _fitted(parts: Parts, truth: NDArray[np.intp], splits: Splits) -> dict[str, Any]:
    """Three labellers, and a fourth that weighs their answers, learned from rows that they did not learn from."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import f1_score

    answers = [
        (held_out, _answers(_members(_rows(parts, learned), truth[learned]), _rows(parts, held_out)))
        for learned, held_out in splits
    ]
    order = np.concatenate([held_out for held_out, _ in answers])
    told, meant = np.concatenate([given for _, given in answers]), truth[order]
    judge = LogisticRegression(max_iter=1000).fit(told, meant)
    probabilities, frequencies = judge.predict_proba(told), np.bincount(meant) / len(meant)
    reached = {
        evenness: f1_score(meant, _chosen(probabilities, frequencies, np.full(len(meant), evenness)), average="macro")
        for evenness in _EVENNESS
    }
    return {**_members(parts, truth), "judge": judge, "evenness": max(reached, key=lambda each: reached[each])}


def _members(parts: Parts, truth: NDArray[np.intp]) -> dict[str, Any]:
    """The three labellers, and under the names of the blocks what weighs their columns."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.feature_selection import VarianceThreshold
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier
    from sklearn.naive_bayes import ComplementNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    # A column that is the same in all rows learned from says nothing, and naive Bayes would smooth it.
    members: dict[str, Any] = {
        name: make_pipeline(
            VarianceThreshold(),
            TfidfTransformer(sublinear_tf=True) if name in _COUNTS else StandardScaler(with_mean=False),
        )
        for name in parts
        if _varies(parts[name])
    }
    weighed = {"": _nothing(parts)} | {name: members[name].fit_transform(parts[name]) for name in members}
    regression = LogisticRegression(
        C=3, class_weight="balanced", solver="liblinear", dual=True, tol=1e-3, max_iter=1000, random_state=SEED
    )
    counts, manner = _joined(weighed, _COUNTS), _joined(weighed, _MANNER)
    with warnings.catch_warnings():
        # A regression that stopped short of its optimum is judged like any other: on groups that it has not seen.
        warnings.simplefilter("ignore", ConvergenceWarning)
        members["linear"] = OneVsRestClassifier(regression).fit(counts, truth)
        members["bayes"] = ComplementNB(alpha=0.03).fit(counts, truth)
        members["manner"] = LogisticRegression(solver="newton-cholesky").fit(manner, truth)
    return members


def _varies(part: sparse.csr_matrix) -> bool:
    return bool((part.max(axis=0) != part.min(axis=0)).nnz)


def _nothing(parts: Parts) -> sparse.csr_matrix:
    """A column of zeros, for a labeller that has nothing to go by."""
    return sparse.csr_matrix((next(iter(parts.values())).shape[0], 1))


def _joined(weighed: Parts, names: Sequence[str]) -> sparse.csr_matrix:
    there = [name for name in names if name in weighed] or [""]
    return sparse.hstack([weighed[name] for name in there], format="csr")


def _answers(members: Mapping[str, Any], parts: Parts) -> Floats:
    """What the three labellers say of each row: log probabilities, side by side."""
    weighed = {"": _nothing(parts)}
    weighed |= {name: members[name].transform(part) for name, part in parts.items() if name in members}
    counts, manner = _joined(weighed, _COUNTS), _joined(weighed, _MANNER)
    given = [
        members["linear"].predict_proba(counts),
        members["bayes"].predict_proba(counts),
        members["manner"].predict_proba(manner),
    ]
    return np.asarray(np.log(np.clip(np.hstack(given), _LEAST, 1)), dtype=np.float64)


def _judged(model: Mapping[str, Any], parts: Parts) -> Floats:
    return np.asarray(model["judge"].predict_proba(_answers(model, parts)), dtype=np.float64)


def _chosen(probabilities: Floats, frequencies: Floats, evenness: Floats) -> NDArray[np.intp]:
    return np.asarray(np.argmax(probabilities / frequencies ** evenness[:, None], axis=1))


def _labels(classes: Sequence[Any], places: NDArray[np.intp]) -> NDArray[Any]:
    known = np.empty(len(classes), dtype=object)
    known[:] = classes
    return known[places]


def _report(
    truth: NDArray[np.intp],
    chosen: NDArray[np.intp],
    classes: Sequence[Any],
    groups: NDArray[np.intp],
    sampled: Sampled,
) -> pd.DataFrame:
    """Precision, recall and F1 of each class, macro F1 and accuracy."""
    human, machine = (np.eye(len(classes))[given] for given in (truth, chosen))
    sums = _by_group(np.hstack([human * machine, machine, human]), groups)
    said, meant = np.split(sums, 3, axis=1)[1:]
    everywhere = np.ones((len(sums), 2), dtype=bool)
    active = np.hstack([said > 0, meant > 0, said + meant > 0, everywhere])
    named = [(label, measure) for measure in ("precision", "recall", "f1") for label in classes]
    number = np.bincount(truth, minlength=len(classes))
    report = pd.DataFrame([*named, ("all", "macro f1"), ("all", "accuracy")], columns=["label", "measure"])
    report["n"] = [*number, *number, *number, len(truth), len(truth)]
    report = pd.concat([report, intervals_of(sums, _accuracies, active, "share", sampled, SEED)], axis=1)
    order = [place for k in range(len(classes)) for place in range(k, len(named), len(classes))]
    return report.iloc[[*order, len(named), len(named) + 1]].reset_index(drop=True)


def _accuracies(totals: Floats) -> Floats:
    """Precision, recall and F1 of all classes, macro F1 and accuracy, from totals of rows hit, said and meant."""
    hit, said, meant = np.split(totals, 3, axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        f1 = 2 * hit / (said + meant)
        accuracy = hit.sum(axis=-1, keepdims=True) / meant.sum(axis=-1, keepdims=True)
        parts = [hit / said, hit / meant, f1, np.nanmean(f1, axis=-1, keepdims=True), accuracy]
    return np.concatenate(parts, axis=-1)


def _calibration(
    truth: NDArray[np.intp], probabilities: Floats, groups: NDArray[np.intp], sampled: Sampled
) -> pd.DataFrame:
    """How often classes were right that were given about the same probability."""
    size = probabilities.shape[1]
    happened = np.eye(size)[truth].ravel()
    given = probabilities.ravel()
    tenth = np.minimum((given * 10).astype(int), 9)
    used = np.unique(tenth)
    inside = (tenth[:, None] == used).astype(float)
    sums = _by_group(np.hstack([inside * happened[:, None], inside]), np.repeat(groups, size))
    found = intervals_of(sums, quotient, sums[:, len(used) :] > 0, "share", sampled, SEED)
    table = pd.DataFrame({"low": used / 10, "high": (used + 1) / 10, "n": inside.sum(axis=0).astype(int)})
    table["predicted"] = inside.T @ given / inside.sum(axis=0)
    return pd.concat([table, found.rename(columns={"estimate": "observed"})], axis=1)


def _by_group(values: Floats, groups: NDArray[np.intp]) -> Floats:
    sums = np.zeros((groups.max() + 1, values.shape[1]))
    np.add.at(sums, groups, values)
    return sums
