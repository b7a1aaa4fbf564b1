"""Measure our accuracy on all gold at hand, beside two plain methods: `python -m tests.evaluate`.

Every figure has its 95 % interval over articles. `tests/floors.json` pins what was reached before, with a digest of each gold
file: the run fails where a figure falls below its floor, or where the gold is not the one that the floor was reached on.
`python -m tests.evaluate --pin` raises the floors to what is reached now; gold that changed gets new ones. A floor that
falls needs a reason in the CHANGELOG.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

import discourse
from discourse.corpus import Article, CorpusError, read_corpus, read_gold, read_study
from discourse.scoring import LABELS, MEASURES, measure_accuracy, pair_attributions
from discourse.speakers import Camps, default_camps, read_camps
from discourse.stance import score_side
from discourse.tables import attribution_rows
from tests.baselines import emm_rules, keyword_frames, verb_window, word_count

ROOT = Path(__file__).resolve().parents[1]
FLOORS = Path(__file__).with_name("floors.json")
SHARED = ROOT.parent / "shared" / "evaluation"
PINNED = [("all", "all", name, "f1") for name in MEASURES] + [
    ("label", name, "macro", "f1") for name in (*LABELS, "stance", "frames")
]
METHODS = ("ours", "verb window", "EMM rules")
LABELLERS = ("ours", "majority", "word count")
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Gold:
    """Coded articles, and the files that hold the codes."""

    name: str
    articles: tuple[Article, ...]
    rows: Rows
    camps: Camps
    files: tuple[Path, ...]


def all_gold() -> Iterator[Gold]:
    """Give the project's own gold, then the real articles where they are at hand; say what is missing."""
    for folder in sorted(path.parent for path in (ROOT / "corpora").glob("*/gold")):
        study = read_study(folder)
        camps = read_camps(study.camps) if study.camps else default_camps()
        yield Gold(f"corpora/{study.name}", study.articles, list(study.gold), camps, tuple((folder / "gold").iterdir()))
    if not SHARED.is_dir():
        print("No real articles beside this checkout (../shared/evaluation): seed, dev and blind are left out.\n")
        return
    for name in ("seed", "dev", "blind"):
        file = SHARED / f"{name}_gold.jsonl"
        if not file.is_file():
            print(f"No {name}_gold.jsonl in ../shared/evaluation: {name} is left out.\n")
            continue
        corpus = read_corpus(SHARED / f"{name}_articles.jsonl")
        if corpus.faults:
            raise CorpusError(corpus.faults)
        yield Gold(name, corpus.articles, read_gold(file, corpus), default_camps(), (file,))


