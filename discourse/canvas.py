"""What all figures share: widths, colours and markers, words in both languages, legend and notes, and files.

The modules that draw (`discourse.plots` and those beside it) put their marks between `axes_of` and `dress`, and hand the
table to `remember`, so that `figure_data` gives it back and `save_figure` writes it beside the picture.
"""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from pathlib import Path
from typing import Any, Literal, ParamSpec
from unicodedata import bidirectional
from weakref import WeakKeyDictionary

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.patheffects import Normal
from matplotlib.text import Text
from matplotlib.ticker import MaxNLocator

from discourse.bidi import isolate
from discourse.languages import RIGHT_TO_LEFT, Language
from discourse.provenance import origin_of_call, with_origin
from discourse.receipts import FIELDS, as_csv, receipt_of, running_script, seen_from

COLUMN_MM = 85
PAGE_MM = 170
MARGIN = 4.0  # points around a figure
ROW = 12.0  # points for a row of keys

# Okabe & Ito's colours, told apart in every common kind of colour blindness; the marker says the same in grey.
# Okabe, M. & Ito, K. (2008). Color universal design. https://jfly.uni-koeln.de/color/
MARKS = [
    ("#D55E00", "o"),
    ("#0072B2", "s"),
    ("#009E73", "D"),
    ("#CC79A7", "^"),
    ("#E69F00", "v"),
    ("#56B4E9", "<"),
    ("#000000", ">"),
]
STYLE: Any = {
    "font.family": ["DejaVu Sans"],
    "font.size": 7.5,
    "axes.titlesize": 9,
    "axes.titleweight": "bold",
    "axes.labelsize": 7.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "legend.fontsize": 7.5,
    "axes.linewidth": 0.6,
    "axes.edgecolor": "#555555",
    "xtick.major.width": 0.6,
    "grid.color": "#DDDDDD",
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.6,
    "axes.axisbelow": True,
}

_INTERVAL = 1.3  # points that the line of an interval is wide

REDRAWN = "DISCOURSE_FIGURES"  # names a folder that figures are saved into instead; verify_figures sets it

_Arguments = ParamSpec("_Arguments")
_DRAWN: WeakKeyDictionary[Axes, pd.DataFrame] = WeakKeyDictionary()


class PlotError(ValueError):
    """The table is not one that this figure can draw."""


