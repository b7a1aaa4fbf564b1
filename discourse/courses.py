"""Draw what a mean hides: frames by camp, the course of days around events, and whole distributions.

As in `discourse.plots`, every number drawn stands in the table; the style is that of `discourse.canvas`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from discourse.canvas import (
    MARKS,
    PAGE_MM,
    STYLE,
    PlotError,
    axes_of,
    draw_estimate,
    drawing,
    dress,
    key_of,
    marks_of,
    name_of,
    notes_on,
    number,
    number_axis,
    percent_axis,
    remember,
    require,
    write,
)
from discourse.clusters import levels_of
from discourse.languages import RIGHT_TO_LEFT, Language, words_in

DASHES: list[Any] = ["-", (0, (5, 2)), (0, (1, 1.2)), (0, (5, 1.5, 1, 1.5))]


@drawing
def plot_frames(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw how often each group invokes each frame: a line a frame, a dot with its interval a group.

    Parameters
    ----------
    estimates
        Table with `frame`, one more group column, and shares in [0, 1] as from `mean_by` of a column that is 1 where the
        frame holds; since a statement may hold several frames, or none, the shares of a group need not add up to 1.
    ax, language, labels, title, width
        As in `plot_shares`; `labels` may also name the frames of a study's own.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table has no `frame` or not one group column beside it, a share lies outside [0, 1], or the language is
        unknown.
    """
    words = words_in(language)
    needed = ["frame", "n", "estimate", "ci_low", "ci_high", "method", "corrected"]
    require(estimates, needed, "a table of shares by frame and group")
    groups = _groups_beside("frame", estimates)
    if len(groups) != 1:
        raise PlotError(f"Expected one group column beside 'frame'; found {', '.join(groups) or 'none'}.")
    if not estimates["estimate"].between(0, 1).all():
        wrong = estimates.loc[~estimates["estimate"].between(0, 1), "estimate"].iloc[0]
        raise PlotError(f"Shares lie from 0 to 1; {wrong:g} does not.")
    series = list(dict.fromkeys(estimates[groups[0]]))
    frames = list(dict.fromkeys(estimates["frame"]))
    marks = marks_of(series, labels, unmarked=frames)
    step = 0.72 / len(series)
    ax, owned, _ = axes_of(ax, width, (3.2 * len(series) + 2) * len(frames) + 36)
    within = estimates.assign(ci_low=estimates["ci_low"].clip(lower=0.0), ci_high=estimates["ci_high"].clip(upper=1.0))
    size: Any = {"markersize": 4.5, "markeredgewidth": 1.2}
    for _, row in within.iterrows():
        colour, marker = marks[row[groups[0]]]
        y = -frames.index(row["frame"]) - step * (series.index(row[groups[0]]) - (len(series) - 1) / 2)
        draw_estimate(ax, row, y, colour, marker, clip_on=False, **size)
    names = [name_of(frame, labels, {**words, **_frame_words(words)}) for frame in frames]
    ax.set_yticks([-place for place in range(len(frames))], [write(name, language) for name in names])
    ax.set_ylim(-len(frames) + 0.5, 0.5)
    ax.tick_params(axis="y", pad=6)
    for edge in range(1, len(frames)):
        ax.axhline(0.5 - edge, color="#CCCCCC", linewidth=0.5)
    percent_axis(ax, min(1.0, float(np.nanmax(estimates[["estimate", "ci_high"]]))), language)
    ax.set_xlabel(write(words["share_of_frame"], language), fontsize=STYLE["axes.labelsize"])
    handles: list[Line2D | Patch] = []
    for name in series:
        n = estimates.loc[estimates[groups[0]] == name, "n"].iloc[0]
        text = f"{name_of(name, labels, words)} ({words['count'].format(count=n)})"
        handles.append(key_of(text, *marks[name], estimates, language, **size))
    dress(ax, owned, language, title, handles, [words["frames_note"], *notes_on(estimates, words)])
    return remember(ax, estimates)


def _groups_beside(column: str, estimates: pd.DataFrame) -> list[str]:
    """Columns of a table of estimates that name groups, other than this one."""
    numbers = {"n", "n_articles", "n_outlets", "estimate", "ci_low", "ci_high", "method", "corrected"}
    return [str(name) for name in estimates.columns if name not in {*numbers, column}]


def _frame_words(words: Mapping[str, str]) -> dict[str, str]:
    """Names of the package's frames."""
    return {key.removeprefix("frame_"): word for key, word in words.items() if key.startswith("frame_")}


