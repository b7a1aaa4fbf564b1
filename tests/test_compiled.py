"""What is compiled gives the rows that the Python modules give; `make compiled` runs this where it has built them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import discourse
import discourse.attribution

ROOT = Path(__file__).parent.parent
PROGRAM = """
import hashlib, sys
import discourse.attribution
from discourse import analyse, read_study

rows = analyse(read_study("corpora/kazakhstan-2022").articles).to_json(orient="records", force_ascii=False)
print(discourse.attribution.__file__.endswith(".py"), hashlib.sha256(rows.encode()).hexdigest())
"""

pytestmark = pytest.mark.skipif(
    discourse.attribution.__file__.endswith(".py"), reason="`make compiled` runs it on compiled modules"
)


def rows_of_the_corpus(search: str) -> tuple[str, str]:
    environment = {**os.environ, "PYTHONPATH": search, "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    python, digest = done.stdout.split()
    return python, digest


def test_the_rows_of_the_corpus_are_those_of_the_python_modules():
    compiled = rows_of_the_corpus(os.environ["PYTHONPATH"])
    python = rows_of_the_corpus(str(ROOT))
    assert (compiled[0], python[0]) == ("False", "True")
    assert compiled[1] == python[1]


def test_the_wheel_has_the_source_of_what_is_compiled_beside_it():
    made, source = Path(discourse.__file__).parent, ROOT / "discourse"
    assert made != source
    for path in source.glob("*.py"):
        assert (made / path.name).read_bytes() == path.read_bytes(), path.name
