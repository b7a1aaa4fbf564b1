"""The command line: articles in, tables and figures out."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

# Everything heavy is imported where it is used, so that help and wrong calls answer at once.
if TYPE_CHECKING:
    import pandas as pd

    from discourse.corpus import Article, Corpus
    from discourse.speakers import Camps

WRONG_CALL = 2
SKIPPED = 3
INTERRUPTED = 130

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Who is quoted in Arabic news, saying what, and how.",
)


class Language(StrEnum):
    """Languages of figures."""

    EN = "en"
    AR = "ar"


Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")]
Redacted = Annotated[bool, typer.Option("--redacted", help="Write spans, labels and counts without any text.")]
CampsFile = Annotated[
    Path | None, typer.Option("--camps", help="Camps of your study (YAML); Moscow, Washington, Astana if none.")
]


Inputs = Annotated[
    list[Path],
    typer.Argument(
        help="Files, folders or .zip: .txt, .html, .csv, .tsv, .xlsx, .json, .jsonl, .parquet, .warc, .xml; packed or not."
    ),
]
ColumnMap = Annotated[
    list[str] | None,
    typer.Option("--column", help="What a column is called in your tables: text=body. May be repeated."),
]
Metadata = Annotated[
    Path | None, typer.Option(help="A .csv or .tsv about files that hold an article each: file, outlet, date, title …")
]
Names = Annotated[str | None, typer.Option(help="How the paths of such files are made: '{outlet}/{date}_*'.")]


@app.command()
def attribute(
    inputs: Inputs,
    output: Annotated[Path, typer.Option("--output", "-o", help="Table to write: .jsonl, .csv or .parquet.")],
    camps: CampsFile = None,
    column: ColumnMap = None,
    metadata: Metadata = None,
    names: Names = None,
    redacted: Redacted = False,
    quiet: Quiet = False,
) -> None:
    """Find who is quoted in articles, and write one row per attribution.

    Exit code 0: all was read; 2: the call was wrong, nothing written; 3: something was skipped, the rest is written.
    """
    from discourse.tables import SUFFIXES, redact, write_table

    if output.suffix.lower() not in SUFFIXES:
        _stop(f"{output}: tables are written as {', '.join(SUFFIXES)}, not as '{output.suffix}'")
    if not output.absolute().parent.is_dir():
        _stop(f"{output}: there is no folder {output.parent}")
    with _explained():
        from discourse.corpus import read_corpus

        study = _camps(camps)
        columns = _columns(column or [])
        corpus = read_corpus(*inputs, columns=columns, metadata=metadata, names=names, progress=not quiet)
        for note in corpus.notes:
            _say(f"note: {note}", quiet)
        for fault in corpus.faults:
            typer.echo(f"skipped: {fault}", err=True)
        if not corpus.articles:
            typer.echo("No article could be read; nothing is written.", err=True)
            raise typer.Exit(SKIPPED)
        table = _analyse(corpus.articles, study, quiet)
        write_table(redact(table) if redacted else table, output)
    skipped = f"; {len(corpus.faults)} skipped" if corpus.faults else ""
    _say(f"{len(corpus)} articles, {len(table)} attributions in {output}{skipped}", quiet)
    if corpus.faults:
        raise typer.Exit(SKIPPED)


@app.command()
def process(
    inputs: Inputs,
    store: Annotated[
        Path, typer.Option("--store", "-o", help="Folder to write, to go on with, or to bring up to date.")
    ],
    camps: CampsFile = None,
    column: ColumnMap = None,
    metadata: Metadata = None,
    names: Names = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1, help="Processes on this machine; if not given, one for each 4 MB, at most one a processor."
        ),
    ] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a Dask cluster to run on instead.")] = None,
    redacted: Redacted = False,
    log: Annotated[Path | None, typer.Option(help="File to add the progress to, a JSON object a line.")] = None,
    quiet: Quiet = False,
) -> None:
    """Analyse a corpus of any size into Parquet files by outlet and month; run again, it goes on where it ended.

    Exit code 0: all was read; 2: the call was wrong, or the run ended early; 3: something was skipped, the rest is written;
    130: it was stopped by Ctrl-C.
    """
    with _explained():
        from discourse.scale import process_corpus

        try:
            done = process_corpus(
                inputs,
                store,
                camps=_camps(camps),
                columns=_columns(column or []),
                metadata=metadata,
                names=names,
                workers=workers,
                scheduler=scheduler,
                redacted=redacted,
                progress=not quiet,
                log=log,
            )
        except KeyboardInterrupt:
            typer.echo(f"stopped; what is finished stays in {store}, and the same command goes on from there", err=True)
            raise typer.Exit(INTERRUPTED) from None
    for note in done.notes:
        _say(f"note: {note}", quiet)
    for fault in done.faults:
        typer.echo(f"skipped: {fault}", err=True)
    skipped = f"; {len(done.faults)} skipped" if done.faults else ""
    stood = (
        f" ({done.n_articles - done.n_analysed} of them stood there already)"
        if done.n_analysed < done.n_articles
        else ""
    )
    _say(f"{done.n_articles} articles{stood}, {done.n_attributions} attributions in {store}{skipped}", quiet)
    if done.faults:
        raise typer.Exit(SKIPPED)


@app.command()
def fetch(
    name: Annotated[str | None, typer.Argument(help="Which corpus; without one, they are listed.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder to put it in; one of its name here, if none is given.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Obtain a public corpus from where its makers keep it, under its own licence."""
    with _explained():
        from discourse.recipes import fetch_corpus, recipes

        known = recipes()
        if name is None:
            for recipe in known:
                typer.echo(f"{recipe['name']}: {recipe['title']}. Licence: {recipe['licence']}.")
            return
        folder = fetch_corpus(name, output or Path(name), progress=not quiet)
        licence = next(recipe["licence"] for recipe in known if recipe["name"] == name)
    _say(f"{folder} holds the corpus. Licence: {licence}.", quiet)
    _say(f"Read it with: discourse attribute {folder} --output attributions.csv", quiet)


