"""The door to camel-tools' data: readable errors, no unasked download, and the real loaders where their data is at hand."""

import json
import os
import subprocess
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pytest

from discourse.camel import BackendError, CamelDataError, load_morphology, load_ner, load_sentiment
from discourse.corpus import Article
from discourse.names import _joined, _sentences, find_names
from discourse.sentiment import load_sentiment as load_lexicon
from discourse.sentiment import score_sentiment

WITH_TORCH = find_spec("torch") is not None and find_spec("transformers") is not None
TORCH_HINT = "" if WITH_TORCH else "; torch and transformers not installed: run `make setup-models`"


def models(test):
    """Mark a test that runs a model."""
    here = pytest.mark.skipif(not WITH_TORCH, reason="needs torch and transformers: make setup-models")
    return pytest.mark.models(here(test))


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


# Models ---------------------------------------------------------------------------------------------------------------

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SENTIMENT_WORDS = {"سار": 1, "مفرح": 1, "مؤسف": 2, "محزن": 2, "خبر": 0}
NAME_WORDS = {
    "ماريا": 1,
    "زاخ": 2,
    "##اروفا": 0,
    "ألماتي": 3,
    "كازاخ": 5,
    "##ستان": 0,
    "وزارة": 5,
    "العدل": 6,
    "زارت": 0,
}
NAME_LABELS = ["O", "B-PERS", "I-PERS", "B-LOC", "I-LOC", "B-ORG", "I-ORG"]


def save_model(folder: Path, component: str, words: dict[str, int], labels: list[str]) -> None:
    """Save a tiny BERT, in the layout that camel-tools reads, whose answer follows from the words it is given.

    Each word has an embedding along one axis, that of its class. Every token attends to all others alike, so the first
    hidden state is their mean, and each token's own state is still mostly its own embedding.
    """
    import torch
    import transformers

    write_catalogue(folder, component, "model/small")
    saved = folder / "data/model/small"
    saved.mkdir(parents=True)
    vocabulary = [*VOCABULARY, *words]
    (saved / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=12,
        num_hidden_layers=1,
        num_attention_heads=1,
        intermediate_size=4,
        id2label=dict(enumerate(labels)),
    )
    whole = component == "SentimentAnalysis"
    model = (transformers.BertForSequenceClassification if whole else transformers.BertForTokenClassification)(config)
    axes = torch.zeros(len(vocabulary), 12)
    for place, word in enumerate(vocabulary):
        axes[place, words.get(word, 0)] = 10.0
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
        model.bert.embeddings.word_embeddings.weight.copy_(axes)
        layer = model.bert.encoder.layer[0]
        for norm in (model.bert.embeddings.LayerNorm, layer.attention.output.LayerNorm, layer.output.LayerNorm):
            norm.weight.fill_(1.0)
        layer.attention.self.value.weight.copy_(torch.eye(12))
        if whole:
            layer.attention.output.dense.weight.copy_(torch.eye(12))
            model.bert.pooler.dense.weight.copy_(torch.eye(12))
        for number, label in enumerate(labels):
            axis = {"positive": 1, "negative": 2, "neutral": 11}.get(label, number)
            model.classifier.weight[number, axis] = 10.0
        if whole:  # a class must stand out above an axis that no word has
            model.classifier.bias[labels.index("neutral")] = 0.1
    model.save_pretrained(saved)
    transformers.BertTokenizer(str(saved / "vocab.txt"), do_lower_case=False).save_pretrained(saved)


@pytest.fixture
def sentiment_model(data: Path) -> None:
    save_model(data, "SentimentAnalysis", SENTIMENT_WORDS, ["positive", "negative", "neutral"])


@pytest.fixture
def names_model(data: Path) -> None:
    save_model(data, "NamedEntityRecognition", NAME_WORDS, NAME_LABELS)


def contents(*texts: str | None) -> pd.DataFrame:
    """A table as far as a model of sentiment reads it."""
    return pd.DataFrame({"content": texts, "content_spans": [[[7, 7 + len(text or "-")]] for text in texts]})


