"""Why a row says what it says: the rule and its words, who speaks, and who else was considered."""

from __future__ import annotations

from collections.abc import Sequence

from discourse.attribution import Attribution, find_attributions
from discourse.corpus import Article
from discourse.lexicon import load_language
from discourse.speakers import Camps, Speakers, default_camps
from discourse.text import Span
from discourse.voices import Voice

_LONGEST = 60  # characters of a content that are shown


class ExplanationError(ValueError):
    """An attribution that cannot be explained, since it is none of those found in the article."""


def explain(article: Article, attribution: Attribution, camps: Camps | None = None) -> str:
    """Say in one line which rule fired on which words, who speaks by which clue, and who was passed over and why.

    Parameters
    ----------
    article
        The article that the attribution comes from.
    attribution
        One that `find_attributions` or `resolve_speakers` returned for it.
    camps
        The study's camps; Moscow, Washington and Astana where none are given.

    Returns
    -------
    str
        English with the article's own words between « and »; the article is read anew, so nothing needs to be kept.

    Raises
    ------
    ExplanationError
        The attribution is none that is found in this article.
    """
    camps = camps or default_camps()
    found = find_attributions(article)
    speakers = Speakers(article, found, load_language())
    for a in found:
        speakers.voices.refused = []
        voice = speakers.resolve(a)
        if a.id == attribution.id:
            return _line(a, voice, camps.of(voice), speakers.relay_of(a), speakers.voices.refused)
    raise ExplanationError(
        f"Attribution '{attribution.id}' is none of the {len(found)} that are found in article '{article.id}'. "
        "Give the article that it comes from."
    )


def _line(a: Attribution, voice: Voice, camp: str, relay: str | None, refused: Sequence[tuple[str, str]]) -> str:
    cue = f"on {_shown(a.cue)}" if a.cue is not None else "without a cue"
    parts = [f"{a.rule} {cue} gives {' + '.join(_shown(span) for span in a.content)}"]
    parts.append(f"source {_shown(a.source)}" if a.source is not None else "no source named")
    side = f" on the side of {voice.state}" if voice.speaker is None and voice.state else ""
    parts.append(f"speaker {voice.speaker or 'not listed'}{side}, camp {camp}, by: {voice.resolved_by}")
    parts += [f"not {who}: {why}" for who, why in dict.fromkeys(refused)]
    if a.parent is not None:
        parts.append(f"said within {a.parent}")
    if relay is not None:
        parts.append(f"passed on by {relay}")
    if a.confidence is not None:
        parts.append(f"confidence {a.confidence:.2f}")
    return "; ".join(parts)


def _shown(span: Span) -> str:
    text = " ".join(span.text.split())
    return f"«{text if len(text) <= _LONGEST else text[: _LONGEST - 1] + '…'}»"