@app.command()
def figures(
    table: Annotated[Path, typer.Argument(help="Table that `discourse attribute` wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write to; made if missing.")],
    camps: CampsFile = None,
    language: Annotated[Language, typer.Option(help="Language of the figures.")] = Language.EN,
    quiet: Quiet = False,
) -> None:
    """Draw who is quoted, and how, each figure as .svg, .png and the .csv of its numbers."""
    with _explained():
        import matplotlib as mpl

        mpl.use("Agg")
        from discourse.canvas import save_figure
        from discourse.overview import draw_overview
        from discourse.receipts import seen_from

        rows = _rows_to_draw(table)
        study = _camps(camps)
        command = ["discourse", "figures", seen_from(table, output)]
        command += [] if camps is None else ["--camps", seen_from(camps, output)]
        command += [] if language is Language.EN else ["--language", language.value]
        drawn = draw_overview(rows, study, language.value)
        for name, ax in drawn.items():
            for path in save_figure(ax, output / name, source=command):
                _say(str(path), quiet)


@app.command()
def report(
    table: Annotated[Path, typer.Argument(help="Table that `discourse attribute` wrote.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Page to write: .html.")],
    articles: Annotated[
        Path | None, typer.Option(help="The articles, so that each statement opens onto its passage.")
    ] = None,
    codes: Annotated[
        list[Path] | None,
        typer.Option(help="Coded sheet or file of decisions to check the labels by; may be repeated."),
    ] = None,
    camps: CampsFile = None,
    language: Annotated[Language, typer.Option(help="Language of the report.")] = Language.EN,
    quiet: Quiet = False,
) -> None:
    """Write figures, tables, the statements behind each number, and what was checked, as one page for any reader.

    Exit code 0: written; 2: the call was wrong, nothing is written.
    """
    if output.suffix.lower() not in (".html", ".htm"):
        _stop(f"{output}: a report is written as .html, not as '{output.suffix}'")
    if not output.absolute().parent.is_dir():
        _stop(f"{output}: there is no folder {output.parent}")
    with _explained():
        import matplotlib as mpl

        mpl.use("Agg")
        from discourse.coding import read_coding
        from discourse.report import write_report

        study = _camps(camps)
        rows = _rows_to_draw(table)
        corpus = _read_whole(articles) if articles is not None else ()
        coded = read_coding(*codes) if codes else None
        write_report(rows, output, articles=corpus, camps=study, codes=coded, language=language.value)
    _say(f"{len(rows)} attributions in {output}", quiet)


