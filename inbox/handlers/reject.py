"""Reject: somebody does not, or no longer, let one of ours follow (AX3), or says no to terms or an agreement."""

from federation.vocabulary.activities.activities import Follow, Offer, QuoteRequest, Reject
from federation.vocabulary.activities.participation import Invite, Join
from inbox.communities.answers import process_answer
from inbox.errors import Ignored
from inbox.exchanges.agreements import OwnerState, act, apply_owner_state, find_answered, is_ours, read_reason
from inbox.relations import friendships
from inbox.relations.follow_questions import find_asked, find_our_follow
from models.exchanges.agreements import Agreement, State
from models.people.actors import Actor
from models.relations import follows
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.agreements import endings
from outbox.meetings import remote
from outbox.posts.quote_requests import process_refused_quote
from outbox.threads import waiting_lists_elsewhere
from outbox.threads.agreement_context import Said


async def handle_reject(conn: Connection, site: Site, sender: Actor, activity: Reject) -> None:
    """The relation stays as refused, so that the follower sees what became of it."""
    answered = activity.object
    quote = await find_asked(conn, sender, answered)
    if quote is not None:
        await process_refused_quote(conn, site, quote)
        return
    if await _is_about_participation(conn, site, sender, activity) or await friendships.process_reject(
        conn, sender, answered if isinstance(answered, str) else answered.id
    ):
        return
    held = await find_answered(conn, sender, answered) if isinstance(answered, Offer | str) else None
    if held is not None:
        await _reject_terms(conn, site, sender, activity, held)
        return
    match answered:
        case Follow() | str():
            follow = await find_our_follow(conn, site, sender, answered)
            await follows.reject(conn, follow.id)
        case Join() | Invite():
            raise Ignored("membership_not_asked")
        case QuoteRequest():
            raise Ignored("quote_not_asked")
        case _:
            raise Ignored("refuses_unknown_exchange")


async def _is_about_participation(conn: Connection, site: Site, sender: Actor, activity: Reject) -> bool:
    """Whether it answers what one of ours asked of a meeting or a community, or asked somebody: then it is done."""
    seat = await _refuse_seat(conn, site, sender, activity.object)
    return seat or await _end_place(conn, site, sender, activity) or await process_answer(conn, site, sender, activity)


async def _end_place(conn: Connection, site: Site, sender: Actor, activity: Reject) -> bool:
    """Whether one of ours asked by this Join for a place on a list of the sender's, and has none, or no longer."""
    uri = activity.object.id if isinstance(activity.object, Join) else activity.object
    waiting = await waiting_lists_elsewhere.find_asked(conn, sender, uri) if isinstance(uri, str) else None
    if waiting is not None:
        await waiting_lists_elsewhere.process_end(conn, site, waiting, read_reason(activity.content))
    return waiting is not None


async def _refuse_seat(conn: Connection, site: Site, sender: Actor, answered: object) -> bool:
    """Whether somebody of ours asked for this seat at a meeting of their server, and has none."""
    uri = answered.id if isinstance(answered, Join) else answered
    asked = await remote.find_asked(conn, sender, uri) if isinstance(uri, str) else None
    if asked is not None:
        await remote.process_reject(conn, site, *asked)
    return asked is not None


async def _reject_terms(conn: Connection, site: Site, sender: Actor, activity: Reject, held: Agreement) -> None:
    """The owner's no ends it; a partner's refuses the other's terms, or cancels what was agreed."""
    reason = read_reason(activity.content)
    if not await is_ours(conn, held):
        state: State = "cancelled" if held.state == "agreed" or activity.object == held.uri else "refused"
        await apply_owner_state(conn, site, sender, held, OwnerState(state=state, at=activity.published, reason=reason))
        return
    verb = endings.cancel if held.state == "agreed" else endings.refuse
    await act(conn, site, held, lambda: verb(conn, site, sender, held, Said(text=reason)))
