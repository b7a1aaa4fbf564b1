"""Write attributions for INCEpTION and read them back: a project to import, or UIMA CAS XMI with its type system.

The tool's keys and types stand in `data/interchange/inception.yml`, each with the class of the tool that it comes from. Of
annotations, the tool imports with a project only what Java has serialised (AnnotationDocumentExporter), so ours are in the
source documents themselves: they are XMI (XmiFormatSupport), and every annotator begins with what they hold.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from discourse.coding import read_codebook
from discourse.marks import ROLES, InterchangeError, Mark, Marked, file_name, template
from discourse.tables import SCHEMA, replacing

if TYPE_CHECKING:
    from cassis import Cas, TypeSystem

    from discourse.corpus import Article

LAYER = "webanno.custom.Attribution"
SPAN = "webanno.custom.AttributionSpan"
_LABELS = ("act", "engagement", "sentiment", "medium", "polarity")  # features that are columns; type is called kind
_ARRAY = "uima.cas.FSArray"
_BROKEN = (BadZipFile, zlib.error, EOFError, OSError, RuntimeError)  # of a ZIP that cannot be unpacked
_NOBODY = "INITIAL_CAS"  # whose annotations are those that were there at import


# The project ------------------------------------------------------------------------------------------------------------


def write_project(documents: Sequence[Marked], path: Path) -> None:
    """Write the ZIP that INCEpTION imports: layers, tag sets, and the articles with their attributions; the same bytes again."""
    if path.suffix.lower() != ".zip":
        raise InterchangeError([f"a project is a .zip, not a '{path.suffix}'"], str(path))
    names = {document.article_id: f"{file_name(document.article_id)}.xmi" for document in documents}
    project = _default("project") | {
        "name": path.stem,
        "source_documents": [_default("document") | {"name": name} for name in names.values()],
        "tag_sets": tag_sets(documents),
        "layers": layers(),
    }
    types = type_system()
    with replacing(path) as part, ZipFile(part, "w") as archive:
        _add(archive, "exportedproject.json", json.dumps(project, ensure_ascii=False, indent=2).encode())
        for document in documents:
            _add(archive, f"source/{names[document.article_id]}", _xmi(document, types))


def _add(archive: ZipFile, name: str, data: bytes) -> None:
    entry = ZipInfo(name)  # of 1980, as every entry: the time of writing would make other bytes
    entry.create_system = 3
    entry.compress_type = ZIP_DEFLATED
    archive.writestr(entry, data)


@cache
def _settings() -> dict[str, Any]:
    import yaml

    settings: dict[str, Any] = yaml.safe_load(template("inception.yml"))
    return settings


def _default(kind: str) -> dict[str, Any]:
    return dict(_settings()["defaults"][kind])


def layers() -> list[dict[str, Any]]:
    """Give the layers with their features, as exportedproject.json has them."""
    return [
        _default("layer")
        | layer
        | {"features": [_feature(layer, *each) for each in enumerate(layer.get("features", ()))]}
        for layer in _settings()["layers"]
    ]


def _feature(layer: Mapping[str, Any], rank: int, given: dict[str, Any]) -> dict[str, Any]:
    feature: dict[str, Any] = _default("feature") | given | {"rank": rank}
    if "tag_set" in given:
        feature["tag_set"] = _default("tag_set") | {"name": given["tag_set"]}
    if feature.pop("several", False):
        feature |= {"type": "uima.cas.StringArray", "multi_value_mode": "ARRAY"}
    if "link" in given:
        feature |= {
            "type": feature.pop("link"),
            "multi_value_mode": "ARRAY",
            "link_mode": "WITH_ROLE",
            "link_type_name": f"{layer['name']}{given['name'].title()}Link",
            "link_type_role_feature_name": "role",
            "link_type_target_feature_name": "target",
            "traits": json.dumps({"enableRoleLabels": False}),
        }
    return feature


def tag_sets(documents: Iterable[Marked]) -> list[dict[str, Any]]:
    """Give the tag sets, as exportedproject.json has them: classes of ours with what they mean, and those of the study."""
    records = [mark.record for document in documents for mark in document.marks]
    codebook = {
        variable.name: {code.code: f"{code.means} ({code.label['ar']})" for code in variable.codes}
        for variable in read_codebook().variables
    }
    frames = {frame for record in records for frame in record.get("frames") or ()}
    camps = {str(record["camp"]) for record in records if record.get("camp") not in (None, "other")}
    camps |= {camp for record in records for camp in record.get("stance") or ()}
    of_study = {
        "frames": {frame: "a frame of this study" for frame in sorted(frames - set(codebook["frames"]))},
        "stance": {
            f"{side} {camp}": f"the content is {direction} {camp}"
            for camp in sorted(camps)
            for side, direction in (("support", "for"), ("oppose", "against"))
        },
    }
    sets = []
    for each in _settings()["tag_sets"]:
        name = each["name"]
        tags = each.get("tags", {}) | codebook.get(name, {}) | of_study.get(name, {})
        listed = [_default("tag") | {"tag_name": tag, "tag_description": means} for tag, means in tags.items()]
        sets.append(_default("tag_set") | each | {"tags": listed})
    return sets


def read_project(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    """Read the documents of a project: what the curator made of each, else what its annotator did, else what was imported.

    Those are what the tool exports beside its own files where UIMA CAS XMI (XML 1.0) is chosen as the format.
    """
    try:
        with ZipFile(path) as archive:
            yield from _documents(archive, path, faults)
    except _BROKEN as error:
        raise InterchangeError([f"not a ZIP archive, or a damaged one ({error})"], str(path)) from None


def _documents(archive: ZipFile, path: Path, faults: list[str]) -> Iterator[Marked]:
    entries = {name.removeprefix("/"): name for name in archive.namelist()}
    try:
        project = json.loads(archive.read(entries["exportedproject.json"]))
        names = sorted(each["name"] for each in project["source_documents"])
    except KeyError as error:
        raise InterchangeError([f"not a project of INCEpTION (no {error.args[0]})"], str(path)) from None
    except (TypeError, ValueError) as error:
        raise InterchangeError([f"exportedproject.json is not a project's ({error})"], str(path)) from None
    for name in names:
        made = _made_of(name, entries)
        if len(made) > 1:
            people = ", ".join(Path(entry).stem for entry in made)
            faults.append(
                f"{name}: annotated by {people} and not curated; which of them counts, only a curator can say"
            )
        elif made:
            yield from _from_export(archive.read(entries[made[0]]), name, faults)
        elif f"source/{name}" in entries:
            yield from _from_xmi(archive.read(entries[f"source/{name}"]), type_system(), name, faults)
        else:
            faults.append(f"{name}: its document is not in the project")


def _made_of(name: str, entries: Iterable[str]) -> list[str]:
    """Exports of one document: the curator's alone, or those of all annotators."""
    curated = [entry for entry in entries if entry.startswith(f"curation/{name}/")]
    annotated = [entry for entry in entries if entry.startswith(f"annotation/{name}/") and Path(entry).stem != _NOBODY]
    return curated or sorted(annotated)


