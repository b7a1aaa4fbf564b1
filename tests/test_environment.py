"""The ways to install the project say the same: pyproject.toml, environment.yml, constraints.txt, and what is installed."""

import re
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest
import yaml
from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from rattler import MatchSpec
from rattler.exceptions import InvalidMatchSpecError

import discourse

ROOT = Path(__file__).parent.parent
FILES = ("pyproject.toml", "environment.yml", "constraints.txt")
CONDA_NAMES = {"torch": "pytorch-cpu", "build": "python-build"}
ITSELF = "--editable ."
FROM_PIP = {
    "camel-tools",
    "dkpro-cassis",
    "hatch-mypyc",
    "hijridate",
    "mlcroissant",
    "playwright",
    "ppi-python",
    "py3langid",
}

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))


def ranges() -> dict[str, SpecifierSet]:
    """Every package that pyproject.toml names, in its dependencies and all extras, with its range."""
    extras = PROJECT["project"]["optional-dependencies"].values()
    lines = [*PROJECT["project"]["dependencies"], *(line for extra in extras for line in extra)]
    requirements = [Requirement(line) for line in lines]
    assert len({canonicalize_name(r.name) for r in requirements}) == len(requirements), "a package is named twice"
    return {canonicalize_name(r.name): r.specifier for r in requirements}


def conda_lines() -> list[str]:
    return [line for line in CONDA["dependencies"] if isinstance(line, str)]


def pip_lines() -> list[str]:
    return [line for block in CONDA["dependencies"] if isinstance(block, dict) for line in block["pip"]]


def pip_packages() -> list[str]:
    return [line for line in pip_lines() if line != ITSELF]


def pins() -> dict[str, list[Requirement]]:
    """Every line of constraints.txt by package; a package has several where the pin depends on Python or the system."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, list[Requirement]] = defaultdict(list)
    for line in lines:
        if not line.startswith("#"):
            requirement = Requirement(line)
            found[canonicalize_name(requirement.name)].append(requirement)
    return found


RANGES = ranges()
PINS = pins()


def pinned_version(requirement: Requirement) -> Version:
    (specifier,) = requirement.specifier
    assert specifier.operator == "=="
    return Version(specifier.version)


def test_conda_lines_are_match_specs_with_the_ranges_of_pyproject():
    found = {}
    for line in conda_lines():
        spec = MatchSpec(line, strict=True)
        found[spec.name.normalized] = SpecifierSet(spec.version or "")
    expected = {CONDA_NAMES.get(name, name): specifier for name, specifier in RANGES.items() if name not in FROM_PIP}
    expected["python"] = SpecifierSet(PROJECT["project"]["requires-python"])
    expected["pip"] = SpecifierSet()
    assert found == expected
    assert len(conda_lines()) == len(found)


@pytest.mark.parametrize("line", ["pandas>>3", "numpy >=,2", "numpy >=2.0 in a hurry"])
def test_a_wrong_conda_line_would_be_seen(line):
    with pytest.raises(InvalidMatchSpecError):
        MatchSpec(line, strict=True)


def test_pip_lines_are_requirements_with_the_ranges_of_pyproject():
    requirements = [Requirement(line) for line in pip_packages()]
    assert {canonicalize_name(r.name): r.specifier for r in requirements} == {name: RANGES[name] for name in FROM_PIP}
    assert "pip" in conda_lines()


def test_conda_and_binder_put_in_the_library_itself_after_what_it_needs():
    assert pip_lines()[-1] == ITSELF and pip_lines().count(ITSELF) == 1
    assert not [name for name in ("binder", ".binder", "requirements.txt", "setup.py") if (ROOT / name).exists()]


def test_a_wrong_pip_line_would_be_seen():
    with pytest.raises(InvalidRequirement):
        Requirement("camel-tools=>1.6")


def test_conda_takes_all_from_the_community_channel():
    assert CONDA["channels"] == ["conda-forge"]
    assert CONDA["name"] == "discourse"


def test_every_pin_is_exact():
    assert [str(r) for many in PINS.values() for r in many if not re.fullmatch(r"==[\w.+!]+", str(r.specifier))] == []


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("system", ["linux", "darwin"])
def test_one_pin_within_range_on_every_python(python, system):
    environment = default_environment() | {
        "python_version": python,
        "python_full_version": f"{python}.9",
        "sys_platform": system,
        "os_name": "posix",
    }
    for name, specifier in RANGES.items():
        apply = [r for r in PINS[name] if r.marker is None or r.marker.evaluate(environment)]
        assert len(apply) == 1, f"{name}: {len(apply)} pins apply on Python {python}, {system}"
        assert pinned_version(apply[0]) in specifier, f"{name}: the pin lies outside {specifier}"


def test_what_is_installed_is_within_range():
    outside = []
    for name, specifier in RANGES.items():
        try:
            installed = version(name)
        except PackageNotFoundError:
            continue  # an extra that this environment goes without
        if not specifier.contains(installed, prereleases=True):
            outside.append(f"{name} {installed}, not {specifier}")
    assert outside == []
    core = [Requirement(line).name for line in PROJECT["project"]["dependencies"]]
    assert all(version(name) for name in core)


@pytest.mark.skipif(
    Path(sys.prefix).resolve() != (ROOT / ".venv").resolve(), reason="only what `make setup` made is pinned"
)
def test_the_environment_that_make_sets_up_is_the_pinned_one():
    differing = []
    for name, requirements in PINS.items():
        if name == "setuptools":
            continue  # a new environment brings its own before anything is installed
        try:
            installed = Version(version(name))
        except PackageNotFoundError:
            continue
        wanted = [pinned_version(r) for r in requirements if r.marker is None or r.marker.evaluate()]
        if wanted and Version(installed.public) not in wanted:
            differing.append(f"{name} {installed}, not {wanted[0]}")
    assert differing == [], "run `make test` to install the pinned versions"


def test_the_default_set_up_is_free_of_torch():
    overrides = {r.name: r for r in map(Requirement, PROJECT["tool"]["uv"]["override-dependencies"])}
    assert set(overrides) == {"torch", "transformers"}
    for requirement in overrides.values():
        assert requirement.marker is not None
        assert not requirement.marker.evaluate()
    models = {Requirement(line).name for line in PROJECT["project"]["optional-dependencies"]["models"]}
    assert models == set(overrides)


@pytest.mark.parametrize("name", FILES)
def test_no_address_stands_in_it(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert (
        re.findall(r"\w+://\S+|\b[\w-]+\.(?:org|com|net|io)\b|--(?:index-url|extra-index-url|find-links)", text) == []
    )


def test_one_version_number():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {citation["version"], PROJECT["project"]["version"], version("arabic-discourse")} == {discourse.__version__}
    assert citation["license"] == PROJECT["project"]["license"] == "MIT"
