"""The back office of a shop: what it does, where, and when it is open."""

from datetime import UTC, datetime
from functools import partial

from aiohttp import web

from federation.media.uploads import save_upload
from federation.media_store import StoreFull
from federation.sandbox.pictures import MAX_BYTES, RefusedPicture
from models import preferences
from models.errors import Invalid
from models.people import actors
from models.people.opening_hours import write_hours
from models.places import places
from models.posts.media import media
from models.preferences import Preferences
from models.repairs.bookings import next_slots
from models.repairs.shops import prices, staff
from models.repairs.shops.shop_types import BIKE_TYPES, INTERVENTIONS, SHOP_TYPES
from models.repairs.shops.shops import MOST_COMMUNES, WORDS_LIMIT, ShopDetails
from models.store.database import Connection, connection, transaction
from outbox.people.profiles import announce_update
from outbox.repairs.shops import appearing, editing
from web.forms.commune_field import find_commune, read_commune
from web.forms.form import Form, blank_form, read_form
from web.forms.multipart import FileLimits
from web.forms.opening_hours_field import STREET_LIMIT, fill_in_hours, list_pairs, read_hours_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import find_flash_message, redirect_with_message
from web.pages.repairs.shops.shop_view import make_shop_card
from web.pages.repairs.shops.shop_words import REPAIR_WORDS, ROLE_WORDS, TYPE_WORDS
from web.rendering.render import N_, render, say
from web.security.acting_shop import ActingShop, find_shop

PHOTO = FileLimits(count=1, size=MAX_BYTES)

COMMUNES_LIMIT = 6000
"""Characters in which the communes are typed: two hundred names with their postcodes."""

SAID = {
    "saved": N_("C’est enregistré, et visible dès maintenant."),
    "hours": N_("C’est enregistré, et visible dès maintenant."),
    "opened": N_("L’atelier est ouvert. Dites ce qu’il répare, puis demandez à paraître."),
    "role": N_("C’est fait : cette personne en est prévenue."),
    "taken": N_("C’est fait : cette personne n’en fait plus partie."),
    "asked": N_("C’est demandé. Vous recevrez la réponse par un message."),
    "agreed": N_("C’est noté : l’atelier a dit oui à la charte."),
    "left": N_("C’est fait : l’atelier ne paraît plus dans la liste. Tout ce que vous avez écrit reste là."),
}