def _from_export(data: bytes, name: str, faults: list[str]) -> Iterator[Marked]:
    from cassis import load_typesystem

    try:
        with ZipFile(BytesIO(data)) as export:
            inside = {Path(entry).suffix.lower(): entry for entry in export.namelist()}
            types, xmi = load_typesystem(BytesIO(export.read(inside[".xml"]))), export.read(inside[".xmi"])
    except (*_BROKEN, KeyError):
        faults.append(f"{name}: was not exported as UIMA CAS XMI (XML 1.0), which holds an .xmi and a TypeSystem.xml")
        return
    yield from _from_xmi(xmi, types, name, faults)


# UIMA CAS XMI -----------------------------------------------------------------------------------------------------------


def write_xmi(documents: Sequence[Marked], path: Path) -> None:
    """Write a folder with TypeSystem.xml and an .xmi for each article, for whatever reads UIMA."""
    types = type_system()
    types.to_xml(path / "TypeSystem.xml")
    for document in documents:
        (path / f"{file_name(document.article_id)}.xmi").write_bytes(_xmi(document, types))


def read_xmi(path: Path, articles: Mapping[str, Article], faults: list[str]) -> Iterator[Marked]:
    """Read a folder with TypeSystem.xml and an .xmi for each article."""
    from cassis import load_typesystem

    description = path / "TypeSystem.xml"
    if not description.is_file():
        raise InterchangeError(["there is no TypeSystem.xml in it"], str(path))
    try:
        with description.open("rb") as file:
            types = load_typesystem(file)
    except Exception as error:  # noqa: BLE001 - cassis raises whatever its XML reader does
        raise InterchangeError([f"TypeSystem.xml: not a type system of UIMA ({error})"], str(path)) from None
    for each in sorted(path.glob("*.xmi")):
        yield from _from_xmi(each.read_bytes(), types, each.name, faults)


