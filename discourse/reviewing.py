"""Accept, correct or reject attributions and labels one by one in a notebook; every decision is on disk at once.

The file of decisions is the one that `discourse.coding.read_coding` reads. It is only ever appended to, line by line, and
each line is flushed to the disk before it is shown as decided, so that a kernel that dies loses nothing: call
`review` again with the same file and go on.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from discourse.bidi import isolate
from discourse.coding import Codebook, CodingError, Variable, decision, read_codebook, read_coding, wording_check
from discourse.corpus import Article
from discourse.languages import LANGUAGES, RIGHT_TO_LEFT, Language, words_in

if TYPE_CHECKING:
    import anywidget

_AROUND = 240  # characters of the article on either side of the content
_WORDS = ("of", "decided", "none", "accept", "reject", "undo", "previous", "next", "all_decided", "unanswered")


def review(
    table: pd.DataFrame,
    articles: Iterable[Article],
    path: str | Path,
    *,
    coder: str,
    coder_kind: Literal["person", "model"] = "person",
    codebook: Codebook | None = None,
    blind: bool = False,
    language: Language = "ar",
) -> anywidget.AnyWidget:
    """Open a widget that asks for one decision after another about the rows of a table.

    Parameters
    ----------
    table
        Rows of a table of attributions, as from `draw_sample`. Its labels are shown as the machine's, to be accepted or
        corrected.
    articles
        The articles that they come from.
    path
        The .jsonl file of decisions. If it exists, what it holds is shown and added to, from the first open statement on.
    coder, coder_kind
        Who decides; stands in every line.
    codebook
        From `read_codebook`; the shipped one where none is given.
    blind
        Show no labels. Codes that are to measure or correct the machine's errors must be given blind: whoever sees a label
        first tends to agree with it. Lines that were not carry the label as `proposed`.
    language
        Language of questions and codes, and direction of the widget; passages run right to left in both.

    Returns
    -------
    anywidget.AnyWidget
        Enter accepts the label of the question in bold, a digit chooses a code, Delete rejects the attribution, Backspace takes
        the last decision back; up and down lead to another question, left and right to another statement.

    Raises
    ------
    CodingError
        The table has no rows, an article is missing, the coder has no name, or the file is no file of decisions about these
        statements as they stand.
    """
    import anywidget
    import traitlets

    book = codebook or read_codebook()
    kept = Path(path)
    documents = {article.id: article.document for article in articles}
    faults = [] if coder.strip() else ["the coder has no name"]
    faults += [] if len(table) else ["the table has no rows to decide about"]
    faults += [] if kept.suffix == ".jsonl" else [f"{kept.name}: decisions are kept in a .jsonl file"]
    faults += [] if kept.parent.is_dir() else [f"{kept.name}: there is no folder {kept.parent}"]
    faults += [] if language in LANGUAGES else [f"Unknown language {language!r}. Languages: {', '.join(LANGUAGES)}."]
    faults += [f"article '{name}' is not given" for name in sorted(set(table["article_id"]) - set(documents))]
    if faults:
        raise CodingError(faults)
    decisions = _Decisions(kept, table.to_dict("records"), documents, book, coder, coder_kind, blind)
    say = partial(_say, language)
    notes = [say(name, **facts) for name, facts in decisions.resume().items()]
    words = {
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "language": language,
        "kept": say("kept", file=kept.name),
        "keys": say("keys") if blind else f"{say('keys')}\n{say('proposed')}",
        **{name: say(name) for name in _WORDS},
    }

    class Review(anywidget.AnyWidget):
        _esm = resources.files("discourse").joinpath("reviewing.js").read_text(encoding="utf-8")
        _css = resources.files("discourse").joinpath("reviewing.css").read_text(encoding="utf-8")
        statements: Any = traitlets.List().tag(sync=True)
        variables: Any = traitlets.List().tag(sync=True)
        codes: Any = traitlets.List().tag(sync=True)
        words: Any = traitlets.Dict().tag(sync=True)
        notes: Any = traitlets.List().tag(sync=True)
        place = traitlets.Int(0).tag(sync=True)
        decided = traitlets.Int(0).tag(sync=True)
        fault = traitlets.Unicode("").tag(sync=True)
        answered = traitlets.Int(0).tag(sync=True)  # how many messages of the page were dealt with

        def __init__(self) -> None:
            super().__init__(
                statements=[
                    _statement(row, documents[row["article_id"]]) | {"proposed": decisions.proposed(place)}
                    for place, row in enumerate(decisions.rows)
                ],
                variables=[_question(variable, language) for variable in book.variables],
                words=words,
                notes=notes,
                place=decisions.first_open(),
            )
            self.tell()
            self.on_msg(lambda widget, message, buffers: self.answer(message))

        def answer(self, message: Mapping[str, Any]) -> None:
            """Do what was asked on the page; what cannot be written is said and not shown as decided."""
            self.fault = ""
            try:
                if message["act"] == "undo":
                    place = decisions.undo()
                    if place is None:
                        self.fault = say("nothing_to_undo")
                    else:
                        self.place = place
                else:
                    act = {"set": decisions.set, "switch": decisions.switch}[message["act"]]
                    act(message["place"], message["variable"], message["code"])
            except OSError as error:
                self.fault = say("not_kept", file=kept.name, reason=error.strerror)
            self.tell()
            self.answered += 1

        def tell(self) -> None:
            """Show what is decided."""
            self.codes = [dict(one) for one in decisions.codes]
            self.decided = sum(map(decisions.is_complete, decisions.codes))

    return Review()


@dataclass
class _Decisions:
    """A file of decisions that is appended to, and the codes that hold after it, one dictionary a row."""

    path: Path
    rows: list[dict[Any, Any]]
    documents: Mapping[str, str]
    codebook: Codebook
    coder: str
    coder_kind: Literal["person", "model"]
    blind: bool
    codes: list[dict[str, str]] = field(init=False)
    taken: list[tuple[int, str, str | None]] = field(default_factory=list)  # with the code that stood there before

    def __post_init__(self) -> None:
        self.codes = [{} for _ in self.rows]

    def set(self, place: int, variable: str, code: str) -> None:
        """Write one decision, and only then take it for made."""
        self._write(place, variable, code)
        self.taken.append((place, variable, self.codes[place].get(variable)))
        self.codes[place][variable] = code

    def switch(self, place: int, variable: str, code: str) -> None:
        """Switch one of several codes on or off; before the first decision, what is proposed is on."""
        start = self.codes[place].get(variable, self.proposed(place).get(variable, ""))
        self.set(place, variable, self._in_order(variable, set(start.split()) ^ {code}))

    def undo(self) -> int | None:
        """Take back the last decision since the start, and tell which row it was about."""
        if not self.taken:
            return None
        place, variable, earlier = self.taken[-1]
        self._write(place, variable, earlier)
        self.taken.pop()
        if earlier is None:
            del self.codes[place][variable]
        else:
            self.codes[place][variable] = earlier
        return place

    def is_complete(self, codes: Mapping[str, str]) -> bool:
        """Whether nothing is left to ask: the attribution is rejected, or every variable has its code."""
        variables = self.codebook.variables
        return codes.get(variables[0].name) == "no" or all(variable.name in codes for variable in variables)

    def first_open(self) -> int:
        """Where to go on; at the start if nothing is open."""
        return next((place for place, one in enumerate(self.codes) if not self.is_complete(one)), 0)

    def proposed(self, place: int) -> dict[str, str]:
        """Give the machine's codes of a row, those that the codebook knows: that it found the row says `yes` to the first."""
        if self.blind:
            return {}
        first = self.codebook.variables[0]
        found = {first.name: "yes"} if set(first.names) == {"yes", "no"} else {}
        for variable in self.codebook.variables:
            label: Any = self.rows[place].get(variable.name)
            if variable.kind == "one" and label in variable.names:
                found[variable.name] = str(label)
            elif variable.kind == "several" and pd.api.types.is_list_like(label):
                found[variable.name] = self._in_order(variable.name, label)
        return found

    def resume(self) -> dict[str, dict[str, Any]]:
        """Take over what this coder decided before; tell what else there is to say of the file.

        Raises
        ------
        CodingError
            It is no file of decisions, or was made on another wording of these statements.
        """
        if not self.path.is_file() or not self.path.stat().st_size:
            return {}
        found = read_coding(self.path, codebook=self.codebook)  # which passes over a last line that was cut short
        places = {(str(row["article_id"]), str(row["id"])): place for place, row in enumerate(self.rows)}
        said = self._mend_end()
        self._check_wording(places)
        elsewhere = set()
        for row in found[found["coder"] == self.coder].itertuples(index=False):
            key = (str(row.article_id), str(row.id))
            if key not in places:
                elsewhere.add(key)
                continue
            mine = self.codes[places[key]]
            variable, _, one = str(row.variable).partition(":")
            if not one:
                mine[variable] = str(row.code)
            else:
                mine[variable] = f"{mine.get(variable, '')} {one if row.code == 'yes' else ''}".strip()
        return said | ({"elsewhere": {"file": self.path.name, "n": len(elsewhere)}} if elsewhere else {})

    def _mend_end(self) -> dict[str, dict[str, Any]]:
        """See to it that the next line begins on its own: end the last one, or take it off if it was cut short."""
        written = self.path.read_bytes()
        last = written.rpartition(b"\n")[2]
        if not last:
            return {}
        try:
            json.loads(last)
        except ValueError:
            os.truncate(self.path, len(written) - len(last))
            return {"cut": {"file": self.path.name}}
        _append(self.path, "\n")
        return {}

    def _check_wording(self, places: Mapping[tuple[str, str], int]) -> None:
        """Refuse decisions about statements that have come to read otherwise since."""
        checks = {key: wording_check(self.rows[place], self.documents[key[0]]) for key, place in places.items()}
        faults = []
        for number, line in enumerate(self.path.read_text(encoding="utf-8").split("\n"), 1):
            made = json.loads(line) if line.strip() else {}
            if made and checks.get((made["article_id"], made["id"]), made["check"]) != made["check"]:
                faults.append(
                    f"{self.path.name} line {number}: attribution '{made['id']}' of article '{made['article_id']}' reads "
                    "otherwise in this table; keep the decisions about it in another file"
                )
        if faults:
            raise CodingError(faults)

    def _write(self, place: int, variable: str, code: str | None) -> None:
        row = self.rows[place]
        line = decision(
            row,
            self.documents[row["article_id"]],
            variable,
            code,
            coder=self.coder,
            coder_kind=self.coder_kind,
            codebook=self.codebook,
            proposed=self.proposed(place).get(variable),
        )
        _append(self.path, line)

    def _in_order(self, variable: str, chosen: Iterable[str]) -> str:
        """Join codes in the order of the codebook."""
        wanted = set(chosen)
        names = next(one.names for one in self.codebook.variables if one.name == variable)
        return " ".join(name for name in names if name in wanted)


def _append(path: Path, line: str) -> None:
    """Write to the end of a file, and wait until it is on the disk."""
    with path.open("a", encoding="utf-8", newline="") as file:
        file.write(line)
        file.flush()
        os.fsync(file.fileno())


def _say(language: Language, name: str, **facts: object) -> str:
    """Give a sentence of the page."""
    said = words_in(language)[f"review_{name}"].format(**facts)
    return isolate(said) if language in RIGHT_TO_LEFT else said


def _question(variable: Variable, language: Language) -> dict[str, Any]:
    """What the page asks."""
    return {
        "name": variable.name,
        "kind": variable.kind,
        "question": variable.question[language],
        "codes": [{"code": code.code, "label": code.label[language]} for code in variable.codes],
    }


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
