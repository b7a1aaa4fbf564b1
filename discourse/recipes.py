"""Obtain public corpora from where their makers keep them."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

from discourse.datafiles import data_entries

_PIECE = 1 << 16
_SECONDS = 60  # without a byte, after which a server is taken to be gone


class RecipeError(ValueError):
    """A corpus cannot be obtained."""


def recipes() -> list[dict[str, Any]]:
    """Give what is known of the corpora that can be fetched, in the order of their names."""
    return sorted(data_entries("recipes.yml"), key=lambda recipe: str(recipe["name"]))


def fetch_corpus(name: str, folder: str | Path, progress: bool = False) -> Path:
    """Obtain a public corpus, checked against its published checksums.

    Parameters
    ----------
    name
        As in `recipes`.
    folder
        Where to put it; made if missing. What lies there and is whole is not fetched again, and a file that was broken
        off is gone on with where it ended.
    progress
        Show a bar for every file.

    Returns
    -------
    Path
        The folder, for `read_corpus`.

    Raises
    ------
    RecipeError
        There is no such recipe, its address cannot be reached, or a file is another one than its checksum says.
    """
    known = {str(recipe["name"]): recipe for recipe in recipes()}
    if name not in known:
        raise RecipeError(f"no corpus '{name}' can be fetched; there are: {', '.join(known)}. See corpora/README.md")
    return fetch_recipe(known[name], folder, progress)


def fetch_recipe(recipe: dict[str, Any], folder: str | Path, progress: bool = False) -> Path:
    """Obtain what one recipe names, as `fetch_corpus` does."""
    try:
        import pooch
        import requests
    except ImportError as error:
        raise RecipeError(f"it needs {error.name}: pip install 'arabic-discourse[formats]'") from None

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pooch.get_logger().setLevel("WARNING")
    for file, checksum in recipe["files"].items():
        url = urljoin(str(recipe["address"]), file)
        try:
            pooch.retrieve(
                url, f"sha256:{checksum}", file, folder, downloader=_Resuming(folder / f".{file}.part", progress)
            )
        except requests.ConnectionError:
            raise RecipeError(
                f"{url} cannot be reached; without a network, put {file} into {folder} yourself and call again"
            ) from None
        except requests.RequestException as error:
            raise RecipeError(f"{url}: {error}; {folder} keeps what came, call again to go on") from None
        except ValueError:
            raise RecipeError(
                f"{url} is not the file that the recipe was written for (its sha256 is another); nothing was kept of it"
            ) from None
    return folder


class _Resuming:
    """A downloader for pooch that goes on where an earlier one ended."""

    def __init__(self, part: Path, progress: bool) -> None:
        self._part = part
        self._shown: dict[str, Any] = {"disable": not progress, "desc": part.name.strip(".").removesuffix(".part")}

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        import requests
        from tqdm import tqdm

        done = self._part.stat().st_size if self._part.exists() else 0
        wanted = {"Range": f"bytes={done}-"} if done else {}
        with requests.get(url, headers=wanted, stream=True, timeout=_SECONDS) as answer:
            # what was asked for lies behind the end: the part is whole, or of another file, which its checksum tells
            if answer.status_code != requests.codes.requested_range_not_satisfiable:
                answer.raise_for_status()
                goes_on = answer.status_code == requests.codes.partial_content
                total = int(answer.headers.get("Content-Length") or 0) + (done if goes_on else 0)
                bar = tqdm(
                    total=total or None, initial=done if goes_on else 0, unit="B", unit_scale=True, **self._shown
                )
                with bar, self._part.open("ab" if goes_on else "wb") as file:
                    for piece in answer.iter_content(_PIECE):
                        file.write(piece)
                        bar.update(len(piece))
        shutil.move(self._part, output_file)
