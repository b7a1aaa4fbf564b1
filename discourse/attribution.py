"""Find source, cue and content in one article."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from discourse.text import Span

QuoteType = Literal["direct", "mixed", "unmarked", "indirect"]


@dataclass(frozen=True, slots=True)
class Attribution:
    """One piece of content that the text hands to a source other than its author.

    `source` is None where the text names nobody (a dropped subject, a pronoun suffix); `speaker` is None where the
    source resolves to no listed actor. `parent` is the id of the attribution whose content this one stands in.
    """

    article_id: str
    id: str
    type: QuoteType
    cue: Span | None
    source: Span | None
    content: tuple[Span, ...]
    rule: str
    cue_lemma: str | None = None
    polarity: Literal["positive", "negative"] = "positive"
    parent: str | None = None
    speaker: str | None = None
    camp: str | None = None
    resolved_by: str | None = None
