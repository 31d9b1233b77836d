"""Polls of others as they come: kept within bounds, refreshed by their authors and by asking, never edited by votes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from inbox.posts.poll_refresh import refresh
from models import posts
from models.news import notifications
from models.people.actors import Actor
from models.posts.polls import polls
from models.posts.polls.polls import Poll
from models.store.database import connection, execute, transaction
from outbox.posts.poll_figures import end_polls
from outbox.posts.polls import vote
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import Desk, write_moment


def question(desk: Desk, person: Person, votes: tuple[int, ...] = (3, 1), **changes: Any) -> dict[str, Any]:
    options = [
        {"type": "Note", "name": f"Jour {number}", "replies": {"type": "Collection", "totalItems": count}}
        for number, count in enumerate(votes)
    ]
    end = write_moment(datetime.now(UTC) + timedelta(days=1))
    return desk.note(person, type="Question", oneOf=options, endTime=end, votersCount=sum(votes)) | changes


async def read(desk: Desk, uri: str, reader: Actor | None = None) -> Poll | None:
    async with connection(desk.instance.pool) as conn:
        post = await posts.find_by_uri(conn, uri)
        return await polls.find(conn, post.id, reader.id if reader else None) if post else None


async def test_a_question_is_kept_with_its_options_and_figures(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)

    await desk.take(bob, desk.create(bob, asked))

    poll = await read(desk, asked["id"])
    assert poll is not None
    assert (poll.options, poll.votes, poll.voters, poll.multiple, poll.over) == (
        ["Jour 0", "Jour 1"],
        [3, 1],
        4,
        False,
        False,
    )


async def test_newer_figures_are_no_edit_and_a_newer_text_is(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)
    await desk.take(bob, desk.create(bob, asked))
    counted = question(desk, bob, (5, 2)) | {"id": asked["id"], "content": asked["content"]}

    await desk.take(bob, desk.activity(bob, "Update", counted, to=asked["to"]))

    poll = await read(desk, asked["id"])
    assert poll is not None and poll.votes == [5, 2]
    assert await desk.value("SELECT updated_at FROM post") is None
    edited = counted | {"content": "<p>Autre question</p>"}
    await desk.take(bob, desk.activity(bob, "Update", edited, to=asked["to"]))
    assert await desk.value("SELECT updated_at IS NOT NULL FROM post")
    assert await desk.value("SELECT options FROM post_version") == ["Jour 0", "Jour 1"]


async def test_other_options_make_votes_count_no_longer(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)
    await desk.take(bob, desk.create(bob, asked))
    async with transaction(desk.instance.pool) as conn:
        post = await posts.find_by_uri(conn, asked["id"])
        assert post is not None
        await vote(conn, desk.instance.site, alice, post, [1])

    await desk.take(bob, desk.activity(bob, "Update", asked | question(desk, bob, (0, 0, 0)) | {"id": asked["id"]}))

    poll = await read(desk, asked["id"], alice)
    assert poll is not None and (len(poll.options), poll.own) == (3, [])


@pytest.mark.parametrize(
    "changes",
    [
        {"oneOf": [{"name": f"n{number}"} for number in range(501)]},
        {"oneOf": [{"name": "x" * 10_000}, {"name": "x" * 10_000}, {"name": ""}, {"name": None}, 5, "a"]},
        {"oneOf": None, "anyOf": [{"name": "a", "replies": {"totalItems": -5}}, {"name": "b", "replies": 7}]},
        {"oneOf": [{"name": "a", "replies": {"totalItems": 10**30}}], "votersCount": "many", "endTime": "demain"},
        {"oneOf": [{"name": "a\u0000<script>"}], "closed": True},
        {"oneOf": [{"nameMap": {"fr": "oui"}}], "closed": "2001-01-01T00:00:00Z"},
    ],
    ids=["501 options", "long names", "strange counts", "huge counts", "closed", "named by language"],
)
async def test_b36_a_hostile_poll_is_cut_to_what_can_be_shown(
    desk: Desk, bob: Person, alice: Actor, changes: dict[str, Any]
) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob) | changes

    await desk.take(bob, desk.create(bob, asked))

    poll = await read(desk, asked["id"])
    assert poll is not None
    assert 1 <= len(poll.options) == len(poll.votes) <= 50
    assert all(0 < len(option) <= 200 for option in poll.options)
    assert all(0 <= count < 2**31 for count in poll.votes)
    assert len(set(poll.options)) == len(poll.options)


async def test_a_question_without_options_is_a_post_without_a_poll(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob) | {"oneOf": []}

    await desk.take(bob, desk.create(bob, asked))

    assert await desk.value("SELECT count(*) FROM post") == 1
    assert await read(desk, asked["id"]) is None


async def test_figures_are_asked_for_every_few_minutes_until_it_is_over(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)
    await desk.take(bob, desk.create(bob, asked))
    post_id = await desk.value("SELECT id FROM post")
    desk.fediverse.documents[asked["id"]] = question(desk, bob, (9, 9)) | {"id": asked["id"]}

    await refresh(desk.instance, post_id)
    assert asked["id"] not in desk.fediverse.fetched
    await desk.instance.pool.execute("UPDATE poll SET fetched_at = now() - interval '6 minutes'")
    for _ in range(3):
        await refresh(desk.instance, post_id)

    poll = await read(desk, asked["id"])
    assert poll is not None and poll.votes == [9, 9]
    assert desk.fediverse.fetched.count(asked["id"]) == 1
    await desk.instance.pool.execute(
        "UPDATE poll SET ends_at = now() - interval '1 day', fetched_at = now() - interval '23 hours'"
    )
    await refresh(desk.instance, post_id)
    assert desk.fediverse.fetched.count(asked["id"]) == 1


@pytest.mark.parametrize(
    "changes", [{"id": "https://henin.test/other"}, {"type": "Note"}, {"attributedTo": "https://henin.test/x"}]
)
async def test_what_is_not_this_question_changes_nothing(
    desk: Desk, bob: Person, alice: Actor, changes: dict[str, Any]
) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)
    await desk.take(bob, desk.create(bob, asked))
    desk.fediverse.documents[asked["id"]] = question(desk, bob, (9, 9)) | {"id": asked["id"]} | changes
    await desk.instance.pool.execute("UPDATE poll SET fetched_at = now() - interval '6 minutes'")

    await refresh(desk.instance, await desk.value("SELECT id FROM post"))

    poll = await read(desk, asked["id"])
    assert poll is not None and poll.votes == [3, 1]


async def test_who_voted_is_told_once_that_it_is_over(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)
    await desk.take(bob, desk.create(bob, asked))
    async with transaction(desk.instance.pool) as conn:
        post = await posts.find_by_uri(conn, asked["id"])
        assert post is not None
        await vote(conn, desk.instance.site, alice, post, [0])

    assert await end_polls(desk.instance) == 0
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = now() - interval '1 second'")
    assert [await end_polls(desk.instance), await end_polls(desk.instance)] == [1, 0]

    assert await desk.told(alice) == ["poll"]
    assert await desk.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'poll'") == 1
    async with connection(desk.instance.pool) as conn:
        assert await notifications.count_unread(conn, alice.id) == 1


async def test_a_vote_for_something_of_ours_is_no_answer(desk: Desk, bob: Person, alice: Actor) -> None:
    async with transaction(desk.instance.pool) as conn:
        note = await make_note(conn, alice)
    choice = desk.note(bob, name="Oui", inReplyTo=note.uri, to=[alice.uri], cc=[])
    del choice["content"]

    await desk.take(bob, desk.create(bob, choice))

    assert await desk.told(alice) == []
    assert await desk.value("SELECT count(*) FROM post WHERE NOT local") == 0


async def test_figures_that_their_server_hides_are_not_taken_for_none(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    hiding = question(desk, bob, oneOf=[{"type": "Note", "name": name, "replies": {}} for name in ("Oui", "Non")])
    await desk.take(bob, desk.create(bob, hiding))

    poll = await read(desk, hiding["id"])

    assert poll is not None and poll.hidden and poll.voters == 4
    told = question(desk, bob, (3, 1)) | {"id": hiding["id"], "content": hiding["content"]}
    told["oneOf"] = [told["oneOf"][0] | {"name": "Oui"}, told["oneOf"][1] | {"name": "Non"}]
    await desk.take(bob, desk.activity(bob, "Update", told, to=told["to"]))
    poll = await read(desk, hiding["id"])
    assert poll is not None and not poll.hidden and poll.votes == [3, 1]


async def test_a_poll_that_its_author_opens_again_takes_votes_and_its_end_is_told_again(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    asked = question(desk, bob)
    await desk.take(bob, desk.create(bob, asked))
    async with transaction(desk.instance.pool) as conn:
        post = await posts.find_by_uri(conn, asked["id"])
        assert post is not None
        await vote(conn, desk.instance.site, alice, post, [0])
    past = write_moment(datetime.now(UTC) - timedelta(minutes=1))
    await desk.take(bob, desk.activity(bob, "Update", asked | {"endTime": past, "closed": past}, to=asked["to"]))
    assert await end_polls(desk.instance) == 1

    await desk.take(bob, desk.activity(bob, "Update", asked, to=asked["to"]))

    poll = await read(desk, asked["id"], alice)
    assert poll is not None and not poll.over and poll.own == [0]
    assert await desk.told(alice) == []
    await desk.instance.pool.execute("UPDATE poll SET ends_at = now()")
    assert await end_polls(desk.instance) == 1
    assert await desk.told(alice) == ["poll"]
