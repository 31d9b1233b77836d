"""What hangs on an object: pictures, mentions, hashtags, emojis, each read, kept and written here."""

import mimetypes
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from federation.json.fields import (
    MAX_NAME,
    Json,
    compact,
    duration,
    each,
    localized,
    mappings,
    number,
    one,
    text,
    types,
    uri,
    whole,
)
from federation.texts.hashtags import read_name

MAX_ALT = 5_000
MAX_TAGS = 100
MAX_SEARCHED = 10_000
MAX_PIXELS = 100_000

MEDIA_TYPES = frozenset({"Document", "Image", "Video", "Audio"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A picture, film or sound; `name` is its alternative text, where every peer looks for it.

    A film or a sound lasts `duration` seconds; the picture at `poster` stands for it.
    """

    url: str
    media_type: str = ""
    name: str = ""
    type: str = "Document"
    width: int | None = None
    height: int | None = None
    blurhash: str | None = None
    focal_point: tuple[float, float] | None = None
    duration: float | None = None
    poster: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A page that a post points to: what Lemmy's and Friendica's posts are about, the website of an event."""

    href: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Somebody named in the text; `href` is the actor's id."""

    href: str
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashtag:
    """A hashtag; `name` without its #."""

    name: str
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Emoji:
    """A server's own picture for `:name:`; `name` without the colons."""

    name: str
    url: str


def read_document(document: Json) -> Document | None:
    """An attachment; None for one without an address, and for what is no medium (a Link preview, a PropertyValue).

    A Link to a picture is one (Lemmy). WordPress escapes some addresses as if they stood in HTML.
    """
    kind = _read_kind(document)
    address = uri(document.get("url")) or (uri(document.get("href")) if kind else None)
    if kind is None or address is None:
        return None
    source = next((link for link in each(document.get("url")) if isinstance(link, dict)), {})
    return Document(
        type=kind,
        url=address.replace("&#038;", "&").replace("&amp;", "&"),
        media_type=text(_either("mediaType", document, source), 100) or "",
        name=localized(document, "name", MAX_ALT) or text(document.get("summary"), MAX_ALT) or "",
        width=whole(_either("width", document, source), 1, MAX_PIXELS),
        height=whole(_either("height", document, source), 1, MAX_PIXELS),
        blurhash=text(document.get("blurhash"), 100),
        focal_point=read_focal_point(document.get("focalPoint")),
        duration=duration(_either("duration", document, source)),
        poster=_read_poster(document),
    )


def _either(name: str, document: Json, source: Json) -> object:
    """What the document says of itself, else the first of the Links to it."""
    return document.get(name) or source.get(name)


def _read_kind(document: Json) -> str | None:
    return next((name for name in types(document) if name in MEDIA_TYPES), None) or _linked_kind(document)


def _read_poster(document: Json) -> str | None:
    """What stands for a film or a sound: `icon` (Mastodon, PeerTube), else `image` (Funkwhale) or `preview`."""
    for name in ("icon", "image", "preview"):
        for member in mappings(document.get(name), 10):
            kind = text(member.get("mediaType"), 100) or "image/"
            address = uri(member.get("url")) or uri(member.get("href"))
            if address is not None and kind.startswith("image/"):
                return address
    return None


def _linked_kind(document: Json) -> str | None:
    """What a Link leads to, where that is a picture: by its media type, or else by the end of its address."""
    address = uri(document.get("href")) if "Link" in types(document) else None
    if address is None:
        return None
    kind = text(document.get("mediaType"), 100) or mimetypes.guess_type(urlsplit(address).path)[0] or ""
    return "Image" if kind.startswith("image/") else None


def is_picture(document: Document) -> bool:
    """Whether an attachment can be shown as a picture, as far as its server says what it is."""
    kind = document.media_type or mimetypes.guess_type(urlsplit(document.url).path)[0] or ""
    return document.type in {"Document", "Image"} and (kind.startswith("image/") or not kind)


def read_picture(value: object) -> Document | None:
    """An icon, a header or the picture of a post: an object, a list of them, or a bare address (AC11).

    Of several the one with the most pixels.
    """
    found = [
        document
        for member in mappings(value, 10)
        if (document := read_document(member if "type" in member else {**member, "type": "Image"})) is not None
    ]
    if found:
        return max(found, key=lambda document: (document.width or 0) * (document.height or 0))
    for member in each(value):
        if isinstance(member, str) and (address := uri(member)):
            return Document(url=address, type="Image")
    return None


def read_link(document: Json) -> Link | None:
    """A page that is attached: a Link, or what Friendica calls a Page; None for a picture and anything else."""
    names = types(document)
    if not {"Link", "Page"}.intersection(names) or _linked_kind(document) is not None:
        return None
    address = uri(document.get("href")) or uri(document.get("url"))
    return Link(href=address, name=localized(document, "name", MAX_NAME) or "") if address else None


def read_focal_point(value: object) -> tuple[float, float] | None:
    """Two numbers from -1 to 1, else None."""
    if not isinstance(value, list) or len(value) != 2:
        return None
    x, y = number(value[0], -1, 1), number(value[1], -1, 1)
    return None if x is None or y is None else (x, y)


def read_mention(document: Json) -> Mention | None:
    """A tag of type Mention with an address."""
    if "Mention" not in types(document):
        return None
    address = uri(document.get("href"))
    if address is None:
        return None
    return Mention(href=address, name=localized(document, "name", MAX_NAME) or "")


def read_hashtag(document: Json) -> Hashtag | None:
    """A tag of type Hashtag whose name can be one: whatever else stands there goes into pages, clients and feeds."""
    if "Hashtag" not in types(document):
        return None
    name = read_name(localized(document, "name", MAX_NAME) or "")
    return Hashtag(name=name, href=uri(document.get("href"))) if name else None


def read_emoji(document: Json) -> Emoji | None:
    """A tag of type Emoji with a name and a picture."""
    if "Emoji" not in types(document):
        return None
    name = (localized(document, "name", 100) or "").strip(":")
    address = one(document.get("icon"), lambda icon: uri(icon.get("url")))
    return Emoji(name=name, url=address) if name and address else None


def read_tags(value: object) -> tuple[tuple[Mention, ...], tuple[Hashtag, ...], tuple[Emoji, ...]]:
    """The mentions, hashtags and emojis in a `tag`, at most MAX_TAGS of each."""
    mentions: list[Mention] = []
    hashtags: list[Hashtag] = []
    emojis: list[Emoji] = []
    for member in mappings(value, MAX_SEARCHED):
        if (mention := read_mention(member)) is not None:
            mentions.append(mention)
        elif (hashtag := read_hashtag(member)) is not None:
            hashtags.append(hashtag)
        elif (emoji := read_emoji(member)) is not None:
            emojis.append(emoji)
    return tuple(mentions[:MAX_TAGS]), tuple(hashtags[:MAX_TAGS]), tuple(emojis[:MAX_TAGS])


def write_document(value: Document) -> Json:
    """An attachment as every peer of ours reads it: `Document`, one string `url`, alternative text in `name`."""
    return compact(
        {
            "type": value.type,
            "mediaType": value.media_type or None,
            "url": value.url,
            "name": value.name or None,
            "width": value.width,
            "height": value.height,
            "blurhash": value.blurhash,
            "focalPoint": list(value.focal_point) if value.focal_point else None,
            "duration": write_duration(value.duration) if value.duration else None,
            "icon": {"type": "Image", "mediaType": "image/jpeg", "url": value.poster} if value.poster else None,
        }
    )


def write_duration(seconds: float) -> str:
    """As xsd:duration writes it, to the tenth: `PT12.3S`."""
    return f"PT{seconds:.1f}S".replace(".0S", "S")


def write_mention(value: Mention) -> Json:
    """A mention tag."""
    return {"type": "Mention", "href": value.href, "name": value.name}


def write_hashtag(value: Hashtag) -> Json:
    """A hashtag tag, with its # and a percent-encoded address."""
    written: Json = {"type": "Hashtag", "name": f"#{value.name}"}
    if value.href:
        written["href"] = quote(value.href, safe=":/?#[]@!$&'()*+,;=%~")
    return written
