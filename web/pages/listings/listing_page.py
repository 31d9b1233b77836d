"""The page of one listing, ours or a copy: what it says, who answered, and what its author may do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiohttp import web
from markupsafe import Markup

from federation.uris import listing_url
from models import posts
from models.errors import NotFound
from models.exchanges import exchange_messages
from models.listings import listings
from models.listings.listings import Listing, ListingDetails
from models.moderation import held_posts, sanctions
from models.moderation.held_posts import HeldPost
from models.moderation.sanctions import Hiding
from models.people.actors import Actor
from models.places import geometry
from models.places.places import Commune, Place
from models.posts import PUBLIC, PostCounts
from models.posts.media import media
from models.settings import Site
from models.store.database import Connection, connection
from web.actions.call_openings import note_call_opened
from web.forms.form import Form, blank_form
from web.http.app_keys import INSTANCE
from web.http.row_ids import read_short, write_short
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.comments import Comment, list_comments
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_by_id import get_listing
from web.pages.components.listing_cards import (
    CoopBadge,
    ListingCard,
    Picture,
    draw_pictures,
    find_coop_badge,
    place_words,
)
from web.pages.components.opening_hours import PlaceView, find_opening_hours
from web.pages.components.people import Person, load_writer_and_reader, person_of
from web.pages.components.quotes import QuoteCount, count_quotes
from web.pages.components.reader_location import find_reader_commune
from web.pages.components.response_times import find_reply_time
from web.pages.exchanges.guests.contact_option import ContactOption, find_shown_option
from web.pages.exchanges.listing_actions import ListingActions, find_listing_actions
from web.pages.listings.call_progress import CallProgress, load_call_progress
from web.pages.listings.fitting_offers import FittingOffers, find_fitting_offers
from web.pages.listings.inside_mark import InsideMark, find_inside
from web.pages.listings.own_listings import ALREADY_PROLONGED
from web.pages.listings.place_drawing import PlaceDrawing, draw_place
from web.pages.listings.similar_listings import list_similar
from web.pages.listings.unavailability import UnavailabilityView, ask_for_calendar, find_unavailability
from web.pages.traffic.delivery_status import DeliveryStatus, find_own_delivery, find_reaction_delivery
from web.pages.traffic.failure_causes import explain_stop
from web.rendering.alternate_links import name_document
from web.rendering.feeds.listing_bundles import ListingBundle
from web.rendering.open_graph import shorten
from web.rendering.paths import listing_path
from web.rendering.render import N_, count_unread, find_branding, render, say
from web.rendering.schema_org import describe_listing
from web.security.session import current_account, logged_in, reader_of

SAID = {
    "published": N_("Votre annonce est publiée. Vous voyez plus bas où elle est partie."),
    "held": N_("C’est envoyé. Quelqu’un de l’équipe va le relire, puis tout le monde le verra."),
    "changed": N_("C’est changé, ici et bientôt partout où l’annonce est copiée."),
    "sent": N_("Votre message est parti. Vous voyez dessous s’il est arrivé."),
    "days": N_("C’est noté. Qui regarde l’annonce voit ces jours pris, sans savoir pourquoi."),
    "asked": N_("C’est demandé. Vous verrez sa réponse ici et dans votre échange."),
    "waits": N_("C’est noté : vous êtes sur la liste. Nous vous le dirons quand c’est votre tour."),
    "left": N_("C’est noté : vous n’êtes plus sur la liste."),
    "state": N_("C’est noté, ici et bientôt partout où l’annonce est copiée."),
    "prolonged": ALREADY_PROLONGED,
    "wider": N_("C’est noté : des personnes un peu plus loin sont prévenues maintenant."),
    "again": N_("C’est relancé : qui n’avait pas ouvert votre appel en est prévenu une nouvelle fois."),
}
"""What the page says after something was done, by the word in its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingView:
    """Everything the page of a listing shows. `delivery` is for its author, None where it never leaves.

    `reaction_deliveries` tells where the reader's like and share are; `messages` are private ones outside any thread.
    `held` is what waits of it for a look of the team, for its author.
    """

    id: int
    uuid: str
    uri: str
    url: str
    path: str
    short: str
    local: bool
    mail_door: ContactOption
    own: bool
    ways: ListingActions
    details: ListingDetails
    description: Markup
    summary: str
    sensitive: bool
    warning: str
    language: str | None
    refreshed_at: datetime
    place: str
    drawing: PlaceDrawing | None
    distance: float | None
    author: Person
    habit: str
    plate: CoopBadge | None
    pictures: list[Picture]
    files: list[Attachment]
    questions: list[Comment]
    messages: list[Comment]
    delivery: DeliveryStatus | None
    called: CallProgress | None
    counts: PostCounts
    may_share: bool
    inside: InsideMark | None
    citing: QuoteCount
    reaction_deliveries: dict[str, DeliveryStatus]
    taken: UnavailabilityView | None
    opening: PlaceView | None
    similar: list[ListingCard]
    fitting: FittingOffers | None
    waits: bool
    held: HeldPost | None
    hiding: Hiding | None


