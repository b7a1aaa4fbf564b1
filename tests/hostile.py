"""Hostile inputs and what comes of each; `python -m tests.hostile` writes docs/robustness.md."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import re
import socket
import tempfile
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import skops.io

from discourse import archives
from discourse.analysis import analyse
from discourse.coding import write_sheet
from discourse.corpus import Article, read_corpus
from discourse.display import show_article
from discourse.framing import read_frames
from discourse.learning import load_classifier
from discourse.scale import process_corpus
from discourse.sentiment import read_sentiment_lexicon
from discourse.speakers import read_camps
from discourse.tables import attributions_table, read_table, write_table

PAGE = Path(__file__).parent.parent / "docs" / "robustness.md"
SAID = "أعلن الكرملين أن المحادثات مستمرة."
CASES: list[tuple[str, str, Callable[[Path], str]]] = []


def case(part: str, what: str) -> Callable[[Callable[[Path], str]], Callable[[Path], str]]:
    """Enter a function that tries one input in an empty folder and says what came of it."""

    def enter(work: Callable[[Path], str]) -> Callable[[Path], str]:
        CASES.append((part, what, work))
        return work

    return enter


def outcome(work: Callable[[Path], str]) -> str:
    """Try one input."""
    with tempfile.TemporaryDirectory() as folder:
        told = work(Path(folder))
        return re.sub(r"\s+", " ", told.replace(f"{folder}/", ""))


def read(path: Path) -> str:
    """Say what reading a file beside a sound one comes to."""
    (path.parent / "sound.txt").write_text(SAID, encoding="utf-8")
    corpus = read_corpus(path.parent)
    assert any(article.text == SAID for article in corpus.articles), "the sound file beside it is lost"
    others = [article for article in corpus.articles if article.text != SAID]
    told = [str(fault) for fault in corpus.faults]
    if others:
        analyse(others)
        told.append(f"{len(others)} read and analysed")
    return "; ".join(told) or "nothing read, nothing said"


def refused(work: Callable[[], object]) -> str:
    """Say with which of our own errors something is refused."""
    try:
        work()
    except ValueError as error:
        if not type(error).__module__.startswith("discourse."):
            raise
        return f"{type(error).__name__}: {str(error).splitlines()[0]}"
    raise AssertionError("it was accepted")


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def written(path: Path, data: str | bytes) -> Path:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


# XML and workbooks ----------------------------------------------------------------------------------------------------


@case("XML", "entities that expand to a billion words")
def _(folder: Path) -> str:
    declared = '<!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
    return read(written(folder / "a.xml", f"{declared}<rss><channel><item>&c;</item></channel></rss>"))


@case("XML", "an entity that names a file outside")
def _(folder: Path) -> str:
    declared = '<!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    return read(written(folder / "a.xml", f"{declared}<rss><channel><item>&a;</item></channel></rss>"))


@case("XLSX", "a sheet that declares entities")
def _(folder: Path) -> str:
    book = openpyxl.Workbook()
    book.active.append(["article_id", "title", "text"])
    sound = io.BytesIO()
    book.save(sound)
    with zipfile.ZipFile(sound) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    declared = b'<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa">]>'
    return read(zipped(folder / "a.xlsx", {n: declared + d if "sheet1" in n else d for n, d in members.items()}))


@case("XLSX", "a sheet whose packed bytes are damaged behind its first 4 kB")
def _(folder: Path) -> str:
    path = folder / "a.xlsx"
    pd.DataFrame(
        {"article_id": range(3000), "title": "", "text": [f"{SAID} {7919 * n}" for n in range(3000)]}
    ).to_excel(path, index=False)
    with zipfile.ZipFile(path) as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray(path.read_bytes())
    middle = sheet.header_offset + sheet.compress_size // 2
    data[middle : middle + 64] = b"\xff" * 64
    return read(written(path, bytes(data))).partition(" (")[0]


# Archives -------------------------------------------------------------------------------------------------------------


@case("archives", "a .zip whose member names a path outside")
def _(folder: Path) -> str:
    return read(zipped(folder / "a.zip", {"../../outside.txt": SAID.encode() + b" "}))


@case("archives", "a .zip that unpacks to a thousand times its size")
def _(folder: Path) -> str:
    return read(zipped(folder / "a.zip", {"a.txt": b"a" * (archives._ALWAYS_ALLOWED + (1 << 20))}))


@case("archives", "a .gz that unpacks to a thousand times its size")
def _(folder: Path) -> str:
    return read(written(folder / "a.jsonl.gz", gzip.compress(b"a" * (archives._ALWAYS_ALLOWED + (1 << 20)), mtime=0)))


@case("archives", "a .zip in a .zip")
def _(folder: Path) -> str:
    return read(zipped(folder / "a.zip", {"b.zip": zipped(folder / ".b.zip", {"c.txt": b"x"}).read_bytes()}))


@case("archives", "a .zip cut off in the middle")
def _(folder: Path) -> str:
    path = zipped(folder / "a.zip", {"a.txt": SAID.encode() * 50})
    return read(written(path, path.read_bytes()[:60])).partition(" (")[0]


@case("archives", "a .zip with a member that has no name")
def _(folder: Path) -> str:
    path = zipped(folder / "a.zip", {"x": SAID.encode()})
    with zipfile.ZipFile(path) as archive:
        place = archive.start_dir
    data = bytearray(path.read_bytes())
    data[place + 28 : place + 30] = b"\0\0"  # the length of the name in the list at the end,
    data[place + 30 : place + 32] = b"\0\0"
    data[place + 32 : place + 34] = b"\1\0"  # where its one character now is a comment
    return read(written(path, bytes(data)))


@case("archives", "a .zip with a member called .")
def _(folder: Path) -> str:
    return read(zipped(folder / "a.zip", {".": SAID.encode()}))


@case("archives", "a .warc with a response that names no address, behind a sound one")
def _(folder: Path) -> str:
    page = f"<html><body><article><p>{SAID * 20}</p></article></body></html>"
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{page}".encode()
    head = "WARC/1.0\r\nWARC-Type: response\r\n{}Content-Length: {}\r\n\r\n"
    records = [
        head.format(address, len(answer)).encode() + answer + b"\r\n\r\n"
        for address in ("WARC-Target-URI: http://a.example/\r\n", "")
    ]
    return read(written(folder / "a.warc", b"".join(records)))


# Text and tables ------------------------------------------------------------------------------------------------------


@case("JSON", "lists in lists, 100,000 deep")
def _(folder: Path) -> str:
    return read(written(folder / "a.jsonl", "[" * 100_000))


@case("JSON", "an escape that is half a character")
def _(folder: Path) -> str:
    return read(written(folder / "a.jsonl", '{"article_id": "a", "title": "", "text": "\\ud83d"}'))


@case("CSV", "a quotation mark that is never closed")
def _(folder: Path) -> str:
    return read(written(folder / "a.csv", f'article_id,title,text\na,,"x\nb,,{SAID} نعم\n'))


@case("Parquet", "a file cut off in the middle")
def _(folder: Path) -> str:
    path = folder / "a.parquet"
    pd.DataFrame({"article_id": ["a"], "title": [""], "text": [SAID]}).to_parquet(path)
    return read(written(path, path.read_bytes()[:-20])).partition(" (")[0]


@case("text", "bytes that are no text")
def _(folder: Path) -> str:
    return read(written(folder / "a.txt", bytes(range(256)) * 4))


@case("text", "a link to its own folder")
def _(folder: Path) -> str:
    os.symlink(folder, folder / "loop", target_is_directory=True)
    return read(written(folder / "a.txt", SAID + " "))


# Extraction -----------------------------------------------------------------------------------------------------------


def found(text: str) -> str:
    rows = analyse([Article("a", "", text)])
    assert all(text[s:e] for spans in rows["content_spans"] for s, e in spans)
    return "analysed; every span is in the text"


@case("extraction", "100,000 opening quotation marks")
def _(folder: Path) -> str:
    return found("«" * 100_000)


@case("extraction", "a million letters without a space")
def _(folder: Path) -> str:
    return found("ق" * 1_000_000)


@case("extraction", "controls that turn the direction of writing, in and around a cue")
def _(folder: Path) -> str:
    return found(f"\u202e{SAID}\u202c \u2066أعلن\u2069 الكرملين\u200f أن العمل مستمر.")


@case("extraction", "a null byte and an unpaired half of a character")
def _(folder: Path) -> str:
    return found(f"{SAID}\0 \ud83d {SAID}")


@case("extraction", "ten thousand combining signs on one letter")
def _(folder: Path) -> str:
    return found("أعلن" + "\u0651" * 10_000 + " الكرملين أن العمل مستمر.")


# Lexicons -------------------------------------------------------------------------------------------------------------


@case("YAML", "a tag that would run a command, in a file of camps")
def _(folder: Path) -> str:
    path = written(folder / "camps.yml", f"- !!python/object/apply:os.mkdir ['{folder}/made']\n")
    told = refused(lambda: read_camps(path))
    assert not (folder / "made").exists()
    return told


@case("YAML", "the same, in a file of frames")
def _(folder: Path) -> str:
    path = written(folder / "frames.yml", f"- !!python/object/apply:os.mkdir ['{folder}/made']\n")
    told = refused(lambda: read_frames(path))
    assert not (folder / "made").exists()
    return told


@case("YAML", "references that would expand to a billion entries")
def _(folder: Path) -> str:
    lines = ["- &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"- &{b} [{', '.join([f'*{a}'] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    return refused(lambda: read_camps(written(folder / "camps.yml", "\n".join(lines))))


@case("CSV", "bytes that are no text, as a lexicon of sentiment")
def _(folder: Path) -> str:
    return refused(lambda: read_sentiment_lexicon(written(folder / "terms.csv", b"\xff\xfe\x00\xd8" * 20)))


class _Made:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (f"{self.folder}/made",)


@case("models", "a pickle that would make a folder, given as a table")
def _(folder: Path) -> str:
    path = written(folder / "a.parquet", pickle.dumps(_Made(folder)))
    told = refused(lambda: read_table(path)).partition(" (")[0]
    assert not (folder / "made").exists()
    return told


@case("models", "a pickle that would make a folder, given as a classifier")
def _(folder: Path) -> str:
    told = refused(lambda: load_classifier(written(folder / "a.skops", pickle.dumps(_Made(folder)))))
    assert not (folder / "made").exists()
    return told


@case("models", "a classifier's file that names a program to be started")
def _(folder: Path) -> str:
    path = folder / "a.skops"
    skops.io.dump({"format": "x"}, path)
    with zipfile.ZipFile(path) as archive:
        schema = json.loads(archive.read("schema.json"))
    schema["content"]["format"] |= {"__class__": "Popen", "__module__": "subprocess", "__loader__": "TypeNode"}
    return refused(lambda: load_classifier(zipped(path, {"schema.json": json.dumps(schema).encode()})))


@case("network", "an article whose links and pictures call elsewhere, read, analysed and shown where no socket opens")
def _(folder: Path) -> str:
    asked: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        asked.append(arguments)
        raise OSError("no network here")

    page = f'<html><head><link rel="stylesheet" href="http://a.example/a.css"></head><body><p>{SAID * 30}</p>'
    path = written(folder / "a.html", page + '<img src="http://a.example/a.png"></body></html>')
    before = socket.socket.connect, socket.getaddrinfo
    socket.socket.connect, socket.getaddrinfo = refuse, refuse  # type: ignore[method-assign,assignment]
    try:
        (article,) = read_corpus(path).articles
        shown = show_article(article, analyse([article]))._repr_html_()
    finally:
        socket.socket.connect, socket.getaddrinfo = before  # type: ignore[method-assign]
    assert "a.example" not in shown
    return f"read, analysed and shown; asked of the network: {len(asked) or 'nothing'}"


# What we write --------------------------------------------------------------------------------------------------------


@case("exports", "a source that a spreadsheet would take for a formula")
def _(folder: Path) -> str:
    table = analyse([Article("=1+1", "", SAID, outlet='=HYPERLINK("x")')])
    write_table(table, folder / "a.csv")
    cells = pd.read_csv(folder / "a.csv", dtype=str)
    kept = read_table(folder / "a.csv")
    assert kept["outlet"].tolist() == table["outlet"].tolist()
    return f"written as {cells['article_id'][0]} and {cells['outlet'][0]}; read back as it was"


FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "\t=1")


@case("exports", f"cells that begin with {' '.join(formula[0] for formula in FORMULAS[:4])} or a tab, in a .csv")
def _(folder: Path) -> str:
    table = analyse([Article(f"a{n}", "", SAID, outlet=formula) for n, formula in enumerate(FORMULAS)])
    write_table(table, folder / "a.csv")
    cells = pd.read_csv(folder / "a.csv", dtype=str)["outlet"].tolist()
    assert cells == [f"'{formula}" for formula in FORMULAS]
    assert read_table(folder / "a.csv")["outlet"].tolist() == list(FORMULAS)
    return f"each has an apostrophe before it, such as {cells[1]} and {cells[3]}; read back as they were"


@case("exports", "the same, as texts of a coding sheet in .xlsx")
def _(folder: Path) -> str:
    articles = [Article(formula, "", f"{formula} {SAID}") for formula in FORMULAS]
    write_sheet(analyse(articles), articles, folder / "a.xlsx", coder="=1+1")
    sheet = openpyxl.load_workbook(folder / "a.xlsx")["coding"]
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row if cell.value is not None]
    assert len(cells) > 5 * len(FORMULAS)
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell.value for cell in cells if str(cell.value).startswith(("=", "+", "-", "@", "\t"))]
    return f"{len(cells)} cells, all of them texts, none a formula"


@case("exports", "markup in an article that is shown")
def _(folder: Path) -> str:
    article = Article("<img src=x onerror=alert(1)>", "<script>alert(1)</script>", f"{SAID} <b onclick=x>")
    page = show_article(article, attributions_table([article], []))._repr_html_()
    assert not re.search(r"<(script|img|b onclick)", page)
    assert not re.search(r"(src|href)=[\"']?https?:", page)
    return "escaped; the page names no resource elsewhere"


@case("exports", "a redacted store of an article whose words must not get out")
def _(folder: Path) -> str:
    row = {"article_id": "a", "title": "سرّ العنوان", "text": f"{SAID} كلمة سرّية.", "outlet": "o", "date": "2022-01-06"}
    path = written(folder / "a.jsonl", json.dumps(row))
    process_corpus(path, folder / "store", workers=1, progress=False, redacted=True)
    files = [each for each in (folder / "store").rglob("*") if each.is_file()]
    texts = [str(pq.read_table(each).to_pylist()) for each in files if each.suffix == ".parquet"]
    texts += [each.read_text(encoding="utf-8") for each in files if each.suffix != ".parquet"]
    words = set(f"{row['title']} {row['text']}".split()) - {"أعلن"}  # the dictionary form of the cue is a label
    assert not [word for word in words for text in texts if word in text]
    return f"none of its {len(words)} words but the dictionary form of its cue stands in the {len(files)} files of the store"


@case("exports", "an outlet whose name is a path outside")
def _(folder: Path) -> str:
    rows = [{"article_id": "a", "title": "", "text": SAID, "outlet": "../../../outside/\0|:*", "date": "2022-01-06"}]
    path = written(folder / "a.jsonl", json.dumps(rows[0]))
    done = process_corpus(path, folder / "store", workers=1, progress=False)
    (shard,) = (folder / "store" / "rows").rglob("*.parquet")
    assert done.n_articles == 1
    return f"stands in {shard.relative_to(folder)}"


def page() -> str:
    """The list of inputs and outcomes as a page of the documentation."""
    lines = [
        "# Hostile inputs",
        "",
        "What each of these comes to. The list is written by `python -m tests.hostile`; `tests/test_hostile.py` tries every",
        "input again and compares, and beside them as many random ones as its time allows. In every reading case a sound file",
        "lies beside the hostile one, and is read.",
        "",
        "Random inputs are made by hypothesis: bytes for every reader, texts for the chain, YAML and CSV for the loaders, damage to",
        "tables that were sound; some dozens of each in a test run, as many as wanted with `DISCOURSE_FUZZ=2000`. With",
        "`HOSTILE_TEXTS=20000`, `tests/test_invariants.py` looks at the rows of 20,000 texts. Where there is a wheel of atheris (Python",
        "3.11 to 3.13 on Linux), `python -m tests.fuzz .csv 600` (or another format, `chain`, or `lexicons`) looks for inputs that reach lines",
        "which none has reached before; it is no part of the test run.",
        "",
        "| what | input | outcome |",
        "|---|---|---|",
    ]
    cells = ((part, what, outcome(work).replace("|", "\\|")) for part, what, work in CASES)
    return "\n".join([*lines, *(f"| {part} | {what} | {told} |" for part, what, told in cells)]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