@models
def test_the_model_scores_contents_in_batches(sentiment_model):
    texts = [("خبر سار", "خبر مؤسف", "خبر")[n % 3] + " خبر" * (n % 7) for n in range(100)]
    scored = score_sentiment(contents(*texts), backend="camel")
    assert list(scored["sentiment"]) == [("positive", "negative", "neutral")[n % 3] for n in range(100)]
    assert list(scored["sentiment_score"]) == [(1.0, -1.0, 0.0)[n % 3] for n in range(100)]
    assert list(scored["sentiment_evidence"]) == [[[7, 7 + len(text)]] for text in texts]


@models
def test_vowel_marks_and_tatweel_are_no_hindrance_to_the_model(sentiment_model):
    scored = score_sentiment(contents("خَبَرٌ سارٌّ", "خبر مـــؤسف"), backend="camel")
    assert list(scored["sentiment"]) == ["positive", "negative"]


@models
def test_contents_without_words_are_neutral(sentiment_model):
    scored = score_sentiment(contents(None, " ", "خبر سار"), backend="camel")
    assert list(scored["sentiment"]) == ["neutral", "neutral", "positive"]
    assert list(scored["sentiment_evidence"]) == [[], [], [[7, 14]]]
    assert list(score_sentiment(contents(), backend="camel")["sentiment"]) == []


@models
def test_a_text_longer_than_the_model_reads_is_scored_by_its_beginning(sentiment_model):
    scored = score_sentiment(contents("سار " * 600 + "مؤسف " * 700, "مؤسف"), backend="camel")
    assert list(scored["sentiment"]) == ["positive", "negative"]


@models
def test_a_model_of_other_labels_is_refused(data):
    save_model(data, "SentimentAnalysis", SENTIMENT_WORDS, ["LABEL_0", "LABEL_1", "neutral"])
    with pytest.raises(CamelDataError) as error:
        score_sentiment(contents("خبر"), backend="camel")
    assert str(error.value) == (
        f"The model in {data / 'data/model/small'} says LABEL_0, LABEL_1; it must say positive, negative, neutral. "
        "Fetch it anew: `camel_data -f -i sentiment-analysis-arabert`."
    )


def shown(articles: list[Article], backend: str = "camel") -> list[tuple[str, str, str]]:
    """Names as text and label, once their places were compared with the documents."""
    found = find_names(articles, backend=backend)
    assert list(found.columns) == ["article_id", "start", "end", "text", "label"]
    documents = {article.id: article.document for article in articles}
    for one in found.itertuples():
        assert documents[one.article_id][one.start : one.end] == one.text
    return [(one.article_id, one.text, one.label) for one in found.itertuples()]


@models
def test_names_stand_where_the_document_has_them(names_model):
    article = Article("a1", "ماريا زاخاروفا في ألماتي", "زارت «ماريا زاخاروفا» وزارة العدل، ثم كازاخستان.")
    assert shown([article]) == [
        ("a1", "ماريا زاخاروفا", "PERS"),
        ("a1", "ألماتي", "LOC"),
        ("a1", "ماريا زاخاروفا", "PERS"),
        ("a1", "وزارة العدل", "ORG"),
        ("a1", "كازاخستان", "ORG"),
    ]


@models
def test_words_of_which_the_tokenizer_makes_nothing_move_no_label(names_model):
    # vowel marks alone are a word to us, and none to the model
    assert shown([Article("a1", "", "زارت َ ً مَارِيا زاخـاروفا ّ ألماتي")]) == [
        ("a1", "مَارِيا زاخـاروفا", "PERS"),
        ("a1", "ألماتي", "LOC"),
    ]
    assert shown([Article("a1", "", "َ ً ّ")]) == []


@models
def test_nothing_of_a_long_text_is_lost(names_model):
    long = "زارت " * 700 + "ألماتي " + "كازاخستان " * 300 + "ماريا"
    glued = "س" * 3000 + " " + "龍" * 400 + " ألماتي"
    found = shown([Article("a1", "", long), Article("a2", "", glued), Article("a3", "", "ماريا")])
    assert found == [
        ("a1", "ألماتي", "LOC"),
        *[("a1", "كازاخستان", "ORG")] * 300,
        ("a1", "ماريا", "PERS"),
        ("a2", "ألماتي", "LOC"),
        ("a3", "ماريا", "PERS"),
    ]


