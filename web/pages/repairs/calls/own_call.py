"""A call as its caller sees it: how far it is, who proposes what, who was told, and what remains if nobody comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from aiohttp import web

from models.errors import NotFound
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.listings.listings import STANDING, Listing, ListingDetails
from models.moderation import held_posts, sanctions
from models.moderation.sanctions import Hiding
from models.people.accounts import Account
from models.posts.media import media
from models.repairs import passers_by
from models.repairs.results import results
from models.repairs.results.sides import note_of
from models.settings import Site
from models.store.database import Connection, connection
from outbox.builders.texts.repair_results import write_result
from web.http.app_keys import INSTANCE
from web.pages.components.attachments import Attachment, list_attachments
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_by_id import get_listing
from web.pages.components.listing_cards import Picture, draw_pictures, place_words
from web.pages.components.opening_hours import OpenPlace, list_open_places
from web.pages.exchanges.reserve.answers import Answer, Answers, list_answers
from web.pages.exchanges.thread.thread_page import locale_of
from web.pages.listings.call_progress import CallProgress, load_call_progress
from web.pages.repairs.tours.passage_lines import PassageLine, list_in_commune
from web.rendering.paths import exchange_path, listing_path
from web.rendering.render import N_, reader_language, render
from web.security.session import require_account

SAID = {
    "held": N_("Votre appel est arrivé."),
    "published": N_("Votre appel est parti. Cette page dit où il en est."),
    "done": N_("C’est noté : réparé. Les autres le savent."),
    "elsewhere": N_("C’est noté : l’appel est clos, et les autres le savent."),
    "cancelled": N_("C’est noté : l’appel est annulé, et les autres le savent."),
    "reopen": N_("L’appel est rouvert : on peut de nouveau vous répondre."),
    "pause": N_("L’appel est en pause."),
    "prolong": N_("L’appel reste plus longtemps."),
    "changed": N_("C’est changé."),
    "changed_held": N_("C’est noté. L’équipe relit ce que vous avez changé."),
    "prolonged": N_("C’était déjà prolongé : une fois suffit."),
}

CHANGE = "/depannage/mon-appel/changer"
"""Where who passes by changes hers; members have the long form."""

STAGES = (N_("Envoyé"), N_("On vous répond"), N_("Rendez-vous"), N_("Réparé"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One who answered; `offer` is what a yes says yes to, None where she only wrote or it is not the caller's turn."""

    answer: Answer
    offer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedResult:
    """What one of the two noted came out; `own` by the caller."""

    words: str
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CallView:
    """Everything that the page shows. `stage` counts from 0 in STAGES; `state` is the word that the heading says.

    `thread` is the page of the exchange with who was chosen, `result` where it is noted what came out of that
    agreement, `noted` what did, `confirms` the agreement of which the other one said that it is done, and the caller is
    asked.
    """

    id: int
    path: str
    public_path: str
    details: ListingDetails
    proposals: list[Proposal]
    chosen_name: str
    state: str
    stage: int
    called: CallProgress
    uuid: str
    place: str
    text: str
    photos: list[Picture]
    files: list[Attachment]
    workshops: list[OpenPlace]
    passages: list[PassageLine]
    sent_at: datetime
    hiding: Hiding | None
    passing: bool
    by_mail: bool
    change_path: str
    change_waits: bool
    noted: list[NotedResult]
    thread: str
    result: str
    confirms: int | None


def call_path(listing_id: int) -> str:
    """The page of a call for whoever made it."""
    return f"/depannage/appels/{listing_id}"


async def show_own_call(request: web.Request) -> web.Response:
    """GET /depannage/appels/ID. Raises NotFound for everybody but who made the call."""
    account = require_account(request)
    async with connection(request.app[INSTANCE].pool) as conn:
        listing = await get_listing(conn, request)
        if listing.post.author_id != account.actor_id or listing.details.kind != "repair_call":
            raise NotFound
        view = await _load(conn, request, account, listing)
    return await render(
        request, "repairs/calls/own.html", view=view, stages=STAGES, said=find_flash_message(request, SAID)
    )


