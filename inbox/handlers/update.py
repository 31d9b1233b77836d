"""Update: something published before is now like this, or an actor changed (AX7, AX8)."""

from datetime import UTC, datetime, timedelta

from federation.vocabulary.activities.activities import Update
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.agreements import Agreement, EconomicEvent
from federation.vocabulary.embedded import Postlike, is_postlike, note_of
from federation.vocabulary.objects import Note
from inbox.errors import Ignored
from inbox.exchanges.agreements import apply_owner_state, find_answered, read_owner_state
from inbox.exchanges.answers_in_words import process_words
from inbox.exchanges.repair_results import process_result
from inbox.exchanges.visit_addresses import keep_address
from inbox.posts.remote_changes import find_before, notify_change
from inbox.posts.remote_posts import find_author, save_post
from inbox.posts.thanks import process_thanks
from inbox.posts.votes import is_vote
from inbox.repairs.bikes.told_files import take_files
from models.people.actors import Actor
from models.posts import message_requests
from models.settings import Site
from models.store.database import Connection
from outbox.communities.charters import tell_of_charter
from outbox.servers.losses import process_loss

NEW = timedelta(days=1)
"""So long an Update may stand for a Create that did not come yet (AX7); listings are welcome at any age."""


async def handle_update(conn: Connection, site: Site, sender: Actor, activity: Update) -> None:
    """Newer versions replace what is held; what was never seen counts as new. Profiles were fetched anew already: of a
    community whose charter changed members here are asked again, and a server may say what it lost."""
    if isinstance(activity.object, ActorDocument) or activity.object == activity.actor:
        await tell_of_charter(conn, sender)
        await process_loss(conn, sender, activity)
        return
    if isinstance(activity.object, Agreement):
        await _follow_agreement(conn, site, sender, activity.object, activity.published)
        return
    if isinstance(activity.object, EconomicEvent):
        await process_result(conn, site, sender, activity.object)
        await take_files(conn, site, sender, activity.object)
        return
    if not is_postlike(activity.object):
        raise Ignored("kind_not_shown")
    if await is_vote(conn, activity.object):
        raise Ignored("vote_changed")
    await _replace_post(conn, site, sender, activity, activity.object)


async def _replace_post(conn: Connection, site: Site, sender: Actor, activity: Update, object: Postlike) -> None:
    before, id = await find_before(conn, object), note_of(object).id
    if before is None and _is_old(object) and not await message_requests.is_waiting(conn, id, sender.id):
        raise Ignored("edit_of_unknown_post")
    author = await find_author(conn, sender, object)
    edited_at = activity.published or datetime.now(UTC)
    saved = await save_post(conn, author, object, edited_at=edited_at, passed_on_by=activity.passed_on_by)
    post = saved.post
    await process_thanks(conn, author, object, post)
    if await notify_change(conn, site, author, before, post):
        await process_words(conn, site, author, post)


async def _follow_agreement(
    conn: Connection, site: Site, sender: Actor, document: Agreement, at: datetime | None
) -> None:
    """How an agreement stands, from the server that has the word; found by its id, or by the Offers that it names."""
    held = None
    for uri in (document.id, document.request, document.in_reply_to):
        held = held or (await find_answered(conn, sender, uri) if uri else None)
    if held is None:
        raise Ignored("agreement_unknown")
    if document.request not in (None, held.request_uri):
        raise Ignored("agreement_and_offer_differ")
    if sender.id == held.partner_id:
        await keep_address(conn, sender, held, document)
        return
    await apply_owner_state(conn, site, sender, held, read_owner_state(document, at))


def _is_old(object: Postlike) -> bool:
    return isinstance(object, Note) and object.published is not None and object.published < datetime.now(UTC) - NEW
