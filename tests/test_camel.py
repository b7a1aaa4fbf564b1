"""The door to camel-tools' data: readable errors, no unasked download, and the real loaders where their data is at hand."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from discourse.camel import CamelDataError, load_morphology, load_ner, load_sentiment

WITH_TORCH = find_spec("torch") is not None and find_spec("transformers") is not None
TORCH_HINT = "" if WITH_TORCH else "; torch and transformers not installed: run `make setup-models`"

DATABASE = """###DEFINES###
DEFINE pos pos:noun pos:noun_prop pos:verb
DEFINE diac diac:*open*
DEFINE lex lex:*open*
DEFINE bw bw:*open*
DEFINE gloss gloss:*open*
DEFINE d3tok d3tok:*open*
###DEFAULTS###
DEFAULT pos:noun diac:* lex:* bw:* gloss:* d3tok:*
DEFAULT pos:noun_prop diac:* lex:* bw:* gloss:* d3tok:*
DEFAULT pos:verb diac:* lex:* bw:* gloss:* d3tok:*
###ORDER###
ORDER diac lex bw gloss pos
###TOKENIZATIONS###
TOKENIZATION d3tok
###STEMBACKOFF###
STEMBACKOFF PROP Stem-Prop
###PREFIXES###
\tPref-0\tdiac: bw: gloss:
###SUFFIXES###
\tSuff-0\tdiac: bw: gloss:
###STEMS###
خبر\tStem\tdiac:خَبَر lex:خَبَر_1 bw:خَبَر/NOUN gloss:news pos:noun d3tok:خَبَر
###TABLE AB###
Pref-0 Stem
###TABLE BC###
Stem Suff-0
###TABLE AC###
Pref-0 Suff-0
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder, named to camel-tools as the user would name it."""
    folder = tmp_path / "camel"
    folder.mkdir()
    monkeypatch.setenv("CAMELTOOLS_DATA", str(folder))
    return folder


def write_catalogue(folder: Path, component: str, path: str) -> None:
    components = {component: {"default": "small", "datasets": {"small": {"path": path}}}}
    (folder / "catalogue.json").write_text(json.dumps({"version": "1.6", "packages": {}, "components": components}))


@pytest.mark.parametrize(
    ("load", "name", "package", "torch"),
    [
        (load_sentiment, "sentiment", "sentiment-analysis-arabert", TORCH_HINT),
        (load_ner, "named-entity recognition", "ner-arabert", TORCH_HINT),
        (load_morphology, "morphology", "morphology-db-msa-r13", ""),
    ],
)
def test_missing_data_names_the_command(data, load, name, package, torch):
    with pytest.raises(CamelDataError) as error:
        load()
    assert str(error.value) == (
        f"Cannot load camel-tools' {name}: its data is not in {data}: run `camel_data -i {package}`{torch}."
    )
    assert list(data.iterdir()) == []


def test_a_catalogue_without_the_data_it_lists_is_not_enough(data):
    write_catalogue(data, "MorphologyDB", "morphology_db/small")
    with pytest.raises(CamelDataError, match="run `camel_data -i morphology-db-msa-r13`"):
        load_morphology()


@pytest.mark.skipif(WITH_TORCH, reason="torch is installed here")
def test_data_without_torch_names_the_set_up(data):
    write_catalogue(data, "SentimentAnalysis", "sentiment/small")
    (data / "data/sentiment/small").mkdir(parents=True)
    with pytest.raises(CamelDataError) as error:
        load_sentiment()
    assert str(error.value) == (
        "Cannot load camel-tools' sentiment: torch and transformers not installed: run `make setup-models`."
    )


@pytest.mark.parametrize("content", ["<html>Please log in</html>", "[]", '{"components": {"MorphologyDB": {}}}'])
def test_broken_catalogue_is_named(data, content):
    (data / "catalogue.json").write_text(content)
    with pytest.raises(CamelDataError) as error:
        load_morphology()
    assert str(error.value) == (
        f"{data / 'catalogue.json'} is not a catalogue of camel-tools, perhaps a broken download: "
        "delete it and run `camel_data -l`."
    )


def test_morphology_from_a_file(data, tmp_path):
    (tmp_path / "small.db").write_text(DATABASE, encoding="utf-8")
    analyzer = load_morphology(tmp_path / "small.db")
    assert [reading["gloss"] for reading in analyzer.analyze("خبر")] == ["news"]
    assert list(data.iterdir()) == []
    assert os.environ["CAMELTOOLS_DATA"] == str(data)


def test_morphology_from_the_default_data(data):
    write_catalogue(data, "MorphologyDB", "morphology_db/small")
    folder = data / "data/morphology_db/small"
    folder.mkdir(parents=True)
    (folder / "morphology.db").write_text(DATABASE, encoding="utf-8")
    assert [reading["pos"] for reading in load_morphology().analyze("خبر")] == ["noun"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it holds no stems"),
        (b"word,lemma\n", "invalid DEFINES line 'word,lemma'"),
        ("خبر".encode("cp1256"), "'utf-8' codec can't decode"),
    ],
)
def test_a_file_that_is_no_database_is_named(data, tmp_path, content, reason):
    file = tmp_path / "wrong.db"
    file.write_bytes(content)
    with pytest.raises(CamelDataError) as error:
        load_morphology(file)
    assert str(error.value).startswith(f"{file} is not a morphology database that camel-tools ")
    assert reason in str(error.value)


def test_a_missing_database_is_named(tmp_path):
    with pytest.raises(CamelDataError) as error:
        load_morphology(tmp_path / "none.db")
    assert str(error.value) == f"No morphology database at {tmp_path / 'none.db'}."


def run_in_new_process(code: str, home: Path) -> str:
    """Run code with an empty home, where any look-up of a name ends the process."""
    guard = (
        "import socket, sys\n"
        "def refuse(*args, **kwargs): sys.exit(f'asked the network for {args[0]}')\n"
        "socket.getaddrinfo = refuse\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "CAMELTOOLS_DATA"}
    environment |= {"HOME": str(home), "USERPROFILE": str(home)}
    done = subprocess.run(
        [sys.executable, "-c", guard + code], capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_import_stays_light(tmp_path):
    loaded = run_in_new_process("import discourse\nprint(*sys.modules, sep='\\n')", tmp_path).split()
    assert "discourse" in loaded
    assert {"camel_tools.data", "torch", "transformers", "dask", "distributed"}.isdisjoint(loaded)


def test_no_catalogue_is_fetched_or_left_behind(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "small.db").write_text(DATABASE, encoding="utf-8")
    code = (
        "from discourse.camel import CamelDataError, load_morphology, load_sentiment\n"
        f"print(len(load_morphology({str(tmp_path / 'small.db')!r}).analyze('خبر')))\n"
        "try: load_sentiment()\n"
        "except CamelDataError as error: print(error)\n"
    )
    first, second = run_in_new_process(code, home).splitlines()
    assert first == "1"
    assert "its data is not in" in second
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.skipif(not WITH_TORCH, reason="needs torch and transformers: make setup-models")
@pytest.mark.parametrize(
    ("load", "component", "model", "labels"),
    [
        (load_sentiment, "SentimentAnalysis", "BertForSequenceClassification", ["positive", "negative", "neutral"]),
        (load_ner, "NamedEntityRecognition", "BertForTokenClassification", ["O", "B-LOC", "I-LOC"]),
    ],
)
def test_models_load_and_predict(data, load, component, model, labels):
    import torch
    import transformers

    write_catalogue(data, component, "model/small")
    folder = data / "data/model/small"
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nخبر\nسار\n", encoding="utf-8")
    config = transformers.BertConfig(
        vocab_size=7,
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=8,
        id2label=dict(enumerate(labels)),
    )
    torch.manual_seed(0)
    getattr(transformers, model)(config).save_pretrained(folder)
    transformers.BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    if component == "SentimentAnalysis":
        assert load().predict(["خبر سار"])[0] in labels
    else:
        assert [label in labels for label in load().predict([["خبر", "سار"]])[0]] == [True, True]
