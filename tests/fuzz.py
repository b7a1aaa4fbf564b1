"""Coverage-guided fuzzing by hand: `python -m tests.fuzz .csv|.zip|…|chain|lexicons SECONDS`; needs `pip install atheris`.

atheris changes the bytes that it hands in until they reach lines of the library that none reached before, which random texts
hit by luck only. It has no wheels for every Python, so it is no dependency, and no part of the test run.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import atheris
import pandas as pd

with atheris.instrument_imports(include=["discourse"]):
    from discourse.analysis import analyse
    from discourse.corpus import Article, read_corpus
    from discourse.datafiles import LexiconError
    from discourse.framing import read_frames
    from discourse.readers import READERS
    from discourse.sentiment import read_sentiment_lexicon
    from discourse.speakers import CampsError, read_camps
from tests.hostile import SAID

FOLDER = Path(tempfile.mkdtemp(prefix="fuzz"))


def reader(suffix: str, data: bytes) -> None:
    """Hand the bytes to a reader; a fault that was foreseen, a note or an article, never an exception."""
    path = FOLDER / f"a{suffix}"
    path.write_bytes(data)
    corpus = read_corpus(path)
    assert corpus.articles or corpus.faults or corpus.notes or corpus.n_set_aside
    assert not [fault for fault in corpus.faults if "it is broken and cannot be read" in fault.message], corpus.faults


def chain(data: bytes) -> None:
    """Analyse the bytes as a text, behind a sentence that is found."""
    text = data.decode("utf-8", "surrogateescape")
    rows = analyse([Article("a", "", f"{SAID} {text}")])
    assert len(rows) >= 1


def lexicons(data: bytes) -> None:
    """Load the bytes as camps, as frames and as a lexicon of sentiment; only our own errors are allowed."""
    for name, load, error in (
        ("a.yml", read_camps, CampsError),
        ("a.yml", read_frames, LexiconError),
        ("a.csv", read_sentiment_lexicon, LexiconError),
    ):
        path = FOLDER / name
        path.write_bytes(data)
        try:
            load(path)  # type: ignore[operator]
        except error:
            pass


def packed(write: Callable[[io.BytesIO], object]) -> bytes:
    """Give the bytes that something is written to."""
    made = io.BytesIO()
    write(made)
    return made.getvalue()


def zipped(made: io.BytesIO) -> None:
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("a.txt", SAID)


TABLE = pd.DataFrame({"article_id": ["a"], "title": [""], "text": [SAID], "date": ["2022-01-06"]})
FEED = f"<rss><channel><item><title>x</title><description>{SAID}</description></item></channel></rss>"
PAGE = f"<html><body><article><h1>x</h1><p>{SAID}</p></article></body></html>"
MARKED = f'<DOC id="a"><TEXT>{SAID}</TEXT></DOC>'
ANSWER = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n{PAGE}".encode()
WARC = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.org/\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
# A sound file of each format, to begin with.
SOUND = {
    ".csv": f"article_id,title,text\na,,{SAID}\n",
    ".tsv": f"article_id\ttitle\ttext\na\t\t{SAID}\n",
    ".json": f'[{{"article_id": "a", "title": "", "text": "{SAID}"}}]',
    ".jsonl": f'{{"article_id": "a", "title": "", "text": "{SAID}", "date": "2022-01-06"}}\n',
    ".html": PAGE,
    ".htm": PAGE,
    ".rss": FEED,
    ".xml": FEED,
    ".atom": FEED,
    ".sgm": MARKED,
    ".sgml": MARKED,
    ".txt": SAID,
    ".warc": WARC % (len(ANSWER), ANSWER),
    ".xlsx": packed(partial(TABLE.to_excel, index=False)),
    ".parquet": packed(partial(TABLE.to_parquet, index=False)),
    ".zip": packed(zipped),
    ".txt.gz": gzip.compress(SAID.encode()),
}
assert SOUND.keys() >= READERS.keys()
# What each is handed, and sound inputs to begin with.
TARGETS = {
    **{suffix: (partial(reader, suffix), [t.encode() if isinstance(t, str) else t]) for suffix, t in SOUND.items()},
    "chain": (chain, [SAID.encode(), f"«{SAID}» \u202e".encode()]),
    "lexicons": (
        lexicons,
        [
            b"- camp: moscow\n  states: [russia]\n",
            "- frame: f\n  codebook: c\n  indicators:\n    - {indicator: كلام, pos: noun, weight: strong, example: كلام}\n".encode(),
            "term,polarity,strength\nخطر,negative,2\n".encode(),
        ],
    ),
}

if __name__ == "__main__":
    target, seconds = sys.argv[1:]
    work, seeds = TARGETS[target]
    begin = FOLDER / "seeds"
    begin.mkdir()
    for number, seed in enumerate(seeds):
        (begin / str(number)).write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={max(600, *(2 * len(seed) for seed in seeds))}",
        "-timeout=30",
        f"-artifact_prefix={FOLDER}/",
    ]
    atheris.Setup([sys.argv[0], *options, str(begin)], work)
    atheris.Fuzz()
