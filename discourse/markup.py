"""Read articles out of markup: saved web pages, web archives, NewsML-G2 and feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from functools import cache
from html import unescape
from typing import TYPE_CHECKING, Any

from discourse.archives import Stored
from discourse.encodings import LONGEST_LINE, TextStream, decode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LARGEST_PAGE = 1 << 25  # bytes of one page in a web archive
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_BLOCKS = "p|div|br|li|tr|h1|h2|h3|h4|h5|h6|blockquote"


# Web pages ------------------------------------------------------------------------------------------------------------


def page_record(html: str, identity: str, url: str | None = None) -> Mapping[str, object] | str:
    """Take title, text, day and site out of one page, or say why there is none."""
    import trafilatura

    options = {"url": url, "include_comments": False, "config": _settings()}
    try:
        found: Any = trafilatura.bare_extraction(html, with_metadata=True, **options)
        text = trafilatura.extract(html, **options)
    except (ValueError, RecursionError) as error:
        return f"the page cannot be read ({error})"
    if found is None or not text:
        return "no article is found in this page"
    title = str(found.title or "")
    # the headline inside the article is the title again
    first, _, rest = text.partition("\n")
    return {
        "article_id": identity,
        "title": title,
        "text": rest if rest.strip() and first.strip() == title.strip() else text,
        "outlet": found.sitename or found.hostname,
        "date": found.date,
        "url": found.url or url,
    }


@cache
def _settings() -> Any:
    """Let short news be articles: below 250 characters trafilatura takes all text of a page, without its paragraphs."""
    from trafilatura.settings import use_config

    settings = use_config()
    for name in ("MIN_EXTRACTED_SIZE", "MIN_OUTPUT_SIZE"):
        settings.set("DEFAULT", name, "20")
    return settings


def html_records(stored: Stored, check: object, note: Callable[[str], None]) -> Iterator[tuple[int | None, Any]]:
    """Give the article of a saved web page."""
    html, encoding = decode(stored.whole())
    if encoding != "UTF-8":
        note(f"read as {encoding}")
    if not html.strip():
        raise ValueError("the file holds nothing but blanks")
    yield None, page_record(html, stored.inside)


def warc_records(stored: Stored, check: object, note: Callable[[str], None]) -> Iterator[tuple[int | None, Any]]:
    """Give the articles of the web pages in a web archive; whatever else it holds is counted."""
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    n_others = number = 0
    with stored.opened() as stream:
        try:
            for number, record in enumerate(ArchiveIterator(stream), 1):
                headers = record.http_headers
                kind = headers.get_header("Content-Type", "") if headers else ""
                if record.rec_type != "response" or "html" not in kind or headers.get_statuscode() != "200":
                    n_others += 1
                    continue
                url = record.rec_headers.get_header("WARC-Target-URI")
                yield number, _archived(record.content_stream().read(_LARGEST_PAGE + 1), url)
        except ArchiveLoadFailed as error:
            raise ValueError(f"not a readable web archive ({error})") from None
        except AttributeError:  # warcio looks into the address of every response
            raise ValueError(
                f"a response without WARC-Target-URI behind record {number}; nothing from there on is read"
            ) from None
    if number == 0:
        raise ValueError("the web archive holds no record")
    if n_others:
        note(f"{n_others} of {number} records are no web page that was delivered")


def _archived(data: bytes, url: str) -> Mapping[str, object] | str:
    if len(data) > _LARGEST_PAGE:
        return f"a page of more than {_LARGEST_PAGE >> 20} MB"
    try:
        html, _ = decode(data)
    except ValueError as error:
        return str(error)
    return page_record(html, url, url)


def _undeclared(text: str) -> str:
    return _DECLARATION.sub("", text)


# SGML of the Linguistic Data Consortium -------------------------------------------------------------------------------

_DOCUMENT = re.compile(r'<DOC\s+id="(?P<source>[^"]+?)_(?P<day>\d{8})\.(?P<number>\d+)"[^>]*>', re.IGNORECASE)


def sgml_records(stored: Stored, check: object, note: Callable[[str], None]) -> Iterator[tuple[int | None, Any]]:
    """Give the documents of a file of newswire as Gigaword has them, whose id tells the source and the day."""
    document: list[str] = []
    number = length = 0
    with stored.opened() as stream:
        text = TextStream(stream)
        for line in text.lines("\n"):
            if line[:5].upper() == "<DOC ":
                if document:
                    yield number, "the document is not closed with </DOC>"
                number += 1
                document, length = [line], 0
            elif document and (length := length + len(line)) > LONGEST_LINE:
                yield number, "the document is not closed with </DOC>"
                document = []
            elif document:
                document.append(line)
                if line.strip().upper() == "</DOC>":
                    yield number, _wire_record("".join(document))
                    document = []
    if document:
        yield number, "the document is not closed with </DOC>"
    if text.encoding != "UTF-8":
        note(f"read as {text.encoding}")
    if not number:
        raise ValueError("the file holds no <DOC id=…>")


def _wire_record(document: str) -> Mapping[str, object] | str:
    match = _DOCUMENT.match(document)
    if match is None:
        return "the id of the document is not as in AFP_ARB_20030101.0001"
    day = match["day"]
    paragraphs = _elements(document, "P") or _elements(document, "TEXT")
    return {
        "article_id": f"{match['source']}_{day}.{match['number']}",
        "title": " ".join(_elements(document, "HEADLINE")),
        "text": "\n".join([*_elements(document, "DATELINE"), *paragraphs]),
        "outlet": match["source"].lower(),
        "date": f"{day[:4]}-{day[4:6]}-{day[6:]}",
    }


def _elements(document: str, name: str) -> list[str]:
    """Give the texts of all elements of a name, whose lines are broken at a width and not where the text breaks."""
    found = re.findall(rf"<{name}>(.*?)</{name}>", document, re.DOTALL | re.IGNORECASE)
    return [" ".join(unescape(text).split()) for text in found]


# XML ------------------------------------------------------------------------------------------------------------------


def xml_records(stored: Stored, check: object, note: Callable[[str], None]) -> Iterator[tuple[int | None, Any]]:
    """Give the articles of a NewsML-G2 document, or the entries of an RSS or Atom feed."""
    from lxml import etree

    text, encoding = decode(stored.whole())
    if encoding != "UTF-8":
        note(f"read as {encoding}")
    if not text.strip():
        raise ValueError("the file holds nothing but blanks")
    if re.search(r"<!ENTITY", text, re.IGNORECASE):
        raise ValueError("it declares entities, which no news needs and attacks use; it is not read")
    data = _undeclared(text).encode()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not well-formed XML ({error})") from None
    name = etree.QName(root).localname
    if name in ("newsMessage", "newsItem"):
        yield from _newsml(root)
    elif name in ("rss", "feed", "RDF"):
        yield from _feed(data, note)
    else:
        raise ValueError(f"XML whose root is {name}; NewsML-G2 (newsMessage, newsItem) and feeds (rss, feed) are read")


def _newsml(root: Any) -> Iterator[tuple[int, Any]]:
    items = root.xpath("//*[local-name()='newsItem']")
    if not items:
        raise ValueError("the message holds no newsItem")
    for number, item in enumerate(items, 1):
        if "canceled" in _first(item, "itemMeta/pubStatus/@qcode"):
            yield number, "withdrawn by its agency"
            continue
        body = item.xpath(_path("contentSet/inlineXML//body"))
        inline = item.xpath(_path("contentSet/inlineData"))
        parts = body[0].xpath(_path("descendant::p")) if body else inline
        text = "\n".join(" ".join("".join(part.itertext()).split()) if body else part.text or "" for part in parts)
        dates = ("itemMeta/firstCreated", "contentMeta/contentCreated", "itemMeta/versionCreated")
        titles = ("contentMeta/headline", "itemMeta/title")
        provider = "itemMeta/provider"
        providers = (f"{provider}/name", f"{provider}/@literal", f"{provider}/@qcode", f"{provider}/@uri")
        yield (
            number,
            {
                "article_id": item.get("guid"),
                "title": next(filter(None, (_first(item, path) for path in titles)), ""),
                "text": text,
                "outlet": next(filter(None, (_first(item, path) for path in providers)), None),
                "date": next(filter(None, (_first(item, path) for path in dates)), None),
            },
        )


def _path(steps: str) -> str:
    """Write a path so that it holds in any namespace."""
    named = []
    for step in steps.split("/"):
        axis, _, name = step.rpartition("::")
        named.append(step if not step or step.startswith("@") else f"{axis or 'child'}::*[local-name()='{name}']")
    return "/".join(named)


def _first(item: Any, path: str) -> str:
    found = item.xpath(_path(path))
    if not found:
        return ""
    return str(found[0]) if "@" in path else " ".join("".join(found[0].itertext()).split())


def _feed(data: bytes, note: Callable[[str], None]) -> Iterator[tuple[int, Any]]:
    import feedparser

    feed = feedparser.parse(data, response_headers={"content-type": "application/xml; charset=utf-8"})
    if not feed.entries:
        raise ValueError("the feed holds no entry")
    n_summaries = 0
    for number, entry in enumerate(feed.entries, 1):
        content = entry.get("content")
        n_summaries += not content
        yield (
            number,
            {
                "article_id": entry.get("id") or entry.get("link"),
                "title": _fragment_text(entry.get("title", "")),
                "text": _fragment_text(content[0].value if content else entry.get("summary", "")),
                "outlet": feed.feed.get("title"),
                "date": _feed_day(entry),
                "url": entry.get("link"),
            },
        )
    if n_summaries:
        note(f"{n_summaries} of {len(feed.entries)} entries hold a summary alone, not the article")


def _feed_day(entry: Any) -> date | str | None:
    """Give the day where the feed was written, which in universal time may be another one."""
    written: str = entry.get("published") or entry.get("updated") or ""
    try:
        return parsedate_to_datetime(written).date()
    except ValueError:
        return written or None


def _fragment_text(html: str) -> str:
    """Give the text of a fragment of HTML, its blocks on lines of their own."""
    from lxml import html as lxml_html

    if "<" not in html and "&" not in html:
        return html
    fragment = lxml_html.fragment_fromstring(html, create_parent="div")
    for node in fragment.iter(*_BLOCKS.split("|")):
        node.tail = "\n" + (node.tail or "")
    return "\n".join(line.strip() for line in fragment.text_content().split("\n") if line.strip())
