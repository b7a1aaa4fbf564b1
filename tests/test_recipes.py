"""Public corpora by recipe, from a server of the tests' own: no test asks the network."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import re
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from typer.testing import CliRunner

from discourse import recipes as module
from discourse.archives import suffixes_of
from discourse.cli import app
from discourse.corpus import SUFFIXES, read_corpus
from discourse.datafiles import data_entries
from discourse.layouts import Beside, Columns
from discourse.recipes import RecipeError, fetch_corpus, fetch_recipe, recipes

README = Path(__file__).parents[1] / "corpora" / "README.md"


class Server(ThreadingHTTPServer):
    """Gives the files it is told of, at most `most` bytes at a time before the line breaks, and notes what it is asked."""

    files: dict[str, bytes]
    asked: list[tuple[str, str | None]]
    most: int | None
    ranges: bool


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path.lstrip("/"), wanted))
        data = self.server.files.get(self.path.lstrip("/"))
        if data is None:
            self.send_error(404)
            return
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.server.ranges else 0
        if start and start >= len(data):
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start:][: self.server.most])

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing in the tests' output."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.files, server.asked, server.most, server.ranges = {}, [], None, True
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def recipe_of(server: Server, **files: bytes) -> dict[str, Any]:
    names = {name.replace("_", "."): data for name, data in files.items()}
    server.files |= names
    return {
        "name": "test",
        "title": "a corpus of the tests",
        "licence": "none",
        "address": f"http://127.0.0.1:{server.server_port}/",
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in names.items()},
    }


def packed(tmp_path: Path) -> bytes:
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        row = {
            "source": "s",
            "url": "u",
            "date_extracted": "2015-07-21 10:00:00",
            "title": "عنوان",
            "content": "قال نصاً.",
        }
        archive.writestr("a.json", json.dumps([row]))
    return (tmp_path / "made.zip").read_bytes()


def test_what_is_fetched_can_be_read(tmp_path: Path, server: Server) -> None:
    folder = fetch_recipe(recipe_of(server, a_zip=packed(tmp_path)), tmp_path / "new" / "corpus")
    assert [article.id for article in read_corpus(folder)] == ["u"]
    assert [path.name for path in folder.iterdir()] == ["a.zip"]


def test_what_is_whole_is_not_fetched_again(tmp_path: Path, server: Server) -> None:
    recipe = recipe_of(server, a_zip=b"a" * 100, b_zip=b"b" * 100)
    fetch_recipe(recipe, tmp_path)
    (tmp_path / "b.zip").write_bytes(b"damaged")
    fetch_recipe(recipe, tmp_path)
    assert [name for name, _ in server.asked] == ["a.zip", "b.zip", "b.zip"]
    assert (tmp_path / "b.zip").read_bytes() == b"b" * 100


@pytest.mark.parametrize("ranges", [True, False])
def test_a_file_that_broke_off_is_gone_on_with(tmp_path: Path, server: Server, ranges: bool) -> None:
    data = bytes(range(256)) * 4000
    recipe = recipe_of(server, a_zip=data)
    server.most, server.ranges = 400_000, ranges
    with pytest.raises(RecipeError, match="keeps what came, call again to go on"):
        fetch_recipe(recipe, tmp_path)
    kept = (tmp_path / ".a.zip.part").stat().st_size
    assert 0 < kept <= 400_000
    assert not (tmp_path / "a.zip").exists()
    server.most = None
    fetch_recipe(recipe, tmp_path)
    assert (tmp_path / "a.zip").read_bytes() == data
    assert server.asked[-1] == ("a.zip", f"bytes={kept}-")
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_part_that_was_whole(tmp_path: Path, server: Server) -> None:
    recipe = recipe_of(server, a_zip=b"whole")
    (tmp_path / ".a.zip.part").write_bytes(b"whole")
    fetch_recipe(recipe, tmp_path)
    assert (tmp_path / "a.zip").read_bytes() == b"whole"


def test_another_file_than_the_recipe_says(tmp_path: Path, server: Server) -> None:
    recipe = recipe_of(server, a_zip=b"right")
    server.files["a.zip"] = b"wrong"
    with pytest.raises(RecipeError) as caught:
        fetch_recipe(recipe, tmp_path)
    assert str(caught.value) == (
        f"{recipe['address']}a.zip is not the file that the recipe was written for (its sha256 is another);"
        " nothing was kept of it"
    )
    assert list(tmp_path.iterdir()) == []


def test_an_address_that_is_gone(tmp_path: Path, server: Server) -> None:
    recipe = recipe_of(server, a_zip=b"x")
    server.files.clear()
    with pytest.raises(RecipeError, match=r"/a\.zip: 404 Client Error"):
        fetch_recipe(recipe, tmp_path)


def test_without_a_network(tmp_path: Path, server: Server) -> None:
    recipe = recipe_of(server, a_zip=b"x")
    server.shutdown()
    server.server_close()
    with pytest.raises(RecipeError) as caught:
        fetch_recipe(recipe, tmp_path)
    assert str(caught.value) == (
        f"{recipe['address']}a.zip cannot be reached; without a network, put a.zip into {tmp_path} yourself and call again"
    )


def test_no_such_recipe(tmp_path: Path) -> None:
    with pytest.raises(RecipeError) as caught:
        fetch_corpus("gigaword", tmp_path)
    names = ", ".join(str(recipe["name"]) for recipe in recipes())
    assert str(caught.value) == f"no corpus 'gigaword' can be fetched; there are: {names}. See corpora/README.md"


def test_the_command(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = recipe_of(server, a_zip=packed(tmp_path))
    monkeypatch.setattr(module, "data_entries", lambda _: [recipe])
    listed = CliRunner().invoke(app, ["fetch"])
    assert (listed.exit_code, listed.output) == (0, "test: a corpus of the tests. Licence: none.\n")
    done = CliRunner().invoke(app, ["fetch", "test", "--output", str(tmp_path / "here"), "--quiet"])
    assert (done.exit_code, done.output) == (0, "")
    assert (tmp_path / "here" / "a.zip").is_file()
    wrong = CliRunner().invoke(app, ["fetch", "tset"])
    assert wrong.exit_code == 2
    assert "no corpus 'tset' can be fetched; there are: test" in wrong.output


@pytest.mark.parametrize("recipe", data_entries("recipes.yml"), ids=lambda recipe: recipe["name"])
def test_recipes_of_the_data_file(recipe: dict[str, Any]) -> None:
    assert set(recipe) == {"name", "title", "licence", "address", "checked_by", "files"}
    assert recipe["address"].startswith("https://") and recipe["address"].endswith("/")
    assert all(re.fullmatch("[0-9a-f]{64}", checksum) for checksum in recipe["files"].values())
    if README.exists():
        assert f"discourse fetch {recipe['name']}" in README.read_text(encoding="utf-8")


def calls_of_the_readme() -> list[ast.Call]:
    text = README.read_text(encoding="utf-8") if README.exists() else ""
    code = re.findall(r"^```python\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    code += re.findall(r"`(read_corpus\([^`]*\))`", text)
    nodes = (node for block in code for node in ast.walk(ast.parse(block)))
    return [n for n in nodes if isinstance(n, ast.Call) and ast.unparse(n.func) in ("read_corpus", "stream_articles")]


@pytest.mark.skipif(not README.exists(), reason="the page is not part of the wheel")
def test_calls_of_the_readme_are_calls_that_exist() -> None:
    calls = calls_of_the_readme()
    assert len(calls) > 15
    for call in calls:
        suffix = suffixes_of(str(ast.literal_eval(call.args[0])))[0]
        assert suffix in ("", *SUFFIXES), ast.unparse(call)
        for keyword in call.keywords:
            assert keyword.arg in inspect.signature(read_corpus).parameters
            value = ast.literal_eval(keyword.value)
            if keyword.arg == "columns":
                Columns(value)
            elif keyword.arg == "names":
                Beside(names=value)
