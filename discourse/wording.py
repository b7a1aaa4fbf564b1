"""Say how the paper words an attribution: in whose words, how the source is named, active or passive, at what length."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any

import pandas as pd

from discourse.datafiles import data_settings
from discourse.lexicon import DEFINITE, PREPOSITION, Word, load_language
from discourse.mentions import READ_AT_ONCE, Text, find_mentions, read_contents, read_text
from discourse.quotation import MARKS, pair_quotations
from discourse.tables import Cells, Scores, cells_of, in_document, with_columns
from discourse.text import fold, tokens

_VERBATIM = {"direct": "verbatim", "unmarked": "verbatim", "mixed": "partly", "indirect": "paraphrase"}
_SINGLE_MARKS = frozenset(mark for mark in MARKS if len(mark) == 1)
_DAMMA = "\u064f"


@cache
def _settings() -> dict[str, Any]:
    settings = data_settings("ar/wording.yml")
    return {
        **settings,
        **{key: frozenset(map(fold, settings[key])) for key in ("named", "done", "passive_cues", "passive_presents")},
    }


def scare_quotes(content: str, day: date | None = None) -> list[tuple[int, int]]:
    """Find the words of a content that the paper holds at arm's length by quotation marks.

    Returns
    -------
    list of tuple
        Characters inside the marks, for every quotation of at most `longest` words (data/ar/wording.yml) that is neither the
        whole content nor a name: titles of newspapers and listed actors stand in marks without any distance.
    """
    return _held_off(read_text(content, day))


def _held_off(text: Text) -> list[tuple[int, int]]:
    forms = text.forms
    if _SINGLE_MARKS.isdisjoint(forms):
        return []
    starts, ends = text.starts, text.ends
    settings = _settings()
    language = load_language()
    found = []
    for opening, closing in pair_quotations(forms, starts, ends):
        inside = slice(opening + 1, closing)
        words = [word for form, word in zip(forms[inside], text.words[inside], strict=True) if form[0].isalnum()]
        if not 0 < len(words) <= settings["longest"] or (opening == 0 and closing >= len(forms) - 1):
            continue
        before = text.words[opening - 1] if opening else None
        introduced = before is not None and any(base in settings["named"] for base in _bare(before))
        media = before is not None and before.title is not None and before.title.kind in ("media", "document")
        length, _ = language.actors.at(words, 0)
        if not (introduced or media or length == len(words) or find_mentions(words, text.day)):
            found.append((ends[opening], starts[closing] if closing < len(forms) else ends[-1]))
    return found


def _bare(word: Word) -> tuple[str, ...]:
    return tuple(base.removeprefix("ال") for base in word.bases)


@lru_cache(maxsize=READ_AT_ONCE)
def naming(source: str, day: date | None = None) -> str:
    """Say how a source is named.

    Returns
    -------
    str
        title and name (الوزير فلان), name, title (الوزير), body (a state, an institution, a newspaper), group or unnamed
        (مصدر مطلع).
    """
    language = load_language()
    words = language.phrase(source)
    titles = [word.title for word in words if word.title is not None]
    head = titles[0] if titles else None
    if words and words[0].title is not None and words[0].title.kind == "anonymous":
        return "unnamed"
    mentions = find_mentions(words, day)
    persons = [one for one in mentions if one.kind == "person"]
    person = next((title for title in titles if title.kind == "person"), None)
    if persons or (head is None and not mentions):
        return "title and name" if person is not None else "name"
    if person is not None and words[0].title is not None and words[0].title.kind == "person":
        return (
            "title and name" if _has_own_name(words, {p for m in mentions for p in range(m.first, m.last)}) else "title"
        )
    if head is not None and words[0].title is head and head.kind == "group":
        return "group"
    return "body"


def _has_own_name(words: Sequence[Word], listed: set[int]) -> bool:
    """Whether a phrase with a title ends in a name that is not listed: a word without article behind definite ones."""
    language = load_language()
    definite = False
    for place, word in enumerate(words):
        if place in listed or word.flags & DEFINITE:
            definite = True
        elif word.title is None and not word.flags & PREPOSITION and not word.nation:
            known = word.form in language.modifiers or word.form in language.groups["attaching"]
            if definite and not known and not (place and words[place - 1].flags & PREPOSITION):
                return True
    return False


@lru_cache(maxsize=READ_AT_ONCE)
def voice(cue: str, rule: str) -> str | None:
    """Say whether a cue is a verb in the active or in the passive voice; None for a colon, a preposition, a noun."""
    settings = _settings()
    language = load_language()
    words = [(form, language.word(form)) for form in tokens(cue)[0] if form[0].isalpha()]
    if rule.startswith("impersonal") or any(word.form in settings["passive_cues"] for _, word in words):
        return "passive"
    if words and words[0][1].form.lstrip("وف") in settings["done"] and len(words) > 1:
        return "passive"  # تم الإعلان عن
    for form, word in words:
        parts = {cue_form.part for cue_form in word.cues} | {cue_form.part for _, cue_form in word.light}
        marked = _DAMMA in form[:4]
        if marked and ("past" in parts or word.form.lstrip("وف") in settings["passive_presents"]):
            return "passive"
        if parts & {"past", "present", "jussive", "participle"}:
            return "active"
    return None


def score_wording(table: pd.DataFrame) -> pd.DataFrame:
    """Say how the paper words every attribution.

    Parameters
    ----------
    table
        Attributions, one a row, with the columns of `attributions_table`.

    Returns
    -------
    pandas.DataFrame
        A copy with

        - `wording`: verbatim (all in quotation marks, or speech behind a colon), partly, or paraphrase;
        - `scare_quotes`: [start, end] spans in the document of single words that the paper sets in marks inside a content
          that is not verbatim, by which it leaves them to their speaker;
        - `naming`: how the source is named (title and name, name, title, body, group, unnamed); None without a source;
        - `voice`: active or passive; None where the cue is no verb;
        - `n_words`: how many words the content has.

        Where in the article an attribution stands is the column `position` of `attributions_table`.
    """
    return with_columns(table, wording_scores(cells_of(table), read_contents(table)))


def wording_scores(cells: Cells, contents: Iterable[Text]) -> Scores:
    """The columns that `score_wording` adds to a table of those cells and contents."""
    wording: list[str] = []
    marks: list[list[list[int]]] = []
    names: list[str | None] = []
    voices: list[str | None] = []
    lengths: list[float] = []
    columns = (cells[name] for name in ("type", "content_spans", "source", "cue", "rule"))
    for text, type_, pieces, source, cue, rule in zip(contents, *columns, strict=True):
        wording.append(_VERBATIM[type_])
        quoted = _held_off(text) if type_ in ("mixed", "indirect") else []
        marks.append([place for span in quoted if (place := in_document(*span, pieces)) is not None])
        names.append(naming(source, text.day) if isinstance(source, str) else None)
        voices.append(voice(cue, rule) if isinstance(cue, str) else None)
        lengths.append(float(sum([form[0].isalnum() for form in text.forms])))
    return {"wording": wording, "scare_quotes": marks, "naming": names, "voice": voices, "n_words": lengths}
