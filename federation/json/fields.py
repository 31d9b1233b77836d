"""Small careful readers: each takes a value from somebody else's JSON and returns one of ours, or nothing.

None of them raises on a strange shape except the `require_` ones, which raise Malformed. A list counts as its first
usable member where one value is wanted; a single value counts as a list of one where many are.
"""

import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, TypeVar

from federation.errors import Malformed
from federation.uris import is_uri

Json = dict[str, Any]
"""A JSON object as decoded; never changed once read."""

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

_PUBLIC_SPELLINGS = frozenset({PUBLIC, "as:Public", "Public"})

MAX_NAME = 500
MAX_CONTENT = 100_000
MAX_LIST = 1000
_MAX_DIGITS = 12

T = TypeVar("T")


def each(value: object) -> Iterator[Any]:
    """The members of a list, or the value itself; nothing for null."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value


def mappings(value: object, limit: int) -> Iterator[Json]:
    """Those members that are JSON objects, at most `limit`."""
    return islice((member for member in each(value) if isinstance(member, dict)), limit)


def text(value: object, limit: int = MAX_NAME) -> str | None:
    """A string, cut to `limit` characters; of a list the first; of a JSON-LD value object its `@value`."""
    if isinstance(value, str):
        return value if len(value) <= limit else value[:limit]
    if value is None:
        return None
    for member in each(value):
        if isinstance(member, dict):
            member = member.get("@value")
        if isinstance(member, str):
            return member[:limit]
    return None


def texts(value: object, limit: int, length: int = MAX_NAME) -> tuple[str, ...]:
    """All strings of a list, at most `limit` of them, each cut to `length`."""
    return tuple(member[:length] for member in each(value) if isinstance(member, str))[:limit]


def localized(document: Json, key: str, limit: int) -> str | None:
    """A text, or else the first of its language map: `content`, or `contentMap`."""
    found = text(document.get(key), limit)
    if found is not None:
        return found
    languages = document.get(f"{key}Map")
    if isinstance(languages, dict):
        for member in languages.values():
            if (found := text(member, limit)) is not None:
                return found
    return None


_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
"""How a language tag is built (RFC 5646); what is not one would end in pages and in clients."""


def language(document: Json) -> str | None:
    """The language of `content`: the first of its language map, as Mastodon reads it; undetermined counts as none.

    Without a map, `language` as Lemmy and PeerTube write it, or `inLanguage` as Mobilizon does.
    """
    languages, said = document.get("contentMap"), document.get("language") or document.get("inLanguage")
    codes = [*languages] if isinstance(languages, dict) else []
    codes.append(said.get("identifier") if isinstance(said, dict) else said)
    for code in codes:
        if isinstance(code, str) and code != "und" and len(code) <= 35 and _LANGUAGE.fullmatch(code):
            return code
    return None


_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,6})M)?(?:(\d{1,8}(?:\.\d{1,9})?)S)?")


def duration(value: object) -> float | None:
    """How long a film or a sound lasts (`PT19M5.2S`), in seconds; None for what is none."""
    found = _DURATION.fullmatch(text(value, 40) or "")
    if found is None:
        return None
    hours, minutes, rest = (float(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest or None


def seconds(value: object) -> int | None:
    """The same in whole seconds."""
    return int(duration(value) or 0) or None


def types(document: Json) -> tuple[str, ...]:
    """The `type` of an object as a tuple of strings, prefixes kept (`ValueFlows:Proposal`)."""
    value = document.get("type")
    if isinstance(value, str):
        return (value,)
    return texts(value, 10)


def is_named(document: Json, name: str) -> bool:
    """Whether an object is of this type, however its name is written: bare, with a prefix, or as a whole address."""
    return any(written == name or written.endswith((f":{name}", f"#{name}")) for written in types(document))


def uri(value: object) -> str | None:
    """An http(s) address: a string, the `id` of an object, the `href` of a Link; of a list the first usable one."""
    if isinstance(value, str):
        return value if is_uri(value) else None
    if value is None:
        return None
    for member in each(value):
        found = _uri_of(member)
        if found is not None:
            return found
    return None


def uris(value: object, limit: int = MAX_LIST) -> tuple[str, ...]:
    """All http(s) addresses of a list, each once, at most `limit`."""
    found = {address: None for member in each(value) if (address := _uri_of(member)) is not None}
    return tuple(found)[:limit]


def _uri_of(member: object) -> str | None:
    if isinstance(member, dict):
        member = member.get("id") or member.get("href")
    return member if isinstance(member, str) and is_uri(member) else None


def require_uri(document: Json, key: str) -> str:
    """The address under this key; raises Malformed where there is none."""
    found = uri(document.get(key))
    if found is None:
        raise Malformed(f"The {key} of this {text(document.get('type')) or 'object'} is not an address.")
    return found


def audience(value: object) -> tuple[str, ...]:
    """The addressees of `to` or `cc`, each once, with Public in its one full spelling (OB5)."""
    found: dict[str, None] = {}
    for member in each(value):
        if isinstance(member, str) and member in _PUBLIC_SPELLINGS:
            found[PUBLIC] = None
        elif (address := _uri_of(member)) is not None:
            found[address] = None
    return tuple(found)[:MAX_LIST]


def page_url(value: object) -> str | None:
    """The page for people in `url`: a string, a list, or Links, among which one of type text/html wins."""
    if isinstance(value, str):
        return value if is_uri(value) else None
    for member in each(value):
        if isinstance(member, dict) and member.get("mediaType") == "text/html" and (found := _uri_of(member)):
            return found
    return uri(value)


def moment(value: object) -> datetime | None:
    """A date and time with its offset (UTC where it has none), from 1970 to 9000: what PostgreSQL holds too."""
    written = text(value, 64)
    if written is None:
        return None
    try:
        read = datetime.fromisoformat(written)
        read = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
        return read if 1970 <= read.astimezone(UTC).year <= 9000 else None
    except (ValueError, OverflowError):
        return None


def flag(value: object) -> bool | None:
    """True or false; the strings that some servers write count too."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def number(value: object, low: float, high: float) -> float | None:
    """A number within limits, also written as a string; None for anything else, infinity and NaN included."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) <= 32:
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, int | float) and low <= value <= high and math.isfinite(value):
        return float(value)
    return None


def whole(value: object, low: int, high: int) -> int | None:
    """A whole number within limits; 3.0 counts as 3."""
    found = number(value, low, high)
    return None if found is None or not found.is_integer() else int(found)


def amount(value: object) -> Decimal | None:
    """A quantity or a price: not negative, below 10^12, at most six decimals; a string (FEP-0837) or a number."""
    if isinstance(value, list | dict):
        value = next((found for member in each(value) if (found := _literal(member)) is not None), None)
    if isinstance(value, str):
        found = _read_decimal(value.strip())
    elif isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10**_MAX_DIGITS:
        found = _read_decimal(str(value))
    else:
        return None
    if found is None:
        return None
    return abs(round(found, 6) if int(found.as_tuple().exponent) < -6 else found)


def _read_decimal(written: str) -> Decimal | None:
    """A number within limits, in at most 32 digits and signs; underscores, which Python would take, are none."""
    if len(written) > 32 or not written.isascii() or "_" in written:
        return None
    try:
        found = Decimal(written)
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < 10**_MAX_DIGITS else None


def _literal(value: object) -> object:
    """What stands in a JSON-LD value object; anything else as it is."""
    return value.get("@value") if isinstance(value, dict) else value


def one(value: object, read: Callable[[Json], T | None]) -> T | None:
    """The first object of a value that `read` makes something of."""
    if isinstance(value, dict):
        return read(value)
    if value is None:
        return None
    for member in mappings(value, MAX_LIST):
        found = read(member)
        if found is not None:
            return found
    return None


def many(value: object, read: Callable[[Json], T | None], limit: int) -> tuple[T, ...]:
    """What `read` makes of the objects of a value, at most `limit`."""
    if not value:
        return ()
    found: list[T] = []
    for member in mappings(value, MAX_LIST * 10):
        if (item := read(member)) is not None:
            found.append(item)
            if len(found) == limit:
                break
    return tuple(found)


def write_moment(value: datetime) -> str:
    """A moment as we write it: seconds, or milliseconds where they matter, `Z` for UTC."""
    written = value.isoformat(timespec="milliseconds" if value.microsecond >= 1000 else "seconds")
    return f"{written[:-6]}Z" if written.endswith("+00:00") else written


def write_amount(value: Decimal) -> str:
    """A quantity or a price as we write it: a plain decimal string, as FEP-0837 has it and as mitra needs it."""
    written = format(value, "f")
    return (written.rstrip("0").rstrip(".") or "0") if "." in written else written


def optional(value: T | None, write: Callable[[T], object]) -> object:
    """What `write` makes of a value; None, which `compact` leaves out, where there is none."""
    return None if value is None else write(value)


def compact(document: Json) -> Json:
    """The same object without what is null."""
    return {key: value for key, value in document.items() if value is not None}
