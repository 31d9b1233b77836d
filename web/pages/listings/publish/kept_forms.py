"""The publish form left for later: kept as it was typed, with its photos, and filled in again."""

import hashlib
import re
import secrets
from typing import NoReturn

from aiohttp import web
from multidict import MultiDict

from models.access import idempotency_keys
from models.errors import Conflict
from models.listings import listing_drafts
from models.listings.listing_drafts import FormContent, OpenForm, SavedForm
from models.listings.listings import KINDS
from models.people import accounts
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from models.texts import NOT_TYPED
from web.forms.form import CSRF_FIELD, Form, read_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id, read_id
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import Picture
from web.pages.components.photo_upload import list_uploaded
from web.pages.listings.publish.note_to_listing import PARAMETER
from web.security.session import require_login

FIELD = "kept_draft"
"""Which draft the form is, where it was kept before."""

VERSION_FIELD, WRITER_FIELD = "draft_version", "writer"
"""The version of it that the form was filled in from, and the name of the page that the form stands in."""

SENT_BESIDE = frozenset({CSRF_FIELD, FIELD, VERSION_FIELD, WRITER_FIELD, "act", "alt_new", "media", "photos", "remove"})
"""What the form sends beside what was typed."""

NOT_KEPT = SENT_BESIDE | {"position", "home_latitude", "home_longitude"}
"""Nor is the very point of a map, of which only the cell around it is ever kept."""

WRITER = re.compile(r"[A-Za-z0-9_-]{16,40}")

TITLE_LIMIT = 100


async def find_kept_form(request: web.Request, account: Account) -> tuple[MultiDict[str], list[Picture]] | None:
    """What was typed, and the photos, where the address names a form that she left."""
    id = find_id(request.query.get(PARAMETER, ""))
    if id is None:
        return None
    async with connection(request.app[INSTANCE].pool) as conn:
        kept = await listing_drafts.find_kept(conn, id, account.actor_id)
    if kept is None:
        return None
    photos = await list_uploaded(request.app[INSTANCE], account.actor_id, kept.media_ids)
    values = MultiDict([(name, typed) for name, typed in kept.fields])
    values.extend(("media", str(photo.id)) for photo in photos)
    values[FIELD], values[VERSION_FIELD] = str(kept.id), str(kept.version)
    return values, photos


async def keep_form(request: web.Request, form: Form, photos: list[Picture], account: Account) -> None:
    """Keep what was typed, right or not yet; leads away where it could be, else the form says why not."""
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            saved = await save_form(conn, form, photos, account)
    except Conflict as full:
        form.refuse("", full)
        return
    lead_back(account, "kept" if saved.other_id is None else "kept_both")


async def save_form(conn: Connection, form: Form, photos: list[Picture], account: Account) -> SavedForm:
    """Keep what was typed. Raises Conflict for one draft too many."""
    kind = next((one for one in KINDS if one == form.typed("kind")), KINDS[0])
    left = FormContent(
        kind=kind,
        title=" ".join(NOT_TYPED.sub("", form.typed("title")).split())[:TITLE_LIMIT],
        fields=list_typed(form),
        media_ids=[photo.id for photo in photos],
    )
    return await listing_drafts.keep_form(conn, account.actor_id, read_open_form(form), left)


async def was_published(conn: Connection, form: Form, account: Account) -> bool:
    """Whether the page that the form stands in has published it: what it sent before may arrive after that."""
    await accounts.lock_account(conn, account.actor_id)
    writer = read_writer(form)
    return writer is not None and await idempotency_keys.has_begun(conn, account.actor_id, _key_of(writer))


def list_typed(form: Form) -> list[tuple[str, str]]:
    """The names of the fields with what was typed, in their order, but what is never kept."""
    return [
        (NOT_TYPED.sub("", name), NOT_TYPED.sub("", typed))
        for name, typed in form.values.items()
        if name not in NOT_KEPT
    ]


def read_open_form(form: Form) -> OpenForm:
    """Which draft the form is, and in which page it stands; what no form of ours says is as if it said nothing."""
    version = form.typed(VERSION_FIELD)
    return OpenForm(
        id=find_id(form.typed(FIELD)),
        version=int(version) if len(version) < 10 and version.isdecimal() and version.isascii() else None,
        writer=read_writer(form),
    )


def read_writer(form: Form) -> str | None:
    """The name of the page that the form stands in; None where it says none."""
    return form.typed(WRITER_FIELD) if WRITER.fullmatch(form.typed(WRITER_FIELD)) else None


def make_publication_key(form: Form) -> str | None:
    """By which the same form sent twice, by an impatient finger or after going back, is known; None where it cannot be.

    Changed in between it is another one.
    """
    writer = read_writer(form)
    if writer is None:
        return None
    typed = repr([*list_typed(form), form.values.getall("media", [])])
    return f"{_key_of(writer)}{hashlib.sha256(typed.encode()).hexdigest()[:32]}"


def _key_of(writer: str) -> str:
    return f"form {writer} "


def find_writer(form: Form) -> str:
    """The name that the page had already, or a new one for a page that is about to be shown."""
    return read_writer(form) or secrets.token_urlsafe(16)


async def forget_kept(conn: Connection, form: Form, account: Account) -> None:
    """The form was published."""
    await listing_drafts.forget_form(conn, account.actor_id, read_open_form(form))


async def post_deletion(request: web.Request) -> web.Response:
    """POST /compte/brouillons: nobody wants this draft any more."""
    account = require_login(request)
    form = await read_form(request)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await listing_drafts.delete_kept(conn, read_id(form.typed("draft")), account.actor_id)
    lead_back(account, "forgotten")


def lead_back(account: Account, said: str) -> NoReturn:
    """To where her drafts are listed."""
    raise redirect_with_message("/compte/attente" if account.standing == "waiting" else "/chez-moi", said)
