"""Find the frames that contents invoke, each with the words that brought it up."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from discourse.datafiles import LexiconError, Row, data_entries, data_settings, kept_for_good, load_lined, unusable
from discourse.engagement import ACTS, ENGAGEMENTS, with_engagement
from discourse.inflection import FormIndexes, bare_words, load_inflection
from discourse.lexicon import Remembered
from discourse.mentions import Text, read_contents, read_text
from discourse.tables import Cells, Scores, cells_of, with_columns
from discourse.text import fold, tokens

PARTS = ("noun", "verb", "adjective", "word", "phrase", "act", "engagement", "mention")
_GAP = "…"
_ARTICLE = "ال"


@dataclass(frozen=True, slots=True)
class Indicator:
    """Something that brings up a frame: a word, several words, an act of speaking; `weight` is strong, weak or not."""

    frame: str
    indicator: str
    part: str
    weight: str
    forms: tuple[str, ...] = ()
    example: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame with its codebook text, and where it comes from."""

    frame: str
    label: str
    source: str
    codebook: str


class _Counted(NamedTuple):
    """How an indicator counts for its frame; however often it and those with the same key stand there, they count once."""

    frame: str
    key: str
    weight: float


@dataclass(frozen=True, slots=True)
class _Pattern:
    """Several words in order, as numbers of elements; `gaps` says behind which of them other words may stand."""

    number: int
    indicator: _Counted
    elements: tuple[int, ...]
    gaps: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What one written word can do: indicators it is by itself, elements of patterns it can be, patterns it can begin.

    `begins` are those whose second word follows at once, by that word's element; of `begins_apart` other words may stand
    between the first two.
    """

    indicators: tuple[_Counted, ...] = ()
    elements: frozenset[int] = frozenset()
    begins: Mapping[int, Sequence[_Pattern]] = field(default_factory=dict)
    begins_apart: tuple[_Pattern, ...] = ()
    acts: bool = False  # whether it does anything but go on with what another word began


_UNKNOWN = _Known()
Spans = list[tuple[int, int]]
_Found = list[tuple[_Counted, int, int]]  # indicators as often as they stand in a text, with their first and last word


class Frames:
    """Frames with all their indicators, ready for look-up; every distinct written word is analysed once.

    Made by `load_frames` (the package's own) or `read_frames` (a study's, a user's).
    """

    def __init__(self, frames: Iterable[Frame], indicators: Iterable[Indicator]) -> None:
        self.frames = tuple(frames)
        self.indicators = tuple(indicators)
        settings = _weights()
        self.threshold: float = settings["threshold"]
        self.most: int = settings["most"]
        self._window: int = settings["window"]
        self._words = FormIndexes()  # by frame: several frames can share a word
        self._of_act: dict[str | None, list[_Counted]] = defaultdict(list)
        self._of_engagement: dict[str | None, list[_Counted]] = defaultdict(list)
        self._of_mentions: list[tuple[int, _Counted]] = []
        self._elements: dict[str, int] = {}
        self._forms: dict[bool, dict[str, set[int]]] = {True: defaultdict(set), False: defaultdict(set)}
        self._patterns: dict[int, list[_Pattern]] = defaultdict(list)
        self._known = Remembered(self._analyse)
        self._order = {one.frame: place for place, one in enumerate(self.frames)}
        # longer words first: ديني is an entry of its own before it is a form of دين
        for number, one in sorted(enumerate(self.indicators), key=lambda entry: -len(entry[1].indicator)):
            counted = _Counted(one.frame, f"{one.frame} {fold(one.indicator)}", settings["weights"][one.weight])
            if one.part == "act":
                self._of_act[one.indicator].append(counted)
            elif one.part == "engagement":
                self._of_engagement[one.indicator].append(counted)
            elif one.part == "mention":
                self._of_mentions.append((int(one.indicator.split()[0]), counted))
            elif one.part == "phrase":
                self._add_pattern(number, counted, one.indicator.split())
            else:
                self._words.add(one.frame, one.indicator, one.part, one.forms, counted)

    def _add_pattern(self, number: int, indicator: _Counted, words: list[str]) -> None:
        elements: list[int] = []
        gaps: list[bool] = []
        for word in words:
            if word == _GAP:
                gaps[-1] = True
            else:
                elements.append(self._element(word))
                gaps.append(False)
        self._patterns[elements[0]].append(_Pattern(number, indicator, tuple(elements), tuple(gaps)))

    def _element(self, word: str) -> int:
        """The number of one place of a pattern, where any of the words between | may stand in any of its forms."""
        known = self._elements.setdefault(fold(word), len(self._elements))
        for one in fold(word).split("|"):
            bare = one.removeprefix(_ARTICLE)
            part = "noun" if bare.endswith("ه") else "adjective"
            for form, attached in load_inflection().forms(bare, part, ()):
                self._forms[attached][form].add(known)
            self._forms[False][bare].add(known)
        return known

    def _analyse(self, form: str) -> _Known:
        word = fold(form)
        elements: set[int] = set()
        pronouns = tuple(load_inflection().pronouns[False])
        for bare in bare_words(word):
            for stem in (bare, bare.removeprefix(_ARTICLE)):
                elements |= self._forms[False].get(stem, set())
                for pronoun in pronouns if stem.endswith(pronouns) else ():
                    if stem.endswith(pronoun):
                        elements |= self._forms[True].get(stem[: -len(pronoun)], set())
        indicators = tuple(self._words.find(word).values())
        if not indicators and not elements:
            return _UNKNOWN
        patterns = [pattern for element in elements for pattern in self._patterns.get(element, ())]
        begins: dict[int, list[_Pattern]] = {}
        for pattern in patterns:
            if not pattern.gaps[0]:
                begins.setdefault(pattern.elements[1], []).append(pattern)
        apart = tuple(pattern for pattern in patterns if pattern.gaps[0])
        return _Known(indicators, frozenset(elements), begins, apart, bool(indicators or patterns))

    def weigh(
        self, content: str, act: str | None = None, engagement: str | None = None, day: date | None = None
    ) -> dict[str, tuple[float, Spans]]:
        """Weigh what a content says for each frame.

        Returns
        -------
        dict
            From frame to its score and the characters of the content that count for it, in their order. Frames for
            which nothing speaks are missing.
        """
        text = read_text(content, day)
        scores, found = self._weigh(text, act, engagement)
        words = {frame: sorted({(first, last) for one, first, last in found if one.frame == frame}) for frame in scores}
        return {frame: (score, [text.span(*each) for each in words[frame]]) for frame, score in scores.items()}

    def _weigh(self, text: Text, act: str | None, engagement: str | None) -> tuple[dict[str, float], _Found]:
        """What each frame scores in a text for which anything speaks, and what was found for them."""
        found = self._found(text)
        counted: dict[str, _Counted] = {}
        for one, _, _ in found:
            counted.setdefault(one.key, one)
        scores: dict[str, float] = {}
        for one in (*counted.values(), *self._of_act.get(act, ()), *self._of_engagement.get(engagement, ())):
            scores[one.frame] = scores.get(one.frame, 0.0) + one.weight
        return {frame: score for frame, score in scores.items() if score}, found

    def _found(self, text: Text) -> _Found:
        """Indicators that count in a text."""
        known = self.known(text.forms)
        acting = [place for place, word in enumerate(known) if word.acts]
        found, passed = self._of_patterns(self._matches(known, acting))
        for place in acting:
            for one in known[place].indicators:
                if one.weight and not (passed and (one.frame, place) in passed):
                    found.append((one, place, place))
        if self._of_mentions and text.mentions:
            mentions = [mention for mention in text.mentions if mention.state is not None]
            states = len({mention.state for mention in mentions})
            for least, one in self._of_mentions:
                if states >= least and one.weight:
                    found += [(one, mention.first, mention.last - 1) for mention in mentions]
        return found

    def _of_patterns(self, matches: Iterable[tuple[_Pattern, tuple[int, ...]]]) -> tuple[_Found, set[tuple[str, int]]]:
        """Patterns that count, word by word, and for each frame the places of words that do not count by themselves."""
        found: _Found = []
        silent: set[tuple[str, int]] = set()  # places of words that say nothing for a frame
        taken: set[tuple[str, int]] = set()  # places of words that are weighed with others
        for pattern, places in matches:
            one = pattern.indicator
            of_frame = {(one.frame, place) for place in places}
            if one.weight:
                if silent.isdisjoint(of_frame):
                    taken |= of_frame
                    found += [(one, place, place) for place in places]
            elif taken.isdisjoint(of_frame):
                silent |= of_frame
        return found, taken | silent

    def known(self, forms: Iterable[str]) -> list[_Known]:
        """What each of those written words can do for the frames."""
        return list(map(self._known.__getitem__, forms))

    def _matches(self, known: Sequence[_Known], acting: Iterable[int]) -> list[tuple[_Pattern, tuple[int, ...]]]:
        """Patterns that begin at some of the words, those of most words first, each with the places of its words."""
        found: list[tuple[_Pattern, tuple[int, ...]]] = []
        for place in acting:
            word = known[place]
            follows = known[place + 1].elements if place + 1 < len(known) else ()
            begun = word.begins_apart
            if not word.begins.keys().isdisjoint(follows):
                begun += tuple(pattern for element in follows for pattern in word.begins.get(element, ()))
            for pattern in begun:
                if (places := self._follow(pattern, known, place)) is not None:
                    found.append((pattern, places))
        found.sort(key=lambda match: (-len(match[1]), match[1][0], match[0].number))
        return found

    def _follow(self, pattern: _Pattern, known: Sequence[_Known], first: int) -> tuple[int, ...] | None:
        """The places of the words of a pattern that begins at a word; None where another does not follow."""
        places = [first]
        for element, gap in zip(pattern.elements[1:], pattern.gaps, strict=False):
            behind = places[-1] + 1
            for place in range(behind, min(behind + 1 + self._window * gap, len(known))):
                if element in known[place].elements:
                    places.append(place)
                    break
            else:
                return None
        return tuple(places)

    def choose(self, weighed: Mapping[str, tuple[float, Any]]) -> list[str]:
        """The frames that hold, the strongest first; of equals the one that is declared first."""
        return self._choose({frame: score for frame, (score, _) in weighed.items()})

    def _choose(self, scores: Mapping[str, float]) -> list[str]:
        held = [frame for frame, score in scores.items() if score >= self.threshold]
        if len(held) > 1:
            held.sort(key=lambda frame: (-scores[frame], self._order[frame]))
        return held[: self.most]


# ---------------------------------------------------------------------------------------------- loading


def _data(name: str) -> str:
    return files("discourse").joinpath("data", "ar", "framing", name).read_text(encoding="utf-8")


@cache
def _weights() -> dict[str, Any]:
    return data_settings("ar/framing/weights.yml")


def _tab_rows(text: str) -> list[Row]:
    """Rows of a tab-separated file, each with its line number."""
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line and not line.startswith("#")]
    header = lines[0][1].split("\t")
    return [(n, dict(zip(header, line.split("\t"), strict=False))) for n, line in lines[1:]]


def _faults(rows: Sequence[Row], frames: Iterable[str]) -> Iterator[tuple[int, str]]:
    """What is wrong with some indicators: line and message."""
    weights = tuple(_weights()["weights"])
    frames = tuple(frames)
    seen: dict[tuple[str, str, bool], int] = {}
    for line, row in rows:
        name, part = row.get("indicator", "").strip(), row.get("pos", "")
        if not name:
            yield line, "the indicator is empty"
            continue
        if row.get("frame") not in frames:
            yield line, f"frame {row.get('frame')!r} of {name!r} is not declared. Frames: {', '.join(frames)}"
        if row.get("weight") not in weights:
            yield line, f"weight {row.get('weight')!r} of {name!r} is unknown. Weights: {', '.join(weights)}"
        if part not in PARTS:
            yield line, f"pos {part!r} of {name!r} is unknown. Known: {', '.join(PARTS)}"
            continue
        words = name.split()
        if part == "phrase" and (len([w for w in words if w != _GAP]) < 2 or _GAP in (words[0], words[-1])):
            yield line, f"the phrase {name!r} must have two words or more, and {_GAP} only between them"
        elif part in ("noun", "verb", "adjective", "word") and len(words) > 1:
            yield line, f"{name!r} has several words; its pos must be phrase"
        elif part in ("act", "engagement") and name not in (ACTS if part == "act" else ENGAGEMENTS):
            yield line, f"{part} {name!r} is unknown. Known: {', '.join(ACTS if part == 'act' else ENGAGEMENTS)}"
        elif part == "mention" and not (len(words) == 2 and words[0].isdigit() and words[1] == "states"):
            yield line, f"the mention {name!r} must be a number of states, such as 2 states"
        if part not in ("act", "engagement", "mention") and not row.get("example", "").strip():
            yield line, f"{name!r} has no example"
        first = seen.setdefault((row.get("frame", ""), " ".join(fold(name).split()), part == "verb"), line)
        if first != line:
            yield line, f"{name!r} stands in line {first} already"


def _made(rows: Sequence[Row], frames: Sequence[Frame], where: str) -> Frames:
    """Make frames of checked rows, or say everything that is wrong with them."""
    faults = list(_faults(rows, [one.frame for one in frames]))
    if not faults:
        faults = [
            (line, f"{row['indicator']!r} is not found in its example {row['example']!r}")
            for line, row in rows
            if not _is_found(_indicator(row))
        ]
        if not faults:
            return Frames(frames, [_indicator(row) for _, row in rows])
    raise unusable(where, faults)


def _indicator(row: Mapping[str, str]) -> Indicator:
    forms = tuple(str(row.get("forms") or "").split())
    return Indicator(row["frame"], row["indicator"], row["pos"], row["weight"], forms, str(row.get("example") or ""))


def _is_found(one: Indicator) -> bool:
    """Whether an indicator is found in its own example."""
    if not one.example:
        return True
    alone = Frames((), [one])
    known = alone.known(tokens(one.example)[0])
    return bool(alone._matches(known, range(len(known)))) or any(word.indicators for word in known)


@cache
@kept_for_good()
def load_frames(*also: str) -> Frames:
    """Load the package's generic frames; the same object every time.

    Parameters
    ----------
    also
        Frames of `data/ar/framing/frames.yml` to be switched on beside the nine: capacity, fairness, policy, crime,
        health, quality_of_life, cultural_identity, public_opinion.

    Raises
    ------
    LexiconError
        There is no such frame.
    """
    declared = data_entries("ar/framing/frames.yml")
    unknown = sorted({*also} - {entry["frame"] for entry in declared})
    if unknown:
        optional = [entry["frame"] for entry in declared if not entry.get("default", True)]
        raise LexiconError(f"There is no frame {', '.join(unknown)}. Frames to switch on: {', '.join(optional)}.")
    chosen = [entry for entry in declared if entry.get("default", True) or entry["frame"] in also]
    frames = [Frame(*(entry[key] for key in ("frame", "label", "source", "codebook"))) for entry in chosen]
    names = {one.frame for one in frames}
    rows = [row for row in _tab_rows(_data("indicators.tsv")) if row[1]["frame"] in names]
    return Frames(frames, [_indicator(row) for _, row in rows])


def read_frames(path: str | os.PathLike[str]) -> Frames:
    """Read frames of one's own from a YAML file.

    Parameters
    ----------
    path
        A list of entries with `frame`, `label`, `source`, `codebook` and `indicators`; each indicator has `indicator`,
        `pos` (noun, verb, adjective, word, phrase, act, engagement, mention), `weight` (strong, weak, not), an
        `example` in which it is found, and `forms` where no rule gives them. `data/ar/framing/indicators.tsv` says
        what they mean; `corpora/kazakhstan-2022/frames.yml` is such a file.

    Returns
    -------
    Frames
        To be handed to `find_frames` and `score_frames`.

    Raises
    ------
    LexiconError
        Lists every entry that cannot be used, with its line.
    """
    name = Path(path).name
    try:
        entries = load_lined(Path(path).read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LexiconError(f"{name}: not readable as YAML: {error}") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) and "frame" in entry for entry in entries):
        raise LexiconError(f"{name}: expected a list of entries with `frame`, `codebook` and `indicators`.")
    faults: list[str] = []
    frames: list[Frame] = []
    rows: list[Row] = []
    for entry in entries:
        if any(one.frame == entry["frame"] for one in frames):
            faults.append(f"  line {entry['line']}: the frame {entry['frame']!r} is declared twice")
        if not entry.get("codebook"):
            faults.append(f"  line {entry['line']}: the frame {entry['frame']!r} has no codebook text")
        texts = (str(entry.get(key) or "") for key in ("label", "source", "codebook"))
        frames.append(Frame(str(entry["frame"]), *texts))
        for row in entry.get("indicators") or ():
            if isinstance(row, dict):
                rows.append((row["line"], {"frame": str(entry["frame"]), **{k: str(v) for k, v in row.items()}}))
            else:
                faults.append(f"  line {entry['line']}: the indicator {row!r} is no entry of indicator, pos, weight")
    if faults:
        raise LexiconError(f"{name} cannot be used:\n" + "\n".join(faults))
    return _made(rows, frames, name)


# ---------------------------------------------------------------------------------------------- scoring


def _evidence(
    frames: Sequence[str],
    text: Text,
    found: _Found,
    pieces: Sequence[Sequence[int]],
    cue: Sequence[int] | None,
) -> list[list[int]]:
    """Characters of the document that speak for some frames; the cue's, where its act alone does for one of them."""
    counting = [(one.frame, first, last) for one, first, last in found if one.frame in frames]
    spans = text.in_document({(first, last) for _, first, last in counting}, pieces)
    if cue is not None and not {frame for frame, _, _ in counting}.issuperset(frames):
        spans = sorted([*spans, [int(cue[0]), int(cue[1])]])
    return spans


def find_frames(table: pd.DataFrame, frames: Frames | None = None) -> pd.DataFrame:
    """Find what speaks for each frame in each content, as a long table.

    Parameters
    ----------
    table
        Attributions, one a row, with the columns of `attributions_table`. Where `act` is missing, `score_engagement`
        supplies it for the score.
    frames
        The frames to look for, from `load_frames` or `read_frames`; the package's nine where none are given.

    Returns
    -------
    pandas.DataFrame
        One row per attribution and frame for which anything speaks: `article_id`, `id`, `frame`, `score` (the sum of
        what its indicators weigh), `holds` (whether it reaches the threshold and is among the three strongest) and
        `frame_evidence`, [start, end] spans in the document of the words that count; of the cue, where its act alone
        does.

    References
    ----------
    Semetko, H. A. & Valkenburg, P. M. (2000). Framing European politics. Journal of Communication 50(2), 93–109.
    Boydstun, A. E., Card, D., Gross, J. H., Resnik, P. & Smith, N. A. (2014). Tracking the development of media frames
    within and across policy issues. APSA Annual Meeting.
    """
    frames = frames or load_frames()
    order = [one.frame for one in frames.frames]
    rows = []
    cells = with_engagement(cells_of(table))
    names = ("article_id", "id", "content_spans", "cue_span", "act", "engagement")
    columns = (cells[name] for name in names)
    for text, article, one, pieces, cue, act, engagement in zip(read_contents(table), *columns, strict=True):
        scores, found = frames._weigh(text, act, engagement)
        held = frames._choose(scores)
        for frame in order:
            if frame in scores:
                evidence = _evidence([frame], text, found, pieces, cue)
                rows.append((article, one, frame, scores[frame], frame in held, evidence))
    long = pd.DataFrame(rows, columns=["article_id", "id", "frame", "score", "holds", "frame_evidence"])
    return long.astype({"score": float, "holds": bool})


def score_frames(table: pd.DataFrame, frames: Frames | None = None) -> pd.DataFrame:
    """Say of every attribution which frames its content invokes.

    Parameters
    ----------
    table, frames
        As for `find_frames`.

    Returns
    -------
    pandas.DataFrame
        A copy with `frames`, a list of none to three, the strongest first, and `frames_evidence`: [start, end] spans
        in the document of the words that brought them up.
    """
    cells = with_engagement(cells_of(table))
    return with_columns(table, frame_scores(cells, read_contents(table), frames))


def frame_scores(cells: Cells, contents: Iterable[Text], frames: Frames | None = None) -> Scores:
    """The columns that `score_frames` adds to a table of those cells and contents, engagement among them."""
    frames = frames or load_frames()
    labels: list[list[str]] = []
    evidence: list[list[list[int]]] = []
    columns = (cells[name] for name in ("content_spans", "cue_span", "act", "engagement"))
    for text, pieces, cue, act, engagement in zip(contents, *columns, strict=True):
        scores, found = frames._weigh(text, act, engagement)
        held = frames._choose(scores)
        labels.append(held)
        evidence.append(_evidence(held, text, found, pieces, cue) if held else [])
    return {"frames": labels, "frames_evidence": evidence}


def frame_report(table: pd.DataFrame, frames: Frames | None = None, cases: int = 10) -> dict[str, pd.DataFrame]:
    """Show where frames hold, how they overlap, and the cases to read before they are trusted.

    Parameters
    ----------
    table, frames
        As for `find_frames`.
    cases
        How many of the most and of the least convincing cases to give for each frame.

    Returns
    -------
    dict of pandas.DataFrame
        - ``coverage``: `frame`, `n` (attributions in which it holds), `share` of all, `n_articles`;
        - ``overlap``: one row and one column a frame: in how many attributions both hold;
        - ``cases``: `frame`, `rank`, `convincing` (most or least), `score`, `article_id`, `id`, `content`, `words` (those
          that count). The least convincing are those that hold by the smallest score.
    """
    frames = frames or load_frames()
    names = [one.frame for one in frames.frames]
    long = find_frames(table, frames)
    held = long[long["holds"]]
    counts = held.groupby("frame").agg(n=("id", "size"), n_articles=("article_id", "nunique"))
    counts = counts.reindex(names, fill_value=0).astype(int)
    share = counts["n"] / (len(table) or float("nan"))
    coverage = counts.assign(share=share).reset_index()[["frame", "n", "share", "n_articles"]]
    flags = pd.crosstab([held["article_id"], held["id"]], held["frame"]).reindex(columns=names, fill_value=0)
    overlap = (flags.T @ flags).rename_axis(index="frame", columns=None)
    texts = {(row[0], row[1]): row[2:] for row in zip(*(table[c] for c in _TEXT), strict=True)}
    rows = []
    for name in names:
        of_frame = held[held["frame"] == name].sort_values("score", ascending=False, kind="stable")
        for convincing, chosen in (("most", of_frame.head(cases)), ("least", of_frame.iloc[::-1].head(cases))):
            for rank, (article, one, _, score, _, evidence) in enumerate(chosen.to_numpy().tolist(), 1):
                content, pieces = texts[article, one]
                words = " · ".join(_words_of(content, pieces, evidence))
                rows.append((name, rank, convincing, score, article, one, content, words))
    columns = ["frame", "rank", "convincing", "score", "article_id", "id", "content", "words"]
    return {"coverage": coverage, "overlap": overlap, "cases": pd.DataFrame(rows, columns=columns)}


_TEXT = ("article_id", "id", "content", "content_spans")


def _words_of(content: str, pieces: Sequence[Sequence[int]], spans: Iterable[Sequence[int]]) -> list[str]:
    """The words of a content under some spans of its document."""
    words = []
    offset = 0
    spans = list(spans)
    for start, end in pieces:
        words += [content[offset + s - start : offset + e - start] for s, e in spans if start <= s and e <= end]
        offset += end - start + 1
    return words
