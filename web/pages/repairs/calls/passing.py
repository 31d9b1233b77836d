"""Who calls without an account: her call waits for the link in a mail, or she gets a private link, shown once."""

from dataclasses import dataclass

from aiohttp import web

from federation.own_keys.key_pairs import make_key_pairs
from models.errors import Forbidden, Invalid
from models.limits import Action
from models.listings.listings import Listing, ListingDraft
from models.moderation import held_posts
from models.people import accounts
from models.repairs import passers_by
from models.store.background import jobs
from models.store.database import transaction
from outbox.exchanges.guests import LINK, NAME_LIMIT
from outbox.people import passers_by as verbs
from web.forms.form import Form
from web.forms.throttle import may_try, refuse_try
from web.http.app_keys import INSTANCE
from web.http.client_address import visitor_network
from web.mail.passer_by_mails import MAIL, make_link
from web.pages.access.login import has_mail
from web.pages.listings.publish.kept_forms import list_typed, read_writer
from web.pages.listings.publish.listing_form import note_refusal
from web.pages.repairs.calls.call_fields import CONTACTS
from web.rendering.formats import format_in
from web.rendering.render import N_, reader_language, render, say
from web.security.session import open_session

HEADERS = {"X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"}

CALLED = N_("%(name)s, de passage %(place)s")
UNNAMED = N_("De passage %(place)s")
"""What others read for her name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How she is told of answers: at an address, or with "" on her page alone; `name` is what she is called."""

    email: str
    name: str


def read_contact(request: web.Request, form: Form) -> Contact:
    """What the last step asks of whoever has no account; what is wrong is noted in the form."""
    ways = CONTACTS if has_mail(request) else ("link",)
    way = form.choice("contact", ways, missing="Dites comment recevoir les réponses.")
    email = form.email("email", missing="Donnez votre adresse de courriel : le lien y arrive.") if way == "mail" else ""
    name = form.text("name", limit=NAME_LIMIT)
    if "@" in name or LINK.search(name):
        form.fail("name", "Un prénom suffit, sans adresse ni lien.")
    return Contact(email=email, name=name)


def make_name(request: web.Request, form: Form, draft: ListingDraft) -> str:
    """What others read for her name: a first name if she likes, and where she calls from."""
    name, place = " ".join(form.typed("name").split()), (draft.place_name or "").partition(" (")[0]
    at = format_in(place, reader_language(request))
    return say(request, CALLED, name=name, place=at) if name else say(request, UNNAMED, place=at)


async def begin(request: web.Request, form: Form) -> int | None:
    """Her row id; None where the form has no name of its page, or too many began already, which it says."""
    writer = read_writer(form)
    if writer is None:
        return None
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        known = await passers_by.find_by_writer(conn, writer)
    if known is not None:
        return known
    if not await _may_begin(request, form):
        return None
    try:
        async with transaction(instance.pool) as conn:
            return (await verbs.begin(conn, instance.site, writer, name="", language=reader_language(request))).id
    except Forbidden:
        form.fail("", "Ici, il faut un compte pour appeler.")
        return None


async def _may_begin(request: web.Request, form: Form) -> bool:
    """Count one more of this network and of the whole instance; each says when to come again."""
    asked: tuple[tuple[Action, str], ...] = (
        ("passing_call", visitor_network(request.remote)),
        ("passing_calls_here", "here"),
    )
    for action, name in asked:
        if not await may_try(request, action, name):
            refuse_try(form, "", action)
            return False
    return True


async def call(request: web.Request, form: Form, draft: ListingDraft, contact: Contact) -> web.Response | None:
    """Write to her, or publish at once; None where it was refused, which the form says."""
    actor_id = await begin(request, form)
    if actor_id is None:
        return None
    if contact.email:
        return await _write_to(request, form, draft, actor_id, contact.email)
    async with transaction(request.app[INSTANCE].pool) as conn:
        await passers_by.lock(conn, actor_id)
        await passers_by.drop_address(conn, actor_id)
    published = await publish(request, form, draft, actor_id)
    return None if published is None else await show_link(request, actor_id, published)


async def _write_to(
    request: web.Request, form: Form, draft: ListingDraft, actor_id: int, email: str
) -> web.Response | None:
    """What she typed waits; the address gets a link, whether it is known here or not, and only so often."""
    if not await _may_write_to(request, form, actor_id, email):
        return None
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        passer = await passers_by.lock(conn, actor_id)
        if passer is not None and passer.listing_id is not None:
            raise web.HTTPSeeOther("/depannage/mon-appel")  # it stands: nothing is left to confirm
        if passer is not None:
            typed = [*list_typed(form), *(("media", str(id)) for id in draft.media_ids)]
            await passers_by.keep_form(conn, actor_id, email, typed)
            payload = {"actor_id": actor_id, "turn": passer.turn + 1}
            await jobs.enqueue(conn, MAIL, payload, key=f"{MAIL}:{actor_id}:{passer.turn + 1}")
    return hide(await render(request, "repairs/calls/sent.html", email=email))


async def _may_write_to(request: web.Request, form: Form, actor_id: int, email: str) -> bool:
    """Count one more mail to this address, and of this network where the form named another one before."""
    async with transaction(request.app[INSTANCE].pool) as conn:
        passer = await passers_by.find(conn, actor_id)
    tries: list[tuple[Action, str]] = [("guest", email)]
    if passer is not None and passer.email not in ("", email):
        tries.append(("passing_call", visitor_network(request.remote)))
    for action, name in tries:
        if not await may_try(request, action, name):
            refuse_try(form, "email", action)
            return False
    return True


async def publish(request: web.Request, form: Form, draft: ListingDraft, actor_id: int) -> Listing | None:
    """Her call, and she is let in on this browser; None where it was refused, which the form says."""
    instance = request.app[INSTANCE]
    key_pairs = await make_key_pairs(instance.settings)
    try:
        async with transaction(instance.pool) as conn:
            name = make_name(request, form, draft)
            listing = await verbs.publish(conn, instance.site, actor_id, draft, name=name, key_pairs=key_pairs)
            await open_session(request, conn, await accounts.get(conn, actor_id), without_password=True)
            return listing
    except Invalid as error:
        note_refusal(form, error)
        return None


async def show_link(request: web.Request, actor_id: int, listing: Listing) -> web.Response:
    """The private link, once: nothing else leads back to her call from another device."""
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        passer = await passers_by.find(conn, actor_id)
        assert passer is not None
        link = await make_link(conn, instance, passer)
        held = await held_posts.find(conn, listing.id) is not None
    return hide(
        await render(
            request,
            "repairs/calls/link.html",
            link=link,
            details=listing.details,
            waits=held,
            path=f"/depannage/appels/{listing.id}",
        )
    )


def hide(response: web.Response) -> web.Response:
    """A page that nothing remembers and no link tells of."""
    response.headers.update(HEADERS)
    return response
