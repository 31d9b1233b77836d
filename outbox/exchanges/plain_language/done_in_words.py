"""Somebody says in words that what was agreed on was done, or yes to who asked whether it was."""

from models import posts
from models.errors import Conflict
from models.exchanges import agreements, exchange_questions
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.posts import Post, notes
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.exchanges import acts
from outbox.exchanges.plain_language.answers import names_of, read_done
from outbox.threads.agreement_context import Said


async def try_report(
    conn: Connection, site: Site, case: AgreementContext, author: Actor, post: Post
) -> Agreement | None:
    """This note is her report that it was done; None where it says anything else, or cannot be true yet.

    What comes back is reported by a word of its own, which nobody says in passing: a button does it.
    """
    held = case.agreement
    told = await agreements.list_reports(conn, held.id)
    if agreements.final_step(case.listing.details.mode) != "done" or any(one.actor_id == author.id for one in told):
        return None
    if not read_done(
        post.content, names_of(author, case.other_of(author)), asked=await _is_asked(conn, held, author, post)
    ):
        return None
    try:
        return await acts.perform(conn, site, author, held, "done", Said(post_id=post.id))
    except Conflict:
        return None


async def _is_asked(conn: Connection, held: Agreement, author: Actor, post: Post) -> bool:
    """Whether it answers a note that says, or asks, whether it was done."""
    answered = await find_answered(conn, author, post)
    return answered is not None and await exchange_questions.asks_whether_done(conn, held.exchange_id, answered.id)


def _is_rewritten(answered: Post) -> bool:
    """Whoever answers may have read other words: nothing says which. Others write any day as that of their note."""
    begun = min(answered.published_at, answered.received_at)
    return answered.updated_at is not None and answered.updated_at > begun


async def find_answered(conn: Connection, author: Actor, post: Post) -> Post | None:
    """The newest note of the other one above this one; None where it was rewritten."""
    above = await posts.list_by_ids(conn, await notes.list_ancestors(conn, post.id))
    theirs = [one for one in above if one.author_id != author.id]
    newest = max(theirs, key=lambda one: one.id, default=None)
    return None if newest is None or _is_rewritten(newest) else newest
