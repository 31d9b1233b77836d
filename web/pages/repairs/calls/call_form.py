"""Call for help with a bike, in three short steps of one form; for members, and for who passes by without an account.

Nothing is kept between the steps: what was answered goes along in the form, so that going back, a mistake or a browser
without JavaScript loses nothing.
"""

from aiohttp import web
from multidict import MultiDict

from federation.instance import Instance
from federation.media_store import Spool
from federation.sandbox.pictures import MAX_BYTES
from models import preferences
from models.listings import listings
from models.listings.listings import STANDING, ListingDraft
from models.moderation.held_posts import HeldPost
from models.people import actors
from models.people.accounts import Account
from models.repairs import passers_by
from models.repairs.bikes import bikes, links
from models.repairs.bikes.bikes import Bike
from models.store.database import Connection, connection, transaction
from web.forms.form import Form, blank_form, read_form
from web.forms.location_field import DIRECTIONS, DISTANCES
from web.forms.multipart import FileLimits
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.access.login import has_mail
from web.pages.components.flash_messages import redirect_with_message
from web.pages.components.photo_upload import read_photos, take_photos
from web.pages.components.reader_location import find_reader_commune
from web.pages.exchanges.thread.thread_page import locale_of
from web.pages.listings.publish.kept_forms import find_writer
from web.pages.listings.publish.publish_page import publish_form
from web.pages.listings.publish.repair_fields import GIVEN, TRAVEL
from web.pages.listings.publish.where_fields import (
    IN_COMMUNE,
    KnownPlaces,
    describe_known_home,
    find_commune_middle,
    first_place,
    load_places,
)
from web.pages.repairs.calls import passing
from web.pages.repairs.calls.call_fields import NOWHERE_KNOWN, fill_in_call, find_first_step, read_call
from web.pages.repairs.calls.own_call import call_path
from web.pages.repairs.calls.passing import Contact
from web.pages.repairs.calls.sounds import NO_FILES, CallFiles, add_sound, is_begun
from web.pages.repairs.calls.steps import LAST, find_wrong_step, keep_errors_of, list_carried, read_step
from web.rendering.render import find_branding, render
from web.security.acting_author import ActingAuthor
from web.security.session import current_account, current_applicant

PHOTOS = 3
"""Of what is broken; the long form takes more."""

LIMITS = FileLimits(count=PHOTOS + 1, size=MAX_BYTES)
"""The photos, and a sound that may be as heavy as one of them."""


async def show_call(request: web.Request) -> web.Response:
    """GET /depannage/appeler; `?panne=&velo=&roule=&texte=` fill it in, as the diagnostic does."""
    if current_applicant(request) is not None:
        raise web.HTTPSeeOther("/publier?genre=repair_call")  # she prepares hers
    if "repair_call" not in (await find_branding(request)).kinds:
        raise web.HTTPSeeOther("/depannage")
    account = _find_member(request)
    values: MultiDict[str] = MultiDict({"where": IN_COMMUNE})
    async with connection(request.app[INSTANCE].pool) as conn:
        await _lead_to_open_call(conn, request)
        if account is not None:
            author = await actors.get(conn, account.actor_id)
            if author.moved_to is not None:
                raise web.HTTPSeeOther("/compte/demenagement")
            home = await find_reader_commune(conn, account, await find_branding(request, conn))
            values["place"] = home.label if home else ""
            values.update(first_place(await load_places(conn, account.actor_id), author))
    fill_in_call(values, request)
    return await show_form(request, blank_form(request, values), NO_FILES, step=find_first_step(values))


def _find_member(request: web.Request) -> Account | None:
    """Who is logged in as a member; who passes by calls anew as somebody else."""
    account = current_account(request)
    return None if account is not None and account.passing else account


async def _lead_to_open_call(conn: Connection, request: web.Request) -> None:
    """Whoever passes by and has a call that stands is led there: a second one would take this browser from it."""
    account = current_account(request)
    passer = await passers_by.find(conn, account.actor_id) if account is not None and account.passing else None
    listing = await listings.find_by_post(conn, passer.listing_id) if passer and passer.listing_id else None
    if listing is not None and listing.post.deleted_at is None and listing.details.status in STANDING:
        raise web.HTTPSeeOther(call_path(listing.id))


async def post_call(request: web.Request) -> web.Response:
    """POST /depannage/appeler: the next step, the one before, or the call itself."""
    account = _find_member(request)
    form, files = await _read(request, account)
    step = read_step(form)
    if form.typed("act") == "back":
        form.errors.clear()
        return await show_form(request, form, files, step=max(1, step - 1))
    draft = await _read_draft(request, form, files, account)
    contact = passing.read_contact(request, form) if account is None and step == LAST else None
    wrong = find_wrong_step(form, step)
    if wrong is not None or step < LAST:
        keep_errors_of(form, wrong or 0)
        return await show_form(request, form, files, step=wrong or step + 1)
    answer = await _send(request, form, draft, account, contact)
    return answer or await show_form(request, form, files, step=find_wrong_step(form, LAST) or LAST)


