"""Faults of right-to-left display are found where they were planted, and nowhere else."""

import json
from importlib.resources import files
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from discourse.bidi import BidiError, isolate, lint_bidi
from discourse.cli import app

ROOT = Path(__file__).parents[1]
EXAMPLES = yaml.safe_load((files("discourse") / "data" / "ar" / "bidi.yml").read_text(encoding="utf-8"))["examples"]


def written(text: str) -> str:
    """Isolates stand in the tests as ⟨ and ⟩, which can be seen."""
    return text.replace("⟨", "\u2066").replace("⟩", "\u2069")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("حصة −3.2% من الأقوال", "حصة ⟨−3.2%⟩ من الأقوال"),
        ("فترة (95% CI)", "فترة (⟨95% CI⟩)"),
        ("الأقوال: 61، المقالات: 44", "الأقوال: ⟨61⟩، المقالات: ⟨44⟩"),
        ("بين 2–19 يناير", "بين ⟨2–19⟩ يناير"),
        ("وكالة TASS-RIA", "وكالة ⟨TASS-RIA⟩"),
        ("حصة ٤٠٪", "حصة ⟨٤٠٪⟩"),
        ("من غير أرقام", "من غير أرقام"),
        ("سبق ⟨40%⟩ عزله", "سبق ⟨40%⟩ عزله"),
        ("40%", "⟨40%⟩"),
        ("", ""),
    ],
)
def test_numbers_and_latin_words_are_isolated(text: str, expected: str) -> None:
    marked = text.replace("⟨", "\u2066").replace("⟩", "\u2069")
    assert isolate(marked) == expected.replace("⟨", "\u2066").replace("⟩", "\u2069")
    assert isolate(isolate(marked)) == isolate(marked)


PLANTED = [
    ("shaped", "\ufee3\ufeee\ufeb3\ufedc\ufeee"),  # موسكو, shaped, in reading order
    ("shaped", "حصة \ufef7"),
    ("shaped", "\ufefb"),
    ("shaped", "\ufb56\ufbff"),
    ("shaped", "النسبة \ufe8d\ufedf\ufeba"),
    ("reversed", "\ufeee\ufedc\ufeb4\ufeee\ufee3"),  # موسكو, shaped and turned round
    ("reversed", "\ufe94\ufee3\ufeee\ufedc\ufea4\ufedf\ufe8d"),
    ("reversed", "ةموكحلا"),
    ("reversed", "ةموكحلا نايب"),
    ("reversed", "سيئرلا سلجملا بلط"),
    ("reversed", "ىلع"),
    ("reversed", "ةصح وكسوم"),
    ("reversed", "get_display"),
    ("not isolated", "تأييد −0.32"),
    ("not isolated", "تأييد -0.32"),
    ("not isolated", "تغير +5"),
    ("not isolated", "حصة 40%"),
    ("not isolated", "حصة 40 %"),
    ("not isolated", "حصة ٤٠٪"),
    ("not isolated", "فترة ثقة 95% CI"),
    ("not isolated", "بين 2–19 يناير"),
    ("not isolated", "بين 2-19 يناير"),
    ("not isolated", "بلغ 5$ للبرميل"),
    ("not isolated", "بلغ €7"),
    ("not isolated", "عرض 85 mm"),
    ("not isolated", "فارق ±3 نقاط"),
    ("brackets", ")موسكو( والعواصم"),
    ("brackets", "قال »نعم« ثم صمت"),
    ("brackets", "]ملحق[ أول"),
    ("brackets", "الأقوال )61("),
    ("digits", "من 12 إلى ٤٠"),
    ("digits", "عام ٢٠٢٢ في 3 مدن"),
    ("controls", "\u202eموسكو\u202c"),
    ("controls", "\u202dموسكو"),
    ("controls", "حصة \u206640%"),
    ("controls", "حصة \u202b40"),
]
SOUND = [
    "موسكو",
    "حصة موسكو",
    "حصة ⟨40%⟩ من الأقوال",
    "تأييد ⟨−0.32⟩",
    "الأقوال: 61، المقالات: 44",
    "عام 2022",
    "في ٥ يناير ٢٠٢٢",
    "سعر 12.5 دينار",
    "الساعة 10:30",
    "وكالة TASS الروسية",
    "صحيفة Washington Post أمس",
    "كوفيد COVID-19",
    "(موسكو) والعواصم",
    "قال «نعم» ثم صمت",
    "1) موسكو",
    "أ) موسكو ب) واشنطن",
    "«افتتاح بلا إغلاق",
    "إغلاق بلا افتتاح»",
    "مثلا وأصلا",
    "فضلا عن مقابلة هادئة",
    "على مصطفى",
    "اتصالا مطولا",
    "اتصالا مطولا مع الوزير",
    "ولا فلا",
    "Moscow 40% (95% CI) −0.32",
    "between 2–19 January",
    ")nothing right to left(",
    "صلى الله عليه وسلم \ufdfa",
    "\ufeffموسكو",
    "⟨95% CI⟩ فترة",
    "\u2067موسكو\u2069 40",
    "",
    "٤٠",
    "فترة (⟨95% CI⟩)",
    "خط/خطان",
    "3 / 4 مدن",
    "arabic_reshaper is not needed",
]


@pytest.mark.parametrize(("kind", "text"), PLANTED)
def test_every_planted_fault_is_found_and_its_characters_are_named(kind: str, text: str) -> None:
    found = lint_bidi(text)
    assert set(found["kind"]) == {kind}
    assert all(0 <= row.start < row.end <= len(row.text) and row.mend for row in found.itertuples())


