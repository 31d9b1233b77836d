"""Polls as Poll."""

from models.posts.polls.polls import Poll
from web.api.entities.values import Json, write_moment_or_none


def build_poll(poll: Poll, *, signed_in: bool) -> Json:
    """The poll of a status; its id is that of the status. Whoever asks counts as having voted, as in Mastodon."""
    value: Json = {
        "id": str(poll.post_id),
        "expires_at": write_moment_or_none(poll.ends_at),
        "expired": poll.over,
        "multiple": poll.multiple,
        "votes_count": sum(poll.votes),
        "voters_count": poll.voters,
        "options": [
            {"title": title, "votes_count": None if poll.hidden else votes}
            for title, votes in zip(poll.options, poll.votes, strict=True)
        ],
        "emojis": [],
    }
    return value | {"voted": poll.mine or bool(poll.own), "own_votes": poll.own} if signed_in else value
