"""How, to whom and through whom a thing was said: what is recorded beside source, cue and content."""

from __future__ import annotations

import pytest

from discourse.attribution import Attribution, find_attributions
from discourse.corpus import Article
from discourse.engagement import score_engagement
from discourse.speakers import resolve_speakers
from discourse.tables import attributions_table


def find(text: str) -> list[Attribution]:
    article = Article("a", "", text)
    return resolve_speakers(article, find_attributions(article))


@pytest.mark.parametrize(
    ("sentence", "medium"),
    [
        ("وقالت الوزارة في بيان إن الجسر مغلق.", "document"),
        ("وفي تغريدة على تويتر، أكدت الوزيرة أن الجسر مغلق.", "written"),
        ("وكتب النائب أن الجسر مغلق.", "written"),
        ("وأكد النائب في مقابلة تلفزيونية أن الجسر مغلق.", "spoken"),
        ("وقال النائب إن الجسر مغلق.", "spoken"),
        ("وجاء في التقرير أن الجسر مغلق.", "document"),
        ("الجسر مغلق، بحسب صحيفة محلية.", "media"),
        # the text does not tell
        ("وأكد النائب أن الجسر مغلق.", None),
        ("ويعتقد النائب أن الجسر مغلق.", None),
        ("وأكد النائب أن البيان واضح.", None),
        ("وأعلن رئيس المؤتمر أن الجسر مغلق.", None),
    ],
)
def test_medium(sentence: str, medium: str | None) -> None:
    assert [a.medium for a in find(sentence)] == [medium]


@pytest.mark.parametrize(
    ("sentence", "addressee"),
    [
        ("أبلغ السفير المجلس أن الهدنة صامدة.", "المجلس"),
        ("وقالت الوزيرة للصحافيين إن الجسر مغلق.", "للصحافيين"),
        ("وأكد المدير في حديث لصحيفة محلية أن الجسر مغلق.", "لصحيفة محلية"),
        ("وقال المدير أمام البرلمان إن الجسر مغلق.", "البرلمان"),
        ("حث الوزير المزارعين على ترشيد المياه.", "المزارعين"),
        # nobody is addressed
        ("وقال المدير إن الجسر مغلق.", None),
        ("وقال المدير أمس في لندن إن الجسر مغلق.", None),
        ("واتهم النائب الشركة بإهمال الجسر.", None),
        ("وأعلنت لجنة السدود أن الجسر مغلق.", None),
        ("ودعا الوزير إلى ترشيد المياه.", None),
    ],
)
def test_addressee(sentence: str, addressee: str | None) -> None:
    (found,) = find(sentence)
    assert (found.addressee.text if found.addressee is not None else None) == addressee


@pytest.mark.parametrize(
    ("sentence", "verbatim"),
    [
        ("قال الوزير إن السد «امتلأ أخيرا» بعد «شتاء طويل».", ["امتلأ أخيرا", "شتاء طويل"]),
        ("قال الوزير: «امتلأ السد أخيرا».", ["امتلأ السد أخيرا"]),
        ("هاجم النائب ما وصفه الوزير بـ«إصلاح جذري».", ["إصلاح جذري"]),
        ("قال الوزير إن السد امتلأ.", []),
        ("قال الوزير إن تنظيم «داعش» تراجع.", []),
        ("قال الوزير: السد امتلأ أخيرا بعد شتاء طويل.", []),
    ],
)
def test_verbatim_words(sentence: str, verbatim: list[str]) -> None:
    found = find(sentence)
    assert [span.text for span in found[-1].verbatim] == verbatim
    assert all(sentence[span.start : span.end] == span.text for span in found[-1].verbatim)


@pytest.mark.parametrize(
    ("sentence", "polarity", "engagement"),
    [
        ("لم يؤكد المتحدث أن الهدنة انتهت.", "negative", "acknowledge"),
        ("نفى المتحدث أن الهدنة انتهت.", "negative", "deny"),
        ("وأضاف المتحدث نافيا أن الهدنة انتهت.", "negative", "deny"),
        ("لا يستبعد المتحدث انهيار الهدنة.", "positive", "acknowledge"),
        ("أكد المتحدث أن الهدنة لم تنته.", "positive", "pronounce"),
        ("قال المتحدث إنه لا يعرف الموعد.", "positive", "acknowledge"),
    ],
)
def test_polarity(sentence: str, polarity: str, engagement: str) -> None:
    article = Article("a", "", sentence)
    found = resolve_speakers(article, find_attributions(article))
    table = score_engagement(attributions_table([article], found))
    assert (table["polarity"].iloc[0], table["engagement"].iloc[0]) == (polarity, engagement)


def test_who_passes_it_on() -> None:
    outer, inner = find("نقلت وكالة رويترز عن مسؤول روسي قوله إن الاتفاق جاهز.")
    assert (outer.relayed_by, inner.relayed_by) == (None, outer.id)
    (alone,) = find("قال مسؤول روسي إن الاتفاق جاهز.")
    assert alone.relayed_by is None
    said, told = find("قال الوزير إن السفير أبلغه أن الاتفاق جاهز.")
    assert (told.parent, told.relayed_by) == (said.id, None)


@pytest.mark.parametrize(
    ("sentence", "anonymous"),
    [
        ("وقال مصدر مطلع إن الاتفاق جاهز.", True),
        ("وقال دبلوماسيون غربيون إن الاتفاق جاهز.", True),
        ("وقال مسؤول رفيع في الوزارة إن الاتفاق جاهز.", True),
        ("وقيل إن الاتفاق جاهز.", True),
        ("وقال الوزير إن الاتفاق جاهز.", False),
        ("وقال متحدث باسم الوزارة إن الاتفاق جاهز.", False),
        ("وقال رئيس البلدية إن الاتفاق جاهز.", False),
        ("وقال سائق يونس حمدان إن الاتفاق جاهز.", False),
        ("وقالت موسكو إن الاتفاق جاهز.", False),
    ],
)
def test_who_is_kept_unnamed(sentence: str, anonymous: bool) -> None:
    assert [a.anonymous for a in find(sentence)] == [anonymous]


def test_a_short_form_stays_unnamed() -> None:
    assert [a.anonymous for a in find("قال مصدر مطلع إن الاتفاق جاهز. وأضاف المصدر أن الموعد قريب.")] == [True, True]