@app.command()
def verify(
    paths: Annotated[list[Path], typer.Argument(help="Figures (.svg, .png, .pdf) where they were saved.")],
    quiet: Quiet = False,
) -> None:
    """Draw figures anew and say same, or which input, which data and which cell differ. It runs the script that drew them.

    Exit code 0: same; 1: something differs, listed; 2: the call was wrong, or nothing can be compared.
    """
    with _explained():
        from discourse.verification import verify_figures

        differences = verify_figures(*paths)
    for path in paths:
        found = differences[differences["figure"] == str(path)]
        if found.empty and not quiet:
            typer.echo(f"{path}: same")
        for each in found.itertuples():
            typer.echo(f"{path}: {each.kind} {each.where}: was {each.was}, now {each.now}")
    if len(differences):
        raise typer.Exit(1)


@app.command()
def export(
    articles: Annotated[Path, typer.Argument(help="The articles that the attributions are of.")],
    table: Annotated[Path, typer.Argument(help="Table that `discourse attribute` wrote.")],
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", help="File to write (.zip for inception-project); a folder for brat, inception, tei."
        ),
    ],
    format: Annotated[
        str,
        typer.Option(
            help="brat, inception-project, inception, label-studio, doccano, prodigy, tei, web-annotation, xlsx."
        ),
    ],
    quiet: Quiet = False,
) -> None:
    """Write attributions for an annotation tool; what it holds otherwise than the table is told.

    Exit code 0: written; 2: the call was wrong, nothing is written.
    """
    with _explained():
        from discourse.interchange import write_annotations
        from discourse.tables import read_table

        corpus = _read_whole(articles)
        rows = read_table(table)
        for note in write_annotations(corpus, rows, output, format):
            _say(f"note: {note}", quiet)
    _say(f"{len(corpus)} articles, {len(rows)} attributions in {output}", quiet)


@app.command()
def lint(
    paths: Annotated[list[Path], typer.Argument(help="Figures (.svg), notebooks, pages, tables, scripts; or folders.")],
) -> None:
    """Find Arabic text that display spoils: shaped or reversed letters, loose signs, turned brackets, mixed digits.

    Exit code 0: none; 1: some, listed; 2: the call was wrong.
    """
    with _explained():
        from discourse.bidi import lint_bidi

        faults = lint_bidi(*paths)
    for fault in faults.itertuples():
        typer.echo(f"{fault.where}: {fault.kind}: {str(fault.text)[:80]!r}; {fault.mend}")
    if len(faults):
        raise typer.Exit(1)


@app.command()
def evaluate(
    articles: Annotated[Path, typer.Argument(help="The articles that were coded.")],
    gold: Annotated[Path, typer.Argument(help="Their coded attributions, .jsonl.")],
    predicted: Annotated[
        Path | None, typer.Argument(help="Attributions to measure; found anew if not given.", show_default=False)
    ] = None,
    camps: CampsFile = None,
    quiet: Quiet = False,
) -> None:
    """Measure attributions against coded ones: precision, recall, F1 with 95 % intervals over articles."""
    with _explained():
        from discourse.corpus import read_gold
        from discourse.scoring import measure_accuracy
        from discourse.tables import attribution_rows, read_table

        corpus = _read_whole(articles)
        coded = read_gold(gold, corpus)
        if predicted is None:
            found = attribution_rows(_analyse(corpus.articles, _camps(camps), quiet))
        elif predicted.suffix.lower() == ".jsonl":
            found = read_gold(predicted, corpus)
        else:
            found = attribution_rows(read_table(predicted))
        accuracy = measure_accuracy(corpus, coded, found)
    typer.echo(f"{len(corpus)} articles, {len(coded)} coded, {len(found)} found")
    for line in _lines(accuracy):
        typer.echo(line)


