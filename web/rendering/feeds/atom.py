"""Listings as an Atom feed (RFC 4287), with its neighbouring pages (RFC 5005 §3) and where each is (GeoRSS Simple)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from federation.json.fields import write_moment
from federation.media.media_uris import media_url
from federation.uris import web_address
from models.lazy import LazyModule
from models.listings import categories
from models.settings import Site
from web.rendering.feeds.listing_bundles import ListingBundle

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET
else:
    ET = LazyModule("xml.etree.ElementTree")

ATOM = "application/atom+xml"

NAMESPACE = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"

UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML may hold (XML 1.0 §2.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What stands above the entries. `links` are addresses by their relation: self, alternate, next, prev."""

    id: str
    title: str
    links: dict[str, str]
    empty_since: datetime
    logo: str = ""


def build_feed(site: Site, feed: Feed, gathered: Iterable[ListingBundle], language: str) -> bytes:
    """The whole document."""
    ET.register_namespace("", NAMESPACE)
    ET.register_namespace("georss", GEORSS)
    entries = list(gathered)
    root = ET.Element(_name("feed"))
    _write(root, "id", feed.id)
    _write(root, "title", feed.title)
    _write(root, "updated", write_moment(max((_changed_at(one) for one in entries), default=feed.empty_since)))
    if feed.logo:
        _write(root, "logo", feed.logo)
    for relation, address in feed.links.items():
        ET.SubElement(root, _name("link"), rel=relation, href=_clean(address))
    for one in entries:
        root.append(build_entry(site, one, language))
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def build_entry(site: Site, one: ListingBundle, language: str) -> "ET.Element":
    """One listing."""
    post, details, place = one.listing.post, one.listing.details, one.place
    entry = ET.Element(_name("entry"))
    _write(entry, "id", post.uri)
    _write(entry, "title", details.title)
    _write(entry, "updated", write_moment(_changed_at(one)))
    _write(entry, "published", write_moment(post.published_at))
    ET.SubElement(entry, _name("link"), rel="alternate", type="text/html", href=_clean(web_address(post.url, post.uri)))
    author = ET.SubElement(entry, _name("author"))
    _write(author, "name", one.author.display_name)
    _write(author, "uri", web_address(one.author.url, one.author.uri))
    ET.SubElement(entry, _name("category"), term=details.kind)
    category = categories.find(details.category or "")
    if category is not None:
        ET.SubElement(
            entry, _name("category"), term=category.slug, scheme=categories.PREFIX, label=category.label(language)
        )
    if details.subcategory_label:
        ET.SubElement(entry, _name("category"), term=details.subcategory_label)
    content = _write(entry, "content", details.description)
    content.set("type", "html")
    for photo in one.pictures:
        ET.SubElement(
            entry,
            _name("link"),
            rel="enclosure",
            type=_clean(photo.mime_type) or "image/jpeg",
            href=_clean(media_url(site, photo)),
            title=_clean(photo.description or details.title),
        )
    if place is not None and place.latitude is not None and place.longitude is not None:
        ET.SubElement(entry, f"{{{GEORSS}}}point").text = f"{place.latitude:.4f} {place.longitude:.4f}"
    return entry


def _changed_at(one: ListingBundle) -> datetime:
    return one.listing.post.updated_at or one.listing.post.published_at


def _write(parent: "ET.Element", name: str, text: str) -> "ET.Element":
    element = ET.SubElement(parent, _name(name))
    element.text = _clean(text)
    return element


def _name(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _clean(text: str) -> str:
    """Without what would make the whole feed unreadable: others' servers may send anything."""
    return UNWRITABLE.sub("", text)
