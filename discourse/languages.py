"""Languages: which one a text is in where it is not Arabic, and the words of figures and views in ours."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

Language = Literal["ar", "en"]  # of figures, views and pages
LANGUAGES: tuple[str, ...] = get_args(Language)
RIGHT_TO_LEFT = {"ar"}

_SAMPLE = 4000  # characters of a text that are looked at
_ENOUGH = 20  # letters, below which nothing is said of a text
_LETTER = re.compile(r"[^\W\d_]")
_UNLIKE_ARABIC = re.compile(r"[^\W\d_\u0620-\u064a]")
_OF_THE_SCRIPT = re.compile(
    "[\u0620-\u064a\u066e-\u06d3\u06d5\u06ee\u06ef\u06fa-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]"
)
# Letters of the Arabic script that the Arabic alphabet lacks; Persian yeh and kaf stand apart, since Arabic is typed with
# them on many keyboards.
_FOREIGN = re.compile("[\u0671-\u06a8\u06aa-\u06cb\u06cd-\u06d3\u06d5\u0750-\u077f]")
_ARABIC = frozenset(("ar", "ary", "arz"))
_PERSIAN_KEYS = re.compile("[\u06cc\u06a9]")


class LanguageError(ValueError):
    """A language that figures, views and pages have no words in."""


@cache
def words_in(language: str) -> dict[str, str]:
    """Give the words of figures, views and pages in one language: labels of columns and classes, and captions.

    Raises
    ------
    LanguageError
        There are none in this language.
    """
    import yaml

    if language not in LANGUAGES:
        raise LanguageError(f"Unknown language {language!r}. Languages: {', '.join(LANGUAGES)}.")
    words: dict[str, str] = yaml.safe_load(
        files("discourse").joinpath("data", language, "labels.yml").read_text(encoding="utf-8")
    )
    return words


def other_language(text: str) -> str | None:
    """Name the language of a text that is not Arabic, by its code; None where it is Arabic, or too short to tell.

    A text in the Arabic alphabet is Arabic. One that is mostly in another script, or that has the letters of Persian, Urdu,
    Kurdish, Pashto or Uyghur in more than some names, goes to py3langid.

    Raises
    ------
    ImportError
        It needs py3langid, which is not installed.
    """
    sample = text[:_SAMPLE]
    # nearly every article ends here: counting all letters would take longer than reading them
    if len(_UNLIKE_ARABIC.findall(sample)) < 0.005 * len(sample):
        return None
    n_letters = len(_LETTER.findall(sample))
    if n_letters < _ENOUGH:
        return None
    n_arabic = len(_OF_THE_SCRIPT.findall(sample))
    in_script = n_arabic > n_letters / 2
    n_foreign = len(_FOREIGN.findall(sample))
    if in_script and n_foreign <= 0.01 * n_letters and len(_PERSIAN_KEYS.findall(sample)) <= 0.03 * n_letters:
        return None
    import py3langid

    language: str = py3langid.classify(sample)[0]
    if language in _ARABIC:
        # what is mostly in other letters is not Arabic, whatever it looks like to a classifier
        return None if in_script else "und"
    return language
