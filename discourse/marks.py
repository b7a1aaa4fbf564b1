"""Attributions as annotation tools hold them: spans in their roles, and all else beside; what every format is made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import quote

ROLES = ("cue", "source", "content", "addressee", "verbatim")


class InterchangeError(ValueError):
    """Annotations that cannot be written or read; the message holds every fault, `faults` the same one by one."""

    def __init__(self, faults: Sequence[str], where: str) -> None:
        self.faults = tuple(faults)
        super().__init__(f"{where}: " + "\n".join(faults))


@dataclass(frozen=True, slots=True)
class Mark:
    """One attribution as tools hold it: its id, its spans by role in code points, all else as JSON can hold it."""

    id: str
    spans: Mapping[str, list[list[int]]]
    record: dict[str, Any]

    @property
    def anchor(self) -> list[int]:
        """The cue, or the first piece of the content where there is none."""
        return (self.spans.get("cue") or self.spans["content"])[0]


@dataclass(frozen=True, slots=True)
class Marked:
    """One document with its marks, as written or as read (`text` None where the format does not hold it)."""

    article_id: str
    text: str | None
    marks: list[Mark] = field(default_factory=list)
    where: str = ""


def template(name: str) -> str:
    """Give what a tool is set up with, from the data of the package."""
    return files("discourse").joinpath("data", "interchange", name).read_text(encoding="utf-8")


def file_name(article_id: str) -> str:
    """Any id as the name of a file; no dot at its head, so that none is hidden or leads elsewhere."""
    name = quote(article_id, safe=" ")
    return f"%2E{name[1:]}" if name.startswith(".") else name
