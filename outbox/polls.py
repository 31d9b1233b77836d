"""Vote in a poll of somebody elsewhere, and hear that it is over."""

from datetime import UTC, datetime

from federation.instance import Instance
from federation.vocabulary.polls import Vote
from models import actors, jobs, notifications, polls, posts
from models.actors import Actor
from models.database import Connection, transaction
from models.errors import Invalid, NotFound
from models.ids import make_id
from models.posts import Post
from models.settings import Site
from outbox.builders.create import build_vote
from outbox.send import Recipients, send

REFRESH = "poll"
"""The job that asks a poll's server for its last figures (inbox/questions)."""


async def vote(conn: Connection, site: Site, voter: Actor, post: Post, choices: list[int]) -> None:
    """Choose these options (by their places), once and for all. Raises Invalid, and NotFound where there is no poll."""
    if post.id not in await posts.filter_visible(conn, [post.id], voter.id):
        raise NotFound
    await polls.lock(conn, post.id)
    poll = await polls.find(conn, post.id, voter.id)
    if poll is None:
        raise NotFound
    wanted = list(dict.fromkeys(choices))
    if poll.over:
        raise Invalid("poll_expired", field="choices")
    if poll.own:
        raise Invalid("already_voted", field="choices")
    if not wanted or any(not 0 <= choice < len(poll.options) for choice in wanted):
        raise Invalid("poll_choice_invalid", field="choices")
    if len(wanted) > 1 and not poll.multiple:
        raise Invalid("poll_single_choice", field="choices")
    author = await actors.get(conn, post.author_id)
    uris: dict[int, str] = {}
    for choice in wanted:
        told = Vote(
            id=f"{voter.uri}#votes/{make_id()}",
            name=poll.options[choice],
            attributed_to=voter.uri,
            in_reply_to=post.uri,
            to=(author.uri,),
            published=datetime.now(UTC),
        )
        uris[choice] = told.id
        await send(conn, voter, build_vote(site, voter, told), Recipients(named_ids=(author.id,)), about=told.id)
    await polls.save_votes(conn, post.id, voter.id, uris)


async def end_polls(instance: Instance) -> int:
    """Tell our people that polls in which they voted are over, and ask for the last figures; how many. A chore."""
    async with transaction(instance.pool) as conn:
        ended = await polls.take_ended(conn)
        for poll in ended:
            await notifications.notify_all(
                conn, poll.voter_ids, type="poll", actor_id=poll.author_id, post_id=poll.post_id
            )
            if poll.voter_ids:
                await jobs.enqueue(conn, REFRESH, {"post": poll.post_id}, key=f"{REFRESH}:{poll.post_id}")
    return len(ended)
