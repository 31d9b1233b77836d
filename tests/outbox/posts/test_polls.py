"""Polls of one's own on their way: for whom they are, and who hears of their figures and of their end as a post."""

import asyncio
from pathlib import Path

import pytest

from federation.instance import Instance
from models.errors import Invalid, NotFound
from models.people.actors import Actor
from models.posts import Audience, Post
from models.posts.polls import polls, votes
from models.settings import Settings
from models.store.database import Connection, Pool, connection, fetch_value, transaction
from outbox.posts.notes import NoteDraft, delete, edit, publish
from outbox.posts.poll_figures import send_figures
from outbox.posts.polls import PollDraft, count, find_refusal, require_draft, vote
from tests.factories import HERE, make_follow, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.sent_activities import list_sent

ASKED = PollDraft(options=("Lundi", "Mardi"), expires_in=3600)


def typed(text: str = "Quel jour ?", audience: Audience = "network", poll: PollDraft | None = ASKED) -> NoteDraft:
    return NoteDraft(text=text, audience=audience, poll=poll)


async def take_vote(conn: Connection, voter: Actor, post: Post, choice: int) -> None:
    """A vote that came from elsewhere."""
    await votes.lock(conn, post.id)
    poll = await polls.find(conn, post.id, voter.id)
    assert poll is not None and find_refusal(poll, [choice]) is None
    await count(conn, voter, post, poll, {choice: f"{voter.uri}#votes/{choice}"})


async def test_what_becomes_of_a_poll_is_told_to_the_servers_that_voted_though_nobody_there_follows(
    conn: Connection,
) -> None:
    alice, bob = await make_member(conn), await make_remote_actor(conn)
    await make_follow(conn, await make_remote_actor(conn, "carl", "arras.test"), alice)
    note = await publish(conn, HERE, alice, typed())
    await take_vote(conn, bob, note, 1)

    changed = await edit(conn, HERE, alice, note, typed("Quel jour, donc ?", poll=None))
    again = await publish(conn, HERE, alice, typed())
    await take_vote(conn, bob, again, 0)
    await delete(conn, HERE, alice, again)

    assert changed.updated_at is not None
    hosts = {one.type: one.hosts for one in await list_sent(conn) if one.type != "Create"}
    assert hosts == {"Update": ["arras.test", "henin.test"], "Delete": ["arras.test", "henin.test"]}


async def test_a_server_of_many_voters_who_share_no_inbox_hears_once(conn: Connection) -> None:
    alice = await make_member(conn)
    note = await publish(conn, HERE, alice, typed())
    for number in range(3):
        await take_vote(conn, await make_remote_actor(conn, f"bob{number}", shared_inbox=None), note, 0)

    await edit(conn, HERE, alice, note, typed("Quel jour, donc ?", poll=None))

    assert [one.hosts for one in await list_sent(conn) if one.type == "Update"] == [["henin.test"]]


async def test_figures_of_many_votes_wait_together(conn: Connection) -> None:
    alice = await make_member(conn)
    note = await publish(conn, HERE, alice, typed())
    for number in range(5):
        await take_vote(conn, await make_remote_actor(conn, f"bob{number}"), note, number % 2)

    waiting = "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'poll_figures' AND execute_after > now()"
    assert await fetch_value(conn, waiting) in (1, 2), "two where a span of time ends just now"


async def test_an_option_is_a_line_without_what_nobody_types() -> None:
    draft = require_draft(PollDraft(options=(" Lun\u202edi\n soir ", "", "Mardi"), expires_in=300, multiple=True))

    assert draft == PollDraft(options=("Lundi soir", "Mardi"), expires_in=300, multiple=True)
    with pytest.raises(Invalid) as error:
        require_draft(PollDraft(options=("Lundi", "Lundi\u0000"), expires_in=300))
    assert error.value.field == "poll[options]"


async def test_the_figures_of_what_is_for_the_cooperative_alone_never_leave(pool: Pool, tmp_path: Path) -> None:
    settings = Settings(url=HERE.url, data=tmp_path)
    instance = Instance(site=HERE, settings=settings, pool=pool, transport=FakeFediverse())
    async with transaction(pool) as conn:
        alice = await make_member(conn)
        await make_follow(conn, await make_remote_actor(conn), alice)
        note = await publish(conn, HERE, alice, typed(audience="coop"))

    await send_figures(instance, {"post": note.id})

    async with connection(pool) as conn:
        assert await list_sent(conn) == []
        assert await fetch_value(conn, "SELECT count(*) FROM stream_event WHERE kind = 'edit'") == 1


async def test_nobody_votes_in_what_she_may_not_read_or_in_what_asks_nothing(conn: Connection) -> None:
    alice, anna = await make_member(conn), await make_member(conn, "anna")
    for draft in (typed(audience="followers"), typed(poll=None)):
        note = await publish(conn, HERE, alice, draft)
        with pytest.raises(NotFound):
            await vote(conn, HERE, anna, note, [0])

    assert await fetch_value(conn, "SELECT count(*) FROM poll_vote") == 0


async def test_two_votes_of_one_person_at_the_same_moment_are_one(pool: Pool) -> None:
    async with transaction(pool) as conn:
        alice, anna = await make_member(conn), await make_member(conn, "anna")
        note = await publish(conn, HERE, alice, typed())

    async def choose(choice: int) -> None:
        async with transaction(pool) as conn:
            await vote(conn, HERE, anna, note, [choice])

    outcomes = await asyncio.gather(*(choose(number % 2) for number in range(4)), return_exceptions=True)

    assert sorted(str(one) for one in outcomes) == ["None", *["already_voted"] * 3]
    async with connection(pool) as conn:
        asked = await polls.find(conn, note.id, None)
        assert asked is not None and (sum(asked.votes), asked.voters) == (1, 1)
