"""Every example in the language data, and every sentence in tests/examples, is analysed as it says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from discourse.attribution import Attribution, find_attributions
from discourse.corpus import Article
from discourse.speakers import resolve_speakers

ROOT = Path(__file__).parents[1]
DATA = ROOT / "discourse" / "data" / "ar"


def _entries(name: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return entries


def _find(sentence: str) -> list[Attribution]:
    return find_attributions(Article("example", "", sentence))


def _strip(text: str) -> str:
    return text.strip(' .،؛:!؟«»"')


def _has(found: list[Attribution], content: str, source: str | None) -> bool:
    for a in found:
        if _strip(" ".join(s.text for s in a.content)) == _strip(content):
            named = a.source.text if a.source is not None else None
            if source is None or named == source or named is not None and named.lstrip("لب") == source.lstrip("لب"):
                return True
    return False


def _report(found: list[Attribution]) -> str:
    return (
        "; ".join(f"{a.rule}: {a.source and a.source.text!r} | {[s.text for s in a.content]}" for a in found)
        or "nothing"
    )


CUES = _entries("cues.yml")


@pytest.mark.parametrize("entry", CUES, ids=[e["lemma"] for e in CUES])
def test_cue_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], entry.get("source")), f"{entry['example']} → {_report(found)}"


NEGATIVES = [(e["lemma"], n) for e in CUES for n in e.get("negatives") or ()]


@pytest.mark.parametrize(("lemma", "sentence"), NEGATIVES, ids=[f"{a}-{i}" for i, (a, _) in enumerate(NEGATIVES)])
def test_cue_negative(lemma: str, sentence: str) -> None:
    found = [a for a in _find(sentence) if a.cue_lemma == lemma]
    assert not found, f"{sentence} → {_report(found)}"


PHRASES = _entries("cue_phrases.yml")


@pytest.mark.parametrize("entry", PHRASES, ids=[f"{e.get('verb', '')} {e['noun_slot'][0]}" for e in PHRASES])
def test_expression_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], entry["source"]), f"{entry['example']} → {_report(found)}"


EXPRESSION_NEGATIVES = [n for e in PHRASES for n in e.get("negatives") or ()]


@pytest.mark.parametrize("sentence", EXPRESSION_NEGATIVES)
def test_expression_negative(sentence: str) -> None:
    found = [a for a in _find(sentence) if a.rule.startswith("light-verb")]
    assert not found, f"{sentence} → {_report(found)}"


NOUNS = _entries("cue_nouns.yml")


@pytest.mark.parametrize("entry", NOUNS, ids=[e["nouns"][0] for e in NOUNS])
def test_noun_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], entry["source"]), f"{entry['example']} → {_report(found)}"


NOUN_NEGATIVES = [(e["nouns"], n) for e in NOUNS for n in e.get("negatives") or ()]


@pytest.mark.parametrize(
    ("nouns", "sentence"), NOUN_NEGATIVES, ids=[f"{a[0]}-{i}" for i, (a, _) in enumerate(NOUN_NEGATIVES)]
)
def test_noun_negative(nouns: list[str], sentence: str) -> None:
    found = [a for a in _find(sentence) if a.cue_lemma in nouns]
    assert not found, f"{sentence} → {_report(found)}"


ADJECTIVES = _entries("cue_adjectives.yml")


@pytest.mark.parametrize("entry", ADJECTIVES, ids=[e["adjective"] for e in ADJECTIVES])
def test_adjective_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], entry["source"]), f"{entry['example']} → {_report(found)}"


@pytest.mark.parametrize("entry", ADJECTIVES, ids=[e["adjective"] for e in ADJECTIVES])
def test_adjective_negatives(entry: dict[str, Any]) -> None:
    for sentence in entry["negatives"]:
        found = [a for a in _find(sentence) if a.cue_lemma == entry["adjective"]]
        assert not found, f"{sentence} → {_report(found)}"


PARTICLES = [e for e in _entries("particles.yml") if "content" in e]


@pytest.mark.parametrize("entry", PARTICLES, ids=[e["group"] for e in PARTICLES])
def test_particle_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], None), f"{entry['example']} → {_report(found)}"


ENDINGS = _entries("content_ends.yml")


@pytest.mark.parametrize("entry", ENDINGS, ids=[f"{e['words']}-{n}" for n, e in enumerate(ENDINGS)])
def test_ending_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], None), f"{entry['example']} → {_report(found)}"


RUNNING_ON = [e for e in ENDINGS if "runs_on" in e]


@pytest.mark.parametrize("entry", RUNNING_ON, ids=[e["words"] for e in RUNNING_ON])
def test_ending_is_something_else(entry: dict[str, Any]) -> None:
    found = _find(entry["runs_on"])
    assert [a.content[-1].end for a in found] == [len(entry["runs_on"]) - 1], _report(found)


PREPOSITIONAL = _entries("cue_prepositions.yml")


@pytest.mark.parametrize("entry", PREPOSITIONAL, ids=[e["words"] for e in PREPOSITIONAL])
def test_prepositional_example(entry: dict[str, Any]) -> None:
    found = _find(entry["example"])
    assert _has(found, entry["content"], entry["source"]), f"{entry['example']} → {_report(found)}"


SENTENCES = [
    (path.stem, number, case)
    for path in sorted((Path(__file__).parent / "examples" / "ar").glob("*.yml"))
    for number, case in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")), 1)
]


@pytest.mark.parametrize(("file", "number", "case"), SENTENCES, ids=[f"{f}-{n}" for f, n, _ in SENTENCES])
def test_sentence(file: str, number: int, case: dict[str, Any]) -> None:
    article = Article("example", case.get("title", ""), case["text"])
    found = resolve_speakers(article, find_attributions(article))
    expected = case["found"]
    assert len(found) == len(expected), _report(found)
    for a, wanted in zip(found, expected, strict=True):
        assert (a.source.text if a.source is not None else None) == wanted["source"], _report(found)
        assert _strip(" ".join(s.text for s in a.content)) == _strip(wanted["content"]), _report(found)
        assert a.camp == wanted.get("camp", a.camp), f"{a.camp} by {a.resolved_by}"
        assert a.type == wanted.get("type", a.type), a.type


def test_examples_hold_as_many_negatives_as_it_takes() -> None:
    empty = sum(not case["found"] for _, _, case in SENTENCES)
    assert empty >= len(SENTENCES) // 3


FAILURES = yaml.safe_load((Path(__file__).parent / "examples" / "known-failures.yml").read_text(encoding="utf-8"))


@pytest.mark.xfail(strict=True, reason="known limits, listed with their causes in tests/examples/known-failures.yml")
@pytest.mark.parametrize("case", FAILURES, ids=[str(n) for n, _ in enumerate(FAILURES, 1)])
def test_known_failure(case: dict[str, Any]) -> None:
    assert not _find(case["text"])
