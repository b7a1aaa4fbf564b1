"""Figures by the numbers on their artists, their words in both languages, and their bytes."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import yaml
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from discourse.canvas import COLUMN_MM, MARKS, PAGE_MM, PlotError, figure_data, save_figure
from discourse.clusters import TooFewClusters
from discourse.correction import correct
from discourse.estimates import share_by
from discourse.plots import ENGAGEMENT, SENTIMENT, plot_engagement, plot_sentiment, plot_shares

mpl.use("Agg")

OUTLETS = ["Al-Mada", "Al-Sahil", "Barq", "Jisr", "Nahr", "Sada", "Ufuq", "Wasat"]
CAMPS = {"moscow": "Moscow", "washington": "Washington", "astana": "Astana"}
ARABIC = {"moscow": "موسكو", "washington": "واشنطن", "astana": "أستانا"} | dict(
    zip(OUTLETS, ["المدى الجديد", "الساحل", "البرق", "الجسر", "النهر", "الصدى", "الأفق", "الوسط اليوم"], strict=True)
)
PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufeff]")


@pytest.fixture(autouse=True)
def close_figures() -> Iterator[None]:
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Constructed statements: 3 camps × 8 outlets, every class in every camp, of unequal number."""
    generator = np.random.default_rng(11)
    classes = [name for name, _, _ in ENGAGEMENT]
    rows = [
        {
            "article_id": f"{outlet}-{article}",
            "outlet": outlet,
            "camp": camp,
            "sentiment": ["negative", "neutral", "positive"][generator.integers(3)],
            "engagement": classes[generator.choice(5, p=[0.08, 0.12, 0.5, 0.2, 0.1])],
        }
        for outlet in OUTLETS
        for article in range(8)
        for camp in CAMPS
        for _ in range(generator.integers(1, 3))
    ]
    return pd.DataFrame(rows)


def texts(ax: Axes) -> list[str]:
    figure = ax.get_figure(root=True)
    assert figure is not None
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]


def spans(ax: Axes) -> list[tuple[float, float]]:
    """Ends of the interval lines, in the order drawn."""
    lines = [np.asarray(line.get_xdata(), dtype=float) for line in ax.lines]
    return [(float(x[0]), float(x[1])) for x in lines if len(x) == 2 and x[0] != x[1]]


# Numbers on the artists --------------------------------------------------------------------------------------------


def test_shares_are_drawn_at_their_numbers(table: pd.DataFrame) -> None:
    estimates = share_by(table, "camp")
    ax = plot_shares(estimates)
    points = [line.get_xdata()[0] for line in ax.lines if line.get_linestyle() == "None"]  # type: ignore[index]
    assert points == estimates["estimate"].tolist()
    assert spans(ax) == list(zip(estimates["ci_low"], estimates["ci_high"], strict=True))
    assert [label.get_text().split("\n")[0] for label in ax.get_yticklabels()] == ["astana", "moscow", "washington"]


def test_shares_within_outlets_stand_on_their_outlets_line(table: pd.DataFrame) -> None:
    estimates = share_by(table, "camp", within="outlet")
    ax = plot_shares(estimates, labels=CAMPS)
    points = [line for line in ax.lines if line.get_linestyle() == "None"]
    assert len(points) == 24
    spots = dict(zip([t.get_text().split("\n")[0] for t in ax.get_yticklabels()], ax.get_yticks(), strict=True))
    for line, (_, row) in zip(points, estimates.iterrows(), strict=True):
        assert line.get_xdata()[0] == row["estimate"]  # type: ignore[index]
        assert abs(line.get_ydata()[0] - spots[row["outlet"]]) < 0.5  # type: ignore[index]
        colour, marker = MARKS[list(CAMPS).index(row["camp"])]
        assert (line.get_color(), line.get_marker()) == (colour, marker)
    first = estimates.iloc[0]
    assert f"Al-Mada\nquotes {first['n']}, articles {first['n_articles']}" in texts(ax)


def test_a_line_with_shares_of_different_numbers_names_them_all(table: pd.DataFrame) -> None:
    whole = share_by(table, "sentiment", within="camp").query("sentiment == 'negative'").assign(sentiment="all of them")
    fewer = share_by(table[table["outlet"] != "Sada"], "sentiment", within="camp").query("sentiment == 'negative'")
    ax = plot_shares(pd.concat([whole, fewer]))
    one, other = (part[part["camp"] == "moscow"].iloc[0] for part in (whole, fewer))
    assert one["n"] > other["n"]
    written = " ".join(text for text in texts(ax) if text.startswith("moscow"))
    assert f"quotes {one['n']}/{other['n']}, articles 64/56, outlets 8/7" in written.replace("\n", " ")


