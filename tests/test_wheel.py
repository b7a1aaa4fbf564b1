"""The built wheel works away from the checkout: in a clean environment, with its own language and actor data."""

import json
import os
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parent.parent

# Constructed for this test.
PROGRAM = """
import json
from importlib.resources import files
from pathlib import Path

import discourse
from discourse.lexicon import load_actors, load_language

article = discourse.Article(
    id="a1",
    title="مشاورات في العاصمة",
    text="أعلن المتحدث باسم الكرملين أن المشاورات ستستأنف يوم الأحد. وقالت وزارة الخارجية الأمريكية: «هذا التطور مهم للمنطقة كلها».",
    outlet="o1",
)
table = discourse.analyse([article])
print(
    json.dumps(
        {
            "package": str(Path(discourse.__file__).parent),
            "typed": files("discourse").joinpath("py.typed").is_file(),
            "language": type(load_language()).__name__,
            "actors": type(load_actors()).__name__,
            "rows": table[["cue", "source", "content", "camp", "type"]].to_dict("records"),
            "scored": {"engagement", "sentiment"} <= set(table.columns),
        }
    )
)
"""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command away from the checkout; what it prints on failure is the test's message."""
    environment = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def away() -> Iterator[Path]:
    """A folder outside the checkout, gone afterwards: a clean environment holds several hundred megabytes."""
    with TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def wheel(away: Path) -> Path:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", away / "dist", ROOT]
    run(*build, cwd=away)
    (built,) = (away / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(away: Path, wheel: Path) -> Path:
    """The interpreter of a clean environment that holds the wheel and its pinned core dependencies, and no torch."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    overrides = away / "overrides.txt"
    overrides.write_text("\n".join(project["tool"]["uv"]["override-dependencies"]), encoding="utf-8")
    uv = find_uv_bin()
    run(uv, "venv", "--quiet", "--python", sys.executable, away / "clean", cwd=away)
    interpreter = away / "clean" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    install = [uv, "pip", "install", "--python", interpreter, "--override", overrides]
    install += ["--constraints", ROOT / "constraints.txt", "--build-constraints", ROOT / "constraints.txt", wheel]
    try:
        run(*install, "--offline", cwd=away)  # what `make` installed is still in the cache
    except AssertionError:
        run(*install, cwd=away)
    return interpreter


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"discourse", "arabic_discourse-0.1.0.dist-info"}
    held = {name for name in names if name.startswith("discourse/")}
    shipped = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "discourse").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert held == shipped
    assert "arabic_discourse-0.1.0.dist-info/licenses/LICENSE" in names


def test_it_analyses_a_text_away_from_the_checkout(python, away):
    found = json.loads(run(python, "-c", PROGRAM, cwd=away))
    assert Path(found["package"]).is_relative_to(away.resolve())
    assert (found["typed"], found["language"], found["actors"], found["scored"]) == (True, "Language", "Actors", True)
    first, second = found["rows"]
    assert first == {
        "cue": "أعلن",
        "source": "المتحدث باسم الكرملين",
        "content": "أن المشاورات ستستأنف يوم الأحد",
        "camp": "moscow",
        "type": "indirect",
    }
    assert (second["source"], second["camp"], second["type"]) == ("وزارة الخارجية الأمريكية", "washington", "direct")


def test_its_command_is_installed(python, away):
    assert "attribute" in run(python.parent / "discourse", "--help", cwd=away)
