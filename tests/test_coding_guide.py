"""The code of docs/coding.md runs as it stands; people's part, filling in the sheets, is done by a stand-in."""

from __future__ import annotations

import os
import re
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from discourse.clusters import TooFewClusters

ROOT = Path(__file__).parents[1]
CODES = {"attributed": "yes", "camp": "other", "engagement": "acknowledge", "sentiment": "neutral", "frames": ""}


def code_like_a_person(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["coding"]
    header = [cell.value for cell in sheet[1]]
    for number in range(2, sheet.max_row + 1):
        for name, code in (CODES | {"sentiment": ["negative", "neutral", "positive"][number % 3]}).items():
            sheet.cell(number, header.index(name) + 1).value = code
    book.save(path)


def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "coding.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) == 3
    os.symlink(ROOT / "corpora", tmp_path / "corpora")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewClusters)
        exec(blocks[0], names)  # noqa: S102
        for coder in ("amal", "badr"):
            code_like_a_person(tmp_path / f"{coder}.xlsx")
        exec(blocks[1], names)  # noqa: S102
        exec(blocks[2], names)  # noqa: S102
    assert names["agreed"]["percent"].iloc[0] == 1
    assert set(names["answer"]["corrected"]) == {False, True}
    assert names["coded"]["human"].notna().sum() == 60
    assert set(names["number"]) == set(names["table"]["outlet"])
