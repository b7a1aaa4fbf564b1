"""Read the day out of a date as papers and spreadsheets write it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

_DATE = re.compile(r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?:[T ].*)?")
_NO_DAY = re.compile(r"\d{4}(?:[-/.]\d{1,2})?")  # a year, or a month of one


def parse_date(value: object) -> date:
    """Read one date.

    Raises
    ------
    ValueError
        It is none, or one that can be read in two ways.
    """
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    match = _DATE.fullmatch(_plain_digits(value)) if isinstance(value, str) else None
    if match is None:
        raise ValueError("write year, month and day as in 2022-01-06")
    try:
        return date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:  # a day that no month has
        raise ValueError("write year, month and day as in 2022-01-06") from None


def lacks_day(value: object) -> bool:
    """Tell a date that is only a year or a month: true, but no day to resolve an office-holder by."""
    return isinstance(value, (str, int)) and _NO_DAY.fullmatch(_plain_digits(str(value))) is not None


def _plain_digits(text: str) -> str:
    return "".join(map(_digit, text)).strip()


def _digit(char: str) -> str:
    """Give a digit of any script as ASCII, and nothing for the invisible marks that right-to-left text carries."""
    if unicodedata.category(char) == "Cf":
        return ""
    number = unicodedata.decimal(char, None)
    return char if number is None else str(number)
