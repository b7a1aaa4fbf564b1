"""Draw tables of estimates; nothing is computed here, every number drawn stands in the table.

Each `plot_` function takes a table from `discourse.estimates`, draws it into `ax` (or a figure of its own) and returns
the `Axes`; `figure_data` gives the table back and `save_figure` writes it as a CSV beside the picture. One switch,
``language="ar"``, gives Arabic words, right-to-left axes and legends. matplotlib (3.11 and later) joins and orders
Arabic letters itself, so text goes in as it is written, only numbers and Latin words are isolated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import product
from pathlib import Path
from typing import Any, Literal
from unicodedata import bidirectional
from weakref import WeakKeyDictionary

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import yaml
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.patheffects import Normal
from matplotlib.text import Text

from discourse.bidi import isolate

COLUMN_MM = 85
PAGE_MM = 170
MARGIN = 4.0  # points around a figure
ROW = 12.0  # points for a row of keys
RIGHT_TO_LEFT = {"ar"}
Language = Literal["en", "ar"]

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
# Class, fill, hatch; from one pole over the neutral class (the one without a pole) to the other.
SENTIMENT = [("negative", "#D55E00", "////"), ("neutral", "#E8E8E8", ""), ("positive", "#0072B2", "")]
ENGAGEMENT = [
    ("deny", "#D55E00", "xxxx"),
    ("distance", "#F2B173", "////"),
    ("acknowledge", "#E8E8E8", ""),
    ("pronounce", "#9CCBEB", ""),
    ("endorse", "#0072B2", ""),
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

_DRAWN: WeakKeyDictionary[Axes, pd.DataFrame] = WeakKeyDictionary()


class PlotError(ValueError):
    """The table is not one that this figure can draw."""


def plot_shares(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw shares as dots with their intervals, hollow where uncorrected.

    One group column, as from ``share_by(table, "camp")``, gives a line for each class. Two, as from
    ``share_by(table, "camp", within="outlet")``, give a line for each outlet with a mark for each camp.

    Parameters
    ----------
    estimates
        Table from `share_by`; drawn in its order from the top.
    ax
        Axes to draw into; a figure of its own if None.
    language
        Language of the words, and direction of the axes.
    labels
        What to write for classes and groups, for example ``{"moscow": "موسكو"}``. Its order also fixes which colour and
        marker a class has: pass the same camps to every figure of a study. Others stand as in the table.
    title
        Title of the figure.
    width
        Width in mm of a figure of its own: `COLUMN_MM` (85) or `PAGE_MM` (170) as journals ask.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table is not one of shares, has more than two group columns, or the language is unknown.
    """
    words = _words(language)
    groups = _share_groups(estimates)
    if len(groups) > 2:
        raise PlotError(
            f"Shares by {', '.join(groups)} are too many groups for one figure; select one {groups[0]} first."
        )
    series = list(dict.fromkeys(estimates[groups[-1]]))
    lines = list(dict.fromkeys(estimates[groups[0]]))
    marks = _marks(series, labels)
    crowded = len(groups) == 2
    with mpl.rc_context(STYLE):
        # Raw and corrected estimates of one class stand one above the other.
        versions = sorted(set(estimates["corrected"].astype(bool)))
        slots = list(product(series if crowded else [None], versions))
        row_mm = 4.2 * len(slots) + (5 if crowded else 6)
        ax, owned, line = _axes(ax, width, row_mm * len(lines) + (40 if crowded else 26))
        spots = {name: -float(place) for place, name in enumerate(lines)}
        step = 0.72 / len(slots) if crowded else 0.42 / len(slots)
        for _, row in estimates.iterrows():
            colour, marker = marks[row[groups[-1]]]
            slot = (row[groups[-1]] if crowded else None, bool(row["corrected"]))
            place = slots.index(slot) - (len(slots) - 1) / 2
            y = spots[row[groups[0]]] - step * place
            if np.isfinite(row["ci_low"]):
                ax.plot([row["ci_low"], row["ci_high"]], [y, y], color=colour, linewidth=1.3, solid_capstyle="butt")
            fill = colour if row["corrected"] else "white"
            ax.plot([row["estimate"]], [y], marker=marker, color=colour, markerfacecolor=fill, markeredgewidth=1.3,
                    markersize=5, linestyle="none", clip_on=False, zorder=3)  # fmt: skip
        written = []
        for name in lines:
            first = estimates[estimates[groups[0]] == name].iloc[0]
            below = _break(_base(first, words), line) if crowded else words["count"].format(**first)
            written.append(_write(f"{_name(name, labels, words)}\n{below}", language))
        ax.set_yticks(list(spots.values()), written)
        ax.set_ylim(-len(lines) + 0.5, 0.5)
        for edge in range(1, len(lines)) if crowded else []:
            ax.axhline(0.5 - edge, color="#CCCCCC", linewidth=0.5)
        _share_axis(ax, float(np.nanmax(estimates[["estimate", "ci_high"]])), language)
        ax.set_xlabel(_write(words["share"], language), fontsize=STYLE["axes.labelsize"])
        handles: list[Line2D | Patch] = []
        if crowded:
            handles = [
                Line2D([], [], color=marks[name][0], marker=marks[name][1], markersize=5, linewidth=1.3,
                           markerfacecolor="white" if not estimates["corrected"].all() else marks[name][0],
                           markeredgewidth=1.3, label=_write(_name(name, labels, words), language))
                for name in series
            ]  # fmt: skip
        lead = [] if crowded else [words["base_of_all"].format(base=_base(estimates.iloc[0], words))]
        _dress(ax, owned, language, title, handles, [*lead, *_notes(estimates, words)])
    _DRAWN[ax] = estimates.copy()
    return ax


