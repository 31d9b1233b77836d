"""Pictures and other attachments as MediaAttachment."""

import re
from collections.abc import Sequence
from dataclasses import replace

from federation.media_uris import media_url, thumbnail_url
from models.media import Media
from models.settings import Site
from web.api.entities.values import Json

SHOWN = 4
"""Clients show four; the rest is behind the link."""

SMALL = 480
"""Longest side of a thumbnail."""

BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,120}")


def build_attachments(site: Site, media: Sequence[Media]) -> list[Json]:
    """At most SHOWN, photos first."""
    photos_first = sorted(media, key=lambda one: one.type != "image")
    return [build_attachment(site, one) for one in photos_first[:SHOWN]]


def describe_as_then(media: Media, then: Json) -> Media:
    """A picture with the words that it had in an earlier version of its post."""
    return replace(media, description=str(then["description"]))


def build_attachment(site: Site, media: Media) -> Json:
    """One attachment. What is no photo is a link (`unknown`): films and sounds from elsewhere are not fetched."""
    photo = media.type == "image"
    return {
        "id": str(media.id),
        "type": "image" if photo else "unknown",
        "url": media_url(site, media),
        "preview_url": thumbnail_url(site, media),
        "remote_url": media.remote_url,
        "preview_remote_url": None,
        "text_url": None,
        "meta": _build_meta(media) if photo else {},
        "description": media.description or None,
        "blurhash": media.blurhash if media.blurhash and BLURHASH.fullmatch(media.blurhash) else None,
    }


def _build_meta(media: Media) -> Json:
    meta: Json = {}
    if media.width and media.height and media.width > 0 and media.height > 0:
        ratio = min(1.0, SMALL / max(media.width, media.height))
        meta["original"] = _measure(media.width, media.height)
        meta["small"] = _measure(max(1, round(media.width * ratio)), max(1, round(media.height * ratio)))
    if media.focus_x is not None and media.focus_y is not None:
        meta["focus"] = {"x": media.focus_x, "y": media.focus_y}
    return meta


def _measure(width: int, height: int) -> Json:
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": round(width / height, 4)}