def test_enough_is_planted() -> None:
    assert len(PLANTED) >= 30 and len(SOUND) >= len(PLANTED)


@pytest.mark.parametrize("text", SOUND)
def test_sound_text_has_no_fault(text: str) -> None:
    assert lint_bidi(written(text)).empty


@pytest.mark.parametrize("text", EXAMPLES["reversed"])
def test_the_signs_of_reversed_letters(text: str) -> None:
    assert list(lint_bidi(text)["kind"]) == ["reversed"]
    assert lint_bidi(" ".join(word[::-1] for word in reversed(text.split()))).empty


@pytest.mark.parametrize("text", EXAMPLES["plain"])
def test_plain_letters_are_not_taken_for_reversed(text: str) -> None:
    assert lint_bidi(text).empty


def test_what_isolate_returns_is_sound() -> None:
    loose = [text for kind, text in PLANTED if kind == "not isolated"]
    assert lint_bidi(*map(isolate, loose)).empty


def test_the_texts_of_a_figure_are_checked() -> None:
    figure, ax = plt.subplots()
    ax.set_title("حصة −3%")
    ax.set_xlabel("حصة ⟨−3%⟩".replace("⟨", "\u2066").replace("⟩", "\u2069"))
    ax.text(0, 0, "ةموكحلا")
    assert sorted(lint_bidi(ax)["kind"]) == ["not isolated", "reversed"]
    assert sorted(lint_bidi(figure)["kind"]) == ["not isolated", "reversed"]
    plt.close(figure)


def test_headings_index_and_cells_of_a_table_are_checked() -> None:
    table = pd.DataFrame({"حصة 3%": ["ةموكحلا", "الحكومة"], "n": [1, 2]}, index=["موسكو", ")واشنطن("])
    where = dict(zip(lint_bidi(table)["where"], lint_bidi(table)["kind"], strict=True))
    assert where == {
        "heading": "not isolated",
        "index, row 2": "brackets",
        "حصة 3%, row 1": "reversed",
    }


def test_digits_of_two_kinds_in_one_table_are_found_where_the_rarer_stand() -> None:
    table = pd.DataFrame({"n": ["أقوال: 3", "أقوال: 4", "أقوال: ٥"]})
    assert list(lint_bidi(table)["where"]) == ["n, row 3"]


def test_files_of_every_kind(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["حصة −3%\n", "`حصة −3%`"]},
        {
            "cell_type": "code",
            "source": "%matplotlib inline\nfrom bidi.algorithm import get_display\nlabel = 'ةموكحلا'",
            "outputs": [{"data": {"text/html": "<td>حصة 3%</td><td>حصة <bdi>3%</bdi></td>", "text/plain": "حصة 3%"}}],
        },
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    (tmp_path / "p.html").write_text("<p>حصة 3%</p><style>/* حصة 3% */</style>", encoding="utf-8")
    (tmp_path / "s.svg").write_text("<svg><!-- حصة −3% --><text>موسكو</text></svg>", encoding="utf-8")
    (tmp_path / "t.csv").write_text("camp,label\nmoscow,)موسكو(\n", encoding="utf-8-sig")
    (tmp_path / "m.md").write_text("حصة 3%\n\n```\nحصة 3%\n```\n", encoding="utf-8")
    (tmp_path / "c.py").write_text("x = 'حصة 3%'  # −3 حصة\n", encoding="utf-8")
    (tmp_path / "l.txt").write_text("موسكو\nةموكحلا\n", encoding="utf-8")
    found = lint_bidi(tmp_path)
    places = sorted(where.rsplit("/", 1)[1] for where in found["where"])
    assert places == [
        "c.py, line 1",
        "c.py, line 1",
        "l.txt, line 2",
        "m.md, line 1",
        "n.ipynb, cell 1, line 1",
        "n.ipynb, cell 2, line 2",
        "n.ipynb, cell 2, line 3",
        "n.ipynb, cell 2, output, line 1",
        "p.html, line 1",
        "s.svg, line 1",
        "t.csv, label, row 1",
    ]


def test_what_cannot_be_checked_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"")
    (tmp_path / "broken.ipynb").write_text("{", encoding="utf-8")
    with pytest.raises(BidiError, match=r"a\.bin: files ending in \.csv, .* can be checked, not '\.bin'"):
        lint_bidi(tmp_path / "a.bin")
    with pytest.raises(BidiError, match=r"broken\.ipynb: not a \.ipynb file in UTF-8"):
        lint_bidi(tmp_path / "broken.ipynb")
    with pytest.raises(BidiError, match="there is no such file or folder"):
        lint_bidi(tmp_path / "none.csv")
    with pytest.raises(BidiError, match="int cannot be checked; a string, a pathlib.Path, a table, a figure"):
        lint_bidi(3)  # type: ignore[arg-type]


def test_the_command_lists_faults_and_says_so_by_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "l.txt").write_text("ةموكحلا\n", encoding="utf-8")
    answer = CliRunner().invoke(app, ["lint", str(tmp_path)])
    assert answer.exit_code == 1 and "l.txt, line 1: reversed" in answer.stdout
    (tmp_path / "l.txt").write_text("الحكومة\n", encoding="utf-8")
    answer = CliRunner().invoke(app, ["lint", str(tmp_path)])
    assert (answer.exit_code, answer.stdout) == (0, "")


def test_the_figures_tables_and_pages_of_the_project_are_sound() -> None:
    found = lint_bidi(ROOT / "figures", *ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("notebooks/*.ipynb"))
    assert found.empty, found.to_string()