def plot_sentiment(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw how each group's statements divide among negative, neutral and positive.

    Bars lie around the middle of the neutral class, so that what stands out to either side is what leans that way; the
    line at the end of a class is the interval of its share.

    Parameters
    ----------
    estimates
        Table from ``share_by(table, "sentiment", within="camp")``, or within other groups.
    ax, language, labels, title, width
        As in `plot_shares`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table does not hold shares of sentiment classes within one group column, or the language is unknown.
    """
    return _plot_profile(estimates, "sentiment", SENTIMENT, ax, language, labels, title, width)


def plot_engagement(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw what the wording does with each group's statements, from denial over neutral report to endorsement.

    Parameters
    ----------
    estimates
        Table from ``share_by(table, "engagement", within="camp")``, or within other groups.
    ax, language, labels, title, width
        As in `plot_shares`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table does not hold shares of engagement classes within one group column, or the language is unknown.

    References
    ----------
    Martin, J. R. & White, P. R. R. (2005). The Language of Evaluation: Appraisal in English. Palgrave Macmillan.
    """
    return _plot_profile(estimates, "engagement", ENGAGEMENT, ax, language, labels, title, width)


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


def save_figure(figure: Axes | Figure, stem: str | Path, formats: Sequence[str] = ("svg", "png")) -> list[Path]:
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

    Returns
    -------
    list of pathlib.Path
        The files written, the CSV last.

    Raises
    ------
    PlotError
        If a format is unknown or the figure holds no axes of this library.
    """
    unknown = [repr(name) for name in formats if name not in _METADATA]
    if unknown:
        raise PlotError(f"Unknown format {', '.join(unknown)}. Formats: {', '.join(_METADATA)}.")
    whole = figure if isinstance(figure, Figure) else figure.get_figure(root=True)
    panels = [ax for ax in whole.axes if ax in _DRAWN] if whole is not None else []
    if whole is None or not panels:
        raise PlotError("The figure holds no axes that a plot_ function drew; there are no numbers to save beside it.")
    written = []
    Path(stem).parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "discourse", "svg.fonttype": "path", "pdf.fonttype": 42}):
        for name in formats:
            path = Path(f"{stem}.{name}")
            whole.draw_without_rendering()
            outlined = _right_to_left_texts(whole) if name == "pdf" else []
            for text in outlined:
                text.set_path_effects([Normal()])
            whole.savefig(path, dpi=300, metadata=_METADATA[name])
            for text in outlined:
                text.set_path_effects([])
            written.append(path)
    tables = [figure_data(ax) for ax in panels]
    if len(tables) > 1:
        for place, table in enumerate(tables, start=1):
            table.insert(0, "panel", place)
    path = Path(f"{stem}.csv")
    pd.concat(tables).to_csv(path, index=False, lineterminator="\n", float_format="%.10g", encoding="utf-8")
    return [*written, path]


_METADATA: dict[str, dict[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "png": {"Software": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}


def _right_to_left_texts(figure: Figure) -> list[Text]:
    """Texts with a right-to-left letter or an isolate."""
    texts = [text for text in figure.findobj(Text) if isinstance(text, Text)]
    return [text for text in texts if any(bidirectional(letter) in {"R", "AL", "LRI"} for letter in text.get_text())]


def _plot_profile(
    estimates: pd.DataFrame,
    column: str,
    classes: list[tuple[str, str, str]],
    ax: Axes | None,
    language: Language,
    labels: Mapping[str, str] | None,
    title: str | None,
    width: float,
) -> Axes:
    """Stacked bars around the middle of the middle class, one bar for each group."""
    words = _words(language)
    groups = _share_groups(estimates)
    if groups[-1] != column or len(groups) != 2:
        raise PlotError(
            f"Expected shares of {column} within one group column, as from share_by(table, {column!r}, "
            f"within='camp'); the table holds shares of {groups[-1]} within {', '.join(groups[:-1]) or 'nothing'}."
        )
    order = [name for name, _, _ in classes]
    strange = [repr(name) for name in dict.fromkeys(estimates[column]) if name not in order]
    if strange:
        raise PlotError(f"Unknown {column} {', '.join(strange)}. Classes: {', '.join(order)}.")
    middle = len(order) // 2
    lines = list(dict.fromkeys(estimates[groups[0]]))
    with mpl.rc_context(STYLE):
        ax, owned, line = _axes(ax, width, 14 * len(lines) + 36)
        written, numbers, reach = [], [], {-1: 0.0, 1: 0.0}
        for place, name in enumerate(lines):
            mine = estimates[estimates[groups[0]] == name].set_index(column)
            half = float(mine["estimate"].get(order[middle], 0.0)) / 2
            numbers.append(_segment(ax, -half, half, -place, *classes[middle][1:], language))
            for side, poles in ((-1, range(middle - 1, -1, -1)), (1, range(middle + 1, len(order)))):
                start = half
                whiskers = []
                for pole in poles:
                    if order[pole] not in mine.index:
                        continue
                    row = mine.loc[order[pole]]
                    ends = (side * start, side * (start + row["estimate"]))
                    numbers.append(_segment(ax, *ends, -place, *classes[pole][1:], language))
                    whiskers.append([side * (start + row[end]) for end in ("ci_low", "estimate", "ci_high")])
                    start += row["estimate"]
                    reach[side] = float(np.nanmax([reach[side], start, abs(whiskers[-1][2])]))
                for turn, (low, end, high) in enumerate(whiskers):
                    y = -place - 0.42 - 0.09 * turn
                    ax.plot([low, high], [y, y], color="black", linewidth=0.9, marker="|", markersize=3.5, zorder=4)
                    ax.plot([end], [y], color="black", marker="o", markersize=2.2, linestyle="none", zorder=4)
            below = _break(_base(mine.iloc[0], words), line)
            written.append(_write(f"{_name(name, labels, words)}\n{below}", language))
        ax.axvline(0, color="#555555", linewidth=0.6, zorder=2.5)
        ax.set_yticks([-place for place in range(len(lines))], written)
        ax.set_ylim(-len(lines) + 0.3, 0.5)
        lowest, highest = -int(np.ceil(reach[-1] * 10 + 0.2)), int(np.ceil(reach[1] * 10 + 0.2))
        ax.set_xticks(np.arange(lowest, highest + 1) / 10, [])
        ax.set_xlim(*sorted((lowest / 10, highest / 10), reverse=language in RIGHT_TO_LEFT))
        _frame(ax, language)
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(axis="x", length=0)
        handles = [
            Patch(facecolor=fill, hatch=hatch, edgecolor="#333333", linewidth=0.5, label=_write(words[name], language))
            for name, fill, hatch in classes
        ]
        _dress(ax, owned, language, title, handles, [words["step"].format(step="10%"), *_notes(estimates, words)])
        _drop_tight(ax, numbers)
    _DRAWN[ax] = estimates.copy()
    return ax


def _segment(
    ax: Axes, start: float, end: float, y: float, fill: str, hatch: str, language: Language
) -> tuple[Rectangle, Text]:
    """One class of a bar, with its share written inside."""
    bar = ax.barh(y, end - start, left=start, height=0.62, color=fill, hatch=hatch, edgecolor="#333333", linewidth=0.5)
    text = ax.text((start + end) / 2, y, _write(f"{abs(end - start):.0%}", language), ha="center", va="center",
                   fontsize=7, bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
    return bar.patches[0], text


def _drop_tight(ax: Axes, numbers: list[tuple[Rectangle, Text]]) -> None:
    """Hide the numbers that are wider than their segment; the CSV has them."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    for bar, text in numbers:
        text.set_visible(text.get_window_extent().width + 2 < bar.get_window_extent().width)


def _share_groups(estimates: pd.DataFrame) -> list[str]:
    """Columns that name the groups of a table of shares: those before `count`."""
    needed = ["count", "n", "n_articles", "n_outlets", "estimate", "ci_low", "ci_high", "method", "corrected"]
    absent = [repr(name) for name in needed if name not in estimates.columns]
    if absent:
        raise PlotError(f"Expected a table of shares from share_by; it has no column {', '.join(absent)}.")
    groups = [str(name) for name in estimates.columns[: list(estimates.columns).index("count")]]
    if estimates.empty or not groups:
        raise PlotError("The table of shares has no rows or no group column; nothing to draw.")
    return groups


def _marks(series: Sequence[Any], labels: Mapping[str, str] | None) -> dict[Any, tuple[str, str]]:
    """Colour and marker of each class: those of its place in `labels`, then of its place in the table."""
    known = [] if labels is None or set(series).isdisjoint(labels) else list(labels)
    order = dict.fromkeys([*known, *series])
    return {name: MARKS[place % len(MARKS)] for place, name in enumerate(order)}


def _axes(ax: Axes | None, width: float, height: float) -> tuple[Axes, bool, int]:
    """The axes given or those of a new figure in mm; whether they are new; letters that a row's label may be wide."""
    owned = ax is None
    if ax is None:
        ax = plt.figure(figsize=(width / 25.4, height / 25.4), layout="constrained").add_subplot()
    else:
        width = ax.get_window_extent().width / ax.get_figure(root=True).dpi * 25.4 * 1.5  # type: ignore[union-attr]
    return ax, owned, 46 if width > 120 else 22


def _share_axis(ax: Axes, largest: float, language: Language) -> None:
    """A share axis from 0 to the first tenth that holds everything, in percent, in reading direction."""
    end = min(1.0, float(np.ceil(largest * 10 - 1e-9) / 10)) or 0.1
    step = 0.1 if end <= 0.6 else 0.2
    ticks = np.arange(0, end + 1e-9, step)
    ax.set_xticks(ticks, [_write(f"{tick:.0%}", language) for tick in ticks])
    ax.set_xlim((end, 0) if language in RIGHT_TO_LEFT else (0, end))
    _frame(ax, language)


def _frame(ax: Axes, language: Language) -> None:
    """Light vertical lines, no box; the labels of the lines where reading begins. The same in anybody's axes."""
    ax.grid(axis="x", color=STYLE["grid.color"], linewidth=STYLE["grid.linewidth"])
    ax.set_axisbelow(True)
    ax.tick_params(labelsize=STYLE["xtick.labelsize"])
    ax.spines[["top", "left", "right"]].set_visible(False)
    if language in RIGHT_TO_LEFT:
        ax.yaxis.tick_right()
    ax.tick_params(axis="y", length=0)


def _notes(estimates: pd.DataFrame, words: Mapping[str, str]) -> list[str]:
    """What a reader must know to read the numbers: corrected or not, and what the lines are."""
    corrected = estimates["corrected"].astype(bool)
    notes = [words["corrected"]] if corrected.all() else [words["uncorrected"]]
    if corrected.any() and not corrected.all():
        notes = [words["corrected"], words["hollow"]]
    sampled = estimates.loc[estimates["ci_low"].notna(), "method"].str.extract(r"\b(outlet|article)", expand=False)
    notes += [words[f"interval_{name}"].format(level="95%") for name in sorted(sampled.dropna().unique())]
    if estimates["ci_low"].isna().any():
        notes.append(words["no_interval"])
    return notes


def _dress(
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
    text = _fill(figure, _write(" ".join(notes), language), room, 6.5)
    small: Any = {"fontsize": 6.5, "color": "#444444", "ha": side}
    legend: Any = {
        "handles": keys, "ncols": columns, "loc": f"upper {side}", "frameon": False, "borderaxespad": 0,
        "borderpad": 0, "handletextpad": 0.5, "columnspacing": 1.4, "markerfirst": not backwards,
    }  # fmt: skip
    if not owned:
        if keys:
            ax.legend(**legend | {"loc": f"lower {side}"}, bbox_to_anchor=(float(backwards), 1.02))
        if title is not None:
            ax.set_title(_write(title, language), loc=side, pad=6 + ROW * rows)
        ax.annotate(text, (float(backwards), 0), xycoords="axes fraction", va="top",
                    xytext=(0, -32), textcoords="offset points", annotation_clip=False, **small)  # fmt: skip
        return
    edge = 1 - MARGIN / width if backwards else MARGIN / width
    top = MARGIN
    if title is not None:
        figure.text(edge, 1 - top / height, _write(title, language), ha=side, va="top", fontsize=9, weight="bold")
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


def _base(row: pd.Series, words: Mapping[str, str]) -> str:
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


def _break(text: str, letters: int) -> str:
    """Break a list at its commas into lines of at most so many letters."""
    lines = [""]
    for item in re.split(r"(?<=[,،]) ", text):
        if lines[-1] and len(lines[-1]) + len(item) >= letters:
            lines.append("")
        lines[-1] += f" {item}" if lines[-1] else item
    return "\n".join(lines)


def _name(value: object, labels: Mapping[str, str] | None, words: Mapping[str, str]) -> str:
    """What to write for a class or group: the caller's word, ours, or the value itself."""
    text = str(value)
    return (labels or {}).get(text) or words.get(text, text)


def _write(text: str, language: Language) -> str:
    return isolate(text) if language in RIGHT_TO_LEFT else text


@cache
def _words(language: str) -> dict[str, str]:
    """Words for figures in one language."""
    folder = resources.files("discourse") / "data" / language / "labels.yml"
    if language not in ("en", "ar"):
        raise PlotError(f"Unknown language {language!r}. Languages: ar, en.")
    words: dict[str, str] = yaml.safe_load(folder.read_text(encoding="utf-8"))
    return words
