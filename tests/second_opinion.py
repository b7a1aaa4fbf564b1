"""Measure what a learned second opinion on the rules would add: `python -m tests.second_opinion`.

A classifier is trained on the project's own corpus only: which attributions that the rules find there are right, told from
the cue, its form, its neighbours, its place and the rule that fired. It is then asked in two ways on articles that it has not seen:
to drop what the rules find and it thinks wrong, and to add what laxer rules would find and it thinks right. The threshold
is the one that does best on the own corpus, each article judged by a classifier trained on the others.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from discourse.attribution import _Reader, find_attributions
from discourse.confidence import signs_of
from discourse.lexicon import Word, load_language
from discourse.scoring import pair_attributions
from discourse.tables import attribution_rows, attributions_table
from tests.evaluate import Gold, all_gold

OWN = "corpora/kazakhstan-2022"
ASKED = ("dev", "seed")  # never what is kept for testing
FOLDS = 10
THRESHOLDS = np.arange(0.05, 1.0, 0.05)
Signs = dict[str, float]


@dataclass(frozen=True)
class Candidate:
    """What the rules find at a cue: its row, what tells of it, and the article."""

    row: dict[str, Any]
    signs: Signs
    article: str


def candidates(gold: Gold) -> list[Candidate]:
    """Find the attributions of coded articles, with what a classifier may know of each."""
    language = load_language()
    out = []
    for article in gold.articles:
        found = find_attributions(article)
        if not found:
            continue
        reader = _Reader(article.own_words, len(article.title), language)
        made_at = {reader.starts[made.cue[0]]: made for made in reader.read()}
        for row, a in zip(attribution_rows(attributions_table([article], found)), found, strict=True):
            made = made_at[a.cue.start] if a.cue is not None else None
            if made is None:
                continue
            i, words = made.cue[0], reader.words
            before, behind = words[max(0, i - 1)], words[min(made.cue[1], reader.n - 1)]
            start, end = made.pieces[0][0], made.pieces[-1][1]
            signs: Signs = dict.fromkeys(signs_of(reader, made, a.parent is not None), 1.0)
            if made.form is not None:
                form = made.form
                for name in (
                    f"lemma {form.cue.lemma}",
                    f"act {form.cue.act}",
                    f"part {form.part}",
                    f"number {form.number}",
                ):
                    signs[name] = 1.0
                signs["pronoun on the cue"] = float(bool(form.pronoun))
            signs[f"type {a.type}"] = 1.0
            signs[f"before {before.flags}"] = signs[f"behind {behind.flags}"] = 1.0
            signs[f"content opens with {words[start].flags}"] = 1.0
            signs["headline"] = float(i < reader.title_end)
            signs["within marks"] = float(reader.inside[i] >= 0)
            signs["words from the head of the sentence"] = float(np.log1p(i - reader.begin[i]))
            signs["words to the content"] = float(np.log1p(abs(start - made.cue[1])))
            signs["words of the content"] = float(np.log1p(end - start))
            out.append(Candidate({**row, "id": a.id}, signs, article.id))
    return out


def judged(gold: Gold, found: Sequence[Candidate]) -> NDArray[np.bool_]:
    """Say which candidates are detected in the coded articles."""
    rows = by_article(gold.rows)
    mine: dict[str, list[dict[str, Any]]] = {}
    for candidate in found:
        mine.setdefault(candidate.article, []).append(candidate.row)
    right = set()
    for article in gold.articles:
        for pair in pair_attributions(article, rows.get(article.id, []), mine.get(article.id, [])):
            if pair.predicted is not None and "detected" in pair.holds:
                right.add(pair.predicted["id"])
    return np.array([candidate.row["id"] in right for candidate in found])


def by_article(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Give the rows of each article."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        out.setdefault(row["article_id"], []).append(row)
    return out


def f1(gold: Gold, found: Sequence[Candidate]) -> float:
    """Give the F1 of detection of some candidates."""
    total = len(found) + len(gold.rows)
    return 2 * int(judged(gold, found).sum()) / total if total else 0.0


def trained(
    found: Sequence[Candidate], right: NDArray[np.bool_]
) -> Callable[[Sequence[Candidate]], NDArray[np.float64]]:
    """Fit a classifier, and give what tells its probability that a candidate is right."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(DictVectorizer(), LogisticRegression(C=0.3, max_iter=2000))
    model.fit([candidate.signs for candidate in found], right)
    return lambda some: np.asarray(model.predict_proba([candidate.signs for candidate in some])[:, 1])


def crossed(found: Sequence[Candidate], right: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give each candidate the probability that a classifier trained on other articles gives it."""
    articles = sorted({candidate.article for candidate in found})
    fold = np.array([articles.index(candidate.article) % FOLDS for candidate in found])
    out = np.zeros(len(found))
    for k in range(FOLDS):
        rest = [candidate for candidate, one in zip(found, fold, strict=True) if one != k]
        mine = [candidate for candidate, one in zip(found, fold, strict=True) if one == k]
        if mine:
            out[fold == k] = trained(rest, right[fold != k])(mine)
    return out


def laxly(word: Word) -> Word:
    """A word whose doubtful cues count as sure ones, without what guards them."""
    kept = frozenset({"listed", "objective", "passive"})  # what tells how a noun or adjective is read, not when
    cues = (replace(c, weak=False, cue=replace(c.cue, guards=c.cue.guards & kept)) for c in word.cues)
    return replace(word, cues=tuple(cues))


def main() -> None:
    """Print the F1 of detection with the rules alone, with the classifier dropping, and with it adding."""
    language = load_language()
    golds = {gold.name: gold for gold in all_gold() if gold.name in (OWN, *ASKED)}
    plain = language._analyse
    strict = {name: candidates(gold) for name, gold in golds.items()}
    language._words.clear()
    language._last = None
    language._words._analyse = lambda form: laxly(plain(form))
    lax = {}
    for name, gold in golds.items():
        known = {candidate.row["id"] for candidate in strict[name]}
        lax[name] = strict[name] + [c for c in candidates(gold) if c.row["id"] not in known]
    language._words.clear()
    language._words._analyse = plain
    own = golds[OWN]
    for name, pool, keep in (("drops", strict, False), ("adds", lax, True)):
        right = judged(own, pool[OWN])
        sure = {candidate.row["id"] for candidate in strict[OWN]}
        probability = crossed(pool[OWN], right)
        reached = [
            f1(own, [c for c, p in zip(pool[OWN], probability, strict=True) if p >= t or keep and c.row["id"] in sure])
            for t in THRESHOLDS
        ]
        best = float(THRESHOLDS[int(np.argmax(reached))])
        print(
            f"{name}: threshold {best:.2f}; {OWN} crossed {f1(own, strict[OWN]):.3f} → {max(reached):.3f}", flush=True
        )
        opinion = trained(pool[OWN], right)
        for other in ASKED:
            gold = golds[other]
            known = {candidate.row["id"] for candidate in strict[other]}
            chances = opinion(pool[other])
            kept = [c for c, p in zip(pool[other], chances, strict=True) if p >= best or keep and c.row["id"] in known]
            every = [
                f1(
                    gold,
                    [c for c, p in zip(pool[other], chances, strict=True) if p >= t or keep and c.row["id"] in known],
                )
                for t in THRESHOLDS
            ]
            print(
                f"  {other}: rules {f1(gold, strict[other]):.3f}, with it {f1(gold, kept):.3f} "
                f"({len(kept)} of {len(pool[other])} kept); at the best threshold for {other} itself {max(every):.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
