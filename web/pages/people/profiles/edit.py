"""The member's own profile: name, a few lines, commune, portrait, and who may follow."""

from dataclasses import replace
from functools import partial

from aiohttp import web

from federation.media.uploads import save_upload
from federation.media_store import StoreFull
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture
from federation.texts.html_cleaner import from_text, to_text
from models.people import accounts, actors, member_locations
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.opening_hours import write_hours
from models.places import places
from models.places.places import Commune
from models.posts.media import media
from models.repairs.shops import shops
from models.store.database import Connection, connection, transaction
from outbox.people.accounts import as_profile, profile_of
from outbox.people.profiles import announce_update
from web.actions.sign_up import NAME_LIMIT
from web.forms.commune_field import read_commune
from web.forms.form import Form, blank_form, read_form
from web.forms.location_field import (
    DIRECTIONS,
    DISTANCES,
    KEPT,
    UNTOLD,
    describe_home,
    list_location_choices,
    read_home,
)
from web.forms.multipart import FileLimits
from web.forms.opening_hours_field import PlaceDetails, fill_in_hours, list_pairs, read_place_details
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.listing_cards import draw_pictures
from web.rendering.i18n import LOCALES
from web.rendering.render import reader_language, render, say
from web.security.session import require_account

PORTRAIT = FileLimits(count=1, size=MAX_BYTES)

SUMMARY_LIMIT = 500


async def show_profile_form(request: web.Request) -> web.Response:
    """GET /compte/profil."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        actor = await actors.get(conn, account.actor_id)
        values = await _fill_in(conn, actor, account)
    return await _show(request, actor, blank_form(request, values))


async def post_profile(request: web.Request) -> web.Response:
    """POST /compte/profil: change it here, and tell those who follow."""
    account = require_account(request)
    form = await read_form(request, PORTRAIT)
    instance = request.app[INSTANCE]
    form.text("name", limit=NAME_LIMIT, missing="Donnez votre prénom.")
    form.lines("summary", limit=SUMMARY_LIMIT)
    async with connection(instance.pool) as conn:
        actor = await actors.get(conn, account.actor_id)
        commune = await read_commune(conn, form)
        kept = _exact_point(actor) or await member_locations.find_location(conn, actor.id)
    home = read_home(form, commune, kept)
    details = read_place_details(form, home) if _is_place(actor) else None
    icon_id = await _save_portrait(request, form, account.actor_id) if form.ok else None
    if not form.ok:
        return await _show(request, actor, form, status=422)
    async with transaction(instance.pool) as conn:
        await _save(conn, actor, form, commune, icon_id)
        if details is None:
            await member_locations.save_location(conn, actor.id, home)
        else:
            await _save_place(conn, actor, details)
        await announce_update(conn, instance.site, await actors.get(conn, actor.id))
    raise redirect_with_message("/compte", "profile")


async def _save(conn: Connection, actor: Actor, form: Form, commune: Commune | None, icon_id: int | None) -> None:
    profile = replace(
        profile_of(actor, commune),
        name=form.text("name", limit=NAME_LIMIT),
        summary=from_text(form.lines("summary", limit=SUMMARY_LIMIT)),
        locked=form.flag("locked"),
    )
    await actors.save_profile(conn, actor.id, profile)
    await accounts.set_commune(conn, actor.id, commune.code if commune else None)
    if icon_id is not None or form.flag("no_portrait"):
        await actors.save_icon(conn, actor.id, icon_id)


def _is_place(actor: Actor) -> bool:
    """Whether people come to it: its address is nobody's home, so that it may be shown as it is."""
    return actor.type == "Organization"


async def _save_place(conn: Connection, actor: Actor, details: PlaceDetails) -> None:
    """The exact point where it was given; its commune, as it was just saved, where it was not. Of a shop to which
    nobody comes nothing finer is kept than that.
    """
    if await shops.comes_by_only(conn, actor.id):
        details = replace(details, street=None, point=None)
    await actors.save_place(conn, actor.id, details.street, write_hours(details.hours))
    if details.point is not None:
        now = await actors.get(conn, actor.id)
        latitude, longitude = details.point
        exact = replace(as_profile(now), latitude=latitude, longitude=longitude, radius=None)
        await actors.save_profile(conn, actor.id, exact)


async def _save_portrait(request: web.Request, form: Form, actor_id: int) -> int | None:
    """The new portrait's id, if one was sent that can be used."""
    for upload in form.files("portrait"):
        try:
            saved = await save_upload(request.app[INSTANCE], owner_id=actor_id, data=upload.body, name=upload.filename)
        except RefusedPicture as refusal:
            form.refuse("portrait", refusal)
        except StoreFull:
            form.fail("portrait", "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
        else:
            return saved.id
    return None


async def _fill_in(conn: Connection, actor: Actor, account: Account) -> dict[str, str]:
    code = account.default_commune_code or actor.commune_code
    commune = await places.find_commune(conn, code) if code else None
    return {
        "name": actor.name,
        "summary": to_text(actor.summary),
        "commune": commune.label if commune else "",
        "locked": "1" if actor.locked else "",
    } | (fill_in_hours(actor) if _is_place(actor) else {})


def _exact_point(actor: Actor) -> tuple[float, float] | None:
    if not _is_place(actor) or actor.radius is not None or actor.latitude is None or actor.longitude is None:
        return None
    return actor.latitude, actor.longitude


async def _show(request: web.Request, actor: Actor, form: Form, status: int = 200) -> web.Response:
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        icons = await media.list_by_ids(conn, [actor.icon_media_id]) if actor.icon_media_id else {}
        kept = _exact_point(actor) or await member_locations.find_location(conn, actor.id)
        code = require_account(request).default_commune_code or actor.commune_code
        commune = await places.find_commune(conn, code) if code else None
    speak, language = partial(say, request), LOCALES.get(reader_language(request), reader_language(request))
    pictures = draw_pictures(instance.site, icons.values())
    return await render(
        request,
        "account/profile.html",
        status=status,
        form=form,
        icon_picture=pictures[0] if pictures else None,
        pairs=list_pairs(form) if _is_place(actor) else [],
        is_place=_is_place(actor),
        home=describe_home(speak, language, kept, commune) if kept else "",
        where=form.typed("home", KEPT if kept else UNTOLD),
        ways=list_location_choices(known=kept is not None, place=_is_place(actor)),
        distances=DISTANCES,
        directions=DIRECTIONS,
    )
