"""The database of an old release is brought into today's format, and nothing is kept that has another checksum."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests import morphology

OLD = (
    "###DEFINES###\nDEFAULT pos:noun pos_freq:-9 lex_freq:-9 pos_lex_freq:-9\n###STEMBACKOFF###\nSTEMBACKOFF NOAN_ALL\n"
)


def test_an_old_database_is_converted() -> None:
    assert morphology.converted(OLD) == (
        "###DEFINES###\nDEFAULT pos:noun pos_logprob:-9 lex_logprob:-9 pos_lex_logprob:-9\n"
        "###TOKENIZATIONS###\nTOKENIZATION d3seg atbseg d2seg d1seg d1tok d2tok atbtok d3tok\n"
        "###STEMBACKOFF###\nSTEMBACKOFF NOAN_ALL\n"
    )


def test_another_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def download(command: list[str], check: bool) -> None:
        folder = Path(command[command.index("--dest") + 1])
        with zipfile.ZipFile(folder / "camel_tools.whl", "w") as wheel:
            wheel.writestr(morphology.MEMBER, OLD)

    monkeypatch.setattr("pooch.os_cache", lambda name: tmp_path)
    monkeypatch.setattr(morphology.subprocess, "run", download)
    with pytest.raises(
        ValueError, match=r"almor-msa-r13\.db of camel-tools==0\.4\.dev5 has another checksum than a2b4d3"
    ):
        morphology.database()
    assert not list(tmp_path.iterdir())


def reading(pos: str, weight: float, **features: str) -> dict[str, Any]:
    return {"source": "lex", "asp": "na", "per": "na", "vox": "na", "pos": pos, "pos_lex_logprob": weight, **features}


class Analyzer:
    """An analyser that knows one word: a noun in nine of ten texts."""

    def analyze(self, word: str) -> list[dict[str, Any]]:
        readings = [
            reading("noun", -1.0),
            reading("verb", -2.0, asp="p", per="3", vox="a", gen="m", num="s", enc0="0"),
            reading("verb", -1.0, asp="c", per="2", vox="a"),
        ]
        return readings if word == "طلب" else []


def test_how_much_of_a_word_is_a_verb() -> None:
    known = morphology.Morphology(Analyzer())  # type: ignore[arg-type]
    assert known.weight_of_verbs("طلب") == pytest.approx(0.1 / 1.1)  # an imperative does not count
    assert known.weight_of_verbs("كتاب") == 0.0
