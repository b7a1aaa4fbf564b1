"""A report for readers who run no code: figures, tables, the statements behind each number, and what was checked.

One HTML file without script or anything from elsewhere; every text is escaped.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from math import isnan
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes

import discourse
from discourse.canvas import drawn_tables, name_of, number, save_figure, write
from discourse.corpus import Article
from discourse.digests import digest, lexicon_digest
from discourse.estimates import rows_behind
from discourse.evidence import show_evidence
from discourse.languages import RIGHT_TO_LEFT, Language, words_in
from discourse.overview import draw_overview, with_classes
from discourse.receipts import Receipt, receipt_of
from discourse.speakers import Camps, default_camps
from discourse.tables import replacing
from discourse.validity import PHASES, validity_of

_MOST = 10  # statements that are shown behind a number
_SPOKEN = 12  # numbers that an alternative text holds; more are left to the table
_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, "Noto Naskh Arabic", sans-serif; background: Canvas; color: CanvasText; }
main { max-width: 60rem; margin: 0 auto; padding: 0 0.5rem; }
h1, h2, h3 { line-height: 1.3; }
h2 { border-bottom: 1px solid #80808080; margin-block-start: 2.5rem; }
figure { margin: 1.5rem 0; break-inside: avoid; }
figure img { display: block; width: 100%; height: auto; background: #fff; border-radius: 4px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin-block: 0.5rem; font-variant-numeric: tabular-nums; }
caption, figcaption { text-align: start; font-weight: bold; }
th, td { padding: 0.2rem 0.7rem; border-bottom: 1px solid #80808060; text-align: start; vertical-align: top; }
th { font-weight: normal; }
thead th { font-weight: bold; }
tr { break-inside: avoid; }
.number { text-align: right; }
td.number { white-space: nowrap; }
summary { cursor: pointer; }
details details { margin-inline-start: 1.2rem; }
.note { border-inline-start: 4px solid #d55e00; padding-inline-start: 0.8rem; }
.gap { font-style: italic; }
code { overflow-wrap: anywhere; }
@media print {
  nav { display: none; }
  main { max-width: none; padding: 0; }
  h2, h3, caption, figcaption { break-after: avoid; }
  figure img { width: auto; max-width: 100%; max-height: 85vh; }
}
"""


def write_report(
    table: pd.DataFrame,
    path: str | Path,
    *,
    articles: Iterable[Article] = (),
    camps: Camps | None = None,
    codes: pd.DataFrame | None = None,
    language: Language = "en",
) -> None:
    """Write a report on a table of attributions as one HTML file, which needs nothing else to be read or printed.

    Parameters
    ----------
    table
        Attributions, as from `read_table` or `analyse`.
    path
        The file to write.
    articles
        The articles that they come from; with them, each statement behind a number opens onto its passage.
    camps
        The study's camps; Moscow, Washington and Astana where none are given.
    codes
        From `read_coding`: the section on validity says how far persons agree with the machine, and with each other.
    language
        Language of the report.

    Raises
    ------
    EstimateError
        The table has no row to count.
    EvidenceError
        An article is not the one that a statement was found in.
    """
    camps = camps or default_camps()
    table = with_classes(table, camps)
    drawn = draw_overview(table, camps, language)
    page = _Page(table, camps, language, {article.id: article for article in articles})
    receipts = {name: receipt_of(drawn_tables(ax)) for name, ax in drawn.items()}
    parts = [
        *page.heading(),
        *page.section("figures", page.figures(drawn)),
        *page.section("tables", page.tables(drawn)),
        *page.section("validity", page.validity(validity_of(table, codes))),
        *page.section("made", page.made(list(receipts.values()))),
    ]
    direction = "rtl" if language in RIGHT_TO_LEFT else "ltr"
    title = escape(page.words["report_title"])
    text = (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n" + "\n".join(parts) + "\n"
        "</main>\n</body>\n</html>\n"
    )
    with replacing(Path(path)) as part:
        part.write_text(text, encoding="utf-8", newline="")
    for ax in drawn.values():
        plt.close(ax.get_figure(root=True))


