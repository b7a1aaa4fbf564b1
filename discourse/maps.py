"""Draw who stands where towards whom: maps of stance, and who speaks through whom.

As in `discourse.plots`, every number drawn stands in the table; the style is that of `discourse.canvas`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle
from matplotlib.path import Path

from discourse.canvas import (
    PAGE_MM,
    STYLE,
    PlotError,
    axes_of,
    drawing,
    dress,
    marks_of,
    name_of,
    notes_on,
    remember,
    require,
    write,
)
from discourse.languages import RIGHT_TO_LEFT, Language, words_in

# Both ends are equally dark, so in grey the depth of a cell says how far from zero it is, and its sign which way.
_OPPOSE, _NEUTRAL, _SUPPORT = "#D55E00", "#F7F7F7", "#0072B2"
_DIVERGING = LinearSegmentedColormap.from_list("stance", [_OPPOSE, _NEUTRAL, _SUPPORT])
_COUNTS = LinearSegmentedColormap.from_list("counts", ["#FFFFFF", "#0072B2"])
_SPANS, _UNKNOWN = "////", "...."
LAYOUT_SEED = 0


@drawing
def plot_stance(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw how far each speaker or camp leans for or against each target, as a map.

    Each cell holds its estimate with its sign, and of how many statements it is. Cells are hatched where the interval
    spans zero, dotted where there is no interval, and left empty where the table has no row.

    Parameters
    ----------
    estimates
        Table from `mean_by` with two group columns, who speaks and the target: means of support (1), opposition (-1) and
        neither (0), so that an estimate is the share that supports minus the share that opposes.
    ax, language, labels, title, width
        As in `plot_shares`; `labels` also gives rows and columns that it names their order.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table has not two group columns, an estimate lies outside [-1, 1], a cell stands twice, or the language is
        unknown.
    """
    words = words_in(language)
    needed = ["n", "estimate", "ci_low", "ci_high", "method", "corrected"]
    require(estimates, needed, "a table of means from mean_by(table, ..., by=[who speaks, 'target'])")
    groups = [str(name) for name in estimates.columns[: list(estimates.columns).index("n")]]
    if len(groups) != 2:
        raise PlotError(
            f"Expected means by who speaks and by target, two columns before 'n'; found {', '.join(groups) or 'none'}."
        )
    outside = estimates[estimates["estimate"].abs() > 1]
    if not outside.empty:
        raise PlotError(
            f"Support minus oppose lies from -1 to 1; {outside['estimate'].iloc[0]:g} for "
            f"{' × '.join(str(outside[name].iloc[0]) for name in groups)} does not."
        )
    rows, columns = _grid(estimates, groups, labels)
    ax, owned, _ = axes_of(ax, width, 13 * len(rows) + 34)
    for _, row in estimates.iterrows():
        spot = (columns.index(row[groups[1]]), -rows.index(row[groups[0]]))
        known = np.isfinite(row["ci_low"]) and np.isfinite(row["ci_high"])
        hatch = _UNKNOWN if not known else _SPANS if row["ci_low"] <= 0 <= row["ci_high"] else ""
        colour = _DIVERGING((row["estimate"] + 1) / 2)
        _cell(ax, spot, colour, hatch, [_signed(row["estimate"]), f"n = {row['n']}"], language)
    _frame_of_cells(ax, rows, columns, [words["speaking"], words["target"]], labels, words, language)
    ends = (("oppose", _OPPOSE), ("neither", _NEUTRAL), ("support", _SUPPORT))
    handles: list[Line2D | Patch] = [
        *(Patch(facecolor=colour, edgecolor="#333333", linewidth=0.5, label=write(words[name], language))
          for name, colour in ends),
        *(Patch(facecolor="white", edgecolor="#333333", linewidth=0.5, hatch=hatch, label=write(words[name], language))
          for name, hatch in (("spans_zero", _SPANS), ("without_interval", _UNKNOWN))),
    ]  # fmt: skip
    notes = [note for note in notes_on(estimates, words, "hatch") if note != words["no_interval"]]
    dress(ax, owned, language, title, handles, [words["stance_note"], *notes])
    return remember(ax, estimates)


