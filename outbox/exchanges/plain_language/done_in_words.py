"""Somebody says in words that what was agreed on was done, or yes to who asked whether it was."""

import re
from dataclasses import replace

from federation.texts.html_cleaner import to_text
from models import posts
from models.errors import Conflict
from models.exchanges import agreements, exchange_questions
from models.people.actors import Actor
from models.posts import Post, notes
from models.repairs.results.sides import is_repair
from models.settings import Site
from models.store.database import Connection
from outbox.builders.objects.agreement import AgreementContext
from outbox.exchanges import acts
from outbox.exchanges.agreements.fulfilment import find_reportable
from outbox.exchanges.plain_language.answers import names_of, read_done
from outbox.threads.agreement_context import Said, find_context

_QUESTION = re.compile(r"[?？؟](?!\w)")
"""What asks something; within an address the sign stands before a word."""


async def try_report(
    conn: Connection, site: Site, exchange_id: int, author: Actor, post: Post
) -> AgreementContext | None:
    """This note is her report that it was done; None where it says anything else, or cannot be true yet.

    Of several it is the one that she was asked about, else the first of which it may be true: newer terms may wait for
    an answer beside it. What comes back is reported by a word of its own, which nobody says in passing: a button does
    it.
    """
    held = await agreements.list_by_exchange(conn, exchange_id)
    if find_reportable(held, author.id) is None:
        return None
    asked_id = await _find_asked(conn, exchange_id, author, post)
    due = find_reportable([one for one in held if asked_id in (None, one.id)], author.id)
    if due is None:
        return None
    case = await find_context(conn, due)
    if agreements.final_step(case.listing.details.mode) != "done":
        return None
    if asked_id is None and not await _counts_unasked(conn, case, author, post):
        return None
    if not read_done(post.content, names_of(author, case.other_of(author)), asked=asked_id is not None):
        return None
    try:
        done = await acts.perform(conn, site, author, due, "done", Said(post_id=post.id))
    except Conflict:
        return None
    return replace(case, agreement=done)


async def _counts_unasked(conn: Connection, case: AgreementContext, author: Actor, post: Post) -> bool:
    """Whether nobody has to ask first: a repair that moves no points. « C’est fait » is said of many other things.

    What answers a question that the other one typed is about that, which nobody but the two can tell; the words in
    which terms were proposed ask too, and were answered before.
    """
    if not is_repair(case.listing.details) or case.agreement.points:
        return False
    newest = await _find_newest(conn, author, post)
    if newest is None or not _QUESTION.search(to_text(newest.content)):
        return True
    return await exchange_questions.is_question(conn, case.agreement.exchange_id, newest.id)


async def _find_asked(conn: Connection, exchange_id: int, author: Actor, post: Post) -> int | None:
    """The agreement of which the note that it answers says, or asks, whether it was done."""
    answered = await find_answered(conn, author, post)
    return None if answered is None else await exchange_questions.find_said_done(conn, exchange_id, answered.id)


def _is_rewritten(answered: Post) -> bool:
    """Whoever answers may have read other words: nothing says which. Others write any day as that of their note."""
    begun = min(answered.published_at, answered.received_at)
    return answered.updated_at is not None and answered.updated_at > begun


async def find_answered(conn: Connection, author: Actor, post: Post) -> Post | None:
    """The newest note of the other one above this one; None where it was rewritten."""
    newest = await _find_newest(conn, author, post)
    return None if newest is None or _is_rewritten(newest) else newest


async def _find_newest(conn: Connection, author: Actor, post: Post) -> Post | None:
    above = await posts.list_by_ids(conn, await notes.list_ancestors(conn, post.id))
    theirs = [one for one in above if one.author_id != author.id]
    return max(theirs, key=lambda one: one.id, default=None)
