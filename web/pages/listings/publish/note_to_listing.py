"""A listing that begins with a note which its author wrote in an app: the form filled in, and which note it was."""

from aiohttp import web
from multidict import MultiDict

from models import posts
from models.errors import NotFound
from models.listings import listing_drafts
from models.people.accounts import Account
from models.store.database import connection
from outbox.listings import listing_suggestions
from web.forms.form import Form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_id
from web.pages.components.listing_cards import Picture
from web.pages.components.photo_upload import MOST, list_attached

PARAMETER, FIELD = "brouillon", "draft"
"""The name of the draft in the address that an app shows, and in the form that it leads to."""


async def fill_in_from_note(request: web.Request, values: MultiDict[str], account: Account) -> list[Picture]:
    """Fill in what the note of `?brouillon=` says, and its photos. Raises NotFound where there is none of hers."""
    if PARAMETER not in request.query:
        return []
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        draft = await listing_drafts.find_own(conn, read_id(request.query[PARAMETER]), account.actor_id)
        found = await posts.list_by_ids(conn, [draft.note_id]) if draft else []
    if draft is None or not found:
        raise NotFound
    values["kind"] = draft.kind
    values["title"], values["text"] = listing_suggestions.read_words(found[0].source)
    values[FIELD] = str(draft.id)
    photos = [photo for photo in await list_attached(instance, draft.note_id) if photo.thumbnail_url][:MOST]
    for photo in photos:
        values.add("media", str(photo.id))
    return photos


def read_begun(form: Form) -> int | None:
    """Which note the form began with; None for a form that began empty, as most do."""
    typed = form.typed(FIELD)
    return read_id(typed) if typed else None