@drawing
def plot_timeline(
    estimates: pd.DataFrame,
    ax: Axes | None = None,
    *,
    events: pd.DataFrame | None = None,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw an estimate for each day with its band; lines and bands break at every event.

    Parameters
    ----------
    estimates
        Table with `date` and, if there is one, a group column, as from ``mean_by(table, "sentiment_score", "date")``.
        Days without an estimate are passed over; what is to be smooth is smoothed before.
    ax, language, labels, title, width
        As in `plot_shares`.
    events
        Table with `date` and `event`, as read from a small CSV; an event stands at the beginning of its day, and `labels`
        may translate it. Only those within the days drawn are shown.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If a column is missing, a date is none, a day stands twice in a group, there is more than one group column, or the
        language is unknown.
    """
    words = words_in(language)
    require(estimates, ["date", "estimate", "ci_low", "ci_high", "method", "corrected"], "a table of estimates by date")
    groups = _groups_beside("date", estimates)
    if len(groups) > 1:
        raise PlotError(f"Expected at most one group column beside 'date'; found {', '.join(groups)}.")
    days = _days(estimates["date"], "estimates")
    happened = []
    if events is not None:
        require(events, ["date", "event"], "a table of events with their dates")
        happened = sorted(zip(_days(events["date"], "events"), events["event"], strict=True))
        happened = [(day, name) for day, name in happened if days.min() - 1 < day <= days.max() + 1]
    series = list(dict.fromkeys(estimates[groups[0]])) if groups else [None]
    of_events = [] if events is None else list(events["event"])
    marks = marks_of(series, labels, unmarked=of_events) if groups else {None: MARKS[1]}
    ax, owned, _ = axes_of(ax, width, 82 + 4 * len(happened))
    cuts = np.array([day for day, _ in happened]) - 0.5
    for place, name in enumerate(series):
        mine = (estimates[groups[0]] == name).to_numpy() if groups else np.ones(len(days), dtype=bool)
        order = np.argsort(days[mine], kind="stable")
        x, rows = days[mine][order], estimates[mine].iloc[order]
        if len(set(x)) < len(x):
            of = f" of {name}" if groups else ""
            raise PlotError(f"A day{of} stands more than once; select one estimate for each day first.")
        colour, marker = marks[name]
        # Stretches between events; within them each day in its turn.
        stretch = np.searchsorted(cuts, x, side="right")
        for part in np.unique(stretch):
            here = stretch == part
            low, high = (rows[end].to_numpy(dtype=float)[here] for end in ("ci_low", "ci_high"))
            ax.fill_between(x[here], low, high, color=colour, alpha=0.18, linewidth=0)
            ax.plot(x[here], rows["estimate"].to_numpy(dtype=float)[here], color=colour, marker=marker,
                    markersize=4, markeredgewidth=1.1, linewidth=1.2, linestyle=DASHES[place % len(DASHES)],
                    markerfacecolor=colour if rows["corrected"].all() else "white")  # fmt: skip
    _date_axis(ax, days, language)
    for place, (cut, (_, event)) in enumerate(zip(cuts, happened, strict=True), start=1):
        ax.axvline(cut, color="black", linewidth=0.8, linestyle=(0, (1, 1.5)))
        ax.annotate(write(str(place), language), (cut, 1), xycoords=("data", "axes fraction"), xytext=(0, 2),
                    textcoords="offset points", ha="center", va="bottom", fontsize=7, weight="bold")  # fmt: skip
    drawn = estimates[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float)
    _value_axis(ax, float(np.nanmin(drawn)), float(np.nanmax(drawn)), language)
    handles: list[Line2D | Patch] = [
        key_of(name_of(name, labels, words), *marks[name], estimates, language,
               markersize=4, markeredgewidth=1.1, linewidth=1.2, linestyle=DASHES[place % len(DASHES)])
        for place, name in enumerate(series) if groups
    ]  # fmt: skip
    handles += [
        Line2D([], [], color="black", linewidth=0.8, linestyle=(0, (1, 1.5)),
               label=write(f"{place}: {name_of(event, labels, words)}", language))
        for place, (_, event) in enumerate(happened, start=1)
    ]  # fmt: skip
    notes = [words["events_note"]] if happened else []
    dress(ax, owned, language, title, handles, [*notes, *notes_on(estimates, words, "band")])
    return remember(ax, estimates)


@drawing
def plot_distribution(
    scored: pd.DataFrame,
    ax: Axes | None = None,
    *,
    of: str = "sentiment_score",
    by: str = "camp",
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw for each group which part of its statements scores no higher than each value.

    Two groups with one mean may be one of calm and one of storm; their steps tell them apart. The higher a line at a
    value, the more of the group's statements lie at or below it.

    Parameters
    ----------
    scored
        One row per statement, as `score_sentiment` returns it; rows without a group or a score are left out.
    ax, language, labels, title, width
        As in `plot_shares`.
    of, by
        The column of scores and that of groups.

    Returns
    -------
    matplotlib.axes.Axes
        `figure_data` gives back the columns `by` and `of` of the rows drawn.

    Raises
    ------
    PlotError
        If a column is missing, no row has both, the scores are no numbers, or the language is unknown.

    References
    ----------
    Wilk, M. B. & Gnanadesikan, R. (1968). Probability plotting methods for the analysis of data. Biometrika 55(1), 1–17.
    """
    words = words_in(language)
    require(scored, [by, of], "a table of scored statements")
    rows = scored.loc[scored[by].notna() & scored[of].notna(), [by, of]]
    if rows.empty:
        raise PlotError(f"No row has both a {by} and a {of}; nothing to draw.")
    if not pd.api.types.is_numeric_dtype(rows[of]):
        raise PlotError(
            f"Column {of!r} holds no numbers, so it has no distribution; draw its shares with plot_sentiment."
        )
    series = [name for name in levels_of(rows[by]) if (rows[by] == name).any()]
    marks = marks_of(series, labels)
    ax, owned, _ = axes_of(ax, width, 96)
    handles: list[Line2D | Patch] = []
    for place, name in enumerate(series):
        scores = rows.loc[rows[by] == name, of].to_numpy(dtype=float)
        colour, dashes = marks[name][0], DASHES[place % len(DASHES)]
        ax.ecdf(scores, color=colour, linewidth=1.4, linestyle=dashes)
        text = f"{name_of(name, labels, words)} ({words['count'].format(count=len(scores))})"
        handles.append(Line2D([], [], color=colour, linewidth=1.4, linestyle=dashes, label=write(text, language)))
    number_axis(ax, float(rows[of].min()), float(rows[of].max()), language)
    ax.set_yticks(np.arange(0, 1.01, 0.25), [write(f"{tick:.0%}", language) for tick in np.arange(0, 1.01, 0.25)])
    ax.set_ylim(0, 1.02)
    ax.grid(axis="y", color=STYLE["grid.color"], linewidth=STYLE["grid.linewidth"])
    ax.axvline(0, color="#555555", linewidth=0.6, zorder=0.9)
    ax.set_xlabel(write(words.get(of, of), language), fontsize=STYLE["axes.labelsize"])
    dress(ax, owned, language, title, handles, [words["distribution_note"], words["uncorrected"]])
    return remember(ax, rows)


def _days(dates: pd.Series, what: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Dates as numbers of days."""
    read = pd.to_datetime(dates, errors="coerce")
    if read.isna().any():
        wrong = dates[read.isna()].iloc[0]
        raise PlotError(f"The table of {what} holds {str(wrong)!r} as a date; write dates as 2022-01-05.")
    return read.to_numpy(dtype="datetime64[D]").astype(np.float64)


def _date_axis(ax: Axes, days: np.ndarray[tuple[int], np.dtype[np.float64]], language: Language) -> None:
    """Days as 01-05 with the year once, in reading direction."""
    first, last = days.min(), days.max()
    step = max(1, int(np.ceil((last - first) / 8)))
    ticks = np.arange(first, last + 1e-9, step)
    shown = [np.datetime64(int(tick), "D").astype(object) for tick in ticks]
    written = [
        f"{day:%d/%m}\n{day:%Y}" if not place or day.year != shown[place - 1].year else f"{day:%d/%m}"
        for place, day in enumerate(shown)
    ]
    ax.set_xticks(ticks, ["\n".join(write(line, language) for line in text.split("\n")) for text in written])
    ends = (first - 0.7, last + 0.7)
    ax.set_xlim(ends[::-1] if language in RIGHT_TO_LEFT else ends)


def _value_axis(ax: Axes, low: float, high: float, language: Language) -> None:
    """An upright axis of plain numbers, where reading begins, with light lines across."""
    room = (high - low or 1.0) * 0.08
    ax.set_ylim(low - room, high + room)
    ticks = [tick for tick in ax.get_yticks() if low - room <= tick <= high + room]
    ax.set_yticks(ticks, [write(number(tick), language) for tick in ticks])
    ax.grid(axis="y", color=STYLE["grid.color"], linewidth=STYLE["grid.linewidth"])
    if low < 0 < high:
        ax.axhline(0, color="#555555", linewidth=0.6)
    ax.set_axisbelow(True)
    ax.spines[["top", "left", "right"]].set_visible(False)
    if language in RIGHT_TO_LEFT:
        ax.yaxis.tick_right()
    ax.tick_params(labelsize=STYLE["xtick.labelsize"])
    ax.tick_params(axis="y", length=0)
