"""The coding loop: draw a sample, hand out sheets, read the codes back, and plan how many to code.

A random sample with known inclusion probabilities is what makes human codes worth more than the rows that they stand
in: `correct` takes the machine's errors off every estimate by them. So the sampler, the sheet, the codebook and the
reader belong together and check each other: ids and passages are frozen by a digest, codes are those of one codebook.

File of decisions
-----------------
Sheets are .xlsx or .csv. A program that asks for one decision after another appends to a .jsonl file, one line each::

    {"article_id": "a-1", "id": "a-1:17", "coder": "amal", "coder_kind": "person", "codebook": "3f1c…", "check": "9b2e…",
     "variable": "camp", "code": "moscow", "proposed": "other"}

`decision` makes such a line; of several for one cell the last counts, and a code that is null takes back what was decided.
`proposed` stands where the coder saw the machine's label first. `read_coding` reads all three kinds.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import yaml
from scipy import stats

from discourse.clusters import EstimateError
from discourse.corpus import Article
from discourse.provenance import of_codes, recorded, with_origin
from discourse.tables import cell_text

CODER_KINDS = ("person", "model")  # codes of a model are never called human
SUFFIXES = (".csv", ".jsonl", ".xlsx")
_AROUND = 240  # characters of the article on either side of the marked words
_KEPT = ("article_id", "id")
_FROZEN = (*_KEPT, "outlet", "date", "passage", "source", "cue", "content")
_ABOUT = ("coder", "coder_kind", "codebook", "check")
_FEW = 5  # coded articles of an outlet below which its spread is taken from all outlets


class CodingError(ValueError):
    """Sheets or settings that cannot be used; the message holds every fault, `faults` the same one by one."""

    def __init__(self, faults: Sequence[str], where: str = "") -> None:
        self.faults = tuple(faults)
        super().__init__((f"{where}: " if where else "") + "\n".join(faults))


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a variable: its name, its labels by language, what it means, and a constructed example."""

    code: str
    label: Mapping[str, str]
    means: str
    example: str