def drawing(plot: Callable[_Arguments, Axes]) -> Callable[_Arguments, Axes]:
    """Have a plot function draw in our style, and tell `save_figure` how it was called and what made the table it drew."""
    signature = inspect.signature(plot)

    @wraps(plot)
    def drawn(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> Axes:
        with mpl.rc_context(STYLE):
            ax = plot(*args, **kwargs)
        with_origin(_DRAWN[ax], origin_of_call(plot.__name__, signature.bind(*args, **kwargs)))
        return ax

    return drawn


def remember(ax: Axes, table: pd.DataFrame) -> Axes:
    """Keep the table that was drawn into `ax` for `figure_data`, and give the axes back."""
    _DRAWN[ax] = table.copy()
    return ax


def require(table: pd.DataFrame, columns: Sequence[str], what: str) -> None:
    """Say which columns a table lacks that a figure draws, or that there is nothing to draw.

    Raises
    ------
    PlotError
        If a column is absent or the table has no rows.
    """
    absent = [repr(name) for name in columns if name not in table.columns]
    if absent:
        raise PlotError(f"Expected {what}; the table has no column {', '.join(absent)}.")
    if table.empty:
        raise PlotError(f"Expected {what}; the table has no rows, so there is nothing to draw.")


def figure_data(ax: Axes) -> pd.DataFrame:
    """Give back the table that was drawn into `ax`.

    Raises
    ------
    PlotError
        If nothing of this library was drawn there.
    """
    if ax not in _DRAWN:
        raise PlotError("No table was drawn into these axes; pass the axes that a plot_ function returned.")
    return _DRAWN[ax].copy()


def drawn_tables(figure: Axes | Figure) -> list[pd.DataFrame]:
    """The tables drawn into a figure, one for each of its axes.

    Raises
    ------
    PlotError
        The figure holds no axes of this library.
    """
    whole = _whole(figure)
    tables = [figure_data(ax) for ax in whole.axes if ax in _DRAWN] if whole is not None else []
    if not tables:
        raise PlotError("The figure holds no axes that a plot_ function drew; there are no numbers to save beside it.")
    return tables


def save_figure(
    figure: Axes | Figure,
    stem: str | Path,
    formats: Sequence[str] = ("svg", "png"),
    *,
    source: str | Path | Sequence[str] | None = None,
) -> list[Path]:
    """Write a figure and, beside it, the numbers it draws as CSV.

    The same figure gives the same bytes: no dates, fixed ids and resolution. Letters are outlines in SVG, so that every
    reader sees them joined. In PDF they are text in an embedded TrueType font, but for Arabic, which is outlines there
    too: matplotlib's PDF output shifts letters in right-to-left text (seen in 3.11.2).

    Parameters
    ----------
    figure
        Axes from a `plot_` function, or a figure that holds such axes; tables of several axes follow each other in the
        CSV, told apart by the column `panel`.
    stem
        Path without suffix: ``figures/who-is-quoted`` becomes ``figures/who-is-quoted.svg`` and so on. Folders are made.
    formats
        Any of ``"svg"``, ``"png"`` and ``"pdf"``.
    source
        What draws this figure, for the receipt that each file carries in its metadata (`discourse.receipts`):
        `verify_figures` runs it and compares. A path of a script, or the words of a call of the command line; the script
        that is running where none is given, or the text (.py) that is paired with the notebook.

    Returns
    -------
    list of pathlib.Path
        The files written, the CSV last.

    Raises
    ------
    PlotError
        If a format is unknown, the source is no script, or the figure holds no axes of this library.
    """
    unknown = [repr(name) for name in formats if name not in _METADATA]
    if unknown:
        raise PlotError(f"Unknown format {', '.join(unknown)}. Formats: {', '.join(_METADATA)}.")
    tables = drawn_tables(figure)
    whole = _whole(figure)
    assert whole is not None
    receipt = receipt_of(tables, _command(source, Path(stem).parent)).text()
    folder = Path(os.environ.get(REDRAWN) or Path(stem).parent)
    stem = folder / Path(stem).name
    written = []
    folder.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "discourse", "svg.fonttype": "path", "pdf.fonttype": 42}):
        for name in formats:
            path = Path(f"{stem}.{name}")
            whole.draw_without_rendering()
            outlined = _right_to_left_texts(whole) if name == "pdf" else []
            for text in outlined:
                text.set_path_effects([Normal()])
            whole.savefig(path, dpi=300, metadata=_METADATA[name] | {FIELDS[name]: receipt})
            for text in outlined:
                text.set_path_effects([])
            written.append(path)
    path = Path(f"{stem}.csv")
    path.write_text(as_csv(tables), encoding="utf-8", newline="")
    return [*written, path]


def _whole(figure: Axes | Figure) -> Figure | None:
    return figure if isinstance(figure, Figure) else figure.get_figure(root=True)


def _command(source: str | Path | Sequence[str] | None, folder: Path) -> list[str]:
    """What draws a figure anew, run in the folder where it is saved; nothing where nobody can say."""
    if source is None:
        script = running_script()
        return [] if script is None else ["python", seen_from(script, folder)]
    if not isinstance(source, (str, Path)):
        return list(source)
    if Path(source).suffix != ".py" or not Path(source).is_file():
        raise PlotError(
            f"source {str(source)!r}: there is no such script; give the path of the .py file that draws this."
        )
    return ["python", seen_from(source, folder)]


_METADATA: dict[str, dict[str, str | None]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def _right_to_left_texts(figure: Figure) -> list[Text]:
    """Texts with a right-to-left letter or an isolate."""
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    return [text for text in texts if any(bidirectional(letter) in {"R", "AL", "LRI"} for letter in text.get_text())]


def marks_of(
    series: Sequence[Any], labels: Mapping[str, str] | None, unmarked: Iterable[Any] = ()
) -> dict[Any, tuple[str, str]]:
    """Colour and marker of each class: those of its place in `labels` without the unmarked, then of its place in the table."""
    known = [] if labels is None or set(series).isdisjoint(labels) else [one for one in labels if one not in unmarked]
    order = dict.fromkeys([*known, *series])
    return {name: MARKS[place % len(MARKS)] for place, name in enumerate(order)}


def axes_of(ax: Axes | None, width: float, height: float) -> tuple[Axes, bool, int]:
    """The axes given or those of a new figure in mm; whether they are new; letters that a row's label may be wide."""
    owned = ax is None
    if ax is None:
        ax = plt.figure(figsize=(width / 25.4, height / 25.4), layout="constrained").add_subplot()
    else:
        width = ax.get_window_extent().width / ax.get_figure(root=True).dpi * 25.4 * 1.5  # type: ignore[union-attr]
    return ax, owned, 46 if width > 120 else 22


def frame(ax: Axes, language: Language) -> None:
    """Light vertical lines, no box; the labels of the lines where reading begins. The same in anybody's axes."""
    ax.grid(axis="x", color=STYLE["grid.color"], linewidth=STYLE["grid.linewidth"])
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=STYLE["xtick.labelsize"])
    ax.spines[["top", "left", "right"]].set_visible(False)
    if language in RIGHT_TO_LEFT:
        ax.yaxis.tick_right()
    ax.tick_params(axis="y", length=0)


