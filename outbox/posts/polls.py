"""Ask in a poll of one's own, and vote in one: the same verb for people here and elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, NoReturn

from federation.vocabulary.polls import Vote
from models import posts
from models.errors import Invalid, NotFound
from models.ids import make_id
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.posts.polls import polls, votes
from models.posts.polls.polls import NewPoll, Poll
from models.settings import Site
from models.store.background import jobs
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.builders.activities.create import build_vote
from outbox.traffic.send import Recipients, send

FIGURES = "poll_figures"
"""The job that tells other servers the figures of a poll of ours (outbox/posts/poll_figures)."""

TOLD_EVERY = timedelta(minutes=3)
"""Figures leave no more often than this, however many vote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollDraft:
    """What somebody wants to ask; `expires_in` are seconds from the moment at which it is published or changed."""

    options: tuple[str, ...]
    expires_in: int
    multiple: bool = False
    hide_totals: bool = False


def require_draft(draft: PollDraft) -> PollDraft:
    """The poll, its options tidied and the empty ones left out. Raises Invalid."""
    options = tuple(name for one in draft.options if (name := " ".join(NOT_TYPED.sub("", one).split())))
    if len(options) < polls.FEWEST_OPTIONS:
        raise Invalid("poll_too_few_options", least=polls.FEWEST_OPTIONS, field="poll[options]")
    if len(options) > polls.MOST_OPTIONS:
        raise Invalid("poll_too_many_options", most=polls.MOST_OPTIONS, field="poll[options]")
    if any(len(one) > polls.LONGEST_OPTION for one in options):
        raise Invalid("poll_option_too_long", most=polls.LONGEST_OPTION, field="poll[options]")
    if len(set(options)) < len(options):
        raise Invalid("poll_options_repeated", field="poll[options]")
    if draft.expires_in < polls.SHORTEST.total_seconds():
        raise Invalid("poll_too_short", field="poll[expires_in]")
    if draft.expires_in > polls.LONGEST.total_seconds():
        raise Invalid("poll_too_long", field="poll[expires_in]")
    return PollDraft(
        options=options, expires_in=draft.expires_in, multiple=draft.multiple, hide_totals=draft.hide_totals
    )


async def save(conn: Connection, post_id: int, draft: PollDraft | None) -> Poll | None:
    """What a post of ours asks from now on; with None nothing any more."""
    if draft is None:
        await polls.remove(conn, post_id)
        return None
    new = NewPoll(
        options=draft.options,
        votes=(0,) * len(draft.options),
        multiple=draft.multiple,
        voters=0,
        ends_at=datetime.now(UTC) + timedelta(seconds=draft.expires_in),
        closed_at=None,
        hide_totals=draft.hide_totals,
    )
    await polls.save_own(conn, post_id, new)
    return await polls.find(conn, post_id, None)


Refusal = Literal["over", "mine", "none", "unknown", "several", "voted"]


def find_refusal(poll: Poll, choices: list[int]) -> Refusal | None:
    """Why whoever `poll` was read for may not choose these; None where she may. All the rules stand here.

    In a poll that takes several answers each may come by itself, as votes from other servers do.
    """
    if poll.over:
        return "over"
    if poll.mine:
        return "mine"
    if not choices:
        return "none"
    if any(not 0 <= choice < len(poll.options) for choice in choices):
        return "unknown"
    if len(choices) > 1 and not poll.multiple:
        return "several"
    return "voted" if _has_voted(poll, choices) else None


def _has_voted(poll: Poll, choices: list[int]) -> bool:
    """Whether she chose one of these before, or anything at all where one answer is all."""
    return bool(poll.own) and (not poll.multiple or not set(choices).isdisjoint(poll.own))


async def vote(conn: Connection, site: Site, voter: Actor, post: Post, choices: list[int]) -> None:
    """One of ours chooses these options (by their places), for good. Raises Invalid, and NotFound without a poll."""
    if post.id not in await posts.filter_visible(conn, [post.id], voter.id):
        raise NotFound
    await votes.lock(conn, post.id)
    poll = await polls.find(conn, post.id, voter.id)
    if poll is None:
        raise NotFound
    wanted = list(dict.fromkeys(choices))
    refusal = find_refusal(poll, wanted)
    if refusal is not None:
        _refuse(refusal)
    uris = {choice: f"{voter.uri}#votes/{make_id()}" for choice in wanted}
    await count(conn, voter, post, poll, uris)
    if not post.local:
        await _send(conn, site, voter, post, {poll.options[choice]: uri for choice, uri in uris.items()})


def _refuse(refusal: Refusal) -> NoReturn:
    match refusal:
        case "over":
            raise Invalid("poll_expired", field="choices")
        case "mine":
            raise Invalid("poll_own_vote", field="choices")
        case "none" | "unknown":
            raise Invalid("poll_choice_invalid", field="choices")
        case "several":
            raise Invalid("poll_single_choice", field="choices")
        case "voted":
            raise Invalid("already_voted", field="choices")


async def count(conn: Connection, voter: Actor, post: Post, poll: Poll, uris: dict[int, str]) -> None:
    """Count these choices of somebody here or elsewhere, and have the new figures of ours told, after a while.

    The caller holds the lock and found no refusal.
    """
    await votes.save(conn, post.id, voter.id, uris)
    if post.local and not poll.hide_totals:
        # A job that runs already may have read the figures before this vote: each span of time has one of its own.
        span = int(datetime.now(UTC).timestamp() // TOLD_EVERY.total_seconds())
        await jobs.enqueue(conn, FIGURES, {"post": post.id}, key=f"{FIGURES}:{post.id}:{span}", wait=TOLD_EVERY)


async def _send(conn: Connection, site: Site, voter: Actor, post: Post, uris: dict[str, str]) -> None:
    """Tell the author of the poll alone."""
    author = await actors.get(conn, post.author_id)
    for name, uri in uris.items():
        told = Vote(
            id=uri,
            name=name,
            attributed_to=voter.uri,
            in_reply_to=post.uri,
            to=(author.uri,),
            published=datetime.now(UTC),
        )
        await send(conn, voter, build_vote(site, voter, told), Recipients(named_ids=(author.id,)), about=uri)


def require_poll(text: str, media_ids: Sequence[int], poll: PollDraft | None) -> PollDraft | None:
    """The poll of a note with this text and these files, tidied. Raises Invalid."""
    if poll is None:
        return None
    if media_ids:
        raise Invalid("poll_with_media", field="poll[options]")
    if not text.strip():
        raise Invalid("poll_question_missing", field="text")
    return require_draft(poll)
