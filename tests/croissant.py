"""Describe the shipped corpus to data catalogues, in Croissant 1.0: `python -m tests.croissant` writes `croissant.json`.

Croissant is JSON-LD on schema.org: which files there are, with checksums, and what each field of them holds.

References
----------
Akhtar, M. et al. (2024). Croissant: A metadata format for ML-ready datasets. NeurIPS Datasets and Benchmarks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import discourse

FOLDER = Path(__file__).parents[1] / "corpora" / "kazakhstan-2022"
FILE = FOLDER / "croissant.json"
JSONL = "application/jsonlines"
FIELDS = {
    "articles": {
        "article_id": "outlet and number",
        "outlet": "constructed outlet; outlets.yml describes its style",
        "date": "constructed day of publication",
        "title": "headline",
        "text": "body; paragraphs are parted by newlines",
    },
    "gold": {
        "article_id": "the article",
        "id": "the attribution within its article",
        "type": "direct, mixed, unmarked or indirect",
        "cue": "start and end of the word that hands the content to somebody",
        "source": "start and end of the words that name who; empty where nobody is named",
        "speaker": "who that is",
        "camp": "moscow, washington, astana or other",
        "parent": "the attribution within whose content this one stands",
        "sentiment": "of the content: negative, neutral or positive",
        "act": "what the speaker is reported to do",
        "engagement": "what the wording does with the truth of it",
        "frames": "none to three frames",
    },
}
FIELDS["second_coding"] = FIELDS["gold"]
CONTEXT = {  # as the specification has it
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
    **{
        name: f"cr:{name}"
        for name in (
            "citeAs",
            "column",
            "equivalentProperty",
            "extract",
            "field",
            "fileProperty",
            "fileObject",
            "fileSet",
            "format",
            "includes",
            "isLiveDataset",
            "jsonPath",
            "key",
            "md5",
            "parentField",
            "path",
            "recordSet",
            "references",
            "regex",
            "repeated",
            "replace",
            "samplingRate",
            "separator",
            "source",
            "subField",
            "transform",
        )
    },
}
TYPES = {"date": "sc:Date", "cue": "sc:Integer", "source": "sc:Integer"}  # all others are text
REPEATED = {"cue", "source", "frames"}
WHAT = {
    "articles": "Articles of {outlet}, all constructed.",
    "gold": "Attributions in the articles of {outlet}, coded by a language model. Offsets count code points of title, "
    "newline, text; ends are exclusive. README.md tells of `content` and `stance`, which are nested.",
    "second_coding": "Attributions in some articles of {outlet}, coded a second time by a language model.",
}
DESCRIPTION = (
    "Constructed Arabic news about Kazakhstan, 2 to 19 January 2022, with gold attributions. This is not news: the outlets do "
    "not exist, the quotations are not statements of the people named, and articles and codes were made by language models "
    "following written guidelines, not by people. To try, teach and test the analysis of who is quoted, and how."
)


def described() -> dict[str, Any]:
    """The description of the corpus as it lies there now."""
    tables = [(kind, path) for kind in FIELDS for path in sorted((FOLDER / kind).glob("*.jsonl"))]
    others = sorted(path for path in FOLDER.iterdir() if path.suffix in (".md", ".yml"))
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "name": FOLDER.name,
        "description": DESCRIPTION,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "datePublished": "2026-11-26",
        "version": discourse.__version__,
        "inLanguage": "ar",
        "isLiveDataset": False,
        "keywords": ["Arabic", "news", "quotation", "attribution", "constructed text"],
        "citeAs": f"{FOLDER.name}: constructed Arabic news with gold attributions. With the toolkit arabic-discourse.",
        "distribution": [
            *(_file(path, JSONL) for _, path in tables),
            *(_file(path, {".md": "text/markdown", ".yml": "application/yaml"}[path.suffix]) for path in others),
        ],
        "recordSet": list(_records(tables)),
    }


def _file(path: Path, encoding: str) -> dict[str, Any]:
    name = path.relative_to(FOLDER).as_posix()
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "@type": "cr:FileObject",
        "@id": name,
        "name": name,
        "contentUrl": name,
        "encodingFormat": encoding,
        "sha256": checksum,
    }


def _records(tables: list[tuple[str, Path]]) -> Iterator[dict[str, Any]]:
    for kind, path in tables:
        name = f"{kind}-{path.stem}"
        yield {
            "@type": "cr:RecordSet",
            "@id": name,
            "name": name,
            "description": WHAT[kind].format(outlet=path.stem),
            "field": [
                {
                    "@type": "cr:Field",
                    "@id": f"{name}/{column}",
                    "name": column,
                    "description": meaning,
                    "dataType": TYPES.get(column, "sc:Text"),
                    "repeated": column in REPEATED,
                    "source": {
                        "fileObject": {"@id": path.relative_to(FOLDER).as_posix()},
                        "extract": {"column": column},
                    },
                }
                for column, meaning in FIELDS[kind].items()
            ],
        }


def as_written() -> str:
    return json.dumps(described(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_written(), encoding="utf-8")
