"""Somebody of the team opens a whole private talk of which a message was reported, where the cooperative allows it.

Both sides see in the thread that it happened, and get a message; the reason stands in the case and the journal.
"""

from datetime import UTC, datetime

from models import posts, preferences
from models.errors import Invalid, NotFound, Refusal
from models.exchanges import exchange_messages, exchanges
from models.moderation import cases, deciders, journal, reports
from models.moderation.cases import Case
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.posts import Post, conversations
from models.settings import Site
from models.store.database import Connection
from outbox.builders.texts.wording import write_day
from outbox.posts import notes
from outbox.threads.cooperative_messages import write_to_member

WORDS = {
    "fr": "L’équipe de la coop a ouvert votre conversation privée avec {other} le {day}, parce qu’un message y a été "
    "signalé. Elle a dit pourquoi, et le journal de la coop le garde.",
    "en": "The team of the cooperative opened your private conversation with {other} on {day}, because a message in it "
    "was reported. It said why, and the journal of the cooperative keeps it.",
}

REPORTS_READ = 500


async def find_openable(conn: Connection, case: Case, reader_id: int) -> set[str]:
    """The addresses of what members reported in this open case; none where the cooperative does not open talks."""
    if case.closed_at is not None or not (await preferences.load(conn)).talks_opened:
        return set()
    found = await reports.list_open(conn, reader_id=reader_id, case_id=case.id, limit=REPORTS_READ)
    return {uri for one in found if one.local and one.reporter_id is not None for uri in one.object_uris}


async def open_conversation(conn: Connection, site: Site, case_id: int, post_id: int, by: Account, motive: str) -> None:
    """Open the talk of this message. Raises NotFound where it is not hers to open, Invalid without a reason."""
    case = await cases.lock(conn, case_id, by.actor_id)
    if case is None:
        raise NotFound
    await deciders.require_free(conn, case_id, by.actor_id)
    post = await _get_reported(conn, case, post_id, by)
    if not motive.strip():
        raise Invalid("reading_motive_missing", field="motive")
    exchange_id = await exchange_messages.find_exchange_of(conn, post_id)
    if exchange_id is not None:
        await exchanges.add_event(conn, exchange_id, "read_by_team")
    untold = await _tell_both(conn, site, post)
    await cases.add_reading(conn, case_id, by.actor_id, post_id, motive, untold_ids=untold)
    await journal.record(
        conn,
        "conversation_read",
        by=by,
        right="reports",
        about_id=case.actor_id,
        case_id=case_id,
        motive=motive,
        untold=untold,
    )


async def list_opened(conn: Connection, case: Case, post_id: int, by: Account) -> list[Post]:
    """The talk that she opened lately, the eldest message first. Raises NotFound."""
    await _get_reported(conn, case, post_id, by)
    if not await cases.is_reading(conn, case.id, by.actor_id, post_id):
        raise NotFound
    found = await posts.list_by_ids(conn, await conversations.list_talk(conn, post_id))
    return sorted((one for one in found if one.deleted_at is None), key=lambda one: one.id)


async def _get_reported(conn: Connection, case: Case, post_id: int, by: Account) -> Post:
    """A private message that a member reported in this case. Raises NotFound."""
    found = await posts.list_by_ids(conn, [post_id])
    if not found or found[0].audience != "direct" or found[0].uri not in await find_openable(conn, case, by.actor_id):
        raise NotFound
    return found[0]


async def _tell_both(conn: Connection, site: Site, post: Post) -> list[int]:
    """Whom no message could tell: she is gone or suspended, or cannot be written to from here."""
    named = (await posts.list_mentions(conn, [post.id]))[post.id]
    people = await actors.list_by_ids(conn, [post.author_id, *named])
    day, untold = datetime.now(UTC), []
    for person in people:
        others = ", ".join(one.display_name for one in people if one.id != person.id)
        words = {
            code: text.format(other=others, day=write_day(day, french=code == "fr")) for code, text in WORDS.items()
        }
        if not await _write(conn, site, person, words):
            untold.append(person.id)
    return untold


async def _write(conn: Connection, site: Site, person: Actor, words: dict[str, str]) -> bool:
    """To a member of ours, or in French to somebody elsewhere; a guest sees it on the page of the thread.

    False where it could not be written: she who cannot be told keeps nobody else from being so.
    """
    coop = await actors.find_local(conn, "coop")
    if person.guest:
        return True
    if person.gone or coop is None or coop.gone:
        return False
    try:
        if person.local:
            return await write_to_member(conn, site, person, words) is not None
        text = f"@{person.handle} {words['fr']}"
        draft = notes.NoteDraft(text=text, audience="direct", language="fr", handles=(person.handle,))
        await notes.publish(conn, site, coop, draft)
    except Refusal:
        return False
    return True
