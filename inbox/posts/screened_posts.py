"""What comes from elsewhere is held against the cooperative's filters, as what members publish is."""

import re
from dataclasses import replace

from federation.instance import Instance
from federation.texts.html_cleaner import to_text
from federation.vocabulary.embedded import Postlike, note_of
from inbox.posts.translation import read_new_poll
from models import posts
from models.moderation import held_posts, removed_pictures
from models.people import actors
from models.people.actors import Actor
from models.posts import NewPost
from models.posts.media import media
from models.store.database import Connection, transaction
from outbox.screening import NOTHING, PostTexts, Verdict, keep_verdict, leave_out_released, screen

_LINK = re.compile(r'href="([^"]*)"')
"""Where the links of cleaned HTML lead: what a filter looks for may stand in no other place."""


async def screen_remote(conn: Connection, author: Actor, new: NewPost, object: Postlike) -> Verdict:
    """What is found in a post before it is stored; nothing in what is private, or says what it said before."""
    if new.audience == "direct":
        return NOTHING
    verdict = await screen(conn, author, PostTexts(texts=list_texts(new, object)))
    held = await posts.find_by_uri(conn, new.uri) if verdict.found else None
    if held is None:
        return verdict
    if (held.content, held.warning) == (new.content, new.warning):
        return NOTHING
    return await leave_out_released(conn, verdict, held.id)


def list_texts(new: NewPost, object: Postlike) -> tuple[str, ...]:
    """What filters look at, without markup."""
    note = note_of(object)
    poll = read_new_poll(note)
    options = poll.options if poll is not None else ()
    alts = [document.name for document in note.attachments]
    return (to_text(new.content), new.warning, *options, *alts, *_LINK.findall(new.content))


def hide(new: NewPost, verdict: Verdict) -> NewPost:
    """The post as it is stored where it waits."""
    return replace(new, hidden=verdict.holds)


async def screen_picture(instance: Instance, payload: dict[str, int]) -> None:
    """The job: a photo from elsewhere was fetched, and is like one that was removed. Its post waits from now on."""
    async with transaction(instance.pool) as conn:
        found = await media.find(conn, payload["media_id"])
        listed = await posts.list_by_ids(conn, [found.post_id]) if found is not None and found.post_id else []
        if not listed or listed[0].local or await held_posts.find(conn, listed[0].id) is not None:
            return
        [post] = listed
        looks = await removed_pictures.list_screened(conn, [payload["media_id"]])
        picture = await removed_pictures.find_like(conn, [one.likeness for one in looks if one.likeness is not None])
        verdict = await leave_out_released(conn, Verdict(picture=picture), post.id)
        if verdict.holds and post.audience != "direct":
            await keep_verdict(conn, await actors.get(conn, post.author_id), post.id, verdict)
