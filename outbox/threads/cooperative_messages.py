"""What the cooperative itself writes to one of its members, as a private message."""

from collections.abc import Mapping

from models.people import accounts, actors
from models.people.actors import Actor
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.posts import notes


async def write_to_member(conn: Connection, site: Site, member: Actor, words: Mapping[str, str]) -> Post | None:
    """A direct note from the cooperative's actor, if there is one; `words` are the text in each language of ours.

    Nobody but the member reads it, whomever the words name.
    """
    coop = await actors.find_local(conn, "coop")
    if coop is None or coop.deleted_at is not None or not member.local:
        return None
    language = (await accounts.get(conn, member.id)).language
    text = words["en" if language == "en" else "fr"]
    draft = notes.NoteDraft(
        text=f"@{member.username} {text}"[: notes.TEXT_LIMIT],
        audience="direct",
        language=language,
        handles=(member.username,),
    )
    return await notes.publish(conn, site, coop, draft)