def type_system() -> TypeSystem:
    """Give the types that the tool makes of the layers: spans, and attributions whose roles are lists of links to spans."""
    from cassis import TypeSystem

    types = TypeSystem()
    own = [layer for layer in layers() if not layer["built_in"]]
    for layer in own:
        types.create_type(layer["name"], "uima.tcas.Annotation")
    for layer in own:
        of = types.get_type(layer["name"])
        for feature in layer["features"]:
            if feature["link_type_name"]:
                link = types.create_type(feature["link_type_name"], "uima.cas.TOP")
                types.create_feature(link, feature["link_type_role_feature_name"], "uima.cas.String")
                types.create_feature(link, feature["link_type_target_feature_name"], feature["type"])
                types.create_feature(of, feature["name"], _ARRAY, elementType=link)
            else:
                types.create_feature(of, feature["name"], feature["type"])
    return types


def _xmi(document: Marked, types: TypeSystem) -> bytes:
    written: str = _cas(document, types).to_xmi(pretty_print=False)
    return written.encode("utf-8")


def _cas(document: Marked, types: TypeSystem) -> Cas:
    from cassis import Cas

    cas = Cas(types)
    cas.sofa_string = document.text or ""
    cas.sofa_mime = "text/plain"
    array, strings = types.get_type(_ARRAY), types.get_type("uima.cas.StringArray")
    layer, span = types.get_type(LAYER), types.get_type(SPAN)
    made = {}
    for mark in document.marks:
        start, end = mark.anchor
        labels = {name: mark.record.get(name) for name in _LABELS}
        several = {name: strings(elements=values) for name, values in _several(mark.record).items() if values}
        note = json.dumps(mark.record, ensure_ascii=False)
        annotation = layer(
            begin=start, end=end, name=mark.id, kind=mark.record["type"], record=note, **labels, **several
        )
        for role, spans in mark.spans.items():
            link = types.get_type(f"{LAYER}{role.title()}Link")
            links = []
            for begin, stop in spans:
                target = span(begin=begin, end=stop, role=role)
                cas.add(target)
                links.append(link(role=role, target=target))
            setattr(annotation, role, array(elements=links))
        cas.add(annotation)
        made[mark.id] = annotation
    for mark in document.marks:
        if mark.record.get("parent") in made:
            link = types.get_type(f"{LAYER}ParentLink")
            links = [link(role="parent", target=made[mark.record["parent"]])]
            made[mark.id].parent = array(elements=links)
    return cas


def _several(record: Mapping[str, Any]) -> dict[str, list[str]]:
    return {
        "frames": list(record.get("frames") or ()),
        "stance": [f"{side} {camp}" for camp, side in (record.get("stance") or {}).items()],
    }


def _from_xmi(data: bytes, types: TypeSystem, name: str, faults: list[str]) -> Iterator[Marked]:
    from cassis import load_cas_from_xmi

    try:
        cas = load_cas_from_xmi(BytesIO(data), typesystem=types)
        found = sorted(cas.select(LAYER), key=lambda fs: fs.xmiID)
        ids = {fs.xmiID: fs.name or f"fs{fs.xmiID}" for fs in found}
        marks = [Mark(ids[fs.xmiID], _spans(fs), _record(fs, ids)) for fs in found]
    except Exception as error:  # noqa: BLE001 - cassis raises whatever its XML and attribute readers do
        faults.append(f"{name}: not a CAS with our layers ({str(error).splitlines()[0]})")
        return
    yield Marked(unquote(name.removesuffix(".xmi")), cas.sofa_string or "", marks, name)


def _spans(fs: Any) -> dict[str, list[list[int]]]:
    return {
        role: [[link.target.begin, link.target.end] for link in links]
        for role in ROLES
        if (links := _elements(fs, role))
    }


def _record(fs: Any, ids: Mapping[int, str]) -> dict[str, Any]:
    """What the attribution says beside its spans: what went with it, and over that what the annotators see and change."""
    record = {**json.loads(fs.record or "{}"), "type": fs.kind}
    for name in _LABELS:
        label = getattr(fs, name, None)
        if label is not None or name in record and SCHEMA[name].may_be_empty:
            record[name] = label
    frames, sides = _elements(fs, "frames"), [value.partition(" ") for value in _elements(fs, "stance")]
    if frames or record.get("frames"):
        record["frames"] = frames
    if sides or record.get("stance"):
        record["stance"] = {camp: side for side, _, camp in sides}
    parents = _elements(fs, "parent")
    record["parent"] = ids[parents[0].target.xmiID] if parents else None
    return record


def _elements(fs: Any, name: str) -> list[Any]:
    array = getattr(fs, name, None)
    return list(array.elements or ()) if array is not None else []
