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
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from discourse.bidi import lint_bidi
from discourse.canvas import COLUMN_MM, PAGE_MM, PlotError, figure_data, save_figure
from discourse.clusters import EstimateError
from discourse.contrasts import FLIPS, plot_fragility, plot_keyness
from discourse.courses import plot_distribution, plot_frames, plot_timeline
from discourse.estimates import mean_by
from discourse.keyness import keyness
from discourse.languages import LanguageError
from discourse.maps import plot_relay_network, plot_relays, plot_stance
from discourse.relays import relays_by
from discourse.robustness import fragility

mpl.use("Agg")

CAMPS = {"moscow": "Moscow", "washington": "Washington", "astana": "Astana"}
ARABIC = {"moscow": "موسكو", "washington": "واشنطن", "astana": "أستانا"}

ESTIMATED = ["n", "n_articles", "n_outlets", "estimate", "ci_low", "ci_high", "method", "corrected"]
JACKKNIFE = "jackknife t(3) over 4 outlets; uncorrected"
# Constructed: a cell for, one against, one whose interval spans zero, one without an interval; two are not there.
STANCE = pd.DataFrame(
    [
        ("moscow", "moscow", 12, 8, 4, 0.75, 0.5, 1.0, JACKKNIFE, False),
        ("moscow", "washington", 9, 8, 4, -0.5, -0.8, -0.2, JACKKNIFE, False),
        ("washington", "moscow", 7, 6, 4, -0.25, -0.6, 0.1, JACKKNIFE, False),
        ("washington", "astana", 1, 1, 1, 0.0, np.nan, np.nan, "no interval: one outlet; uncorrected", False),
    ],
    columns=["camp", "target", *ESTIMATED],
)
RELAYS = pd.DataFrame(
    {
        "relayer": ["moscow", "moscow", "astana", "washington"],
        "speaker": ["moscow", "astana", "washington", "moscow"],
        "n": [5, 3, 1, 4],
    }
)
FRAMES = pd.DataFrame(
    [
        ("security", "moscow", 40, 20, 4, 0.5, 0.4, 0.6, JACKKNIFE, False),
        ("security", "astana", 30, 15, 4, 0.3, 0.1, 0.5, JACKKNIFE, False),
        ("legality", "moscow", 40, 20, 4, 0.1, -0.05, 0.25, JACKKNIFE, False),
        ("legality", "astana", 30, 15, 4, 0.0, np.nan, np.nan, "no interval: 4 outlets do not differ", False),
    ],
    columns=["frame", "camp", *ESTIMATED],
)


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
        "stance": (plot_stance, STANCE, {}),
        "relays": (plot_relays, RELAYS, {}),
        "network": (plot_relay_network, RELAYS, {}),
        "frames": (plot_frames, FRAMES, {}),
        "timeline": (plot_timeline, mean_by(table, "sentiment_score", ["date", "camp"]), {}),
        "distribution": (plot_distribution, table[["camp", "sentiment_score"]], {}),
    }


FIGURES = ["fragility", "keyness", "stance", "relays", "network", "frames", "timeline", "distribution"]


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
    with pytest.raises(LanguageError, match=r"^Unknown language 'fr'. Languages: ar, en.$"):
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


# Stance -------------------------------------------------------------------------------------------------------------


def cells(ax: Axes) -> dict[tuple[int, int], Rectangle]:
    """The filled cells by column and row, from the top."""
    found = [patch for patch in ax.patches if isinstance(patch, Rectangle) and patch.get_fill()]
    return {(round(cell.get_x() + 0.47), -round(cell.get_y() + 0.45)): cell for cell in found}


