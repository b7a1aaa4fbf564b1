"""Show an article with its attributions marked, right to left, wherever a notebook is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from discourse.attribution import Attribution
from discourse.bidi import isolate
from discourse.corpus import Article
from discourse.languages import RIGHT_TO_LEFT, Language, words_in
from discourse.schemas import is_missing
from discourse.speakers import OTHER, Camps, default_camps

if TYPE_CHECKING:
    import pandas as pd

    from discourse.text import Span

# The colours of `discourse.canvas`, in the order of the camps; grey instead of black, which a dark page would swallow.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D3B")
GREY = "#808080"

Kind = Literal["content", "source", "cue", "evidence"]

# Every style stands in its element: notebooks that are not trusted, and pages that embed one, drop style sheets.
_LINES: dict[Kind, str] = {
    "content": "2px solid",
    "source": "4px double",
    "cue": "2px dotted",
    "evidence": "1px dashed",
}
_BOX = (
    "direction:rtl;text-align:right;font-size:1.1em;line-height:2.9;max-width:52em;margin-block:0.5em;"
    "overflow-wrap:anywhere;color:inherit;background:transparent;"
    "-webkit-print-color-adjust:exact;print-color-adjust:exact"
)
_LABEL = (
    "unicode-bidi:isolate;user-select:none;-webkit-user-select:none;white-space:nowrap;font-family:sans-serif;"
    "font-size:0.6em;font-weight:normal;line-height:1;vertical-align:0.9em;color:inherit;border-radius:0.3em;"
    "padding:0.1em 0.35em;margin-inline:0.3em 0.1em"
)

_SMALL = "font-family:sans-serif;font-size:0.7em"
_REMARK = "text-align:start;font-family:sans-serif;font-size:0.75em;line-height:1.8;margin-block:0 1.2em"
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?؟…])\s+|\n")


class DisplayError(ValueError):
    """The attributions are not those of the article."""


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article with its marks; a notebook shows the HTML, a console the list of its attributions."""

    html: str
    plain: str

    def _repr_html_(self) -> str:
        return self.html

    def __repr__(self) -> str:
        """Give the attributions as plain lines."""
        return self.plain


