"""Run every numbered notebook from its text; with --save, store the outputs in the .ipynb beside it.

The text (`.py`) is the source: the `.ipynb` is written from it, so that the pair cannot drift apart, and running the same
text on the same corpus writes the same bytes.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import jupytext
import matplotlib
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode

HERE = Path(__file__).resolve().parent
ADDRESS = re.compile(r"\bat 0x[0-9a-f]{6,}")


def run(path: Path) -> NotebookNode:
    """Execute one notebook in a fresh kernel and return it with its outputs."""
    notebook = jupytext.read(path)
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number:02d}"
    client = NotebookClient(
        notebook,
        timeout=900,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],  # not a warning about loopback at every start
        resources={"metadata": {"path": str(HERE)}},
    )
    client.execute()
    return notebook


def clean(notebook: NotebookNode, name: str) -> None:
    """Leave only what the text and the corpus determine: no warnings, no versions of this machine."""
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        for output in cell.outputs:
            if output.get("name") == "stderr":
                print(f"{name}, {cell.id}: {output.text}", file=sys.stderr, end="")
            found = ADDRESS.search("".join(output.get("data", {}).get("text/plain", "")) + output.get("text", ""))
            if found:
                sys.exit(
                    f"{name}, {cell.id}: an output shows a memory address, {found[0]}; end that line in a semicolon."
                )
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    notebook.metadata = {
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def main(arguments: list[str]) -> None:
    """Run all notebooks in order; stop at the first that fails."""
    os.environ["MATPLOTLIBRC"] = str(Path(matplotlib.get_data_path()) / "matplotlibrc")  # not the reader's own style
    for path in sorted(HERE.glob("[0-9]*.py")):
        print(path.name, flush=True)
        os.environ["JPY_SESSION_NAME"] = str(path.with_suffix(".ipynb"))  # as in JupyterLab; figures say who drew them
        try:
            notebook = run(path)
        except CellExecutionError as error:
            sys.exit(f"{path.name}: {error}")
        clean(notebook, path.name)
        if arguments == ["--save"]:
            nbformat.write(notebook, path.with_suffix(".ipynb"))


if __name__ == "__main__":
    main(sys.argv[1:])
