"""What strangers hand us: a list of hostile inputs with their outcomes, random ones, and what we never do with either."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import discourse
from discourse.analysis import analyse
from discourse.corpus import Article, read_corpus
from discourse.datafiles import LexiconError
from discourse.framing import read_frames
from discourse.readers import READERS
from discourse.schemas import TableError
from discourse.sentiment import read_sentiment_lexicon
from discourse.speakers import CampsError, read_camps
from discourse.tables import read_table, write_table
from tests.hostile import CASES, PAGE, SAID, page

MODULES = sorted(Path(discourse.__file__).parent.glob("*.py"))
FUZZ = settings(
    deadline=None,
    max_examples=int(os.environ.get("DISCOURSE_FUZZ", "60")),  # more by hand: each takes some milliseconds
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def test_the_page_says_what_happens() -> None:
    assert len(CASES) >= 25
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m tests.hostile, and look at what has changed"


# Random inputs --------------------------------------------------------------------------------------------------------

PIECES = (
    "{",
    "[",
    '"text"',
    ":",
    "\\ud83d",
    "<rss>",
    "<!DOCTYPE",
    "<item>",
    "PK\x03\x04",
    ",",
    "\n",
    "\0",
    "PAR1",
    SAID,
    "«",
)
BYTES = st.one_of(
    st.binary(max_size=400),
    st.lists(st.sampled_from(PIECES), max_size=20).map(lambda pieces: "".join(pieces).encode()),
    st.text(max_size=200).map(lambda text: text.encode("utf-16")),
)


@FUZZ
@given(st.sampled_from(sorted(READERS)), BYTES)
def test_no_bytes_break_a_reader(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    corpus = read_corpus(path)
    assert corpus.articles or corpus.faults or corpus.notes or corpus.n_set_aside
    for article in corpus:
        assert all(article.document[span.start : span.end] == span.text for span in article.boilerplate)


WORDS = st.sampled_from(
    (
        *SAID.rstrip(".").split(),
        "قال",
        "إن",
        "وأكد",
        "بحسب",
        "«",
        "»",
        '"',
        ":",
        "،",
        ".",
        "\n",
        "\u202e",
        "\u200f",
        "\0",
        "(",
        "–",
    )
)


@FUZZ
@given(st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=40).map(" ".join)), st.text(max_size=20))
def test_no_text_breaks_the_chain(text: str, title: str) -> None:
    article = Article("a", title, text)
    rows = analyse([article])
    for cue, span in zip(rows["cue"], rows["cue_span"], strict=True):
        assert (cue is None) == (span is None)
        assert cue is None or article.document[slice(*span)] == cue


YAML = st.recursive(
    st.sampled_from(("camp", "x", "[", "&a", "*a", "!!python/name:os.system", "russia", "~", "1", "{", "\t", "\0")),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda each: "\n".join(f"- {one}" for one in each)),
        st.tuples(st.sampled_from(("camp", "states", "frame", "indicators")), inner).map(": ".join),
    ),
    max_leaves=10,
)


@FUZZ
@given(YAML)
def test_no_yaml_breaks_a_loader(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yml"
    path.write_text(text, encoding="utf-8")
    for load, error in ((read_camps, CampsError), (read_frames, LexiconError)):
        try:
            load(path)
        except error as fault:
            assert str(fault).strip()


@FUZZ
@given(
    st.one_of(BYTES, st.text(max_size=80).map(lambda rows: f"term,polarity,strength\n{rows}".encode(errors="replace")))
)
def test_no_bytes_break_the_loader_of_sentiment(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    try:
        read_sentiment_lexicon(path)
    except LexiconError as fault:
        assert str(fault).strip()


@FUZZ
@given(st.sampled_from((".csv", ".jsonl", ".parquet")), st.data())
def test_no_damage_breaks_reading_a_table(tmp_path: Path, suffix: str, data: st.DataObject) -> None:
    path = tmp_path / f"sound{suffix}"
    if not path.exists():
        write_table(analyse([Article("a", "", SAID)]), path)
    written = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        written[data.draw(st.integers(0, len(written) - 1))] = data.draw(st.integers(0, 255))
    hurt = tmp_path / f"hurt{suffix}"
    hurt.write_bytes(written)
    try:
        read_table(hurt)
    except TableError as fault:
        assert str(fault).startswith(str(hurt))


# What no module does --------------------------------------------------------------------------------------------------


def calls(source: str) -> set[str]:
    return {ast.unparse(node.func) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)}


SAFE = ("yaml.SafeLoader", "getattr(yaml, 'CSafeLoader', yaml.SafeLoader)")


def unsafe(source: str) -> list[str]:
    """Modules and calls by which data could run code."""
    names = re.findall(r"^\s*(?:import|from) (pickle|marshal|shelve|joblib|dill)\b", source, flags=re.MULTILINE)
    names += sorted(calls(source) & {"eval", "exec", "yaml.unsafe_load", "yaml.full_load", "os.system"})
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "yaml.load":
            loader = next((ast.unparse(k.value) for k in node.keywords if k.arg == "Loader"), "")
            safe = loader in SAFE or f"class {loader}(yaml.SafeLoader)" in source
            names += [] if safe else ["yaml.load"]
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_data_is_never_run(path: Path) -> None:
    assert unsafe(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["pickle"]),
        ("def f():\n    from joblib import load", ["joblib"]),
        ("yaml.load(text, Loader=yaml.Loader)", ["yaml.load"]),
        ("class L(yaml.SafeLoader): ...\nyaml.load(text, Loader=L)", []),
        ("yaml.safe_load(text)", []),
        ("eval(cell)", ["eval"]),
    ],
)
def test_the_check_itself(source: str, found: list[str]) -> None:
    assert unsafe(source) == found


# Imports --------------------------------------------------------------------------------------------------------------

HEAVY = (
    "camel_tools",
    "dask",
    "distributed",
    "matplotlib",
    "pandas",
    "pandera",
    "pyarrow",
    "scipy",
    "sklearn",
    "statsmodels",
    "torch",
)


def loaded(code: str) -> set[str]:
    """Heavy packages that are there after some code has run in a process of its own."""
    script = f"{code}\nimport sys\nprint(*(name for name in {HEAVY!r} if name in sys.modules))"
    told = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=True)
    return set(told.stdout.split())


def test_heavy_packages_load_when_they_are_used() -> None:
    assert loaded("import discourse") == set()
    assert loaded("from discourse import read_corpus, Article, find_attributions") <= {"camel_tools"}
    rare = {"dask", "distributed", "matplotlib", "pandera", "scipy", "sklearn", "statsmodels", "torch"}
    used = loaded(f"from discourse import Article, analyse\nassert len(analyse([Article('a', '', {SAID!r})])) == 1")
    assert "pandas" in used
    assert not used & rare
