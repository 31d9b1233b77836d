"""Pictures and other attachments as MediaAttachment."""

import re
from collections.abc import Sequence
from dataclasses import replace

from federation.instance import Instance
from federation.media.built_in_pictures import film_url
from federation.media.media_uris import media_url, thumbnail_url
from federation.sandbox.pictures import fit
from models.posts.media.media import Media
from models.settings import Site
from models.store.database import Connection
from web.api.entities.values import Json
from web.security.media_keys import sign_address

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


async def build_upload(conn: Connection, instance: Instance, media: Media) -> Json:
    """One attachment for whoever sent it: where it waits for its post, the addresses open for her alone."""
    built = build_attachment(instance.site, media)
    signed = await sign_address(conn, instance, media)
    built["url"] += signed
    if media.thumbnail_key is not None:
        built["preview_url"] += signed
    return built


def build_attachment(site: Site, media: Media) -> Json:
    """One attachment. Films and sounds from elsewhere are not fetched: theirs is the address where they are."""
    return {
        "id": str(media.id),
        "type": media.type,
        "url": media_url(site, media),
        "preview_url": thumbnail_url(site, media) or (film_url(site) if media.type in {"video", "gifv"} else None),
        "remote_url": media.remote_url,
        "preview_remote_url": media.poster_url,
        "text_url": None,
        "meta": _build_meta(media),
        "description": media.description or None,
        "blurhash": media.blurhash if media.blurhash and BLURHASH.fullmatch(media.blurhash) else None,
    }


def _build_meta(media: Media) -> Json:
    meta: Json = {}
    if media.type == "unknown":
        return meta
    original: Json = {}
    size = _find_size(media)
    if size is not None:
        original = _measure(*size)
        meta["small"] = _measure(*media.measures.get("small") or fit(*size, SMALL))
    if media.duration is not None:
        meta |= {"length": write_length(media.duration), "duration": media.duration, **_describe(media, original)}
        original = _measure_film(media, original)
    if original:
        meta["original"] = original
    if media.focus_x is not None and media.focus_y is not None:
        meta["focus"] = {"x": media.focus_x, "y": media.focus_y}
    return meta


def _find_size(media: Media) -> tuple[int, int] | None:
    """Width and height, where both are known; other servers may send any number."""
    if not media.width or not media.height or min(media.width, media.height) < 0:
        return None
    return media.width, media.height


def _describe(media: Media, original: Json) -> Json:
    """What Mastodon says beside both measures: size and pace of the film, what its sound is made of."""
    told: Json = dict(original)
    if rate := _read_rate(media):
        told["fps"] = round(rate)
    if (sound := media.measures.get("sound")) is not None:
        told |= {
            "audio_encode": sound,
            "audio_bitrate": f"{media.measures['sample_rate']} Hz",
            "audio_channels": media.measures["channels"],
        }
    return told


def _measure_film(media: Media, original: Json) -> Json:
    """`original` of a film has no size, as in Mastodon, but its pace, its length and its weight."""
    told: Json = {name: original[name] for name in ("width", "height") if name in original}
    if _read_rate(media):
        told["frame_rate"] = media.measures["frame_rate"]
    told["duration"] = media.duration
    if (bitrate := media.measures.get("bitrate")) is not None:
        told["bitrate"] = bitrate
    return told


def _read_rate(media: Media) -> float:
    number, _, part = str(media.measures.get("frame_rate", "")).partition("/")
    return int(number) / int(part) if part and int(part) else 0.0


def write_length(seconds: float) -> str:
    """`0:01:28.65`, in hundredths of a second."""
    hundredths = round(seconds * 100)
    minutes, rest = divmod(hundredths, 6000)
    return f"{minutes // 60}:{minutes % 60:02}:{rest // 100:02}.{rest % 100:02}"


def _measure(width: int, height: int) -> Json:
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": round(width / height, 4)}