@drawing
def plot_relays(
    relays: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw who speaks through whom as a matrix: a row for who passes on, a column for whose words they are.

    Parameters
    ----------
    relays
        One row per pair: `relayer`, `speaker`, `n` (statements of the speaker's camp that the relayer's camp passes on),
        as from `relays_by`. Pairs that are not there have no statements.
    ax, language, labels, title, width
        As in `plot_shares`; `labels` also gives rows and columns that it names their order.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If a column is missing, `n` is no count, a pair stands twice, or the language is unknown.
    """
    words = words_in(language)
    names = _relays(relays, labels)
    counts = {(row["relayer"], row["speaker"]): int(row["n"]) for _, row in relays.iterrows()}
    most = max(counts.values()) or 1
    ax, owned, _ = axes_of(ax, width, 10 * len(names) + 32)
    for place, relayer in enumerate(names):
        for column, speaker in enumerate(names):
            n = counts.get((relayer, speaker), 0)
            _cell(ax, (column, -place), _COUNTS(n / most * 0.9), "", [str(n)], language, strong=relayer == speaker)
    _frame_of_cells(ax, names, names, [words["relayer"], words["whose_words"]], labels, words, language)
    key = Patch(facecolor="white", edgecolor="black", linewidth=1.4, label=write(words["own_camp"], language))
    dress(ax, owned, language, title, [key], [words["relays_note"], words["uncorrected"]])
    return remember(ax, relays)


@drawing
def plot_relay_network(
    relays: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw who speaks through whom as a network: an arrow from whose words they are to who passes them on.

    The number at an arrow is its count, and so is its width. What a camp passes on of its own stands with its name.

    Parameters
    ----------
    relays, ax, language, labels, title, width
        As in `plot_relays`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        As in `plot_relays`.

    Notes
    -----
    Places come from `networkx.spring_layout`, started with seed `LAYOUT_SEED` from a circle; distances mean nothing.

    References
    ----------
    Fruchterman, T. M. J. & Reingold, E. M. (1991). Graph drawing by force-directed placement. Software: Practice and
    Experience 21(11), 1129–1164.
    """
    import networkx as nx

    words = words_in(language)
    names = _relays(relays, labels)
    graph = nx.DiGraph()
    graph.add_nodes_from(names)
    graph.add_weighted_edges_from((row["speaker"], row["relayer"], int(row["n"])) for _, row in relays.iterrows())
    graph.remove_edges_from([(one, other) for one, other, n in graph.edges(data="weight") if not n])
    # Every pair pulls alike: the numbers stand at the arrows, and nodes keep apart for them.
    places = nx.spring_layout(nx.complete_graph(names), pos=nx.circular_layout(graph), seed=LAYOUT_SEED)
    marks = marks_of(names, labels)
    most = max((n for one, other, n in graph.edges(data="weight") if one != other), default=1)
    ax, owned, _ = axes_of(ax, width, 100)
    for one, other, n in graph.edges(data="weight"):
        if one == other:
            continue
        start, end = np.asarray(places[one]), np.asarray(places[other])
        bow = (start + end) / 2 + 0.22 * np.array([end[1] - start[1], start[0] - end[0]])
        path = Path([_on(start, bow, end, 0.17, 0.17), _on(start, bow, end, 0.17, 0.8), _on(start, bow, end, 0.8, 0.8)],
                    [Path.MOVETO, Path.CURVE3, Path.CURVE3])  # fmt: skip
        ax.add_patch(
            FancyArrowPatch(path=path, arrowstyle="-|>", mutation_scale=9, color="#666666",
                            linewidth=0.6 + 3.4 * n / most)
        )  # fmt: skip
        spot = _on(start, bow, end, 0.5, 0.5)
        ax.text(spot[0], spot[1], write(str(n), language), ha="center", va="center", fontsize=7.5,
                bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
    middle = np.mean([places[name] for name in names], axis=0)
    for name in names:
        colour, marker = marks[name]
        ax.plot(*places[name], marker=marker, color=colour, markersize=11, linestyle="none", zorder=3)
        own = graph.edges[name, name]["weight"] if graph.has_edge(name, name) else 0
        text = f"{name_of(name, labels, words)}\n{words['own_words'].format(n=own)}"
        ax.annotate(write(text, language), places[name], textcoords="offset points", zorder=4, fontsize=7.5,
                    **_outwards(places[name] - middle, language))  # fmt: skip
    spots = np.array([places[name] for name in names])
    low, high = spots.min(axis=0), spots.max(axis=0)
    ends = (low[0] - 0.35, high[0] + 0.35)
    ax.set_xlim(ends[::-1] if language in RIGHT_TO_LEFT else ends)
    ax.set_ylim(low[1] - 0.3, high[1] + 0.3)
    ax.set_axis_off()
    dress(ax, owned, language, title, [], [words["network_note"], words["uncorrected"]])
    return remember(ax, relays)


def _on(start: Any, bow: Any, end: Any, first: float, last: float) -> Any:
    """The point of a quadratic curve at `first`, or what bends the part of it from `first` to `last`."""
    return (1 - first) * (1 - last) * start + (first + last - 2 * first * last) * bow + first * last * end


def _outwards(direction: Any, language: Language) -> dict[str, Any]:
    """Where the name of a node stands, so that no arrow runs under it: on the side that looks away from the middle."""
    across, up = direction
    if abs(up) >= abs(across):
        return {"xytext": (0, 9 if up > 0 else -9), "ha": "center", "va": "bottom" if up > 0 else "top"}
    right = (across > 0) != (language in RIGHT_TO_LEFT)
    return {"xytext": (11 if right else -11, 0), "ha": "left" if right else "right", "va": "center"}


def _relays(relays: pd.DataFrame, labels: Mapping[str, str] | None) -> list[Any]:
    """Everyone who relays or is relayed, in order."""
    require(relays, ["relayer", "speaker", "n"], "a table of who passes on whom, one row per relayer and speaker")
    wrong = [n for n in relays["n"] if not np.isfinite(n) or n < 0 or n != int(n)]
    if wrong:
        raise PlotError(f"Column 'n' holds counts of statements; {wrong[0]:g} is none.")
    rows, columns = _grid(relays, ["relayer", "speaker"], labels)
    return _ordered([*rows, *columns], labels)


def _grid(table: pd.DataFrame, groups: Sequence[str], labels: Mapping[str, str] | None) -> tuple[list[Any], list[Any]]:
    """What stands in rows and in columns, each cell once."""
    twice = table[table.duplicated(list(groups))]
    if not twice.empty:
        cell = " × ".join(str(twice[name].iloc[0]) for name in groups)
        raise PlotError(f"The cell {cell} stands more than once; select one row for each first.")
    return _ordered(table[groups[0]], labels), _ordered(table[groups[1]], labels)


def _ordered(names: Any, labels: Mapping[str, str] | None) -> list[Any]:
    """Each once: those that `labels` names in its order, then the others as they come."""
    found = list(dict.fromkeys(names))
    first = [name for name in labels or {} if name in found]
    return [*first, *(name for name in found if name not in first)]


def _cell(
    ax: Axes, spot: tuple[float, float], colour: Any, hatch: str, lines: list[str], language: Language, *,
    strong: bool = False,
) -> None:  # fmt: skip
    """A coloured cell with its numbers, white or black, whichever can be read on it."""
    x, y = spot
    ax.add_patch(
        Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, facecolor=colour, hatch=hatch, edgecolor="#888888", linewidth=0.5)
    )
    if strong:
        ax.add_patch(Rectangle((x - 0.47, y - 0.45), 0.94, 0.9, fill=False, edgecolor="black", linewidth=1.4))
    dark = float(np.dot(to_rgb(colour), (0.299, 0.587, 0.114))) < 0.5 and not hatch
    box = {"boxstyle": "round,pad=0.2", "facecolor": "white", "edgecolor": "none"} if hatch else None
    ax.text(x, y, "\n".join(write(line, language) for line in lines), ha="center", va="center", fontsize=7.5,
            color="white" if dark else "black", bbox=box)  # fmt: skip


def _frame_of_cells(
    ax: Axes, rows: list[Any], columns: list[Any], axes: list[str], labels: Mapping[str, str] | None,
    words: Mapping[str, str], language: Language,
) -> None:  # fmt: skip
    """Names of rows where reading begins, names of columns above."""
    ax.set_yticks([-place for place in range(len(rows))], [write(name_of(r, labels, words), language) for r in rows])
    ax.set_xticks(range(len(columns)), [write(name_of(column, labels, words), language) for column in columns])
    ends = (-0.5, len(columns) - 0.5)
    ax.set_xlim(ends[::-1] if language in RIGHT_TO_LEFT else ends)
    ax.set_ylim(-len(rows) + 0.5, 0.5)
    ax.spines[:].set_visible(False)
    ax.xaxis.tick_top()
    ax.xaxis.set_label_position("top")
    if language in RIGHT_TO_LEFT:
        ax.yaxis.tick_right()
        ax.yaxis.set_label_position("right")
    ax.tick_params(length=0, labelsize=STYLE["xtick.labelsize"])
    ax.set_ylabel(write(axes[0], language), fontsize=STYLE["axes.labelsize"])
    ax.set_xlabel(write(axes[1], language), fontsize=STYLE["axes.labelsize"])


def _signed(value: float) -> str:
    """An estimate with its sign, the channel that is left in grey."""
    return f"{value:+.2f}".replace("-", "−") if round(value, 2) else "0.00"
