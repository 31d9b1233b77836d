"""A client that forgives nothing: what Tusky and Mastodon for Android refuse, refused here."""

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], None]
Shape = Mapping[str, Check]


DRAWN = frozenset(
    {"p", "br", "a", "span", "strong", "em", "b", "i", "u", "ul", "ol", "li", "blockquote", "code", "pre", "del"}
)

RUNS = re.compile(r"""<[^>]*\s(?:on\w+|style)\s*=|(?:href|src)\s*=\s*["']?\s*(?:javascript|data|vbscript):""", re.I)


class Unfit(AssertionError):
    """A value that some client would choke on, with its path."""


def _fail(what: str, value: Any) -> None:
    raise Unfit(f"not {what}: {value!r}")


def text(value: Any) -> None:
    if not isinstance(value, str):
        _fail("a text", value)


def filled(value: Any) -> None:
    if not isinstance(value, str) or not value:
        _fail("a text with something in it", value)


def flag(value: Any) -> None:
    if not isinstance(value, bool):
        _fail("true or false", value)


def count(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        _fail("a count", value)


def number(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _fail("a number", value)


def id(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,19}", value):
        _fail("a decimal id in a text", value)


def moment(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value):
        _fail("a moment with a fraction and Z", value)


def day(value: Any) -> None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        _fail("a date", value)


def address(value: Any) -> None:
    if not isinstance(value, str) or not re.match(r"https?://[^/\s<>\"]+", value):
        _fail("an absolute web address", value)


def html(value: Any) -> None:
    """Only the tags that clients draw, and no way to run anything."""
    text(value)
    tags = {name.lower() for name in re.findall(r"<\s*/?\s*([a-zA-Z][a-zA-Z0-9]*)", value)}
    if tags - DRAWN:
        _fail("HTML that clients draw", value)
    if RUNS.search(value):
        _fail("harmless HTML", value)


def empty(value: Any) -> None:
    if value != []:
        _fail("an empty list", value)


def null(value: Any) -> None:
    if value is not None:
        _fail("null", value)


def either(check: Check, other: Check) -> Check:
    """One of two."""

    def checked(value: Any) -> None:
        try:
            check(value)
        except Unfit:
            other(value)

    return checked


def maybe(check: Check) -> Check:
    """Null, or fit."""
    return lambda value: None if value is None else check(value)


def one_of(*words: str) -> Check:
    def checked(value: Any) -> None:
        if value not in words:
            _fail(f"one of {words}", value)

    return checked


def many(check: Check) -> Check:
    def checked(value: Any) -> None:
        if not isinstance(value, list):
            _fail("a list", value)
        for number, item in enumerate(value):
            _at(f"[{number}]", check, item)

    return checked


def shaped(shape: Shape, optional: Shape | None = None, *, closed: bool = True) -> Check:
    """An object with all of `shape` and perhaps some of `optional`; with `closed` nothing else."""
    extra = optional or {}

    def checked(value: Any) -> None:
        if not isinstance(value, dict):
            _fail("an object", value)
        missing = shape.keys() - value.keys()
        if missing:
            _fail(f"complete, {sorted(missing)} missing", value)
        unknown = value.keys() - shape.keys() - extra.keys()
        if closed and unknown:
            _fail(f"known, {sorted(unknown)} is not", value)
        for name, item in value.items():
            if check := shape.get(name) or extra.get(name):
                _at(f".{name}", check, item)

    return checked


def _at(path: str, check: Check, value: Any) -> None:
    try:
        check(value)
    except Unfit as error:
        raise Unfit(f"{path}: {error}") from None


FIELD = shaped({"name": text, "value": html, "verified_at": maybe(moment)})

_ACCOUNT: Shape = {
    "id": id,
    "username": filled,
    "acct": filled,
    "uri": address,
    "url": address,
    "display_name": text,
    "note": html,
    "avatar": address,
    "avatar_static": address,
    "header": address,
    "header_static": address,
    "locked": flag,
    "bot": flag,
    "group": flag,
    "discoverable": maybe(flag),
    "indexable": flag,
    "created_at": moment,
    "last_status_at": maybe(day),
    "statuses_count": count,
    "followers_count": count,
    "following_count": count,
    "emojis": empty,
    "roles": empty,
    "fields": many(FIELD),
}

account = shaped(_ACCOUNT)

own_account = shaped(
    {
        **_ACCOUNT,
        "source": shaped(
            {
                "note": text,
                "privacy": one_of("public", "unlisted", "private", "direct"),
                "sensitive": flag,
                "language": maybe(filled),
                "fields": many(FIELD),
                "follow_requests_count": count,
            }
        ),
    }
)

_MEASURE = shaped({"width": count, "height": count, "size": filled, "aspect": number})

attachment = shaped(
    {
        "id": id,
        "type": one_of("image", "gifv", "video", "audio", "unknown"),
        "url": address,
        "preview_url": maybe(address),
        "remote_url": maybe(address),
        "preview_remote_url": null,
        "text_url": null,
        "meta": shaped({}, {"original": _MEASURE, "small": _MEASURE, "focus": shaped({"x": number, "y": number})}),
        "description": maybe(filled),
        "blurhash": maybe(filled),
    }
)

mention = shaped({"id": id, "username": filled, "url": address, "acct": filled})

tag_in_status = shaped({"name": filled, "url": address})

poll = shaped(
    {
        "id": id,
        "expires_at": maybe(moment),
        "expired": flag,
        "multiple": flag,
        "votes_count": count,
        "voters_count": maybe(count),
        "options": many(shaped({"title": text, "votes_count": maybe(count)})),
        "emojis": empty,
    },
    {"voted": flag, "own_votes": many(count)},
)

_STATUS: Shape = {
    "id": id,
    "uri": address,
    "url": address,
    "created_at": moment,
    "edited_at": maybe(moment),
    "account": account,
    "content": html,
    "visibility": one_of("public", "unlisted", "private", "direct"),
    "sensitive": flag,
    "spoiler_text": text,
    "media_attachments": many(attachment),
    "mentions": many(mention),
    "tags": many(tag_in_status),
    "emojis": empty,
    "reblogs_count": count,
    "favourites_count": count,
    "replies_count": count,
    "in_reply_to_id": maybe(id),
    "in_reply_to_account_id": maybe(id),
    "poll": maybe(poll),
    "card": null,
    "language": maybe(filled),
    "application": maybe(shaped({"name": filled, "website": maybe(address)})),
}

_OF_READER: Shape = {
    "favourited": flag,
    "reblogged": flag,
    "muted": flag,
    "bookmarked": flag,
    "filtered": empty,
    "pinned": flag,
}

_TYPED: Shape = {"text": text}

status = shaped({**_STATUS, "reblog": maybe(shaped({**_STATUS, "reblog": null}, _OF_READER))}, {**_OF_READER, **_TYPED})

context = shaped({"ancestors": many(status), "descendants": many(status)})

notification = either(
    shaped(
        {
            "id": id,
            "type": one_of("follow", "follow_request"),
            "created_at": moment,
            "group_key": filled,
            "account": account,
        }
    ),
    shaped(
        {
            "id": id,
            "type": one_of("mention", "status", "reblog", "favourite", "poll", "update"),
            "created_at": moment,
            "group_key": filled,
            "account": account,
            "status": status,
        }
    ),
)

relationship = shaped(
    {
        "id": id,
        "following": flag,
        "showing_reblogs": flag,
        "notifying": flag,
        "languages": null,
        "followed_by": flag,
        "blocking": flag,
        "blocked_by": flag,
        "muting": flag,
        "muting_notifications": flag,
        "muting_expires_at": maybe(moment),
        "requested": flag,
        "requested_by": flag,
        "domain_blocking": flag,
        "endorsed": flag,
        "note": text,
    }
)


def digits(value: Any) -> None:
    if not isinstance(value, str) or not value.isdigit():
        _fail("a number in a text", value)


tag = shaped(
    {
        "id": filled,
        "name": filled,
        "url": address,
        "history": many(shaped({"day": digits, "uses": digits, "accounts": digits})),
        "following": flag,
        "featuring": flag,
    }
)

results = shaped({"accounts": many(account), "statuses": many(status), "hashtags": many(tag)})

_CONFIGURATION = shaped(
    {
        "urls": shaped({"streaming": filled}),
        "accounts": shaped({"max_featured_tags": count, "max_pinned_statuses": count}),
        "statuses": shaped(
            {"max_characters": count, "max_media_attachments": count, "characters_reserved_per_url": count}
        ),
        "media_attachments": shaped(
            {
                "description_limit": count,
                "supported_mime_types": many(filled),
                "image_size_limit": count,
                "image_matrix_limit": count,
                "video_size_limit": count,
                "video_frame_rate_limit": count,
                "video_matrix_limit": count,
            }
        ),
        "polls": shaped(
            {
                "max_options": count,
                "max_characters_per_option": count,
                "min_expiration": count,
                "max_expiration": count,
            }
        ),
        "translation": shaped({"enabled": flag}),
    }
)

instance = shaped(
    {
        "domain": filled,
        "title": filled,
        "version": filled,
        "source_url": text,
        "description": text,
        "usage": shaped({"users": shaped({"active_month": count})}),
        "thumbnail": shaped({"url": address, "blurhash": maybe(filled), "versions": shaped({})}),
        "icon": empty,
        "languages": many(filled),
        "configuration": _CONFIGURATION,
        "registrations": shaped(
            {"enabled": flag, "approval_required": flag, "message": maybe(text), "url": maybe(address)}
        ),
        "contact": shaped({"email": text, "account": maybe(account)}),
        "rules": empty,
    }
)

instance_v1 = shaped(
    {
        "uri": filled,
        "title": filled,
        "short_description": text,
        "description": text,
        "email": text,
        "version": filled,
        "urls": shaped({"streaming_api": filled}),
        "stats": shaped({"user_count": count, "status_count": count, "domain_count": count}),
        "thumbnail": maybe(address),
        "languages": many(filled),
        "registrations": flag,
        "approval_required": flag,
        "invites_enabled": flag,
        "configuration": _CONFIGURATION,
        "contact_account": maybe(account),
        "rules": empty,
    }
)

error = shaped({"error": filled}, {"error_description": filled})
