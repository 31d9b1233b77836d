"""Read a form carefully: bounded, checked to be ours, with a sentence for each mistake, keeping what was typed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Literal, TypeVar, overload
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import MultiDict, MultiMapping

from federation.media_store import StoreFull
from models.errors import Invalid, Refusal
from models.texts import NOT_TYPED
from web.forms.multipart import TEXT_LIMIT, FileLimits, Overfull, Part, Upload, list_parts
from web.forms.old_names import rename_field, rename_typed
from web.rendering.error_messages.lookup import find_sentence, find_values
from web.rendering.i18n import Say
from web.rendering.render import say
from web.security.session import StaleForm, require_csrf

Code = TypeVar("Code", bound=str)

CSRF_FIELD = "csrf_token"

FIELD_LIMIT = 300
"""Fields in one form."""

EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]{1,64}@(?:[a-z0-9-]+\.)*[a-z0-9-]+")


class TooHeavy(web.HTTPRequestEntityTooLarge):
    """More bytes than a form of ours may have."""

    def __init__(self, most: int, pairs: Iterable[tuple[str, str]]) -> None:
        """`pairs` are the fields that stood before what was too heavy."""
        super().__init__(max_size=most, actual_size=most + 1)
        self.pairs, self.files = tuple(pairs), True


class Form:
    """What was typed, and what is wrong with it: each reader notes its sentence in `errors` and returns a usable value.

    `errors` keeps the order of the page when fields are read in that order; the key "" is the form as a whole.
    `offered` are pairs (value, words) that may be tapped instead of typing a field anew.
    """

    def __init__(self, values: MultiMapping[str], say: Say, uploads: Sequence[Upload] = ()) -> None:
        """`values` as sent; `say` speaks the reader's language."""
        self.values = values
        self.uploads = tuple(uploads)
        self.errors: dict[str, str] = {}
        self.offered: dict[str, tuple[tuple[str, str], ...]] = {}
        self._say = say

    def put(self, name: str, *typed: str) -> None:
        """Have a field say this, whatever was sent; nothing without a value."""
        values = MultiDict(self.values)
        values.popall(name, None)
        values.extend((name, one) for one in typed if one)
        self.values = values

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong so far."""
        return not self.errors

    def fail(self, name: str, sentence: str, /, **values: Any) -> None:
        """Note what is wrong with a field, in French as in the catalogue; the first mistake of a field stays."""
        self.errors.setdefault(name, self._say(sentence, **values))

    def refuse(self, name: str, refusal: Refusal, *, too: bool = False) -> None:
        """Note why a verb refused it; beside what the field has already where each mistake is said `too`."""
        note = self.fail_too if too else self.fail
        note(name, find_sentence(refusal), **find_values(refusal, self._say))

    def fail_too(self, name: str, sentence: str, /, **values: Any) -> None:
        """Note one more mistake of a field beside those it has: each of several files is named."""
        said = self.error(name)
        self.errors[name] = f"{said} {self._say(sentence, **values)}".strip()

    def typed(self, name: str, default: str = "") -> str:
        """What was typed, to show it again."""
        value: str = self.values.get(name, default)
        return value

    def error(self, name: str) -> str:
        """What is wrong with this field, or nothing."""
        return self.errors.get(name, "")

    def text(self, name: str, *, limit: int, missing: str = "") -> str:
        """One line, its spaces put in order. `missing` is the sentence when it may not be empty."""
        return self._check(name, " ".join(NOT_TYPED.sub("", self.typed(name)).split()), limit, missing)

    def lines(self, name: str, *, limit: int, missing: str = "") -> str:
        """Text of several lines, line ends made `\\n`."""
        text = NOT_TYPED.sub("", self.typed(name).replace("\r\n", "\n").replace("\r", "\n"))
        return self._check(name, "\n".join(line.rstrip() for line in text.split("\n")).strip(), limit, missing)

    def secret(self, name: str) -> str:
        """Exactly what was typed: spaces count in a password."""
        return self.typed(name)

    def kept_secret(self, name: str) -> str:
        """A new password to show again where another field was wrong; one that was wrong itself is typed anew.

        Only for pages that no cache keeps.
        """
        return "" if self.error(name) else self.secret(name)

    def email(self, name: str, *, missing: str = "") -> str:
        """An e-mail address, its domain in lower case and ASCII."""
        local, at, domain = self.text(name, limit=254, missing=missing).rpartition("@")
        if not at and not domain:
            return ""
        try:
            address = f"{local}@{domain.lower().encode('idna').decode('ascii')}"
        except UnicodeError:
            address = ""
        if not EMAIL.fullmatch(address):
            self.fail(name, "Cette adresse de courriel ne semble pas complète. Exemple : marie@exemple.fr")
        return address

    @overload
    def choice(self, name: str, options: Iterable[Code], *, default: Code, missing: str = "") -> Code: ...

    @overload
    def choice(self, name: str, options: Iterable[Code], *, missing: str = "") -> Code | Literal[""]: ...

    def choice(self, name: str, options: Iterable[Any], *, default: Any = "", missing: str = "") -> Any:
        """One of `options`; nothing chosen is `default`, or the sentence `missing`."""
        value = self.typed(name).strip()
        for option in options:
            if option == value:
                return option
        if missing and not default:
            self.fail(name, missing)
        elif value:
            self.fail(name, "Ce choix n’existe pas.")
        return default

    def many(self, name: str, options: Iterable[Code]) -> tuple[Code, ...]:
        """Those of `options` that were ticked, in the order of `options`."""
        ticked = set(self.values.getall(name, []))
        return tuple(option for option in options if option in ticked)

    def flag(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.typed(name) not in {"", "0"}

    def files(self, name: str) -> tuple[Upload, ...]:
        """The files sent under this name."""
        return tuple(upload for upload in self.uploads if upload.field == name)

    def _check(self, name: str, text: str, limit: int, missing: str) -> str:
        if not text and missing:
            self.fail(name, missing)
        if len(text) > limit:
            self.fail(
                name, "C’est trop long : %(length)s caractères pour %(limit)s au plus.", length=len(text), limit=limit
            )
        return text[:limit]


def blank_form(request: web.Request, values: Mapping[str, str] | None = None) -> Form:
    """A form that nobody filled in yet, with what is known already."""
    return Form(MultiDict(values or {}), partial(say, request))


def read_query(request: web.Request) -> Form:
    """What a plain GET form put into the address."""
    return Form(request.query, partial(say, request))


async def read_form(request: web.Request, files: FileLimits | None = None) -> Form:
    """The form that was posted. Raises Forbidden unless it is ours (B-44), Invalid when it cannot be read.

    Files come only where `files` says so; a file that is too heavy, or one too many, is an error of its field.
    """
    if request.content_type == "multipart/form-data":
        return await _read_multipart(request, files)
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > TEXT_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=TEXT_LIMIT, actual_size=len(body))
    try:
        pairs = parse_qsl(bytes(body).decode("utf-8"), keep_blank_values=True, max_num_fields=FIELD_LIMIT)
    except ValueError as error:
        raise Invalid("form_unreadable") from error
    form = Form(MultiDict(rename_typed(pairs, request.path)), partial(say, request))
    _require_ours(request, form)
    return form


def _require_ours(request: web.Request, form: Form, *, files: bool = False) -> None:
    """Raise Forbidden for a form of somebody else's, and StaleForm with what was typed into an old one of ours."""
    try:
        require_csrf(request, form.typed(CSRF_FIELD))
    except StaleForm:
        raise StaleForm(form.values.items(), files=files) from None


