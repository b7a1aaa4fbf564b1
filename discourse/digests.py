"""Digests by which it is told later whether code, data or input are still those of before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable

# Data that only scores read: where nothing else has changed, attributions are not found anew.
SCORES_ONLY = ("ar/sentiment/", "ar/stance/", "ar/framing/", "ar/engagement.yml", "ar/wording.yml")
UNREAD = (
    "ar/bidi.yml", "ar/seeds/", "ar/labels.yml", "ar/scoring.yml", "en/", "interchange/", "layouts.yml", "recipes.yml",
)  # fmt: skip


def digest(*pieces: bytes) -> str:
    """Digest pieces of bytes, each with its length, so that no other pieces give the same."""
    made = blake2b(digest_size=16)
    for piece in pieces:
        made.update(len(piece).to_bytes(8, "big"))
        made.update(piece)
    return made.hexdigest()


@cache
def code_digest() -> str:
    """Digest of every module of the library."""
    package = files("discourse")
    modules = sorted((each for each in package.iterdir() if each.name.endswith(".py")), key=lambda each: each.name)
    return digest(*(piece for each in modules for piece in (each.name.encode(), each.read_bytes())))


@cache
def lexicon_digests() -> dict[str, str]:
    """Digests of the language and actor data by file, but for what no step of the chain reads."""

    def walk(folder: Traversable, below: str) -> Iterator[tuple[str, bytes]]:
        for each in sorted(folder.iterdir(), key=lambda each: each.name):
            if each.is_dir():
                yield from walk(each, f"{below}{each.name}/")
            elif each.name.endswith((".yml", ".tsv")):
                yield below + each.name, each.read_bytes()

    found = walk(files("discourse").joinpath("data"), "")
    return {name: digest(data) for name, data in found if not name.startswith(UNREAD)}


def lexicon_digest(scoring: bool) -> str:
    """One digest for the data that finding attributions reads, or for those that only scores read."""
    chosen = {name: d for name, d in lexicon_digests().items() if name.startswith(SCORES_ONLY) == scoring}
    return digest(json.dumps(chosen, sort_keys=True).encode())
