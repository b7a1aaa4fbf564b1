"""Say whether a content takes a side for or against a target, with the words that decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import repeat
from typing import Any, Literal

import pandas as pd

from discourse.datafiles import LexiconError, data_settings, kept_for_good
from discourse.engagement import with_engagement
from discourse.inflection import FormIndexes, bare_words, load_inflection
from discourse.lexicon import COMMA, DEFINITE, NEWLINE, PREPOSITION, STOP, Remembered, Word, load_actors
from discourse.mentions import Mention, Text, read_contents, read_text
from discourse.sentiment import load_sentiment, sentiment_scores
from discourse.speakers import Camps, default_camps
from discourse.tables import Cells, Scores, cells_of, with_columns
from discourse.text import fold

Side = Literal["support", "oppose"]
Targets = Camps | Mapping[str, Iterable[str]] | Iterable[str]

_SIGNS = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}
_CLAUSE_END = STOP | COMMA | NEWLINE


class StanceError(ValueError):
    """Targets that cannot be looked for."""


@dataclass(frozen=True, slots=True)
class Predicate:
    """What a word says of its agent and of its object, each from -1 (against) to 1 (for)."""

    lemma: str
    part: str
    agent: float
    object: float
    forms: tuple[str, ...] = ()
    needs: str = ""  # a word that must follow at once, folded


@dataclass(slots=True)
class Weighed:
    """What speaks for or against one target: the sum, and the words of the content and characters before it that decided.

    `words` are places in the content, of the first and last each.
    """

    score: float = 0.0
    words: list[tuple[int, int]] = field(default_factory=list)
    before: list[tuple[int, int]] = field(default_factory=list)
    by_act: bool = False


class Stances:
    """Predicates in all their forms, ready for look-up; made once by `load_stance`."""

    def __init__(self, predicates: Iterable[Predicate]) -> None:
        self.predicates = tuple(predicates)
        self.weights = _weights()
        self._words = FormIndexes()  # by the word that must follow
        for one in sorted(self.predicates, key=lambda predicate: -len(predicate.lemma)):
            part = "noun" if one.part == "name" else one.part
            self._words.add(one.needs, one.lemma, part, one.forms, one)
        self._known = Remembered(self._words.find)
        self._claims = frozenset(map(fold, self.weights["claims"]))
        self._refuted = _by_first_word(self.weights["refuted"])
        self._doubting = frozenset(map(fold, self.weights["doubting"]))
        self._doubts = frozenset(map(fold, self.weights["doubts"]))
        self._disbelief = _by_first_word(self.weights["disbelief"])
        self._negators = frozenset(map(fold, self.weights["negators"]))
        self._prepositions = frozenset(map(fold, self.weights["prepositions"]))
        we = self.weights["we"]
        self._we = tuple(we["begins"]), tuple(we["ends"]), tuple(we["unless"])
        self._aside = frozenset(map(fold, self.weights["asides"]))
        self._behind = frozenset(map(fold, self.weights["objects_behind"]))
        self._agents_behind = frozenset(tuple(fold(phrase).split()) for phrase in self.weights["agents_behind"])

    def predicate(self, words: Sequence[Word], place: int) -> Predicate | None:
        """The predicate that a word is; one that needs another word behind it only where that follows."""
        known: dict[str, Predicate] = self._known[words[place].form]
        for needs, together in known.items():
            if not needs:
                continue
            reach = 2 if together.part == "adjective" else 5  # وقفت روسيا وراء has its subject between
            if any(word.form.startswith(together.needs) for word in words[place + 1 : place + reach]):
                return together
        return known.get("")

    def weigh(self, text: Text, against: bool = False, denied: bool = False) -> dict[int, Weighed]:
        """What the predicates of a content say of each mention, by its number.

        With `against`, what is done to a target counts the other way round: warned against accusing Moscow. With
        `denied`, everything does but what a claim says of who makes it: dismissed the American allegations.
        """
        found: dict[int, Weighed] = {}
        if not text.mentions:
            return found
        values = {hit.words[-1][0]: hit.value for hit in load_sentiment().weigh(text) if abs(hit.value) >= 1}
        known = self._known
        forms = text.folded
        telling = {place for place, form in enumerate(forms) if known[form]} | values.keys()
        telling.difference_update(*(range(one.first, one.last) for one in text.mentions))
        against = against or _holds(forms, self._refuted)  # a charge of which it says that there is nothing in it
        for place in sorted(telling):
            one = self.predicate(text.words, place)
            factor = 1.0
            if one is None:
                value = values.get(place)
                if value is None:
                    continue
                one = Predicate("", "any", self.weights["evaluative"] * (1 if value > 0 else -1), 0.0)
            elif self._is_negated(text.words, place):
                factor = self.weights["negated"]
            agent, other = self._roles(text, place, place + 1, one)
            turned = -1.0 if against else 1.0
            if denied and fold(one.lemma) not in self._claims:
                factor *= self.weights["denied"]
            for number, effect in ((agent, one.agent), (other, one.object * turned)):
                if number is not None and effect:
                    weighed = found.setdefault(number, Weighed())
                    mention = text.mentions[number]
                    weighed.score += effect * factor
                    weighed.words += [(place, place), (mention.first, mention.last - 1)]
        return found

    def _is_negated(self, words: Sequence[Word], place: int) -> bool:
        return place > 0 and any(bare in self._negators for bare in bare_words(words[place - 1].form))

    def doubts(self, lemma: str | None, text: Text) -> bool:
        """Whether the cue doubts what is said: by its verb, or by the first noun of what it expresses."""
        if lemma is not None and fold(lemma) in self._doubting:
            return True
        forms = text.folded
        return not self._doubts.isdisjoint(forms[:2]) or _holds(forms, self._disbelief)

    def _roles(self, text: Text, first: int, end: int, one: Predicate) -> tuple[int | None, int | None]:
        """Numbers of the mentions that are agent and object of a predicate at words `first` to `end`."""
        words = text.words
        before = after = second = None
        for number, mention in enumerate(text.mentions):
            if mention.last <= first and not self._parted(words, mention.last, first):
                before = number
            elif mention.first >= end and not self._parted(words, end, mention.first):
                if after is None:
                    after = number
                elif second is None:
                    second = number
        if one.part == "verb":
            return self._of_verb(text, first, end, one, before, after, second)
        return self._of_noun(text, first, end, before, after, one)

    def _parted(self, words: Sequence[Word], start: int, end: int) -> bool:
        return any(word.flags & _CLAUSE_END for word in words[start:end])

    def _of_verb(
        self,
        text: Text,
        first: int,
        end: int,
        one: Predicate,
        before: int | None,
        after: int | None,
        second: int | None,
    ) -> tuple[int | None, int | None]:
        words, mentions = text.words, text.mentions
        if before is not None and (first - mentions[before].last > 3 or self._governed(words, mentions[before], first)):
            before = None
        led = "" if after is None else self._led_by(words, end, mentions[after])
        near = after is not None and mentions[after].first - end <= 3
        if self._is_first_person(words[first].form, one):
            return None, after if near and (not led or led in self._behind) else None
        if before is not None:
            return before, after if near else None
        if near and not led:
            if mentions[after].first == end or mentions[after].kind == "nation":  # type: ignore[index]
                object_ = second if second is not None and mentions[second].first - end <= 6 else None
                return after, object_
            return None, after
        return None, after if near and led in self._behind else None

    def _of_noun(
        self, text: Text, first: int, end: int, before: int | None, after: int | None, one: Predicate
    ) -> tuple[int | None, int | None]:
        words, mentions = text.words, text.mentions
        if after is not None and one.part != "name":
            mention = mentions[after]
            away = mention.first - end
            led = self._led_by(words, end, mention)
            if away >= 2 and tuple(w.form for w in words[mention.first - 2 : mention.first]) in self._agents_behind:
                return (after, None) if away <= 8 else (None, None)
            if led and led == one.needs and away <= 4:
                return (after, None) if one.agent else (None, after)
            if away <= 4 and led:
                if led in self._behind and one.object:
                    return None, after
            elif away == 0 and mention.kind != "nation":
                return (after, None) if one.agent else (None, after)
            elif any(word.preposition for word in words[end : mention.first]):
                pass
            elif mention.kind == "nation" and away <= 2 and one.agent:
                return after, None  # العدوان الروسي
            elif 1 <= away <= 2 and one.object:
                return None, after  # طرد الدبلوماسيين الروس
        if before is not None and one.agent and not (one.part == "name" and words[first].flags & DEFINITE):
            mention = mentions[before]
            between = words[mention.last : first]
            plain = not any(word.form in self._prepositions or word.flags & PREPOSITION for word in between)
            if len(between) <= 3 and plain and not self._governed(words, mention, first):
                return before, None
        return None, None

    def _governed(self, words: Sequence[Word], mention: Mention, place: int) -> bool:
        """Whether a name stands behind a preposition of place, so that it does nothing: في روسيا."""
        return mention.kind != "nation" and mention.first > 0 and words[mention.first - 1].form in self._aside

    def _led_by(self, words: Sequence[Word], end: int, mention: Mention) -> str:
        """The preposition before a name, or hanging on it; none where there is none."""
        between = [word.form for word in words[end : mention.first]]
        for form in reversed(between):
            if form in self._prepositions:
                return form
        return words[mention.first].preposition if words[mention.first].preposition in self._behind else ""

    def is_aside(self, words: Sequence[Word], mention: Mention) -> bool:
        """Whether a name between cue and content says where, when or with whom: في موسكو, إلى الرئيس."""
        return mention.first > 0 and words[mention.first - 1].form in self._aside

    def _is_first_person(self, form: str, one: Predicate) -> bool:
        lemma = fold(one.lemma)
        first, last, others = self._we
        for conjunction in load_inflection().conjunctions:
            trunk = form[len(conjunction) :] if form.startswith(conjunction) else ""
            if trunk.startswith(first) and not lemma.startswith(first):
                return True
            if trunk.endswith(last) and not trunk.startswith(others):
                return True
        return False


def _by_first_word(phrases: Iterable[str]) -> dict[str, list[list[str]]]:
    """Phrases as folded words, by the first of them."""
    by_first: dict[str, list[list[str]]] = {}
    for phrase in phrases:
        words = fold(phrase).split()
        by_first.setdefault(words[0], []).append(words)
    return by_first


def _holds(forms: Sequence[str], phrases: Mapping[str, list[list[str]]]) -> bool:
    """Whether one of some phrases stands among some folded words."""
    return not phrases.keys().isdisjoint(forms) and any(
        forms[place : place + len(phrase)] == phrase
        for place, form in enumerate(forms)
        for phrase in phrases.get(form, ())
    )


# ---------------------------------------------------------------------------------------------- loading


def _data(name: str) -> str:
    return files("discourse").joinpath("data", "ar", "stance", name).read_text(encoding="utf-8")


@cache
def _weights() -> dict[str, Any]:
    return data_settings("ar/stance/weights.yml")


def _rows() -> list[tuple[int, dict[str, str]]]:
    """Rows of predicates.tsv with their line numbers."""
    lines = [(n, line) for n, line in enumerate(_data("predicates.tsv").splitlines(), 1) if line and line[0] != "#"]
    header = lines[0][1].split("\t")
    return [(n, dict(zip(header, line.split("\t"), strict=True))) for n, line in lines[1:]]


def _faults(rows: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[str]:
    """What is wrong with the predicates, by line."""
    seen: dict[tuple[str, str, bool], int] = {}
    for line, row in rows:
        if row["pos"] not in ("noun", "verb", "adjective", "name"):
            yield f"line {line}: pos {row['pos']!r} of {row['lemma']!r} is unknown"
        for role in ("agent", "object"):
            if row[role] not in ("-1", "-0.5", "0", "0.5", "1"):
                yield f"line {line}: {role} {row[role]!r} of {row['lemma']!r} is not -1, -0.5, 0, 0.5 or 1"
        if row["agent"] == row["object"] == "0":
            yield f"line {line}: {row['lemma']!r} says nothing of agent or object"
        first = seen.setdefault((fold(row["lemma"]), row["needs"], row["pos"] == "verb"), line)
        if first != line:
            yield f"line {line}: {row['lemma']!r} stands in line {first} already"


@cache
@kept_for_good()
def load_stance() -> Stances:
    """Load the package's own predicates; the same object every time.

    Raises
    ------
    LexiconError
        Where predicates.tsv is not valid; with every fault and its line.
    """
    rows = _rows()
    faults = list(_faults(rows))
    if faults:
        raise LexiconError("predicates.tsv cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    return Stances(
        Predicate(
            row["lemma"],
            row["pos"],
            float(row["agent"]),
            float(row["object"]),
            tuple(row["forms"].split()),
            fold(row["needs"]),
        )
        for _, row in rows
    )


# ---------------------------------------------------------------------------------------------- targets


@dataclass(frozen=True, slots=True)
class _Looked:
    """Targets by the states and actors that stand for them."""

    names: tuple[str, ...]
    of: dict[str, str]

    def of_mention(self, mention: Mention) -> str | None:
        return self.of.get(mention.slug) or (self.of.get(mention.state) if mention.state else None)


def _looked(targets: Targets | None) -> _Looked:
    if targets is None:
        targets = default_camps()
    if isinstance(targets, Camps):
        return _Looked(targets.names, {**targets.of_state, **targets.of_actor})
    if isinstance(targets, str):
        targets = [targets]
    lists = dict(targets) if isinstance(targets, Mapping) else {name: [name] for name in targets}
    of: dict[str, str] = {}
    faults = []
    known = _slugs()
    for name, actors in lists.items():
        for actor in [actors] if isinstance(actors, str) else actors:
            if actor not in known:
                faults.append(f"'{actor}' (target '{name}') is no actor of the actor data")
            elif of.setdefault(actor, name) != name:
                faults.append(f"'{actor}' stands for the targets '{of[actor]}' and '{name}'")
    if faults or not of:
        raise StanceError("Targets that cannot be looked for: " + ("; ".join(faults) or "none are named") + ".")
    return _Looked(tuple(lists), of)


@cache
def _slugs() -> frozenset[str]:
    listed = (name for seconds in load_actors().names.values() for names in seconds.values() for name in names)
    return frozenset(actor.slug for name in listed for actor in name.bearers) | load_actors().states


# ---------------------------------------------------------------------------------------------- scoring


def _scored(table: pd.DataFrame) -> Cells:
    cells = with_engagement(cells_of(table))
    return cells if "sentiment" in cells else {**cells, **sentiment_scores(cells, read_contents(table))}


_COLUMNS = (
    *("content_spans", "between", "between_span", "cue_span", "camp", "polarity", "act", "engagement"),
    *("sentiment", "cue_lemma"),
)


def _weighed(
    cells: Cells, contents: Iterable[Text], looked: _Looked
) -> Iterator[dict[str, tuple[float, list[list[int]]]]]:
    """For each row every target that is mentioned: its score, and its evidence in offsets of the document."""
    stances = load_stance()
    columns = (cells.get(name, repeat(None)) for name in _COLUMNS)
    for text, *row in zip(contents, *columns):
        pieces, between, between_span, cue, _, _, act, *_ = row
        done_to = isinstance(between, str) and act in stances.weights["acts"]  # else nobody there is anybody's target
        before = read_text(between if done_to else "", text.day)
        if not any(map(looked.of_mention, (*text.mentions, *before.mentions))):
            yield {}
            continue
        found = _of_content(stances, looked, text, before, row)
        result = {}
        for name, weighed in found.items():
            evidence = text.in_document(set(weighed.words), pieces)
            evidence += [[between_span[0] + start, between_span[0] + end] for start, end in weighed.before]
            if weighed.by_act and cue is not None:
                evidence.append([int(cue[0]), int(cue[1])])
            result[name] = (round(weighed.score, 4), sorted(evidence))
        yield result


def _of_content(stances: Stances, looked: _Looked, text: Text, before: Text, row: Sequence[Any]) -> dict[str, Weighed]:
    *_, camp, polarity, act, engagement, sentiment, lemma = row
    weights = stances.weights
    found: dict[str, Weighed] = defaultdict(Weighed)
    denied = engagement == "deny" or polarity == "negative" or stances.doubts(lemma, text)
    said = stances.weigh(text, act in weights["against"], denied)
    for number, mention in enumerate(text.mentions):
        name = looked.of_mention(mention)
        if name is not None:
            weighed = found[name]
            if number in said:
                weighed.score += said[number].score
                weighed.words += said[number].words
    _add_act(stances, looked, text, before, act, camp, found)
    sign = _SIGNS.get(sentiment, 0.0)
    opening = next((one for one in text.mentions if one.first <= 3 and one.kind != "nation"), None)
    name = looked.of_mention(opening) if opening is not None else None
    if opening is not None and name is not None and sign:
        found[name].score += weights["topic"] * sign
        found[name].words.append((opening.first, opening.last - 1))
    for name, weighed in found.items():
        if weighed.score * sign > 0:
            weighed.score += weights["agreement"] * sign
        weighed.score *= weights["softer"].get(act, 1.0)
        if name == camp:
            weighed.score *= 0.0 if denied else weights["own"]
    return found


def _add_act(
    stances: Stances,
    looked: _Looked,
    text: Text,
    before: Text,
    act: str,
    camp: str | None,
    found: dict[str, Weighed],
) -> None:
    """Add what the act of speaking says of whom it is done to."""
    weights = stances.weights
    effect = weights["acts"].get(act, 0.0) * weights["act"]
    if not effect:
        return
    objects = [
        (name, one)
        for one in before.mentions
        if (name := looked.of_mention(one)) is not None and not stances.is_aside(before.words, one)
    ]
    objects = [(name, one) for name, one in objects if name != camp] or objects
    if objects:
        name, mention = objects[-1]  # the speaker's own nation may stand first
        found[name].score += effect
        found[name].before.append(before.span(mention.first, mention.last - 1))
        found[name].by_act = True
        return
    head = next((one for one in text.mentions if one.first <= 5), None)
    name = looked.of_mention(head) if head is not None else None
    if head is not None and name is not None:
        found[name].score += effect
        found[name].words.append((head.first, head.last - 1))
        found[name].by_act = True


def score_side(table: pd.DataFrame, target: str = "target", targets: Targets | None = None) -> pd.DataFrame:
    """Say which side every content takes on the target that the table names, where it is known to take one.

    Parameters
    ----------
    table
        Attributions, one a row, with a column that names a target in each.
    target
        That column; rows without a target get no side.
    targets
        As for `find_stances`.

    Returns
    -------
    pandas.DataFrame
        A copy with `side`: support or oppose by what is said of the target; where that decides nothing, by the sentiment
        of the content; oppose where that is neutral too, since news mostly reports blame.

    Raises
    ------
    StanceError
        There is no such column, or it names a target that is none of `targets`.
    """
    looked = _looked(targets)
    if target not in table:
        raise StanceError(f"The table has no column {target!r}; found: {', '.join(map(str, table.columns))}.")
    wanted = [None if pd.isna(name) else name for name in table[target]]
    unknown = sorted({str(name) for name in wanted if name is not None and name not in looked.names})
    if unknown:
        raise StanceError(f"Column {target!r} names {', '.join(unknown)}; targets: {', '.join(looked.names)}.")
    cells = _scored(table)
    sides: list[Side | None] = []
    weighed = _weighed(cells, read_contents(table), looked)
    for name, found, sentiment in zip(wanted, weighed, cells["sentiment"], strict=True):
        leaning = found[name][0] if name in found else 0.0
        leaning = leaning or _SIGNS.get(sentiment, 0.0)
        sides.append(None if name is None else "support" if leaning > 0 else "oppose")
    return table.assign(side=pd.Series(sides, index=table.index, dtype=object))


def _side(score: float, threshold: float) -> Side | None:
    return "support" if score >= threshold else "oppose" if score <= -threshold else None


def find_stances(table: pd.DataFrame, targets: Targets | None = None) -> pd.DataFrame:
    """Find what every content says for or against each target that it mentions, as a long table.

    Parameters
    ----------
    table
        Attributions, one a row, with the columns of `attributions_table`. Where `act` or `sentiment` is missing,
        `score_engagement` and `score_sentiment` supply them for the score.
    targets
        For or against whom: camps, as `read_camps` returns them; a list of actors (``["russia", "nato"]``); or lists of
        actors by the name of their target (``{"west": ["united-states", "france"]}``). Moscow, Washington and Astana where
        none are given.

    Returns
    -------
    pandas.DataFrame
        One row per attribution and target that it mentions: `article_id`, `id`, `target`, `side` (support, oppose, or
        None where no side is taken), `score` (its sign says which side it leans to) and `stance_evidence`: [start, end]
        spans in the document of the target and of the words that say something of it.

    Raises
    ------
    StanceError
        A target is not in the actor data, or an actor stands for two targets.
    """
    looked = _looked(targets)
    threshold = load_stance().weights["threshold"]
    rows = []
    weighed = _weighed(_scored(table), read_contents(table), looked)
    for article, one, found in zip(table["article_id"], table["id"], weighed, strict=True):
        for name in looked.names:
            if name in found:
                score, evidence = found[name]
                rows.append((article, one, name, _side(score, threshold), score, evidence))
    names = ("article_id", "id", "target", "side", "score", "stance_evidence")
    cells = zip(*rows, strict=True) if rows else ([] for _ in names)
    kinds = {"score": float}
    return pd.DataFrame(
        {
            name: pd.Series(list(column), dtype=kinds.get(name, object))
            for name, column in zip(names, cells, strict=True)
        }
    )


def score_stance(table: pd.DataFrame, targets: Targets | None = None) -> pd.DataFrame:
    """Say of every content for and against whom it takes a side.

    A side is taken where the words that say something of a target add up: what it does (violates, helps), what is done to
    it by the speaker (condemns, thanks), what it is called, and the act of speaking where the target is its object
    (accused X of, praised X's). All numbers stand in `data/ar/stance/weights.yml`.

    Parameters
    ----------
    table, targets
        As for `find_stances`.

    Returns
    -------
    pandas.DataFrame
        A copy with `stance`, from target to support or oppose ({} where no side is taken), and `stance_evidence`:
        [start, end] spans in the document of the words that decided.

    Raises
    ------
    StanceError
        A target is not in the actor data, or an actor stands for two targets.

    References
    ----------
    Mohammad, S. et al. (2016). SemEval-2016 Task 6: Detecting stance in tweets. SemEval, 31–41.
    """
    return with_columns(table, stance_scores(_scored(table), read_contents(table), targets))


def stance_scores(cells: Cells, contents: Iterable[Text], targets: Targets | None = None) -> Scores:
    """The columns that `score_stance` adds to a table of those cells and contents, engagement and sentiment among them."""
    looked = _looked(targets)
    threshold = load_stance().weights["threshold"]
    sides: list[dict[str, str]] = []
    evidence: list[list[list[int]]] = []
    for found in _weighed(cells, contents, looked):
        if not found:
            sides.append({})
            evidence.append([])
            continue
        taken = {name: side for name in looked.names if name in found and (side := _side(found[name][0], threshold))}
        sides.append(dict(taken))
        evidence.append(sorted({tuple(span): span for name in taken for span in found[name][1]}.values()))
    return {"stance": sides, "stance_evidence": evidence}
