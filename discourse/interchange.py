"""Write attributions for annotation tools and read them back, with the offsets that each tool counts.

An attribution is an anchor (its cue, or the first piece of its content where it has none) with spans in their roles. What a
tool has no place for travels beside as JSON, so that what comes back is what went out, with what the annotators changed.
Offsets of Java and JavaScript tools are UTF-16 units; all others are code points, as ours are.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pandas as pd

from discourse.corpus import Article
from discourse.inception import read_project, read_xmi, write_project, write_xmi
from discourse.marks import ROLES, InterchangeError, Mark, Marked, file_name, template
from discourse.schemas import TableError
from discourse.tables import SCHEMA, attribution_rows, cell_text, check_table, coded_table, read_table, write_table

_SINGLE = ("cue", "source", "addressee")
# follows from the spans and the article, and is made anew
_DERIVED = (
    *("article_id", "outlet", "date", "cue_text", "source_text", "content_text", "addressee_text"),
    *("between", "between_span", "position"),
)


def write_annotations(
    articles: Iterable[Article], table: pd.DataFrame, path: str | Path, format: str
) -> tuple[str, ...]:
    """Write articles with their attributions in the format of an annotation tool.

    Parameters
    ----------
    articles
        The articles that the attributions are of; those without any are written too.
    table
        Attributions, as `attributions_table` returns them, with scores or without.
    path
        A folder for brat, inception and tei, which have a file for each article; else a file, .zip for inception-project.
    format
        One of `FORMATS`: brat (standoff, an event for each attribution as in PolNeAR), inception-project (what INCEpTION
        imports as a project: layers, tag sets, articles with their attributions), inception (UIMA CAS XMI with its type
        system), label-studio (JSON), doccano (JSONL), prodigy (JSONL), tei (``<said>``), web-annotation (W3C JSON-LD), csv,
        xlsx.

    Returns
    -------
    tuple of str
        What the format holds otherwise than the table does, or cannot show; empty where there is no such thing.

    Raises
    ------
    InterchangeError
        The format is another, it cannot hold a character of the articles, or what the path names is no place for it.
    TableError
        The table is not one of attributions, or one of them is of no article given.
    """
    form = _form(format)
    check_table(table)
    path = Path(path)
    if path.is_file() if form.is_folder else path.is_dir():
        stands, wanted = ("file", "folder") if form.is_folder else ("folder", "file")
        raise InterchangeError([f"is a {stands}; {format} is written to a {wanted}"], str(path))
    given = list(articles)
    if format == "csv":
        write_table(table, path)
        return ()
    marks: dict[str, list[Mark]] = {article.id: [] for article in given}
    strange = sorted(set(table["article_id"]) - set(marks))
    if strange:
        raise TableError([f"article '{name}' of the table is not given" for name in strange])
    for row in attribution_rows(table):
        spans = {role: [list(span) for span in _as_list(role, row.get(role))] for role in ROLES if row.get(role)}
        record = {name: cell for name, cell in row.items() if name not in (*spans, *_DERIVED, "id")}
        marks[row["article_id"]].append(Mark(row["id"], spans, record))
    documents = [Marked(article.id, article.document, marks[article.id], article.id) for article in given]
    if form.is_xml:
        faults = [
            f"article '{document.article_id}': character {found.start()} ({found[0]!r}) cannot stand in XML"
            for document in documents
            if document.text and (found := _NOT_XML.search(document.text))
        ]
        if faults:
            raise InterchangeError(faults, f"{format} to {path}")
    (path if form.is_folder else path.parent).mkdir(parents=True, exist_ok=True)
    form.write(documents, path)
    return tuple(_notes(format, documents))


def read_annotations(articles: Iterable[Article], path: str | Path, format: str) -> pd.DataFrame:
    """Read the attributions that `write_annotations` wrote, or that annotators changed or added since.

    Parameters
    ----------
    articles
        The articles that were written.
    path, format
        As for `write_annotations`.

    Returns
    -------
    pandas.DataFrame
        As from `attributions_table`, with all columns that were written. Attributions that annotators added are named by
        the tool's own ids; their `rule` is 'coded'.

    Raises
    ------
    InterchangeError
        A file is not of this format, its text is not the article's, or what it marks is no attribution; all faults at once.
    TableError
        What was read makes no table of attributions.
    """
    form = _form(format)
    path = Path(path)
    if not (path.is_dir() if form.is_folder else path.is_file()):
        raise InterchangeError([f"there is no such {'folder' if form.is_folder else 'file'}"], str(path))
    if format == "csv":
        return read_table(path)
    by_id = {article.id: article for article in articles}
    faults: list[str] = []
    rows: list[dict[str, Any]] = []
    for document in form.read(path, by_id, faults):
        article = by_id.get(document.article_id)
        if article is None:
            faults.append(f"{document.where}: article '{document.article_id}' is not given")
        elif document.text is not None and document.text != article.document:
            faults.append(f"{document.where}: {_difference(document.text, article.document)}")
        else:
            for mark in document.marks:
                fault = _mark_fault(mark, len(article.document))
                if fault:
                    faults.append(f"{document.where}: attribution '{mark.id}' {fault}")
                else:
                    rows.append(_row(article.id, mark))
    if faults:
        raise InterchangeError(faults, str(path))
    return coded_table(by_id.values(), rows)


def _row(article_id: str, mark: Mark) -> dict[str, Any]:
    spans = {role: pieces[0] if role in _SINGLE else pieces for role, pieces in mark.spans.items()}
    absent = {role: None for role in ("cue", "source") if role not in spans}
    # of roles a record says only that they are empty, and how
    record = {name: cell for name, cell in mark.record.items() if name not in ROLES or not cell}
    return {"article_id": article_id, "id": mark.id, **absent, **record, **spans}


def _as_list(role: str, cell: Any) -> list[Any]:
    return [cell] if role in _SINGLE else cell


def _mark_fault(mark: Mark, length: int) -> str:
    if not mark.spans.get("content"):
        return "has no content"
    for role, pieces in mark.spans.items():
        if role in _SINGLE and len(pieces) > 1:
            return f"has {len(pieces)} spans of {role}; it can have one"
        for start, end in pieces:
            if not (type(start) is type(end) is int and 0 <= start < end <= length):
                return f"has a {role} from {start!r} to {end!r}; the document has {length} characters"
    if mark.record.get("type") not in ("direct", "mixed", "unmarked", "indirect"):
        return f"has the type {mark.record.get('type')!r}; it must be one of direct, mixed, unmarked, indirect"
    return ""


def _difference(found: str, expected: str) -> str:
    at = next(
        (n for n, (a, b) in enumerate(zip(found, expected, strict=False)) if a != b), min(len(found), len(expected))
    )
    return (
        f"the text is not the article's from character {at} on: {found[at : at + 12]!r}, not {expected[at : at + 12]!r}; "
        "offsets would point to other words"
    )


def _notes(format: str, documents: Sequence[Marked]) -> Iterator[str]:
    marks = [(document, mark) for document in documents for mark in document.marks]
    without = sum("cue" not in mark.spans for _, mark in marks)
    if without and format not in ("tei", "web-annotation", "xlsx"):
        yield f"{without} attributions have no cue: the first piece of their content is the anchor"
    pieces = sum(len(mark.spans["content"]) > 1 for _, mark in marks)
    if pieces and format not in ("brat", "tei", "web-annotation", "xlsx"):
        yield f"{pieces} contents of several pieces: {format} has no discontinuous spans, each piece is one of its own"
    broken = sum(
        "\n" in (document.text or "")[start:end]
        for document, mark in marks
        for spans in mark.spans.values()
        for start, end in spans
    )
    if broken and format == "brat":
        yield f"{broken} spans hold a line break: brat shows them as one piece for each line"
    blank = sum(
        bool(_BLANK_EDGE.search((document.text or "")[start:end]))
        for document, mark in marks
        for spans in mark.spans.values()
        for start, end in spans
    )
    if blank and format.startswith("inception"):
        yield f"{blank} spans begin or end with a blank or an invisible sign: INCEpTION's check of documents refuses such"
    if format == "web-annotation":
        yield "the texts of the articles are not in the file: annotations point to them by id"
    if format == "xlsx" and marks:
        yield "the texts of the articles are not in the file: spans point to them by id"
    crossed = sum(_crossing(document) for document in documents) if format == "tei" else 0
    if crossed:
        yield f"{crossed} documents have spans that cross: there they are in parts, which tei chains by n and part"


def _spans_of(document: Marked) -> list[tuple[int, int]]:
    return sorted({(s, e) for mark in document.marks for spans in mark.spans.values() for s, e in spans})


def _crossing(document: Marked) -> bool:
    open_ends: list[int] = []
    for start, end in sorted(_spans_of(document), key=lambda span: (span[0], -span[1])):
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and open_ends[-1] < end:
            return True
        open_ends.append(end)
    return False


# A noncharacter, a control sign or half of a surrogate pair: XML 1.0 has none of them.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# What INCEpTION trims off the ends of a span (TrimUtils).
_BLANK = "[\\s\u200b-\u200f\u202a-\u202e\u2060-\u206f]"
_BLANK_EDGE = re.compile(rf"\A{_BLANK}|{_BLANK}\Z")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


class _Utf16:
    """Offsets of one text in UTF-16 units, which Java and JavaScript count, and back."""

    def __init__(self, text: str) -> None:
        self._units = [0]
        for char in text:
            self._units.append(self._units[-1] + 1 + (ord(char) > 0xFFFF))
        self._points = {unit: point for point, unit in enumerate(self._units)}

    def out(self, offset: int) -> int:
        return self._units[offset]

    def back(self, offset: int) -> int:
        return self._points.get(offset, -1)  # within a character: no place in our text


# brat -----------------------------------------------------------------------------------------------------------------


def _write_brat(documents: Sequence[Marked], path: Path) -> None:
    (path / "annotation.conf").write_text(template("annotation.conf"), encoding="utf-8")
    for document in documents:
        text = document.text or ""
        (path / f"{file_name(document.article_id)}.txt").write_bytes(text.encode("utf-8"))
        lines: list[str] = []
        events = {mark.id: f"E{number}" for number, mark in enumerate(document.marks, 1)}
        n_bound = 0
        for number, mark in enumerate(document.marks, 1):
            event = f"E{number}"
            parts = []
            for label, spans in (("Attribution", [mark.anchor]), *mark.spans.items()):
                n_bound += 1
                pieces = [piece for span in spans for piece in _by_line(text, span)]
                covered = re.sub(r"[\r\n]", " ", " ".join(text[start:end] for start, end in pieces))
                lines.append(f"T{n_bound}\t{label.title()} {';'.join(f'{s} {e}' for s, e in pieces)}\t{covered}")
                parts.append(f"{label.title()}:T{n_bound}")
            parent = mark.record.get("parent")
            parts += [f"Parent:{events[parent]}"] if parent in events else []
            lines.append(f"{event}\t{' '.join(parts)}")
            lines.append(f"A{number}\tType {event} {mark.record['type']}")
            note = {"id": mark.id, "record": mark.record, "spans": mark.spans}
            lines.append(f"#{number}\tAnnotatorNotes {event}\t{_json(note)}")
        (path / f"{file_name(document.article_id)}.ann").write_bytes("".join(f"{x}\n" for x in lines).encode("utf-8"))


def _by_line(text: str, span: Sequence[int]) -> list[list[int]]:
    """The pieces of a span on each line."""
    pieces = [[span[0] + m.start(), span[0] + m.end()] for m in re.finditer(r"[^\r\n]+", text[span[0] : span[1]])]
    return pieces or [list(span)]


def _read_brat(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    for file in sorted(path.glob("*.ann")):
        article_id = unquote(file.stem)
        beside = file.with_suffix(".txt")
        if not beside.is_file():
            faults.append(f"{file.name}: there is no {beside.name} beside it")
            continue
        try:
            text, lines = (each.read_bytes().decode("utf-8") for each in (beside, file))
        except UnicodeDecodeError as error:
            faults.append(f"{file.name}: it or {beside.name} is not in UTF-8 ({error.reason})")
            continue
        yield Marked(article_id, text, _brat_marks(file.name, lines, text, faults), file.name)


def _brat_marks(where: str, lines: str, text: str, faults: list[str]) -> list[Mark]:
    bound: dict[str, tuple[str, list[list[int]]]] = {}
    events: dict[str, dict[str, str]] = {}
    types: dict[str, str] = {}
    notes: dict[str, dict[str, Any]] = {}
    for number, line in enumerate(lines.split("\n"), 1):
        parts = line.rstrip("\r").split("\t", 2)
        try:
            if not line.strip() or parts[0][0] in "*RN":
                continue
            if parts[0].startswith("T"):
                label, _, offsets = parts[1].partition(" ")
                places = [[int(n) for n in piece.split()] for piece in offsets.split(";")]
                if any(len(place) != 2 for place in places):
                    raise ValueError
                bound[parts[0]] = (label, places)
            elif parts[0].startswith("E"):
                events[parts[0]] = {name: of for name, of in (part.split(":", 1) for part in parts[1].split())}
            elif parts[0].startswith("A"):
                name, event, value = parts[1].split(" ")
                types |= {event: value} if name == "Type" else {}
            elif parts[0].startswith("#"):
                kind, event = parts[1].split(" ")
                if kind == "AnnotatorNotes" and parts[2].startswith("{"):
                    notes[event] = json.loads(parts[2])
            else:
                raise ValueError
        except (ValueError, IndexError):
            faults.append(f"{where}, line {number}: {line[:60]!r} is no line of brat's standoff")
    ids = {event: notes.get(event, {}).get("id", event) for event in events}
    marks = []
    for event, parts_of in events.items():
        note = notes.get(event, {})
        missing = [role for role in ROLES if role.title() in parts_of and parts_of[role.title()] not in bound]
        faults += [f"{where}: {event} has the {role} {parts_of[role.title()]}, which is not marked" for role in missing]
        spans = {role: bound[parts_of[role.title()]][1] for role in ROLES if parts_of.get(role.title()) in bound}
        try:
            for role, stored in note.get("spans", {}).items():
                # line breaks within a span divide it in brat only
                if [piece for span in stored for piece in _by_line(text, span)] == spans.get(role):
                    spans[role] = stored
            record = {**note.get("record", {}), "type": types.get(event)}
        except _NOT_OURS as error:
            faults.append(f"{where}: the note of {event} is not as it was written ({_what(error)})")
            continue
        record["parent"] = ids.get(parts_of.get("Parent", ""))
        marks.append(Mark(ids[event], spans, record))
    return marks


# Spans that point to one another: Label Studio, doccano, Prodigy ---------------------------------------------------------


def _regions(document: Marked) -> Iterator[tuple[str, str, list[int], Mark, str]]:
    """Give every span of a document: its name, its label, where it is, its mark and its role."""
    for number, mark in enumerate(document.marks):
        yield f"{number}", "Attribution", mark.anchor, mark, ""
        for role, spans in mark.spans.items():
            for piece, span in enumerate(spans):
                yield f"{number}-{role}-{piece}", role.title(), span, mark, role


def _links(document: Marked) -> Iterator[tuple[str, str, str]]:
    """Give every relation: from which span, to which, called what."""
    places = {mark.id: str(number) for number, mark in enumerate(document.marks)}
    for number, mark in enumerate(document.marks):
        for role, spans in mark.spans.items():
            for piece in range(len(spans)):
                yield str(number), f"{number}-{role}-{piece}", role
        if mark.record.get("parent") in places:
            yield str(number), places[mark.record["parent"]], "parent"


def _linked(
    regions: Mapping[str, tuple[str, list[int]]],
    links: Iterable[tuple[str, str, str]],
    known: Mapping[str, Mapping[str, Any]],
    types: Mapping[str, str] | None = None,
) -> list[Mark]:
    """Put marks together again: regions by name, relations between them, and what travelled beside for each anchor."""
    spans: dict[str, dict[str, list[list[int]]]] = {
        name: {} for name, (label, _) in regions.items() if label == "Attribution"
    }
    parents: dict[str, str] = {}
    for one, other, label in links:
        if label == "parent":
            parents[one] = other
        elif one in spans and other in regions and label in ROLES:
            spans[one].setdefault(label, []).append(regions[other][1])
    ids = {name: str(known.get(name, {}).get("id", name)) for name in spans}
    marks = []
    for name, found in spans.items():
        record = {**known.get(name, {}).get("record", {}), "parent": ids.get(parents.get(name, ""))}
        if types is not None:
            record["type"] = types.get(name)
        marks.append(Mark(ids[name], found, record))
    return marks


def _write_label_studio(documents: Sequence[Marked], path: Path) -> None:
    tasks = []
    for document in documents:
        units = _Utf16(document.text or "")
        result: list[dict[str, Any]] = []
        for name, label, (start, end), mark, role in _regions(document):
            place = {"start": units.out(start), "end": units.out(end), "text": (document.text or "")[start:end]}
            region = {"id": name, "from_name": "label", "to_name": "text", "type": "labels"}
            result.append({**region, "value": {**place, "labels": [label]}})
            if not role:
                result[-1]["meta"] = {"text": [_json({"id": mark.id, "record": mark.record})]}
                value = {**place, "choices": [mark.record["type"]]}
                result.append({**region, "from_name": "type", "type": "choices", "value": value})
        for one, other, label in _links(document):
            result.append({"from_id": one, "to_id": other, "type": "relation", "direction": "right", "labels": [label]})
        data = {"article_id": document.article_id, "text": document.text}
        tasks.append({"data": data, "annotations": [{"result": result}]})
    path.write_text(json.dumps(tasks, ensure_ascii=False, indent=1), encoding="utf-8")
    path.with_suffix(".xml").write_text(template("label-studio.xml"), encoding="utf-8")


def _read_label_studio(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    tasks = _loaded(path)
    if not isinstance(tasks, list):
        raise InterchangeError(["not an export of Label Studio: a list of tasks is wanted"], str(path))
    for number, task in enumerate(tasks, 1):
        where = f"task {number}"
        try:
            data, annotations = task["data"], task["annotations"]
            units = _Utf16(data["text"])
            results = annotations[0]["result"] if annotations else []
            regions, known, types, links = {}, {}, {}, []
            for item in results:
                if item["type"] == "relation":
                    links.append((item["from_id"], item["to_id"], (item.get("labels") or [""])[0]))
                elif item["type"] == "labels":
                    value = item["value"]
                    regions[item["id"]] = (value["labels"][0], [units.back(value["start"]), units.back(value["end"])])
                    for note in item.get("meta", {}).get("text", []):
                        known[item["id"]] = json.loads(note) if note.startswith("{") else {}
                elif item["type"] == "choices":
                    types[item["id"]] = item["value"]["choices"][0]
            yield Marked(data["article_id"], data["text"], _linked(regions, links, known, types), where)
        except _NOT_OURS as error:
            faults.append(f"{where}: not a task of Label Studio ({_what(error)})")


def _write_doccano(documents: Sequence[Marked], path: Path) -> None:
    lines = []
    for document in documents:
        numbers = {name: n for n, (name, *_) in enumerate(_regions(document), 1)}
        entities = [
            {"id": numbers[name], "label": label, "start_offset": start, "end_offset": end}
            for name, label, (start, end), _, _ in _regions(document)
        ]
        relations = [
            {"id": n, "from_id": numbers[one], "to_id": numbers[other], "type": label}
            for n, (one, other, label) in enumerate(_links(document), 1)
        ]
        records = {str(numbers[str(n)]): {"id": m.id, "record": m.record} for n, m in enumerate(document.marks)}
        line = {"text": document.text, "entities": entities, "relations": relations}
        lines.append(_json({**line, "article_id": document.article_id, "attributions": _json(records)}) + "\n")
    path.write_bytes("".join(lines).encode("utf-8"))


def _read_doccano(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    for where, line in _json_lines(path, faults):
        try:
            regions = {str(e["id"]): (e["label"], [e["start_offset"], e["end_offset"]]) for e in line["entities"]}
            links = [(str(r["from_id"]), str(r["to_id"]), r["type"]) for r in line["relations"]]
            known = json.loads(line.get("attributions") or "{}")
            yield Marked(line["article_id"], line["text"], _linked(regions, links, known), where)
        except _NOT_OURS as error:
            faults.append(f"{where}: not a line of doccano's relation extraction ({_what(error)})")


def _write_prodigy(documents: Sequence[Marked], path: Path) -> None:
    lines = []
    for document in documents:
        spans = []
        for name, label, (start, end), mark, role in _regions(document):
            of = name.partition("-")[0]
            span: dict[str, Any] = {"start": start, "end": end, "label": label, "id": name, "of": of}
            if not role:
                span["attribution"] = {"id": mark.id, "record": mark.record}
            spans.append(span)
        line = {"text": document.text, "spans": spans, "meta": {"article_id": document.article_id}}
        lines.append(_json(line) + "\n")
    path.write_bytes("".join(lines).encode("utf-8"))


def _read_prodigy(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    for where, line in _json_lines(path, faults):
        try:
            regions = {s["id"]: (s["label"], [s["start"], s["end"]]) for s in line["spans"] if "id" in s}
            links = [(s["of"], s["id"], s["label"].lower()) for s in line["spans"] if "id" in s and s["id"] != s["of"]]
            known = {s["id"]: s["attribution"] for s in line["spans"] if "attribution" in s}
            marks = _linked(regions, links, known)
            parents = {each["id"]: each["record"].get("parent") for each in known.values()}
            marks = [Mark(m.id, m.spans, {**m.record, "parent": parents.get(m.id)}) for m in marks]
            loose = sum("id" not in span for span in line["spans"])
            if loose:
                faults.append(
                    f"{where}: {loose} spans belong to no attribution; give each `id` and `of`, its anchor's id"
                )
            yield Marked(line["meta"]["article_id"], line["text"], marks, where)
        except _NOT_OURS as error:
            faults.append(f"{where}: not a line of Prodigy's spans ({_what(error)})")


# What comes of taking for granted that JSON is as we wrote it.
_NOT_OURS = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def _what(error: Exception) -> str:
    return f"no {error.args[0]}" if isinstance(error, KeyError) else str(error)


def _loaded(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except ValueError as error:
        raise InterchangeError([f"not a JSON file ({error})"], str(path)) from None


def _json_lines(path: Path, faults: list[str]) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(path.read_bytes().decode("utf-8-sig", "replace").split("\n"), 1):
        if line.strip():
            try:
                yield f"line {number}", json.loads(line)
            except ValueError as error:
                faults.append(f"line {number}: not JSON ({error})")


# W3C Web Annotation ---------------------------------------------------------------------------------------------------


def _write_web_annotation(documents: Sequence[Marked], path: Path) -> None:
    items = []
    for document in documents:
        source = f"urn:article:{quote(document.article_id, safe='')}"
        for mark in document.marks:
            targets = [
                {
                    "type": "SpecificResource",
                    "source": source,
                    "purpose": role,
                    "selector": [
                        {"type": "TextPositionSelector", "start": start, "end": end},
                        {"type": "TextQuoteSelector", "exact": (document.text or "")[start:end]},
                    ],
                }
                for role, spans in mark.spans.items()
                for start, end in spans
            ]
            body = {"type": "Dataset", "format": "application/json", "value": {"id": mark.id, "record": mark.record}}
            name = f"{source}:{quote(mark.id, safe='')}"
            items.append(
                {"id": name, "type": "Annotation", "motivation": "describing", "body": body, "target": targets}
            )
    page = {"@context": "http://www.w3.org/ns/anno.jsonld", "type": "AnnotationPage", "items": items}
    path.write_text(json.dumps(page, ensure_ascii=False, indent=1), encoding="utf-8")


def _read_web_annotation(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    page = _loaded(path)
    if not isinstance(page, dict) or page.get("type") != "AnnotationPage" or not isinstance(page.get("items"), list):
        raise InterchangeError(["not a W3C AnnotationPage with items"], str(path))
    for number, item in enumerate(page["items"], 1):
        where = f"item {number}"
        try:
            spans: dict[str, list[list[int]]] = defaultdict(list)
            sources = {target["source"] for target in item["target"]}
            if len(sources) != 1:
                raise ValueError(f"{len(sources)} sources")
            article_id = unquote(sources.pop().removeprefix("urn:article:"))
            article = articles.get(article_id)
            for target in item["target"]:
                selectors = {selector["type"]: selector for selector in target["selector"]}
                place = selectors["TextPositionSelector"]
                spans[target["purpose"]].append([place["start"], place["end"]])
                exact = selectors.get("TextQuoteSelector", {}).get("exact")
                found = article.document[place["start"] : place["end"]] if article else exact
                if exact is not None and exact != found:
                    faults.append(
                        f"{where}: characters {place['start']} to {place['end']} are {found!r}, not {exact!r}"
                    )
            value = item["body"]["value"]
            yield Marked(article_id, None, [Mark(value["id"], dict(spans), value["record"])], where)
        except _NOT_OURS as error:
            faults.append(f"{where}: not an annotation of ours ({_what(error)})")


# XLSX -----------------------------------------------------------------------------------------------------------------


_LEAST = ("article_id", "id", "type", "cue", "source", "content")


def _write_xlsx(documents: Sequence[Marked], path: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    names = dict.fromkeys(
        (*_LEAST, *ROLES, *(f"{role}_text" for role in ("cue", "source", "content")))
        + tuple(name for document in documents for mark in document.marks for name in mark.record)
    )
    book = Workbook()
    sheet = book.active
    sheet.title = "attributions"
    sheet.sheet_view.rightToLeft = True
    sheet.append(list(names))
    for document in documents:
        for mark in document.marks:
            row = {**_row(document.article_id, mark)}
            for role in ("cue", "source", "content"):
                pieces = mark.spans.get(role, [])
                # for people to read; what counts is the spans
                text = " ".join((document.text or "")[start:end] for start, end in pieces)
                row[f"{role}_text"] = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST_CELL] or None
            cells = [row.get(name) for name in names]
            sheet.append([cell if isinstance(cell, (int, float)) else cell_text(cell) or None for cell in cells])
    book.save(path)


_LONGEST_CELL = 32_000  # characters; a spreadsheet takes 32,767


def _read_xlsx(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True)
        lines = list(book.worksheets[0].iter_rows(values_only=True))
        book.close()
    except Exception as error:  # noqa: BLE001 - openpyxl raises whatever its ZIP and XML readers do
        raise InterchangeError([f"not a workbook ({_what(error)})"], str(path)) from None
    header = [str(cell) for cell in lines[0]] if lines else []
    missing = [name for name in _LEAST if name not in header]
    if missing:
        raise InterchangeError([f"no column {', '.join(missing)}; found: {', '.join(header) or 'none'}"], str(path))
    for number, line in enumerate(lines[1:], 2):
        cells = dict(zip(header, line, strict=False))
        if not any(cells.values()):
            continue
        row = {name: _from_cell(name, cell) for name, cell in cells.items() if not name.endswith("_text")}
        spans = {role: _as_list(role, row[role]) for role in ROLES if row.get(role)}
        try:
            spans = {role: [[int(start), int(end)] for start, end in pieces] for role, pieces in spans.items()}
        except (TypeError, ValueError):
            faults.append(f"row {number}: {', '.join(spans)} must be [start, end], content and verbatim lists of those")
            continue
        record = {name: cell for name, cell in row.items() if name not in (*spans, "article_id", "id")}
        yield Marked(str(row["article_id"]), None, [Mark(str(row["id"]), spans, record)], f"row {number}")


def _from_cell(name: str, cell: Any) -> Any:
    if not isinstance(cell, str):
        return cell
    if name in ROLES or name in SCHEMA and SCHEMA[name].kind != "text":
        try:
            return json.loads(cell)
        except ValueError:
            return cell  # said of the row, or of the table
    return cell.removeprefix("'")


# TEI --------------------------------------------------------------------------------------------------------------------


_TEI = "{http://www.tei-c.org/ns/1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def _write_tei(documents: Sequence[Marked], path: Path) -> None:
    for document in documents:
        (path / f"{file_name(document.article_id)}.xml").write_bytes(_tei(document))


def _tei(document: Marked) -> bytes:
    """One article: its words in `<ab>`, contents in `<said>`, other spans in `<seg>`, the rest in `<standOff>`."""
    from lxml import etree

    root = etree.Element(f"{_TEI}TEI", nsmap={None: _TEI[1:-1]})
    description = etree.SubElement(etree.SubElement(root, f"{_TEI}teiHeader"), f"{_TEI}fileDesc")
    title = etree.SubElement(etree.SubElement(description, f"{_TEI}titleStmt"), f"{_TEI}title")
    title.text = document.article_id
    for name, text in (("publicationStmt", "Unpublished."), ("sourceDesc", "An article with its attributions.")):
        etree.SubElement(etree.SubElement(description, f"{_TEI}{name}"), f"{_TEI}p").text = text
    notes = etree.SubElement(etree.SubElement(root, f"{_TEI}standOff"), f"{_TEI}listAnnotation")
    body = etree.SubElement(etree.SubElement(root, f"{_TEI}text"), f"{_TEI}body")
    block = etree.SubElement(body, f"{_TEI}ab", {_SPACE: "preserve", _LANG: "ar"})
    spans: list[tuple[int, int, str, dict[str, str]]] = []
    for number, mark in enumerate(document.marks, 1):
        note = etree.SubElement(notes, f"{_TEI}note", {_ID: f"q{number}", "type": "attribution"})
        note.text = _json({"id": mark.id, "record": mark.record})
        for role, pieces in mark.spans.items():
            for piece, (start, end) in enumerate(pieces):
                marked = {"ana": f"#q{number}", "n": str(piece)}
                if role == "content":
                    marked |= {"direct": "true"} if mark.record["type"] == "direct" else {"direct": "false"}
                else:
                    marked["type"] = role
                spans.append((start, end, "said" if role == "content" else "seg", marked))
    _nest(block, document.text or "", spans)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _nest(block: Any, text: str, spans: list[tuple[int, int, str, dict[str, str]]]) -> None:
    """Put spans into a text as elements; one that crosses another is closed and opened again, in parts."""
    from lxml import etree

    cuts = sorted({0, len(text), *(at for start, end, _, _ in spans for at in (start, end))})
    begins: dict[int, list[int]] = defaultdict(list)
    for number in sorted(range(len(spans)), key=lambda n: (spans[n][0], -spans[n][1], n)):
        begins[spans[number][0]].append(number)
    stack: list[tuple[int, Any]] = []  # the spans that are open, and their elements
    parts: dict[int, list[Any]] = defaultdict(list)

    def opened(number: int) -> None:
        _, _, tag, marked = spans[number]
        element = etree.SubElement(stack[-1][1] if stack else block, f"{_TEI}{tag}", marked)
        parts[number].append(element)
        stack.append((number, element))

    for at, until in zip(cuts, [*cuts[1:], len(text)], strict=True):
        ended = [place for place, (number, _) in enumerate(stack) if spans[number][1] <= at]
        if ended:
            again = [number for number, _ in stack[ended[0] :] if spans[number][1] > at]
            del stack[ended[0] :]
            for number in again:
                opened(number)
        for number in begins[at]:
            opened(number)
        _append(stack[-1][1] if stack else block, text[at:until])
    for elements in parts.values():
        if len(elements) > 1:
            for place, element in enumerate(elements):
                element.set("part", "I" if place == 0 else "F" if place == len(elements) - 1 else "M")


def _append(element: Any, text: str) -> None:
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = (element.text or "") + text


def _piece(element: Any) -> int:
    """Which piece of its role an element is; one that annotators added without saying so is the first."""
    n = element.get("n", "")
    return int(n) if n.isdecimal() else 0


def _read_tei(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    for file in sorted(path.glob("*.xml")):
        try:
            root = etree.fromstring(file.read_bytes(), parser)
        except etree.XMLSyntaxError as error:
            faults.append(f"{file.name}: not XML ({error.msg})")
            continue
        block = root.find(f".//{_TEI}body/{_TEI}ab")
        if root.tag != f"{_TEI}TEI" or block is None:
            faults.append(f"{file.name}: no <ab> in the <body> of a <TEI>; its root is <{etree.QName(root).localname}>")
            continue
        found: dict[str, dict[str, dict[int, list[int]]]] = defaultdict(lambda: defaultdict(dict))
        pieces: list[str] = []
        length = 0
        begun: list[int] = []
        for event, element in etree.iterwalk(block, events=("start", "end")):
            if event == "start":
                begun.append(length)
                words = element.text or ""
            else:
                start = begun.pop()
                if element.get("ana"):
                    role = "content" if element.tag == f"{_TEI}said" else element.get("type") or ""
                    place = found[element.get("ana").removeprefix("#")][role]
                    before = place.setdefault(_piece(element), [start, length])
                    before[:] = [min(before[0], start), max(before[1], length)]
                words = (element.tail or "") if element is not block else ""
            pieces.append(words)
            length += len(words)
        marks = []
        try:
            notes = {note.get(_ID): json.loads(note.text) for note in root.iter(f"{_TEI}note") if note.get(_ID)}
            for name in (*notes, *(name for name in found if name not in notes)):
                spans = {
                    role: [span for _, span in sorted(places.items())]
                    for role, places in found[name].items()
                    if role in ROLES
                }
                note = notes.get(name, {"id": name, "record": {}})
                marks.append(Mark(note["id"], spans, {**note["record"]}))
        except _NOT_OURS as error:
            faults.append(f"{file.name}: a <note> is not as it was written ({_what(error)})")
        yield Marked(unquote(file.stem), "".join(pieces), marks, file.name)


# Formats ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Form:
    write: Callable[[Sequence[Marked], Path], None]
    read: Callable[[Path, Mapping[str, Article], list[str]], Iterator[Marked]]
    is_folder: bool = False
    is_xml: bool = False


def _by_table(*_: Any) -> Any:
    raise InterchangeError(["CSV is written by write_table and read by read_table"], "annotations")


_FORMS = {
    "brat": _Form(_write_brat, _read_brat, is_folder=True),
    "inception-project": _Form(write_project, read_project, is_xml=True),
    "inception": _Form(write_xmi, read_xmi, is_folder=True, is_xml=True),
    "label-studio": _Form(_write_label_studio, _read_label_studio),
    "doccano": _Form(_write_doccano, _read_doccano),
    "prodigy": _Form(_write_prodigy, _read_prodigy),
    "tei": _Form(_write_tei, _read_tei, is_folder=True, is_xml=True),
    "web-annotation": _Form(_write_web_annotation, _read_web_annotation),
    "csv": _Form(_by_table, _by_table),
    "xlsx": _Form(_write_xlsx, _read_xlsx),
}
FORMATS = tuple(_FORMS)


def _form(name: str) -> _Form:
    if name not in _FORMS:
        raise InterchangeError([f"the format is '{name}'; it must be one of {', '.join(FORMATS)}"], "annotations")
    return _FORMS[name]
