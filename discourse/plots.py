"""Draw tables of estimates; nothing is computed here, every number drawn stands in the table.

Each `plot_` function takes a table from `discourse.estimates`, draws it into `ax` (or a figure of its own) and returns
the `Axes`; `discourse.canvas` holds the style, gives the table back and writes it as a CSV beside the picture. One switch,
``language="ar"``, gives Arabic words, right-to-left axes and legends. matplotlib (3.11 and later) joins and orders
Arabic letters itself, so text goes in as it is written, only numbers and Latin words are isolated.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from discourse.canvas import (
    PAGE_MM,
    STYLE,
    PlotError,
    axes_of,
    base_of,
    break_list,
    draw_estimate,
    drawing,
    dress,
    frame,
    key_of,
    marks_of,
    name_of,
    notes_on,
    percent_axis,
    remember,
    write,
)
from discourse.languages import RIGHT_TO_LEFT, Language, words_in

# Class, fill, hatch; from one pole over the neutral class (the one without a pole) to the other.
SENTIMENT = [("negative", "#D55E00", "////"), ("neutral", "#E8E8E8", ""), ("positive", "#0072B2", "")]
ENGAGEMENT = [
    ("deny", "#D55E00", "xxxx"),
    ("distance", "#F2B173", "////"),
    ("acknowledge", "#E8E8E8", ""),
    ("pronounce", "#9CCBEB", ""),
    ("endorse", "#0072B2", ""),
]


@drawing
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
    words = words_in(language)
    groups = _share_groups(estimates)
    if len(groups) > 2:
        raise PlotError(
            f"Shares by {', '.join(groups)} are too many groups for one figure; select one {groups[0]} first."
        )
    series = list(dict.fromkeys(estimates[groups[-1]]))
    lines = list(dict.fromkeys(estimates[groups[0]]))
    marks = marks_of(series, labels)
    crowded = len(groups) == 2
    # Raw and corrected estimates of one class stand one above the other.
    versions = sorted(set(estimates["corrected"].astype(bool)))
    slots = list(product(series if crowded else [None], versions))
    row_mm = 4.2 * len(slots) + (5 if crowded else 6)
    ax, owned, line = axes_of(ax, width, row_mm * len(lines) + (40 if crowded else 26))
    spots = {name: -float(place) for place, name in enumerate(lines)}
    step = 0.72 / len(slots) if crowded else 0.42 / len(slots)
    size: Any = {"markersize": 5, "markeredgewidth": 1.3}
    for _, row in estimates.iterrows():
        colour, marker = marks[row[groups[-1]]]
        slot = (row[groups[-1]] if crowded else None, bool(row["corrected"]))
        place = slots.index(slot) - (len(slots) - 1) / 2
        y = spots[row[groups[0]]] - step * place
        draw_estimate(ax, row, y, colour, marker, clip_on=False, **size)
    written = []
    for name in lines:
        drawn = estimates[estimates[groups[0]] == name]
        below = break_list(_bases_of(drawn, words), line) if crowded else words["count"].format(**drawn.iloc[0])
        written.append(write(f"{name_of(name, labels, words)}\n{below}", language))
    ax.set_yticks(list(spots.values()), written)
    ax.tick_params(axis="y", pad=6)  # a mark at 0 does not touch its label
    ax.set_ylim(-len(lines) + 0.5, 0.5)
    for edge in range(1, len(lines)) if crowded else []:
        ax.axhline(0.5 - edge, color="#CCCCCC", linewidth=0.5)
    percent_axis(ax, float(np.nanmax(estimates[["estimate", "ci_high"]])), language)
    ax.set_xlabel(write(words["share"], language), fontsize=STYLE["axes.labelsize"])
    handles: list[Line2D | Patch] = []
    if crowded:
        handles = [key_of(name_of(name, labels, words), *marks[name], estimates, language, **size) for name in series]
    lead = [] if crowded else [words["base_of_all"].format(base=base_of(estimates.iloc[0], words))]
    dress(ax, owned, language, title, handles, [*lead, *notes_on(estimates, words)])
    return remember(ax, estimates)


@drawing
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


@drawing
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


@drawing
def plot_verb_contrast(
    contrasts: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw how much more often each outlet uses a class of words than others do for the same utterances.

    Parameters
    ----------
    contrasts
        Table from `contrast_verbs`; drawn in its order from the top. A mark is filled where `p_adjusted` is at most .05.
    ax, language, labels, title, width
        As in `plot_shares`.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table is not one from `contrast_verbs`.
    """
    needed = ("outlet", "n_utterances", "share", "share_others", "estimate", "p_adjusted")
    missing = [repr(name) for name in needed if name not in contrasts]
    if missing:
        raise PlotError(f"Expected a table from contrast_verbs; it lacks {', '.join(missing)}.")
    words = words_in(language)
    column = str(contrasts.columns[1])
    marks = marks_of(list(dict.fromkeys(contrasts[column])), labels)
    ax, owned, _ = axes_of(ax, width, 5 * len(contrasts) + 30)
    written = []
    for place, (_, row) in enumerate(contrasts.iterrows()):
        colour, _ = marks[row[column]]
        face = colour if row["p_adjusted"] <= 0.05 else "white"
        ax.plot([0, row["estimate"]], [-place, -place], color=colour, linewidth=0.9, marker="")
        ax.plot([row["estimate"]], [-place], color=colour, marker="o", markerfacecolor=face, markersize=4.5)
        named = [
            name_of(row["outlet"], labels, words),
            name_of(row[column], labels, words),
            f"{row['n_utterances']}",
        ]
        written.append(write(" · ".join(named), language))
    ax.axvline(0, color="#555555", linewidth=0.6)
    ax.set_yticks([-place for place in range(len(contrasts))], written)
    end = float(np.ceil(contrasts["estimate"].abs().max() * 5 + 1e-9) / 5) or 0.2
    ticks = np.linspace(-end, end, 5)
    ax.set_xticks(ticks, [write(f"{tick:+.0%}", language) for tick in ticks])
    ax.set_xlim(*sorted((-end * 1.05, end * 1.05), reverse=language in RIGHT_TO_LEFT))
    frame(ax, language)
    dress(ax, owned, language, title, [], [words["same_words"], words["uncorrected"]])
    remember(ax, contrasts)
    return ax


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
    words = words_in(language)
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
    ax, owned, line = axes_of(ax, width, 14 * len(lines) + 36)
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
        below = break_list(base_of(mine.iloc[0], words), line)
        written.append(write(f"{name_of(name, labels, words)}\n{below}", language))
    ax.axvline(0, color="#555555", linewidth=0.6, zorder=2.5)
    ax.set_yticks([-place for place in range(len(lines))], written)
    ax.set_ylim(-len(lines) + 0.3, 0.5)
    lowest, highest = -int(np.ceil(reach[-1] * 10 + 0.2)), int(np.ceil(reach[1] * 10 + 0.2))
    ax.set_xticks(np.arange(lowest, highest + 1) / 10, [])
    ax.set_xlim(*sorted((lowest / 10, highest / 10), reverse=language in RIGHT_TO_LEFT))
    frame(ax, language)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", length=0)
    handles = [
        Patch(facecolor=fill, hatch=hatch, edgecolor="#333333", linewidth=0.5, label=write(words[name], language))
        for name, fill, hatch in classes
    ]
    dress(ax, owned, language, title, handles, [words["step"].format(step="10%"), *notes_on(estimates, words)])
    _drop_tight(ax, numbers)
    return remember(ax, estimates)


def _segment(
    ax: Axes, start: float, end: float, y: float, fill: str, hatch: str, language: Language
) -> tuple[Rectangle, Text]:
    """One class of a bar, with its share written inside."""
    bar = ax.barh(y, end - start, left=start, height=0.62, color=fill, hatch=hatch, edgecolor="#333333", linewidth=0.5)
    text = ax.text((start + end) / 2, y, write(f"{abs(end - start):.0%}", language), ha="center", va="center",
                   fontsize=7, bbox={"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
    return bar.patches[0], text


def _drop_tight(ax: Axes, numbers: list[tuple[Rectangle, Text]]) -> None:
    """Hide the numbers that are wider than their segment; the CSV has them."""
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    for bar, text in numbers:
        text.set_visible(text.get_window_extent().width + 2 < bar.get_window_extent().width)


def _bases_of(drawn: pd.DataFrame, words: Mapping[str, str]) -> str:
    """What the shares of one line are of; where marks are of different numbers, as 348/445 in their order."""
    sizes = {name: "/".join(map(str, dict.fromkeys(drawn[name]))) for name in ("n", "n_articles", "n_outlets")}
    return words["base_of_one_outlet" if sizes["n_outlets"] == "1" else "base"].format(**sizes)


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
