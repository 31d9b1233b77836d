"""Publish the same thing again: a draft with all that a listing of one's own says, and with copies of its photos."""

import asyncio

from aiohttp import web

from federation.instance import Instance
from federation.media.uploads import save_upload
from federation.media_store import StoreFull
from federation.sandbox.pictures import RefusedPicture
from models.errors import Conflict, NotFound
from models.listings import listing_drafts
from models.listings.listing_drafts import FormContent, OpenForm
from models.listings.listings import Listing
from models.people.accounts import Account
from models.posts.media import media
from models.posts.media.media import Media
from models.store.database import connection, transaction
from outbox.inside import name_audience
from web.forms.form import Form, read_form
from web.http.app_keys import INSTANCE
from web.pages.components.listing_by_id import get_listing
from web.pages.listings.listing_page import show_again
from web.pages.listings.publish.first_values import LIKE_LAST
from web.pages.listings.publish.listing_form import values_of
from web.pages.listings.publish.note_to_listing import PARAMETER
from web.pages.listings.publish.where_fields import place_values
from web.security.acting_author import find_author

OF_THEN = frozenset({"first_day", "last_day", "dated", "expires"})
"""What was true of the first one alone."""

COPIED = "copied"
"""Marks a draft that is a copy, so that the form says so; "photos" where some of them could not be copied."""


async def post_copy(request: web.Request) -> web.Response:
    """POST /annonces/d/ID/copier, or the same for a place that she runs: leads to the draft; nothing is published.

    A second tap leads to the same draft, as long as nothing was changed in it. Raises NotFound for others' listings.
    """
    acting = await find_author(request)
    account, instance = acting.account, request.app[INSTANCE]
    form = await read_form(request)
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
        if listing.post.author_id != account.actor_id:
            raise NotFound
    try:
        id = await _find_copy(instance, account, listing)
        if id is None and acting.home:
            await _make_room(instance, account)
        id = id or await _copy(instance, account, listing)
    except Conflict as full:
        return await _refuse(request, listing, form, full)
    raise web.HTTPSeeOther(f"{acting.home}/publier?{PARAMETER}={id}")


async def _refuse(request: web.Request, listing: Listing, form: Form, full: Conflict) -> web.Response:
    form.refuse("", full)
    return await show_again(request, listing, refused=form)


def _name(listing: Listing) -> str:
    """What keeps such drafts, where pages keep theirs under names of their own."""
    return f"copy-of-{listing.id}"


async def _find_copy(instance: Instance, account: Account, listing: Listing) -> int | None:
    """The draft that was made of it already."""
    async with connection(instance.pool) as conn:
        left = await listing_drafts.list_kept(conn, account.actor_id)
    return next((one.id for one in left if one.writer == _name(listing)), None)


async def _make_room(instance: Instance, place: Account) -> None:
    """Drafts of a place are listed nowhere: of those that its keepers left, the oldest are forgotten."""
    async with transaction(instance.pool) as conn:
        left = await listing_drafts.list_kept(conn, place.actor_id)
        for one in left[listing_drafts.MOST - 1 :]:
            await listing_drafts.delete_kept(conn, one.id, place.actor_id)


async def _copy(instance: Instance, account: Account, listing: Listing) -> int:
    """Raises Conflict for one draft too many; where there is no room for more photos, those that fit are there."""
    async with connection(instance.pool) as conn:
        values = values_of(listing, listing.post.source)
        values.update(await place_values(conn, listing))
        values["audience"] = await name_audience(conn, listing.post)
        pictures = (await media.list_by_posts(conn, [listing.id]))[listing.id]
    copied = await _copy_pictures(instance, account, pictures)
    values[COPIED] = "all" if len(copied) == len(pictures) else "photos"
    left = FormContent(
        kind=listing.details.kind,
        title=listing.details.title,
        fields=[(name, typed) for name, typed in values.items() if name not in OF_THEN | {LIKE_LAST}],
        media_ids=[one.id for one in copied],
    )
    async with transaction(instance.pool) as conn:
        return (await listing_drafts.keep_form(conn, account.actor_id, OpenForm(writer=_name(listing)), left)).id


async def _copy_pictures(instance: Instance, account: Account, pictures: list[Media]) -> list[Media]:
    """Files of their own: each listing's photos are deleted with it."""
    copied: list[Media] = []
    for picture in pictures:
        path = instance.store.find(picture.file_key or "")
        if picture.type != "image" or path is None:
            continue
        data = await asyncio.to_thread(path.read_bytes)
        try:
            copied.append(
                await save_upload(instance, owner_id=account.actor_id, data=data, description=picture.description)
            )
        except (Conflict, RefusedPicture, StoreFull):
            break
    return copied