def test_the_order_of_labels_keeps_a_camp_its_mark_when_another_is_missing(table: pd.DataFrame) -> None:
    ax = plot_shares(share_by(table[table["camp"] != "moscow"], "camp"), labels=CAMPS)
    drawn = {(line.get_color(), line.get_marker()) for line in ax.lines if line.get_linestyle() == "None"}
    assert drawn == {MARKS[1], MARKS[2]}


def test_raw_shares_are_hollow_and_corrected_ones_filled(table: pd.DataFrame) -> None:
    raw = share_by(table, "camp")
    both = pd.concat([raw.iloc[:1], raw.iloc[1:].assign(corrected=True)])
    ax = plot_shares(both)
    faces = [line.get_markerfacecolor() for line in ax.lines if line.get_linestyle() == "None"]
    assert faces == ["white", MARKS[1][0], MARKS[2][0]]
    assert any("A hollow mark is an uncorrected number." in text.replace("\n", " ") for text in texts(ax))


def test_raw_and_corrected_stand_one_above_the_other(table: pd.DataFrame) -> None:
    human = table.assign(human=table["sentiment"].where(table["article_id"].str.endswith(("1", "4", "6"))))
    estimates = correct(human, "sentiment", "human")
    ax = plot_shares(estimates)
    points = [line for line in ax.lines if line.get_linestyle() == "None"]
    heights = [float(np.asarray(line.get_ydata())[0]) for line in points]
    assert len(set(heights)) == 6
    assert [round(height) for height in heights] == [0, 0, -1, -1, -2, -2]
    assert heights == sorted(heights, reverse=True)
    assert [line.get_markerfacecolor() == "white" for line in points] == [True, False] * 3


def test_a_share_without_interval_is_a_mark_without_a_line(table: pd.DataFrame) -> None:
    with pytest.warns(TooFewClusters):
        estimates = share_by(table[table["outlet"] == "Barq"], "camp")
    ax = plot_shares(estimates)
    assert spans(ax) == []
    assert any("A mark without a line: too small a sample" in text.replace("\n", " ") for text in texts(ax))


