"""The receipt that a saved figure carries in its metadata: what it was drawn from, by which calls, and every number.

It stands as JSON in the description of an SVG or PNG file, and among the keywords of a PDF. It holds no time, no absolute
path and no name of a machine, so that the same figure has the same bytes wherever it is drawn.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd

import discourse
from discourse.digests import digest, lexicon_digests
from discourse.provenance import joined, origin_of, read_so_far

FIELDS = {"svg": "Description", "png": "Description", "pdf": "Keywords"}  # of the metadata, by format
_KINDS = {"calls": tuple, "inputs": dict, "lexicon": dict, "numbers": str, "command": tuple}
_DESCRIPTION = "{http://purl.org/dc/elements/1.1/}description"
_KEYWORDS = re.compile(rb"/Keywords \(((?:[^\\()]|\\.)*)\)", re.DOTALL)


class ReceiptError(ValueError):
    """A figure that cannot be verified, and why."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a figure was drawn from.

    Attributes
    ----------
    calls
        One for each of its axes: the plot function and its arguments, with the call that made its table inside, and so on.
    inputs
        What was read: short digests of articles by id, of camps by name. Of tables that were put together by hand, what
        the program had read by then.
    corpus
        One digest of all inputs.
    lexicon
        Short digests of the language and actor data by file.
    version
        Of the library.
    seeds, n
        Seeds of the intervals; how many articles and attributions there were. The table has the n of each estimate.
    numbers
        The table that was drawn, as CSV.
    command
        What draws the figure anew, with paths as seen from the figure's folder; empty if nobody said.
    """

    calls: tuple[str, ...]
    inputs: dict[str, dict[str, str]]
    corpus: str
    lexicon: dict[str, str]
    version: str
    seeds: tuple[int, ...]
    n: dict[str, int]
    numbers: str
    command: tuple[str, ...] = field(default=())

    def text(self) -> str:
        """The receipt as it stands in the file: JSON of ASCII characters only."""
        return json.dumps(asdict(self), sort_keys=True)


def receipt_of(tables: Sequence[pd.DataFrame], command: Sequence[str] = ()) -> Receipt:
    """Make the receipt of a figure out of the tables that were drawn, one for each of its axes."""
    origins = [origin_of(table) for table in tables]
    inputs = joined(origin.inputs for origin in origins) or read_so_far()
    return Receipt(
        tuple(origin.call for origin in origins),
        inputs,
        digest(json.dumps(inputs, sort_keys=True).encode()),
        {name: each[:8] for name, each in lexicon_digests().items()},
        discourse.__version__,
        tuple(dict.fromkeys(seed for origin in origins for seed in origin.seeds)),
        {key: n for origin in origins for key, n in origin.n.items()},
        as_csv(tables),
        tuple(command),
    )


def as_csv(tables: Sequence[pd.DataFrame]) -> str:
    """Write the tables that a figure draws below each other, told apart by the column `panel` where they are several."""
    if len(tables) > 1:
        tables = [table.assign(panel=place) for place, table in enumerate(tables, start=1)]
        tables = [table[["panel", *table.columns.drop("panel")]] for table in tables]
    text: str = pd.concat(tables).to_csv(index=False, lineterminator="\n", float_format="%.10g")
    return text


def running_script() -> Path | None:
    """The script that is running, or the text (.py) paired with the notebook; None in a console or an unpaired notebook."""
    program = sys.modules["__main__"]
    file = getattr(program, "__file__", None)
    if file is None:
        notebook = os.environ.get("JPY_SESSION_NAME", "")  # Jupyter's name for the path of the notebook
        text = Path(notebook).with_suffix(".py") if notebook.endswith(".ipynb") else None
        return text if text is not None and text.is_file() else None
    # what `python -m` runs has a spec, what was installed as a command has no suffix
    return Path(file) if program.__spec__ is None and file.endswith(".py") else None


def seen_from(path: str | Path, folder: Path) -> str:
    """Name a file as seen from a folder; by its mere name where the two have nothing but the root in common."""
    target, base = Path(path).resolve(), folder.resolve()
    near = target.anchor == base.anchor and len(Path(os.path.commonpath([target, base])).parts) > 1
    return Path(os.path.relpath(target, base)).as_posix() if near else target.name


def read_receipt(path: str | Path) -> Receipt:
    """Read the receipt of a figure that `save_figure` wrote.

    Raises
    ------
    ReceiptError
        There is no such file, it is of another kind, or it carries no receipt.
    """
    path = Path(path)
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in FIELDS:
        raise ReceiptError(f"{path}: figures with receipts are {', '.join(f'.{name}' for name in FIELDS)}")
    if not path.is_file():
        raise ReceiptError(f"{path}: there is no such file")
    reader = {"svg": _in_svg, "png": _in_png, "pdf": _in_pdf}[suffix]
    try:
        told = json.loads(reader(path) or "")
        fields: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}
        receipt = Receipt(**fields)
        if all(isinstance(getattr(receipt, name), kind) for name, kind in _KINDS.items()):
            return receipt
        raise TypeError
    except (ValueError, TypeError, AttributeError, SyntaxError, OSError):
        raise ReceiptError(f"{path}: carries no receipt; discourse.save_figure writes one into its figures") from None


def _in_svg(path: Path) -> str | None:
    return ElementTree.parse(path).getroot().findtext(f".//{_DESCRIPTION}")


def _in_png(path: Path) -> str | None:
    from PIL import Image

    with Image.open(path) as image:
        found: str | None = image.info.get(FIELDS["png"])
        return found


def _in_pdf(path: Path) -> str | None:
    found = _KEYWORDS.search(path.read_bytes())
    return None if found is None else re.sub(rb"\\(.)", rb"\1", found[1], flags=re.DOTALL).decode("ascii")
