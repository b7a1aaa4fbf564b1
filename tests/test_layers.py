"""Imports run one way: from words to articles, to attributions, to tables, to estimates, to pictures and commands."""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

import discourse

LAYERS = (
    ("text", "camel", "digests", "datafiles"),
    ("paradigms",),
    ("lexicon",),
    ("inflection", "encodings", "archives", "languages", "dates", "boilerplate", "recipes"),
    ("markup",),
    ("readers",),
    ("layouts",),
    ("corpus",),
    ("quotation",),
    ("phrases",),
    ("passage",),
    ("subjects",),
    ("complements", "boundaries"),
    ("nominal",),
    ("verbs",),
    ("prepositional", "circumstances", "confidence"),
    ("attribution", "voices"),
    ("speakers",),
    ("explanation",),
    ("schemas",),
    ("tables",),
    ("mentions", "provenance"),
    ("engagement", "wording", "names"),
    ("sentiment", "framing", "seeds"),
    ("stance", "features"),
    ("bidi", "clusters", "marks", "receipts", "republished"),
    ("estimates", "reliability"),
    ("correction", "permutation", "readings", "relays", "robustness", "silence"),
    ("simulate", "keyness", "canvas", "utterances", "labelled", "learning"),
    ("scoring", "coding", "plots", "contrasts", "maps", "courses", "display", "evidence"),
    ("analysis", "inception", "overview", "reviewing", "validity", "verification"),
    ("interchange", "report"),
    ("partition", "summaries"),
    ("store",),
    ("shuffle", "workers"),
    ("scale",),
    ("cli",),
)
RANK = {module: rank for rank, layer in enumerate(LAYERS) for module in layer}
PACKAGE = Path(discourse.__file__).parent
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if not path.stem.startswith("__"))


def imported(source: str) -> set[str]:
    """Every module that some Python source imports, wherever in it, by its full name."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = ".".join(filter(None, ["discourse" if node.level else "", node.module]))
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names if module == "discourse")
    return names


def backward(module: str, source: str) -> list[str]:
    """Modules of the library that stand beside or above this one, and that it imports all the same."""
    within = {name.split(".")[1] for name in imported(source) if name.startswith("discourse.")}
    return sorted(name for name in within if RANK.get(name, len(LAYERS)) >= RANK[module])


def read(module: str) -> str:
    return (PACKAGE / f"{module}.py").read_text(encoding="utf-8")


def test_every_module_has_a_place():
    assert [module for module in MODULES if module not in RANK] == [], "name its place in LAYERS"


@pytest.mark.parametrize("module", MODULES)
def test_imports_run_one_way(module):
    assert backward(module, read(module)) == []


@pytest.mark.parametrize("module", [m for m in MODULES if RANK.get(m, len(LAYERS)) < RANK["tables"] and m != "schemas"])
def test_no_table_before_the_bridge(module):
    assert not {"pandas", "matplotlib", "sklearn", "scipy"} & {name.split(".")[0] for name in imported(read(module))}


@pytest.mark.parametrize("module", [m for m in MODULES if m != "camel"])
def test_one_door_to_data_backed_parts_of_camel_tools(module):
    tools = {name for name in imported(read(module)) if name.startswith("camel_tools")}
    assert {
        name for name in tools if not name.startswith(("camel_tools.utils", "camel_tools.tokenizers.word"))
    } == set()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("from discourse.tables import attributions_table", ["tables"]),
        ("def late():\n    from discourse import plots", ["plots"]),
        ("from .cli import app", ["cli"]),
        ("import discourse.speakers as other", ["speakers"]),
        ("from discourse.nowhere import thing", ["nowhere"]),
        ("from discourse.attribution import Attribution\nimport pandas", []),
    ],
)
def test_the_check_itself(source, found):
    assert backward("speakers", source) == found


ARABIC_LINES = 12  # of a module: knowledge of Arabic lies in discourse/data/ar


def arabic_lines(source: str) -> list[int]:
    """The lines of code that hold Arabic letters outside comments and docstrings."""
    docstrings = {
        line
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {
        token.start[0] + n
        for token in tokens
        if token.type != tokenize.COMMENT
        for n, line in enumerate(token.string.split("\n"))
        if re.search("[\u0620-\u064a]", line)
    }
    return sorted(lines - docstrings)


@pytest.mark.parametrize("module", MODULES)
def test_arabic_lies_in_the_data(module):
    assert len(arabic_lines(read(module))) <= ARABIC_LINES, f"lines {arabic_lines(read(module))}"


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ('x = "ا"', [1]),
        ('"""من."""\n\n\ndef f():\n    """عن."""\n    return "في"', [6]),
        ("x = 1  # من", []),
        ('x = "،"', []),
        ('x = """\nمن\n"""', [2]),
    ],
)
def test_the_check_of_letters_itself(source, lines):
    assert arabic_lines(source) == lines
