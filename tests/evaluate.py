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
from discourse.scoring import LABELS, MEASURES, measure_accuracy
from discourse.speakers import Camps, default_camps, read_camps
from discourse.tables import attribution_rows
from tests.baselines import emm_rules, verb_window

ROOT = Path(__file__).resolve().parents[1]
FLOORS = Path(__file__).with_name("floors.json")
SHARED = ROOT.parent / "shared" / "evaluation"
PINNED = [("all", "all", name, "f1") for name in MEASURES] + [("label", name, "macro", "f1") for name in LABELS]
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


def systems(gold: Gold) -> dict[str, Rows]:
    """Give what each method finds; each label of the last one is the class that gold has most often."""
    ours = attribution_rows(discourse.analyse(gold.articles, gold.camps))
    counts = {name: Counter(row[name] for row in gold.rows if row.get(name)) for name in LABELS}
    most = {name: count.most_common(1)[0][0] for name, count in counts.items() if count}
    return {
        "ours": ours,
        "verb window": [row for article in gold.articles for row in verb_window.find(article)],
        "EMM rules": [row for article in gold.articles for row in emm_rules.find(article, gold.camps)],
        "majority": [{**row, **most} for row in ours],
    }


def print_figures(measured: dict[str, pd.DataFrame]) -> None:
    """Print the methods side by side."""
    index = ["slice", "group", "measure", "statistic"]
    figures = {name: table.set_index(index) for name, table in measured.items()}
    wanted: list[tuple[tuple[str, str, str, str], list[str]]] = []
    methods = ["ours", "verb window", "EMM rules"]
    for key in figures["ours"].index:
        part, _, measure, statistic = key
        if part == "label":
            wanted.append((key, ["ours", "majority"]))
        elif part == "all" or (measure in ("detected", "voiced") and (part != "outlet" or statistic == "f1")):
            wanted.append((key, methods))
    for group_methods in (methods, ["ours", "majority"]):
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
        measured = {name: measure_accuracy(gold.articles, gold.rows, rows) for name, rows in systems(gold).items()}
        print(f"== {gold.name}: {len(gold.articles)} articles, {len(gold.rows)} coded attributions\n")
        print_figures(measured)
        figures = reached(measured["ours"])
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
