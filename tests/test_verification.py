"""Receipts of figures, and whether drawing anew names what has changed: the article, the data, the call, the cell."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from typer.testing import CliRunner

import discourse
from discourse.canvas import PlotError, drawn_tables
from discourse.cli import app
from discourse.corpus import Article
from discourse.provenance import _digests, origin_of, read_so_far
from discourse.receipts import ReceiptError, read_receipt, receipt_of
from discourse.simulate import World, simulate_statements
from discourse.verification import verify_figures

ROOT = Path(__file__).parents[1]
STUDY = ROOT / "corpora" / "kazakhstan-2022"
WHO = ["الكرملين", "البيت الأبيض", "الكرملين", "وزير الخارجية الكازاخستاني", "الكرملين", "البيت الأبيض"]
TINY = pd.DataFrame({"camp": ["x", "y"] * 3, "outlet": ["a", "b"] * 3, "article_id": list("123456")})
SCRIPT = """
from pathlib import Path
import discourse
here = Path(__file__).parent
table = discourse.analyse(discourse.read_corpus(here / "articles.jsonl"))
ax = discourse.plot_shares(discourse.share_by(table, "camp", cluster="article_id", seed=7), title="من يُقتبس؟")
discourse.save_figure(ax, here / "figures" / "shares", ("svg", "png", "pdf"))
"""


def write_articles(path: Path, who: list[str]) -> None:
    rows = [
        {"article_id": f"a-{n}", "title": "", "text": f"أعلن {name} أن الجسر الجديد مفتوح.", "outlet": f"صحيفة {n % 2}"}
        for n, name in enumerate(who)
    ]
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def run(*command: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), check=True, text=True, capture_output=True, **options)  # type: ignore[call-overload, no-any-return]


@pytest.fixture(scope="module")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    write_articles(folder / "articles.jsonl", WHO)
    (folder / "draw.py").write_text(SCRIPT, encoding="utf-8")
    run(sys.executable, folder / "draw.py")
    return folder


@pytest.fixture
def project(drawn_once: Path, tmp_path: Path) -> Path:
    """A script, its articles, and the figure that it drew, in three formats."""
    return Path(shutil.copytree(drawn_once, tmp_path / "project"))


def figures_of(project: Path) -> list[Path]:
    return [project / "figures" / f"shares.{suffix}" for suffix in ("svg", "png", "pdf")]


def differences(*paths: Path) -> list[tuple[str, ...]]:
    return list(verify_figures(*paths).drop(columns="figure").itertuples(index=False, name=None))


# What is in a receipt -------------------------------------------------------------------------------------------------


def test_every_format_carries_the_same_receipt_and_the_numbers_beside_it(project: Path) -> None:
    svg, png, pdf = map(read_receipt, figures_of(project))
    assert svg == png == pdf
    (call,) = svg.calls
    assert call == (
        "plot_shares(share_by(analyse(<6 articles>, camps=<moscow, washington, astana>), 'camp', "
        "cluster='article_id', seed=7), title='من يُقتبس؟')"
    )
    assert (svg.seeds, svg.n, svg.version) == ((7,), {"articles": 6, "attributions": 6}, discourse.__version__)
    assert list(svg.inputs["articles"]) == [f"a-{n}" for n in range(6)]
    assert set(svg.inputs["camps"]) == {"moscow", "washington", "astana"}
    assert {"ar/cues.yml", "actors/states.tsv"} <= set(svg.lexicon) and "ar/labels.yml" not in svg.lexicon
    assert svg.command == ("python", "../draw.py")
    assert svg.numbers == (project / "figures" / "shares.csv").read_text(encoding="utf-8")
    counts = {line.split(",")[0]: line.split(",")[1] for line in svg.numbers.splitlines()}
    assert counts | {"camp": ""} == {"camp": "", "moscow": "3", "washington": "2", "astana": "1"}


def test_no_place_and_no_time_is_in_a_figure(project: Path, drawn_once: Path) -> None:
    for path in figures_of(project):
        content = path.read_bytes()
        assert not [part for part in drawn_once.parts[1:] if part.encode() in content]


def test_calls_are_written_one_within_the_other_and_filters_keep_them() -> None:
    said = "أعلن الكرملين أن الجسر مفتوح. وقال البيت الأبيض إن الطريق طويل."
    table = discourse.analyse([Article(name, "", said) for name in "abc"])
    some = table[table["camp"] == "moscow"].assign(extra=1).sort_values("id").reset_index(drop=True)
    origin = origin_of(discourse.share_by(some, "sentiment", within=["camp", "type"], cluster="article_id"))
    assert origin.call == (
        "share_by(analyse(<3 articles>, camps=<moscow, washington, astana>), 'sentiment', within=['camp', 'type'], "
        "cluster='article_id', seed=0)"
    )
    by_hand = origin_of(discourse.share_by(TINY, cluster="article_id"))
    assert by_hand.call == "share_by(<table of 6 rows>, cluster='article_id', seed=0)" and by_hand.inputs == {}
    assert origin_of(TINY).call == ""
    world = origin_of(simulate_statements(World(outlets=6), seed=3)).call
    assert world.startswith("simulate_statements(World(outlets=6, ") and world.endswith("seed=3)")


def test_tables_put_together_by_hand_name_what_the_program_had_read() -> None:
    table = discourse.analyse([Article(f"put-{n}", "", f"أعلن {name} أن الجسر مفتوح.") for n, name in enumerate(WHO)])
    camps, types = (discourse.share_by(table, by, cluster="article_id") for by in ("camp", "type"))
    both = pd.concat([camps, types.rename(columns={"type": "camp"})])
    receipt = receipt_of(drawn_tables(discourse.plot_shares(both)))
    assert receipt.calls == (f"plot_shares(<table of {len(both)} rows>)",)
    assert {f"put-{n}" for n in range(6)} <= set(receipt.inputs["articles"])
    for _ in range(20):
        discourse.analyse([])
    assert read_so_far()["articles"] == {}, "it holds on to the last few only"


def test_where_somebody_keeps_a_file_is_not_written(tmp_path: Path) -> None:
    shares = discourse.share_by(TINY, cluster="article_id")
    ax = discourse.plot_shares(shares, title=str(tmp_path / "secret" / "name.txt"))
    assert receipt_of(drawn_tables(ax)).calls[0].endswith("title='name.txt')")


def test_many_articles_share_digests_in_groups() -> None:
    items = [(f"article-{n}", f"text {n}") for n in range(5000)]
    before = _digests(items)
    assert len(before) == 256 and before == _digests(reversed(items))
    items[17] = ("article-17", "text 17, edited")
    after = _digests(items)
    assert [name for name in before if before[name] != after[name]] == [
        name for name in before if "article-17" in members(name)
    ]
    assert len(_digests(items[:1000])) == 1000


def members(group: str) -> list[str]:
    from discourse.digests import digest

    return [f"article-{n}" for n in range(5000) if group == f"group {digest(f'article-{n}'.encode())[:2]}"]


# Same, and not the same -----------------------------------------------------------------------------------------------


def test_what_nobody_changed_is_the_same(project: Path) -> None:
    assert differences(*figures_of(project)) == []
    result = CliRunner().invoke(app, ["verify", *map(str, figures_of(project))])
    assert (result.exit_code, result.stdout) == (0, "".join(f"{path}: same\n" for path in figures_of(project)))


def test_an_edited_article_is_named_with_the_first_cell(project: Path) -> None:
    write_articles(project / "articles.jsonl", [*WHO[:2], "البيت الأبيض", *WHO[3:]])
    result = CliRunner().invoke(app, ["verify", str(figures_of(project)[1])])
    assert result.exit_code == 1
    article, cell = result.stdout.splitlines()
    assert "shares.png: input articles: a-2: was " in article
    assert cell.endswith("shares.png: cell row 2 (moscow), column count: was 3, now 2")


def test_an_edit_that_moves_no_number_an_article_more_and_one_less_are_named(project: Path) -> None:
    write_articles(project / "articles.jsonl", [*WHO, WHO[0]])
    lines = (project / "articles.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)[1:]
    (project / "articles.jsonl").write_text("".join(lines).replace("مفتوح.", "مفتوح .", 1), encoding="utf-8")
    found = differences(figures_of(project)[2])
    assert [row[:2] for row in found] == [("input", f"articles: a-{n}") for n in (0, 1, 6)]
    assert (found[0][3], found[2][2]) == ("(absent)", "(absent)")


def test_one_article_of_the_shipped_corpus(tmp_path: Path) -> None:
    shutil.copytree(STUDY, tmp_path / "study")
    script = SCRIPT.replace(
        'discourse.read_corpus(here / "articles.jsonl")', 'discourse.read_study(here / "study").articles'
    ).replace('cluster="article_id"', 'within="outlet"')
    (tmp_path / "draw.py").write_text(script, encoding="utf-8")
    run(sys.executable, tmp_path / "draw.py")
    figure = figures_of(tmp_path)[0]
    path = tmp_path / "study" / "articles" / "ufuq.jsonl"
    first, *others = path.read_text(encoding="utf-8").splitlines(keepends=True)
    article = json.loads(first)
    article["text"] += "\nوأعلن البيت الأبيض أن الجسر الجديد مفتوح."
    path.write_text(json.dumps(article, ensure_ascii=False) + "\n" + "".join(others), encoding="utf-8")
    found = differences(figure)
    assert [row[:2] for row in found[:-1]] == [("input", f"articles: {article['article_id']}")]
    kind, where, was, now = found[-1]
    assert kind == "cell" and "(ufuq, " in where
    assert float(now) == float(was) + 1, "one statement of Washington more among those of the outlet"


def test_changed_data_of_the_language_is_named(project: Path) -> None:
    shutil.copytree(ROOT / "discourse", project / "site" / "discourse", ignore=shutil.ignore_patterns("__pycache__"))
    cues = project / "site" / "discourse" / "data" / "ar" / "cues.yml"
    cues.write_text(cues.read_text(encoding="utf-8") + "# a remark\n", encoding="utf-8")
    command = [sys.executable, "-m", "discourse", "verify", str(figures_of(project)[0])]
    done = subprocess.run(
        command,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "site")},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 1, done.stderr
    (line,) = done.stdout.splitlines()
    assert "shares.svg: lexicon ar/cues.yml: was " in line


def test_another_call_and_a_release_of_the_library_are_named(project: Path) -> None:
    script = (project / "draw.py").read_text(encoding="utf-8")
    (project / "draw.py").write_text(script.replace("seed=7", "seed=8"), encoding="utf-8")
    path = figures_of(project)[0]
    path.write_text(
        path.read_text(encoding="utf-8").replace(f'"version": "{discourse.__version__}"', '"version": "0.0"')
    )
    found = differences(path)
    assert [row[:2] for row in found[:2]] == [("version", "discourse"), ("call", "panel 1")]
    assert "seed=7" in found[1][2] and "seed=8" in found[1][3]


def test_a_picture_or_a_receipt_that_was_touched_up_is_not_the_same(project: Path) -> None:
    svg, png, pdf = figures_of(project)
    svg.write_text(svg.read_text(encoding="utf-8").replace("#d55e00", "#00ff00"), encoding="utf-8")
    pdf.write_bytes(pdf.read_bytes().replace(b"moscow,3,", b"moscow,4,"))
    found = verify_figures(svg, png, pdf)
    assert list(found["figure"]) == [str(svg), str(pdf)]
    assert list(found["kind"]) == ["picture", "cell"]
    assert list(found.loc[1, ["where", "was", "now"]]) == ["row 2 (moscow), column count", "4", "3"]


def test_figures_of_the_command_line(tmp_path: Path) -> None:
    def call(*arguments: object) -> str:
        result = CliRunner().invoke(app, list(map(str, arguments)))
        assert result.exit_code == 0, result.output
        return result.stdout

    write_articles(tmp_path / "articles.jsonl", WHO)
    table, figure = tmp_path / "t.jsonl", tmp_path / "out" / "who-is-quoted.svg"
    call("attribute", tmp_path / "articles.jsonl", "-o", table, "-q")
    call("figures", table, "-o", tmp_path / "out", "--language", "ar", "-q")
    assert read_receipt(figure).command == ("discourse", "figures", "../t.jsonl", "--language", "ar")
    svgs = sorted((tmp_path / "out").glob("*.svg"))
    assert len(svgs) == 4 and call("verify", *svgs) == "".join(f"{path}: same\n" for path in svgs)
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    lines[2] = lines[2].replace('"camp": "moscow"', '"camp": "astana"')
    table.write_text("".join(lines), encoding="utf-8")
    found = differences(figure)
    assert [row[:2] for row in found] == [("input", "t.jsonl: a-2"), ("cell", "row 1 (moscow), column count")]
    assert found[1][2:] == ("3", "2")


def test_a_figure_of_this_session_is_compared_with_one_drawn_in_it(tmp_path: Path) -> None:
    def drawn(who: list[str]) -> plt.Axes:
        articles = [Article(f"a-{n}", "", f"أعلن {name} أن الجسر مفتوح.") for n, name in enumerate(who)]
        return discourse.plot_shares(discourse.share_by(discourse.analyse(articles), cluster="article_id"))

    path, *_ = discourse.save_figure(drawn(WHO), tmp_path / "shares")
    assert verify_figures(path, against=drawn(WHO)).empty
    found = verify_figures(path, against=drawn(["البيت الأبيض", *WHO[1:]]))
    assert list(found["where"]) == ["articles: a-0", "row 2 (moscow), column count"]
    with pytest.raises(ReceiptError, match=r"does not say what drew it.*verify_figures\(path, against=ax\)"):
        verify_figures(path)


# Faults ---------------------------------------------------------------------------------------------------------------


def refused(path: Path) -> str:
    result = CliRunner().invoke(app, ["verify", str(path)])
    assert (result.exit_code, result.stdout) == (2, "")
    return result.stderr.replace(str(path), "FIGURE").replace(str(path.parent), "FOLDER")


def test_files_without_receipts(tmp_path: Path) -> None:
    for suffix in ("svg", "png", "pdf"):
        plt.figure().savefig(tmp_path / f"bare.{suffix}")
        assert refused(tmp_path / f"bare.{suffix}") == (
            "discourse: FIGURE: carries no receipt; discourse.save_figure writes one into its figures\n"
        )
        (tmp_path / f"broken.{suffix}").write_bytes(b"\x00<svg \xff")
        assert "carries no receipt" in refused(tmp_path / f"broken.{suffix}")
    made = receipt_of([TINY]).text()
    wrong = json.dumps({**json.loads(made), "numbers": 5})
    for told in ("{}", "[]", "5", "null", wrong, made.replace('"calls"', '"x"')):
        plt.figure().savefig(tmp_path / "other.svg", metadata={"Description": told})
        assert "carries no receipt" in refused(tmp_path / "other.svg"), told
    (tmp_path / "x.csv").write_text("a\n")
    assert refused(tmp_path / "x.csv") == "discourse: FIGURE: figures with receipts are .svg, .png, .pdf\n"
    assert refused(tmp_path / "none.svg") == "discourse: FIGURE: there is no such file\n"


def test_what_cannot_be_run(project: Path) -> None:
    path = figures_of(project)[0]
    (project / "draw.py").write_text("print('nothing')\n")
    assert refused(path) == "discourse: FIGURE: python ../draw.py drew no shares.svg\n"
    (project / "draw.py").write_text("raise SystemExit('no articles today')\n")
    assert (
        refused(path) == "discourse: FIGURE: python ../draw.py drew no shares.svg; it ended with: no articles today\n"
    )
    (project / "draw.py").unlink()
    assert refused(path) == (
        "discourse: FOLDER: ../draw.py is not there; verify the figure in the folder where it was saved\n"
    )
    receipt = read_receipt(path)
    for command in (("rm", "-r", "x"), ("python", "-c", "print()"), ("discourse", "process", "x")):
        fake = project / "figures" / "fake.svg"
        ax = discourse.plot_shares(discourse.share_by(TINY, cluster="article_id"))
        discourse.save_figure(ax, fake.with_suffix(""), ("svg",), source=command)
        assert "receipts name scripts and calls of `discourse figures`, not" in refused(fake)
    assert replace(receipt, command=()) != receipt


def test_a_notebook_is_drawn_anew_from_its_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["__main__"], "__file__", None)
    ax = discourse.plot_shares(discourse.share_by(TINY, cluster="article_id"))
    (tmp_path / "paired.py").touch()
    told = {"": (), "paired.ipynb": ("python", "../paired.py"), "alone.ipynb": (), "console": ()}
    for name, command in told.items():
        monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / name) if name else "")
        path, *_ = discourse.save_figure(ax, tmp_path / "figures" / "x", ("svg",))
        assert read_receipt(path).command == command, name


def test_a_source_must_be_a_script(tmp_path: Path) -> None:
    ax = discourse.plot_shares(discourse.share_by(TINY, cluster="article_id"))
    for source in (tmp_path / "none.py", "notebook.ipynb"):
        with pytest.raises(PlotError, match=r"there is no such script; give the path of the \.py file that draws this"):
            discourse.save_figure(ax, tmp_path / "x", source=source)
    assert not list(tmp_path.iterdir())