def notes_on(estimates: pd.DataFrame, words: Mapping[str, str], drawn_as: str = "interval") -> list[str]:
    """What a reader must know to read the numbers: corrected or not, and what lines, bands or hatches stand for."""
    corrected = estimates["corrected"].astype(bool)
    notes = [words["corrected"]] if corrected.all() else [words["uncorrected"]]
    if corrected.any() and not corrected.all():
        notes = [words["corrected"], words["hollow"]]
    sampled = estimates.loc[estimates["ci_low"].notna(), "method"].str.extract(r"\b(outlet|article)", expand=False)
    notes += [words[f"{drawn_as}_{name}"].format(level="95%") for name in sorted(sampled.dropna().unique())]
    if estimates["ci_low"].isna().any():
        notes.append(words["no_interval"])
    return notes


def dress(
    ax: Axes, owned: bool, language: Language, title: str | None, handles: Sequence[Line2D | Patch], notes: list[str]
) -> None:
    """Title, legend and notes: over the width of a figure of our own, or around the axes of somebody else's."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    backwards = language in RIGHT_TO_LEFT
    side: Literal["left", "right"] = "right" if backwards else "left"
    width, height = (float(size) * 72 for size in figure.get_size_inches())
    room = width - 2 * MARGIN if owned else width * ax.get_position().width
    keys, columns = _in_columns(figure, handles, room, backwards)
    rows = -(-len(handles) // columns) if handles else 0
    text = _fill(figure, write(" ".join(notes), language), room, 6.5)
    small: Any = {"fontsize": 6.5, "color": "#444444", "ha": side}
    legend: Any = {
        "handles": keys, "ncols": columns, "loc": f"upper {side}", "frameon": False, "borderaxespad": 0,
        "borderpad": 0, "handletextpad": 0.5, "columnspacing": 1.4, "markerfirst": not backwards,
    }  # fmt: skip
    if not owned:
        if keys:
            ax.legend(**legend | {"loc": f"lower {side}"}, bbox_to_anchor=(float(backwards), 1.02))
        if title is not None:
            ax.set_title(write(title, language), loc=side, pad=6 + ROW * rows)
        ax.annotate(text, (float(backwards), 0), xycoords="axes fraction", va="top",
                    xytext=(0, -32), textcoords="offset points", annotation_clip=False, **small)  # fmt: skip
        return
    edge = 1 - MARGIN / width if backwards else MARGIN / width
    top = MARGIN
    if title is not None:
        figure.text(edge, 1 - top / height, write(title, language), ha=side, va="top", fontsize=9, weight="bold")
        top += 18
    if keys:
        figure.legend(**legend, bbox_to_anchor=(edge, 1 - top / height))
        top += ROW * rows + 3
    bottom = MARGIN + 9 * (text.count("\n") + 1)
    figure.text(edge, bottom / height, text, va="top", **small)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(rect=(0, (bottom + 7) / height, 1, 1 - (top + bottom + 7) / height), w_pad=MARGIN / 72, h_pad=0)


def _in_columns(
    figure: Figure, handles: Sequence[Line2D | Patch], room: float, backwards: bool
) -> tuple[list[Line2D | Patch], int]:
    """As many columns of keys as `room` points hold, filled downwards, in reading direction."""
    for columns in range(len(handles), 0, -1):
        rows = -(-len(handles) // columns)
        chunks = [list(handles[start : start + rows]) for start in range(0, len(handles), rows)]
        needed = sum(30 + max(_width(figure, str(key.get_label()), 7.5) for key in chunk) for chunk in chunks)
        if needed <= room or columns == 1:
            break
    else:
        return [], 1
    for chunk in chunks:
        chunk += [Line2D([], [], linestyle="none", label=" ") for _ in range(rows - len(chunk))]
    return [key for chunk in (reversed(chunks) if backwards else chunks) for key in chunk], len(chunks)


def base_of(row: pd.Series, words: Mapping[str, str]) -> str:
    """How many statements, articles and outlets a share is of."""
    return words["base_of_one_outlet" if row["n_outlets"] == 1 else "base"].format(**row)


def _width(figure: Figure, text: str, size: float) -> float:
    """Width of a line of text, in points."""
    probe = figure.text(0, 0, text, fontsize=size)
    width = probe.get_window_extent().width / figure.dpi * 72
    probe.remove()
    return float(width)


def _fill(figure: Figure, text: str, room: float, size: float) -> str:
    """Break text at its spaces into lines that fit into `room` points."""
    lines = [""]
    for word in re.split(r" (?![^\u2066]*\u2069)", text):  # not inside an isolate
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _width(figure, longer, size) > 0.98 * room:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def break_list(text: str, letters: int) -> str:
    """Break a list at its commas into lines of at most so many letters."""
    lines = [""]
    for item in re.split(r"(?<=[,،]) ", text):
        if lines[-1] and len(lines[-1]) + len(item) >= letters:
            lines.append("")
        lines[-1] += f" {item}" if lines[-1] else item
    return "\n".join(lines)


def name_of(value: object, labels: Mapping[str, str] | None, words: Mapping[str, str]) -> str:
    """What to write for a class or group: the caller's word, ours, or the value itself."""
    text = str(value)
    return (labels or {}).get(text) or words.get(text, text)


