"""Score what a speaker is reported as doing, and what the paper's wording does with its truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from discourse.datafiles import LexiconError, data_settings, kept_for_good
from discourse.inflection import FormIndex, bare_words, load_inflection
from discourse.lexicon import PREPOSITION, Cue, CueForm, load_language
from discourse.tables import Cells, Scores, cells_of, with_columns
from discourse.text import fold, tokens

ACTS = (
    "assert", "think", "feel", "direct", "commit", "threaten", "warn", "praise", "criticise", "accuse", "ask",
)  # fmt: skip
ENGAGEMENTS = ("acknowledge", "pronounce", "endorse", "distance", "deny")

# What a cue is taken for where nothing is known of it: the colon, a noun in no list.
_PLAIN = ("assert", "acknowledge")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a cue does by itself, and its verb as cues.yml has it (folded, empty for none)."""

    act: str
    engagement: str
    lemma: str = ""


class Engagement:
    """Everything known of cues and their contexts, ready for look-up; made once by `load_engagement`."""

    def __init__(self, data: dict[str, Any]) -> None:
        _check(data)
        self._language = load_language()
        self._lemmas = {fold(lemma): cue for lemma, cue in self._language.cues.items()}
        self._words = FormIndex()
        self._as_written: dict[str, _Reading] = {}
        self._phrases: list[tuple[tuple[str, ...], _Reading]] = []
        for entry in data["cues"]:
            reading = _Reading(entry["act"], entry["engagement"])
            if entry["part"] == "phrase":
                self._phrases.append((tuple(fold(entry["cue"]).split()), reading))
            elif entry["part"] == "word":
                self._as_written[fold(entry["cue"])] = reading
            else:
                self._words.add(entry["cue"], entry["part"], entry.get("forms", "").split(), reading)
        for word in list(self._as_written):
            for conjunction in load_inflection().conjunctions:
                self._as_written[conjunction + word] = self._as_written[word]
        self._phrases.sort(key=lambda phrase: -len(phrase[0]))
        self._own = {fold(entry["lemma"]): bool(entry["own"]) for entry in data["expressing"]}
        self._attitudes = FormIndex()
        for act, nouns in data["attitudes"].items():
            for noun in nouns:
                self._attitudes.add(noun, "noun", (), act)
        self._relative = {fold(entry["lemma"]): entry["engagement"] for entry in data["relative"]}
        self._past_acts = {fold(entry["lemma"]): entry["act"] for entry in data["past_acts"]}
        self._holders = FormIndex()
        for noun in data["holders"]:
            self._holders.add(noun, "noun", (), True)
        self._negated: dict[str, dict[str, str]] = data["negated"]
        self._negated_lemmas: dict[str, str] = {
            fold(entry["lemma"]): entry["engagement"] for entry in data["negated_lemmas"]
        }
        self.contested = {
            fold(entry["lemma"]): {name: float(share) for name, share in entry.items() if name != "lemma"}
            for entry in data["contested"]
        }
        self._contested = {lemma: max(shares, key=lambda k: shares[k]) for lemma, shares in self.contested.items()}
        self._readings: dict[tuple[str, str], _Reading] = {}

    def reading(self, cue: str, lemma: str) -> _Reading:
        """What a cue does by itself; every distinct cue is read once."""
        key = (cue, lemma)
        known = self._readings.get(key)
        if known is None:
            known = self._readings[key] = self._read(cue, lemma)
        return known

    def _read(self, cue: str, lemma: str) -> _Reading:
        written = [fold(form) for form in tokens(cue)[0]]
        bare = [set(bare_words(form)) for form in written]
        for phrase, reading in self._phrases:
            for first in range(len(bare) - len(phrase) + 1):
                if all(word in bare[first + n] for n, word in enumerate(phrase)):
                    return reading
        if written and all(word in self._as_written for word in written):
            return self._as_written[written[0]]
        forms = [form for word in written if word not in self._as_written for form in self._cue_forms(word)]
        if any(word in self._as_written for word in written):
            # بحسب ما أكد insists as the verb does, وفقا لتقديرات no more than its preposition
            forms = [form for form in forms if form.part in ("past", "present", "jussive")]
        # يدعوه is rather one who calls than several who claim
        forms.sort(key=lambda form: (form.number != "s", form.part == "jussive"))
        verb = (
            self._language.cues.get(lemma) or self._lemmas.get(fold(lemma)) or next((form.cue for form in forms), None)
        )
        if verb is None:
            known = (self._as_written.get(word) or self._words.find(word) for word in written)
            return next((reading for reading in known if reading is not None), _Reading(*_PLAIN))
        name = fold(verb.lemma)
        act, engagement = verb.act, self._contested.get(name, verb.engagement)
        if name in self._past_acts and any(form.part == "past" and form.cue is verb for form in forms):
            act = self._past_acts[name]
        if name in self._relative and any(self._names_it(word, verb) for word in written):
            engagement = self._relative[name]
        return _Reading(act, engagement, name)

    def _names_it(self, word: str, verb: Cue) -> bool:
        """Whether a folded word is this verb with a pronoun hanging on it and no conjunction before it."""
        bare = any(not form.pronoun for form in self._language.word(word).cues)
        joined = any(
            word.startswith(c) and any(form.cue is verb for form in self._cue_forms(word[len(c) :]))
            for c in load_inflection().conjunctions
            if c
        )
        return not bare and not joined and any(form.cue is verb for form in self._cue_forms(word))

    def _cue_forms(self, word: str) -> tuple[CueForm, ...]:
        """Reporting verbs that a folded word can be, with or without a pronoun hanging on it."""
        forms = self._language.word(word).cues
        for stem in load_inflection().without_pronoun(word):
            forms = forms or self._language.word(stem).cues
        return forms

    def attitude(self, lemma: str, content: str) -> tuple[str, int, int] | None:
        """The act named by the first noun of a content after a verb of expressing, and where that noun stands."""
        own = self._own.get(lemma)
        if own is None:
            return None
        forms, starts, ends = tokens(content[:80])
        first = 1 if forms and self._language.word(forms[0]).flags & PREPOSITION else 0
        if first >= len(forms):
            return None
        noun = fold(forms[first])
        act = self._attitudes.find(noun)
        if act is None:
            return None
        if own and self._attitudes.find(noun, with_pronoun=True) is None:
            holder = fold(forms[first + 1]) if first + 1 < len(forms) else ""
            if self._holders.find(holder, with_pronoun=True) is None:
                return None
        return act, starts[first], ends[first]

    def probabilities(self, reading: _Reading, engagement: str) -> dict[str, float]:
        """How probable each reading of a cue is, given the one it got: certain but for the contested verbs."""
        shares = self.contested.get(reading.lemma, {})
        contested = engagement == self._contested.get(reading.lemma)
        return shares if contested else {engagement: 1.0}

    def negate(self, reading: _Reading) -> str:
        """What a cue does with the truth of its content when it is negated."""
        if reading.lemma in self._negated_lemmas:
            return self._negated_lemmas[reading.lemma]
        return self._negated.get(reading.act, {}).get(reading.engagement, reading.engagement)


