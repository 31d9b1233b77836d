"""What a client sent, in whichever of the encodings clients use: query, JSON, form or multipart."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from federation.media_store import Spool
from federation.sandbox.pictures import RefusedPicture
from models.access.idempotency_keys import LONGEST
from models.errors import Invalid
from models.ids import HIGHEST_ID
from models.texts import NOT_TYPED
from web.forms.multipart import TEXT_LIMIT, FileLimits, Part, Upload, decode, list_parts

DEPTH_LIMIT = 8

FIELD_LIMIT = 500

MOST_FILES = 2

TRUE = frozenset({"true", "1", "on", "t", "yes"})
FALSE = frozenset({"false", "0", "off", "f", "no", ""})

ROW = re.compile(r"(\w+)\[(\d{0,4})\]\[(\w+)\](?:\[\])?")

LIST_END = re.compile(r"(?:\[\d*\])+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Everything by its name: lists without their `[]`, nested names as forms write them (`poll[options]`).

    Each reader gives a usable value; an empty text counts as absent where that makes no sense as a value.
    """

    values: Mapping[str, tuple[str, ...]]
    uploads: Mapping[str, Upload] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()

    def has(self, name: str) -> bool:
        """Whether the client sent this at all."""
        return name in self.values

    def text(self, name: str, default: str = "") -> str:
        """A text without control characters."""
        found = self.values.get(name)
        return NOT_TYPED.sub("", found[-1]) if found else default

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts, the empty ones left out."""
        cleaned = (NOT_TYPED.sub("", value).strip() for value in self.values.get(name, ()))
        return tuple(value for value in cleaned if value)

    def flag(self, name: str, default: bool = False) -> bool:
        """A truth value: true, "true", "1" or "on". Raises Invalid for what is neither."""
        value = self.text(name).strip()
        return default if value == "" else read_flag(name, value)

    def whole(self, name: str, default: int, *, least: int = 0, most: int) -> int:
        """A whole number, brought within its bounds. Raises Invalid for what is no number."""
        value = self.text(name).strip()
        if not value:
            return default
        if not re.fullmatch(r"-?[0-9]{1,18}", value):
            raise Invalid("integer_expected", name=name, field=name)
        return max(least, min(most, int(value)))

    def id(self, name: str) -> int | None:
        """An id, or None. Raises Invalid for what can be none."""
        value = self.text(name).strip()
        if not value:
            return None
        found = read_id(value)
        if found is None:
            raise Invalid("id_invalid", name=name, field=name)
        return found

    def ids(self, name: str, most: int = FIELD_LIMIT) -> list[int]:
        """A list of ids to look up, without repetition; what can be none names nothing here, and is left out.

        Raises Invalid for more than `most`: who is answered in part would take the rest for missing.
        """
        if len(self.values.get(name, ())) > most:
            raise Invalid("too_many_values", name=name, most=most, field=name)
        found = (read_id(value.strip()) for value in self.values.get(name, ()))
        return list(dict.fromkeys(id for id in found if id is not None))

    def named_ids(self, name: str) -> list[int]:
        """A list of ids to do something with, without repetition. Raises Invalid where one can be none."""
        if any(read_id(value) is None for value in self.texts(name)):
            raise Invalid("id_invalid", name=name, field=name)
        return self.ids(name)

    def rows(self, name: str) -> list[dict[str, str]]:
        """A list of objects: `name[0][key]`, or `name[][key]`, where a key that comes again begins the next one."""
        found: dict[str, dict[str, str]] = {}
        unnumbered = 0
        for written, value in self.pairs:
            match = ROW.fullmatch(written)
            if match is None or match[1] != name:
                continue
            number = match[2] or f"#{unnumbered}"
            if not match[2] and match[3] in found.get(number, ()):
                unnumbered += 1
                number = f"#{unnumbered}"
            found.setdefault(number, {})[match[3]] = NOT_TYPED.sub("", value)
        return list(found.values())


@contextmanager
def naming(field: str) -> Iterator[None]:
    """Whatever is wrong with a picture is said of the field in which the client sent it."""
    try:
        yield
    except RefusedPicture as refusal:
        refusal.field = field
        raise


def read_flag(name: str, text: str) -> bool:
    """A truth value: true, "true", "1" or "on". Raises Invalid for what is neither."""
    value = text.strip().lower()
    if value not in TRUE | FALSE:
        raise Invalid("boolean_expected", name=name, field=name)
    return value in TRUE


def read_id(text: str) -> int | None:
    """A decimal id that the database can hold, or None."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    id = int(text)
    return id if id < HIGHEST_ID else None  # some reads ask from the id after it


