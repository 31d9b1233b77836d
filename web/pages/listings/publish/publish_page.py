"""Publish a listing: one page of five questions that comes back as it was typed, also for one that is changed."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web

from federation.sandbox.pictures import MAX_BYTES
from models import preferences
from models.access import idempotency_keys
from models.access.idempotency_keys import RequestResult
from models.communities import insiders
from models.errors import Invalid
from models.listings import categories, listings
from models.listings.listings import Listing, ListingDraft
from models.moderation import held_posts
from models.moments import PARIS
from models.people import actors
from models.people.accounts import Account
from models.preferences import Subcategory
from models.settings import Site
from models.store.database import connection, transaction
from outbox.listings import listing_suggestions
from outbox.listings import listings as outbox
from outbox.listings.listing_defaults import LatestVersion, find_end
from outbox.screening import is_first
from web.forms.form import Form, blank_form
from web.forms.location_field import DIRECTIONS, DISTANCES
from web.http.app_keys import INSTANCE
from web.pages.components.attachments import list_attachments
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import Picture
from web.pages.components.photo_upload import MOST, read_with_photos
from web.pages.exchanges.thread.thread_page import locale_of
from web.pages.listings.publish.first_values import make_first_values
from web.pages.listings.publish.kept_forms import FIELD as KEPT
from web.pages.listings.publish.kept_forms import (
    find_kept_form,
    find_writer,
    forget_kept,
    keep_form,
    make_publication_key,
)
from web.pages.listings.publish.listing_form import ListingFormContext, note_refusal, read_draft
from web.pages.listings.publish.listing_preview import Preview, make_preview
from web.pages.listings.publish.note_to_listing import fill_in_from_note, read_begun
from web.pages.listings.publish.repair_fields import GIVEN, TRAVEL
from web.pages.listings.publish.where_fields import (
    describe_known_home,
    find_commune_middle,
    keep_home,
    load_places,
)
from web.rendering.paths import listing_path
from web.rendering.render import find_branding, reader_language, render, say
from web.security.acting_author import ActingAuthor, find_author, note_act


async def show_publish(request: web.Request) -> web.Response:
    """GET /publier; `?genre=`, `?titre=`, `?texte=`, `?lieu=`, `?mode=` fill it in, `?brouillon=` is what was begun."""
    account = (await find_author(request)).account
    left = await find_kept_form(request, account)
    if left is not None:
        values, photos = left
        return await show_form(request, blank_form(request, values), photos)
    async with connection(request.app[INSTANCE].pool) as conn:
        if (await actors.get(conn, account.actor_id)).moved_to is not None:
            raise web.HTTPSeeOther("/compte/demenagement")  # whoever left publishes there
        values = await make_first_values(conn, request, account)
    photos = await fill_in_from_note(request, values, account)
    return await show_form(request, blank_form(request, values), photos)


async def post_publish(request: web.Request) -> web.Response:
    """POST /publier: keep the photos, show what is wrong or how it will look, publish, or leave it for later.

    Whoever waits to be let in can only leave it for later.
    """
    acting = await find_author(request)
    account = acting.account
    form, photos = await read_with_photos(request, account.actor_id)
    if form.typed("act") == "live":
        return await show_live(request, account, form, photos)
    if form.typed("act") == "add":
        return await show_form(request, form, photos, kept=form.ok)
    if _is_for_later(form, account):
        return await _keep(request, form, photos, account)
    draft = await read_listing(request, form, photos)
    if not form.ok or form.typed("act") == "preview":
        preview = make_preview(account, draft, photos, await find_own_category(request, draft))
        return await show_form(request, form, photos, preview=preview)
    published = await publish_form(request, acting, form, draft)
    if published is None:
        return await show_form(request, form, photos)
    listing, held = published
    done = "held" if held else "published"
    raise redirect_with_message(acting.home or listing_path(request.app[INSTANCE].site, listing), done)


def _is_for_later(form: Form, account: Account) -> bool:
    return form.typed("act") == "keep" or (form.typed("act") != "preview" and account.standing == "waiting")


async def _keep(request: web.Request, form: Form, photos: list[Picture], account: Account) -> web.Response:
    if form.ok:
        await keep_form(request, form, photos, account)
    return await show_form(request, form, photos)


async def publish_form(
    request: web.Request, acting: ActingAuthor, form: Form, draft: ListingDraft
) -> tuple[Listing, bool] | None:
    """The listing, and whether it waits for a look; None where it was refused, which the form says."""
    account, instance = acting.account, request.app[INSTANCE]
    try:
        async with transaction(instance.pool) as conn:
            author = await actors.get(conn, account.actor_id)
            key = make_publication_key(form)
            made = await idempotency_keys.claim(conn, author.id, key) if key else None
            sent_before = await listings.find_by_post(conn, made.post_id) if made and made.post_id else None
            if sent_before is not None:
                return sent_before, await held_posts.find(conn, sent_before.id) is not None
            await forget_kept(conn, form, account)
            await keep_home(conn, form, account.actor_id, draft)
            begun = read_begun(form)
            if begun is None:
                listing = await outbox.publish(conn, instance.site, author, draft)
            else:
                listing = await listing_suggestions.publish(conn, instance.site, author, begun, draft)
            await idempotency_keys.settle(conn, author.id, key or "", RequestResult(post_id=listing.id))
            await note_act(conn, acting, "published", listing.uri)
            return listing, await held_posts.find(conn, listing.id) is not None
    except Invalid as error:
        note_refusal(form, error)
        return None


async def show_live(request: web.Request, account: Account, form: Form, photos: list[Picture]) -> web.Response:
    """How it will look so far, for beside the form while it is filled in: mistakes are said later."""
    draft = await read_listing(request, form, photos)
    named = draft if draft.title else replace(draft, title=say(request, "Sans titre"))
    preview = make_preview(account, named, photos, await find_own_category(request, draft))
    return await render(request, "publish/preview.html", preview=preview)


async def find_own_category(request: web.Request, draft: ListingDraft) -> Subcategory | None:
    """The sub-category of ours that was chosen."""
    return (await find_branding(request)).find_subcategory(draft.category or "")


async def read_listing(request: web.Request, form: Form, photos: list[Picture]) -> ListingDraft:
    """What the form says so far; what is wrong is noted in it."""
    author_id = (await find_author(request)).account.actor_id
    async with connection(request.app[INSTANCE].pool) as conn:
        context = ListingFormContext(
            branding=await find_branding(request, conn),
            say=partial(say, request),
            language=reader_language(request),
            today=datetime.now(PARIS).date(),
            media_ids=tuple(photo.id for photo in photos),
            known=await load_places(conn, author_id),
            communities={one.audience: one.community_id for one in await insiders.list_of(conn, author_id)},
        )
        draft = await read_draft(conn, form, context)
        return await find_end(conn, await actors.get(conn, author_id), draft, datetime.now(UTC))


async def show_form(
    request: web.Request,
    form: Form,
    photos: list[Picture],
    *,
    editing: LatestVersion | None = None,
    preview: Preview | None = None,
    kept: bool = False,
) -> web.Response:
    """The form as it is typed so far; with `editing` it is about that listing."""
    instance = request.app[INSTANCE]
    acting = await find_author(request)
    async with connection(instance.pool) as conn:
        known = await load_places(conn, acting.account.actor_id)
        home = await describe_known_home(conn, locale_of(request), known, acting.account)
        middle = known.home or await find_commune_middle(conn, acting.account)
        life = (await preferences.load(conn)).listing_days
        communities = await insiders.list_of(conn, acting.account.actor_id)
        branding = await find_branding(request, conn)
        first = editing is None and await is_first(conn, await actors.get(conn, acting.account.actor_id))
    return await render(
        request,
        "publish/form.html",
        status=422 if form.errors else 200,
        form=form,
        photos=photos,
        preview=None if form.errors else preview,
        kept=kept,
        left=form.typed(KEPT),
        writer=find_writer(form),
        home=home,
        middle=middle,
        public_places=known.public,
        distances=DISTANCES,
        directions=DIRECTIONS,
        travel=TRAVEL,
        given=GIVEN if branding.currency else {code: words for code, words in GIVEN.items() if code != "points"},
        branches=categories.BRANCH_LABELS,
        tree=categories.CATEGORIES,
        most=MOST,
        heaviest=MAX_BYTES,
        owner=acting.account.actor_id,
        life=life,
        communities=communities,
        first=first,
        **_describe_change(instance.site, editing),
        **_find_ways(acting, listing_path(instance.site, editing.listing) if editing else ""),
    )


def _describe_change(site: Site, editing: LatestVersion | None) -> dict[str, Any]:
    """What the form says of the listing that is changed."""
    if editing is None:
        return {"editing": False, "held": None, "sounds": []}
    return {"editing": True, "held": editing.held, "sounds": list_attachments(site, editing.sounds)}


def _find_ways(acting: ActingAuthor, page: str) -> dict[str, str]:
    """Where the form leads, for whom it publishes; `page` is the listing that is changed."""
    name = acting.account.name or acting.account.username
    return {
        "back": acting.home or page,
        "action_url": f"{acting.home}{page}/modifier" if page else f"{acting.home}/publier",
        "photos_url": f"{acting.home}/publier/photos",
        "acting_place": name if acting.home else "",
    }