def test_a_cell_holds_its_estimate_its_sign_and_its_n() -> None:
    ax = plot_stance(STANCE, labels=CAMPS)
    written = {(round(text.get_position()[0]), -round(text.get_position()[1])): text.get_text() for text in ax.texts}
    assert written == {
        (0, 0): "+0.75\nn = 12",
        (1, 0): "−0.50\nn = 9",
        (0, 1): "−0.25\nn = 7",
        (2, 1): "0.00\nn = 1",
    }
    assert [label.get_text() for label in ax.get_xticklabels()] == ["Moscow", "Washington", "Astana"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["Moscow", "Washington"]


def test_cells_are_hatched_where_the_interval_spans_zero_and_dotted_without_one() -> None:
    assert {spot: cell.get_hatch() for spot, cell in cells(plot_stance(STANCE, labels=CAMPS)).items()} == {
        (0, 0): "", (1, 0): "", (0, 1): "////", (2, 1): "....",
    }  # fmt: skip


def test_colours_of_stance_are_symmetric_about_zero() -> None:
    found = {
        value: cells(plot_stance(STANCE.iloc[:1].assign(estimate=value)))[0, 0].get_facecolor()
        for value in (-1.0, -0.5, 0.0, 0.5, 1.0)
    }
    assert (to_hex(found[-1.0]), to_hex(found[1.0])) == ("#d55e00", "#0072b2")
    neutral = np.array(found[0.0])
    for half, whole in ((0.5, 1.0), (-0.5, -1.0)):
        assert np.array(found[half]) == pytest.approx((neutral + np.array(found[whole])) / 2, abs=0.01)


def test_faults_of_stance() -> None:
    with pytest.raises(PlotError, match=r"^Support minus oppose lies from -1 to 1; 1.5 for moscow × moscow does not.$"):
        plot_stance(STANCE.assign(estimate=1.5))
    with pytest.raises(
        PlotError, match=r"^The cell moscow × moscow stands more than once; select one row for each first"
    ):
        plot_stance(pd.concat([STANCE, STANCE]))
    with pytest.raises(PlotError, match=r"by target, two columns before 'n'; found target.$"):
        plot_stance(STANCE.drop(columns="camp"))


# Relays -------------------------------------------------------------------------------------------------------------


def test_relays_are_counted_by_who_passes_on_and_whose_words_they_are() -> None:
    statements = pd.DataFrame(
        [
            ("a", "barq", "a:1", "moscow", None, None),
            ("a", "barq", "a:2", "astana", "a:1", None),
            ("a", "barq", "a:3", "astana", "a:1", "a:1"),
            ("b", "jisr", "b:1", "moscow", None, None),
            ("b", "jisr", "b:2", "astana", "b:1", None),
            ("b", "jisr", "b:3", None, "b:1", None),
            ("b", "jisr", "b:4", "washington", None, "b:3"),
        ],
        columns=["article_id", "outlet", "id", "camp", "relayed_by", "parent"],
    )
    assert relays_by(statements).to_dict("records") == [
        {"relayer": "moscow", "speaker": "astana", "n": 3, "n_articles": 2, "n_outlets": 2}
    ]
    assert relays_by(statements, link="parent")["n"].tolist() == [1]
    with pytest.raises(EstimateError, match=r"^The table has no column 'side'.$"):
        relays_by(statements, by="side")
    with pytest.raises(EstimateError, match=r"^No row has a relayed_by with a camp on both sides; nothing to count.$"):
        relays_by(statements.iloc[[0, 3]])


def test_the_matrix_holds_a_count_for_every_pair() -> None:
    ax = plot_relays(RELAYS, labels=CAMPS)
    written = {(round(text.get_position()[0]), -round(text.get_position()[1])): text.get_text() for text in ax.texts}
    assert written == {  # column (whose words), row (who passes on), as moscow, washington, astana
        (0, 0): "5", (1, 0): "0", (2, 0): "3",
        (0, 1): "4", (1, 1): "0", (2, 1): "0",
        (0, 2): "0", (1, 2): "1", (2, 2): "0",
    }  # fmt: skip
    depth = {spot: sum(cell.get_facecolor()[:3]) for spot, cell in cells(ax).items()}
    assert depth[0, 0] < depth[0, 1] < depth[2, 0] < depth[1, 2] < depth[1, 1]
    assert sum(not patch.get_fill() for patch in ax.patches) == 3


@pytest.mark.parametrize("language", ["en", "ar"])
def test_arrows_run_from_whose_words_to_who_passes_them_on(language: str) -> None:
    ax = drawn({"network": (plot_relay_network, RELAYS, {})}, "network", language)
    names = {"moscow", "washington", "astana"}
    labels = ARABIC if language == "ar" else CAMPS
    written = [text for text in ax.texts if any(labels[name] in text.get_text() for name in names)]
    spots = {name: np.array(t.xy) for t in written for name in names if labels[name] in t.get_text()}
    counts = [text for text in ax.texts if text not in written]
    found = {}
    for arrow, count in zip(ax.patches, counts, strict=True):
        ends = arrow._path_original.vertices[[0, -1]]
        start, end = (min(names, key=lambda name: np.linalg.norm(spots[name] - spot)) for spot in ends)
        found[start, end] = int(count.get_text().strip("\u2066\u2069"))
    assert found == {("astana", "moscow"): 3, ("washington", "astana"): 1, ("moscow", "washington"): 4}
    widths = [arrow.get_linewidth() for arrow in ax.patches]
    assert np.argsort(widths).tolist() == np.argsort([int(c.get_text().strip("\u2066\u2069")) for c in counts]).tolist()
    if language == "en":
        assert {text.get_text() for text in written} == {
            "Moscow\nown words 5", "Washington\nown words 0", "Astana\nown words 0"
        }  # fmt: skip


@pytest.mark.parametrize(("language", "width"), [("en", PAGE_MM), ("ar", PAGE_MM), ("en", 85)])
def test_no_arrow_of_a_network_runs_under_a_name(language: str, width: float) -> None:
    camps = [*CAMPS, "other"]
    everyone = pd.DataFrame([(one, other, 9) for one in camps for other in camps], columns=["relayer", "speaker", "n"])
    ax = drawn({"network": (plot_relay_network, everyone, {})}, "network", language, width)
    figure = ax.get_figure(root=True)
    figure.draw_without_rendering()
    names = [text for text in ax.texts if "\n" in text.get_text()]
    assert len(names) == 4 and len(ax.patches) == 12
    for name in names:
        box = name.get_window_extent()
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1
        for arrow in ax.patches:
            assert not arrow._path_original.transformed(ax.transData).intersects_bbox(box, filled=False)


def test_faults_of_relays() -> None:
    for call in (plot_relays, plot_relay_network):
        with pytest.raises(PlotError, match=r"^Column 'n' holds counts of statements; 0.5 is none.$"):
            call(RELAYS.assign(n=0.5))
        with pytest.raises(PlotError, match=r"^The cell moscow × moscow stands more than once"):
            call(pd.concat([RELAYS, RELAYS]))


# Frames -------------------------------------------------------------------------------------------------------------


def test_frames_are_drawn_at_their_numbers_on_their_lines() -> None:
    ax = plot_frames(FRAMES, labels=CAMPS)
    assert [mark.get_xdata()[0] for mark in marks(ax)] == FRAMES["estimate"].tolist()
    assert spans(ax)[:3] == [(0.4, 0.6), (0.1, 0.5), (0.0, 0.25)]  # a share is never below 0
    assert [round(mark.get_ydata()[0]) for mark in marks(ax)] == [0, 0, -1, -1]
    assert [mark.get_marker() for mark in marks(ax)] == ["o", "D", "o", "D"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["security", "legality"]
    assert "Moscow (quotes 40)" in texts(ax)
    assert "الأمن" in texts(plot_frames(FRAMES, language="ar"))


def test_names_of_frames_take_no_colours_from_groups() -> None:
    names = [f"own {place}" for place in range(6)]
    groups = ["moscow", "astana", "other"]
    own = pd.concat([FRAMES.head(1).assign(frame=frame, camp=group) for frame in names for group in groups])
    drawn = marks(plot_frames(own, labels={**CAMPS, **{name: name.title() for name in names}}))
    assert len({mark.get_color() for mark in drawn}) == len({mark.get_marker() for mark in drawn}) == 3


def test_faults_of_frames() -> None:
    with pytest.raises(PlotError, match=r"^Expected one group column beside 'frame'; found none.$"):
        plot_frames(FRAMES.drop(columns="camp"))
    with pytest.raises(PlotError, match=r"^Shares lie from 0 to 1; 1.5 does not.$"):
        plot_frames(FRAMES.assign(estimate=1.5))


# Timeline -----------------------------------------------------------------------------------------------------------


def test_days_are_drawn_at_their_numbers_and_never_joined_across_an_event(table: pd.DataFrame) -> None:
    estimates = mean_by(table, "sentiment_score", "date")
    events = pd.DataFrame({"date": ["2022-01-06", "2022-01-09", "2023-01-01"], "event": ["Talks", "Vote", "Too late"]})
    ax = plot_timeline(estimates.sample(frac=1, random_state=1), events=events)
    lines = [line for line in ax.lines if line.get_marker() == "s"]
    days = [np.asarray(line.get_xdata(), dtype=float).astype("datetime64[D]").astype(str).tolist() for line in lines]
    assert days == [
        ["2022-01-03", "2022-01-04", "2022-01-05"], ["2022-01-06", "2022-01-07", "2022-01-08"],
        ["2022-01-09", "2022-01-10"],
    ]  # fmt: skip
    assert np.concatenate([line.get_ydata() for line in lines]).tolist() == estimates["estimate"].tolist()
    assert len(ax.collections) == 3
    for band, line in zip(ax.collections, lines, strict=True):
        inside = band.get_paths()[0].vertices
        assert set(inside[:, 0]) == set(line.get_xdata())
        here = estimates[estimates["estimate"].isin(line.get_ydata())]
        assert set(here["ci_low"]) | set(here["ci_high"]) == set(inside[:, 1])
    found = texts(ax)
    assert "1: Talks" in found and "2: Vote" in found and "3: Too late" not in found


def test_names_of_events_take_no_colours_from_groups(table: pd.DataFrame) -> None:
    estimates = mean_by(table, "sentiment_score", ["date", "camp"])
    events = pd.DataFrame({"date": "2022-01-06", "event": [f"event {place}" for place in range(6)]})
    labels = {"moscow": "Moscow", **{event: event.title() for event in events["event"]}}
    with_names = plot_timeline(estimates, events=events, labels=labels)
    without = plot_timeline(estimates, events=events, labels={"moscow": "Moscow"})
    colours = [[line.get_color() for line in ax.lines] for ax in (with_names, without)]
    assert colours[0] == colours[1] and len(set(colours[0])) > 2


def test_faults_of_timelines(table: pd.DataFrame) -> None:
    estimates = mean_by(table, "sentiment_score", "date")
    with pytest.raises(PlotError, match=r"^A day stands more than once; select one estimate for each day first.$"):
        plot_timeline(pd.concat([estimates, estimates]))
    with pytest.raises(PlotError, match=r"^The table of events holds 'soon' as a date; write dates as 2022-01-05.$"):
        plot_timeline(estimates, events=pd.DataFrame({"date": ["soon"], "event": ["Vote"]}))
    with pytest.raises(
        PlotError, match=r"^Expected a table of events with their dates; the table has no column 'event'.$"
    ):
        plot_timeline(estimates, events=pd.DataFrame({"date": ["2022-01-05"]}))
    with pytest.raises(PlotError, match=r"^Expected at most one group column beside 'date'; found camp, outlet.$"):
        plot_timeline(estimates.assign(camp="x", outlet="y"))


# Distribution -------------------------------------------------------------------------------------------------------


def test_steps_are_the_shares_at_or_below_each_score(table: pd.DataFrame) -> None:
    ax = plot_distribution(table, labels=CAMPS)
    lines = [line for line in ax.lines if len(line.get_xdata()) > 2]
    for line, camp in zip(lines, ["astana", "moscow", "washington"], strict=True):
        scores = table.loc[table["camp"] == camp, "sentiment_score"].to_numpy()
        reached = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))  # the last, and highest, at each score
        assert sorted(reached) == sorted(set(scores))
        for x, y in reached.items():
            assert y == pytest.approx(np.mean(scores <= x))
    assert len({line.get_color() for line in lines}) == 3
    assert len({str(line._dash_pattern) for line in lines}) == 3


def test_faults_of_distributions(table: pd.DataFrame) -> None:
    with pytest.raises(PlotError, match=r"^No row has both a camp and a sentiment_score; nothing to draw.$"):
        plot_distribution(table.assign(camp=None))
    with pytest.raises(
        PlotError, match=r"^Column 'outlet' holds no numbers, so it has no distribution; draw its shares"
    ):
        plot_distribution(table, of="outlet")
