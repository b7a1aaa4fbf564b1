"""Coverage-guided fuzzing by hand: `python -m tests.fuzz readers|chain|lexicons SECONDS`; needs `pip install atheris`.

atheris changes the bytes that it hands in until they reach lines of the library that none reached before, which random texts
hit by luck only. It has no wheels for every Python, so it is no dependency, and no part of the test run.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["discourse"]):
    from discourse.analysis import analyse
    from discourse.corpus import Article, read_corpus
    from discourse.framing import read_frames
    from discourse.lexicon import LexiconError
    from discourse.readers import READERS
    from discourse.sentiment import read_sentiment_lexicon
    from discourse.speakers import CampsError, read_camps
from tests.hostile import SAID

SUFFIXES = sorted(READERS)
FOLDER = Path(tempfile.mkdtemp(prefix="fuzz"))


def readers(data: bytes) -> None:
    """Hand the bytes to the reader that the first of them names; a fault or an article, never an exception."""
    path = FOLDER / f"a{SUFFIXES[data[0] % len(SUFFIXES)] if data else '.txt'}"
    path.write_bytes(data[1:])
    corpus = read_corpus(path)
    assert corpus.articles or corpus.faults or corpus.notes or corpus.n_set_aside
    path.unlink()


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


SOUND = {
    ".csv": f"article_id,title,text\na,,{SAID}\n",
    ".tsv": f"article_id\ttitle\ttext\na\t\t{SAID}\n",
    ".json": f'[{{"article_id": "a", "title": "", "text": "{SAID}"}}]',
    ".jsonl": f'{{"article_id": "a", "title": "", "text": "{SAID}", "date": "2022-01-06"}}\n',
    ".html": f"<html><body><article><h1>x</h1><p>{SAID}</p></article></body></html>",
    ".rss": f"<rss><channel><item><title>x</title><description>{SAID}</description></item></channel></rss>",
    ".sgm": f'<DOC id="a"><TEXT>{SAID}</TEXT></DOC>',
    ".txt": SAID,
    ".warc": f"WARC/1.0\r\nWARC-Type: resource\r\nContent-Length: 6\r\n\r\n{SAID[:3]}\r\n\r\n",
}
# What each is handed, and sound inputs to begin with.
TARGETS = {
    "readers": (readers, [bytes([SUFFIXES.index(suffix)]) + text.encode() for suffix, text in SOUND.items()]),
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
    options = [f"-max_total_time={seconds}", "-max_len=600", "-timeout=30", f"-artifact_prefix={FOLDER}/"]
    atheris.Setup([sys.argv[0], *options, str(begin)], work)
    atheris.Fuzz()
