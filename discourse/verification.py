"""Draw a figure anew, and say whether it is the same; if not, which input, which data and which number differ."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from io import StringIO
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from discourse.canvas import REDRAWN, drawn_tables
from discourse.receipts import Receipt, ReceiptError, read_receipt, receipt_of

_COLUMNS = ["figure", "kind", "where", "was", "now"]
_ABSENT = "(absent)"


def verify_figures(*paths: str | Path, against: Axes | Figure | None = None) -> pd.DataFrame:
    """Run what drew some figures once more, and compare receipts, numbers and pictures.

    A receipt names the script or the call of the command line that drew its figure, which is run as if you had called
    it, but for where it saves figures: verify only figures whose scripts you would run.

    Parameters
    ----------
    paths
        Figures that `save_figure` wrote (.svg, .png, .pdf), in the folder where they were saved. What drew several is
        run once.
    against
        The figure as drawn in this session, for a figure whose receipt names nothing to run. Then calls, inputs, data
        and numbers are compared, and not the picture.

    Returns
    -------
    pandas.DataFrame
        A row a difference: `figure`, `kind`, `where`, `was`, `now`. No rows: all is the same. Kinds, in this order:

        - ``input``: an article, a camp or a file of codes was changed, added or taken away;
        - ``lexicon``, ``version``: so was the language and actor data, or the library is another release;
        - ``call``: the figure is drawn by another call;
        - ``cell``: the first cell of the table drawn that is another;
        - ``picture``: with the same receipt the file has other bytes: it was edited, or drawn by other releases of
          matplotlib and its fonts.

    Raises
    ------
    ReceiptError
        A file has no receipt, its receipt names nothing that can be run, or what was run failed or drew no such figure.
    """
    files = [Path(path) for path in paths]
    kept = {path: read_receipt(path) for path in files}
    rows: list[tuple[str, ...]] = []
    if against is not None:
        now = receipt_of(drawn_tables(against))
        for path, was in kept.items():
            rows += [(str(path), *difference) for difference in _differences(was, now)]
        return pd.DataFrame(rows, columns=_COLUMNS)
    runs: dict[tuple[Path, tuple[str, ...]], list[Path]] = {}
    for path, was in kept.items():
        if not was.command:
            raise ReceiptError(
                f"{path}: its receipt does not say what drew it, so nothing can be run. Draw it in Python and call "
                "verify_figures(path, against=ax), or save it with source=, the path of the script."
            )
        runs.setdefault((path.absolute().parent, was.command), []).append(path)
    for (folder, command), drawn in runs.items():
        with TemporaryDirectory() as temporary:
            said = _run(command, folder, Path(temporary))
            for path in drawn:
                anew = Path(temporary) / path.name
                if not anew.is_file():
                    raise ReceiptError(f"{path}: {' '.join(command)} drew no {path.name}{said}")
                found = list(_differences(kept[path], read_receipt(anew)))
                if not found and anew.read_bytes() != path.read_bytes():
                    found = [
                        ("picture", path.name, "the bytes of this file", "others, of the same receipt and numbers")
                    ]
                rows += [(str(path), *difference) for difference in found]
    return pd.DataFrame(rows, columns=_COLUMNS)


def _run(command: tuple[str, ...], folder: Path, target: Path) -> str:
    """Run what draws figures, with `target` to save them in, and give its last words where it failed."""
    kind, *rest = command
    if kind == "python" and len(rest) == 1:
        script = folder / rest[0]
        if not script.is_file():
            raise ReceiptError(f"{folder}: {rest[0]} is not there; verify the figure in the folder where it was saved")
        arguments, place = [str(script.resolve())], script.resolve().parent
    elif kind == "discourse" and rest[:1] == ["figures"]:
        arguments, place = ["-m", "discourse", *rest, "--output", ".", "--quiet"], folder
    else:
        raise ReceiptError(
            f"{folder}: receipts name scripts and calls of `discourse figures`, not {' '.join(command)!r}"
        )
    package = str(Path(__file__).resolve().parents[1])
    paths = os.pathsep.join(filter(None, [package, os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env={**os.environ, REDRAWN: str(target), "MPLBACKEND": "agg", "PYTHONPATH": paths},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    last = done.stderr.strip().splitlines()[-1:] or ["no message"]
    return f"; it ended with: {last[0]}" if done.returncode else ""


def _differences(was: Receipt, now: Receipt) -> Iterator[tuple[str, str, str, str]]:
    """Each difference of two receipts: its kind, where, and what it was and is."""
    for name in dict.fromkeys([*was.inputs, *now.inputs]):
        yield from _changed("input", f"{name}: ", was.inputs.get(name, {}), now.inputs.get(name, {}))
    yield from _changed("lexicon", "", was.lexicon, now.lexicon)
    if was.version != now.version:
        yield "version", "discourse", was.version, now.version
    for place, (one, other) in enumerate(zip_longest(was.calls, now.calls, fillvalue=_ABSENT), start=1):
        if one != other:
            yield "call", f"panel {place}", one, other
    yield from _first_cell(was.numbers, now.numbers)


def _changed(
    kind: str, where: str, was: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    for name in sorted({*was, *now}):
        one, other = was.get(name, _ABSENT), now.get(name, _ABSENT)
        if one != other:
            yield kind, where + name, one, other


def _first_cell(was: str, now: str) -> Iterator[tuple[str, str, str, str]]:
    """The first cell in which two tables differ, by its row, the classes that stand in it, and its column."""
    (names, *before), (others, *after) = (list(csv.reader(StringIO(text, newline=""))) or [[]] for text in (was, now))
    if names != others:
        yield "cell", "columns", ", ".join(names), ", ".join(others)
        return
    for number, (one, other) in enumerate(zip_longest(before, after), start=1):
        if one is None or other is None:
            yield "cell", f"row {number}", ", ".join(one or [_ABSENT]), ", ".join(other or [_ABSENT])
            return
        for name, cell, new in zip_longest(names, one, other, fillvalue=_ABSENT):
            if cell != new:
                classes = ", ".join(one[: next((k for k, text in enumerate(one) if _is_number(text)), 0)])
                yield "cell", f"row {number} ({classes}), column {name}", cell, new
                return


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
