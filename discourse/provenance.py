"""What a table was made of: the calls that made it, and digests of what they read.

A table carries this in its `attrs`, through filtering, sorting and copying, so that a figure can say what it was drawn
from. Where tables of different origin are put together, pandas drops it: a figure of them says only what drew it, and names
for its inputs what the program had read by then.
"""

from __future__ import annotations

import inspect
import json
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec

import pandas as pd

from discourse.corpus import Article
from discourse.digests import digest
from discourse.speakers import Camps
from discourse.tables import attribution_rows

_KEY = "discourse"
_MOST = 1000  # items of one input that have a digest each; more are put together in groups
_DIGITS = 8
_BRIEF = 500  # characters of an argument that are written out
_Arguments = ParamSpec("_Arguments")
# The inputs of the last tables that were made of something read; few, so that a long run holds on to nothing.
_READ: deque[dict[str, dict[str, str]]] = deque(maxlen=8)


@dataclass(frozen=True, slots=True)
class Origin:
    """The calls that made a table, written as one call within the other; their seeds; how much they read, and of what.

    `inputs` names what was read, and in it a digest of every item: of each article by its id, of each camp by its name.
    """

    call: str = ""
    seeds: tuple[int, ...] = ()
    n: dict[str, int] = field(default_factory=dict)
    inputs: dict[str, dict[str, str]] = field(default_factory=dict)


def origin_of(table: pd.DataFrame) -> Origin:
    """Give what a table says of its origin; nothing where it was made by hand or by others."""
    told = json.loads(table.attrs.get(_KEY, "{}"))
    return Origin(**{**told, "seeds": tuple(told.get("seeds", ()))})


def with_origin(table: pd.DataFrame, origin: Origin) -> pd.DataFrame:
    """Have a table say where it comes from; the same table is given back."""
    # a string: pandas copies attrs at every step, and writes them into files as JSON
    table.attrs[_KEY] = json.dumps(asdict(origin), sort_keys=True)
    return table


def recorded(function: Callable[_Arguments, pd.DataFrame]) -> Callable[_Arguments, pd.DataFrame]:
    """Have the tables that a function returns say how it was called, and on what."""
    signature = inspect.signature(function)

    @wraps(function)
    def made(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> pd.DataFrame:
        table = function(*args, **kwargs)
        return with_origin(table, origin_of_call(function.__name__, signature.bind(*args, **kwargs)))

    return made


def read_so_far() -> dict[str, dict[str, str]]:
    """What the program has read lately: the inputs of a table that does not know its own."""
    return joined(_READ)


def origin_of_call(name: str, given: inspect.BoundArguments) -> Origin:
    """Write a call with its arguments; of a table among them, the call that made it."""
    tables = [origin_of(value) for value in given.arguments.values() if isinstance(value, pd.DataFrame)]
    seeds = [seed for origin in tables for seed in origin.seeds]
    parameters = given.signature.parameters
    if "seed" in parameters:
        given.arguments.setdefault("seed", parameters["seed"].default)
        seeds.append(int(given.arguments["seed"]))
    written = []
    for key, value in given.arguments.items():
        named = key == "seed" or parameters[key].kind is inspect.Parameter.KEYWORD_ONLY
        written.append(f"{key}={_written(value)}" if named else _written(value))
    return Origin(
        f"{name}({', '.join(written)})",
        tuple(dict.fromkeys(seeds)),
        {key: n for origin in tables for key, n in origin.n.items()},
        joined(origin.inputs for origin in tables),
    )


def joined(inputs: Iterable[Mapping[str, Mapping[str, str]]]) -> dict[str, dict[str, str]]:
    """Put the inputs of several tables together."""
    all_of_it: dict[str, dict[str, str]] = {}
    for each in inputs:
        for name, items in each.items():
            all_of_it.setdefault(name, {}).update(items)
    return all_of_it


def _written(value: object) -> str:
    if isinstance(value, pd.DataFrame):
        return origin_of(value).call or f"<table of {len(value)} rows>"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_written(key)}: {_written(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (list, tuple)) and all(isinstance(each, (str, int, float)) for each in value):
        return "[" + ", ".join(map(_written, value)) + "]"
    if isinstance(value, Path) or (isinstance(value, str) and Path(value).is_absolute()):
        return repr(Path(value).name)  # where somebody keeps a file is nobody's business
    if value is None or isinstance(value, (str, int, float)):
        return repr(value)
    if isinstance(value, Collection):
        return f"<{len(value)} × {type(next(iter(value), None)).__name__}>"
    brief = repr(value) if is_dataclass(value) else ""
    return brief if 0 < len(brief) <= _BRIEF else f"<{type(value).__name__}>"


# Inputs ---------------------------------------------------------------------------------------------------------------


def of_articles(articles: Sequence[Article], camps: Camps, table: pd.DataFrame) -> Origin:
    """The origin of a table of attributions found in some articles."""
    texts = ((one.id, json.dumps([one.title, one.text, one.outlet, str(one.date)])) for one in articles)
    return _noted(
        f"analyse(<{len(articles)} articles>, camps=<{', '.join(camps.names)}>)",
        {"articles": len(articles), "attributions": len(table)},
        {"articles": _digests(texts), "camps": of_camps(camps)},
    )


def of_camps(camps: Camps) -> dict[str, str]:
    """A digest of each camp: its labels, and whom it counts."""
    return _digests(
        (
            name,
            json.dumps(
                [
                    camps.labels.get(name),
                    *(
                        sorted(key for key, camp in of.items() if camp == name)
                        for of in (camps.of_state, camps.of_actor)
                    ),
                ],
                sort_keys=True,
            ),
        )
        for name in camps.names
    )


def of_file(path: Path, table: pd.DataFrame) -> Origin:
    """The origin of a table of attributions read from a file: a digest of each article's rows."""
    items = _by_article(attribution_rows(table))
    n = {"articles": len(table["article_id"].unique()), "attributions": len(table)}
    return _noted(f"read_table({path.name!r})", n, {path.name: items})


def of_codes(paths: Iterable[Path], rows: Iterable[Mapping[str, Any]]) -> Origin:
    """The origin of a table of codes read from files: a digest of the codes given to each article's statements."""
    files = ", ".join(repr(path.name) for path in paths)
    return _noted(f"read_coding({files})", {}, {"codes": _by_article(rows)})


def _noted(call: str, n: dict[str, int], inputs: dict[str, dict[str, str]]) -> Origin:
    _READ.append(inputs)
    return Origin(call, n=n, inputs=inputs)


def _by_article(rows: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    texts: dict[str, list[str]] = {}
    for row in rows:
        texts.setdefault(row["article_id"], []).append(json.dumps(row, sort_keys=True))
    return _digests((name, "\n".join(each)) for name, each in texts.items())


def _digests(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A short digest of each item; where they are many, of each of 256 groups, in any order of the items."""
    each = {name: digest(text.encode())[:_DIGITS] for name, text in items}
    if len(each) <= _MOST:
        return each
    groups: dict[str, list[str]] = {}
    for name in sorted(each):
        groups.setdefault(f"group {digest(name.encode())[:2]}", []).append(f"{name} {each[name]}")
    return {group: digest("\n".join(groups[group]).encode())[:_DIGITS] for group in sorted(groups)}