@dataclass(frozen=True, slots=True)
class _Legend:
    """What the marks of a study's camps are called in one language, and their colours."""

    camps: Camps
    language: Language

    @property
    def direction(self) -> str:
        """In which direction labels run."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    def word(self, key: str, **filled: str) -> str:
        """What a kind, a class or a score is called; its own name where a study brings one of its own."""
        text = words_in(self.language).get(key, key)
        return text.format(**filled) if filled else text

    def write(self, text: str) -> str:
        """Text of both languages in an order that display keeps."""
        return isolate(text) if self.language in RIGHT_TO_LEFT else text

    def camp(self, camp: str) -> str:
        """Label of a camp."""
        return self.camps.labels[camp][self.language] if camp in self.camps.labels else self.word(camp)

    def colour(self, camp: str) -> str:
        """Colour of a camp, grey for everybody else."""
        return COLOURS[self.camps.names.index(camp) % len(COLOURS)] if camp in self.camps.names else GREY


@dataclass(frozen=True, slots=True)
class _Score:
    """One score of an attribution in words, and the words of the document that decided it."""

    name: str
    value: str
    evidence: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class _Shown:
    """One attribution as far as it is shown, in offsets of the document."""

    id: str
    type: str
    cue: tuple[int, int] | None
    source: tuple[int, int] | None
    content: tuple[tuple[int, int], ...]
    speaker: str | None
    camp: str
    rule: str | None
    scores: tuple[_Score, ...] = ()

    def first(self) -> int:
        """Where its first word stands."""
        return min(start for start, _ in (*self.content, *(span for span in (self.cue, self.source) if span)))


@dataclass(frozen=True, slots=True)
class _Mark:
    """One marked stretch of the document, and how many lines are drawn between it and the words."""

    start: int
    end: int
    kind: Kind
    number: int
    shown: _Shown
    first: bool
    lines_above: int = 0
    says: str = ""  # the scores that the words are evidence of


def show_article(
    article: Article,
    attributions: pd.DataFrame | Iterable[Attribution | Mapping[str, Any]],
    camps: Camps | None = None,
    *,
    scores: bool = False,
    language: Language = "en",
) -> ArticleView:
    """Show an article with the source, cue and content of each attribution marked.

    Parameters
    ----------
    article
        The article.
    attributions
        A table of attributions, rows of a study's gold, or what `find_attributions` returned. Those of other articles are
        passed over, so the table of a whole corpus will do.
    camps
        The study's camps, which give colours and labels; Moscow, Washington and Astana where none are given.
    scores
        Whether to show act, engagement, sentiment, stance and frames as well, from a table that has them, such as
        `analyse` returns: a dashed line below the words that decided, and a list of the scores with these words below the
        article.
    language
        Language of labels, legend and scores; the article runs right to left in both.

    Returns
    -------
    ArticleView
        Contents have a solid line below them, sources a double and cues a dotted one, in the colour of the speaker's
        camp; a label tells kind, number and camp. A content inside another's has its line above the other's. The HTML
        holds no script, no style sheet and no address, all text is escaped, and the same input gives the same bytes.

    Raises
    ------
    DisplayError
        A span reaches beyond the document, or scores are wanted of attributions that have none.
    LanguageError
        There are no labels in this language.
    """
    legend = _Legend(camps or default_camps(), language)
    own = [one for one in _each(attributions) if _article_of(one) == article.id]
    shown = [_shown(one, _scores(one, legend) if scores else ()) for one in own]
    numbered = list(enumerate(sorted(shown, key=lambda one: one.first()), 1))
    paragraphs = _paragraphs(article, (0, len(article.document)), numbered, legend)
    paragraphs.append(_keys(numbered, legend, scores))
    if scores:
        paragraphs += _list_of_scores(numbered, article.document, legend)
    return ArticleView(_box(paragraphs), _plain(article, numbered, legend))


def show_statement(
    article: Article,
    attribution: Attribution | Mapping[str, Any],
    camps: Camps | None = None,
    *,
    remark: str = "",
    language: Language = "en",
) -> ArticleView:
    """Show one attribution in the sentences where it stands, marked as in `show_article`, with a remark below.

    Parameters
    ----------
    article
        The article that it comes from.
    attribution
        One attribution, row of a table or row of a study's gold.
    camps, language
        As in `show_article`.
    remark
        What is to be said of it, in any language; escaped like all text.

    Raises
    ------
    DisplayError
        The attribution is one of another article, or a span reaches beyond the document.
    LanguageError
        There are no labels in this language.
    """
    if _article_of(attribution) != article.id:
        raise DisplayError(f"The attribution is one of article '{_article_of(attribution)}', not of '{article.id}'.")
    legend = _Legend(camps or default_camps(), language)
    numbered = [(1, _shown(attribution, ()))]
    paragraphs = _paragraphs(article, _sentences_around(article.document, numbered[0][1]), numbered, legend)
    if remark:
        paragraphs.append(f'<p dir="auto" style="{_REMARK}">{escape(remark)}</p>')
    plain = _plain(article, numbered, legend)
    return ArticleView(_box(paragraphs), f"{plain}\n   {remark}" if remark else plain)


def _sentences_around(document: str, shown: _Shown) -> tuple[int, int]:
    """Where the sentences begin and end that hold every part of an attribution."""
    spans = [*shown.content, *(span for span in (shown.cue, shown.source) if span)]
    first, last = min(start for start, _ in spans), max(end for _, end in spans)
    edges = [0, *(gap.end() for gap in _BETWEEN_SENTENCES.finditer(document)), len(document)]
    return max(edge for edge in edges if edge <= first), min((edge for edge in edges if edge >= last), default=last)


def _paragraphs(
    article: Article, part: tuple[int, int], numbered: list[tuple[int, _Shown]], legend: _Legend
) -> list[str]:
    """Write the paragraphs of a part of the document, the title in bold."""
    document = article.document
    marks = _marks(numbered)
    for mark in marks:
        if not 0 <= mark.start < mark.end <= len(document):
            raise DisplayError(
                f"Attribution '{mark.shown.id}' has characters {mark.start} to {mark.end} as its {mark.kind}; the "
                f"document of article '{article.id}' has {len(document)}."
            )
    paragraphs = []
    start = 0
    for number, line in enumerate(document.split("\n")):
        begin, end = max(start, part[0]), min(start + len(line), part[1])
        if document[begin:end].strip():
            weight = ";font-weight:bold" if number == 0 and article.title else ""
            inside = _paragraph(document, begin, end, marks, legend)
            paragraphs.append(f'<p style="text-align:right;margin-block:0.6em{weight}">{inside}</p>')
        start += len(line) + 1
    return paragraphs


def _box(paragraphs: list[str]) -> str:
    return f'<div dir="rtl" lang="ar" style="{_BOX}">\n' + "\n".join(paragraphs) + "\n</div>"


def _each(attributions: pd.DataFrame | Iterable[Any]) -> Iterable[Any]:
    to_rows = getattr(attributions, "to_dict", None)
    return attributions if to_rows is None else to_rows("records")


def _article_of(one: Attribution | Mapping[str, Any]) -> str:
    return one.article_id if isinstance(one, Attribution) else str(one["article_id"])


def _shown(one: Attribution | Mapping[str, Any], scores: tuple[_Score, ...]) -> _Shown:
    """Read an attribution, a row of a table or a row for exchange, which names the spans as the words are named."""
    if isinstance(one, Attribution):
        pieces = tuple((piece.start, piece.end) for piece in one.content)
        spans = (_span(one.cue), _span(one.source), pieces)
        return _Shown(one.id, one.type, *spans, one.speaker, one.camp or OTHER, one.rule, scores)
    suffix = "_span" if "content_spans" in one else ""
    pieces = tuple((int(start), int(end)) for start, end in one["content_spans" if suffix else "content"])
    spans = (_pair(one.get(f"cue{suffix}")), _pair(one.get(f"source{suffix}")), pieces)
    details = (one.get("speaker"), one.get("camp") or OTHER, one.get("rule"))
    return _Shown(one["id"], one["type"], *spans, *details, scores)


def _scores(one: Attribution | Mapping[str, Any], legend: _Legend) -> tuple[_Score, ...]:
    """Put the scores of an attribution into words."""
    row: Mapping[str, Any] = {} if isinstance(one, Attribution) else one
    missing = [name for name in ("act", "engagement", "sentiment", "stance", "frames") if name not in row]
    if missing:
        raise DisplayError(f"There are no scores to show: no {', '.join(missing)}. discourse.analyse adds them.")
    values = {
        "engagement": [legend.word(f"act_{row['act']}"), legend.word(row["engagement"])],
        "sentiment": [legend.word(str(row["sentiment"]))],
        "stance": [legend.word(f"is_{side}", camp=legend.camp(c)) for c, side in (row["stance"] or {}).items()],
        "frames": [legend.word(f"frame_{frame}").removeprefix("frame_") for frame in row["frames"] or ()],
    }
    if not is_missing(row.get("axis_score")):
        axis = legend.word(f"axis_{row['axis']}").removeprefix("axis_")
        values["axis"] = [f"{axis} {legend.write(format(row['axis_score'], '+.1f'))}"]
    comma = legend.word("comma")
    return tuple(
        _Score(
            legend.word(f"score_{name}"),
            comma.join(value) or legend.word("none"),
            tuple((int(start), int(end)) for start, end in row.get(f"{name}_evidence") or ()),
        )
        for name, value in values.items()
    )


def _span(span: Span | None) -> tuple[int, int] | None:
    return None if span is None else (span.start, span.end)


def _pair(span: Any) -> tuple[int, int] | None:
    return (int(span[0]), int(span[1])) if isinstance(span, (list, tuple)) else None


def _marks(numbered: list[tuple[int, _Shown]]) -> list[_Mark]:
    """Give all marks, outer ones first, each with the lines of the marks inside it counted."""
    marks: list[_Mark] = []
    for number, one in numbered:
        spans: list[tuple[tuple[int, int] | None, Kind]] = [(span, "content") for span in one.content]
        for span, kind in (*spans, (one.source, "source"), (one.cue, "cue")):
            if span is not None:
                first = kind != "content" or span == one.content[0]
                marks.append(_Mark(*span, kind, number, one, first))
        evidence: dict[tuple[int, int], list[str]] = {}
        for score in one.scores:
            for span in score.evidence:
                evidence.setdefault(span, []).append(score.name)
        marks += [
            _Mark(*span, "evidence", number, one, False, says=", ".join(names)) for span, names in evidence.items()
        ]
    order = {"content": 0, "source": 1, "cue": 2, "evidence": 3}
    marks.sort(key=lambda mark: (mark.start, -mark.end, order[mark.kind], mark.number))
    levelled: list[_Mark] = []
    for place in range(len(marks) - 1, -1, -1):  # inner marks come behind the outer ones, so their lines are known
        mark = marks[place]
        above = 0
        for inner in reversed(levelled):
            if inner.start >= mark.end:
                break
            above = max(above, inner.lines_above + 1)
        levelled.append(replace(mark, lines_above=above))
    return levelled[::-1]


def _paragraph(document: str, start: int, end: int, marks: list[_Mark], legend: _Legend) -> str:
    """Write one paragraph; marks that cross are closed and opened again, so that elements always nest."""
    here = [mark for mark in marks if mark.start < end and mark.end > start]
    starts = {mark: max(mark.start, start) for mark in here}
    cuts = sorted({start, end, *starts.values(), *(mark.end for mark in here if mark.end < end)})
    written: list[str] = []
    open_marks: list[_Mark] = []
    for at, until in zip(cuts, [*cuts[1:], end], strict=True):
        ended = [place for place, mark in enumerate(open_marks) if mark.end <= at]
        if ended:
            again = [mark for mark in open_marks[ended[0] :] if mark.end > at]
            written.append("</span>" * (len(open_marks) - ended[0]))
            open_marks[ended[0] :] = again
            written += [_opening(mark, legend) for mark in again]
        for mark in here:
            if starts[mark] == at and at < end:
                open_marks.append(mark)
                label = _label(mark, legend) if mark.start == at and mark.first else ""
                written.append(_opening(mark, legend) + label)
        written.append(escape(document[at:until]))
    written.append("</span>" * len(open_marks))
    return "".join(written)


def _opening(mark: _Mark, legend: _Legend) -> str:
    colour = legend.colour(mark.shown.camp)
    style = f"border-bottom:{_LINES[mark.kind]} {colour};padding-bottom:{1 + 6 * mark.lines_above}px"
    if mark.kind == "content":
        style += f";background:{colour}1F"
    elif mark.kind == "source":
        style += ";font-weight:bold"
    about = [mark.shown.speaker or legend.word("no_speaker"), legend.word(mark.shown.type)]
    about += [legend.word("by_rule", rule=mark.shown.rule)] if mark.shown.rule else []
    told = mark.says if mark.kind == "evidence" else legend.word("comma").join(about)
    title = legend.write(f"{legend.word(mark.kind)} {mark.number}: {told}")
    return (
        f'<span data-kind="{mark.kind}" data-number="{mark.number}" title="{escape(title)}" '
        f'style="{style};box-decoration-break:clone;-webkit-box-decoration-break:clone">'
    )


def _label(mark: _Mark, legend: _Legend) -> str:
    words = f"{legend.word(mark.kind)} {mark.number}"
    if mark.kind == "content":
        words += f" · {legend.camp(mark.shown.camp)}"
    style = f"{_LABEL};background:{legend.colour(mark.shown.camp)}40"
    return f'<span {_labelled(legend)} style="{style}">{escape(legend.write(words))}</span>'


def _labelled(legend: _Legend) -> str:
    """Mark an element as our words, not those of the article, with its language and direction."""
    return f'data-label="" dir="{legend.direction}" lang="{legend.language}"'


def _keys(numbered: list[tuple[int, _Shown]], legend: _Legend, scores: bool) -> str:
    """Name the lines and the camps that occur."""
    lines = [(kind, line) for kind, line in _LINES.items() if scores or kind != "evidence"]
    keys = [f'<span style="border-bottom:{line} {GREY}">{escape(legend.word(kind))}</span>' for kind, line in lines]
    occurring = {one.camp for _, one in numbered}
    for camp in [name for name in (*legend.camps.names, OTHER) if name in occurring] + sorted(
        occurring - {*legend.camps.names, OTHER}
    ):
        colour = legend.colour(camp)
        keys.append(
            f'<span style="border-bottom:2px solid {colour};background:{colour}1F">{escape(legend.camp(camp))}</span>'
        )
    style = f"text-align:start;{_SMALL};line-height:2;margin-block:0.8em 0"
    return f'<p {_labelled(legend)} style="{style}">' + " &nbsp; ".join(keys) + "</p>"


def _list_of_scores(numbered: list[tuple[int, _Shown]], document: str, legend: _Legend) -> list[str]:
    """The scores of every attribution, each with the words that decided it, one paragraph an attribution."""
    style = f"text-align:start;{_SMALL};line-height:1.8;margin-block:0.2em"
    made = []
    for number, one in numbered:
        parts = []
        for score in one.scores:
            words = "، ".join(dict.fromkeys(document[start:end] for start, end in score.evidence))
            quoted = f' (<bdi lang="ar" dir="rtl">{escape(words)}</bdi>)' if words else ""
            parts.append(f"{escape(score.name)}: {escape(score.value)}{quoted}")
        listed = " · ".join(parts)
        made.append(f'<p {_labelled(legend)} style="{style}">{legend.write(f"{number}.")} {listed}</p>')
    return made


def _plain(article: Article, numbered: list[tuple[int, _Shown]], legend: _Legend) -> str:
    lines = [legend.word("attributions_of", article=article.id, n=str(len(numbered)))]
    for number, one in numbered:
        words = " ".join(article.document[start:end] for start, end in one.content).replace("\n", " ")
        who = f"{one.speaker or '-'} ({legend.camp(one.camp)}{legend.word('comma')}{legend.word(one.type)})"
        lines.append(f"{number}. {who}: {words}")
        lines += [f"   {score.name}: {score.value}" for score in one.scores]
    return "\n".join(lines)
