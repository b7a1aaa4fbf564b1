"""Each notebook's text and its stored outputs belong together, and the outputs hold nothing of the machine."""

import csv
import json
import re
from pathlib import Path

import jupytext
import nbformat
import pytest

from discourse.receipts import read_receipt

ROOT = Path(__file__).resolve().parents[1]
TEXTS = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
IDS = [path.stem for path in TEXTS]
EXECUTION = re.compile(r"/(?:home|root|tmp)/|ipykernel_|\bat 0x[0-9a-f]{6,}|it/s\]|\d+%\|")

pytestmark = pytest.mark.parametrize("text", TEXTS, ids=IDS)


def is_arabic(text: Path) -> bool:
    return text.stem.endswith("-ar")


def stored(text: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    nbformat.validate(notebook)
    return notebook


def outputs(text: Path) -> list[nbformat.NotebookNode]:
    return [output for cell in stored(text).cells if cell.cell_type == "code" for output in cell.outputs]


def test_the_pair_is_in_step(text):
    written = jupytext.read(text)
    kept = stored(text)
    assert [(cell.cell_type, cell.source) for cell in kept.cells] == [
        (cell.cell_type, cell.source) for cell in written.cells
    ]


def test_all_cells_ran_in_order_without_errors(text):
    code = [cell for cell in stored(text).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    assert {output.output_type for output in outputs(text)} <= {"display_data", "execute_result", "stream"}
    assert not [output for output in outputs(text) if output.get("name") == "stderr"]


def test_outputs_hold_nothing_of_the_machine(text):
    for output in outputs(text):
        data = {kind: body for kind, body in output.get("data", {}).items() if not kind.startswith("image/")}
        found = EXECUTION.search(json.dumps([data, output.get("text", "")], ensure_ascii=False))
        assert found is None, found


def test_the_parts_that_every_notebook_has(text):
    prose = "\n".join(cell.source for cell in stored(text).cells if cell.cell_type == "markdown")
    parts = ["**Question.**", "**Why the easy answer misleads.**", "who is missing", "Three that it got right",
             "Three that it got wrong", "What this does not show", "Exercise", "constructed", "uncorrected"]  # fmt: skip
    if is_arabic(text):
        parts = ["**السؤال.**", "**لماذا يضلّل الجواب السهل؟**", "من الغائب", "ثلاثة أصابت فيها", "ثلاثة أخطأت فيها",
                 "ما لا يدل عليه هذا", "تمرين", "مصطنعة", "غير مصحَّح"]  # fmt: skip
    assert [part for part in parts if part not in prose] == []


def test_the_prose_of_an_arabic_notebook_runs_right_to_left(text):
    prose = [cell.source for cell in stored(text).cells if cell.cell_type == "markdown"]
    boxed = [cell.startswith('<div dir="rtl" lang="ar">\n\n') and cell.endswith("\n\n</div>") for cell in prose]
    assert set(boxed) == {is_arabic(text)}


def test_six_cases_are_shown_right_to_left_with_their_rule(text):
    shown = "".join(output.get("data", {}).get("text/html", "") for output in outputs(text))
    if "simulate_statements" in text.read_text(encoding="utf-8"):  # a world has no text: its cases are whole samples
        assert shown.count("<td>held</td>") == shown.count("<td>lied</td>") == 3
        return
    assert shown.count('<div dir="rtl"') == 6
    assert shown.count("القاعدة: " if is_arabic(text) else "Rule: ") >= 5  # none fired for a statement that was missed
    assert "<script" not in shown


def test_each_figure_stands_with_its_numbers_and_its_caption(text):
    named = re.findall(r'FIGURES / "([\w-]+)"', text.read_text(encoding="utf-8"))
    assert len(named) >= 2
    for name in named:
        for suffix in ("svg", "png", "csv"):
            assert (ROOT / "figures" / f"{name}.{suffix}").is_file()
        with (ROOT / "figures" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert rows
        receipt = read_receipt(ROOT / "figures" / f"{name}.svg")
        assert receipt.command == ("python", f"../notebooks/{text.name}")
        assert receipt.numbers == (ROOT / "figures" / f"{name}.csv").read_text(encoding="utf-8")
        # An estimate says whether it was corrected; single statements and counts are always the machine's.
        assert "corrected" in rows[0] or "estimate" not in rows[0]
        for row in rows:
            # A filled mark needs codes, and says how many there were.
            if row.get("corrected", "False") != "False":
                assert re.search(r"; corrected with \d+ [\w-]+ codes$", row["method"])
