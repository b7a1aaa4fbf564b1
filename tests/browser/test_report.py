"""The report in a browser: nothing is fetched, figures are drawn, numbers open, Arabic runs right to left, and all is legible."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page

import discourse
from discourse.languages import LANGUAGES, Language
from tests.browser.conftest import save_screenshot
from tests.browser.reading import direction_of, least_contrast

LEAST = 4.5  # contrast of text, WCAG 2.2, success criterion 1.4.3
WHO = ("الكرملين", "البيت الأبيض", "وزير الخارجية الكازاخستاني", "مدير المدرسة")
ARTICLES = [
    discourse.Article(
        f"a-{n}",
        "جسر <b>جديد</b>",
        f"أعلن {WHO[n % 4]} صباح أمس أن الجسر رقم {n} مفتوح أمام السيارات. وقال {WHO[(n + 1) % 4]} إن الطريق طويل.",
        ("المنارة", "الرصيف", "Courier")[n % 3],
        date(2022, 1, 3 + n),
    )
    for n in range(16)
]


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return discourse.analyse(ARTICLES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_report(page: Page, table: pd.DataFrame, tmp_path: Path, language: Language) -> None:
    discourse.write_report(table, tmp_path / "report.html", articles=ARTICLES, language=language)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "report.html").as_uri())
    assert [url for url in asked if not url.startswith("data:")] == [(tmp_path / "report.html").as_uri()]
    assert page.locator("figure img").evaluate_all("all => all.map(one => one.naturalWidth > 100)") == [True] * 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "the page runs over its side"
    save_screenshot(page, f"report-{language}-top")
    for level in ("#tables > details", "#tables > details > details", "#tables details details details"):
        page.locator(f"{level} > summary").first.click()
    assert page.locator("#tables mark").first.is_visible()
    assert page.locator("#validity tr.gap").count() >= 10
    if language == "ar":
        reading = direction_of(page.locator("main"))
        assert reading.faults == [] and reading.pairs >= 100 and reading.starts >= 50
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert least_contrast(page.locator("main"))[0] >= LEAST, scheme
        save_screenshot(page, f"report-{language}-{scheme}")
    page.emulate_media(media="print", color_scheme="light")
    assert least_contrast(page.locator("main"), printed=True)[0] >= LEAST
    assert not page.locator("nav").is_visible()
    assert page.pdf().startswith(b"%PDF-")
