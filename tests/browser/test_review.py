"""Somebody reviews statements in a real JupyterLab by keyboard alone, and the kernel dies while they do."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from discourse import read_coding
from tests.browser.conftest import save_screenshot
from tests.browser.lab import Lab, run_all, watched
from tests.browser.reading import direction_of, least_contrast

# Constructed. The markup is part of the words, as in an article that was saved badly.
TEXT = (
    "قال الوزير الروسي إن <b>المحطة</b> رقم 12 (Alpha) جاهزة<img src=x onerror='window.hit=1'>. "
    "وأعلن البيت الأبيض أن الوفد في الطريق. وزعم قاسم جومارت توكاييف أن المعبر 7 مفتوح."
)
CELLS = """import os, warnings
from datetime import date
import discourse
article = discourse.Article("a-1", "", {text!r}, "ufuq", date(2022, 1, 9))
table = discourse.analyse([article])
print("kernel", os.getpid())
---
discourse.review(table, [article], "{name}.jsonl", coder="amal", language="{language}")
"""


def write_notebook(lab: Lab, name: str, language: str) -> Path:
    path = lab.folder / f"{name}.ipynb"
    cells = CELLS.format(text=TEXT, name=name, language=language).split("---\n")
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(made, path)
    return path


def until(holds: Callable[[], bool], page: Page, what: str) -> None:
    """Wait for something outside the page."""
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(100)
    pytest.fail(f"After 10 s: {what}")


def widget_of(page: Page) -> Locator:
    widget = page.locator(".discourse-review")
    expect(widget).to_be_visible()
    return widget


def kernel_of(page: Page) -> int:
    said = page.locator(".jp-OutputArea-output", has_text="kernel").first.inner_text()
    return int(said.split()[1])


def decisions(path: Path) -> list[tuple[str, str | None]]:
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    made: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [(one["variable"], one["code"]) for one in made]


def test_review_by_keyboard_survives_a_kernel_that_dies(lab: Lab, page: Page) -> None:
    notebook = write_notebook(lab, "review", "en")
    kept = notebook.with_suffix(".jsonl")
    with watched(page, lab.address) as noted:
        lab.open(page, notebook)
        run_all(page)
        widget = widget_of(page)
        assert page.evaluate("window.hit") is None and "<b>المحطة</b>" in widget.locator(".passage").inner_text()
        widget.locator(".passage").click()
        save_screenshot(page, "review-1-first")

        # Accept: every label of the first statement. A decision is shown as made once it is on the disk.
        page.keyboard.press("Enter")
        expect(widget.locator('[data-variable="attributed"] [data-code="yes"]')).to_have_attribute(
            "aria-pressed", "true"
        )
        assert decisions(kept) == [("attributed", "yes")]
        for _ in range(4):
            page.keyboard.press("Enter")  # nobody waits for the kernel
        expect(widget.locator(".head b")).to_have_text("2 of 3")
        expect(widget).to_contain_text("decided: 1")
        assert [name for name, _ in decisions(kept)] == ["attributed", "camp", "engagement", "sentiment", "frames"]

        # Correct: another camp, then one frame beside the machine's, and one that is taken off again.
        page.keyboard.press("1")
        page.keyboard.press("4")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        for key in ("6", "4", "6"):
            page.keyboard.press(key)
        pressed = widget.locator('[data-variable="frames"] [aria-pressed="true"] span')
        expect(pressed).to_have_text(["economic", "diplomacy"])
        until(lambda: len(decisions(kept)) == 10, page, "not every key is a line")
        save_screenshot(page, "review-2-corrected")

        # The kernel dies. A decision that was not kept is not shown, and the page says so.
        before = kept.read_bytes()
        os.kill(kernel_of(page), signal.SIGKILL)
        page.keyboard.press("ArrowUp")
        page.keyboard.press("2")
        expect(widget.get_by_role("alert")).to_contain_text("Not kept", timeout=15_000)
        save_screenshot(page, "review-3-kernel-dead")
        assert kept.read_bytes() == before
        dialog = page.locator(".jp-Dialog")
        if dialog.count():
            dialog.get_by_role("button").last.click()

        # Run the cell again and go on where it was left; reject the last statement, take that back, reject it again.
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=60_000)
        run_all(page)
        widget = widget_of(page)
        expect(widget.locator(".head b")).to_have_text("2 of 3")
        expect(widget.locator(".variable.asked")).to_have_attribute("data-variable", "engagement")
        widget.locator(".passage").click()
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Delete")
        expect(widget).to_contain_text("All statements are decided.")
        page.keyboard.press("Backspace")
        expect(widget).to_contain_text("decided: 2")
        page.keyboard.press("Delete")
        expect(widget).to_contain_text("All statements are decided.")
        save_screenshot(page, "review-4-done")
        assert noted == []
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    assert cells.count() == 2, "a key of the review did something to the notebook"
    codes = read_coding(kept)
    second = codes[codes["id"] == codes["id"].unique()[1]].set_index("variable")["code"]
    assert (second["attributed"], second["camp"], second["engagement"]) == ("yes", "other", "acknowledge")
    assert list(second.index[second == "yes"]) == ["attributed", "frames:economic", "frames:diplomacy"]
    assert decisions(kept)[-3:] == [("attributed", "no"), ("attributed", None), ("attributed", "no")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_review_in_arabic_runs_right_to_left_and_can_be_read(
    lab: Lab, page: Page, theme: Literal["light", "dark"]
) -> None:
    notebook = write_notebook(lab, f"review-{theme}", "ar")
    page.emulate_media(color_scheme=theme)
    lab.open(page, notebook)
    expect(page.locator("body")).to_have_attribute("data-jp-theme-light", "true" if theme == "light" else "false")
    run_all(page)
    widget = widget_of(page)
    reading = direction_of(widget)
    assert reading.faults == [] and reading.pairs >= 20 and reading.starts >= 5
    ratio, words = least_contrast(widget)
    assert ratio >= 4.5, f"{words}: {ratio:.1f}"
    # Mirrored with the language: the left arrow leads on. And a mouse does what keys do.
    widget.locator(".passage").click()
    page.keyboard.press("ArrowLeft")
    expect(widget.locator(".head b")).to_have_text("2 من 3")
    page.keyboard.press("ArrowRight")
    expect(widget.locator(".head b")).to_have_text("1 من 3")
    widget.get_by_role("button", name="رفض").click()
    kept = notebook.with_suffix(".jsonl")
    until(lambda: decisions(kept) == [("attributed", "no")], page, "the button wrote no decision")
    page.keyboard.press("Enter")  # where the focus is after a click, keys go on
    until(lambda: decisions(kept)[1:] == [("attributed", "yes")], page, "the key after the click wrote no decision")