async def _read_multipart(request: web.Request, limits: FileLimits | None) -> Form:
    """Part by part; the token must stand before the first file, so that nothing heavy is read for strangers."""
    reading = _Reading(request, limits or FileLimits())
    try:
        async for part in list_parts(request, total=reading.limits.total):
            await (reading.read_text(part) if part.filename is None else reading.read_file(part))
    except Overfull as error:
        raise TooHeavy(reading.limits.total, reading.values.items()) from error
    _require_ours(request, reading.form)
    return reading.finish()


class _Reading:
    """The parts read so far, and the bytes of text that they may still have."""

    def __init__(self, request: web.Request, limits: FileLimits) -> None:
        self.request, self.limits = request, limits
        self.values: MultiDict[str] = MultiDict()
        self.uploads: list[Upload] = []
        self.form = Form(self.values, partial(say, request))
        self.text_left = TEXT_LIMIT

    async def read_text(self, part: Part) -> None:
        body = await part.read(self.text_left)
        self.text_left -= len(body or b"")
        if body is None or len(self.values) >= FIELD_LIMIT:
            raise web.HTTPRequestEntityTooLarge(max_size=TEXT_LIMIT, actual_size=TEXT_LIMIT + 1)
        pair = (part.name, body.decode("utf-8", errors="replace"))
        self.values.extend(rename_typed([pair], self.request.path))

    async def read_file(self, part: Part) -> None:
        _require_ours(self.request, self.form, files=bool(part.filename))
        name, filename = rename_field(part.name), (part.filename or "")[-200:]
        room = len(self.uploads) < self.limits.count
        sent = Upload(field=name, filename=filename, content_type=part.content_type)
        try:
            upload = await self._take(part, sent, self.limits.size if room else 0)
        except StoreFull:
            self.form.fail(name, "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
            return
        if upload is not None and not filename and upload.empty:
            return  # a file field left empty
        if not room:
            self.form.fail(
                name,
                "%(count)s fichiers au plus : « %(file)s » est de trop.",
                count=self.limits.count,
                file=filename,
            )
        elif upload is None:
            self.form.fail(
                name,
                "« %(file)s » est trop lourd : %(size)s Mo au plus.",
                file=filename,
                size=self.limits.size // 1_000_000,
            )
        elif not upload.empty:
            self.uploads.append(upload)

    async def _take(self, part: Part, sent: Upload, most: int) -> Upload | None:
        """With what is in it, in memory or in the spool; None for more than `most`. Raises StoreFull, Overfull."""
        if self.limits.spool is None or not most:
            body = await part.read(most)
            return None if body is None else replace(sent, body=body)
        path = await part.save(self.limits.spool, most)
        return None if path is None else replace(sent, path=path)

    def finish(self) -> Form:
        form = Form(self.values, partial(say, self.request), self.uploads)
        form.errors.update(self.form.errors)
        return form