async def show_office(request: web.Request) -> web.Response:
    """GET /ateliers/{place}/gerer."""
    acting = await find_shop(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        values = await _fill_in(conn, acting)
    return await show(request, acting, blank_form(request, values))


async def post_details(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/gerer: what it does, and where."""
    acting = await find_shop(request)
    form = await read_form(request, PHOTO)
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        chosen = await preferences.load(conn)
        commune = await read_commune(conn, form, missing="Dites dans quelle commune.")
        codes = await _read_communes(conn, form)
    details = _read_details(form, chosen, codes)
    street = form.text("street", limit=STREET_LIMIT)
    photo_id = await _save_photo(request, form, acting) if form.ok else None
    if form.ok and commune is not None:
        try:
            async with transaction(instance.pool) as conn:
                if photo_id is not None or form.flag("no_photo"):
                    await actors.save_image(conn, acting.actor.id, photo_id)
                await editing.save_details(conn, instance.site, acting.actor, details, commune=commune, street=street)
        except Invalid as refusal:
            form.refuse(refusal.field or "", refusal)
    if not form.ok:
        return await show(request, acting, form, status=422)
    raise redirect_with_message(acting.home, "saved")


async def post_hours(request: web.Request) -> web.Response:
    """POST /ateliers/{place}/gerer/horaires: the week and the closures; whoever follows the shop is told."""
    acting = await find_shop(request)
    form = await read_form(request)
    instance, hours = request.app[INSTANCE], read_hours_form(form)
    if not form.ok:
        return await show(request, acting, form, status=422)
    async with transaction(instance.pool) as conn:
        await actors.save_place(conn, acting.actor.id, acting.actor.street, write_hours(hours))
        await next_slots.renew_of_shop(conn, acting.actor.id, at=datetime.now(UTC))
        await announce_update(conn, instance.site, await actors.get(conn, acting.actor.id))
    raise redirect_with_message(acting.home, "hours", part="horaires")


def _read_details(form: Form, chosen: Preferences, codes: list[str]) -> ShopDetails:
    return ShopDetails(
        types=form.many("types", (*SHOP_TYPES, *chosen.shop_types)),
        bike_types=form.many("bike_types", BIKE_TYPES),
        interventions=form.many("interventions", INTERVENTIONS),
        by_appointment=form.flag("by_appointment"),
        workshop=form.choice("workshop", ("oui", "non"), default="oui") == "oui",
        commune_codes=codes,
        words=form.text("words", limit=WORDS_LIMIT),
    )


async def _read_communes(conn: Connection, form: Form) -> list[str]:
    """Those that were typed with commas or on lines of their own, each once."""
    typed = form.lines("communes", limit=COMMUNES_LIMIT).replace("\n", ",")
    names = [name.strip() for name in typed.split(",") if name.strip()]
    if len(names) > MOST_COMMUNES:
        form.fail("communes", "%(most)s communes au plus.", most=MOST_COMMUNES)
        return []
    found = [await find_commune(conn, form, "communes", name) for name in names]
    return list(dict.fromkeys(one.code for one in found if one is not None))


async def _save_photo(request: web.Request, form: Form, acting: ActingShop) -> int | None:
    """The new photo's id, if one was sent that can be used."""
    for upload in form.files("photo"):
        try:
            saved = await save_upload(
                request.app[INSTANCE], owner_id=acting.actor.id, data=upload.body, name=upload.filename
            )
        except RefusedPicture as refusal:
            form.refuse("photo", refusal)
        except StoreFull:
            form.fail("photo", "La plateforme n’a plus de place pour les photos : prévenez votre coop.")
        else:
            return saved.id
    return None


async def _fill_in(conn: Connection, acting: ActingShop) -> dict[str, str]:
    shop, code = acting.shop, acting.actor.commune_code
    commune = await places.find_commune(conn, code) if code else None
    return {
        "commune": commune.label if commune else "",
        "communes": ", ".join(await _name_communes(conn, list(shop.commune_codes))),
        "words": shop.words,
        "workshop": "oui" if shop.workshop else "non",
        **fill_in_hours(acting.actor),
    }


async def _name_communes(conn: Connection, codes: list[str]) -> list[str]:
    """As they are typed: with a postcode where it takes one to tell them apart."""
    return [one.label for one in await places.list_communes(conn, codes)]


async def show(request: web.Request, acting: ActingShop, form: Form, *, status: int = 200) -> web.Response:
    """The whole back office, with what was typed into one of its forms."""
    instance, speak = request.app[INSTANCE], partial(say, request)
    async with connection(instance.pool) as conn:
        chosen = await preferences.load(conn)
        known = await _fill_in(conn, acting)
        people = await staff.list_staff(conn, acting.actor.id)
        lines = await prices.list_prices(conn, acting.actor.id)
        standing = await appearing.find_standing(conn, acting.actor)
        card = await make_shop_card(conn, instance.site, speak, acting.actor, acting.shop)
        photos = [acting.actor.image_media_id] if acting.actor.image_media_id else []
        photo = bool(await media.list_by_ids(conn, photos)) if photos else False
    details = form if "workshop" in form.values else blank_form(request, known)
    hours = form if "hours_0" in form.values else blank_form(request, known)
    return await render(
        request,
        "repairs/shops/office.html",
        status=status,
        form=form,
        details=details,
        hours=hours,
        pairs=list_pairs(hours),
        acting=acting,
        card=card,
        ticked=_list_ticked(form if "workshop" in form.values and form.errors else None, acting),
        types=[*TYPE_WORDS.items(), *((one, one) for one in chosen.shop_types)],
        bikes=BIKE_TYPES,
        repairs=[(code, words) for code, (words, _) in REPAIR_WORDS.items()],
        people=people,
        roles_words=ROLE_WORDS,
        prices=len(lines),
        standing=standing,
        photo=photo,
        said=find_flash_message(request, SAID),
    )


def _list_ticked(form: Form | None, acting: ActingShop) -> set[str]:
    """The boxes that are ticked: as they were sent where something was wrong, else as they are kept."""
    if form is None:
        shop = acting.shop
        kept = {"types": shop.types, "bike_types": shop.bike_types, "interventions": shop.interventions}
        rdv = shop.by_appointment
    else:
        kept = {name: form.values.getall(name, []) for name in ("types", "bike_types", "interventions")}
        rdv = form.flag("by_appointment")
    return {f"{name}:{one}" for name, many in kept.items() for one in many} | ({"by_appointment"} if rdv else set())
