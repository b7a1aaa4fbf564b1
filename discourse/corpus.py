"""Read articles from what people have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Article:
    """One article as it was stored; offsets everywhere index its `document`."""

    id: str
    title: str
    text: str
    outlet: str | None = None
    date: date | None = None
    url: str | None = None

    @property
    def document(self) -> str:
        """Title, newline, text; just the text where there is no title."""
        return f"{self.title}\n{self.text}" if self.title else self.text
