"""Show an article with its attributions marked, right to left, wherever a notebook is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Literal

from discourse.attribution import Attribution
from discourse.corpus import Article
from discourse.speakers import OTHER, Camps, default_camps

if TYPE_CHECKING:
    import pandas as pd

    from discourse.text import Span

# The colours of `discourse.plots`, in the order of the camps; grey instead of black, which a dark page would swallow.
COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8A6D3B")
GREY = "#808080"

Kind = Literal["content", "source", "cue"]

# Every style stands in its element: notebooks that are not trusted, and pages that embed one, drop style sheets.
_LINES: dict[Kind, str] = {"content": "2px solid", "source": "4px double", "cue": "2px dotted"}
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


def show_article(
    article: Article,
    attributions: pd.DataFrame | Iterable[Attribution | Mapping[str, Any]],
    camps: Camps | None = None,
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

    Returns
    -------
    ArticleView
        Contents have a solid line below them, sources a double and cues a dotted one, in the colour of the speaker's
        camp; a label tells kind, number and camp. A content inside another's has its line above the other's. The HTML
        holds no script, no style sheet and no address, all text is escaped, and the same input gives the same bytes.

    Raises
    ------
    DisplayError
        A span reaches beyond the document.
    """
    camps = camps or default_camps()
    document = article.document
    shown = sorted(
        (one for one in map(_shown, _each(attributions)) if one[0] == article.id), key=lambda one: one[1].first()
    )
    numbered = [(number, one) for number, (_, one) in enumerate(shown, 1)]
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
        end = start + len(line)
        if line.strip():
            weight = ";font-weight:bold" if number == 0 and article.title else ""
            inside = _paragraph(document, start, end, marks, camps)
            paragraphs.append(f'<p style="text-align:right;margin-block:0.6em{weight}">{inside}</p>')
        start = end + 1
    html = (
        f'<div dir="rtl" lang="ar" style="{_BOX}">\n' + "\n".join([*paragraphs, _legend(numbered, camps)]) + "\n</div>"
    )
    return ArticleView(html, _plain(article, numbered, camps))


def _each(attributions: pd.DataFrame | Iterable[Any]) -> Iterable[Any]:
    to_rows = getattr(attributions, "to_dict", None)
    return attributions if to_rows is None else to_rows("records")


def _shown(one: Attribution | Mapping[str, Any]) -> tuple[str, _Shown]:
    """Read an attribution, a row of a table or a row for exchange, which names the spans as the words are named."""
    if isinstance(one, Attribution):
        pieces = tuple((piece.start, piece.end) for piece in one.content)
        spans = (_span(one.cue), _span(one.source), pieces)
        return one.article_id, _Shown(one.id, one.type, *spans, one.speaker, one.camp or OTHER, one.rule)
    suffix = "_span" if "content_spans" in one else ""
    pieces = tuple((int(start), int(end)) for start, end in one["content_spans" if suffix else "content"])
    spans = (_pair(one.get(f"cue{suffix}")), _pair(one.get(f"source{suffix}")), pieces)
    details = (one.get("speaker"), one.get("camp") or OTHER, one.get("rule"))
    return str(one["article_id"]), _Shown(one["id"], one["type"], *spans, *details)


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
    order = {"content": 0, "source": 1, "cue": 2}
    marks.sort(key=lambda mark: (mark.start, -mark.end, order[mark.kind], mark.number))
    levelled: list[_Mark] = []
    for place in range(len(marks) - 1, -1, -1):  # inner marks come behind the outer ones, so their lines are known
        mark = marks[place]
        above = 0
        for inner in reversed(levelled):
            if inner.start >= mark.end:
                break
            above = max(above, inner.lines_above + 1)
        levelled.append(_Mark(mark.start, mark.end, mark.kind, mark.number, mark.shown, mark.first, above))
    return levelled[::-1]


def _paragraph(document: str, start: int, end: int, marks: list[_Mark], camps: Camps) -> str:
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
            written += [_opening(mark, camps) for mark in again]
        for mark in here:
            if starts[mark] == at and at < end:
                open_marks.append(mark)
                label = _label(mark, camps) if mark.start == at and mark.first else ""
                written.append(_opening(mark, camps) + label)
        written.append(escape(document[at:until]))
    written.append("</span>" * len(open_marks))
    return "".join(written)


def _opening(mark: _Mark, camps: Camps) -> str:
    colour = _colour(mark.shown.camp, camps)
    style = f"border-bottom:{_LINES[mark.kind]} {colour};padding-bottom:{1 + 6 * mark.lines_above}px"
    if mark.kind == "content":
        style += f";background:{colour}1F"
    elif mark.kind == "source":
        style += ";font-weight:bold"
    about = f"{mark.kind} {mark.number}: {mark.shown.speaker or 'no listed speaker'}, {mark.shown.type}"
    about += f", rule {mark.shown.rule}" if mark.shown.rule else ""
    return (
        f'<span data-kind="{mark.kind}" data-number="{mark.number}" title="{escape(about)}" '
        f'style="{style};box-decoration-break:clone;-webkit-box-decoration-break:clone">'
    )


def _label(mark: _Mark, camps: Camps) -> str:
    words = f"{mark.kind} {mark.number}"
    if mark.kind == "content":
        words += f" · {_camp(mark.shown.camp, camps)}"
    back = f"background:{_colour(mark.shown.camp, camps)}40"
    return f'<span data-label="" dir="ltr" lang="en" style="{_LABEL};{back}">{escape(words)}</span>'


def _legend(numbered: list[tuple[int, _Shown]], camps: Camps) -> str:
    """Name the lines and the camps that occur."""
    keys = [f'<span style="border-bottom:{line} {GREY}">{kind}</span>' for kind, line in _LINES.items()]
    occurring = {one.camp for _, one in numbered}
    for camp in [name for name in (*camps.names, OTHER) if name in occurring] + sorted(
        occurring - {*camps.names, OTHER}
    ):
        colour = _colour(camp, camps)
        keys.append(
            f'<span style="border-bottom:2px solid {colour};background:{colour}1F">{escape(_camp(camp, camps))}</span>'
        )
    style = "text-align:left;font-family:sans-serif;font-size:0.7em;line-height:2;margin-block:0.8em 0"
    return f'<p data-label="" dir="ltr" lang="en" style="{style}">' + " &nbsp; ".join(keys) + "</p>"


def _plain(article: Article, numbered: list[tuple[int, _Shown]], camps: Camps) -> str:
    lines = [f"article {article.id}: {len(numbered)} attributions"]
    for number, one in numbered:
        words = " ".join(article.document[start:end] for start, end in one.content).replace("\n", " ")
        lines.append(f"{number}. {one.speaker or '-'} ({_camp(one.camp, camps)}, {one.type}): {words}")
    return "\n".join(lines)


def _colour(camp: str, camps: Camps) -> str:
    return COLOURS[camps.names.index(camp) % len(COLOURS)] if camp in camps.names else GREY


def _camp(camp: str, camps: Camps) -> str:
    return camps.labels[camp]["en"] if camp in camps.labels else camp
