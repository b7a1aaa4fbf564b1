"""Every notebook in a real JupyterLab: Run All leaves no error, and what is Arabic runs right to left."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page

from tests.browser.conftest import save_screenshot
from tests.browser.lab import ROOT, Lab, run_all, watched
from tests.browser.reading import direction_of

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))
VIEWS = '.jp-OutputArea-output [dir="rtl"]:not([dir="rtl"] *)'


def stored_views(notebook: Path) -> bool:
    """Whether the committed outputs of a notebook hold a view that runs right to left."""
    cells = [cell for cell in nbformat.read(notebook, as_version=4).cells if cell.cell_type == "code"]
    return any('dir="rtl"' in output.get("data", {}).get("text/html", "") for cell in cells for output in cell.outputs)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])
def test_run_all(lab: Lab, page: Page, notebook: Path) -> None:
    with watched(page, lab.address) as noted:
        lab.open(page, lab.folder / "notebooks" / notebook.name)
        run_all(page)
        assert noted == []
    images = page.locator(".jp-RenderedImage img").evaluate_all("all => all.map(one => one.naturalWidth)")
    assert images and all(images), "a figure was not drawn"
    views = page.locator(VIEWS)
    assert (views.count() > 0) == stored_views(notebook)
    looked_at = [direction_of(view) for view in views.all()]
    assert [fault for reading in looked_at for fault in reading.faults] == []
    if looked_at:
        assert sum(reading.pairs for reading in looked_at) >= 20 and sum(reading.starts for reading in looked_at) >= 3
        views.first.scroll_into_view_if_needed()
        save_screenshot(page, f"{notebook.stem}-view")
