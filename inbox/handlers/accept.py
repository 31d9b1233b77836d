"""Accept: somebody lets one of ours follow (AX3) or come in, or says yes to terms (FEP-0837) or an invitation."""

from federation.uris import is_local, same_origin
from federation.vocabulary.activities.activities import Accept, Follow, Offer, QuoteRequest
from federation.vocabulary.activities.participation import Invite, Join
from federation.vocabulary.agreements import Agreement as Document
from inbox.communities.answers import process_answer
from inbox.errors import Ignored
from inbox.exchanges.agreements import (
    act,
    apply_owner_state,
    find_answered,
    is_ours,
    read_owner_state,
    read_terms,
    result_of,
)
from inbox.exchanges.assent import as_held
from inbox.relations import friendships
from inbox.relations.follow_questions import find_asked, find_our_follow
from inbox.repairs.bikes.books import process_accept
from models.errors import Invalid
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.relations import follows
from models.settings import Site
from models.store.database import Connection
from models.traffic import answered_follows, backfills
from outbox.exchanges.agreements import agreements
from outbox.meetings import remote
from outbox.posts.quote_requests import process_accepted_quote
from outbox.relations.follows import unfollow_again
from outbox.servers.lost_acts import answer_lost
from outbox.threads import waiting_lists_elsewhere
from outbox.threads.agreement_context import Said, answer_with_current_state, find_context


async def handle_accept(conn: Connection, site: Site, sender: Actor, activity: Accept) -> None:
    """Believed only from the followed actor, and only for a Follow that we sent.

    One that was taken back meanwhile is taken back again: they believe it, however it came to that (D10).
    """
    answered = activity.object
    quote = await find_asked(conn, sender, answered)
    if quote is not None:
        await process_accepted_quote(conn, site, quote, _require_stamp(sender, activity))
        return
    if await _is_about_participation(conn, site, sender, activity) or await _is_of_one_kind(
        conn, site, sender, activity
    ):
        return
    held = await find_answered(conn, sender, answered) if isinstance(answered, Offer | str) else None
    if held is not None:
        await _accept_terms(conn, site, sender, activity, held)
        return
    match answered:
        case Follow() | str():
            await _begin_to_follow(conn, site, sender, activity, answered)
        case Join() | Invite():
            raise Ignored("membership_not_asked")
        case QuoteRequest():
            raise Ignored("quote_not_asked")
        case _:
            if not await answer_lost(conn, site, sender, activity):
                raise Ignored("accepts_unknown_exchange")


async def _is_about_participation(conn: Connection, site: Site, sender: Actor, activity: Accept) -> bool:
    """Whether it answers what one of ours asked of a meeting or a community, or asked somebody: then it is done."""
    seat = await _accept_seat(conn, site, sender, activity.object)
    return (
        seat or await _begin_turn(conn, sender, activity.object) or await process_answer(conn, site, sender, activity)
    )


async def _is_of_one_kind(conn: Connection, site: Site, sender: Actor, activity: Accept) -> bool:
    """Whether it answers a bike that one of ours gives, or the friendship that our cooperative proposes."""
    uri = activity.object if isinstance(activity.object, str) else activity.object.id
    return await process_accept(conn, site, sender, activity) or await friendships.process_accept(conn, sender, uri)


async def _begin_turn(conn: Connection, sender: Actor, answered: object) -> bool:
    """Whether one of ours waits, by this Join, for what the sender lends, and it is her turn now."""
    uri = answered.id if isinstance(answered, Join) else answered
    waiting = await waiting_lists_elsewhere.find_asked(conn, sender, uri) if isinstance(uri, str) else None
    if waiting is not None:
        await waiting_lists_elsewhere.process_turn(conn, sender, waiting)
    return waiting is not None


async def _accept_seat(conn: Connection, site: Site, sender: Actor, answered: object) -> bool:
    """Whether somebody of ours asked for this seat at a meeting of their server, and has it now."""
    uri = answered.id if isinstance(answered, Join) else answered
    asked = await remote.find_asked(conn, sender, uri) if isinstance(uri, str) else None
    if asked is not None:
        people = answered.people if isinstance(answered, Join) else None
        await remote.process_accept(conn, site, *asked, people)
    return asked is not None


def _require_stamp(sender: Actor, activity: Accept) -> str:
    if activity.stamp is None or not same_origin(activity.stamp, sender.uri):
        raise Ignored("quote_without_stamp")
    return activity.stamp


async def _begin_to_follow(
    conn: Connection, site: Site, sender: Actor, activity: Accept, answered: Follow | str
) -> None:
    uri = answered if isinstance(answered, str) else answered.id
    if uri and is_local(site, uri):
        await answered_follows.confirm(conn, uri, sender.uri)
        if await unfollow_again(conn, site, uri, sender):
            return
    try:
        follow = await find_our_follow(conn, site, sender, answered)
    except Ignored:
        if not await answer_lost(conn, site, sender, activity):
            raise
        return
    newly = await follows.accept(conn, follow.id)
    if newly and await follows.filter_followed_once(conn, [sender.id]):
        await backfills.ask(conn, sender.id)  # the first of ours: what came before is wanted too


async def _accept_terms(conn: Connection, site: Site, sender: Actor, activity: Accept, held: Agreement) -> None:
    """From the owner it binds; from a partner it binds when her terms are those on the table."""
    document = result_of(activity)
    if not await is_ours(conn, held):
        await apply_owner_state(
            conn, site, sender, held, read_owner_state(document, activity.published, state="agreed")
        )
        return
    offer_uri = activity.object if isinstance(activity.object, str) else activity.object.id
    if not await _are_current_terms(conn, document, held):
        await answer_with_current_state(conn, site, held)
        return
    await act(conn, site, held, lambda: agreements.accept(conn, site, sender, held, Said(offer_uri=offer_uri)))


async def _are_current_terms(conn: Connection, document: Document, held: Agreement) -> bool:
    """Whether the yes is to the terms that wait for it, word for word."""
    try:
        said = read_terms(document, (await find_context(conn, held)).listing.details)
    except Invalid:
        return False
    return as_held(said, held) == held.terms
