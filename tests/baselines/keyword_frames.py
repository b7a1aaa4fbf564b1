"""A dozen keywords a frame, any of which brings it up: what ten minutes of work give."""

from __future__ import annotations

from discourse.text import fold

KEYWORDS = {
    "conflict": "خلاف صراع نزاع توتر اتهم اتهام انتقد رفض عارض أدان هاجم تصعيد",
    "responsibility": "مسؤول تسبب بسبب يجب ينبغي محاسب فشل وراء",
    "human_interest": "ضحايا قتلى جرحى مدنيين أطفال نساء لاجئ معاناة إنساني عائل حزن مأسا",
    "economic": "اقتصاد نفط غاز تجار استثمار مليار دولار أسعار عقوبات شركات مالي",
    "morality": "حقوق حرية أخلاق دين إسلام عدالة قيم كرامة ظلم",
    "security": "أمن عسكر جيش قوات حرب إرهاب هجوم سلاح أسلحة صواريخ نووي قتل",
    "legality": "قانون محكم دستور قضا سيادة شرعي تحقيق جرائم معاهدة",
    "political": "انتخاب حزب برلمان حكوم سلطة رئاس معارضة سياسي كونغرس مرشح استقال",
    "diplomacy": "علاقات محادثات مفاوضات اتفاق زيارة لقاء تعاون دبلوماس خارجية سفير قمة بلدين",
}
_FRAMES = {frame: tuple(fold(words).split()) for frame, words in KEYWORDS.items()}


def frames_of(content: str) -> list[str]:
    """Give the frames of which a keyword stands anywhere in the content."""
    folded = fold(content)
    return [frame for frame, keywords in _FRAMES.items() if any(keyword in folded for keyword in keywords)]
