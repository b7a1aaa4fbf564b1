"""The constructed corpus kazakhstan-2022: its files hold together and say what its documentation says."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from discourse.corpus import read_study
from discourse.text import fold
from tests import croissant

FOLDER = Path(__file__).parents[1] / "corpora" / "kazakhstan-2022"
FIELDS = {"article_id", "outlet", "date", "title", "text", "url"}
GOLD_FIELDS = {
    *("article_id", "id", "type", "cue", "source", "content", "speaker", "camp", "parent"),
    *("sentiment", "stance", "act", "engagement", "frames"),
}
TYPES = {"direct", "mixed", "unmarked", "indirect"}
SENTIMENTS = {"negative", "neutral", "positive"}
ACTS = {
    *("assert", "think", "feel", "direct", "commit", "threaten"),
    *("warn", "praise", "criticise", "accuse", "ask"),
}
ENGAGEMENTS = {"acknowledge", "pronounce", "endorse", "distance", "deny"}
FRAMES = {
    *("conflict", "responsibility", "human_interest", "economic", "morality"),
    *("security", "legality", "political", "diplomacy"),
}
OPENING, CLOSING = "«“„\"'‹(", "»”“\"'›)"
MARK = re.compile(r"[«»“”„\"]|\(\(|\)\)")
BIDI = re.compile("[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]")


def rows(kind: str) -> list[dict[str, Any]]:
    """Every row of articles/*.jsonl or gold/*.jsonl, with the outlet that its file is named after."""
    return [
        {**json.loads(line), "file": path.stem}
        for path in sorted((FOLDER / kind).glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def documentation(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


ARTICLES = rows("articles")
GOLD = rows("gold")
DOCUMENTS = {a["article_id"]: f"{a['title']}\n{a['text']}" for a in ARTICLES}
CAMPS = {camp["camp"] for camp in documentation("camps.yml")}
DESIGN = documentation("design.yml")


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def name(row: dict[str, Any]) -> str:
    return f"{row['article_id']} {row['id']}"


def spans(row: dict[str, Any]) -> list[list[int]]:
    return [*row["content"], *([row["cue"]] if row["cue"] else []), *([row["source"]] if row["source"] else [])]


def faults(wrong: list[str]) -> None:
    """Fail once, naming everything that is wrong."""
    assert not wrong, "\n".join(wrong)


def test_size() -> None:
    assert len(ARTICLES) == 108
    assert len({a["outlet"] for a in ARTICLES}) >= 12
    assert set(DOCUMENTS) == {row["article_id"] for row in GOLD}


def test_articles_have_the_fields_and_lie_in_the_days_of_the_events() -> None:
    faults([a["article_id"] for a in ARTICLES if set(a) != FIELDS | {"file"} or a["outlet"] != a["file"]])
    faults([a["article_id"] for a in ARTICLES if not a["title"].strip() or "\n" in a["title"]])
    days = [date.fromisoformat(a["date"]) for a in ARTICLES]
    assert date(2022, 1, 2) <= min(days) and max(days) <= date(2022, 1, 19)


def test_articles_have_the_announced_length() -> None:
    lengths = {a["article_id"]: len(DOCUMENTS[a["article_id"]].split()) for a in ARTICLES}
    faults([f"{a}: {n} words" for a, n in lengths.items() if not 120 <= n <= 400])


def test_text_is_clean() -> None:
    faults([a for a, document in DOCUMENTS.items() if "  " in document or BIDI.search(document)])
    faults([a for a, document in DOCUMENTS.items() if any(p != p.strip() or not p for p in document.split("\n"))])


def test_ids_are_unique() -> None:
    faults([k for k, n in Counter(a["article_id"] for a in ARTICLES).items() if n > 1])
    faults([k for k, n in Counter(name(row) for row in GOLD).items() if n > 1])


def test_gold_declares_its_fields_and_classes() -> None:
    faults([name(r) for r in GOLD if set(r) != GOLD_FIELDS | {"file"}])
    for column, classes in [
        ("type", TYPES),
        ("camp", CAMPS | {"other"}),
        ("sentiment", SENTIMENTS),
        ("act", ACTS),
        ("engagement", ENGAGEMENTS),
    ]:
        faults([f"{name(r)}: {column} {r[column]!r}" for r in GOLD if r[column] not in classes])
    faults([f"{name(r)}: {r['frames']}" for r in GOLD if not set(r["frames"]) <= FRAMES or len(r["frames"]) > 3])
    faults([name(r) for r in GOLD if len(set(r["frames"])) < len(r["frames"])])
    faults(
        [
            f"{name(r)}: {r['stance']}"
            for r in GOLD
            if not set(r["stance"]) <= CAMPS or not set(r["stance"].values()) <= {"support", "oppose"}
        ]
    )


def test_a_speaker_has_one_camp() -> None:
    camps = defaultdict(set)
    for r in GOLD:
        if r["speaker"] != "anonymous":
            camps[r["speaker"]].add(r["camp"])
    faults([f"{speaker}: {sorted(found)}" for speaker, found in camps.items() if len(found) > 1])
    faults([r["speaker"] for r in GOLD if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", r["speaker"])])


def test_offsets_index_documents_and_whole_words() -> None:
    wrong = []
    for r in GOLD:
        document = DOCUMENTS[r["article_id"]]
        assert r["content"], name(r)
        for start, end in spans(r):
            if not 0 <= start < end <= len(document) or document[start:end] != document[start:end].strip():
                wrong.append(f"{name(r)}: [{start}, {end}] is no span of text")
            elif re.match(r"\w\w", document[max(start - 1, 0) : start + 1]) and start:
                wrong.append(f"{name(r)}: [{start}, {end}] starts inside a word")
            elif re.match(r"\w\w", document[end - 1 : end + 1]):
                wrong.append(f"{name(r)}: [{start}, {end}] ends inside a word")
    faults(wrong)


def test_content_stands_apart_from_its_cue_and_in_order() -> None:
    faults([name(r) for r in GOLD if r["content"] != sorted(r["content"])])
    faults([name(r) for r in GOLD for (_, end), (start, _) in zip(r["content"], r["content"][1:]) if start < end])


def test_parents_exist_and_contain_their_children() -> None:
    by_name = {name(r): r for r in GOLD}
    wrong = []
    for r in GOLD:
        if r["parent"] is None:
            continue
        parent = by_name.get(f"{r['article_id']} {r['parent']}")
        if parent is None or parent is r:
            wrong.append(f"{name(r)}: no parent {r['parent']}")
        elif not (parent["content"][0][0] <= r["content"][0][0] and r["content"][-1][1] <= parent["content"][-1][1]):
            wrong.append(f"{name(r)}: its content is not inside that of {r['parent']}")
    faults(wrong)


def test_type_agrees_with_the_quotation_marks() -> None:
    wrong = []
    for r in GOLD:
        document = DOCUMENTS[r["article_id"]]
        first, last = r["content"][0][0], r["content"][-1][1]
        opened = document[:first].rstrip()[-1:] in OPENING and first > 0
        # a mark that the writer forgot to close leaves nothing but a full stop and the paragraph's end
        closed = document[last:].lstrip(" .،!؟")[:1] in CLOSING
        inside = any(MARK.search(document[start:end]) for start, end in r["content"])
        if r["type"] == "direct" and not opened:
            wrong.append(f"{name(r)}: direct, but no mark opens {document[first : first + 20]!r}")
        elif r["type"] == "mixed" and not (inside or opened or closed):
            wrong.append(f"{name(r)}: mixed, but without a mark")
        elif r["type"] in ("indirect", "unmarked") and opened and closed and not inside and r["parent"] is None:
            wrong.append(f"{name(r)}: {r['type']}, but all of it in marks")
    faults(wrong)


def test_articles_do_not_repeat_each_other() -> None:
    wires = {w["origin"]: {r["article"] for r in w["reworked"]} for w in DESIGN["shared_wires"]}
    shared = [{origin, *reworked} for origin, reworked in wires.items()]
    # house styles drop hamzas and marks: a run is the same one whichever way it is spelt
    texts = {a: words(fold(document)) for a, document in DOCUMENTS.items()}
    runs = {a: {tuple(w[i : i + 12]) for i in range(len(w) - 11)} for a, w in texts.items()}
    faults(
        [
            f"{a}, {b}"
            for a, b in combinations(runs, 2)
            if runs[a] & runs[b] and not any({a, b} <= wire for wire in shared)
        ]
    )
    faults([r for origin, reworked in wires.items() for r in reworked if not runs[origin] & runs[r]])


def test_outlets_are_documented() -> None:
    styles = documentation("outlets.yml")["outlets"]
    assert sorted(s["outlet"] for s in styles) == sorted({a["outlet"] for a in ARTICLES})
    faults([s["outlet"] for s in styles if not all(s.get(k) for k in ("name_ar", "kind", "style", "voices", "verbs"))])


def chosen(row: dict[str, Any], wanted: dict[str, list[Any]]) -> bool:
    """Whether a row has, in each column named, one of the values listed."""
    values = {column: row[column] if column == "frames" else [row[column]] for column in wanted if column != "source"}
    if "source" in wanted and (row["source"] is None) != (None in wanted["source"]):
        return False
    return all(set(found) & set(wanted[column]) for column, found in values.items())


@pytest.mark.parametrize("item", DESIGN["design"], ids=lambda item: item["id"])
def test_design_is_what_the_gold_holds(item: dict[str, Any]) -> None:
    across = item.get("across", "outlet")
    among = [{**r, "outlet": r["file"]} for r in GOLD]
    among = [r for r in among if chosen(r, item["among"])]
    counted = {}
    for group in item["groups"]:
        if across == "camp":
            counted[group] = [sum(r["camp"] == group for r in among), len(among)]
        else:
            of_group = [r for r in among if r["outlet"] == group]
            counted[group] = [sum(chosen(r, item["is"]) for r in of_group), len(of_group)]
    assert counted == item["counted"]
    shares = [count / total for count, total in counted.values()]
    if item["expect"] == "none":
        assert max(shares) - min(shares) <= 0.1
    else:
        first, verdict = item["direction"].split()
        higher = item["groups"][0] if verdict == "higher" else item["groups"][1]
        lower = next(g for g in item["groups"] if g != higher)
        assert first == item["groups"][0]
        assert counted[higher][0] / counted[higher][1] - counted[lower][0] / counted[lower][1] > 0.1


def test_index_of_phenomena_points_at_words() -> None:
    faults([f"{p['number']}: {p['words']}" for p in DESIGN["phenomena"] if p["words"] not in DOCUMENTS[p["article"]]])


def test_index_of_phenomena_is_whole() -> None:
    assert {p["number"] for p in DESIGN["phenomena"]} == set(range(1, 36))


def test_documentation_says_that_the_corpus_is_constructed() -> None:
    for file in ("README.md", "DATASHEET.md"):
        text = " ".join((FOLDER / file).read_text(encoding="utf-8").split())
        for sentence in (
            "constructed for this project from publicly known events",
            "the quotations are not statements of the people named",
            "not to be cited as news",
            "written and coded by language models following written guidelines, not by people",
        ):
            assert sentence in text, f"{file} does not say: {sentence}"
        assert f"{len(ARTICLES)} articles" in text and f"{len(GOLD)} attributions" in text


def test_the_description_for_catalogues_is_that_of_these_files() -> None:
    assert croissant.FILE.read_text(encoding="utf-8") == croissant.as_written(), "run python -m tests.croissant"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the reader's own code
def test_a_reader_of_croissant_finds_every_article_and_attribution() -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(jsonld=str(croissant.FILE))
    assert dataset.metadata.ctx.issues.report() == ""
    read: dict[str, list[dict[str, Any]]] = {"articles": [], "gold": []}
    for kind, found in read.items():
        for path in sorted((FOLDER / kind).glob("*.jsonl")):
            name = f"{kind}-{path.stem}"
            found += [
                {field.removeprefix(f"{name}/"): value for field, value in row.items()} for row in dataset.records(name)
            ]
    assert {row["article_id"].decode(): row["text"].decode() for row in read["articles"]} == {
        article["article_id"]: article["text"] for article in ARTICLES
    }
    assert [(row["article_id"].decode(), row["id"].decode(), row["cue"]) for row in read["gold"]] == [
        (row["article_id"], row["id"], row["cue"]) for row in GOLD
    ]


def test_the_study_is_read() -> None:
    study = read_study(FOLDER)
    assert {article.id for article in study.articles} == set(DOCUMENTS)
    assert len(study.gold) == len(GOLD)
    assert study.camps == FOLDER.resolve() / "camps.yml"


def test_events_fall_into_the_days_of_the_articles_and_have_both_names() -> None:
    with (FOLDER / "events.csv").open(encoding="utf-8", newline="") as file:
        events = list(csv.DictReader(file))
    days = sorted(date.fromisoformat(event["date"]) for event in events)
    assert [event["date"] for event in events] == [f"{day}" for day in dict.fromkeys(days)]
    written = [date.fromisoformat(article["date"]) for article in ARTICLES]
    assert min(written) < days[0] and days[-1] <= max(written)
    for event in events:
        assert event["event"].isascii() and re.search("[\u0621-\u064a]", event["event_ar"]), event
