"""A JupyterLab of one's own: a copy of the notebooks, a free port, a token, and a page that somebody works in."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Page, Request
from playwright.sync_api import TimeoutError as PageTimeout

ROOT = Path(__file__).resolve().parents[2]
START = 90  # seconds until JupyterLab answers
RUN = 240  # seconds for one notebook; all together take a few minutes
SETTINGS = {
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells outside the window are in the page, too
    "apputils-extension/themes": {"adaptive-theme": True},  # light or dark as the browser asks for
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
# Cells still to run; or what went wrong, so that nobody waits for the rest.
FINISHED = """() => {
    const book = document.querySelector('.jp-NotebookPanel:not(.lm-mod-hidden)');
    if (!book) return false;
    if (book.querySelector('.jp-OutputArea [data-mime-type="application/vnd.jupyter.error"]')) return true;
    if (document.querySelector('.jp-Dialog')) return true;
    const prompts = [...book.querySelectorAll('.jp-CodeCell .jp-InputPrompt')].map(one => one.textContent);
    const idle = book.querySelector('.jp-Notebook-ExecutionIndicator[data-status="idle"]');
    return prompts.length > 0 && prompts.every(one => /^\\[\\d+\\]:$/.test(one)) && idle !== null;
}"""


@dataclass(frozen=True)
class Lab:
    """Where JupyterLab answers, and the folder that it works in."""

    address: str
    token: str
    folder: Path

    def open(self, page: Page, notebook: Path) -> None:
        """Open a notebook as from a link, and wait for its kernel."""
        place = notebook.relative_to(self.folder).as_posix()
        page.goto(f"{self.address}lab/tree/{place}?reset&token={self.token}")
        page.wait_for_selector(".jp-NotebookPanel .jp-CodeCell", timeout=1000 * START)
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=1000 * START)  # in the status bar


@contextmanager
def running_lab(folder: Path) -> Iterator[Lab]:
    """Start JupyterLab on a copy of the notebooks, settings and run-time files beside it; stop it with its kernels."""
    work = folder / "work"
    own = {
        name: str(folder / name)
        for name in (
            "JUPYTER_CONFIG_DIR",
            "JUPYTER_DATA_DIR",
            "JUPYTER_RUNTIME_DIR",
            "JUPYTERLAB_SETTINGS_DIR",
            "JUPYTERLAB_WORKSPACES_DIR",
            "IPYTHONDIR",
        )
    }
    for place in own.values():
        Path(place).mkdir(parents=True)
    own["PYTHONPATH"] = str(ROOT)  # kernels import what this test imports
    for name, values in SETTINGS.items():
        path = Path(own["JUPYTERLAB_SETTINGS_DIR"], "@jupyterlab", f"{name}.jupyterlab-settings")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values), encoding="utf-8")
    _copy_notebooks(work)
    token = secrets.token_urlsafe()
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ServerApp.port=0"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.extension_manager=readonly"]
    log = folder / "lab.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, cwd=work, env={**os.environ, **own}, stdout=written, stderr=written, start_new_session=True
        )
        try:
            yield Lab(_address(process, Path(own["JUPYTER_RUNTIME_DIR"]), log), token, work)
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def run_all(page: Page) -> None:
    """Choose Run All Cells in the menu, wait for the last cell, and fail where a cell says that something is wrong."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    try:
        page.wait_for_function(FINISHED, timeout=1000 * RUN)
    except PageTimeout:
        prompts = page.locator(".jp-CodeCell .jp-InputPrompt").all_text_contents()
        pytest.fail(f"After {RUN} s cells are still to run; the prompts are {' '.join(prompts)}")
    asked = page.locator(".jp-Dialog-content").all_inner_texts()
    assert asked == [], f"JupyterLab asks: {asked[0]}"
    for kind in ("error", "stderr"):
        said = page.locator(f'.jp-OutputArea [data-mime-type="application/vnd.jupyter.{kind}"]').all_text_contents()
        assert said == [], f"{kind} in an output:\n{said[0]}"


@contextmanager
def watched(page: Page, address: str) -> Iterator[list[str]]:
    """Collect what a page asks of other machines, and which of its scripts fail."""
    seen: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((address, address.replace("http", "ws", 1), "data:", "blob:")):
            seen.append(f"asked for {request.url}")

    page.on("request", note)
    page.on("pageerror", lambda error: seen.append(f"script failed: {error}"))
    yield seen


def _copy_notebooks(work: Path) -> None:
    """Copy the notebooks without their outputs, so that what is seen was made by this run; the corpora stay where they are."""
    (work / "notebooks").mkdir(parents=True)
    (work / "figures").mkdir()
    (work / "corpora").symlink_to(ROOT / "corpora")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, work / "notebooks" / path.name)
    for path in sorted((ROOT / "notebooks").glob("*.py")):
        shutil.copyfile(path, work / "notebooks" / path.name)  # after the notebooks: jupytext reads the later one


def _address(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    """Where the server says that it listens."""
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            try:
                return str(json.loads(path.read_text(encoding="utf-8"))["url"])
            except ValueError:
                pass  # it is being written
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start within {START} s:\n{log.read_text(encoding='utf-8')[-3000:]}")