class _Page:
    """The parts of a report on one table in one language."""

    def __init__(self, table: pd.DataFrame, camps: Camps, language: Language, articles: Mapping[str, Article]) -> None:
        self.table = table
        self.camps = camps
        self.language = language
        self.articles = articles
        self.words = words_in(language)
        self.labels = {name: names[language] for name, names in camps.labels.items()}

    def say(self, key: str, **filled: object) -> str:
        """Our words, escaped, and filled with others' words."""
        text = self.words[key].format(**filled) if filled else self.words[key]
        return escape(write(text, self.language))

    def name(self, value: object) -> str:
        """The label of a class, escaped; the value itself where it has none."""
        return escape(name_of(value, self.labels, self.words))

    def heading(self) -> Iterator[str]:
        table, days = self.table, self.table["date"].dropna()
        period = self.words["no_period"]
        if len(days):
            period = self.words["period"].format(first=str(days.min())[:10], last=str(days.max())[:10])
        n_outlets = table["outlet"].nunique()
        size = {"n": len(table), "n_articles": table["article_id"].nunique(), "n_outlets": n_outlets}
        yield f"<h1>{self.say('report_title')}</h1>"
        yield f"<p>{self.say('report_lead' if n_outlets else 'report_no_outlet', **size, period=period)}</p>"
        yield f'<p class="note">{self.say("report_labels")}</p>'
        sections = ("figures", "tables", "validity", "made")
        links = "".join(f'<li><a href="#{name}">{self.say(f"report_{name}")}</a></li>' for name in sections)
        yield f'<nav aria-label="{self.say("report_contents")}"><ul>{links}</ul></nav>'

    def section(self, name: str, parts: Iterable[str]) -> Iterator[str]:
        yield f'<section id="{name}">\n<h2>{self.say(f"report_{name}")}</h2>'
        yield from parts
        yield "</section>"

    def figures(self, drawn: Mapping[str, Axes]) -> Iterator[str]:
        with TemporaryDirectory() as folder:
            for name, ax in drawn.items():
                picture, *_ = save_figure(ax, Path(folder) / name, ("svg",), source=())
                data = b64encode(picture.read_bytes()).decode("ascii")
                (estimates,) = drawn_tables(ax)
                shares = "; ".join(f"{self._of(row)} {row['estimate']:.0%}" for _, row in estimates.iterrows())
                few = len(estimates) <= _SPOKEN
                alt = self.say("alt" if few else "alt_table", title=self.words[name], shares=shares)
                yield (
                    f"<figure><figcaption>{self.say(name)}</figcaption>"
                    f'<img src="data:image/svg+xml;base64,{data}" alt="{alt}"></figure>'
                )

    def tables(self, drawn: Mapping[str, Axes]) -> Iterator[str]:
        for name, ax in drawn.items():
            (estimates,) = drawn_tables(ax)
            classes = list(estimates.columns[: estimates.columns.get_loc("count")])
            numbers = ("share_of", "interval", "count_column", "articles", "outlets")
            heads = [f'<th scope="col">{self.say(head)}</th>' for head in classes]
            heads += [f'<th scope="col" class="number">{self.say(head)}</th>' for head in numbers]
            yield f'<div class="wide"><table><caption>{self.say(name)}</caption><thead><tr>'
            yield "".join(heads) + "</tr></thead><tbody>"
            for _, row in estimates.iterrows():
                of = (f"{row['count']} / {row['n']}", row["n_articles"], row["n_outlets"])
                cells = [f"{row['estimate']:.0%}", self._interval(row["ci_low"], row["ci_high"]), *map(str, of)]
                yield "<tr>" + "".join(f'<th scope="row">{self.name(row[name])}</th>' for name in classes)
                yield "".join(f'<td class="number" dir="ltr">{escape(cell)}</td>' for cell in cells) + "</tr>"
            yield "</tbody></table></div>"
            yield f"<details><summary>{self.say('behind_each')}</summary>"
            for _, row in estimates[estimates["count"] > 0].iterrows():
                behind = rows_behind(self.table, row)
                shown = behind["article_id"].head(_MOST)
                articles = [self.articles[key] for key in dict.fromkeys(shown) if key in self.articles]
                view = show_evidence(behind, articles, self.camps, most=_MOST, language=self.language)
                share = escape(write(f"{row['estimate']:.0%}", self.language))
                yield f"<details><summary>{escape(self._of(row))}: {share}</summary>\n{view.html}\n</details>"
            yield "</details>"

    def validity(self, steps: pd.DataFrame) -> Iterator[str]:
        yield f"<p>{self.say('validity_note')}</p>"
        for phase in PHASES:
            yield f'<div class="wide"><table><caption>{self.say(phase)}</caption><thead><tr>'
            yield "".join(f'<th scope="col">{self.say(head)}</th>' for head in ("column_step", "column_finding"))
            yield "</tr></thead><tbody>"
            for _, step in steps[steps["phase"] == phase].iterrows():
                variable = "" if step["variable"] is None else self._variable(step["variable"])
                name = self.say(f"check_{step['check']}", variable=variable)
                found = self._found(step) if step["done"] else self._gap(step)
                kind = "found" if step["done"] else "gap"
                yield f'<tr class="{kind}"><th scope="row">{name}</th><td>{found}</td></tr>'
            yield "</tbody></table></div>"

    def made(self, receipts: list[Receipt]) -> Iterator[str]:
        lexicon = digest(lexicon_digest(scoring=False).encode(), lexicon_digest(scoring=True).encode())[:8]
        yield f"<p>{self.say('report_version', version=discourse.__version__, lexicon=_ordered(lexicon))}</p>"
        for name, items in receipts[0].inputs.items():
            taken = digest(str(sorted(items.items())).encode())[:8]
            yield f"<p>{self.say('report_input', name=name, n=len(items), digest=_ordered(taken))}</p>"
        calls = "".join(f'<li><code dir="ltr">{escape(call)}</code></li>' for one in receipts for call in one.calls)
        yield f"<p>{self.say('report_calls')}</p><ol>{calls}</ol>"

    def _of(self, row: pd.Series) -> str:
        """What a row of estimates is of, in words."""
        names = list(row.index[: row.index.get_loc("count")])
        return self.words["comma"].join(name_of(row[name], self.labels, self.words) for name in names)

    def _variable(self, variable: str) -> str:
        """Name what was coded: one of our variables, or one code of several that may hold together."""
        name, _, one = variable.partition(":")
        code = self.words.get(f"frame_{one}", one)
        return self.words.get(name, name) + (f" ({code})" if one else "")

    def _interval(self, low: float, high: float) -> str:
        return self.words["no_bounds"] if isnan(low) else f"{low:.0%}–{high:.0%}"

    def _gap(self, step: pd.Series) -> str:
        what = self.words[f"gap_{step['check']}"].format(by=self._coders(step), n=step["n"])
        return self.say("not_checked", what=what)

    def _coders(self, step: pd.Series) -> str:
        return self.words["comma"].join(map(_ordered, step["by"] or ()))

    def _found(self, step: pd.Series) -> str:
        key = "found_agreement" if step["check"] in ("human", "coders") else f"found_{step['check']}"
        detail = step["detail"]
        filled = {
            "n": step["n"],
            "by": self._coders(step),
            "percent": "" if step["percent"] is None else f"{step['percent']:.0%}",
            "alpha": "" if step["estimate"] is None else self._alpha(step),
            "detail": f"{detail:.2f}" if isinstance(detail, float) else str(detail),
        }
        return self.say(key, **filled)

    def _alpha(self, step: pd.Series) -> str:
        if isnan(step["estimate"]):
            return self.words["no_alpha"]
        bounds = {name: number(step[key]) for name, key in (("estimate",) * 2, ("low", "ci_low"), ("high", "ci_high"))}
        return self.words["alpha_alone" if isnan(step["ci_low"]) else "alpha"].format(**bounds)


def _ordered(name: str) -> str:
    """Isolate a name or digest as one run, since it may hold letters and digits in any order."""
    return f"\u2068{name}\u2069"
