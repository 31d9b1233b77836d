"""A private "oui" or "non" in words: by whoever has no button for it, in an app of ours or on a server elsewhere."""

import re
from dataclasses import replace

from federation.html import to_text
from models import actors, agreements, exchange_messages, exchange_notices, notes, posts
from models.actors import Actor
from models.agreements import Agreement, is_turn_of
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid, NotFound
from models.posts import Post
from models.settings import Site
from outbox import messages
from outbox import notes as outbox_notes
from outbox.agreements import accept
from outbox.cases import Said, find_case
from outbox.endings import refuse
from outbox.mentions import find_handles
from outbox.messages import Words
from outbox.notes import NoteDraft
from outbox.notices import confirm

YES = (
    *("oui", "ouais", "ok", "okay", "d'accord", "entendu", "parfait", "volontiers", "👍"),
    *("yes", "yep", "sure", "agreed"),
)
NO = ("non", "no", "nope", "👎")
DOUBT = {"mais", "sauf", "plutôt", "plutot", "si", "pas", "but", "except", "not", "unless", "peut-être", "maybe"}
"""With any of these it is a message, to be read by a person."""

LONGEST = 8
"""Words of an answer; longer ones say more than yes or no."""


def read_answer(content: str) -> bool | None:
    """Whether a note says yes or no and nothing else; None for everything that a person has to read."""
    text = re.sub(r"(?<!\S)@\S+", " ", to_text(content)).replace("’", "'").casefold()
    if "?" in text:
        return None
    words = re.findall(r"[\w'-]+|[👍👎]", text)
    if not words or len(words) > LONGEST or DOUBT & set(words):
        return None
    if words[0] in YES and not set(words) & set(NO):
        return True
    if words[0] in NO and not set(words) & set(YES):
        return False
    return None


async def hear(conn: Connection, site: Site, author: Actor, post: Post) -> Agreement | None:
    """A private note that says yes or no to the terms on the table does it; None where it is a message and no more.

    Raises Conflict, Invalid and Forbidden where it cannot be done.
    """
    answer = read_answer(post.content) if post.audience == "direct" else None
    held = await _find_asked(conn, author, post) if answer is not None else None
    if held is None:
        return None
    said = Said(offer_uri=held.offer_uri, post_id=post.id)
    return await (accept if answer else refuse)(conn, site, author, held, said)


async def hear_member(conn: Connection, site: Site, author: Actor, post: Post) -> None:
    """The same from an app of ours, which is told what became of it."""
    held = await _find_asked(conn, author, post) if read_answer(post.content) is not None else None
    if held is None:
        return
    case = await find_case(conn, held)
    try:
        done = await hear(conn, site, author, post)
    except (Conflict, Invalid, Forbidden):
        await confirm(conn, site, case, author, "failed_here")
        return
    if done is not None and done.state in ("agreed", "refused"):
        kind = "agreed" if done.state == "agreed" else "refused_here"
        await confirm(conn, site, replace(case, agreement=done), author, kind)


async def _find_asked(conn: Connection, author: Actor, post: Post) -> Agreement | None:
    """The agreement that waits for this person's word, and whose question the note answers."""
    thread = await exchange_messages.find_by_message(conn, post.id)
    held = await agreements.get_latest(conn, thread.id) if thread is not None else None
    role = held.role_of(author.id) if held is not None else None
    if held is None or role is None or not is_turn_of(held, role):
        return None
    return held if await _is_answer(conn, held, author, post) else None


async def _is_answer(conn: Connection, held: Agreement, author: Actor, post: Post) -> bool:
    """Whether it answers the question, or something later of the other one that asks nothing: none of that binds."""
    question = await exchange_notices.find_question(conn, held.id)
    above = {one.id: one for one in await posts.list_by_ids(conn, await notes.list_ancestors(conn, post.id))}
    answered = next((above[id] for id in sorted(above, reverse=True) if above[id].author_id != author.id), None)
    if question is None or answered is None or answered.id < question:
        return False
    return answered.id == question or "?" not in to_text(answered.content)


async def answer_notice(conn: Connection, site: Site, author: Actor, notice: Post, draft: NoteDraft) -> Post:
    """An answer to what only her apps know: a message to the other one, below what both have of the thread.

    Raises Conflict where the two can no longer write to each other, and Invalid.
    """
    thread = await exchange_notices.find_exchange(conn, notice.id)
    if thread is None:
        raise NotFound
    other = await actors.get(conn, thread.other_of(author.id))
    if not await messages.may_write(conn, author, other):
        raise Conflict("Vous ne pouvez plus vous écrire ici.")
    parent = await messages.find_parent(conn, author, thread)
    if parent is None:
        raise Conflict("L’annonce a été retirée, et il n’y a plus rien à quoi répondre ici.")
    named = {handle.partition("@")[0] for handle in find_handles(draft.text)}
    text = draft.text if other.username in named or parent.author_id == other.id else f"@{other.handle} {draft.text}"
    note = await outbox_notes.answer(conn, site, author, parent, replace(draft, text=text, audience="direct"))
    await exchange_notices.tie(conn, note.id, notice.id)
    [tied] = await posts.list_by_ids(conn, [note.id])
    return tied


async def pass_to_guest(conn: Connection, site: Site, author: Actor, letter: Post, text: str) -> None:
    """What a member answers to the cooperative's letter about a guest goes to the guest, without the name before it."""
    thread = await exchange_notices.find_exchange(conn, letter.id) if letter.kind == "note" else None
    if thread is not None:
        await messages.write(conn, site, author, thread, Words(text=re.sub(r"\A(?:@\S+\s*)+", "", text)))
