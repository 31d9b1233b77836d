"""Several listings at once: a table is looked at whole, every mistake by its line, then shown, then published once."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import chain

from aiohttp import web

from models.access import idempotency_keys
from models.communities import insiders
from models.errors import Invalid
from models.moderation import held_posts
from models.moments import PARIS
from models.people import actors
from models.store.database import connection, transaction
from outbox.listings import listings as outbox
from outbox.screening import is_first
from web.forms.form import Form, blank_form, read_form
from web.forms.multipart import TEXT_LIMIT
from web.forms.table_file import decode
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import Picture, draw_pictures
from web.pages.components.reader_location import find_reader_commune
from web.pages.listings.publish.listing_form import ListingFormContext
from web.pages.listings.publish.several.listing_table import MODEL, MOST_LINES, TableFault, read_table
from web.pages.listings.publish.several.table_drafts import TableContext, TableDraft, make_drafts
from web.pages.listings.publish.several.table_photos import AT_ONCE, LIMITS, Photos, take_photos
from web.pages.listings.publish.where_fields import load_places
from web.rendering.render import find_branding, reader_language, render, say
from web.security.acting_author import ActingAuthor, find_author, note_act

PAGE = "/publier/plusieurs"

LARGEST_TABLE = TEXT_LIMIT // 2
"""Characters of a table: it is given back by the page until it is published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A table that was looked at: what it says, what is wrong with it, and the photos that were sent so far."""

    text: str
    drafts: Sequence[TableDraft]
    faults: Sequence[TableFault]
    photos: Photos


async def show_several(request: web.Request) -> web.Response:
    """GET /publier/plusieurs, or the same for a place that she runs."""
    return await _show(request, await find_author(request), blank_form(request), None)


async def show_model(request: web.Request) -> web.Response:
    """GET /publier/plusieurs/modele.csv: a table to begin with, as spreadsheets open it."""
    await find_author(request)
    return web.Response(
        body=MODEL.encode("utf-8-sig"),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": 'attachment; filename="annonces.csv"'},
    )


async def post_several(request: web.Request) -> web.Response:
    """POST /publier/plusieurs: look at the table, or publish all of it; a second tap publishes nothing more."""
    acting = await find_author(request)
    async with request.app[INSTANCE].store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        if form.typed("act") == "publish" and await _was_published(request, acting, form):
            raise _lead_back(acting, held=False)
        looked = await _look(request, acting, form)
    if not form.ok or looked.faults or form.typed("act") != "publish":
        return await _show(request, acting, form, looked)
    held = await _publish(request, acting, form, looked)
    if held is None:
        return await _show(request, acting, form, looked)
    raise _lead_back(acting, held=held > 0)


def _lead_back(acting: ActingAuthor, *, held: bool) -> web.HTTPSeeOther:
    """To where the author's listings stand."""
    return redirect_with_message(acting.home or "/chez-moi", "several_held" if held else "several")


def _name_key(form: Form) -> str:
    """What one page of a table that is ready can do once."""
    return f"several {form.typed('once')}"


async def _was_published(request: web.Request, acting: ActingAuthor, form: Form) -> bool:
    async with connection(request.app[INSTANCE].pool) as conn:
        return await idempotency_keys.is_claimed(conn, acting.account.actor_id, _name_key(form))


async def _look(request: web.Request, acting: ActingAuthor, form: Form) -> Looked:
    """What the table says; where there is none that could be read, the form says so."""
    instance, account, speak = request.app[INSTANCE], acting.account, partial(say, request)
    photos = await take_photos(instance, form, account.actor_id)
    text = form.typed("table")
    async with connection(instance.pool) as conn:
        branding = await find_branding(request, conn)
        inside = await insiders.list_of(conn, account.actor_id)
    try:
        if files := form.files("file"):
            text, _ = decode(await files[0].load())
        if len(text) > LARGEST_TABLE:
            raise Invalid("table_too_long", field="table", most=MOST_LINES)
        own = chain.from_iterable(branding.subcategories.values())
        communities = {one.name: one.audience for one in inside}
        table = read_table(text, speak, branding.modes, communities, own)
    except Invalid as refusal:
        form.refuse("file" if refusal.field == "file" else "table", refusal)
        return Looked(text=text[:LARGEST_TABLE], drafts=(), faults=(), photos=photos)
    async with connection(instance.pool) as conn:
        commune = await find_reader_commune(conn, account, branding)
        context = TableContext(
            form=ListingFormContext(
                branding=branding,
                say=speak,
                language=reader_language(request),
                today=datetime.now(PARIS).date(),
                media_ids=(),
                known=await load_places(conn, account.actor_id),
                communities={one.audience: one.community_id for one in inside},
            ),
            author=await actors.get(conn, account.actor_id),
            at=datetime.now(UTC),
            commune=commune.label if commune else "",
            photos=photos,
        )
        drafts, faults = await make_drafts(conn, table, context)
    return Looked(text=text, drafts=drafts, faults=faults, photos=photos)


async def _publish(request: web.Request, acting: ActingAuthor, form: Form, looked: Looked) -> int | None:
    """All of them or none; how many wait for a look. None where one was refused, which the form says."""
    instance, account = request.app[INSTANCE], acting.account
    held, line = 0, 0
    try:
        async with transaction(instance.pool) as conn:
            if await idempotency_keys.claim(conn, account.actor_id, _name_key(form)) is not None:
                return 0
            author = await actors.get(conn, account.actor_id)
            for one in looked.drafts:
                line = one.line
                listing = await outbox.publish(conn, instance.site, author, one.draft)
                held += await held_posts.find(conn, listing.id) is not None
                await note_act(conn, acting, "published", listing.uri)
    except Invalid as error:
        form.refuse("table", error)
        form.fail_too("table", "(ligne %(line)s)", line=line)
        return None
    return held


def _draw(request: web.Request, looked: Looked) -> list[tuple[TableDraft, Sequence[Picture]]]:
    site = request.app[INSTANCE].site
    return [(one, draw_pictures(site, one.photos, one.draft.title)) for one in looked.drafts]


async def _show(request: web.Request, acting: ActingAuthor, form: Form, looked: Looked | None) -> web.Response:
    looked = looked or Looked(text="", drafts=(), faults=(), photos={})
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await load_places(conn, acting.account.actor_id)
        inside = await insiders.list_of(conn, acting.account.actor_id)
        first = await is_first(conn, await actors.get(conn, acting.account.actor_id))
    return await render(
        request,
        "publish/several.html",
        status=422 if form.errors or looked.faults else 200,
        form=form,
        text=looked.text,
        faults=looked.faults,
        rows=[] if form.errors or looked.faults else _draw(request, looked),
        photos=looked.photos,
        once=secrets.token_urlsafe(16),
        most=MOST_LINES,
        at_once=AT_ONCE,
        public_places=known.public,
        communities=[one.name for one in inside],
        first=first,
        acting_place=(acting.account.name or acting.account.username) if acting.home else "",
        back=acting.home,
        action_url=f"{acting.home}{PAGE}",
    )
