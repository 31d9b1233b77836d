"""Change a listing: the form of publishing, as its author filled it in last, be it that this still waits for a look."""

from dataclasses import replace

from aiohttp import web

from federation.uris import listing_url
from models.errors import Invalid, NotFound
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.moderation import held_posts
from models.people import actors
from models.people.accounts import Account
from models.store.database import Connection, connection, transaction
from outbox.inside import name_audience
from outbox.listings import listings as outbox
from outbox.listings.listing_defaults import LatestVersion, find_latest
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import draw_pictures
from web.pages.components.photo_upload import read_with_photos
from web.pages.listings.publish.listing_form import note_refusal, values_of
from web.pages.listings.publish.listing_preview import make_preview
from web.pages.listings.publish.publish_page import find_own_category, read_listing, show_form, show_live
from web.pages.listings.publish.where_fields import keep_home, place_values
from web.rendering.paths import listing_path
from web.security.acting_author import find_author, note_act


async def show_edit(request: web.Request) -> web.Response:
    """GET /annonces/UUID/modifier. Raises NotFound for others' listings."""
    account = (await find_author(request)).account
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        latest = await find_latest(conn, await _get_own(conn, request, account))
        listing = latest.listing
        values = values_of(listing, listing.post.source)
        values.update(await place_values(conn, listing))
        values["audience"] = await name_audience(conn, listing.post)
    photos = draw_pictures(instance.site, latest.attached)
    for photo in photos:
        values.add("media", str(photo.id))
    return await show_form(request, blank_form(request, values), photos, editing=latest)


async def post_edit(request: web.Request) -> web.Response:
    """POST /annonces/UUID/modifier."""
    acting = await find_author(request)
    account = acting.account
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await _get_own(conn, request, account)
        latest = await find_latest(conn, listing)
    form, photos = await read_with_photos(request, account.actor_id)
    if form.typed("act") == "live":
        return await show_live(request, account, form, photos)
    if form.typed("act") == "add":
        return await show_form(request, form, photos, editing=latest, kept=form.ok)
    draft = _keep_sounds(form, latest, await read_listing(request, form, photos))
    if not form.ok or form.typed("act") == "preview":
        preview = make_preview(account, draft, photos, await find_own_category(request, draft))
        return await show_form(request, form, photos, editing=latest, preview=preview)
    try:
        async with transaction(instance.pool) as conn:
            author = await actors.get(conn, account.actor_id)
            changed = await outbox.edit(conn, instance.site, author, listing.uri, draft)
            await keep_home(conn, form, account.actor_id, draft)
            held = await held_posts.find(conn, listing.id)
            await note_act(conn, acting, "changed", listing.uri)
    except Invalid as error:
        note_refusal(form, error)
        return await show_form(request, form, photos, editing=latest)
    done = "held" if held is not None else "changed"
    raise redirect_with_message(acting.home or listing_path(instance.site, changed), done)


def _keep_sounds(form: Form, latest: LatestVersion, draft: ListingDraft) -> ListingDraft:
    """With what a call has besides photos, unless it is to go; nothing else may have any."""
    if form.flag("no_sound") or draft.kind != "repair_call":
        return draft
    return replace(draft, media_ids=(*draft.media_ids, *(one.id for one in latest.sounds)))


async def _get_own(conn: Connection, request: web.Request, account: Account) -> Listing:
    url = listing_url(request.app[INSTANCE].site, request.match_info["uuid"])
    listing = await listings.find_by_url(conn, url)
    if listing is None or listing.post.author_id != account.actor_id or listing.post.deleted_at is not None:
        raise NotFound
    return listing