def write(text: str, language: Language) -> str:
    return isolate(text) if language in RIGHT_TO_LEFT else text


def draw_estimate(ax: Axes, row: pd.Series, y: float, colour: str, marker: str, **look: Any) -> None:
    """Put an estimate on a line of the figure: a mark, hollow where it is uncorrected, on its interval if it has one."""
    if np.isfinite(row["ci_low"]):
        ax.plot([row["ci_low"], row["ci_high"]], [y, y], color=colour, linewidth=_INTERVAL, solid_capstyle="butt")
    face = colour if row["corrected"] else "white"
    ax.plot(
        [row["estimate"]], [y], color=colour, marker=marker, markerfacecolor=face, linestyle="none", zorder=3, **look
    )


def key_of(text: str, colour: str, marker: str, estimates: pd.DataFrame, language: Language, **look: Any) -> Line2D:
    """What the legend shows for one class of estimates: its mark on its line, hollow unless all are corrected."""
    face = colour if estimates["corrected"].all() else "white"
    look = {"linewidth": _INTERVAL} | look
    return Line2D([], [], color=colour, marker=marker, markerfacecolor=face, label=write(text, language), **look)


def percent_axis(ax: Axes, largest: float, language: Language) -> None:
    """A share axis from 0 to the first tenth that holds everything, in percent, in reading direction."""
    end = min(1.0, float(np.ceil(largest * 10 - 1e-9) / 10)) or 0.1
    step = 0.1 if end <= 0.6 else 0.2
    ticks = np.arange(0, end + 1e-9, step)
    ax.set_xticks(ticks, [write(f"{tick:.0%}", language) for tick in ticks])
    ax.set_xlim((end, 0) if language in RIGHT_TO_LEFT else (0, end))
    frame(ax, language)


def number_axis(ax: Axes, low: float, high: float, language: Language) -> None:
    """An axis of plain numbers that holds `low` and `high`, in reading direction, with true minus signs."""
    room = (high - low or 1.0) * 0.06
    ends = (low - room, high + room)
    ticks = [tick for tick in MaxNLocator(6, steps=[1, 2, 2.5, 5, 10]).tick_values(*ends) if ends[0] <= tick <= ends[1]]
    ax.set_xticks(ticks, [write(number(tick), language) for tick in ticks])
    ax.set_xlim(ends[::-1] if language in RIGHT_TO_LEFT else ends)
    frame(ax, language)


def number(value: float) -> str:
    """Write a number with at most two decimals and a true minus sign."""
    return f"{round(value, 2) + 0.0:g}".replace("-", "−")


def headed_lines(
    ax: Axes, headings: Sequence[str], names: Sequence[str], language: Language, first: float = 0.0
) -> list[float]:
    """Label a line for each name, from the top, under a line in bold wherever the heading changes.

    Returns
    -------
    list of float
        Where on the y axis each name's line stands.
    """
    places, ticks, written, bold = [], [], [], []
    y, last = first, None
    for heading, name in zip(headings, names, strict=True):
        if heading and heading != last:
            ticks.append(y)
            written.append(write(heading, language))
            bold.append(True)
            y -= 1
        last = heading
        places.append(y)
        ticks.append(y)
        written.append(write(name, language))
        bold.append(False)
        y -= 1
    ax.set_yticks(ticks, written)
    for tick, strong in zip(ax.yaxis.get_major_ticks(), bold, strict=True):
        for label in (tick.label1, tick.label2):  # left and, in right-to-left figures, right
            label.set_fontweight("bold" if strong else "normal")
    ax.set_ylim(y + 0.3, first + 0.7)
    return places
