"""Days as papers write them, in the names, calendars and digits of the Arab world; expected days from printed calendars."""

from __future__ import annotations

from datetime import date, datetime

import dateparser
import pytest

from discourse.datafiles import data_rows
from discourse.dates import lacks_day, parse_date
from discourse.text import fold

MONTHS = data_rows("ar/months.tsv")
IDS = [row["name"] for row in MONTHS]


@pytest.mark.parametrize("row", MONTHS, ids=IDS)
def test_months_of_the_data_file(row: dict[str, str]) -> None:
    assert parse_date(row["example"]) == (date.fromisoformat(row["date"]), False)


@pytest.mark.parametrize("row", MONTHS, ids=IDS)
def test_the_library_does_not_know_them_yet(row: dict[str, str]) -> None:
    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    assert dateparser.parse(f"6 {row['name']} 2022", languages=["ar"], settings=settings) is None
    assert dateparser.parse(f"6 {row['known_as']} 2022", languages=["ar"], settings=settings) is not None


def test_names_are_sorted_and_one_after_folding() -> None:
    assert sorted(IDS) == IDS
    assert len({fold(name) for name in IDS}) == len(IDS)


THE_SIXTH = date(2022, 1, 6)


@pytest.mark.parametrize(
    "written",
    [
        "6 يناير 2022",
        "٦ يناير ٢٠٢٢",
        "الخميس، 6 يناير/كانون الثاني 2022",
        "الخميس 6 كانون الثاني/يناير 2022",
        "6 كانون الثاني (يناير) 2022",
        "كانون الثاني 6، 2022",
        "الخميس 06 يناير 2022 - 10:45 بتوقيت غرينتش",
        "10:45 الخميس 6 جانفي 2022",
        "نشر في 6 يناير 2022م",
        "6 يناير، 2022",
        "January 6, 2022",
        "Thu, 06 Jan 2022 10:00:00 GMT",
        "6 janvier 2022",
        "الخميس 3 جمادى الآخرة 1443هـ الموافق 6 يناير 2022م",
        "الخميس 6 يناير 2022 الموافق 3 جمادى الآخرة 1443",
        datetime(2022, 1, 6, 23, 59),
        THE_SIXTH,
    ],
)
def test_one_day_in_many_ways(written: object) -> None:
    assert parse_date(written) == (THE_SIXTH, False)


# The days on which these feasts and months began by the Umm al-Qura calendar.
@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1 محرم 1443", date(2021, 8, 9)),
        ("1 رمضان 1443 هـ", date(2022, 4, 2)),
        ("الاثنين ١ شوال ١٤٤٣", date(2022, 5, 2)),
        ("10 ذو الحجة 1443هـ", date(2022, 7, 9)),
        ("10 ذي الحجة 1443", date(2022, 7, 9)),
        ("1443/12/10", date(2022, 7, 9)),
        ("1443-09-01 هـ", date(2022, 4, 2)),
        ("30 صفر 1443", date(2021, 10, 7)),  # a month of 29 days in print: the day after its last
        ("1443-02-30", date(2021, 10, 7)),
    ],
)
def test_hijri_days(written: str, day: date) -> None:
    assert parse_date(written) == (day, True)


@pytest.mark.parametrize(
    "written",
    [
        "06/01/2022",
        "13/01/2022",
        "06/01/1443 هـ",
        "الخميس 06/01/2022",
        "6 يناير 22",
        "6 يناير",
        "يناير 2022",
        "أمس",
        "قبل 3 أيام",
        "31 شباط 2022",
        "1443-13-01",
        "31 صفر 1443 هـ",
        "6 كلمة 1443",
        "1443-02-31",
        "في عام 2022",
        "6 كلمة 2022",
        "",
        "6 يناير 2022 " + "كلمة " * 50,
        20220106,
    ],
)
def test_what_tells_no_day_for_certain(written: object) -> None:
    with pytest.raises(ValueError, match="^write year, month and day as in 2022-01-06$"):
        parse_date(written)


def test_two_days_that_are_not_the_same() -> None:
    with pytest.raises(ValueError, match="its Hijri and its Gregorian day are 30 days apart"):
        parse_date("1 رمضان 1443 الموافق 2 مايو 2022")


@pytest.mark.parametrize(("written", "lacks"), [("2022", True), ("٢٠٢٢/١", True), (2022, True), ("2022-01-06", False)])
def test_dates_without_a_day(written: object, lacks: bool) -> None:
    assert lacks_day(written) is lacks