async def _read(request: web.Request, account: Account | None) -> tuple[Form, CallFiles]:
    """The form and its files: those belong to somebody, so with the first one a person who passes by is begun."""
    instance = request.app[INSTANCE]
    async with instance.store.open_spool() as spool:
        form = await read_form(request, LIMITS.into(spool))
        if account is not None:
            owner_id: int | None = account.actor_id
        else:
            begun = bool(form.files("photos")) or "media" in form.values or is_begun(form)
            owner_id = await passing.begin(request, form) if begun else None
        if owner_id is None:
            return form, NO_FILES
        return form, await read_files(instance, form, owner_id, spool)


async def read_files(
    instance: Instance, form: Form, owner_id: int, spool: Spool, *, post_id: int | None = None
) -> CallFiles:
    """The first photos and the sound, new ones at the last step alone; that there were more is said in the form.

    With `post_id` those that hang on this call already count as well.
    """
    last = read_step(form) == LAST
    photos = await (take_photos if last else read_photos)(instance, form, owner_id)
    files = await add_sound(instance, form, owner_id, photos[:PHOTOS], spool, post_id=post_id)
    if len(photos) > PHOTOS:
        form.fail("photos", "%(count)s photos au plus, les autres ne partent pas.", count=PHOTOS)
    return files


async def _read_draft(request: web.Request, form: Form, files: CallFiles, account: Account | None) -> ListingDraft:
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await _load_places(conn, account)
        _preset_kind(form, await _list_bikes(conn, account))
        return await read_call(conn, request, form, known=known, media_ids=files.media_ids)


def _preset_kind(form: Form, own: list[Bike]) -> None:
    """The kind of the bike of hers that she chose."""
    kinds = {str(one.id): one.bike_type for one in own}
    kind = kinds.get(form.typed("own_bike"), "")
    if kind and isinstance(form.values, MultiDict):
        form.values["bike_type"] = kind


async def _send(
    request: web.Request, form: Form, draft: ListingDraft, account: Account | None, contact: Contact | None
) -> web.Response | None:
    """Publish, or write to whoever has no account; None where it was refused, which the form says."""
    if account is None:
        return await passing.call(request, form, draft, contact) if contact is not None else None
    acting = ActingAuthor(account=account, by=account, home="")
    published = await publish_form(request, acting, form, draft)
    if published is None:
        return None
    listing, held = published
    await _link_bike(request, form, account, listing.id)
    raise redirect_with_message(call_path(listing.id), "held" if held else "published")


async def _link_bike(request: web.Request, form: Form, account: Account, listing_id: int) -> None:
    """Which bike of hers it is about: she alone knows it, so that what is said of the repair finds its book."""
    chosen = find_id(form.typed("own_bike"))
    async with transaction(request.app[INSTANCE].pool) as conn:
        if chosen is not None and chosen in {one.id for one in await bikes.list_ridden(conn, account.actor_id)}:
            await links.link_listing(conn, listing_id, chosen)


async def _list_bikes(conn: Connection, account: Account | None) -> list[Bike]:
    return await bikes.list_ridden(conn, account.actor_id) if account is not None else []


async def _load_places(conn: Connection, account: Account | None) -> KnownPlaces:
    return await load_places(conn, account.actor_id) if account is not None else NOWHERE_KNOWN


async def show_form(
    request: web.Request, form: Form, files: CallFiles, *, step: int, change: str = "", held: HeldPost | None = None
) -> web.Response:
    """The step of the form; with `change` that address takes it, and it is about a call that stands, of which `held`
    waits for a look.
    """
    account = _find_member(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        known = await _load_places(conn, account)
        home = await describe_known_home(conn, locale_of(request), known, account) if account else ""
        middle = known.home or (await find_commune_middle(conn, account) if account else None)
        passers = (await preferences.load(conn)).passers_by
        branding = await find_branding(request, conn)
        own_bikes = await _list_bikes(conn, account)
    return await render(
        request,
        "repairs/calls/form.html",
        status=422 if form.errors else 200,
        form=form,
        step=step,
        last=LAST,
        carried=list(list_carried(form, step)),
        photos=files.photos,
        sound=files.sound,
        played=files.played,
        most=PHOTOS,
        writer=find_writer(form),
        home=home,
        middle=middle,
        public_places=known.public,
        distances=DISTANCES,
        directions=DIRECTIONS,
        travel=TRAVEL,
        given={code: words for code, words in GIVEN.items() if code != "points" or (account and branding.currency)},
        passers=passers,
        member=account,
        own_bikes=own_bikes,
        mail=has_mail(request),
        change=change,
        held=held,
    )
