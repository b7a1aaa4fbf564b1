"""Accept, correct or reject attributions and labels one by one in a notebook; every decision is on disk at once.

The file of decisions is the one that `discourse.coding.read_coding` reads. It is only ever appended to, line by line, and
each line is flushed to the disk before the next statement is shown, so that a kernel that dies loses nothing: call
`review` again with the same file and go on.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from discourse.coding import Codebook, CodingError, decision, read_codebook, read_coding
from discourse.corpus import Article
from discourse.languages import LANGUAGES, RIGHT_TO_LEFT, Language, words_in

if TYPE_CHECKING:
    import anywidget
    import pandas as pd

_AROUND = 240  # characters of the article on either side of the content


def review(
    table: pd.DataFrame,
    articles: Iterable[Article],
    path: str | Path,
    *,
    coder: str,
    coder_kind: Literal["person", "model"] = "person",
    codebook: Codebook | None = None,
    language: Language = "ar",
) -> anywidget.AnyWidget:
    """Open a widget that asks for one decision after another about the rows of a table.

    Parameters
    ----------
    table
        Rows of a table of attributions, as from `draw_sample`.
    articles
        The articles that they come from.
    path
        The .jsonl file of decisions. If it exists, what it holds is shown and added to.
    coder, coder_kind
        Who decides; stands in every line.
    codebook
        From `read_codebook`; the shipped one where none is given.
    language
        Language of questions and codes, and direction of the widget; passages run right to left in both.

    Returns
    -------
    anywidget.AnyWidget
        Digits choose a code, up and down another variable, left and right another statement.

    Raises
    ------
    CodingError
        The table has no rows, an article is missing, the coder has no name, or the file is no file of decisions.
    """
    import anywidget
    import traitlets

    book = codebook or read_codebook()
    documents = {article.id: article.document for article in articles}
    rows = table.to_dict("records")
    kept = Path(path)
    faults = [] if coder.strip() else ["the coder has no name"]
    faults += [] if rows else ["the table has no rows to decide about"]
    faults += [] if kept.suffix == ".jsonl" else [f"{kept.name}: decisions are kept in a .jsonl file"]
    faults += [] if language in LANGUAGES else [f"Unknown language {language!r}. Languages: {', '.join(LANGUAGES)}."]
    faults += [f"article '{name}' is not given" for name in sorted(set(table["article_id"]) - set(documents))]
    if faults:
        raise CodingError(faults)
    before = _earlier(kept, table, coder, book)
    said = words_in(language)
    words = {
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "decided": said["decided"],
        "keys": said["review_keys"],
    }

    class Review(anywidget.AnyWidget):
        _esm = resources.files("discourse").joinpath("reviewing.js").read_text(encoding="utf-8")
        statements: Any = traitlets.List().tag(sync=True)
        variables: Any = traitlets.List().tag(sync=True)
        codes: Any = traitlets.List().tag(sync=True)
        words: Any = traitlets.Dict().tag(sync=True)
        place = traitlets.Int(0).tag(sync=True)
        row = traitlets.Int(0).tag(sync=True)
        decided = traitlets.Int(0).tag(sync=True)
        fault = traitlets.Unicode("").tag(sync=True)

        def __init__(self) -> None:
            codes = [before.get((row["article_id"], row["id"]), {}) for row in rows]
            super().__init__(
                statements=[_statement(row, documents[row["article_id"]]) for row in rows],
                variables=[
                    {
                        "name": variable.name,
                        "question": variable.question[language],
                        "codes": [{"code": code.code, "label": code.label[language]} for code in variable.codes],
                    }
                    for variable in book.variables
                ],
                codes=codes,
                words=words,
                decided=sum(bool(one) for one in codes),
                place=next((place for place, one in enumerate(codes) if not one), 0),
            )
            self.on_msg(lambda widget, message, buffers: self.decide(**message))

        def decide(self, place: int, variable: str, code: str) -> None:
            """Write one decision to the file, then show it; what cannot be written is said and not shown as decided."""
            codes = [dict(one) for one in self.codes]
            asked = next(one for one in book.variables if one.name == variable)
            if asked.kind == "several":
                chosen = set(codes[place].get(variable, "").split()) ^ {code}
                code = " ".join(name for name in asked.names if name in chosen)
            row = rows[place]
            about: Any = {"coder": coder, "coder_kind": coder_kind, "codebook": book}
            try:
                with kept.open("a", encoding="utf-8", newline="") as file:
                    file.write(decision(row, documents[row["article_id"]], variable, code, **about))
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                self.fault = f"{kept.name}: {error.strerror}"
                return
            codes[place][variable] = code
            self.fault, self.codes = "", codes
            self.decided = sum(bool(one) for one in codes)
            names = [one.name for one in book.variables]
            if asked.kind == "one":
                self.row = min(names.index(variable) + 1, len(names) - 1)

    return Review()


def _earlier(path: Path, table: pd.DataFrame, coder: str, codebook: Codebook) -> dict[tuple[str, str], dict[str, str]]:
    """What this coder decided before, as the widget shows it."""
    if not path.is_file() or not path.stat().st_size:
        return {}
    if not path.read_bytes().endswith(b"\n"):
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write("\n")  # a line that was cut short stays alone
    found: dict[tuple[str, str], dict[str, str]] = {}
    codes = read_coding(path, codebook=codebook)
    known = set(zip(table["article_id"], table["id"], strict=True))
    for row in codes[codes["coder"] == coder].itertuples(index=False):
        if (row.article_id, row.id) not in known:
            continue
        mine = found.setdefault((str(row.article_id), str(row.id)), {})
        variable, _, one = str(row.variable).partition(":")
        if not one:
            mine[variable] = str(row.code)
        elif row.code == "yes":
            mine[variable] = f"{mine.get(variable, '')} {one}".strip()
    return found


def _statement(row: Any, document: str) -> dict[str, Any]:
    """What is shown of a row: who published it when, and its passage in pieces."""
    marks = [("content", int(start), int(end)) for start, end in row["content_spans"]]
    for kind in ("source", "cue"):
        span = row[f"{kind}_span"]
        if isinstance(span, (list, tuple)):
            marks.append((kind, int(span[0]), int(span[1])))
    begin = max(0, min(start for _, start, _ in marks) - _AROUND)
    end = min(len(document), max(end for _, _, end in marks) + _AROUND)
    pieces: list[tuple[str, str]] = []
    at = begin
    for kind, start, stop in sorted(marks, key=lambda mark: (mark[1], -mark[2])):
        if start < at:
            continue  # what stands inside another mark
        pieces += [("plain", document[at:start]), (kind, document[start:stop])]
        at = stop
    pieces.append(("plain", document[at:end]))
    facts = [
        str(fact)[:10] if name == "date" else str(fact)
        for name in ("outlet", "date")
        if (fact := row[name]) is not None
    ]
    return {
        "about": " · ".join([*facts, str(row["article_id"])]),
        "pieces": [list(piece) for piece in pieces if piece[1]],
    }