def read_idempotency_key(request: web.Request) -> str:
    """The key under which the same request is one only, or nothing. Raises Invalid for what cannot be kept whole."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST or not key.isprintable():
        raise Invalid("idempotency_key_invalid", most=LONGEST, field="Idempotency-Key")
    return key


def read_query(request: web.Request) -> Parameters:
    """What stands in the address."""
    return _collect(request.query.items())


async def read_parameters(request: web.Request, *, file_limit: int = 0, spool: Spool | None = None) -> Parameters:
    """What stands in the address and in the body; files only where `file_limit`, in bytes, allows one.

    With `spool` files are written there instead of held in memory.
    Raises StoreFull when they cannot be, Invalid when the body is not what it claims to be,
    HTTPRequestEntityTooLarge when it is too long.
    """
    files = FileLimits(count=MOST_FILES if file_limit else 0, size=file_limit, spool=spool)
    return await _read_all(request, list(request.query.items()), files)


async def read_body(request: web.Request, *, null: str | None = None) -> Parameters:
    """What stands in the body alone: secrets do not belong into addresses (RFC 6749 §2.3.1).

    `null` is the text that a null in JSON stands for; without one it is absent.
    """
    return await _read_all(request, [], FileLimits(), null)


async def _read_all(
    request: web.Request, pairs: list[tuple[str, str]], files: FileLimits, null: str | None = None
) -> Parameters:
    uploads: dict[str, Upload] = {}
    if not request.body_exists:
        return _collect(pairs)
    if request.content_type == "multipart/form-data":
        uploads = await _read_multipart(request, pairs, files)
    else:
        body = await _read_text(request)
        if request.content_type == "application/json":
            pairs += _read_json(body, null)
        elif request.content_type in {"application/x-www-form-urlencoded", "application/octet-stream"}:
            pairs += _read_form(body)
        else:
            raise Invalid("content_type_unsupported")
    return _collect(pairs, uploads)


async def _read_multipart(request: web.Request, pairs: list[tuple[str, str]], files: FileLimits) -> dict[str, Upload]:
    """The files by their names; texts are added to `pairs`."""
    uploads: dict[str, Upload] = {}
    text_left = TEXT_LIMIT
    async for part in list_parts(request):
        if part.filename is None:
            body = await part.read_all(text_left)
            text_left -= len(body)
            pairs.append((part.name, decode(body)))
        elif part.name not in uploads and len(uploads) < files.count:
            uploads[part.name] = await _read_file(part, files)
        else:
            raise Invalid("file_unexpected", field=part.name)
    return uploads


async def _read_file(part: Part, files: FileLimits) -> Upload:
    body, path = b"", None
    if files.spool is None:
        body = await part.read_all(files.size)
    else:
        path = await part.save_all(files.spool, files.size)
    return Upload(field=part.name, filename=part.filename or "", content_type=part.content_type, body=body, path=path)


def _collect(pairs: Any, uploads: dict[str, Upload] | None = None) -> Parameters:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(LIST_END.sub("", name), []).append(value)
    if len(values) > FIELD_LIMIT:
        raise Invalid("too_many_fields")
    return Parameters(
        values={name: tuple(found) for name, found in values.items()},
        uploads=uploads or {},
        pairs=tuple((name, value) for name, value in pairs if ROW.fullmatch(name)),
    )


async def _read_text(request: web.Request) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > TEXT_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=TEXT_LIMIT, actual_size=len(body))
    return bytes(body)


def _read_form(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELD_LIMIT)
    except ValueError as error:
        raise Invalid("form_unreadable") from error


def _read_json(body: bytes, null: str | None) -> list[tuple[str, str]]:
    if not body.strip():
        return []
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid("json_unreadable") from error
    if not isinstance(document, dict):
        raise Invalid("json_object_expected")
    pairs = _flatten("", document, 0)
    return [(name, text) for name, value in pairs if (text := null if value is None else value) is not None]


def _flatten(name: str, value: Any, depth: int) -> Iterator[tuple[str, str | None]]:
    """JSON as a form would write it; None for null."""
    if depth > DEPTH_LIMIT:
        raise Invalid("json_too_deep")
    match value:
        case dict() | list():
            for member, inner in _list_members(name, value):
                yield from _flatten(member, inner, depth + 1)
        case bool():
            yield name, "true" if value else "false"
        case None:
            yield name, None
        case _:
            yield name, str(value)


def _list_members(name: str, value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Any]]:
    """What an object or a list holds, each by the name that its field would have."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{name}[{key}]" if name else str(key), inner
        return
    for number, inner in enumerate(value):
        plain = not isinstance(inner, dict | list)
        yield f"{name}[]" if plain else f"{name}[{number}]", inner
