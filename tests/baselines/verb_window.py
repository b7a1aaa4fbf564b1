"""A reporting verb, what stands after it, and keywords for camps: the method that a first script would use."""

from __future__ import annotations

import re
from typing import Any

from discourse.corpus import Article

_STEMS = (
    *("قال", "أضاف", "أعلن", "أكد", "ذكر", "أوضح", "صرح", "صرّح", "كشف", "أشار", "لفت", "شدد", "شدّد", "اعتبر", "رأى"),
    *("توقع", "دعا", "طالب", "حذر", "حذّر", "رحب", "رحّب", "أدان", "نفى", "رفض", "أيد", "أيّد", "انتقد", "اتهم", "زعم"),
    *("تعهد", "هدد", "هدّد", "نقل", "تابع", "يقول", "تقول", "يؤكد", "تؤكد", "يرى", "ترى", "يعتبر", "تعتبر"),
    *("مضيفا", "مشيرا", "مؤكدا", "موضحا", "معتبرا", "محذرا", "داعيا", "لافتا", "مشددا"),
)
VERB = re.compile(rf"(?<!\w)[وف]?(?:{'|'.join(_STEMS)})(?:ت|وا|ً|ة|ةً)?(?!\w)")
QUOTE = re.compile(r"«([^«»]+)»|“([^“”]+)”|\"([^\"\n]+)\"")
_SENTENCE_END = re.compile(r"[.!?؟\n]")
_OPENING = re.compile(r"(?<!\w)(?:ب|ل)?[أإا]ن(?:ه|ها|هم|نا|ني)?(?!\w)")
_WINDOW = 70  # characters between the verb and what opens its content

CAMPS = {
    "moscow": ("موسكو", "الكرملين", "روسيا", "الروسي", "الروسية", "بوتين", "لافروف", "بيسكوف", "زاخاروفا", "ميدفيديف"),
    "washington": ("واشنطن", "البيت الأبيض", "أمريكا", "أميركا", "الأمريكي", "الأميركي", "الولايات المتحدة", "بايدن"),
    "astana": ("أستانا", "نور سلطان", "كازاخستان", "الكازاخستاني", "الكازاخي", "توكاييف", "توكايف", "نزارباييف"),
}


def camp_of(words: str) -> str:
    """Give the camp whose keyword comes first."""
    found = [(words.find(key), camp) for camp, keys in CAMPS.items() for key in keys if key in words]
    return min(found)[1] if found else "other"


def find(article: Article) -> list[dict[str, Any]]:
    """Find attributions as rows for exchange."""
    document = article.document
    rows: list[dict[str, Any]] = []
    verbs = list(VERB.finditer(document))
    for verb in verbs:
        stop = _SENTENCE_END.search(document, verb.end())
        end = stop.start() if stop else len(document)
        quote = QUOTE.search(document, verb.end(), min(len(document), verb.end() + _WINDOW + 600))
        opening = _OPENING.search(document, verb.end(), min(end, verb.end() + _WINDOW))
        if quote and quote.start() - verb.end() <= _WINDOW and not (opening and opening.start() < quote.start() - 12):
            start, end = next(span for span in (quote.span(1), quote.span(2), quote.span(3)) if span != (-1, -1))
            between, kind = document[verb.end() : quote.start()], "direct"
        else:
            start = opening.start() if opening else verb.end()
            following = next((other.start() for other in verbs if start < other.start() < end), end)
            end = following
            between = document[verb.end() : start]
            kind = "mixed" if QUOTE.search(document, start, end) else "indirect"
        piece = document[start:end]
        start, end = start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip(" ،,"))
        if end <= start:
            continue
        source = between.strip(" ،,:")
        place = document.find(source, verb.end()) if source else -1
        rows.append(
            {
                "article_id": article.id,
                "id": str(len(rows)),
                "type": kind,
                "cue": list(verb.span()),
                "source": [place, place + len(source)] if source else None,
                "content": [[start, end]],
                "speaker": None,
                "camp": camp_of(between),
                "parent": None,
            }
        )
    return rows
