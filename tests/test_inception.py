"""A project for INCEpTION: its JSON is of the tool's own keys, its types are those of its documents, its texts the articles'."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import cassis
import pandas as pd
import pytest

from discourse.corpus import Article, read_study
from discourse.engagement import ACTS, ENGAGEMENTS
from discourse.inception import LAYER, SPAN, type_system
from discourse.interchange import FORMATS, read_annotations, write_annotations
from discourse.marks import ROLES, InterchangeError
from discourse.tables import SCHEMA, coded_table

ROOT = Path(__file__).parents[1]
ONE = Article("one", "", "😀 قال الوزير إن المعبر مفتوح. وأضاف أن القوافل تمر.")
TWO = Article("two/2 ب", "عنوان", "أكدت اللجنة أن الجسر جاهز.")

# What the tool writes, from its source (github.com/inception-project/inception, package
# de.tudarmstadt.ukp.clarin.webanno.export.model, at the commits named): every field with @JsonProperty, none with
# @JsonIgnore or WRITE_ONLY.
PROJECT = (  # ExportedProject, 0fc08a4; filled as in ProjectSettingsExporter, 080a06a
    *(
        "name",
        "slug",
        "description",
        "mode",
        "source_documents",
        "annotation_documents",
        "project_permissions",
        "tag_sets",
    ),
    *("layers", "version", "disableExport", "script_direction", "created", "updated", "anonymous_curation"),
)
DOCUMENT = ("name", "format", "state", "timestamp", "created", "updated")  # ExportedSourceDocument, 54b50c4
TAG_SET = ("name", "description", "language", "tags", "create_tag")  # ExportedTagSet, 231e817
TAG = ("tag_name", "tag_description")  # ExportedTag, cdfe7fc
LAYER_KEYS = (  # ExportedAnnotationLayer, b710779
    *("name", "features", "uiName", "type", "description", "enabled", "built_in", "readonly", "attach_type"),
    *("attach_feature", "allow_stacking", "cross_sentence", "show_hover", "anchoring_mode", "overlap_mode"),
    *("validation_mode", "lock_to_token_offset", "multiple_tokens", "linked_list_behavior"),
    *("on_click_javascript_action", "traits"),
)
FEATURE = (  # ExportedAnnotationFeature, 231e817
    *("name", "tag_set", "uiName", "type", "enabled", "visible", "include_in_hover", "required", "remember"),
    *("hideUnconstraintFeature", "description", "multi_value_mode", "link_mode", "link_type_name"),
    *("link_type_role_feature_name", "link_type_target_feature_name", "traits", "curatable", "rank"),
)
RESTRICTED = (  # WebAnnoConst.RESTRICTED_FEATURE_NAMES, in any case
    *("address", "begin", "end", "coveredtext", "booleanvalue", "doublevalue", "bytevalue", "cas", "casimpl", "class"),
    *("featurevalue", "floatvalue", "longvalue", "lowlevelcas", "printrefs", "sofa", "stringvalue", "type"),
    *("typeindexid", "view"),
)


def row(**changes: Any) -> dict[str, Any]:
    given = {
        "article_id": "one",
        "id": "a1",
        "type": "indirect",
        "cue": [2, 5],
        "source": [6, 12],
        "content": [[13, 28]],
    }
    labels = {"act": "assert", "engagement": "distance", "sentiment": "neutral", "frames": ["security", "harvest"]}
    return {**given, "camp": "coast", "stance": {"hills": "oppose"}, "medium": "spoken", **labels, **changes}


def written(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "quotes.zip"
    write_annotations([ONE, TWO], coded_table([ONE, TWO], rows or [row()]), path, "inception-project")
    return path


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with zipfile.ZipFile(written(tmp_path_factory.mktemp("project"))) as archive:
        return json.loads(archive.read("exportedproject.json"))


def test_each_object_has_the_keys_that_the_tool_writes(project: Any) -> None:
    assert set(project) == set(PROJECT)
    for kind, keys in (("source_documents", DOCUMENT), ("tag_sets", TAG_SET), ("layers", LAYER_KEYS)):
        assert project[kind]
        for each in project[kind]:
            assert set(each) == set(keys)
    for tag_set in project["tag_sets"]:
        assert tag_set["tags"]
        assert all(set(tag) == set(TAG) for tag in tag_set["tags"])
    for layer in project["layers"]:
        for feature in layer["features"]:
            assert set(feature) == set(FEATURE)
            assert feature["tag_set"] is None or set(feature["tag_set"]) == set(TAG_SET)


def test_names_of_features_are_free_and_told_apart(project: Any) -> None:
    for layer in project["layers"]:
        names = [feature["name"] for feature in layer["features"]]
        assert len(set(names)) == len(names)
        assert not {name.lower() for name in names} & set(RESTRICTED)
        assert [feature["rank"] for feature in layer["features"]] == list(range(len(names)))
        assert all(feature["uiName"] for feature in layer["features"])


def test_every_tag_set_that_a_feature_has_is_there(project: Any) -> None:
    there = {each["name"] for each in project["tag_sets"]}
    used = {f["tag_set"]["name"] for layer in project["layers"] for f in layer["features"] if f["tag_set"]}
    assert used == there


def test_tags_are_the_classes_of_the_table_with_what_they_mean(project: Any) -> None:
    tags = {
        each["name"]: {tag["tag_name"]: tag["tag_description"] for tag in each["tags"]} for each in project["tag_sets"]
    }
    assert set(tags["role"]) == set(ROLES)
    assert set(tags["act"]) == set(ACTS)
    assert set(tags["engagement"]) == set(ENGAGEMENTS)
    for name in ("type", "sentiment", "medium", "polarity"):
        assert set(tags[name]) == set(SCHEMA[name].values)
    assert tags["engagement"]["distance"] == "the wording holds the words off (تحفّظ)"  # codebook.yml
    assert all(len(means) > 3 for each in tags.values() for means in each.values())


def test_camps_and_frames_of_a_study_have_tags(project: Any) -> None:
    tags = {each["name"]: [tag["tag_name"] for tag in each["tags"]] for each in project["tag_sets"]}
    assert tags["stance"] == ["support coast", "oppose coast", "support hills", "oppose hills"]
    assert tags["frames"][-1] == "harvest"
    assert len(tags["frames"]) == 10


def test_layers_are_the_types_of_the_documents(project: Any, tmp_path: Path) -> None:
    write_annotations([ONE], coded_table([ONE], [row()]), tmp_path / "xmi", "inception")
    with (tmp_path / "xmi" / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    own = {layer["name"]: layer for layer in project["layers"] if not layer["built_in"]}
    links = {f["link_type_name"] for layer in own.values() for f in layer["features"] if f["link_type_name"]}
    assert {each.name for each in types.get_types()} == {LAYER, SPAN, *links, "uima.tcas.DocumentAnnotation"}
    assert set(own) == {LAYER, SPAN}
    for name, layer in own.items():
        declared = {feature.name: feature for feature in types.get_type(name).features}
        assert set(declared) == {feature["name"] for feature in layer["features"]}
        for feature in layer["features"]:
            if not feature["link_type_name"]:
                assert declared[feature["name"]].rangeType.name == feature["type"]
                continue
            # as LinkFeatureSupport names and accepts them
            assert feature["link_type_name"] == f"{name}{feature['name'].capitalize()}Link"
            assert (feature["multi_value_mode"], feature["link_mode"]) == ("ARRAY", "WITH_ROLE")
            link = types.get_type(feature["link_type_name"])
            assert declared[feature["name"]].rangeType.name == "uima.cas.FSArray"
            assert link.get_feature(feature["link_type_target_feature_name"]).rangeType.name == feature["type"]
            assert link.get_feature(feature["link_type_role_feature_name"]).rangeType.name == "uima.cas.String"
    for feature in own[LAYER]["features"]:  # MultiValueStringFeatureSupport.accepts
        assert (feature["type"] == "uima.cas.StringArray") == (
            feature["multi_value_mode"] == "ARRAY" and feature["link_mode"] == "NONE"
        )


def test_documents_are_the_articles_with_what_was_found(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path)) as archive:
        project = json.loads(archive.read("exportedproject.json"))
        assert archive.namelist() == ["exportedproject.json", "source/one.xmi", "source/two%2F2 %D8%A8.xmi"]
        assert [each["name"] for each in project["source_documents"]] == ["one.xmi", "two%2F2 %D8%A8.xmi"]
        assert {(each["format"], each["state"]) for each in project["source_documents"]} == {("xmi", "NEW")}
        loaded = [
            cassis.load_cas_from_xmi(io.BytesIO(archive.read(name)), typesystem=type_system())
            for name in archive.namelist()[1:]
        ]
    assert [cas.sofa_string for cas in loaded] == [ONE.document, TWO.document]
    (found,) = loaded[0].select(LAYER)
    assert found.get_covered_text() == "قال"
    covered = {role: [link.target.get_covered_text() for link in getattr(found, role).elements] for role in ROLES[:3]}
    assert covered == {"cue": ["قال"], "source": ["الوزير"], "content": ["إن المعبر مفتوح"]}
    assert (found.kind, found.act, found.engagement, found.medium) == ("indirect", "assert", "distance", "spoken")
    assert found.frames.elements == ["security", "harvest"]
    assert found.stance.elements == ["oppose hills"]
    # units of UTF-16 in the file: the first sign is two of them
    assert (
        'begin="3" end="6" kind="indirect"' in zipfile.ZipFile(tmp_path / "quotes.zip").read("source/one.xmi").decode()
    )
    assert project["name"] == "quotes"
    assert project["script_direction"] == "RTL"


def test_the_corpus_comes_back_as_it_went(tmp_path: Path) -> None:
    study = read_study(ROOT / "corpora" / "kazakhstan-2022")
    path = tmp_path / "p.zip"
    write_annotations(study.articles, coded_table(study.articles, study.gold), path, "inception-project")
    texts = {article.id: article.document for article in study.articles}
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist()[1:]:
            cas = cassis.load_cas_from_xmi(io.BytesIO(archive.read(name)), typesystem=type_system())
            assert cas.sofa_string == texts[Path(name).stem]
        assert len(archive.namelist()) == len(texts) + 1


def test_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "from pathlib import Path\nfrom tests.test_inception import written\nimport sys\nwritten(Path(sys.argv[1]))\n"
    )
    made = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, "-c", program, str(folder)], check=True, env=environment, cwd=ROOT)
        made.append((folder / "quotes.zip").read_bytes())
    assert made[0] == made[1]


# What annotators do -----------------------------------------------------------------------------------------------------


def exported(folder: Path, who: dict[str, list[str]], change: Any) -> Path:
    """A project as the tool exports it with UIMA CAS XMI chosen: beside each document, what everybody made of it."""
    path = folder / "exported.zip"
    types = type_system()
    types.create_type("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token", "uima.tcas.Annotation")
    with zipfile.ZipFile(written(folder)) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name))
        for name, entries in who.items():
            cas = cassis.load_cas_from_xmi(io.BytesIO(source.read(f"source/{name}")), typesystem=types)
            token = types.get_type("de.tudarmstadt.ukp.dkpro.core.api.segmentation.type.Token")
            cas.add(token(begin=0, end=1))
            for entry in entries:
                inside = io.BytesIO()
                with zipfile.ZipFile(inside, "w") as archive:
                    if not entry.endswith("INITIAL_CAS.zip"):
                        change(cas, types)
                    archive.writestr(f"{Path(entry).stem}.xmi", cas.to_xmi())
                    archive.writestr("TypeSystem.xml", types.to_xml())
                target.writestr(entry, inside.getvalue())
    return path


def relabel(cas: Any, types: Any) -> None:
    (found,) = cas.select(LAYER)
    strings = types.get_type("uima.cas.StringArray")
    found.kind, found.engagement, found.medium = "mixed", "deny", None
    found.frames = strings(elements=["political"])
    found.stance = strings(elements=["support coast", "oppose hills"])


def test_what_one_annotator_changed_is_read(tmp_path: Path) -> None:
    entries = ["annotation/one.xmi/INITIAL_CAS.zip", "annotation/one.xmi/amal.zip"]
    table = read_annotations([ONE, TWO], exported(tmp_path, {"one.xmi": entries}, relabel), "inception-project")
    (found,) = table.to_dict("records")
    assert (found["id"], found["type"], found["engagement"]) == ("a1", "mixed", "deny")
    assert pd.isna(found["medium"])
    assert found["frames"] == ["political"]
    assert found["stance"] == {"coast": "support", "hills": "oppose"}
    assert found["act"] == "assert"
    assert found["camp"] == "coast"


def test_what_an_annotator_added_is_read(tmp_path: Path) -> None:
    def add(cas: Any, types: Any) -> None:
        target = types.get_type(SPAN)(begin=34, end=50, role="content")
        link = types.get_type(f"{LAYER}ContentLink")(target=target)
        links = types.get_type("uima.cas.FSArray")(elements=[link])
        cas.add(target)
        cas.add(types.get_type(LAYER)(begin=29, end=34, kind="indirect", act="commit", content=links))

    path = exported(tmp_path, {"one.xmi": ["annotation/one.xmi/amal.zip"]}, add)
    table = read_annotations([ONE, TWO], path, "inception-project")
    assert list(table["act"]) == ["assert", "commit"]
    assert table["content"].iloc[1] == ONE.document[34:50]
    assert table["rule"].iloc[1] == "coded"


def test_the_curator_counts_before_annotators(tmp_path: Path) -> None:
    entries = ["annotation/one.xmi/amal.zip", "annotation/one.xmi/badr.zip"]
    path = exported(tmp_path, {"one.xmi": entries}, relabel)
    with pytest.raises(InterchangeError) as told:
        read_annotations([ONE, TWO], path, "inception-project")
    assert told.value.faults == (
        "one.xmi: annotated by amal, badr and not curated; which of them counts, only a curator can say",
    )
    curated = exported(tmp_path, {"one.xmi": [*entries, "curation/one.xmi/CURATION_USER.zip"]}, relabel)
    assert list(read_annotations([ONE, TWO], curated, "inception-project")["type"]) == ["mixed"]


# Wrong places and wrong projects ----------------------------------------------------------------------------------------


def test_a_project_is_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "quotes.json"
    with pytest.raises(InterchangeError) as told:
        write_annotations([ONE], coded_table([ONE], [row()]), path, "inception-project")
    assert str(told.value) == f"{path}: a project is a .zip, not a '.json'"
    assert not path.exists()


def rewritten(path: Path, without: str = "", **changed: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist() if name != without}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in {**entries, **changed}.items():
            archive.writestr(name, data)
    return path


@pytest.mark.parametrize(
    ("without", "changed", "message"),
    [
        ("exportedproject.json", {}, "not a project of INCEpTION (no exportedproject.json)"),
        ("", {"exportedproject.json": b"{}"}, "not a project of INCEpTION (no source_documents)"),
        (
            "",
            {"exportedproject.json": b"["},
            "exportedproject.json is not a project's (Expecting value: line 1 column 2",
        ),
        ("", {"exportedproject.json": b"[]"}, "exportedproject.json is not a project's (list indices must be"),
        ("source/one.xmi", {}, "one.xmi: its document is not in the project"),
        ("", {"source/one.xmi": b"<x/>"}, "one.xmi: not a CAS with our layers ("),
        ("", {"annotation/one.xmi/amal.tsv": b"1-1\t0-2\t"}, "one.xmi: was not exported as UIMA CAS XMI (XML 1.0)"),
    ],
)
def test_a_wrong_project(without: str, changed: dict[str, bytes], message: str, tmp_path: Path) -> None:
    path = rewritten(written(tmp_path), without, **changed)
    with pytest.raises(InterchangeError) as told:
        read_annotations([ONE, TWO], path, "inception-project")
    assert str(told.value).startswith(f"{path}: {message}")
    assert len(told.value.faults) == 1


def test_a_blank_at_the_edge_is_told(tmp_path: Path) -> None:
    table = coded_table([ONE], [row(content=[[12, 28]])])
    notes = write_annotations([ONE], table, tmp_path / "quotes.zip", "inception-project")
    assert notes == (
        "1 spans begin or end with a blank or an invisible sign: INCEpTION's check of documents refuses such",
    )
    assert write_annotations([ONE], table, tmp_path / "x.jsonl", "doccano") == ()


def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "annotation.md").read_text(encoding="utf-8")
    (tmp_path / "corpora").symlink_to(ROOT / "corpora")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(block, names)  # noqa: S102
    in_order = names["table"].sort_values(["article_id", "id"]).reset_index(drop=True)
    found = names["coded"].sort_values(["article_id", "id"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(found[list(in_order.columns)], in_order)


def test_the_guide_lists_every_format() -> None:
    page = (ROOT / "docs" / "annotation.md").read_text(encoding="utf-8")
    listed = " ".join(re.findall(r"^\| (`[^|]*`) \|", page, re.MULTILINE))
    assert sorted(re.findall(r"`([a-z-]+)`", listed)) == sorted(FORMATS)
