"""Views as a browser shows them: right to left, legible in the dark and on paper, and of an article's markup only text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Literal

import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune as markdown2html
from playwright.sync_api import Page

from discourse import Article, analyse, concordance, show_article, show_evidence
from discourse.languages import Language
from tests.browser.conftest import SCREENSHOTS, save_screenshot
from tests.browser.lab import ROOT, watched
from tests.browser.reading import direction_of, least_contrast

# Constructed, with what a hostile page could hold.
HOSTILE = [
    "<script>window.hit = 1</script>",
    "<img src=x onerror='window.hit = 2'>",
    '"><svg onload="window.hit = 3">',
    '</div></details></td><h1 id="mine">',
    "<style>* { display: none }</style>",
    "<a href='javascript:window.hit = 4'>",
]
ARTICLE = Article(
    "a-1",
    f"عنوان {HOSTILE[0]}",
    "\n".join(
        f"قال الوزير الروسي {words} إن الاتفاق رقم {number} (Alpha {number}) {words} جاهز للتوقيع {words}."
        for number, words in enumerate(HOSTILE, 1)
    )
    + "\nوزعم البيت الأبيض أن موسكو أعلنت أن 30% من الاتفاق باق.",
    "ufuq <script>window.hit = 5</script>",
    date(2022, 1, 9),
)
TABLE = analyse([ARTICLE])
VIEWS: dict[str, Callable[[Language], str]] = {
    "article": lambda language: show_article(ARTICLE, TABLE, language=language).html,
    "evidence": lambda language: show_evidence(TABLE, [ARTICLE], language=language).html,
    "concordance": lambda language: concordance(TABLE, "اتفاق", width=200, language=language).html,
}
LEGIBLE = 4.5  # WCAG 2.2, success criterion 1.4.3


def show(page: Page, html: str, scheme: str = "light") -> None:
    """Show a view on a page with nothing else, every statement opened."""
    page.set_content(f'<!doctype html><html lang="en" style="color-scheme:{scheme}"><body>{html}</body></html>')
    page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("view", VIEWS)
def test_an_articles_markup_is_text_and_nothing_runs(page: Page, view: str, language: Language) -> None:
    with watched(page, "about:blank") as noted:
        show(page, VIEWS[view](language))
        page.wait_for_timeout(200)
        assert noted == [] and page.evaluate("window.hit") is None
    assert page.locator("script, img, svg, style, h1, a").count() == 0
    shown = page.locator("body").inner_text()
    told = {"article": HOSTILE, "evidence": HOSTILE[1:3], "concordance": HOSTILE[1:2]}[view]
    assert [words for words in told if words not in shown.replace("\xa0", " ")] == []


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize("view", VIEWS)
def test_views_read_right_to_left_and_can_be_read(
    page: Page, view: str, scheme: Literal["light", "dark", "print"]
) -> None:
    if scheme == "print":
        page.emulate_media(media="print")
    for language in ("en", "ar"):
        show(page, VIEWS[view](language), "light" if scheme == "print" else scheme)
        reading = direction_of(page.locator("body > *").first)
        assert reading.faults == [] and reading.pairs >= 10
        ratio, words = least_contrast(page.locator("body"), printed=scheme == "print")
        assert ratio >= LEGIBLE, f"{words}: {ratio:.1f}"
        save_screenshot(page, f"view-{view}-{language}-{scheme}")
    if scheme == "print":
        page.pdf(path=SCREENSHOTS / f"view-{view}.pdf")


def test_what_follows_a_match_stands_on_its_left(page: Page) -> None:
    show(page, VIEWS["concordance"]("en"))
    left = (
        page.locator("tr").nth(1).locator("td").evaluate_all("all => all.map(one => one.getBoundingClientRect().left)")
    )
    assert left[0] > left[1] > left[2]
    lines = page.locator("td b").evaluate_all("all => all.map(one => one.getClientRects().length)")
    assert set(lines) == {1}, "a match is broken into lines"


def test_the_arabic_readme_reads_right_to_left_and_its_code_left_to_right(page: Page) -> None:
    show(page, markdown2html((ROOT / "README.ar.md").read_text(encoding="utf-8")))
    parts = page.locator('body > div[dir="rtl"]')
    looked_at = [direction_of(part) for part in parts.all()]
    assert [fault for reading in looked_at for fault in reading.faults] == []
    assert sum(reading.pairs for reading in looked_at) >= 300 and sum(reading.starts for reading in looked_at) >= 50
    directions = page.locator("pre").evaluate_all("all => all.map(one => getComputedStyle(one).direction)")
    assert len(directions) >= 4 and set(directions) == {"ltr"}


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_that_runs_left_to_right_would_be_seen(page: Page, view: str) -> None:
    html = VIEWS[view]("en")
    for right, left in (('dir="rtl"', 'dir="ltr"'), ("direction:rtl", "direction:ltr"), ("align:right", "align:left")):
        html = html.replace(right, left)
    show(page, html.replace(' dir="ltr"', ""))
    faults = direction_of(page.locator("body > *").first).faults
    assert "its direction is not right to left" in faults and any("stands right of" in fault for fault in faults)


def test_words_that_cannot_be_told_from_the_ground_would_be_seen(page: Page) -> None:
    show(page, '<p>لون واضح</p><p style="color:#999">لون باهت</p><p style="color:white;background:black">نص</p>')
    ratio, words = least_contrast(page.locator("body"))
    assert words == "لون باهت" and ratio == pytest.approx(
        2.85, abs=0.01
    )  # as contrast checkers have it for #999 on white
    assert least_contrast(page.locator("body"), printed=True)[0] == pytest.approx(1)