def _check_shares(name: str, shares: Mapping[str, float]) -> Iterator[str]:
    """What is wrong with the probabilities of a contested verb."""
    unknown = [engagement for engagement in shares if engagement not in ENGAGEMENTS]
    if unknown:
        yield f"engagement {unknown[0]!r} of {name!r} is unknown. Known: {', '.join(ENGAGEMENTS)}"
    if abs(sum(shares.values()) - 1) > 1e-9 or min(shares.values(), default=0) < 0:
        yield f"the probabilities of {name!r} add up to {sum(shares.values()):g}, not 1"


def _check(data: dict[str, Any]) -> None:
    """Refuse data in classes that are not declared, with every fault named."""
    faults: list[str] = []
    seen: dict[tuple[str, bool], str] = {}
    for entry in data["cues"]:
        name = entry["cue"]
        if entry["act"] not in ACTS:
            faults.append(f"act {entry['act']!r} of {name!r} is unknown. Acts: {', '.join(ACTS)}")
        if entry["engagement"] not in ENGAGEMENTS:
            faults.append(f"engagement {entry['engagement']!r} of {name!r} is unknown. Known: {', '.join(ENGAGEMENTS)}")
        if seen.setdefault((fold(name), entry["part"] == "verb"), name) is not name:
            faults.append(f"{name!r} is listed twice")
    for act in (*data["attitudes"], *data["negated"], *(entry["act"] for entry in data["past_acts"])):
        if act not in ACTS:
            faults.append(f"act {act!r} is unknown. Acts: {', '.join(ACTS)}")
    for name in (entry["engagement"] for entry in (*data["relative"], *data["negated_lemmas"])):
        if name not in ENGAGEMENTS:
            faults.append(f"engagement {name!r} is unknown. Known: {', '.join(ENGAGEMENTS)}")
    for entry in data["contested"]:
        shares = {name: share for name, share in entry.items() if name != "lemma"}
        faults += _check_shares(entry["lemma"], shares)
    if faults:
        raise LexiconError("engagement.yml cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))


@cache
@kept_for_good()
def load_engagement() -> Engagement:
    """Load the package's own data on cues; the same object every time.

    Raises
    ------
    LexiconError
        Where engagement.yml names a class that is not declared, a cue twice, or probabilities that do not add up.
    """
    return Engagement(data_settings("ar/engagement.yml"))


def _with_contested(contested: Mapping[str, Mapping[str, float]]) -> Engagement:
    """The package's data with the user's own probabilities for some verbs."""
    faults = [fault for name, shares in contested.items() for fault in _check_shares(name, shares)]
    verbs = {fold(lemma) for lemma in load_language().cues}
    faults += [f"{name!r} is no verb of cues.yml" for name in contested if fold(name) not in verbs]
    if faults:
        raise LexiconError("contested verbs cannot be used:\n" + "\n".join(f"  {fault}" for fault in faults))
    settings = data_settings("ar/engagement.yml")
    own = {fold(name) for name in contested}
    kept = [entry for entry in settings["contested"] if fold(entry["lemma"]) not in own]
    added = [{"lemma": name, **shares} for name, shares in contested.items()]
    return Engagement({**settings, "contested": [*kept, *added]})


def score_engagement(table: pd.DataFrame, contested: Mapping[str, Mapping[str, float]] | None = None) -> pd.DataFrame:
    """Say what every speaker is reported as doing, and what the wording does with its truth.

    Parameters
    ----------
    table
        Attributions, one a row, with the columns of `attributions_table`; `cue_lemma` may be missing from a row, then
        the written cue is looked up.
    contested
        Verbs on which readers disagree, with the probability of each reading, to be used instead of those of
        `data/ar/engagement.yml`: ``{"أكد": {"pronounce": 0.5, "acknowledge": 0.5}}``.

    Returns
    -------
    pandas.DataFrame
        A copy with `act` (assert, think, feel, direct, commit, threaten, warn, praise, criticise, accuse, ask),
        `engagement` (acknowledge, pronounce, endorse, distance, deny) and `engagement_evidence`: [start, end] spans
        in the document of the cue and of the noun of the content that decided (his *concern*). `p_acknowledge` to
        `p_deny` hold the probability of each reading, 1 or 0 for cues that are read alike; their mean is a share, and
        `engagement_shares` counts what they leave open into its intervals.

    Raises
    ------
    LexiconError
        A contested verb is none of the cues, has an unknown class, or probabilities that do not add up to 1.

    References
    ----------
    Martin, J. R. & White, P. R. R. (2005). The Language of Evaluation: Appraisal in English. Palgrave.
    """
    return with_columns(table, engagement_scores(cells_of(table), contested))


def engagement_scores(cells: Cells, contested: Mapping[str, Mapping[str, float]] | None = None) -> Scores:
    """The columns that `score_engagement` adds to a table of those cells."""
    known = load_engagement() if contested is None else _with_contested(contested)
    acts: list[str] = []
    engagements: list[str] = []
    evidence: list[list[list[int]]] = []
    probabilities: list[Mapping[str, float]] = []
    columns = (cells[name] for name in ("cue", "cue_lemma", "cue_span", "content", "content_spans", "polarity"))
    for cue, lemma, cue_span, content, pieces, polarity in zip(*columns, strict=True):
        reading = known.reading(cue if isinstance(cue, str) else "", lemma if isinstance(lemma, str) else "")
        act, engagement = reading.act, reading.engagement
        spans = [[int(cue_span[0]), int(cue_span[1])]] if cue_span is not None else []
        attitude = known.attitude(reading.lemma, content) if isinstance(content, str) else None
        if attitude is not None and pieces and attitude[2] <= pieces[0][1] - pieces[0][0]:
            act = attitude[0]
            spans.append([pieces[0][0] + attitude[1], pieces[0][0] + attitude[2]])
            spans.sort()
        denial = reading.engagement == "deny"
        if polarity == "negative" and not denial or denial and polarity == "positive" and isinstance(lemma, str):
            engagement = known.negate(reading)  # لم يؤكد, and لا يستبعد, whose content is not denied
        acts.append(act)
        engagements.append(engagement)
        evidence.append(spans)
        probabilities.append(known.probabilities(reading, engagement))
    shares = {f"p_{name}": [each.get(name, 0.0) for each in probabilities] for name in ENGAGEMENTS}
    return {"act": acts, "engagement": engagements, "engagement_evidence": evidence, **shares}


def with_engagement(cells: Cells) -> Cells:
    """The same cells with those of `score_engagement`, where they have none."""
    return cells if {"act", "engagement"} <= cells.keys() else {**cells, **engagement_scores(cells)}
