"""Draw what sets two camps apart, and what that hangs on: fragility, keyness.

As in `discourse.plots`, every number drawn stands in the table; the style is that of `discourse.canvas`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from discourse.canvas import (
    PAGE_MM,
    STYLE,
    PlotError,
    axes_of,
    draw_estimate,
    drawing,
    dress,
    headed_lines,
    key_of,
    name_of,
    notes_on,
    number,
    number_axis,
    remember,
    require,
    write,
)
from discourse.languages import Language, words_in
from discourse.robustness import NULL

# What flips, colour, marker; the marker says it in grey too.
FLIPS = [
    ("", "#777777", "o"),
    ("sign", "#D55E00", "v"),
    ("significance", "#0072B2", "D"),
    ("sign and significance", "#CC79A7", "X"),
]
MOST_WORDS = 80
_NOISE, _TOLD = "#999999", "#0072B2"


@drawing
def plot_fragility(
    variants: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw a contrast as asked and as it is without each outlet and speaker, otherwise weighted, otherwise scored.

    The black line stands where there is no difference, the dashed one at the contrast as asked. What flips has a colour
    and a marker of its own; what cannot be estimated is written out.

    Parameters
    ----------
    variants
        Table from `fragility`, of one measure and, if the contrast is of classes, one class.
    ax, language, title, width
        As in `plot_shares`.
    labels
        What to write for groups, outlets, speakers and lexicons. Others stand as in the table.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table is not one of variants, holds several measures or classes, or the language is unknown.
    """
    words = words_in(language)
    needed = ["kind", "variant", "group", "reference", "measure", "n", "estimate", "ci_low", "ci_high", "flips"]
    require(variants, [*needed, "method", "corrected"], "a table of variants from fragility")
    names = [str(name) for name in variants.columns]
    several = [name for name in names[names.index("reference") + 1 : names.index("n")] if variants[name].nunique() > 1]
    if several:
        raise PlotError(f"The table holds contrasts of more than one {' and '.join(several)}; select one first.")
    estimated = variants[variants["estimate"].notna()]
    if estimated.empty:
        raise PlotError("No variant of the contrast could be estimated; nothing to draw.")
    marks = {flip: (colour, marker) for flip, colour, marker in FLIPS}
    first = variants.iloc[0]
    lines = len(variants) + variants["kind"].nunique()
    ax, owned, _ = axes_of(ax, width, 3.9 * lines + 36)
    headings = ["" if kind == "as asked" else words[kind] for kind in variants["kind"]]
    written = [
        words["as asked"] if row["kind"] == "as asked" else _variant(row, labels, words)
        for _, row in variants.iterrows()
    ]
    places = headed_lines(ax, headings, written, language)
    null = NULL[str(first["measure"])]
    ax.axvline(null, color="black", linewidth=0.8)
    if np.isfinite(first["estimate"]):
        ax.axvline(first["estimate"], color="#555555", linewidth=0.8, linestyle=(0, (4, 3)))
    for y, (_, row) in zip(places, variants.iterrows(), strict=True):
        if not np.isfinite(row["estimate"]):
            ax.annotate(write(words["not estimable"], language), (null, y), va="center", ha="center", fontsize=6.5,
                        bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none"})  # fmt: skip
            continue
        asked = row["kind"] == "as asked"
        colour, marker = ("black", "s") if asked else marks[row["flips"]]
        draw_estimate(ax, row, y, colour, marker, markersize=4.5, markeredgewidth=1.2)
    drawn = estimated[["estimate", "ci_low", "ci_high"]].to_numpy(dtype=float)
    number_axis(ax, min(null, float(np.nanmin(drawn))), max(null, float(np.nanmax(drawn))), language)
    group, reference = (name_of(first[side], labels, words) for side in ("group", "reference"))
    text = words[f"axis_{first['measure']}"].format(group=group, reference=reference)
    ax.set_xlabel(write(text, language), fontsize=STYLE["axes.labelsize"])
    handles: list[Line2D | Patch] = [
        key_of(words[f"flips_{flip.replace(' ', '_') or 'nothing'}"], colour, marker, estimated, language,
               markersize=4.5, markeredgewidth=1.2)
        for flip, colour, marker in FLIPS if (estimated["flips"] == flip).any()
    ]  # fmt: skip
    dress(ax, owned, language, title, handles, [words["as_asked_line"], *notes_on(estimated, words)])
    return remember(ax, variants)


def _variant(row: pd.Series, labels: Mapping[str, str] | None, words: Mapping[str, str]) -> str:
    """The outlet or speaker left out, the name of the lexicon, or what counts alike."""
    return words[f"alike_{row['variant']}"] if row["kind"] == "weighting" else name_of(row["variant"], labels, words)


@drawing
def plot_keyness(
    words_apart: pd.DataFrame,
    ax: Axes | None = None,
    *,
    language: Language = "en",
    labels: Mapping[str, str] | None = None,
    title: str | None = None,
    width: float = PAGE_MM,
) -> Axes:
    """Draw the words that set groups apart, with the band in which chance alone would put the most telling one.

    A dot is as large as its word is evenly spread over the documents of the side that has it more often; words inside the
    band are grey and hollow.

    Parameters
    ----------
    words_apart
        Rows of a table from `keyness`, for example ``found.groupby("group").head(15)``; drawn in their order.
    ax, language, title, width
        As in `plot_shares`.
    labels
        What to write for groups. Words stand as in the table.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    PlotError
        If the table is not one of keyness, has more words than a figure holds, or the language is unknown.
    """
    words = words_in(language)
    needed = ["group", "reference", "word", "dispersion", "dispersion_reference", "wilcoxon", "noise_floor"]
    require(words_apart, [*needed, "within_noise"], "a table of words from keyness")
    if len(words_apart) > MOST_WORDS:
        raise PlotError(
            f"{len(words_apart)} words are more than the {MOST_WORDS} that a figure holds; select the most telling first, "
            "for example table.groupby('group').head(15)."
        )
    sides = [
        words["against"].format(
            group=name_of(row["group"], labels, words), reference=name_of(row["reference"], labels, words)
        )
        for _, row in words_apart.iterrows()
    ]
    ax, owned, _ = axes_of(ax, width, 3.9 * (len(sides) + len(set(sides))) + 36)
    places = headed_lines(ax, sides, [str(word) for word in words_apart["word"]], language)
    for y, (_, row) in zip(places, words_apart.iterrows(), strict=True):
        floor = row["noise_floor"]
        if np.isfinite(floor):
            ax.add_patch(Rectangle((-floor, y - 0.5), 2 * floor, 1, facecolor="#E8E8E8", linewidth=0, zorder=0.5))
        spread = row["dispersion" if row["wilcoxon"] >= 0 else "dispersion_reference"]
        inside = bool(row["within_noise"])
        ax.plot([row["wilcoxon"]], [y], marker="o", linestyle="none", zorder=3, markeredgewidth=1.1,
                color=_NOISE if inside else _TOLD, markerfacecolor="white" if inside else _TOLD,
                markersize=_size(spread))  # fmt: skip
    ax.axvline(0, color="black", linewidth=0.8)
    reach = words_apart[["wilcoxon", "noise_floor"]].abs().to_numpy(dtype=float)
    number_axis(ax, -float(np.nanmax(reach)), float(np.nanmax(reach)), language)
    ax.set_xlabel(write(words["axis_keyness"], language), fontsize=STYLE["axes.labelsize"])
    handles: list[Line2D | Patch] = [
        Line2D([], [], marker="o", linestyle="none", color=_TOLD, markersize=6, label=write(words["told"], language)),
        Line2D([], [], marker="o", linestyle="none", color=_NOISE, markerfacecolor="white", markersize=6,
               label=write(words["in_noise"], language)),
    ]  # fmt: skip
    handles += [
        Line2D([], [], marker="o", linestyle="none", color="black", markerfacecolor="white", markersize=_size(spread),
               label=write(words["dispersion"].format(value=number(spread)), language))
        for spread in (0.2, 0.6, 1.0)
    ]  # fmt: skip
    if words_apart["noise_floor"].notna().any():
        handles.append(Patch(facecolor="#E8E8E8", label=write(words["noise_band"], language)))
    dress(ax, owned, language, title, handles, [words["keyness_note"], words["uncorrected"]])
    return remember(ax, words_apart)


def _size(dispersion: float) -> float:
    """Size in points of a word's dot: 9 where evenly spread, 3 where all in one document."""
    return 3 + 6 * (1 - float(dispersion))
