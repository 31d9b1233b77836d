"""Polls of others through a client: shown, voted in once, told to their authors alone."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.vocabulary.polls import MAX_VOTES
from models.posts import Post
from models.posts.polls import polls
from models.posts.polls.polls import NewPoll
from models.store.database import connection, execute, fetch_records, transaction
from tests.factories import make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice


async def make_poll(
    alice: Alice, *, multiple: bool = False, note: dict[str, Any] | None = None, **changes: Any
) -> Post:
    values: dict[str, Any] = {
        "options": ("Lundi", "Mardi", "Jeudi"),
        "votes": (2, 0, 1),
        "multiple": multiple,
        "voters": 3,
        "ends_at": datetime.now(UTC) + timedelta(days=1),
        "closed_at": None,
    } | changes
    async with transaction(alice.api.pool) as conn:
        post = await make_note(conn, await make_remote_actor(conn), **(note or {}))
        await polls.save_remote(conn, post.id, NewPoll(**values))
    return post


async def test_a_poll_is_part_of_its_status_and_has_an_address(alice: Alice) -> None:
    post = await make_poll(alice)

    status = await alice.api.get(f"/api/v1/statuses/{post.id}", strict.status)
    poll = await alice.api.get(f"/api/v1/polls/{post.id}", strict.poll)

    assert status["poll"] == poll
    assert (poll["votes_count"], poll["voters_count"], poll["expired"], poll["voted"]) == (3, 3, False, False)
    assert [option["title"] for option in poll["options"]] == ["Lundi", "Mardi", "Jeudi"]
    anybody = await alice.api.as_anybody().get(f"/api/v1/polls/{post.id}", strict.poll)
    assert "voted" not in anybody


async def test_a_vote_is_remembered_counted_and_told_to_the_author_alone(alice: Alice) -> None:
    post = await make_poll(alice, multiple=True)

    poll = await alice.api.ask("POST", f"/api/v1/polls/{post.id}/votes", json={"choices": [2, 0]})

    strict.poll(poll.json)
    assert (poll.json["voted"], poll.json["own_votes"], poll.json["voters_count"]) == (True, [0, 2], 4)
    assert [option["votes_count"] for option in poll.json["options"]] == [3, 0, 2]
    async with connection(alice.api.pool) as conn:
        sent = await fetch_records(
            conn,
            """
            SELECT a.body::jsonb AS body, a.public, d.inbox
            FROM activity a JOIN delivery d ON d.activity_id = a.id ORDER BY a.id
            """,
        )
    assert [row["inbox"] for row in sent] == ["https://henin.test/users/bob/inbox"] * 2
    assert not any(row["public"] for row in sent)
    first = sent[0]["body"]
    assert (first["type"], first["to"], first["object"]["type"]) == ("Create", ["https://henin.test/users/bob"], "Note")
    assert first["object"].keys() == {"id", "type", "name", "attributedTo", "inReplyTo", "to", "cc", "published"}
    assert (first["object"]["name"], first["object"]["inReplyTo"]) == ("Jeudi", post.uri)


@pytest.mark.parametrize("voters", [MAX_VOTES, None])
async def test_figures_beyond_counting_or_untold_keep_nobody_from_voting(alice: Alice, voters: int | None) -> None:
    post = await make_poll(alice, votes=(MAX_VOTES, 0, 0), voters=voters)

    poll = await alice.api.ask("POST", f"/api/v1/polls/{post.id}/votes", json={"choices": [0]})

    assert (poll.status, poll.json["own_votes"], poll.json["voters_count"]) == (200, [0], voters)


async def test_nobody_votes_twice_not_even_at_once(alice: Alice) -> None:
    post = await make_poll(alice)
    path = f"/api/v1/polls/{post.id}/votes"

    answers = await asyncio.gather(*(alice.api.ask("POST", path, data={"choices[]": "1"}) for _ in range(5)))

    assert sorted(answer.status for answer in answers) == [200, 422, 422, 422, 422]
    poll = await alice.api.get(f"/api/v1/polls/{post.id}", strict.poll)
    assert [option["votes_count"] for option in poll["options"]] == [2, 1, 1]


async def test_what_is_no_choice_is_refused_and_the_field_named(alice: Alice) -> None:
    post = await make_poll(alice)

    for choices in ([], [3], [0, 1], ["-1"], ["lundi"], ["1" * 30]):
        answer = await alice.api.ask("POST", f"/api/v1/polls/{post.id}/votes", json={"choices": choices})
        assert answer.status == 422, choices


async def test_a_poll_that_is_over_takes_no_votes(alice: Alice) -> None:
    ended = await make_poll(alice, ends_at=datetime.now(UTC) - timedelta(minutes=1))
    async with connection(alice.api.pool) as conn:
        assert (await polls.find(conn, ended.id, None)) is not None

    answer = await alice.api.ask("POST", f"/api/v1/polls/{ended.id}/votes", json={"choices": [0]})
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = NULL, closed_at = now()")
    closed = await alice.api.ask("POST", f"/api/v1/polls/{ended.id}/votes", json={"choices": [0]})

    assert (answer.status, closed.status) == (422, 422)
    assert (await alice.api.get(f"/api/v1/polls/{ended.id}", strict.poll))["expired"] is True


async def test_private_polls_equal_missing_ones(alice: Alice) -> None:
    secret = await make_poll(alice, note={"audience": "direct"})
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, await make_member(conn, "bea"))

    for id in (secret.id, note.id, 5):
        assert (await alice.api.ask("GET", f"/api/v1/polls/{id}")).status == 404
        assert (await alice.api.ask("POST", f"/api/v1/polls/{id}/votes", json={"choices": [0]})).status == 404


async def test_a_filter_finds_what_a_poll_asks(alice: Alice) -> None:
    post = await make_poll(alice)
    values = {"title": "Assez", "context": ["home"], "keywords_attributes": [{"keyword": "jeudi"}]}
    await alice.api.ask("POST", "/api/v2/filters", json=values)

    status = await alice.api.get(f"/api/v1/statuses/{post.id}", strict.status)

    assert [found["keyword_matches"] for found in status["filtered"]] == [["jeudi"]]
