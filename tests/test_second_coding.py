"""The second coding of kazakhstan-2022: drawn as it says, in the form of the gold, and agreeing with it as is reported."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from discourse.corpus import read_gold, read_study
from discourse.reliability import agreement
from discourse.scoring import agree_on_attributions, pair_attributions
from tests.test_kazakhstan_corpus import ACTS, CAMPS, ENGAGEMENTS, FOLDER, FRAMES, GOLD_FIELDS, SENTIMENTS, TYPES

DRAW = yaml.safe_load((FOLDER / "second_coding" / "draw.yml").read_text(encoding="utf-8"))
DRAWN = {*DRAW["drawn"], *DRAW["later"]["drawn"]}
STUDY = read_study(FOLDER)
ARTICLES = [article for article in STUDY.articles if article.id in DRAWN]
GOLD = [row for row in STUDY.gold if row["article_id"] in DRAWN]
FILES = sorted((FOLDER / "second_coding").glob("*.jsonl"))
SECOND = [row for path in FILES for row in read_gold(path, STUDY.articles)]

Row = dict[str, Any]


@pytest.fixture(scope="module")
def pairs() -> list[tuple[Row, Row]]:
    """Attributions that both coders have, half or more of the words of their contents the same."""
    found = []
    for article in ARTICLES:
        coded = [[row for row in rows if row["article_id"] == article.id] for rows in (GOLD, SECOND)]
        for pair in pair_attributions(article, *coded):
            if "detected" in pair.holds:
                assert pair.gold is not None and pair.predicted is not None
                found.append((dict(pair.gold), dict(pair.predicted)))
    return found


@pytest.fixture(scope="module")
def table(pairs: list[tuple[Row, Row]]) -> list[tuple[str, ...]]:
    """The rows that the datasheet shows: what, of how many, the figure, its interval."""
    found = agree_on_attributions(ARTICLES, {"gold": GOLD, "second": SECOND})
    shown = [
        (f"{r.measure}, F1", f"{r.n:.0f}", f"{r.estimate:.2f}", f"{r.ci_low:.2f} to {r.ci_high:.2f}")
        for r in found.itertuples()
    ]
    labels = {name: [(g[name], s[name]) for g, s in pairs] for name in ("sentiment", "act", "engagement")}
    for camp in ("moscow", "washington", "astana"):
        labels[f"stance on {camp}"] = [(g["stance"].get(camp, "none"), s["stance"].get(camp, "none")) for g, s in pairs]
    for frame in sorted(FRAMES):
        labels[f"frame `{frame}`"] = [(frame in g["frames"], frame in s["frames"]) for g, s in pairs]
    for name, codes in labels.items():
        alpha = agreement(pd.DataFrame(codes)).iloc[0]
        interval = f"{alpha['ci_low']:.2f} to {alpha['ci_high']:.2f}"
        shown.append((f"{name}, alpha", f"{alpha['n']}", f"{alpha['estimate']:.2f}", interval))
    return shown


def documented(file: str) -> str:
    return (FOLDER / file).read_text(encoding="utf-8")


def test_articles_were_drawn_as_is_said() -> None:
    random = np.random.default_rng(DRAW["seed"])
    ids = {outlet: [f"{outlet}-{n + 1:02}" for n in range(count)] for outlet, count in sorted(DRAW["articles"].items())}
    first = [names[random.integers(len(names))] for names in ids.values()]
    others = sorted({name for names in ids.values() for name in names} - set(first))
    assert DRAW["drawn"] == sorted([*first, *random.choice(others, DRAW["further"], replace=False)])
    assert set(DRAW["articles"]) <= {article.outlet for article in STUDY.articles}


def test_later_articles_were_drawn_from_those_added_since() -> None:
    later = DRAW["later"]
    added = [
        f"{outlet}-{number:02}"
        for outlet, count in sorted(later["articles"].items())
        for number in range(DRAW["articles"][outlet] + 1, count + 1)
    ]
    drawn = np.random.default_rng(later["seed"]).choice(added, len(later["drawn"]), replace=False)
    assert later["drawn"] == sorted(drawn)
    assert sum(later["articles"].values()) == len(STUDY.articles)


def test_a_fifth_of_the_articles_is_coded_twice_and_nothing_else() -> None:
    assert {row["article_id"] for row in SECOND} == DRAWN == {row["article_id"] for row in GOLD}
    assert len(ARTICLES) >= len(STUDY.articles) / 5
    assert all(row["article_id"].startswith(f"{path.stem}-") for path in FILES for row in read_gold(path, ARTICLES))


def test_second_coding_is_no_gold() -> None:
    lines = [
        line for path in (FOLDER / "gold").glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()
    ]
    assert len(STUDY.gold) == len(lines)
    assert max(Counter((row["article_id"], row["id"]) for row in STUDY.gold).values()) == 1


def test_second_coding_has_the_fields_and_classes_of_the_gold() -> None:
    wrong = []
    by_name = {(row["article_id"], row["id"]): row for row in SECOND}
    assert len(by_name) == len(SECOND)
    for row in SECOND:
        parent = by_name.get((row["article_id"], row["parent"]))
        inside = parent is None or (
            parent["content"][0][0] <= row["content"][0][0] and row["content"][-1][1] <= parent["content"][-1][1]
        )
        good = (
            set(row) == GOLD_FIELDS
            and row["type"] in TYPES
            and row["camp"] in CAMPS | {"other"}
            and row["sentiment"] in SENTIMENTS
            and row["act"] in ACTS
            and row["engagement"] in ENGAGEMENTS
            and set(row["frames"]) <= FRAMES
            and len(set(row["frames"])) == len(row["frames"]) <= 3
            and set(row["stance"]) <= CAMPS
            and set(row["stance"].values()) <= {"support", "oppose"}
            and (row["parent"] is None) == (parent is None)
            and inside
            and all(end <= start for (_, end), (start, _) in pairwise(row["content"]))
        )
        if not good:
            wrong.append(f"{row['article_id']} {row['id']}")
    assert not wrong, "\n".join(wrong)


def test_datasheet_shows_the_agreement_that_is_computed(table: list[tuple[str, ...]]) -> None:
    text = documented("DATASHEET.md")
    head = "| agreement of two codings | of | figure | 95 % |\n|---|---|---|---|\n"
    assert head in text
    assert text.split(head)[1].split("\n\n")[0].splitlines() == [f"| {' | '.join(row)} |" for row in table]
    assert (
        f"{len(ARTICLES)} articles, {len(GOLD)} attributions in the gold and {len(SECOND)} in the second coding" in text
    )


def test_readme_shows_the_agreement_that_is_computed(table: list[tuple[str, ...]]) -> None:
    figures = {row[0].split(",")[0]: row[2] for row in table}
    of_stance = sorted(value for name, value in figures.items() if name.startswith("stance"))
    of_frames = sorted((value, name.split("`")[1]) for name, value in figures.items() if name.startswith("frame"))
    text = documented("README.md")
    names = ("detected", "exact", "voiced", "sourced", "typed", "sentiment", "act", "engagement")
    shown = [figures[name] for name in names]
    shown += [f"{of_stance[0]} to {of_stance[-1]}", f"{of_frames[0][0]} to {of_frames[-1][0]}"]
    assert f"| {' | '.join([*names, 'stance', 'frames'])} |" in text
    assert f"| {' | '.join(shown)} |" in text
    assert f"lowest for `{of_frames[0][1]}`" in text


def test_commonest_disagreements_are_those_described(pairs: list[tuple[Row, Row]]) -> None:
    text = " ".join(documented("DATASHEET.md").split())
    sentiments = [(g["sentiment"], s["sentiment"]) for g, s in pairs if g["sentiment"] != s["sentiment"]]
    from_neutral = sum(gold == "neutral" for gold, _ in sentiments)
    assert f"{from_neutral} of the {len(sentiments)} disagreements on sentiment" in text
    for frame in ("diplomacy", "responsibility", "conflict"):
        ours, theirs = (sum(frame in pair[side]["frames"] for pair in pairs) for side in (0, 1))
        assert f"`{frame}` {ours} times and {theirs}" in text, (frame, ours, theirs)
    number = len(pairs)
    assert f"{len(GOLD) - number} attributions stand in the gold alone and {len(SECOND) - number} in the second" in text


def test_documentation_says_who_coded() -> None:
    for file in ("README.md", "DATASHEET.md"):
        assert "by language models, independently of each other, not by people" in " ".join(documented(file).split())