def _lines(table: pd.DataFrame) -> Iterator[str]:
    """Give the figures as lines: one for each group and measure, its statistics side by side."""
    for (part, group), figures in table.groupby(["slice", "group"], sort=False):
        n = figures["n"].iloc[0] if part != "label" else figures.loc[figures["measure"] == "macro", "n"].iloc[0]
        yield f"\n{group if part == 'all' else f'{part} {group}'}, {n} coded"
        for measure, each in figures.groupby("measure", sort=False):
            shown = [f"{name} {_number(value, low, high)}" for name, value, low, high in each.iloc[:, 3:7].to_numpy()]
            yield f"  {measure!s:<16}{'  '.join(shown)}"


def _number(value: float, low: float, high: float) -> str:
    return f"{value:.3f}" if isnan(low) else f"{value:.3f} [{low:.3f}, {high:.3f}]"


def _analyse(articles: Iterable[Article], camps: Camps, quiet: bool) -> pd.DataFrame:
    """Do what `discourse.analyse` does, with a bar that moves article by article."""
    from tqdm import tqdm

    from discourse.analysis import score_all
    from discourse.attribution import find_attributions
    from discourse.speakers import resolve_speakers
    from discourse.tables import attributions_table

    articles = list(articles)
    found = []
    for article in tqdm(articles, unit="article", disable=quiet):
        found += resolve_speakers(article, find_attributions(article), camps)
    return score_all(attributions_table(articles, found), camps)


def _read_whole(path: Path) -> Corpus:
    """Read articles to which a table belongs: where one cannot be read, the call is wrong."""
    from discourse.corpus import CorpusError, read_corpus

    corpus = read_corpus(path)
    if corpus.faults:
        raise CorpusError(corpus.faults)
    return corpus


def _rows_to_draw(path: Path) -> pd.DataFrame:
    """Read a table of attributions that says where it comes from, and stop where there is nothing in it."""
    from discourse.provenance import of_file, with_origin
    from discourse.tables import read_table

    rows = read_table(path)
    if rows.empty:
        _stop(f"{path}: the table holds no attribution; there is nothing to draw")
    return with_origin(rows, of_file(path, rows))


def _camps(path: Path | None) -> Camps:
    from discourse.speakers import default_camps, read_camps

    return default_camps() if path is None else read_camps(path)


def _columns(written: Iterable[str]) -> dict[str, str]:
    wrong = [each for each in written if "=" not in each]
    if wrong:
        _stop(f"--column {', '.join(wrong)}: write our name, =, and the name in your table, as in text=body")
    return dict(each.split("=", 1) for each in written)


def _say(message: str, quiet: bool) -> None:
    if not quiet:
        typer.echo(message, err=True)


def _stop(message: str) -> NoReturn:
    typer.echo(f"discourse: {message}", err=True)
    raise typer.Exit(WRONG_CALL)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what the library says of wrong input into a message, and its warnings into notes."""
    from discourse.clusters import EstimateError, TooFewClusters
    from discourse.coding import CodingError
    from discourse.corpus import CorpusError
    from discourse.evidence import EvidenceError
    from discourse.marks import InterchangeError
    from discourse.receipts import ReceiptError
    from discourse.recipes import RecipeError
    from discourse.schemas import TableError
    from discourse.speakers import CampsError
    from discourse.store import StoreError

    with warnings.catch_warnings():
        warnings.simplefilter("always", TooFewClusters)
        warnings.showwarning = lambda message, *_, **__: typer.echo(f"note: {message}", err=True)
        try:
            yield
        except (
            CampsError,
            CodingError,
            CorpusError,
            EstimateError,
            EvidenceError,
            InterchangeError,
            ReceiptError,
            RecipeError,
            StoreError,
            TableError,
            OSError,
        ) as error:
            _stop(str(error))