def digest(gold: Gold) -> dict[str, str]:
    """Give the sha256 of each gold file by its name."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(gold.files)}


def systems(gold: Gold, table: pd.DataFrame) -> dict[str, Rows]:
    """Give what each method finds. The last two label what ours found: with the class that gold has most often, by words."""
    ours = attribution_rows(table)
    counts: dict[str, Counter[Any]] = {
        name: Counter(row[name] for row in gold.rows if row.get(name)) for name in LABELS
    }
    most: dict[str, Any] = {name: count.most_common(1)[0][0] for name, count in counts.items() if count}
    frames = Counter(frame for row in gold.rows for frame in row.get("frames") or ())
    sides = Counter((camp, side) for row in gold.rows for camp, side in (row.get("stance") or {}).items())
    most["frames"] = [frame for frame, _ in frames.most_common(1)]
    most["stance"] = dict(side for side, _ in sides.most_common(1))
    contents = {(row["article_id"], row["id"]): row["content_text"] for row in ours}
    return {
        "ours": ours,
        "verb window": [row for article in gold.articles for row in verb_window.find(article)],
        "EMM rules": [row for article in gold.articles for row in emm_rules.find(article, gold.camps)],
        "majority": [{**row, **most} for row in ours],
        "word count": [
            {**row, **dict.fromkeys(("act", "engagement")), **_counted(contents[row["article_id"], row["id"]])}
            for row in ours
        ],
    }


def _counted(content: str) -> dict[str, Any]:
    return {**word_count.labels_of(content), "frames": keyword_frames.frames_of(content)}


def sides_given(gold: Gold, table: pd.DataFrame) -> dict[str, float]:
    """Give f1 over support and oppose where the target is given: for each detected attribution and camp that gold sides on."""
    by_article: dict[str, tuple[Rows, Rows]] = {article.id: ([], []) for article in gold.articles}
    for place, rows in enumerate((gold.rows, attribution_rows(table))):
        for row in rows:
            by_article[row["article_id"]][place].append(row)
    rows = {key: number for number, key in enumerate(zip(table["article_id"], table["id"], strict=True))}
    chosen: list[tuple[int, str, str]] = []
    for article in gold.articles:
        for pair in pair_attributions(article, *by_article[article.id]):
            if pair.gold is not None and pair.predicted is not None and "detected" in pair.holds:
                number = rows[article.id, pair.predicted["id"]]
                chosen += [(number, camp, side) for camp, side in (pair.gold.get("stance") or {}).items()]
    asked = table.iloc[[number for number, _, _ in chosen]].assign(target=[camp for _, camp, _ in chosen])
    said = score_side(asked, targets=gold.camps)["side"].tolist()
    coded = [side for _, _, side in chosen]
    return {"ours": _macro(coded, said), "always oppose": _macro(coded, ["oppose"] * len(coded)), "n": len(coded)}


def _macro(coded: list[str], said: list[str]) -> float:
    scores = []
    for side in sorted(set(coded)):
        hits = sum(c == s == side for c, s in zip(coded, said, strict=True))
        scores.append(2 * hits / (coded.count(side) + said.count(side)))
    return sum(scores) / len(scores) if scores else math.nan


def print_figures(measured: dict[str, pd.DataFrame]) -> None:
    """Print the methods side by side."""
    index = ["slice", "group", "measure", "statistic"]
    figures = {name: table.set_index(index) for name, table in measured.items()}
    wanted: list[tuple[tuple[str, str, str, str], tuple[str, ...]]] = []
    for key in figures["ours"].index:
        part, _, measure, statistic = key
        if part == "label":
            wanted.append((key, LABELLERS))
        elif part == "all" or (measure in ("detected", "voiced") and (part != "outlet" or statistic == "f1")):
            wanted.append((key, METHODS))
    for group_methods in (METHODS, LABELLERS):
        print(f"{'':48}{'n':>5}  " + "".join(f"{name:<24}" for name in group_methods))
        for key, names in wanted:
            if names == group_methods:
                cells = [_cell(figures[name], key) for name in names]
                line = f"{key[0]:<7}{key[1]:<17.17}{key[2]:<14}{key[3]:<10}"
                print(f"{line}{figures['ours'].loc[key, 'n']:>5}  " + "".join(f"{cell:<24}" for cell in cells))
        print()


def _cell(table: pd.DataFrame, key: tuple[str, str, str, str]) -> str:
    if key not in table.index:
        return "–"
    value, low, high = table.loc[key, ["value", "low", "high"]]
    return f"{value:.3f}" if math.isnan(low) else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def reached(table: pd.DataFrame) -> dict[str, float]:
    """Give the figures that are pinned, rounded down so that a floor is never above what was reached."""
    values = {tuple(row[:4]): row[4] for row in table.itertuples(index=False)}
    return {" ".join(key[1:]): math.floor(values[key] * 1000) / 1000 for key in PINNED if key in values}


def faults_of(name: str, pinned: dict[str, Any], digests: dict[str, str], figures: dict[str, float]) -> list[str]:
    """Say which floors one gold set breaks."""
    if digests != pinned["sha256"]:
        changed = sorted(
            file for file in {*digests, *pinned["sha256"]} if digests.get(file) != pinned["sha256"].get(file)
        )
        return [f"{name}: the gold changed since its floors were set ({', '.join(changed)}); look, then pin anew"]
    return [
        f"{name}: {figure} is {figures.get(figure, 0.0):.3f}, below its floor {floor:.3f}"
        for figure, floor in pinned["floors"].items()
        if figures.get(figure, 0.0) < floor
    ]


def raised(pinned: dict[str, Any] | None, digests: dict[str, str], figures: dict[str, float]) -> dict[str, Any]:
    """Give the floors after this run: those of the same gold only rise."""
    before = pinned["floors"] if pinned and pinned["sha256"] == digests else {}
    return {"sha256": digests, "floors": {name: max(value, before.get(name, 0.0)) for name, value in figures.items()}}


def main(arguments: list[str]) -> int:
    """Measure everything; return 1 where a floor is broken."""
    floors: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    faults: list[str] = []
    for gold in all_gold():
        table = discourse.analyse(gold.articles, gold.camps)
        found = systems(gold, table)
        measured = {name: measure_accuracy(gold.articles, gold.rows, rows) for name, rows in found.items()}
        print(f"== {gold.name}: {len(gold.articles)} articles, {len(gold.rows)} coded attributions\n")
        print_figures(measured)
        figures = reached(measured["ours"])
        given = sides_given(gold, table)
        if given["n"]:
            print("stance, the target given: macro f1 " + ", ".join(f"{k} {v:.3f}" for k, v in given.items()) + "\n")
            figures["stance given macro f1"] = math.floor(given["ours"] * 1000) / 1000
        if "--pin" in arguments:
            floors[gold.name] = raised(floors.get(gold.name), digest(gold), figures)
        elif gold.name in floors:
            faults += faults_of(gold.name, floors[gold.name], digest(gold), figures)
        else:
            print(f"{gold.name} has no floors yet.\n")
    if "--pin" in arguments:
        FLOORS.write_text(json.dumps(floors, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
