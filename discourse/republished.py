"""Find what outlets took over from one another or from an agency, so that a statement can be counted once.

Every sentence is a passage: its letters are folded, cut into shingles of five characters and sketched by MinHash (Broder
1997). Passages whose sketches agree in a band are compared by their shingles themselves, and articles that have such
passages in common by all of theirs: what is reported was measured, not estimated.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from discourse.boilerplate import find_boilerplate
from discourse.corpus import Article
from discourse.datafiles import data_entries
from discourse.provenance import recorded
from discourse.schemas import TableError
from discourse.tables import check_table
from discourse.text import fold, spellings

SHINGLE = 5  # characters
SHORTEST = 40  # letters and blanks of a passage: shorter ones are formulas that recur without being copied
SAME_PASSAGE = 0.55  # Jaccard's index of the shingles
SAME_ARTICLE = 0.5  # of the shingles of the shorter article, what stands in the longer one
SAME_STATEMENT = 0.5  # Jaccard's index of the shingles of two contents
_PERMUTATIONS, _BAND = 64, 4  # sixteen bands of four: of passages that agree by 0.7, 99 in 100 meet in one
_SEED = 20220105

Shingles = NDArray[np.uint32]
COUNTS = ("once", "once per outlet", "as is")


def find_republished(articles: Iterable[Article], *, progress: bool = False) -> pd.DataFrame:
    """Find articles and passages that stand in more than one article.

    Parameters
    ----------
    articles
        The articles, of one outlet or many. Their order does not matter.
    progress
        Whether a bar shows how far it is.

    Returns
    -------
    pandas.DataFrame
        One row for each article (`unit` article) or sentence (`unit` passage) in a group of copies, the first of them
        ahead: `group`, `unit`, `article_id`, `outlet`, `date`, `span` ([start, end] in the document), `origin` (the agency
        that a copy credits; else the outlet that had it first), `origin_by` (agency credit, date, or outlet: where dates
        do not tell, the first by name), `first` (id of the earliest article of the group), `similarity` (Jaccard's index
        of the shingles with that article or passage) and `contained` (the share of this one's shingles that stand there).
        Groups are numbered by their first article. An article put together from two wires is in both groups.

    Raises
    ------
    TableError
        An article is given twice.

    Notes
    -----
    Agencies are known by `discourse/data/ar/boilerplate.yml` and `agency_credits.yml`. Marked boilerplate and sentences of
    fewer than `SHORTEST` letters are not compared.

    References
    ----------
    A. Broder, "On the resemblance and containment of documents", Proceedings of Compression and Complexity of Sequences
    1997, pp. 21-29.
    """
    given = sorted(articles, key=_by_time)
    twice = sorted(name for name, count in Counter(article.id for article in given).items() if count > 1)
    if twice:
        raise TableError([f"article '{each}' is given twice" for each in twice], "articles")
    owners, spans, sketches = _sketched(given, progress)
    passages = _same_passages(given, owners, spans, sketches)
    rows: list[dict[str, Any]] = []
    groups = [("article", members) for members in _same_articles(given, owners, passages)]
    groups += [("passage", members) for members in passages]
    groups.sort(key=lambda group: (_article_of(group, owners, 0), group[0], group[1][0][0]))
    for number, (unit, members) in enumerate(groups, 1):
        places = [owners[place] if unit == "passage" else place for place, _, _ in members]
        origin, why = _origin([given[place] for place in places])
        for place, (member, similarity, contained) in zip(places, members, strict=True):
            article = given[place]
            span = [int(n) for n in spans[member]] if unit == "passage" else [0, len(article.document)]
            rows.append(
                {
                    "group": number,
                    "unit": unit,
                    "article_id": article.id,
                    "outlet": article.outlet,
                    "date": article.date,
                    "span": span,
                    "origin": origin,
                    "origin_by": why,
                    "first": given[places[0]].id,
                    "similarity": similarity,
                    "contained": contained,
                }
            )
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    return table.assign(date=pd.to_datetime(table["date"]).astype("datetime64[us]"))


_COLUMNS = (
    *("group", "unit", "article_id", "outlet", "date", "span", "origin", "origin_by", "first"),
    *("similarity", "contained"),
)
Members = list[tuple[int, float, float]]  # which, its similarity to the first of them, its share that stands there


def _article_of(group: tuple[str, Members], owners: Sequence[int], member: int) -> int:
    return owners[group[1][member][0]] if group[0] == "passage" else group[1][member][0]


# Passages -------------------------------------------------------------------------------------------------------------

_SENTENCE = re.compile(r"[^\s.!?؟…][^\n.!?؟…]*(?:[.!?؟…](?!\s|\Z)[^\n.!?؟…]*)*")
_BETWEEN_WORDS = re.compile(r"[\W_]+")


def shingles(text: str) -> Shingles:
    """Give the shingles of a text as sorted numbers, each once; a text shorter than one is one."""
    return np.unique(_shingles(_letters(text)))


def _letters(text: str) -> str:
    return _BETWEEN_WORDS.sub(" ", fold(text)).strip()


def _shingles(letters: str) -> Shingles:
    if 0 < len(letters) < SHINGLE:
        letters = letters.ljust(SHINGLE)
    codes = np.frombuffer(letters.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    length = max(0, len(codes) - SHINGLE + 1)
    numbers = codes[:length]
    for offset in range(1, SHINGLE):  # a polynomial modulo 2**32, as Rabin and Karp roll it
        numbers = numbers * _FACTOR + codes[offset : offset + length]
    return numbers


_FACTOR = np.uint32(0x9E3779B1)


def _passages(article: Article) -> Iterator[tuple[int, int, str]]:
    """Give the sentences of an article that are long enough: where they stand, and their letters."""
    document = article.document
    marked = article.boilerplate
    for match in _SENTENCE.finditer(document):
        start, end = match.span()
        for span in marked:
            if span.start <= start < span.end:
                start = min(span.end, end)
        if end - start < SHORTEST:
            continue
        letters = _letters(document[start:end])
        if len(letters) >= SHORTEST:
            yield start, end, letters


def _sketched(articles: Sequence[Article], progress: bool) -> tuple[list[int], NDArray[np.int64], NDArray[np.uint32]]:
    """Sketch every passage: the place of its article, its span, its MinHash."""
    from datasketch import MinHash
    from tqdm import tqdm

    owners: list[int] = []
    spans: list[tuple[int, int]] = []
    which: list[int] = []
    known: dict[str, int] = {}  # letters seen before need no second sketch
    sketches: list[NDArray[np.uint32]] = []
    sketch = MinHash(num_perm=_PERMUTATIONS, seed=_SEED, hashfunc=int, scheme="affine32")
    for place, article in enumerate(tqdm(articles, unit="article", desc="sketching", disable=not progress)):
        for start, end, letters in _passages(article):
            number = known.setdefault(letters, len(known))
            if number == len(sketches):
                sketch.clear()
                sketch.update_batch(_shingles(letters).tolist())
                sketches.append(sketch.digest())
            owners.append(place)
            spans.append((start, end))
            which.append(number)
    stacked = np.stack(sketches) if sketches else np.zeros((0, _PERMUTATIONS), dtype=np.uint32)
    return owners, np.array(spans, dtype=np.int64).reshape(-1, 2), stacked[which]


def _candidates(sketches: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Pair each passage with the first one whose sketch agrees with its own in a band.

    Sorting the bands takes a fraction of the time and memory of `datasketch.MinHashLSH`, which keeps a set for each band of
    each passage, nearly all of them with one member.
    """
    found = []
    for first in range(0, _PERMUTATIONS, _BAND):
        keys = (sketches[:, first : first + _BAND].astype(np.uint64) * _FACTORS).sum(axis=1, dtype=np.uint64)
        order = np.argsort(keys, kind="stable")
        begins = np.flatnonzero(np.diff(keys[order], prepend=keys[order][:1] + np.uint64(1)))
        leaders = order[np.repeat(begins, np.diff(np.append(begins, len(order))))]
        found.append(np.stack([leaders, order], axis=1)[leaders != order])
    pairs = np.unique(np.concatenate(found), axis=0)
    return [(int(one), int(other)) for one, other in pairs]


_FACTORS = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64)


