"""Votes that come from elsewhere for polls of ours: counted for their author and no more, never kept as posts."""

from federation.vocabulary.embedded import Postlike
from federation.vocabulary.objects import Note
from inbox.errors import Ignored
from models import posts
from models.people.actors import Actor
from models.posts import Post
from models.posts.polls import polls, votes
from models.posts.polls.polls import Poll
from models.store.database import Connection
from models.traffic import tombstones
from models.traffic.inbound.ignored_reasons import IgnoredReason
from outbox.posts.polls import Refusal, count, find_refusal

CAUSES: dict[Refusal, IgnoredReason] = {
    "over": "vote_over",
    "mine": "vote_mine",
    "none": "vote_none",
    "unknown": "vote_unknown",
    "several": "vote_several",
    "voted": "vote_voted",
}
"""Why a vote does not count."""


async def process_vote(conn: Connection, voter: Actor, object: Postlike) -> bool:
    """Count it if it is a vote; False for a post. Raises Ignored for a vote that does not count."""
    if not await is_vote(conn, object):
        return False
    assert isinstance(object, Note)
    if object.attributed_to not in (None, voter.uri):
        raise Ignored("vote_not_own")
    asked, poll = await _find_poll(conn, voter, object)
    if await tombstones.is_gone(conn, object.id, voter.uri):
        raise Ignored("deleted_before")
    if await votes.is_counted(conn, object.id):
        raise Ignored("vote_counted")
    choice = poll.options.index(_tidy(object.name)) if _tidy(object.name) in poll.options else len(poll.options)
    refusal = find_refusal(poll, [choice])
    if refusal is not None:
        raise Ignored(CAUSES[refusal])
    await count(conn, voter, asked, poll, {choice: object.id})
    return True


async def is_vote(conn: Connection, object: Postlike) -> bool:
    """Whether it has a name and no words, or names an option of the poll of ours that it answers, as Mastodon reads."""
    if not isinstance(object, Note) or not object.may_be_vote:
        return False
    if object.is_vote:
        return True
    asked = await posts.find_by_uri(conn, object.in_reply_to or "")
    poll = await polls.find(conn, asked.id, None) if asked is not None and asked.local else None
    return poll is not None and _tidy(object.name) in poll.options


async def _find_poll(conn: Connection, voter: Actor, vote: Note) -> tuple[Post, Poll]:
    """The poll of ours, which nobody else votes in meanwhile. Raises Ignored where the voter sees none."""
    asked = await posts.find_by_uri(conn, vote.in_reply_to or "")
    if asked is None or not asked.local or asked.deleted_at is not None:
        raise Ignored("vote_no_poll")
    if asked.id not in await posts.filter_visible(conn, [asked.id], voter.id):
        raise Ignored("vote_poll_not_visible")
    await votes.lock(conn, asked.id)
    poll = await polls.find(conn, asked.id, voter.id)
    if poll is None:
        raise Ignored("vote_no_poll")
    return asked, poll


def _tidy(name: str) -> str:
    """As options are kept."""
    return " ".join(name.split())
