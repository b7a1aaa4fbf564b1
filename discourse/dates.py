"""Read the day out of a date as papers and spreadsheets write it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime
from functools import cache, lru_cache

from discourse.datafiles import data_rows
from discourse.text import fold

# 1343 to 1500: the years of the Umm al-Qura calendar that hijridate knows; no newspaper is of those years of ours
_HIJRI = range(1343, 1501)
_WANTED = "write year, month and day as in 2022-01-06"
_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:[T ].*)?", re.DOTALL)
_NO_DAY = re.compile(r"\d{4}(?:[-/.]\d{1,2})?")  # a year, or a month of one
# day, name and year, or name, day and year: what stands around them (day of the week, time, place) is no part of the day
_NAMED = re.compile(r"(?<!\d)\d{1,2}[^\W\d]?[^\d:]{2,40}\d{4}(?!\d)|[^\W\d]+[ .]{1,2}\d{1,2}[,،]? \d{4}(?!\d)")
_LONGEST = 200  # characters: a cell that is longer holds more than a date
_MOST_APART = 2  # days: a Hijri month begins with the moon that is seen, or with the calendar that is printed


def parse_date(value: object) -> tuple[date, bool]:
    """Read one date.

    Parameters
    ----------
    value
        A date, or a text: year first in figures (2022-01-06), or with the name of the month in Arabic, English or
        French; by the Gregorian or the Hijri calendar, in any digits. A time, a day of the week, and what else stands
        around it are passed over.

    Returns
    -------
    tuple
        The day, and whether it was converted from a Hijri date alone (Umm al-Qura, by hijridate).

    Raises
    ------
    ValueError
        It is no date, one that can be read in two ways (06/01/2022), or two that differ.
    ImportError
        The names of months need dateparser and hijridate, which are not installed.
    """
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value), False
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise ValueError(_WANTED)
    return _parsed(value)


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[date, bool]:
    text = _plain_digits(text)
    if match := _DATE.fullmatch(text):
        year, month, day = (int(match[part]) for part in ("year", "month", "day"))
        try:
            return (_hijri(year, month, day), True) if year in _HIJRI else (date(year, month, day), False)
        except (ValueError, OverflowError):  # a day that no month has
            raise ValueError(_WANTED) from None
    days: dict[bool, date] = {}
    for written in _NAMED.findall(_with_known_months(text)):
        is_hijri = int(re.findall(r"\d{4}", written)[-1]) in _HIJRI
        day_found = _hijri_named(written) if is_hijri else _gregorian_named(written)
        if day_found is not None:
            days.setdefault(is_hijri, day_found)
    if not days:
        raise ValueError(_WANTED)
    if len(days) == 2 and (apart := abs((days[True] - days[False]).days)) > _MOST_APART:
        raise ValueError(f"its Hijri and its Gregorian day are {apart} days apart")
    return (days[False], False) if False in days else (days[True], True)


def lacks_day(value: object) -> bool:
    """Tell a date that is only a year or a month: true, but no day to resolve an office-holder by."""
    return isinstance(value, (str, int)) and _NO_DAY.fullmatch(_plain_digits(str(value))) is not None


def _hijri(year: int, month: int, day: int) -> date:
    from hijridate import Hijri

    if not (1 <= month <= 12 and 1 <= day <= 30):
        raise ValueError(_WANTED)
    # by sight of the moon a month may have a 30th day that the printed calendar has not
    found = Hijri(year, month, day, validate=False).to_gregorian()
    return date(found.year, found.month, found.day)


def _hijri_named(text: str) -> date | None:
    from dateparser.calendars.hijri import HijriCalendar

    try:
        found = HijriCalendar(text).get_date()
    except (ValueError, OverflowError):
        return None
    return found.date_obj.date() if found and found.date_obj and found.period == "day" else None


def _gregorian_named(text: str) -> date | None:
    import dateparser

    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"]}
    found = dateparser.parse(text, languages=["ar", "en", "fr"], settings=settings)
    return found.date() if found else None


def _with_known_months(text: str) -> str:
    """Put the names that dateparser knows for those it does not; of a month named twice, one of them."""
    known, pattern = _months()
    text = pattern.sub(lambda match: known[match.group()], fold(text))
    return re.sub(r"([^\W\d]+) ?[/(] ?\1\b\)?", r"\1", text)


@cache
def _months() -> tuple[dict[str, str], re.Pattern[str]]:
    known = {fold(row["name"]): fold(row["known_as"]) for row in data_rows("ar/months.tsv")}
    longest_first = sorted(known, key=len, reverse=True)
    return known, re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)")


def _plain_digits(text: str) -> str:
    return (text if text.isascii() else "".join(map(_digit, text))).strip()


def _digit(char: str) -> str:
    """Give a digit of any script as ASCII, and nothing for the invisible marks that right-to-left text carries."""
    if unicodedata.category(char) == "Cf":
        return ""
    number = unicodedata.decimal(char, None)
    return char if number is None else str(number)