def _likeness(one: Shingles, other: Shingles) -> tuple[float, float]:
    """Give Jaccard's index, and the share of the second one's shingles that the first has."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / ((len(one) + len(other) - common) or 1), common / (len(other) or 1)


def _same_passages(
    articles: Sequence[Article], owners: Sequence[int], spans: NDArray[np.int64], sketches: NDArray[np.uint32]
) -> list[Members]:
    """Group passages: each stands with the first one that it is like, and with one of an article."""

    @lru_cache(100_000)
    def of(passage: int) -> Shingles:
        start, end = spans[passage]
        return shingles(articles[owners[passage]].document[start:end])

    groups: dict[int, Members] = {}
    leader_of: dict[int, int] = {}
    for one, other in sorted(_candidates(sketches), key=lambda pair: (pair[1], pair[0])):
        leader = leader_of.get(one, one)
        if other in leader_of or owners[leader] == owners[other]:
            continue
        similarity, contained = _likeness(of(leader), of(other))
        if similarity >= SAME_PASSAGE:
            groups.setdefault(leader, [(leader, 1.0, 1.0)]).append((other, similarity, contained))
            leader_of[other] = leader
    return [groups[leader] for leader in sorted(groups)]


def _same_articles(articles: Sequence[Article], owners: Sequence[int], passages: Sequence[Members]) -> list[Members]:
    """Group articles that have passages in common, by all of their passages: each with an earlier one that it is like."""

    @lru_cache(20_000)
    def of(place: int) -> Shingles:
        parts = [_shingles(letters) for _, _, letters in _passages(articles[place])]
        return np.unique(np.concatenate(parts))

    earlier: dict[int, set[int]] = defaultdict(set)
    for members in passages:
        places = sorted({owners[passage] for passage, _, _ in members})
        # a sentence that stands in very many articles says little: its first few are enough to find the rest by others
        for number, place in enumerate(places):
            earlier[place].update(places[: min(number, _FEW)])
    groups: list[Members] = []
    led: dict[int, list[int]] = defaultdict(list)  # the groups that an article is the first of
    within: dict[int, set[int]] = defaultdict(set)
    for place in sorted(earlier):
        for other in sorted(earlier[place]):
            if within[place] & within[other] or not _same_article(of(other), of(place)):
                continue
            # an article put together from two is the first of two groups, where it came first
            fits = (number for number in led[other] if _same_article(of(groups[number][1][0]), of(place)))
            number = next(fits, len(groups))
            if number == len(groups):
                groups.append([(other, 1.0, 1.0)])
                led[other].append(number)
                within[other].add(number)
            groups[number].append((place, *_likeness(of(other), of(place))))
            within[place].add(number)
    return groups


def _same_article(one: Shingles, other: Shingles) -> bool:
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common >= SAME_ARTICLE * min(len(one), len(other))


_FEW = 10


# Origins --------------------------------------------------------------------------------------------------------------


def _by_time(article: Article) -> tuple[bool, str, str, str]:
    return article.date is None, str(article.date or ""), article.outlet or "", article.id


def _origin(copies: Sequence[Article]) -> tuple[str | None, str]:
    """Name the agency that most copies credit; else the outlet of the first, with what made it the first."""
    credits = Counter(agency for article in copies if (agency := credited_agency(article)))
    if credits:
        most = max(credits.values())
        return min(agency for agency, count in credits.items() if count == most), "agency credit"
    first = copies[0]
    alone = first.date is not None and all(article.date != first.date for article in copies[1:])
    return first.outlet, "date" if alone else "outlet"


def credited_agency(article: Article) -> str | None:
    """Give the agency that an article credits with its text, in its header or in a line of its own, or None."""
    credit, names = _credits()
    document = article.document
    head = document.partition("\n")[0] if not article.title else document[: document.find("\n", len(article.title) + 1)]
    for span in find_boilerplate(document):
        if span.end <= len(head) + 1:
            for name, pattern in names.items():
                if pattern.search(span.text):
                    return name
    for line in credit.finditer(document):
        for name, pattern in names.items():
            if pattern.search(line["agencies"]):
                return name
    return None


@cache
def _credits() -> tuple[re.Pattern[str], dict[str, re.Pattern[str]]]:
    """Compile the lines that credit an agency, and the names of the agencies, the longest first."""
    entries = [entry["begins"] for entry in data_entries("ar/boilerplate.yml") if entry["kind"] == "agency"]
    names = sorted(entries, key=lambda name: (-len(name), name))
    begins = "|".join(spellings(entry["begins"]) for entry in data_entries("ar/agency_credits.yml"))
    one = "|".join(map(spellings, names))
    blank = r"[ \t\u00a0]"
    line = (
        rf"^[^\w\n]{{0,6}}(?:(?:{begins}){blank}*:?{blank}*)?(?P<agencies>(?:{one})(?:[^\w\n]{{1,3}}و?{blank}?(?:{one}))*)"
        r"[^\w\n]{0,6}$"
    )
    return re.compile(line, re.MULTILINE), {name: re.compile(rf"(?<!\w){spellings(name)}(?!\w)") for name in names}


# Statements -----------------------------------------------------------------------------------------------------------


@recorded
def count_statements(table: pd.DataFrame, republished: pd.DataFrame, count: str = "once") -> pd.DataFrame:
    """Weigh statements so that copies of one count once, once per outlet, or as is.

    Parameters
    ----------
    table
        Attributions, as `attributions_table` returns them.
    republished
        What `find_republished` found in their articles.
    count
        ``"once"``: the k copies of a statement weigh 1/k each. ``"once per outlet"``: the k copies in one outlet do.
        ``"as is"``: every row weighs 1.

    Returns
    -------
    pandas.DataFrame
        The table with two more columns: `statement`, the `article_id` and `id` of its first copy joined by a blank, and
        `weight`, for the `weight` of `share_by`, `mean_by` and `contrast`. Rows that stand first
        (``table["statement"] == table["article_id"] + " " + table["id"]``) are the table without copies.

    Raises
    ------
    TableError
        The table is not one of attributions, `republished` is not from `find_republished`, or `count` is another.

    Notes
    -----
    Two rows are copies where their articles, or the passages they begin in, stand in one group and the shingles of their
    contents agree by `SAME_STATEMENT` (Jaccard's index); one row of an article for each statement, the most alike first.
    """
    check_table(table)
    missing = [name for name in _COLUMNS if name not in republished.columns]
    if missing:
        raise TableError([f"no column {', '.join(missing)}; find_republished makes them"], "table of copies")
    if count not in COUNTS:
        raise TableError([f"count is '{count}'; it must be one of {', '.join(COUNTS)}"], "count_statements")
    first = _first_copies(table, republished)
    names = [f"{name} {number}" for name, number in zip(table["article_id"].astype(str), table["id"], strict=True)]
    unit: list[Any] = list(range(len(table))) if count == "as is" else first
    if count == "once per outlet":
        unit = list(zip(first, table["outlet"], strict=True))
    copies = Counter(unit)
    weight = np.array([1 / copies[each] for each in unit], dtype=float)
    keys = [names[place] for place in first]
    return table.assign(statement=keys, weight=weight)


def _first_copies(table: pd.DataFrame, republished: pd.DataFrame) -> list[int]:
    """Give for each row the place of the row that it is a copy of, its own where it is none."""
    of_article: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(table["article_id"]):
        of_article[name].append(place)
    begins = [spans[0][0] for spans in table["content_spans"]]
    contents = list(table["content"])
    first = list(range(len(table)))
    letters = lru_cache(100_000)(lambda place: shingles(contents[place]))
    for _, group in republished.groupby("group", sort=True):
        statements: dict[int, set[str]] = {}  # by their first rows: the articles that have them
        for name, (start, end) in zip(group["article_id"], group["span"], strict=True):
            places = [place for place in of_article[name] if start <= begins[place] < end]
            taken = {first[place] for place in places if first[place] != place}
            alike = sorted(
                (-_likeness(letters(one), letters(place))[0], one, place)
                for place in places
                if first[place] == place
                for one in statements
                if name not in statements[one] and one not in taken
            )
            for likeness, one, place in alike:
                if -likeness >= SAME_STATEMENT and first[place] == place and one not in taken and first[one] == one:
                    first[place] = one
                    taken.add(one)
                    statements[one].add(name)
            for place in places:
                statements.setdefault(first[place], set()).add(name)
    return [_root(first, place) for place in range(len(first))]


def _root(first: Sequence[int], place: int) -> int:
    while first[place] != place:
        place = first[place]
    return place
