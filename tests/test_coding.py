"""The coding loop: known chances, sheets that come back as they went out, faults told together, plans that hold."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import ppi_py
import pytest

import discourse
from discourse.clusters import EstimateError
from discourse.coding import (
    CodingError,
    add_codes,
    codebook_text,
    codes_by_coder,
    decision,
    draw_sample,
    plan_coding,
    read_codebook,
    read_coding,
    write_sheet,
)
from discourse.corpus import Article
from discourse.correction import correct
from discourse.reliability import agreement
from discourse.simulate import World, simulate_statements

ARTICLES = [
    Article(
        f"a-{k}",
        "",
        f"قال الوزير الروسي إن المحطة {k} جاهزة. وأعلن البيت الأبيض أن الوفد رقم {k} في الطريق.",
        "ufuq" if k % 3 else "atlas",
        date(2022, 1, 9),
    )
    for k in range(12)
]
TABLE = discourse.analyse(ARTICLES)
BOOK = read_codebook()
CODES = {
    "attributed": "yes",
    "camp": "other",
    "engagement": "acknowledge",
    "sentiment": "neutral",
    "frames": "economic",
}


def fill(path: Path, codes: dict[str, str] | None = None, **changes: str) -> None:
    """Code every row of a sheet alike, then change cells of its first row."""
    codes = codes or CODES
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = list(csv.reader(file))
        for number, row in enumerate(rows):
            for name, code in (codes | (changes if number == 0 else {})).items():
                row[header.index(name)] = code
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return
    book = openpyxl.load_workbook(path)
    sheet = book["coding"]
    header = [cell.value for cell in sheet[1]]
    for number in range(2, sheet.max_row + 1):
        for name, code in (codes | (changes if number == 2 else {})).items():
            sheet.cell(number, header.index(name) + 1).value = code
    book.save(path)


# Samples --------------------------------------------------------------------------------------------------------------


def test_a_sample_holds_the_chance_of_each_row() -> None:
    sample = draw_sample(TABLE, 9, by="outlet", seed=4)
    assert len(TABLE) == 24 and len(sample) == 9
    expected = {"atlas": 3 / 8, "ufuq": 6 / 16}
    assert all(sample["probability"] == [expected[outlet] for outlet in sample["outlet"]])
    assert set(sample["sample_seed"]) == {4}


def test_no_more_is_drawn_than_was_asked_for_however_small_the_strata() -> None:
    table = pd.DataFrame(
        {"article_id": "x", "id": [f"a{n}" for n in range(106)], "kind": ["big"] * 100 + list("abcdef")}
    )
    sample = draw_sample(table, 26, by="kind")
    assert sample["kind"].value_counts().to_dict() == {"big": 20} | dict.fromkeys("abcdef", 1)
    assert len(draw_sample(table, 105, by="kind")) == 105


def test_strata_that_run_out_leave_their_share_to_the_others() -> None:
    sample = draw_sample(TABLE, 22, by="outlet", equal=True)
    assert sample["outlet"].value_counts().to_dict() == {"ufuq": 14, "atlas": 8}


def test_the_order_of_the_table_does_not_matter_and_the_seed_does() -> None:
    sample = draw_sample(TABLE, 8, seed=1)
    shuffled = draw_sample(TABLE.sample(frac=1, random_state=3), 8, seed=1)
    assert set(sample["id"]) == set(shuffled["id"])
    assert set(sample["id"]) != set(draw_sample(TABLE, 8, seed=2)["id"])


def test_every_row_is_drawn_as_often_as_its_probability_says() -> None:
    drawn = pd.concat([draw_sample(TABLE, 8, by="outlet", equal=True, seed=seed) for seed in range(400)])
    counts = drawn.groupby("outlet")["id"].value_counts() / 400
    assert counts["atlas"].between(0.5 - 0.1, 0.5 + 0.1).all()  # 4 of 8; four standard errors are 0.1
    assert counts["ufuq"].between(0.25 - 0.09, 0.25 + 0.09).all()  # 4 of 16


def test_whole_articles_are_drawn_with_all_their_rows() -> None:
    sample = draw_sample(TABLE, 5, unit="article")
    assert sample["article_id"].nunique() == 5 and len(sample) == 10
    assert set(sample["probability"]) == {5 / 12}
    sizes = (
        draw_sample(TABLE, {"atlas": 1, "ufuq": 3}, by="outlet", unit="article")
        .groupby("outlet")["article_id"]
        .nunique()
    )
    assert dict(sizes) == {"atlas": 1, "ufuq": 3}


def test_what_cannot_be_drawn_is_said() -> None:
    with pytest.raises(CodingError, match="n is 25; there are 24 to draw from"):
        draw_sample(TABLE, 25)
    with pytest.raises(CodingError, match="n is 1; each of the 2 strata needs one"):
        draw_sample(TABLE, 1, by="outlet")
    with pytest.raises(CodingError, match="there is no stratum 'barq'\nstratum 'atlas' would get none"):
        draw_sample(TABLE, {"barq": 1, "ufuq": 2}, by="outlet")
    with pytest.raises(CodingError, match="article 'a-0' is in several strata of camp; draw statements instead"):
        draw_sample(TABLE, 4, by="camp", unit="article")
    with pytest.raises(CodingError, match="the table has no column party"):
        draw_sample(TABLE, 4, by="party")


# Sheets ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_a_sheet_comes_back_as_codes(tmp_path: Path, suffix: str) -> None:
    sample = draw_sample(TABLE, 6, seed=2)
    path = tmp_path / f"amal{suffix}"
    write_sheet(sample, ARTICLES, path, coder="amal")
    fill(path, camp="moscow", frames="security, diplomacy")
    codes = read_coding(path, sample=sample)
    assert set(codes["coder"]) == {"amal"} and set(codes["coder_kind"]) == {"person"}
    camps = codes[codes["variable"] == "camp"]
    assert list(camps["id"]) == list(sample["id"]) and list(camps["code"]) == ["moscow"] + ["other"] * 5
    first = codes[codes["id"].eq(sample["id"].iloc[0]) & codes["article_id"].eq(sample["article_id"].iloc[0])]
    frames = dict(first[first["variable"].str.startswith("frames:")][["variable", "code"]].to_numpy())
    assert [name for name, code in frames.items() if code == "yes"] == ["frames:security", "frames:diplomacy"]
    assert len(frames) == 9


def test_the_workbook_is_right_to_left_with_lists_and_locked_ids(tmp_path: Path) -> None:
    path = tmp_path / "s.xlsx"
    write_sheet(draw_sample(TABLE, 3), ARTICLES, path, coder="amal")
    book = openpyxl.load_workbook(path)
    sheet = book["coding"]
    header = [cell.value for cell in sheet[1]]
    assert sheet.sheet_view.rightToLeft and sheet.protection.sheet and sheet.freeze_panes == "C2"
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    letter = sheet.cell(1, header.index("camp") + 1).column_letter
    assert lists[f"{letter}2:{letter}4"] == '"moscow,washington,astana,other"'
    assert sheet.cell(2, header.index("id") + 1).protection.locked
    assert not sheet.cell(2, header.index("camp") + 1).protection.locked
    assert "⟦" in sheet.cell(2, header.index("passage") + 1).value
    assert "machine" not in header and not {"rule", "speaker", "confidence"} & set(header)
    assert book["codebook"].max_row == 1 + sum(len(variable.codes) for variable in BOOK.variables)


def test_the_passage_marks_the_content_of_the_document(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    write_sheet(TABLE.head(1), ARTICLES, path, coder="amal")
    with path.open(encoding="utf-8-sig", newline="") as file:
        row = next(csv.DictReader(file))
    assert row["passage"].replace("⟦", "").replace("⟧", "") == ARTICLES[0].document
    assert row["passage"].split("⟦")[1].split("⟧")[0] == row["content"]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_no_cell_is_a_formula_and_what_looks_like_one_comes_back(tmp_path: Path, suffix: str) -> None:
    article = Article("=1+1", "", "@SUM قال الوزير الروسي إن المحطة جاهزة.", "-outlet", date(2022, 1, 9))
    table = discourse.analyse([article])
    path = tmp_path / f"s{suffix}"
    write_sheet(table, [article], path, coder="+amal")
    fill(path)
    if suffix == ".xlsx":
        cells = [cell for row in openpyxl.load_workbook(path)["coding"].iter_rows() for cell in row]
        assert all(cell.data_type != "f" for cell in cells)
    codes = read_coding(path, sample=table)
    assert set(codes["article_id"]) == {"=1+1"} and set(codes["coder"]) == {"+amal"}


def test_all_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    sample = draw_sample(TABLE, 4, seed=3)
    first, second = tmp_path / "amal.csv", tmp_path / "badr.xlsx"
    write_sheet(sample, ARTICLES, first, coder="amal")
    write_sheet(sample, ARTICLES, second, coder="badr")
    fill(first, camp="mosco", sentiment="", content="غير هذا", frames="war economic")
    fill(second, coder_kind="human")
    with pytest.raises(CodingError) as caught:
        read_coding(first, second, tmp_path / "none.csv", tmp_path / "x.pdf", sample=sample)
    assert list(caught.value.faults) == [
        "amal.csv row 2: ids or passage were changed; they must stay as they were handed out",
        "amal.csv row 2, column camp: no code 'mosco'; codes: moscow, washington, astana, other",
        "amal.csv row 2, column sentiment: no code; codes: negative, neutral, positive",
        "amal.csv row 2, column frames: no code 'war'; codes: " + ", ".join(BOOK.variables[-1].names),
        "badr.xlsx row 2, column coder_kind: 'human'; it must be person or model",
        "none.csv: there is no such file",
        "x.pdf: codes are read from .csv, .jsonl, .xlsx, not from '.pdf'",
    ]


def test_rows_of_another_sample_or_codebook_are_faults(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    write_sheet(TABLE.head(2), ARTICLES, path, coder="amal")
    fill(path, codebook="0")
    with pytest.raises(
        CodingError, match=f"row 2: coded by codebook 0, not by {BOOK.digest}\n.*row 3: .* was not drawn"
    ):
        read_coding(path, sample=TABLE.iloc[[0]])
    fill(path, codebook=BOOK.digest)
    with pytest.raises(CodingError, match=r"attribution 'a-0:0' of article 'a-0' is coded twice by amal"):
        read_coding(path, path)


def test_what_is_no_attribution_needs_no_further_codes(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    write_sheet(TABLE.head(2), ARTICLES, path, coder="amal")
    fill(path, attributed="no", camp="", engagement="", sentiment="", frames="")
    codes = read_coding(path)
    assert list(codes["variable"])[:2] == ["attributed", "attributed"]
    assert sum(codes["id"] == TABLE["id"].iloc[0]) == 1


def test_a_sheet_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(CodingError) as caught:
        write_sheet(TABLE, ARTICLES[1:], tmp_path / "s.ods", coder=" ")
    assert list(caught.value.faults) == [
        "the coder has no name",
        "s.ods: sheets are written as .xlsx or .csv, not as '.ods'",
        "article 'a-0' is not given",
    ]


# Decisions ------------------------------------------------------------------------------------------------------------


def test_the_last_decision_counts_and_a_line_cut_short_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    row, document = TABLE.iloc[0], ARTICLES[0].document
    lines = [decision(row, document, "camp", code, coder="amal") for code in ("other", "moscow")]
    path.write_text("".join(lines) + lines[0][:40], encoding="utf-8")
    codes = read_coding(path, sample=TABLE)
    assert codes.to_dict("records") == [
        {
            "article_id": "a-0", "id": "a-0:0", "coder": "amal", "coder_kind": "person",
            "variable": "camp", "code": "moscow",
        }
    ]  # fmt: skip


def test_wrong_decisions_are_faults(tmp_path: Path) -> None:
    path = tmp_path / "amal.jsonl"
    row, document = TABLE.iloc[0], ARTICLES[0].document
    good = json.loads(decision(row, document, "camp", "moscow", coder="amal"))
    wrong = [{**good, "code": "x"}, {**good, "variable": "mood"}, {**good, "coder": ""}, {"id": "1"}]
    path.write_text("no\n" + "".join(json.dumps(line) + "\n" for line in wrong), encoding="utf-8")
    with pytest.raises(CodingError) as caught:
        read_coding(path)
    assert list(caught.value.faults) == [
        "amal.jsonl line 1: not a JSON object",
        "amal.jsonl line 3: no variable 'mood' in the codebook; variables: attributed, camp, engagement, sentiment, frames",
        "amal.jsonl line 4, column coder: no name",
        "amal.jsonl line 5: no article_id, coder, coder_kind, codebook, check, variable, code",
        "amal.jsonl line 2, column camp: no code 'x'; codes: moscow, washington, astana, other",
    ]


# Codebook -------------------------------------------------------------------------------------------------------------


def test_the_codebook_holds_the_classes_of_the_tables() -> None:
    from discourse.tables import SCHEMA

    for variable in BOOK.variables:
        if SCHEMA.get(variable.name) is not None and SCHEMA[variable.name].values:
            assert set(variable.names) == set(SCHEMA[variable.name].values)
        assert all(set(code.label) == {"en", "ar"} for code in variable.codes)


def test_the_printed_codebook_holds_every_code() -> None:
    for language in ("en", "ar"):
        text = codebook_text(BOOK, language)  # type: ignore[arg-type]
        assert all(f"**{code.code}**" in text and code.example in text for v in BOOK.variables for code in v.codes)


def test_faults_of_a_codebook_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "c.yml"
    path.write_text(
        "- {variable: id, kind: some, question: {en: q}, codes: [{code: a b, label: {en: a}, means: m, example: e}]}\n"
        "- {variable: mood}\n",
        encoding="utf-8",
    )
    with pytest.raises(CodingError) as caught:
        read_codebook(path)
    assert list(caught.value.faults) == [
        "id: kind is 'some'; it must be one or several",
        "id: the name is taken",
        "id: code 'a b' holds a space or a comma",
        "entry 2 has no kind, question, codes",
    ]
    with pytest.raises(CodingError, match="there is no such file"):
        read_codebook(tmp_path / "none.yml")


# From codes to corrected numbers --------------------------------------------------------------------------------------


def test_codes_of_two_persons_agree_and_correct(tmp_path: Path) -> None:
    sample = draw_sample(TABLE, 12, by="outlet", seed=5)
    for coder, kind in (("amal", "person"), ("badr", "person"), ("machine", "model")):
        write_sheet(sample, ARTICLES, tmp_path / f"{coder}.csv", coder=coder, coder_kind=kind)  # type: ignore[arg-type]
        fill(tmp_path / f"{coder}.csv", camp="astana" if coder == "badr" else "other")
    codes = read_coding(*sorted(tmp_path.glob("*.csv")), sample=sample)
    wide = codes_by_coder(codes, "camp")
    assert list(wide.columns) == ["amal", "badr", "machine"] and len(wide) == 12
    assert agreement(wide[["amal", "badr"]])["percent"].iloc[0] == pytest.approx(11 / 12)
    coded = add_codes(TABLE, codes, "camp", sample)
    assert coded["human"].notna().sum() == 12 and len(coded) == len(TABLE)
    assert set(coded["human"].dropna()) == {"other"}  # on a tie the first person by name counts
    corrected = correct(coded, "camp", "human", probability="probability", cluster="article_id")
    other = corrected[(corrected["camp"] == "other") & corrected["corrected"]].iloc[0]
    assert other["estimate"] == pytest.approx(1.0)


def test_codes_of_a_model_are_never_human() -> None:
    codes = pd.DataFrame(
        {
            "article_id": ["a-0"],
            "id": ["a-0:0"],
            "coder": ["m"],
            "coder_kind": ["model"],
            "variable": ["camp"],
            "code": ["other"],
        }
    )
    with pytest.raises(CodingError, match="no person coded 'camp'; codes of a model do not correct a model"):
        add_codes(TABLE, codes, "camp", TABLE.assign(probability=1.0))
    with pytest.raises(CodingError, match="no codes of 'mood'; variables coded: camp"):
        codes_by_coder(codes, "mood")


def test_codes_of_a_drawn_sample_uncover_what_the_machine_gets_wrong() -> None:
    """Of 60 worlds the corrected interval holds the truth in at least 92 %, less three binomial errors; raw in fewer."""
    world = World(outlets=12, articles=40.0)
    truth = world.negative("washington")
    hits = {True: 0, False: 0}
    for seed in range(60):
        table = simulate_statements(world, seed).assign(id=lambda rows: rows.index.astype(str))
        sample = draw_sample(table, 120, unit="article", seed=seed)
        codes = sample.assign(coder="amal", coder_kind="person", variable="tone", code=sample["true"])
        coded = add_codes(table, codes, "tone", sample)
        answers = correct(coded, "machine", "human", within="camp", probability="probability", cluster="outlet")
        for row in answers[(answers["camp"] == "washington") & (answers["machine"] == "negative")].itertuples():
            hits[row.corrected] += row.ci_low <= truth <= row.ci_high
    assert hits[True] / 60 >= 0.92 - 3 * np.sqrt(0.95 * 0.05 / 60)
    assert hits[False] < hits[True]


# Planning -------------------------------------------------------------------------------------------------------------


def pilot(world: World, seed: int) -> pd.DataFrame:
    return simulate_statements(world, seed).assign(id=lambda rows: rows.index.astype(str))


def plan(table: pd.DataFrame, gap: float, power: float = 0.8) -> pd.DataFrame:
    return plan_coding(
        table, gap, by="camp", groups=("moscow", "washington"), of="machine", is_="negative", power=power
    )


def test_a_smaller_gap_and_more_power_want_more_codes() -> None:
    table = pilot(World(outlets=20, between_outlets=0.2), 1)
    wanted = [int(plan(table, gap)["n_total"].iloc[0]) for gap in (0.25, 0.2, 0.15)]
    assert wanted == sorted(wanted) and wanted[0] < wanted[-1]
    assert plan(table, 0.2, 0.9)["n_total"].iloc[0] > wanted[1]
    answer = plan(table, 0.2)
    assert (answer["n_to_code"] <= answer["n_articles"]).all() and answer["n_to_code"].sum() == answer["n_total"].iloc[
        0
    ]


def test_the_plan_is_what_ppi_python_says_where_both_apply() -> None:
    """One statement an article, equal spread, no difference of outlets: σ²(1 − ρ²)/n + σ²ρ²/N, as behind ppi_power."""
    chance = np.random.default_rng(8)
    size = 8000
    human = chance.random(size) < 0.4
    machine = np.where(chance.random(size) < 0.15, ~human, human)
    camps = np.where(np.arange(size) % 2, "moscow", "washington")
    table = pd.DataFrame(
        {
            "article_id": np.arange(size).astype(str),
            "outlet": (np.arange(size) // 2 % 40).astype(str),
            "camp": camps,
            "machine": np.where(machine, "negative", "neutral"),
            "human": np.where(human, "negative", "neutral"),
        }
    )
    answer = plan(table, 0.10)
    coded = int(answer["n_total"].iloc[0])
    rho = float(np.corrcoef(human, machine)[0, 1])
    effective = 2 * human.var() * 2 / answer["standard_error"].iloc[0] ** 2  # articles of both sides, all coded
    theirs = ppi_py.ppi_power(rho, 0.0, 1.0, 0.0001, effective_n=effective)
    ours = 4 * human.var() * (1 - rho**2) / (answer["standard_error"].iloc[0] ** 2 - 4 * human.var() * rho**2 / size)
    assert coded == pytest.approx(ours, rel=0.15)
    assert coded == pytest.approx(theirs["n"], rel=0.35)  # it chooses its own number of unlabelled ones


def test_a_plan_reaches_the_error_that_it_promises() -> None:
    """Draw as planned from a world that is wholly known: the spread of the corrected gap is the promised one."""
    table = pilot(World(outlets=24, articles=60.0, between_outlets=0.1, coded=0.3), 3)
    answer = plan(table, 0.15)
    number = dict(zip(answer["outlet"], answer["n_to_code"], strict=True))
    gaps = []
    for seed in range(80):
        sample = draw_sample(table, number, by="outlet", unit="article", seed=seed)
        codes = sample.assign(coder="amal", coder_kind="person", variable="tone", code=sample["true"])
        coded = add_codes(table, codes, "tone", sample)
        means = []
        for camp in ("moscow", "washington"):
            side = coded[coded["camp"] == camp]
            drawn = side[side["human"].notna()]
            weight = 1 / drawn["probability"]
            human, label = (drawn[name] == "negative" for name in ("human", "machine"))
            slope = np.cov(label, human, aweights=weight)[0, 1] / np.var(label)
            everywhere = (side["machine"] == "negative").mean()
            means.append(np.average(human, weights=weight) + slope * (everywhere - np.average(label, weights=weight)))
        gaps.append(means[0] - means[1])
    coding_only = np.sqrt((answer["n_articles"] ** 2 * answer["spread"] ** 2
                           * (1 / answer["n_to_code"] - 1 / answer["n_articles"])).sum())  # fmt: skip
    assert np.std(gaps) == pytest.approx(coding_only, rel=0.35)  # four standard errors of a spread of 80 are 0.32


def test_what_no_coding_can_show_is_said() -> None:
    table = pilot(World(outlets=6, between_outlets=1.0), 2)
    with pytest.raises(
        EstimateError, match=r"A gap of 0\.02 cannot be seen with these 6 outlets, .* the smallest is 0\.\d\d"
    ):
        plan(table, 0.02)
    with pytest.raises(EstimateError, match="gap is 2 and power 0.8; both must lie between 0 and 1"):
        plan(table, 2)
    with pytest.raises(EstimateError, match="Both groups must have statements, and of at least two outlets"):
        plan(table[table["outlet"] == "0"], 0.2)
    with pytest.raises(EstimateError, match="The pilot has fewer than two human codes of moscow"):
        plan(table.assign(human=None), 0.2)
