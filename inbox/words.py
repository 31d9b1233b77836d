"""People whose server reads no agreements answer in words: a private "oui" or "non" to what is on the table."""

import re

from federation.html import to_text
from inbox.agreements import is_ours
from models import agreements, exchange_messages
from models.actors import Actor
from models.agreements import is_turn_of
from models.database import Connection
from models.errors import Conflict, Forbidden, Invalid
from models.posts import Post
from models.settings import Site
from outbox.agreements import accept
from outbox.builders.agreement import speaks
from outbox.endings import refuse

YES = ("oui", "ok", "okay", "d'accord", "yes", "parfait", "volontiers")
NO = ("non", "no", "nope")
DOUBT = {"mais", "sauf", "plutôt", "plutot", "si", "pas", "but", "except", "not", "unless", "peut-être", "maybe"}
"""With any of these it is a message, to be read by a person."""

LONGEST = 8
"""Words of an answer; longer ones say more than yes or no."""


def read_answer(content: str) -> bool | None:
    """Whether a note says yes or no and nothing else; None for everything that a person has to read."""
    text = re.sub(r"(?<!\S)@\S+", " ", to_text(content)).replace("’", "'").casefold()
    if "?" in text:
        return None
    words = re.findall(r"[\w'-]+", text)
    if not words or len(words) > LONGEST or DOUBT & set(words):
        return None
    if words[0] in YES and not set(words) & set(NO):
        return True
    if words[0] in NO and not set(words) & set(YES):
        return False
    return None


async def hear_words(conn: Connection, site: Site, sender: Actor, post: Post) -> None:
    """A private answer by somebody whose server reads no agreements, if something waits for it."""
    if post.audience != "direct" or speaks(sender):
        return
    answer = read_answer(post.content)
    thread = await exchange_messages.find_by_message(conn, post.id) if answer is not None else None
    held = await agreements.get_latest(conn, thread.id) if thread is not None else None
    role = held.role_of(sender.id) if held is not None else None
    if held is None or role is None or not is_turn_of(held, role) or not await is_ours(conn, held):
        return
    try:
        await (accept if answer else refuse)(conn, site, sender, held)
    except (Conflict, Invalid, Forbidden):
        return  # it stands in the thread, where a person reads it
