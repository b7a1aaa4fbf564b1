"""Figures of contrasts, maps and courses: numbers on their artists, words in both languages, bytes, and faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from discourse.bidi import lint_bidi
from discourse.canvas import COLUMN_MM, PAGE_MM, PlotError, figure_data, save_figure
from discourse.contrasts import FLIPS, plot_fragility, plot_keyness
from discourse.keyness import keyness
from discourse.robustness import fragility

mpl.use("Agg")

CAMPS = {"moscow": "Moscow", "washington": "Washington", "astana": "Astana"}
ARABIC = {"moscow": "موسكو", "washington": "واشنطن", "astana": "أستانا"}


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Constructed statements: 3 camps × 4 outlets × 8 days, with scores, words, and three speakers a camp."""
    generator = np.random.default_rng(3)
    vocabulary = ["الحوار", "الأمن", "القانون", "السوق", "الجيش", "الشارع", "الهدوء", "التحقيق"]
    rows = [
        {
            "article_id": f"{outlet}-{day}",
            "outlet": outlet,
            "date": pd.Timestamp("2022-01-03") + pd.Timedelta(days=day),
            "camp": camp,
            "speaker": f"{camp}-{generator.integers(3)}",
            "sentiment_score": float(np.round(generator.normal(0.1 if camp == "astana" else -0.1, 0.4), 3)),
            "content": " ".join(generator.choice(vocabulary, 4)) + (" الدستور" if camp == "astana" else ""),
        }
        for outlet in ("barq", "jisr", "nahr", "sada")
        for day in range(8)
        for camp in CAMPS
        for _ in range(generator.integers(1, 3))
    ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def drawings(table: pd.DataFrame) -> dict[str, tuple[Callable[..., Axes], pd.DataFrame, dict[str, Any]]]:
    """Each figure: its function, a table for it, and what else it takes."""
    return {
        "fragility": (plot_fragility, fragility(table, "camp", ("moscow", "astana"), of="sentiment_score"), {}),
        "keyness": (plot_keyness, keyness(table, draws=20), {}),
    }


FIGURES = ["fragility", "keyness"]


def drawn(drawings: Any, kind: str, language: str = "en", width: float = PAGE_MM) -> Axes:
    call, rows, options = drawings[kind]
    labels, title = (ARABIC, "من يقول ماذا؟") if language == "ar" else (CAMPS, "Who says what")
    ax: Axes = call(rows, language=language, labels=labels, title=title, width=width, **options)
    return ax


def texts(ax: Axes) -> list[str]:
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def prose(ax: Axes) -> str:
    return " ".join(texts(ax)).replace("\n", " ")


def marks(ax: Axes) -> list[Any]:
    """Markers, in the order drawn."""
    return [line for line in ax.lines if line.get_linestyle() == "None"]


def spans(ax: Axes) -> list[tuple[float, float]]:
    """Ends of the interval lines, in the order drawn."""
    lines = [np.asarray(line.get_xdata(), dtype=float) for line in ax.lines if line.get_solid_capstyle() == "butt"]
    return [(float(x[0]), float(x[1])) for x in lines if len(x) == 2]


def heights(ax: Axes) -> dict[str, float]:
    """The place of each labelled line."""
    return dict(zip([label.get_text() for label in ax.get_yticklabels()], ax.get_yticks(), strict=True))


# Every figure -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FIGURES)
def test_the_table_is_given_back(drawings: Any, kind: str) -> None:
    pd.testing.assert_frame_equal(figure_data(drawn(drawings, kind)), drawings[kind][1])


@pytest.mark.parametrize("kind", FIGURES)
def test_the_callers_axes_are_drawn_into(drawings: Any, kind: str) -> None:
    call, rows, options = drawings[kind]
    figure, ax = plt.subplots()
    assert call(rows, ax, title="Here", **options) is ax
    assert "Here" in (ax.get_title("left"), ax.get_title())
    assert plt.get_fignums() == [figure.number]


@pytest.mark.parametrize("kind", FIGURES)
def test_arabic_figures_pass_the_bidi_check_and_english_ones_need_no_isolates(drawings: Any, kind: str) -> None:
    arabic = drawn(drawings, kind, "ar")
    assert lint_bidi(arabic).to_dict("records") == []
    for text in texts(arabic):
        assert not re.search(r"[0-9A-Za-z%−]", re.sub("\u2066[^\u2069]*\u2069", "", text)), text
    assert "موسكو" in prose(arabic)
    english = drawn(drawings, kind)
    assert "\u2066" not in prose(english)
    assert "Moscow" in prose(english)


@pytest.mark.parametrize("kind", FIGURES)
def test_arabic_figures_run_from_the_right(drawings: Any, kind: str) -> None:
    low, high = drawn(drawings, kind, "ar").get_xlim()
    assert low > high
    low, high = drawn(drawings, kind, "en").get_xlim()
    assert low < high


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", FIGURES)
def test_nothing_is_clipped(drawings: Any, kind: str, language: str, width: float) -> None:
    figure = drawn(drawings, kind, language, width).get_figure(root=True)
    assert figure is not None
    assert figure.get_size_inches()[0] == pytest.approx(width / 25.4)
    figure.draw_without_rendering()
    page = figure.bbox
    for text in figure.findobj(Text):
        assert isinstance(text, Text)
        if text.get_visible() and text.get_text().strip():
            box = text.get_window_extent()
            assert box.x0 >= page.x0 - 1 and box.x1 <= page.x1 + 1, text.get_text()
            assert box.y0 >= page.y0 - 1 and box.y1 <= page.y1 + 1, text.get_text()


@pytest.mark.parametrize("kind", FIGURES)
def test_drawing_and_saving_twice_gives_the_same_bytes(drawings: Any, kind: str, tmp_path: Path) -> None:
    once = save_figure(drawn(drawings, kind, "ar"), tmp_path / "a", ("svg", "pdf", "png"))
    again = save_figure(drawn(drawings, kind, "ar"), tmp_path / "b", ("svg", "pdf", "png"))
    assert [one.suffix for one in once] == [".svg", ".pdf", ".png", ".csv"]
    for one, other in zip(once, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


@pytest.mark.parametrize("kind", FIGURES)
def test_faults_of_every_figure(drawings: Any, kind: str) -> None:
    call, rows, options = drawings[kind]
    with pytest.raises(PlotError, match=r"^Unknown language 'fr'. Languages: ar, en.$"):
        call(rows, language="fr", **options)
    with pytest.raises(PlotError, match=r"^Expected .*; the table has no rows, so there is nothing to draw.$"):
        call(rows.iloc[:0], **options)
    with pytest.raises(PlotError, match=r"^Expected .*; the table has no column '\w+', '\w+'"):
        call(rows[[]], **options)


# Fragility ----------------------------------------------------------------------------------------------------------


def test_every_variant_stands_on_its_line_at_its_numbers(drawings: Any) -> None:
    variants = drawings["fragility"][1]
    ax = plot_fragility(variants)
    assert [mark.get_xdata()[0] for mark in marks(ax)] == variants["estimate"].tolist()
    assert spans(ax) == list(zip(variants["ci_low"], variants["ci_high"], strict=True))
    places = heights(ax)
    names = variants["variant"].replace({"": "as asked", "speakers": "speakers count alike"})
    for mark, name in zip(marks(ax), names.replace("outlets", "outlets count alike"), strict=True):
        assert mark.get_ydata()[0] == places[name]
    assert places["Without the outlet"] > places["barq"] > places["Without the speaker"]
    assert ax.get_xlabel() == "moscow minus astana"


def test_what_flips_has_a_colour_and_a_marker(drawings: Any) -> None:
    variants = drawings["fragility"][1].iloc[:5].copy()
    variants["flips"] = ["", *(flip for flip, _, _ in FLIPS)]
    ax = plot_fragility(variants)
    assert [(mark.get_color(), mark.get_marker()) for mark in marks(ax)] == [
        ("black", "s"),
        *((colour, marker) for _, colour, marker in FLIPS),
    ]
    figure = ax.get_figure(root=True)
    assert figure is not None
    assert [key.get_text() for key in figure.legends[0].get_texts()] == [
        "nothing flips", "sign flips", "significance flips", "sign and significance flip"
    ]  # fmt: skip
    assert all(mark.get_markerfacecolor() == "white" for mark in marks(ax))


def test_a_variant_that_cannot_be_estimated_says_so(drawings: Any) -> None:
    variants = drawings["fragility"][1].iloc[:3].copy()
    variants.loc[2, ["estimate", "ci_low", "ci_high"]] = np.nan
    variants.loc[2, "flips"] = "not estimable"
    ax = plot_fragility(variants)
    assert len(marks(ax)) == 2
    assert "not estimable" in texts(ax)
    assert "يتعذر التقدير" in texts(plot_fragility(variants, language="ar"))


def test_a_ratio_has_its_line_at_one(table: pd.DataFrame) -> None:
    both = fragility(table, "camp", ("moscow", "astana"))
    with pytest.raises(PlotError, match=r"^The table holds contrasts of more than one measure; select one first.$"):
        plot_fragility(both)
    ax = plot_fragility(both[both["measure"] == "ratio"])
    assert [line.get_xdata() for line in ax.lines if line.get_color() == "black" and line.get_linewidth() == 0.8] == [
        [1.0, 1.0]
    ]
    assert ax.get_xlabel() == "moscow divided by astana"


def test_nothing_estimated_is_a_fault(drawings: Any) -> None:
    with pytest.raises(PlotError, match=r"^No variant of the contrast could be estimated; nothing to draw.$"):
        plot_fragility(drawings["fragility"][1].assign(estimate=np.nan))


# Keyness ------------------------------------------------------------------------------------------------------------


def test_words_stand_at_their_z_and_are_as_large_as_they_are_spread(drawings: Any) -> None:
    found = drawings["keyness"][1]
    ax = plot_keyness(found)
    dots = marks(ax)
    assert [dot.get_xdata()[0] for dot in dots] == found["wilcoxon"].tolist()
    spread = found["dispersion"].where(found["wilcoxon"] >= 0, found["dispersion_reference"])
    sizes = [dot.get_markersize() for dot in dots]
    assert np.argsort(sizes, kind="stable").tolist() == np.argsort(-spread.to_numpy(), kind="stable").tolist()
    hollow = [dot.get_markerfacecolor() == "white" for dot in dots]
    assert hollow == found["within_noise"].tolist()
    assert {True, False} == set(hollow)  # the word that only one camp uses is beyond the floor, others are not
    assert len({dot.get_color() for dot in dots}) == 2


def test_the_band_reaches_to_the_noise_floor_of_its_group(drawings: Any) -> None:
    found = drawings["keyness"][1]
    bands = [patch for patch in plot_keyness(found).patches if isinstance(patch, Rectangle)]
    assert [band.get_x() for band in bands] == (-found["noise_floor"]).tolist()
    assert [band.get_x() + band.get_width() for band in bands] == pytest.approx(found["noise_floor"].tolist())


def test_without_draws_there_is_no_band(table: pd.DataFrame) -> None:
    ax = plot_keyness(keyness(table, draws=0))
    assert len(ax.patches) == 0
    assert "what chance alone reaches" not in prose(ax)


def test_too_many_words_are_a_fault(drawings: Any) -> None:
    found = drawings["keyness"][1]
    with pytest.raises(
        PlotError, match=r"^\d+ words are more than the 80 that a figure holds; select the most telling"
    ):
        plot_keyness(pd.concat([found] * 10))