async def show_local(request: web.Request) -> web.Response:
    """GET /annonces/UUID. Raises Gone for what was withdrawn, NotFound for what the reader may not see."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_url(conn, listing_url(instance.site, request.match_info["uuid"]))
        if listing is None:
            raise NotFound
        posts.require_standing(listing.post, reader_of(request))
        view = await load_listing_view(conn, request, listing)
    await note_call_opened(instance, listing, reader_of(request))
    return name_document(await _show(request, view), listing.uri)


async def show_by_id(request: web.Request) -> web.Response:
    """GET /annonces/d/ID: a copy; ours has its own address and is shown there, a meeting its own page."""
    instance = request.app[INSTANCE]
    async with connection(instance.pool) as conn:
        listing = await get_listing(conn, request)
        if listing.post.local or listing.details.meeting:
            raise web.HTTPSeeOther(listing_path(instance.site, listing))
        view = await load_listing_view(conn, request, listing, checked=True)
    await note_call_opened(instance, listing, reader_of(request))
    await ask_for_calendar(instance, listing, member=current_account(request) is not None)
    return await _show(request, view)


async def show_short(request: web.Request) -> web.Response:
    """GET /a/SHORT: the address on a poster. Raises NotFound where the reader may not see it."""
    instance = request.app[INSTANCE]
    id = read_short(request.match_info["short"])
    async with connection(instance.pool) as conn:
        listing = await listings.find_by_post(conn, id)
        if listing is None:
            raise NotFound
        posts.require_standing(listing.post, reader_of(request))
        if not await posts.filter_visible(conn, [id], reader_of(request)):
            raise NotFound
    raise web.HTTPSeeOther(listing_path(instance.site, listing))


async def show_again(
    request: web.Request, listing: Listing, *, answer: Form | None = None, refused: Form | None = None
) -> web.Response:
    """The page with a form as it came back with something wrong: an `answer`, or a change that was `refused`."""
    async with connection(request.app[INSTANCE].pool) as conn:
        view = await load_listing_view(conn, request, listing)
    return await _show(request, view, answer=answer, refused=refused)


async def _show(
    request: web.Request, view: ListingView, *, answer: Form | None = None, refused: Form | None = None
) -> web.Response:
    wanted = answer.typed("reply_to") if answer else request.query.get("a", "")
    meant = {"audience": "tous"} if request.query.get("pour") == "tous" else {}
    return await render(
        request,
        "listings/show.html",
        status=422 if answer or refused else 200,
        view=view,
        form=answer or blank_form(request, meant),
        answered=next((one for one in (*view.questions, *view.messages) if str(one.id) == wanted), None),
        explain_stop=partial(explain_stop, partial(say, request)),
        refused=refused.errors if refused else {},
        typed=refused or blank_form(request),
        ended=_has_ended(view.details),
        said=find_flash_message(request, SAID),
        schema=_describe(request, view),
    )


def _describe(request: web.Request, view: ListingView) -> dict[str, Any] | None:
    """What search engines read of a listing of ours that everybody may read."""
    if not (view.local and view.may_share):
        return None
    photo = view.pictures[0] if view.pictures and not view.sensitive else None
    origin = request.app[INSTANCE].site.url
    image = (photo.url if photo.url.startswith("http") else origin + photo.url) if photo else ""
    return describe_listing(view.details, url=view.url, description=view.summary, image=image, author=view.author.name)


def _has_ended(details: ListingDetails) -> bool:
    """Whether it stands again only with another end."""
    return details.expires_at is not None and details.expires_at <= datetime.now(UTC)


async def load_listing_view(
    conn: Connection, request: web.Request, listing: Listing, *, checked: bool = False
) -> ListingView:
    """Everything that the page shows. Raises NotFound where the reader may not see it, unless that was `checked`."""
    site, account, keeper = request.app[INSTANCE].site, current_account(request), logged_in(request)
    reader_id = reader_of(request)
    if not checked and not await posts.filter_visible(conn, [listing.id], reader_id):
        raise NotFound
    branding = await find_branding(request, conn)
    await count_unread(request, conn)
    post, details = listing.post, listing.details
    author, me = await load_writer_and_reader(conn, post.author_id, account)
    own = reader_id == post.author_id
    questions, messages = await _list_remarks(conn, site, post.id, reader_id)
    photos = await media.list_by_posts(conn, [post.id])
    return ListingView(
        id=post.id,
        uuid=post.url.rpartition("/")[2],
        uri=post.uri,
        url=post.url,
        path=listing_path(site, listing),
        short=f"{site.url}/a/{write_short(post.id)}",
        local=post.local,
        mail_door=await find_shown_option(conn, request, listing),
        own=own,
        ways=await find_listing_actions(conn, request, listing, author, me),
        details=details,
        description=Markup(details.description),  # noqa: S704 - cleaned by federation/texts/html_cleaner when it was stored
        summary=shorten(details.description),
        sensitive=post.has_warning,
        warning=post.warning,
        language=post.language,
        refreshed_at=max(post.received_at, post.updated_at or post.received_at),
        place=place_words(details),
        drawing=await draw_place(conn, find_place(listing, author)),
        distance=distance_to(details, await find_reader_commune(conn, account, branding)),
        author=person_of(author),
        habit=await find_reply_time(conn, author.id),
        plate=await find_coop_badge(conn, author, details.territory_uri),
        pictures=draw_pictures(site, photos.get(post.id, []), details.title),
        files=list_attachments(site, photos.get(post.id, [])),
        questions=questions,
        messages=messages,
        delivery=await find_own_delivery(conn, post, reader_id),
        called=await load_call_progress(conn, site, listing) if own and details.kind == "repair_call" else None,
        counts=(await posts.count(conn, [post.id], keeper.actor_id if keeper else None))[post.id],
        may_share=post.audience in PUBLIC,
        inside=await find_inside(conn, post, author),
        citing=await count_quotes(conn, post, reader_id),
        reaction_deliveries=await find_reaction_delivery(conn, reader_id, post.uri),
        taken=await find_unavailability(conn, listing, own=own),
        opening=find_opening_hours(author),
        waits=post.waits,
        held=(await held_posts.map_own(conn, reader_id if own else None, [post.id])).get(post.id),
        hiding=await sanctions.find_hiding(conn, post.id) if post.hidden_at is not None else None,
        similar=await list_similar(conn, site, listing, reader_id=reader_id),
        fitting=await find_fitting_offers(conn, site, listing, own=own),
    )


async def _list_remarks(
    conn: Connection, site: Site, post_id: int, reader_id: int | None
) -> tuple[list[Comment], list[Comment]]:
    """Questions to all, and private messages that stand in no thread."""
    remarks = await list_comments(conn, site, post_id, reader_id)
    private = [one for one in remarks if one.private]
    threaded = await exchange_messages.filter_kept(conn, [one.id for one in private])
    return [one for one in remarks if not one.private], [one for one in private if one.id not in threaded]


def find_place(listing: Listing, author: Actor) -> Place | None:
    """Where it is, as others may see it."""
    return ListingBundle(listing=listing, author=author, coop=None, photos=[], distance=None).place


def distance_to(details: ListingDetails, commune: Commune | None) -> float | None:
    """Metres from where the reader looks; None when a place is unknown, or as near as the blur lets one tell."""
    if commune is None or details.latitude is None or details.longitude is None:
        return None
    metres = geometry.distance(commune.latitude, commune.longitude, details.latitude, details.longitude)
    return geometry.describe_distance(metres, details.radius)
