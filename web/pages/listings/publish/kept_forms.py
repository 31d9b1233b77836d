"""The publish form left for later: kept as it was typed, with its photos, and filled in again."""

from typing import NoReturn

from aiohttp import web
from multidict import MultiDict

from models.errors import Conflict
from models.listings import listing_drafts
from models.listings.listing_drafts import FormContent
from models.listings.listings import KINDS
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
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

NOT_KEPT = frozenset({CSRF_FIELD, FIELD, "act", "alt_new", "media", "remove"})
"""What the form sends beside what was typed."""

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
    values[FIELD] = str(kept.id)
    return values, photos


async def keep_form(request: web.Request, form: Form, photos: list[Picture], account: Account) -> None:
    """Keep what was typed, right or not yet; leads away where it could be, else the form says why not."""
    kind = next((one for one in KINDS if one == form.typed("kind")), KINDS[0])
    left = FormContent(
        kind=kind,
        title=" ".join(form.typed("title").split())[:TITLE_LIMIT],
        fields=[(name, typed) for name, typed in form.values.items() if name not in NOT_KEPT],
        media_ids=[photo.id for photo in photos],
    )
    try:
        async with transaction(request.app[INSTANCE].pool) as conn:
            await listing_drafts.keep_form(conn, account.actor_id, find_id(form.typed(FIELD)), left)
    except Conflict as full:
        form.refuse("", full)
        return
    lead_back(account, "kept")


async def forget_kept(conn: Connection, form: Form, account: Account) -> None:
    """The form was published."""
    id = find_id(form.typed(FIELD))
    if id is not None:
        await listing_drafts.delete_kept(conn, id, account.actor_id)


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