@models
def test_names_are_found_in_batches_over_articles(names_model):
    texts = [("زارت ألماتي. ", "ماريا هنا؟\n", "لا أحد. ")[n % 3] * (1 + n % 5) for n in range(60)]
    found = shown([Article(f"a{n}", "", text) for n, text in enumerate(texts)])
    assert found == [
        (f"a{n}", *(("ألماتي", "LOC"), ("ماريا", "PERS"))[n % 3])
        for n in range(60)
        for _ in range(1 + n % 5)
        if n % 3 < 2
    ]


@models
def test_no_names_where_there_is_no_text(names_model):
    assert shown([]) == []
    assert shown([Article("a1", "", "\n \n"), Article("a2", "", "")]) == []


# Without a model ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("use", "name", "package"),
    [
        (lambda: score_sentiment(contents("خبر"), backend="camel"), "sentiment", "sentiment-analysis-arabert"),
        (lambda: find_names([Article("a1", "", "خبر")], backend="camel"), "named-entity recognition", "ner-arabert"),
    ],
)
def test_a_backend_without_its_data_names_the_command(data, use, name, package):
    with pytest.raises(CamelDataError) as error:
        use()
    assert str(error.value) == (
        f"Cannot load camel-tools' {name}: its data is not in {data}: run `camel_data -i {package}`{TORCH_HINT}."
    )


@pytest.mark.parametrize(
    "use",
    [lambda: score_sentiment(contents("خبر"), backend="bert"), lambda: find_names([], backend="bert")],
)
def test_an_unknown_backend_names_those_that_are_there(use):
    with pytest.raises(BackendError) as error:
        use()
    assert str(error.value) == "There is no backend 'bert'. Backends: rules, camel."


def test_a_model_takes_no_lexicon():
    with pytest.raises(BackendError, match="^The backend 'camel' reads no lexicon; give one of the two.$"):
        score_sentiment(contents("خبر"), load_lexicon(), backend="camel")


def test_listed_names_are_found_by_rule():
    article = Article(
        "a1", "لافروف في نور سلطان", "زار وزير الخارجية الروسي سيرغي لافروف كازاخستان.", date=date(2021, 6, 8)
    )
    assert shown([article], "rules") == [
        ("a1", "لافروف", "PERS"),
        ("a1", "نور سلطان", "LOC"),
        ("a1", "الروسي", "MISC"),
        ("a1", "سيرغي لافروف", "PERS"),
        ("a1", "كازاخستان", "LOC"),
    ]
    assert shown([Article("a1", "", "زار المدير القرية."), Article("a2", "", "")], "rules") == []


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (["B-LOC", "O", "B-LOC"], [(0, 1, "LOC"), (4, 5, "LOC")]),
        (["B-LOC", "B-LOC", "I-LOC"], [(0, 1, "LOC"), (2, 5, "LOC")]),
        (["I-LOC", "I-LOC", "O"], [(0, 3, "LOC")]),
        (["B-LOC", "I-ORG", "I-ORG"], [(0, 1, "LOC"), (2, 5, "ORG")]),
        (["B-LOC", "O", "I-LOC"], [(0, 1, "LOC"), (4, 5, "LOC")]),
        (["O", "O", "O"], []),
    ],
)
def test_labels_of_words_are_joined_to_names(labels, names):
    assert _joined([(0, 1), (2, 3), (4, 5)], labels) == names


@pytest.mark.parametrize(
    "text", ["زار الوزير (أمس) موسكو، ثم «ألماتي»!", "نسبة 3.5% و١٢ألفاً في 2022-01-05", "قال: لا... نعم"]
)
def test_words_are_those_that_the_models_learned_from(text):
    from camel_tools.tokenizers.word import simple_word_tokenize

    assert [text[start:end] for sentence in _sentences(text) for start, end in sentence] == simple_word_tokenize(text)
