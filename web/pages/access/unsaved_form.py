"""What somebody typed into a form of ours and sent without being logged in: read once, carried by the log-in form.

Nothing of it is stored here. Only a browser that says itself that the form stood on our page is believed, and what is
brought back is shown and sent again by a click of the member: logging in alone publishes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from models.errors import Invalid
from web.forms.form import CSRF_FIELD, FIELD_LIMIT, Form, TooHeavy
from web.forms.multipart import TEXT_LIMIT, Overfull, decode, list_parts
from web.forms.old_names import ACT, rename_typed
from web.http.app_keys import INSTANCE
from web.security.session import StaleForm, read_local_path

TYPED_FIELD = "typed"

HEAVIEST = 16 * 1024 * 1024
"""Bytes of photos that are listened to, and dropped, for the words that stand behind them."""

WORDS = ("title", "text", "message", "name", "summary", "note", "reason", "content", "thanks")
"""Fields whose words are shown before they are sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsavedForm:
    """A form as it was sent: where to, and its fields."""

    path: str
    pairs: tuple[tuple[str, str], ...]
    lost_files: bool = False

    @property
    def words(self) -> list[str]:
        """What a person recognizes as hers."""
        return [value for name, value in self.pairs if name in WORDS and value.strip()]


async def read_unsaved_form(request: web.Request) -> UnsavedForm | None:
    """The form of this request, if it surely comes from a page of ours and is no longer than forms are."""
    if not _comes_from_here(request):
        return None
    try:
        if request.content_type == "multipart/form-data":
            pairs, lost = await _read_parts(request)
        else:
            body = await request.content.read(TEXT_LIMIT + 1)
            pairs, lost = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=FIELD_LIMIT), False
    except (ValueError, Invalid):
        return None
    if sum(len(name) + len(value) for name, value in pairs) > TEXT_LIMIT // 2:
        return None
    pairs = list(rename_typed(pairs, request.path))
    return UnsavedForm(path=request.path, pairs=tuple(_without_act(pairs)), lost_files=lost)


def read_refused_form(request: web.Request, refused: StaleForm | TooHeavy) -> UnsavedForm | None:
    """The same from a form that had waited for too long, or was too heavy, as far as it was read."""
    if not _comes_from_here(request) or sum(len(name) + len(value) for name, value in refused.pairs) > TEXT_LIMIT // 2:
        return None
    return UnsavedForm(path=request.path, pairs=tuple(_without_act(refused.pairs)), lost_files=refused.files)


def _comes_from_here(request: web.Request) -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    return request.headers.get("Origin") == request.app[INSTANCE].site.url


async def _read_parts(request: web.Request) -> tuple[list[tuple[str, str]], bool]:
    """The texts; whether a file was among them, which is gone."""
    pairs: list[tuple[str, str]] = []
    lost = False
    try:
        async for part in list_parts(request, total=HEAVIEST):
            if len(pairs) >= FIELD_LIMIT:
                raise Invalid("form_unreadable")
            if part.filename is None:
                pairs.append((part.name, decode(await part.read_all(HEAVIEST))))
            elif await part.read(0) is None:
                lost = lost or bool(part.filename)
    except Overfull:
        return pairs, True
    return pairs, lost


def _without_act(pairs: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """Without the token of a session that is over; what would have been published is looked at first."""
    for name, value in pairs:
        if name != CSRF_FIELD:
            yield (name, "preview" if (name, value) == (ACT, "publish") else value)


def encode_unsaved_form(typed: UnsavedForm) -> str:
    """As a hidden field of the log-in form."""
    return msgspec.json.encode((typed.path, typed.pairs, typed.lost_files)).decode()


def decode_unsaved_form(form: Form) -> UnsavedForm | None:
    """What the log-in form carries; None when it carries nothing, or what no form of ours holds."""
    try:
        path, pairs, lost = msgspec.json.decode(
            form.typed(TYPED_FIELD).encode(), type=tuple[str, tuple[tuple[str, str], ...], bool]
        )
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return None
    if read_local_path(path, "") != path or len(pairs) > FIELD_LIMIT:
        return None
    return UnsavedForm(path=path, pairs=tuple(rename_typed(pairs, path)), lost_files=lost)