@pytest.mark.parametrize(("column", "classes"), [("sentiment", SENTIMENT), ("engagement", ENGAGEMENT)])
def test_profiles_lie_around_the_middle_of_the_neutral_class(
    table: pd.DataFrame, column: str, classes: list[tuple[str, str, str]]
) -> None:
    estimates = share_by(table, column, within="camp")
    ax = (plot_sentiment if column == "sentiment" else plot_engagement)(estimates)
    order = [name for name, _, _ in classes]
    for place, camp in enumerate(["astana", "moscow", "washington"]):
        bars = [p for p in ax.patches if isinstance(p, Rectangle) and abs(p.get_y() + p.get_height() / 2 + place) < 0.1]
        bars.sort(key=lambda bar: min(bar.get_x(), bar.get_x() + bar.get_width()))
        shares = estimates[estimates["camp"] == camp].set_index(column)["estimate"]
        assert [abs(bar.get_width()) for bar in bars] == pytest.approx([shares[name] for name in order])
        middle = bars[len(order) // 2]
        assert middle.get_x() == pytest.approx(-shares[order[len(order) // 2]] / 2)
        assert [bar.get_hatch() or "" for bar in bars] == [hatch for _, _, hatch in classes]
    widths = sorted(round(abs(b - a), 12) for a, b in spans(ax))
    poles = estimates[estimates[column] != order[len(order) // 2]]
    assert widths == pytest.approx(sorted((poles["ci_high"] - poles["ci_low"]).tolist()))


def test_a_class_that_nobody_uses_is_left_out_of_the_bar(table: pd.DataFrame) -> None:
    estimates = share_by(table[table["sentiment"] != "positive"], "sentiment", within="camp")
    assert len(plot_sentiment(estimates).patches) == 6


def test_the_table_is_given_back_unchanged(table: pd.DataFrame) -> None:
    estimates = share_by(table, "sentiment", within="camp")
    ax = plot_sentiment(estimates)
    pd.testing.assert_frame_equal(figure_data(ax), estimates)
    given = figure_data(ax)
    given["estimate"] = 0.0
    pd.testing.assert_frame_equal(figure_data(ax), estimates)


def test_the_callers_axes_are_drawn_into_and_returned(table: pd.DataFrame) -> None:
    figure, (left, right) = plt.subplots(1, 2)
    assert plot_shares(share_by(table, "camp"), left, title="Left") is left
    assert plot_engagement(share_by(table, "engagement", within="camp"), right, title="Right") is right
    assert (left.get_title("left"), right.get_title("left")) == ("Left", "Right")
    assert len(figure.axes) == 2
    assert "Uncorrected" in left.texts[0].get_text()


# Words --------------------------------------------------------------------------------------------------------------


def drawn(table: pd.DataFrame, kind: str, language: str, width: float) -> Axes:
    labels = ARABIC if language == "ar" else CAMPS
    title = "أقوال من تصنع الخبر؟" if language == "ar" else "Whose words make the news"
    options = {"language": language, "labels": labels, "title": title, "width": width}
    if kind == "camps":
        return plot_shares(share_by(table, "camp"), **options)
    if kind == "outlets":
        return plot_shares(share_by(table, "camp", within="outlet"), **options)
    if kind == "sentiment":
        return plot_sentiment(share_by(table, "sentiment", within="camp"), **options)
    return plot_engagement(share_by(table, "engagement", within="camp"), **options)


FIGURES = ["camps", "outlets", "sentiment", "engagement"]


@pytest.mark.parametrize("kind", FIGURES)
def test_arabic_figures_hold_unshaped_arabic_with_isolated_numbers(table: pd.DataFrame, kind: str) -> None:
    ax = drawn(table, kind, "ar", PAGE_MM)
    found = texts(ax)
    assert any("موسكو" in text for text in found)
    for text in found:
        assert not PRESENTATION_FORMS.search(text)
        outside = re.sub("\u2066[^\u2069]*\u2069", "", text)
        assert not re.search(r"[0-9A-Za-z%−]", outside), text
    low, high = ax.get_xlim()
    assert low > high
    assert ax.yaxis.get_ticks_position() == "right"


@pytest.mark.parametrize("kind", FIGURES)
def test_english_figures_read_left_to_right(table: pd.DataFrame, kind: str) -> None:
    ax = drawn(table, kind, "en", PAGE_MM)
    assert all("\u2066" not in text for text in texts(ax))
    assert ax.get_xlim()[0] < ax.get_xlim()[1]
    assert any("Moscow" in text for text in texts(ax))


@pytest.mark.parametrize(("language", "word"), [("en", "Uncorrected"), ("ar", "غير مصحَّح")])
@pytest.mark.parametrize("kind", FIGURES)
def test_every_figure_says_that_it_is_uncorrected(table: pd.DataFrame, kind: str, language: str, word: str) -> None:
    assert any(word in text for text in texts(drawn(table, kind, language, PAGE_MM)))


@pytest.mark.parametrize("width", [COLUMN_MM, PAGE_MM])
@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("kind", FIGURES)
def test_nothing_is_clipped(table: pd.DataFrame, kind: str, language: str, width: float) -> None:
    ax = drawn(table, kind, language, width)
    figure = ax.get_figure(root=True)
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


def test_legend_keys_run_in_reading_direction(table: pd.DataFrame) -> None:
    for language, order in (("en", ["negative", "neutral", "positive"]), ("ar", ["إيجابي", "محايد", "سلبي"])):
        figure = drawn(table, "sentiment", language, PAGE_MM).get_figure(root=True)
        assert figure is not None
        figure.draw_without_rendering()
        keys = sorted(figure.legends[0].get_texts(), key=lambda text: text.get_window_extent().x0)
        assert [key.get_text() for key in keys] == order


def test_both_languages_have_the_same_words() -> None:
    folder = resources.files("discourse") / "data"
    english, arabic = (
        yaml.safe_load((folder / language / "labels.yml").read_text(encoding="utf-8")) for language in ("en", "ar")
    )
    assert english.keys() == arabic.keys()
    for key in english:
        assert set(re.findall(r"{(\w+)}", english[key])) == set(re.findall(r"{(\w+)}", arabic[key])), key
        assert not PRESENTATION_FORMS.search(arabic[key])


# Files --------------------------------------------------------------------------------------------------------------


def test_saving_twice_gives_the_same_bytes(table: pd.DataFrame, tmp_path: Path) -> None:
    formats = ("svg", "png", "pdf")
    once = save_figure(drawn(table, "outlets", "ar", PAGE_MM), tmp_path / "a" / "shares", formats)
    plt.close("all")
    again = save_figure(drawn(table, "outlets", "ar", PAGE_MM), tmp_path / "b" / "shares", formats)
    assert [path.name for path in once] == ["shares.svg", "shares.png", "shares.pdf", "shares.csv"]
    for one, other in zip(once, again, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name


def test_another_process_writes_the_same_bytes(table: pd.DataFrame, tmp_path: Path) -> None:
    share_by(table, "sentiment", within="camp").to_csv(tmp_path / "table.csv", index=False)
    program = (
        "import sys, pandas as pd, matplotlib; matplotlib.use('Agg')\n"
        "from discourse.canvas import save_figure\nfrom discourse.plots import plot_sentiment\n"
        "save_figure(plot_sentiment(pd.read_csv(sys.argv[1]), language='ar'), sys.argv[2], ('svg', 'pdf'))\n"
    )
    for name, seed in (("one", "1"), ("two", "2")):
        command = [sys.executable, "-c", program, str(tmp_path / "table.csv"), str(tmp_path / name)]
        subprocess.run(command, check=True, env={"PYTHONHASHSEED": seed, "MPLCONFIGDIR": str(tmp_path)})
    for suffix in (".svg", ".pdf", ".csv"):
        assert (tmp_path / f"one{suffix}").read_bytes() == (tmp_path / f"two{suffix}").read_bytes()


def test_arabic_is_outlines_in_pdf_and_english_is_text(table: pd.DataFrame, tmp_path: Path) -> None:
    fonts = {}
    for language in ("ar", "en"):
        ax = drawn(table, "sentiment", language, PAGE_MM)
        fonts[language] = b"/FontFile2" in save_figure(ax, tmp_path / language, ["pdf"])[0].read_bytes()
        figure = ax.get_figure(root=True)
        assert figure is not None
        assert not any(text.get_path_effects() for text in figure.findobj(Text))
    assert fonts == {"ar": False, "en": True}


def test_the_csv_holds_the_numbers_drawn(table: pd.DataFrame, tmp_path: Path) -> None:
    estimates = share_by(table, "camp", within="outlet")
    path = save_figure(plot_shares(estimates), tmp_path / "shares", ["svg"])[-1]
    read = pd.read_csv(path)
    assert list(read.columns) == list(estimates.columns)
    assert read["estimate"].to_numpy() == pytest.approx(estimates["estimate"].to_numpy(), abs=1e-9)
    assert b"\r" not in path.read_bytes()


def test_panels_follow_each_other_in_one_csv(table: pd.DataFrame, tmp_path: Path) -> None:
    figure, axes = plt.subplots(1, 2, layout="constrained")
    plot_shares(share_by(table, "camp"), axes[0])
    plot_sentiment(share_by(table, "sentiment", within="camp"), axes[1])
    read = pd.read_csv(save_figure(figure, tmp_path / "both", ["png"])[-1])
    assert read["panel"].tolist() == [1] * 3 + [2] * 9


def test_no_date_and_no_version_stand_in_the_files(table: pd.DataFrame, tmp_path: Path) -> None:
    svg, png, pdf, _ = save_figure(plot_shares(share_by(table, "camp")), tmp_path / "shares", ("svg", "png", "pdf"))
    for path in (svg, png, pdf):
        content = path.read_bytes()
        assert b"<dc:date>" not in content
        assert b"CreationDate" not in content
        assert b"Matplotlib v" not in content
        assert mpl.__version__.encode() not in content


# Faults -------------------------------------------------------------------------------------------------------------


def test_faults_say_what_is_wrong(table: pd.DataFrame, tmp_path: Path) -> None:
    shares = share_by(table, "camp")
    cases = [
        (lambda: plot_shares(table), "Expected a table of shares from share_by; it has no column 'count', 'n', 'n_a"),
        (lambda: plot_shares(shares.iloc[:0]), "The table of shares has no rows or no group column; nothing to draw."),
        (
            lambda: plot_shares(share_by(table, "sentiment", within=["outlet", "camp"])),
            "Shares by outlet, camp, sentiment are too many groups for one figure; select one outlet first.",
        ),
        (
            lambda: plot_sentiment(shares),
            "Expected shares of sentiment within one group column, as from share_by(table, 'sentiment', within=",
        ),
        (
            lambda: plot_sentiment(share_by(table.replace("neutral", "mixed"), "sentiment", within="camp")),
            "Unknown sentiment 'mixed'. Classes: negative, neutral, positive.",
        ),
        (lambda: figure_data(plt.figure().add_subplot()), "No table was drawn into these axes; pass the axes that a"),
        (lambda: save_figure(plt.figure(), tmp_path / "x"), "The figure holds no axes that a plot_ function drew;"),
        (lambda: save_figure(plot_shares(shares), tmp_path / "x", ["eps"]), "Unknown format 'eps'. Formats: svg, png"),
    ]
    for act, message in cases:
        with pytest.raises(PlotError) as fault:
            act()  # type: ignore[no-untyped-call]
        assert str(fault.value).startswith(message)