async def _load(conn: Connection, request: web.Request, account: Account, listing: Listing) -> CallView:
    details, post, site = listing.details, listing.post, request.app[INSTANCE].site
    answers = await list_answers(conn, locale_of(request), account.actor_id, listing)
    live = await agreements.list_live_by_listing(conn, listing.id)
    chosen = next((one for one in live if one.state == "agreed"), None)
    proposals = _list_proposals(answers, live)
    settled = chosen or await _find_done(conn, answers)
    waits = await _find_waiting(conn, listing)
    state = "held" if waits == "call" else _find_state(details, chosen, answered=bool(proposals))
    hung = (await media.list_by_posts(conn, [listing.id]))[listing.id]
    return CallView(
        id=listing.id,
        path=call_path(listing.id),
        public_path=listing_path(site, listing),
        details=details,
        proposals=proposals,
        chosen_name=_find_chosen_name(answers, chosen),
        state=state,
        stage=STAGE_OF.get(state, 0),
        called=await load_call_progress(conn, site, listing),
        uuid=post.url.rpartition("/")[2],
        place=place_words(details),
        text=post.source,
        photos=draw_pictures(site, hung, details.title),
        files=list_attachments(site, hung),
        workshops=await list_open_places(conn, details.latitude, details.longitude),
        passages=await list_in_commune(conn, site, account.actor_id, details.commune_code, locale_of(request).language),
        sent_at=post.published_at,
        hiding=await sanctions.find_hiding(conn, post.id) if waits != "call" and post.hidden_at else None,
        passing=account.passing,
        by_mail=await _is_mailed(conn, account),
        change_path=_find_change(account, site, listing),
        change_waits=waits == "change",
        noted=await _list_noted(conn, request, account, settled),
        thread="" if settled is None else exchange_path(settled.exchange_id),
        result="" if settled is None else f"{exchange_path(settled.exchange_id)}/resultat?accord={settled.id}",
        confirms=_find_confirming(chosen),
    )


async def _find_waiting(conn: Connection, listing: Listing) -> Literal["", "call", "change"]:
    """What the team is to look at: the call itself, or what was changed in it while it stands."""
    held = await held_posts.find(conn, listing.id)
    if held is None:
        return ""
    return "call" if held.draft is None else "change"


def _find_change(account: Account, site: Site, listing: Listing) -> str:
    """Where she changes her call, as long as it stands."""
    if listing.details.status not in STANDING:
        return ""
    return CHANGE if account.passing else f"{listing_path(site, listing)}/modifier"


def _find_confirming(chosen: Agreement | None) -> int | None:
    return chosen.id if chosen is not None and chosen.partner_reported_at is not None else None


async def _find_done(conn: Connection, answers: Answers) -> Agreement | None:
    """What was agreed and done, of those who answered."""
    found = [await agreements.get_latest(conn, one.row.id) for one in answers.people]
    return next((one for one in found if one is not None and one.state == "done"), None)


async def _list_noted(
    conn: Connection, request: web.Request, account: Account, held: Agreement | None
) -> list[NotedResult]:
    told = [] if held is None else await results.list_of_agreement(conn, held.id)
    language = reader_language(request)
    return [
        NotedResult(words=write_result(note_of(one), language), own=one.author_id == account.actor_id) for one in told
    ]


def _list_proposals(answers: Answers, live: Sequence[Agreement]) -> list[Proposal]:
    offers = {one.exchange_id: one.offer_uri for one in live if one.state in agreements.OPEN}
    return [Proposal(answer=one, offer=offers.get(one.row.id) if one.choose else None) for one in answers.people]


def _find_chosen_name(answers: Answers, chosen: Agreement | None) -> str:
    return next((one.row.other for one in answers.people if chosen and one.row.id == chosen.exchange_id), "")


async def _is_mailed(conn: Connection, account: Account) -> bool:
    """Whether somebody who passes by is told of answers by mail."""
    passer = await passers_by.find(conn, account.actor_id) if account.passing else None
    return passer is not None and passer.email != "" and passer.stopped_at is None


ENDED = {"fulfilled": "done", "cancelled": "cancelled", "paused": "paused", "expired": "expired"}

STAGE_OF = {"open": 0, "answered": 1, "agreed": 2, "under_way": 2, "done": 3}
"""How far a call is, by its state; what ended otherwise got nowhere."""


def _find_state(details: ListingDetails, chosen: Agreement | None, *, answered: bool) -> str:
    """`open`, `answered`, `agreed`, `under_way`, `done`, `cancelled`, `expired` or `paused`."""
    if details.status in ENDED:
        return ENDED[details.status]
    now = datetime.now(UTC)
    if chosen is not None:
        begins = chosen.terms.begins_at
        return "under_way" if begins is not None and begins <= now else "agreed"
    if details.expires_at is not None and details.expires_at <= now:
        return "expired"
    return "answered" if answered else "open"