@dataclass(frozen=True, slots=True)
class Variable:
    """What a coder decides: one code, or several."""

    name: str
    kind: Literal["one", "several"]
    question: Mapping[str, str]
    codes: tuple[Code, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Its codes by name, in order."""
        return tuple(code.code for code in self.codes)


@dataclass(frozen=True, slots=True)
class Codebook:
    """Variables in the order of the sheet, and the digest by which a sheet knows its codebook."""

    variables: tuple[Variable, ...]
    digest: str


def read_codebook(path: str | Path | None = None) -> Codebook:
    """Read a codebook; the one that is shipped where no path is given.

    Raises
    ------
    CodingError
        The file is missing, or entries are not as wanted; all faults are listed.
    """
    if path is None:
        text = (resources.files("discourse") / "data" / "codebook.yml").read_text(encoding="utf-8")
    else:
        if not Path(path).is_file():
            raise CodingError(["there is no such file"], str(path))
        text = Path(path).read_text(encoding="utf-8")
    where = "codebook.yml" if path is None else str(path)
    try:
        entries = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise CodingError([f"not a YAML file ({error})"], where) from None
    faults: list[str] = []
    variables: list[Variable] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
        lacking = [
            key
            for key in ("variable", "kind", "question", "codes")
            if not isinstance(entry, dict) or not entry.get(key)
        ]
        if lacking:
            faults.append(f"entry {number} has no {', '.join(lacking)}")
            continue
        name, kind = str(entry["variable"]), entry["kind"]
        if kind not in ("one", "several"):
            faults.append(f"{name}: kind is {kind!r}; it must be one or several")
        if name in {*_FROZEN, *_ABOUT, "note"} or name in [variable.name for variable in variables]:
            faults.append(f"{name}: the name is taken")
        codes = []
        for code in entry["codes"]:
            absent = [key for key in ("code", "label", "means", "example") if not code.get(key)]
            if absent:
                faults.append(f"{name}: code {code.get('code')!r} has no {', '.join(absent)}")
                continue
            codes.append(Code(str(code["code"]), code["label"], code["means"], code["example"]))
        names = [code.code for code in codes]
        faults += [f"{name}: code {code!r} stands twice" for code in sorted({c for c in names if names.count(c) > 1})]
        faults += [f"{name}: code {code!r} holds a space or a comma" for code in names if " " in code or "," in code]
        variables.append(Variable(name, kind, entry["question"], tuple(codes)))
    if not variables and not faults:
        faults.append("no variable; a list of entries with variable, kind, question and codes is wanted")
    if faults:
        raise CodingError(faults, where)
    return Codebook(tuple(variables), hashlib.sha256(text.encode()).hexdigest()[:12])


def codebook_text(codebook: Codebook, language: Literal["en", "ar"] = "en") -> str:
    """Give the printed instructions in Markdown: every variable with its question, its codes and their examples."""
    parts = [f"# Codebook {codebook.digest}\n"]
    for variable in codebook.variables:
        parts.append(f"## {variable.name} ({variable.kind})\n\n{variable.question[language]}\n")
        parts += [
            f"- **{code.code}** ({code.label[language]}): {code.means}. <bdi dir='rtl'>{code.example}</bdi>"
            for code in variable.codes
        ]
        parts.append("")
    return "\n".join(parts)


# Drawing --------------------------------------------------------------------------------------------------------------


def draw_sample(
    table: pd.DataFrame,
    n: int | Mapping[str, int],
    *,
    by: str | Sequence[str] = (),
    unit: Literal["statement", "article"] = "statement",
    equal: bool = False,
    seed: int = 0,
) -> pd.DataFrame:
    """Draw statements, or whole articles, at random within strata, and record each one's chance.

    Parameters
    ----------
    table
        A table of attributions.
    n
        How many units to draw in all; or how many in each stratum of the one column in `by`, as `plan_coding` says.
    by
        Columns whose combinations are the strata. For articles they must be the same in all rows of an article.
    unit
        ``"statement"`` draws rows; ``"article"`` draws articles, and all of their rows come.
    equal
        The same number in each stratum rather than in proportion to its size: for comparing small groups.
    seed
        Seed of the drawing; the same table in any order gives the same sample.

    Returns
    -------
    pandas.DataFrame
        The rows drawn, in the order of the table, with `stratum`, `probability` (chance of having been drawn, in
        (0, 1]) and `sample_seed`.

    Raises
    ------
    CodingError
        More is asked for than there is, a stratum would get none, or a stratum cuts through an article.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, 3rd ed., chapter 5. Wiley.
    """
    strata = [by] if isinstance(by, str) else list(by)
    absent = [name for name in (*_KEPT, *strata) if name not in table.columns]
    if absent:
        raise CodingError([f"the table has no column {', '.join(absent)}"])
    key = list(_KEPT) if unit == "statement" else ["article_id"]
    units = table[[*dict.fromkeys([*key, *strata])]].drop_duplicates().sort_values(key, kind="stable")
    if unit == "article" and units["article_id"].duplicated().any():
        first = units.loc[units["article_id"].duplicated(), "article_id"].iloc[0]
        raise CodingError([f"article '{first}' is in several strata of {', '.join(strata)}; draw statements instead"])
    units["stratum"] = [" | ".join(map(str, row)) for row in units[strata].itertuples(index=False)] if strata else "all"
    sizes = units.groupby("stratum", sort=True).size()
    wanted = _allocation(sizes, n, equal)
    rng = np.random.default_rng(seed)
    drawn = []
    for stratum, size in sizes.items():
        members = units[units["stratum"] == stratum]
        chosen = members.iloc[np.sort(rng.permutation(size)[: wanted[str(stratum)]])]
        drawn.append(chosen.assign(probability=wanted[str(stratum)] / size))
    sample = table.merge(pd.concat(drawn)[[*key, "stratum", "probability"]], on=key, how="inner")
    return sample.assign(sample_seed=seed)


def _allocation(sizes: pd.Series[int], n: int | Mapping[str, int], equal: bool) -> dict[str, int]:
    """How many to draw of each stratum: one each, then always where most is lacking and something is left."""
    held = {str(stratum): int(size) for stratum, size in sizes.items()}
    if isinstance(n, Mapping):
        wanted = {stratum: int(n.get(stratum, 0)) for stratum in held}
        faults = [f"there is no stratum '{name}'" for name in n if name not in held]
        faults += [
            f"stratum '{stratum}' has {size}, {wanted[stratum]} are asked for"
            for stratum, size in held.items()
            if wanted[stratum] > size
        ]
        faults += [f"stratum '{stratum}' would get none" for stratum, count in wanted.items() if count < 1]
    else:
        whole = sum(held.values())
        shares = {stratum: n / len(held) if equal else n * size / whole for stratum, size in held.items()}
        wanted = dict.fromkeys(sorted(held), 1)
        faults = [f"n is {n}; each of the {len(held)} strata needs one"] if n < len(held) else []
        faults += [f"n is {n}; there are {whole} to draw from"] if n > whole else []
        for _ in range(min(n, whole) - len(held)):
            lacking = max((s for s in wanted if wanted[s] < held[s]), key=lambda name: shares[name] - wanted[name])
            wanted[lacking] += 1
    if faults:
        raise CodingError(faults)
    return wanted


# Sheets ---------------------------------------------------------------------------------------------------------------


def write_sheet(
    sample: pd.DataFrame,
    articles: Iterable[Article],
    path: str | Path,
    *,
    coder: str,
    coder_kind: Literal["person", "model"] = "person",
    codebook: Codebook | None = None,
    language: Literal["en", "ar"] = "ar",
) -> None:
    """Write a coding sheet, right to left, as .xlsx with lists of codes or as .csv.

    Parameters
    ----------
    sample
        Rows of a table of attributions, as from `draw_sample`.
    articles
        The articles they come from: each row shows its passage, the content between ⟦ and ⟧.
    path
        File to write, .xlsx or .csv.
    coder
        Who will code it; stands in every row, so that sheets of several coders can be read together.
    coder_kind
        Whether that is a person or a model.
    codebook
        From `read_codebook`; the shipped one where none is given.
    language
        Language of the questions under the headings of the workbook.

    Raises
    ------
    CodingError
        The coder has no name, an article is missing, or the suffix is another.

    Notes
    -----
    Machine labels are not shown, so that coders do not lean on them. A cell that a spreadsheet would take for a formula has
    an apostrophe before it.
    """
    path = Path(path)
    codebook = codebook or read_codebook()
    faults = [] if coder.strip() else ["the coder has no name"]
    if coder_kind not in CODER_KINDS:
        faults.append(f"coder_kind is {coder_kind!r}; it must be person or model")
    if path.suffix not in (".xlsx", ".csv"):
        faults.append(f"{path.name}: sheets are written as .xlsx or .csv, not as '{path.suffix}'")
    documents = {article.id: article.document for article in articles}
    faults += [f"article '{name}' is not given" for name in sorted(set(sample["article_id"]) - set(documents))]
    if faults:
        raise CodingError(faults)
    frozen = [_frozen(row, documents[row["article_id"]]) for row in sample.to_dict("records")]
    names = [variable.name for variable in codebook.variables]
    header = [*_FROZEN, *names, "note", *_ABOUT]
    rows = [
        [*row.values(), *("" for _ in names), "", coder, coder_kind, codebook.digest, _check(row)] for row in frozen
    ]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            writer.writerows([[cell_text(cell) if cell else "" for cell in row] for row in rows])
    else:
        _write_workbook(header, rows, path, codebook, language)


def decision(
    row: Mapping[Any, Any],
    document: str,
    variable: str,
    code: str | None,
    *,
    coder: str,
    coder_kind: Literal["person", "model"] = "person",
    codebook: Codebook | None = None,
    proposed: str | None = None,
) -> str:
    """Give the line that records one decision about one row, to be appended to a .jsonl file that `read_coding` reads.

    A `code` of None takes back an earlier decision. `proposed` is the machine's code, if the coder saw it.
    """
    codebook = codebook or read_codebook()
    about = {
        "coder": coder,
        "coder_kind": coder_kind,
        "codebook": codebook.digest,
        "check": wording_check(row, document),
    }
    line = {"article_id": row["article_id"], "id": row["id"], **about, "variable": variable, "code": code}
    if proposed is not None:
        line["proposed"] = proposed
    return json.dumps(line, ensure_ascii=False) + "\n"


def wording_check(row: Mapping[Any, Any], document: str) -> str:
    """Give the digest of what a coder sees of a row, as it stands in sheets and files of decisions."""
    return _check(_frozen(row, document))


def _frozen(row: Mapping[Any, Any], document: str) -> dict[str, str]:
    """What a coder sees and does not change."""
    spans = sorted((int(start), int(end)) for start, end in row["content_spans"])
    begin, end = max(0, spans[0][0] - _AROUND), min(len(document), spans[-1][1] + _AROUND)
    passage, at = "", begin
    for start, stop in spans:
        passage += f"{document[at:start]}⟦{document[start:stop]}⟧"
        at = stop
    passage += document[at:end]
    day = row["date"]
    cells = {
        **{name: row[name] for name in (*_KEPT, "outlet")},
        "date": None if pd.isna(day) else str(day)[:10],
        "passage": passage.replace("\r", " "),
        **{name: row[name] for name in ("source", "cue", "content")},
    }
    return {name: "" if cell is None or cell is pd.NA else str(cell) for name, cell in cells.items()}


def _check(frozen: Mapping[str, str]) -> str:
    """Digest of what is frozen in a row; white space does not count, since spreadsheets change it."""
    words = "\x1f".join(" ".join(frozen[name].split()) for name in _FROZEN)
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _write_workbook(
    header: Sequence[str], rows: Sequence[Sequence[str]], path: Path, codebook: Codebook, language: str
) -> None:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = "coding"
    sheet.sheet_view.rightToLeft = True
    sheet.append(list(header))
    for row in rows:
        sheet.append([cell_text(cell) if cell else None for cell in row])
    questions = {variable.name: variable for variable in codebook.variables}
    grey = PatternFill("solid", start_color="EEEEEE")
    for place, name in enumerate(header, 1):
        letter = get_column_letter(place)
        sheet.column_dimensions[letter].width = {"passage": 70, "content": 40, "source": 24}.get(name, 14)
        sheet.column_dimensions[letter].hidden = name in ("codebook", "check")
        free = name in questions or name == "note"
        for cell in sheet[letter]:
            cell.alignment = Alignment(wrap_text=True, vertical="top", readingOrder=2)
            cell.protection = Protection(locked=not free or cell.row == 1)
            cell.fill = PatternFill() if free and cell.row > 1 else grey
            cell.data_type = "s"
        sheet[f"{letter}1"].font = Font(bold=True)
        if name in questions and questions[name].kind == "one" and rows:
            allowed = DataValidation(
                "list", formula1='"' + ",".join(questions[name].names) + '"', allow_blank=True, showErrorMessage=True
            )
            allowed.promptTitle, allowed.prompt = name, questions[name].question[language][:250]
            allowed.showInputMessage = True
            sheet.add_data_validation(allowed)
            allowed.add(f"{letter}2:{letter}{len(rows) + 1}")
    sheet.freeze_panes = "C2"
    sheet.protection.sheet = True  # no password: against slips, not against anybody
    sheet.protection.formatColumns = False
    guide = book.create_sheet("codebook")
    guide.sheet_view.rightToLeft = language == "ar"
    guide.append(["variable", "kind", "question", "code", "label", "means", "example"])
    for variable in codebook.variables:
        for code in variable.codes:
            question = variable.question[language]
            guide.append(
                [variable.name, variable.kind, question, code.code, code.label[language], code.means, code.example]
            )
    for place, width in enumerate((14, 9, 40, 16, 18, 60, 50), 1):
        guide.column_dimensions[get_column_letter(place)].width = width
    book.save(path)


# Reading back ---------------------------------------------------------------------------------------------------------


def read_coding(
    *paths: str | Path, sample: pd.DataFrame | None = None, codebook: Codebook | None = None
) -> pd.DataFrame:
    """Read coded sheets and files of decisions, and say everything that is wrong in them at once.

    Parameters
    ----------
    paths
        Files .xlsx, .csv or .jsonl, of one coder or several.
    sample
        The rows that were drawn; with them, ids that are none of these are faults.
    codebook
        The codebook of the sheets; the shipped one where none is given.

    Returns
    -------
    pandas.DataFrame
        One row a code: `article_id`, `id`, `coder`, `coder_kind`, `variable`, `code`. A variable of several codes gives a
        row for each code, as variable ``frames:conflict`` with the codes ``yes`` and ``no``.

    Raises
    ------
    CodingError
        Columns are missing, frozen cells were changed, codes are none of the codebook, a row or cell is without a code, a
        row stands twice, or the codebook is another; each fault with file, row and column.
    """
    codebook = codebook or read_codebook()
    faults: list[str] = []
    found: list[dict[str, str]] = []
    known = None if sample is None else set(map(tuple, sample[list(_KEPT)].to_numpy()))
    for path in map(Path, paths):
        if path.suffix not in SUFFIXES:
            faults.append(f"{path.name}: codes are read from {', '.join(SUFFIXES)}, not from '{path.suffix}'")
        elif not path.is_file():
            faults.append(f"{path.name}: there is no such file")
        elif path.suffix == ".jsonl":
            _read_decisions(path, codebook, known, faults, found)
        else:
            _read_sheet(path, codebook, known, faults, found)
    seen: set[tuple[str, ...]] = set()
    for row in found:
        key = (row["article_id"], row["id"], row["coder"], row["variable"])
        if key in seen:
            faults.append(
                f"attribution '{row['id']}' of article '{row['article_id']}' is coded twice by {row['coder']}"
            )
        seen.add(key)
    if faults:
        raise CodingError(list(dict.fromkeys(faults)))
    codes = pd.DataFrame(found, columns=[*_KEPT, "coder", "coder_kind", "variable", "code"])
    return with_origin(codes, of_codes(map(Path, paths), found))


def _read_sheet(
    path: Path, codebook: Codebook, known: set[tuple[str, ...]] | None, faults: list[str], found: list[dict[str, str]]
) -> None:
    header, rows = _cells_of(path)
    names = [variable.name for variable in codebook.variables]
    missing = [name for name in (*_FROZEN, *names, *_ABOUT) if name not in header]
    if missing:
        faults.append(f"{path.name}: no column {', '.join(missing)}; found: {', '.join(header) or 'none'}")
        return
    for number, cells in rows:
        row = dict(zip(header, cells, strict=False))
        where = f"{path.name} row {number}"
        if _is_sound(row, where, codebook, known, faults):
            if row["check"] != _check(row):
                faults.append(f"{where}: ids or passage were changed; they must stay as they were handed out")
            found += _codes_of(row, where, codebook, faults)


def _read_decisions(
    path: Path, codebook: Codebook, known: set[tuple[str, ...]] | None, faults: list[str], found: list[dict[str, str]]
) -> None:
    latest: dict[tuple[str, ...], dict[str, Any]] = {}
    questions = {variable.name: variable for variable in codebook.variables}
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except UnicodeDecodeError:
        faults.append(f"{path.name}: not a text file in UTF-8")
        return
    for number, line in enumerate(lines, 1):
        where = f"{path.name} line {number}"
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            if number == len(lines):
                continue  # a last line that was cut short when the program was stopped
            row = None
        if not isinstance(row, dict):
            faults.append(f"{where}: not a JSON object")
            continue
        missing = [name for name in (*_KEPT, *_ABOUT, "variable") if not isinstance(row.get(name), str)]
        missing += [] if isinstance(row.get("code", missing), str | None) else ["code"]
        if missing:
            faults.append(f"{where}: no {', '.join(missing)}")
        elif row["variable"] not in questions:
            faults.append(
                f"{where}: no variable '{row['variable']}' in the codebook; variables: {', '.join(questions)}"
            )
        elif _is_sound(row, where, codebook, known, faults):
            latest[tuple(row[name] for name in (*_KEPT, "coder", "variable"))] = {**row, "where": where}
    for row in latest.values():
        if row["code"] is None:
            continue  # taken back
        found += _code(row, questions[row["variable"]], row["code"], row["where"], faults)


def _is_sound(
    row: Mapping[str, str], where: str, codebook: Codebook, known: set[tuple[str, ...]] | None, faults: list[str]
) -> bool:
    before = len(faults)
    if not row["coder"].strip():
        faults.append(f"{where}, column coder: no name")
    if row["coder_kind"] not in CODER_KINDS:
        faults.append(f"{where}, column coder_kind: {row['coder_kind']!r}; it must be person or model")
    if row["codebook"] != codebook.digest:
        faults.append(f"{where}: coded by codebook {row['codebook'] or 'none'}, not by {codebook.digest}")
    if known is not None and (row["article_id"], row["id"]) not in known:
        faults.append(f"{where}: attribution '{row['id']}' of article '{row['article_id']}' was not drawn")
    return len(faults) == before


def _codes_of(row: Mapping[str, str], where: str, codebook: Codebook, faults: list[str]) -> list[dict[str, str]]:
    first = codebook.variables[0]
    found = []
    for variable in codebook.variables:
        code = row[variable.name].strip()
        if not code and variable.kind == "one":
            if variable is first or row[first.name].strip() != "no":
                faults.append(f"{where}, column {variable.name}: no code; codes: {', '.join(variable.names)}")
            continue
        if not code and row[first.name].strip() == "no":
            continue
        found += _code(row, variable, code, where, faults)
    return found


def _code(row: Mapping[str, str], variable: Variable, code: str, where: str, faults: list[str]) -> list[dict[str, str]]:
    about = {name: row[name] for name in (*_KEPT, "coder", "coder_kind")}
    given = code.replace(",", " ").split() if variable.kind == "several" else [code]
    wrong = [one for one in given if one not in variable.names]
    if wrong:
        faults.append(
            f"{where}, column {variable.name}: no code {', '.join(map(repr, wrong))}; codes: {', '.join(variable.names)}"
        )
        return []
    if variable.kind == "one":
        return [{**about, "variable": variable.name, "code": code}]
    return [
        {**about, "variable": f"{variable.name}:{one}", "code": "yes" if one in given else "no"}
        for one in variable.names
    ]


def _cells_of(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows of a sheet as they were typed, with the row numbers that a spreadsheet shows."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines: list[list[str]] = list(csv.reader(file))
    else:
        from openpyxl import load_workbook

        book = load_workbook(path, read_only=True, data_only=True)
        sheet = book["coding"] if "coding" in book.sheetnames else book.worksheets[0]
        lines = [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
        book.close()
    rows = [(number, [cell.removeprefix("'") for cell in row]) for number, row in enumerate(lines, 1)]
    header = rows[0][1] if rows else []
    return header, [(number, row + [""] * (len(header) - len(row))) for number, row in rows[1:] if any(row)]


def codes_by_coder(codes: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Lay the codes of one variable out as `agreement` wants them: a row a statement, a column a coder.

    Raises
    ------
    CodingError
        Nobody coded that variable.
    """
    rows = codes[codes["variable"] == variable]
    if rows.empty:
        there = ", ".join(sorted(set(codes["variable"]))) or "none"
        raise CodingError([f"no codes of '{variable}'; variables coded: {there}"])
    return rows.pivot(index=list(_KEPT), columns="coder", values="code")


@recorded
def add_codes(table: pd.DataFrame, codes: pd.DataFrame, variable: str, sample: pd.DataFrame) -> pd.DataFrame:
    """Put the codes of persons beside a table's machine labels, ready for `correct`.

    Parameters
    ----------
    table
        The whole table of attributions.
    codes
        From `read_coding`. Where several persons coded a statement, the code of most of them counts, and on a tie that of
        the first by name.
    variable
        The variable.
    sample
        The rows drawn, which hold each one's `probability`.

    Returns
    -------
    pandas.DataFrame
        The table with `human` (None where nobody coded) and `probability`: ``correct(table, of, "human",
        probability="probability")``.

    Raises
    ------
    CodingError
        No person coded the variable: a model's codes are not human codes.
    """
    first = human_codes(codes, variable).rename("human")
    chances = sample.drop_duplicates(list(_KEPT)).set_index(list(_KEPT))["probability"]
    added = pd.concat([first, chances], axis=1)
    return table.drop(columns=["human", "probability"], errors="ignore").merge(
        added, left_on=list(_KEPT), right_index=True, how="left"
    )


def human_codes(codes: pd.DataFrame, variable: str) -> pd.Series[str]:
    """One code of persons for each statement, by its article and id: that of most of them, on a tie of the first by name.

    Raises
    ------
    CodingError
        No person coded the variable.
    """
    persons = codes[(codes["variable"] == variable) & (codes["coder_kind"] == "person")]
    if persons.empty:
        raise CodingError([f"no person coded '{variable}'; codes of a model do not correct a model"])
    return persons.sort_values("coder").groupby([*_KEPT], sort=False)["code"].agg(_commonest)


def _commonest(codes: pd.Series[str]) -> str:
    counts = codes.value_counts(sort=False)
    return str(counts.index[int(counts.to_numpy().argmax())])


# Planning -------------------------------------------------------------------------------------------------------------


def plan_coding(
    table: pd.DataFrame,
    gap: float,
    *,
    by: str,
    groups: tuple[str, str],
    of: str,
    is_: str,
    human: str = "human",
    power: float = 0.8,
) -> pd.DataFrame:
    """How many articles to code, and of which outlets, to see a gap of this size between two groups.

    Parameters
    ----------
    table
        The whole table with machine labels, and the human codes of a pilot of whole articles in `human`.
    gap
        The difference of shares to be seen, in (0, 1).
    by, groups
        Column and two of its values, whose shares are compared.
    of, is_
        Column of machine labels, and the class whose share is compared.
    human
        Column of the pilot's codes in the terms of `of`; empty where nobody coded.
    power
        Chance of an interval that leaves zero out if the gap is real.

    Returns
    -------
    pandas.DataFrame
        A row an outlet: `outlet`, `n_articles`, `n_coded` (articles in the pilot), `spread` (standard deviation over articles
        of what an article's label errors do to the gap), `n_to_code`; and in every row `gap`, `power`, `n_total` and
        `standard_error`, which the plan is expected to reach.

    Raises
    ------
    EstimateError
        Fewer than two outlets or four pilot articles, or even coding everything would not show the gap: the message says
        which gap it would show.

    Notes
    -----
    The corrected gap has two sources of error. Outlets differ: no coding lessens that. And the codes are few: with the
    machine's labels as a regressor, what remains per article is its residual (human code less β times the label), and m
    articles drawn from M add M² S² (1/m − 1/M) for the spread S of its sum in the gap. Outlets get codes in proportion
    to their articles times their spread (Neyman). Intervals are taken with t(G − 1) for G outlets.

    References
    ----------
    Neyman, J. (1934). On the two different aspects of the representative method. Journal of the Royal Statistical Society
    97, 558–625. Broska, D., Howes, M. & van Loon, A. (2024). The mixed subjects design. doi:10.31235/osf.io/j3bnt.
    """
    if not 0 < gap < 1 or not 0 < power < 1:
        raise EstimateError(f"gap is {gap} and power {power}; both must lie between 0 and 1.")
    rows = table[table[by].isin(groups) & table[of].notna() & table["outlet"].notna()]
    sizes = rows.groupby(by, observed=True).size().reindex(list(groups), fill_value=0)
    if (sizes == 0).any() or rows["outlet"].nunique() < 2:
        raise EstimateError("Both groups must have statements, and of at least two outlets.")
    machine = (rows[of] == is_).to_numpy(dtype=float)
    coded = rows[human].notna().to_numpy()
    codes = (rows[human] == is_).to_numpy(dtype=float)
    sign = np.where(rows[by] == groups[0], 1.0 / sizes[groups[0]], -1.0 / sizes[groups[1]])
    centred, residual = np.zeros(len(rows)), np.zeros(len(rows))
    for group in groups:
        mine = (rows[by] == group).to_numpy()
        drawn = mine & coded
        if drawn.sum() < 2:
            raise EstimateError(f"The pilot has fewer than two human codes of {group}.")
        spread = machine[drawn].var()
        slope = float(np.cov(machine[drawn], codes[drawn], bias=True)[0, 1] / spread) if spread > 0 else 0.0
        centred[mine] = slope * (machine[mine] - machine[mine].mean())
        residual[drawn] = codes[drawn] - codes[drawn].mean() - slope * (machine[drawn] - machine[drawn].mean())
    sums = pd.DataFrame({"article_id": rows["article_id"], "outlet": rows["outlet"], "coded": coded})
    sums["label"], sums["error"] = sign * centred, sign * residual
    articles = sums.groupby(["outlet", "article_id"], observed=True).agg(
        label=("label", "sum"), error=("error", "sum"), coded=("coded", "any")
    )
    pilot = articles[articles["coded"]]
    if len(pilot) < 4:
        raise EstimateError(f"The pilot has {len(pilot)} coded articles; at least four are needed.")
    overall = float(np.sqrt((pilot["error"] ** 2).mean()))
    plan = articles.groupby("outlet").agg(n_articles=("coded", "size"), n_coded=("coded", "sum")).reset_index()
    own = pilot.groupby("outlet")["error"].apply(lambda errors: float(np.sqrt((errors**2).mean())))
    plan["spread"] = [
        own[outlet] if count >= _FEW and own[outlet] > 0 else overall
        for outlet, count in zip(plan["outlet"], plan["n_coded"], strict=True)
    ]
    outlets = len(plan)
    between = outlets / (outlets - 1) * float((articles.groupby("outlet")["label"].sum() ** 2).sum())
    within = float((plan["n_articles"] * plan["spread"] ** 2).sum())
    least = np.sqrt(between + within)  # with everything coded
    reach = stats.t.ppf(0.975, outlets - 1) + stats.t.ppf(power, outlets - 1)
    if least * reach > gap:
        raise EstimateError(
            f"A gap of {gap:.2f} cannot be seen with these {outlets} outlets, however many articles are coded: with all "
            f"coded the smallest is {least * reach:.2f}. More outlets are needed."
        )
    shares = plan["n_articles"] * plan["spread"]
    total = float(shares.sum()) ** 2 / ((gap / reach) ** 2 - between)
    wanted = np.ceil(total * shares / shares.sum()).clip(lower=1)
    plan["n_to_code"] = np.minimum(wanted, plan["n_articles"]).astype(int)
    error = (
        between
        + within
        + float(
            (plan["n_articles"] ** 2 * plan["spread"] ** 2 * (1 / plan["n_to_code"] - 1 / plan["n_articles"])).sum()
        )
    )
    return plan.assign(gap=gap, power=power, n_total=int(plan["n_to_code"].sum()), standard_error=float(np.sqrt(error)))
