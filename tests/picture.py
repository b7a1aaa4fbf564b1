"""Make docs/marked-up-article.png for the README: `python -m tests.picture`, with Debian's chromium and fonts-noto-core.

With a folder as argument, `python -m tests.picture FOLDER`, pages and pictures go there instead, the dark theme as well.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from html import escape
from pathlib import Path

import discourse
from discourse.corpus import Article

DOCS = Path(__file__).resolve().parents[1] / "docs"
WIDTH = 1000
SCALE = 1.2  # 1200 pixels in the end
ARTICLE = Article(
    "marked-up-article",
    "الكرملين: لا موعد بعد لانتهاء المهمة",
    "قال المتحدث باسم الكرملين دميتري بيسكوف إن القوات «ستبقى أياما لا أسابيع»، مضيفا أن موسكو تلقت طلبا رسميا من نور سلطان. "
    "وزعمت وزارة الخارجية الأمريكية أن الطلب جاء متأخرا، بينما أكد الرئيس الكازاخستاني قاسم جومارت توكاييف أن "
    "موسكو تعهدت بسحب قواتها قريبا.",
    "صحيفة مصنوعة للمثال",
)
COLUMNS = ["speaker", "camp", "type", "cue", "engagement", "sentiment", "content"]
THEMES = {"light": ("#ffffff", "#1a1a1a", "#dddddd"), "dark": ("#111111", "#e6e6e6", "#444444")}
BROWSER = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--hide-scrollbars"),
)


def page(theme: str) -> str:
    """Give one page with the marked-up article and its table."""
    table = discourse.analyse([ARTICLE]).sort_values("cue_span", key=lambda spans: spans.map(lambda span: span[0]))
    view = discourse.show_article(ARTICLE, table)
    back, text, line = THEMES[theme]
    cell = f"border-bottom:1px solid {line};padding:0.45em 0.6em;text-align:left;vertical-align:top"
    head = "".join(f'<th style="{cell}">{name}</th>' for name in COLUMNS)
    rows = "".join(
        "<tr>" + "".join(f'<td style="{cell}" dir="auto">{escape(row[name] or "–")}</td>' for name in COLUMNS) + "</tr>"
        for row in table[COLUMNS].astype(object).to_dict("records")
    )
    return (
        '<!doctype html><meta charset="utf-8">'
        f"<body style=\"margin:28px 36px;background:{back};color:{text};font-family:'Noto Sans Arabic',sans-serif\">"
        f"{view.html}"
        f'<table style="border-collapse:collapse;font-size:0.85em;margin-top:1em"><tr>{head}</tr>{rows}</table></body>'
    )


def photograph(html: str, picture: Path, height: int) -> None:
    """Let a browser without a window paint a page."""
    browser = shutil.which("chromium")
    if browser is None:
        sys.exit("tests.picture needs a browser: apt-get install chromium fonts-noto-core")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(html, encoding="utf-8")
        size = f"--window-size={WIDTH},{height}"
        options = (f"--user-data-dir={folder}/profile", size, f"--force-device-scale-factor={SCALE}")
        command = [browser, *BROWSER, *options, f"--screenshot={picture}", str(path)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)


def trim(picture: Path) -> None:
    """Cut the empty foot of a picture."""
    import numpy as np
    from PIL import Image

    image = Image.open(picture).convert("RGB")
    used = (np.asarray(image) != np.asarray(image)[-1, 0]).any(axis=(1, 2)).nonzero()[0]
    image.crop((0, 0, image.width, int(used.max()) + 24)).save(picture, optimize=True)


def main(arguments: list[str]) -> None:
    """Write the picture for the README, or both themes into a folder."""
    targets = {"light": DOCS / "marked-up-article.png"}
    if arguments:
        targets = {theme: Path(arguments[0]) / f"{theme}.png" for theme in THEMES}
    for theme, picture in targets.items():
        picture.parent.mkdir(parents=True, exist_ok=True)
        photograph(page(theme), picture, 1600)
        trim(picture)
        print(picture)


if __name__ == "__main__":
    main(sys.argv[1:])
