"""Votes from elsewhere in polls of ours, as each server writes them: counted once, and never kept as posts."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from federation.vocabulary.embedded import is_postlike, read_object
from inbox.posts.votes import process_vote
from models.people.actors import Actor
from models.personal_data import account_erasure
from models.posts import Audience, Post
from models.posts.polls import polls, votes
from models.posts.polls.polls import Poll
from models.relations.blocking import blocks
from models.store.database import connection, execute, transaction
from outbox.posts.notes import NoteDraft, publish
from outbox.posts.poll_figures import send_figures
from outbox.posts.polls import PollDraft
from tests.factories import HERE, make_follow
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk


async def ask(desk: Desk, alice: Actor, *, audience: Audience = "network", **changes: Any) -> Post:
    values: dict[str, Any] = {"options": ("Lundi", "Mardi", "Jeudi soir"), "expires_in": 3600}
    draft = PollDraft(**(values | changes))
    async with transaction(desk.instance.pool) as conn:
        return await publish(conn, HERE, alice, NoteDraft(text="Quel jour ?", audience=audience, poll=draft))


async def read(desk: Desk, post: Post) -> Poll:
    async with connection(desk.instance.pool) as conn:
        poll = await polls.find(conn, post.id, None)
    assert poll is not None
    return poll


def choose(desk: Desk, person: Person, post: Post, name: str, alice: Actor, **changes: Any) -> dict[str, Any]:
    """A vote as Mastodon sends it."""
    number = next(desk.numbers)
    vote = {
        "id": f"{person.uri}#votes/{number}",
        "type": "Note",
        "name": name,
        "attributedTo": person.uri,
        "to": alice.uri,
        "inReplyTo": post.uri,
    } | changes
    return desk.activity(person, "Create", vote, to=alice.uri, id=f"{person.uri}#votes/{number}/activity")


MASTODON: dict[str, Any] = {}
PLEROMA = {"to": [], "cc": ["ALICE"], "context": "https://henin.test/contexts/1", "published": "2026-11-27T09:00:00Z"}
MISSKEY = {"to": ["ALICE"], "published": "2026-11-27T09:00:00Z"}
GOTOSOCIAL = {"id": "https://henin.test/users/bob#01HEN2R65468ZG657C4ZPHJ4EX/votes/1"}
ANSWER = {"type": "Answer"}
EMPTY = {"content": "", "summary": None}
WORDY = {"content": "<p>Mardi</p>"}


@pytest.mark.parametrize(
    "shape",
    [MASTODON, PLEROMA, MISSKEY, GOTOSOCIAL, ANSWER, EMPTY, WORDY],
    ids=["Mastodon", "Pleroma", "Misskey", "GoToSocial", "Answer", "empty text", "text that says it again"],
)
async def test_a_vote_is_counted_and_nobody_is_told_nor_shown_anything(
    desk: Desk, bob: Person, alice: Actor, shape: dict[str, Any]
) -> None:
    post = await ask(desk, alice)
    placed = {key: [alice.uri] if value == ["ALICE"] else value for key, value in shape.items()}

    await desk.take(bob, choose(desk, bob, post, "Mardi", alice, **placed))

    poll = await read(desk, post)
    assert (poll.votes, poll.voters) == ([0, 1, 0], 1)
    assert await desk.told(alice) == []
    assert await desk.states() == [("done", None)]
    for table in ("message_request", "conversation", "exchange_message", "mention"):
        assert await desk.value(f"SELECT count(*) FROM {table}") == 0, table
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_a_stranger_of_a_host_that_nobody_knows_votes_as_anybody_and_writes_to_nobody(
    desk: Desk, alice: Actor
) -> None:
    post, mallory = await ask(desk, alice), desk.fediverse.add_person("mallory", "unknown.test")

    await desk.take(mallory, choose(desk, mallory, post, "Mardi", alice))

    assert (await read(desk, post)).votes == [0, 1, 0]
    assert await desk.value("SELECT count(*) FROM message_request") == 0
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_a_poll_that_takes_one_answer_takes_one(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice)

    await desk.take(bob, choose(desk, bob, post, "Mardi", alice), choose(desk, bob, post, "Lundi", alice))

    assert (await read(desk, post)).votes == [0, 1, 0]
    assert [state for state, _ in await desk.states()] == ["done", "ignored"]
    assert (await desk.states())[1][1] == "vote_voted"


async def test_several_answers_come_one_by_one_each_once_from_one_voter(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice, multiple=True)

    for name in ("Mardi", "Jeudi soir", "Mardi"):
        await desk.take(bob, choose(desk, bob, post, name, alice))

    poll = await read(desk, post)
    assert (poll.votes, poll.voters) == ([0, 1, 1], 1)


async def test_the_same_vote_again_counts_once_whatever_it_names(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice, multiple=True)
    vote = choose(desk, bob, post, "Mardi", alice)
    same = vote["object"]["id"]

    await desk.take(bob, vote)
    await desk.take(bob, vote)
    await desk.take(bob, choose(desk, bob, post, "Lundi", alice, id=same))

    assert (await read(desk, post)).votes == [0, 1, 0]
    assert (await desk.states())[-1] == ("ignored", "vote_counted")


@pytest.mark.parametrize(
    ("state", "name", "cause"),
    [
        ("SELECT 1", "Dimanche", "vote_unknown"),
        ("UPDATE poll SET ends_at = now()", "Mardi", "vote_over"),
        ("DELETE FROM poll", "Mardi", "vote_no_poll"),
        ("UPDATE post SET deleted_at = now()", "Mardi", "vote_no_poll"),
        ("UPDATE post SET audience = 'coop'", "Mardi", "vote_poll_not_visible"),
        ("UPDATE post SET audience = 'direct'", "Mardi", "vote_poll_not_visible"),
    ],
)
async def test_what_does_not_count_is_ignored_and_the_cause_is_kept(
    desk: Desk, bob: Person, alice: Actor, state: str, name: str, cause: str
) -> None:
    post = await ask(desk, alice)
    await desk.instance.pool.execute(state)

    await desk.take(bob, choose(desk, bob, post, name, alice))

    assert await desk.states() == [("ignored", cause)]
    assert await desk.value("SELECT count(*) FROM poll_vote") == 0
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_followers_vote_in_what_is_for_them(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice, audience="followers")
    await desk.take(bob, choose(desk, bob, post, "Mardi", alice))
    assert (await read(desk, post)).voters == 0
    async with transaction(desk.instance.pool) as conn:
        await make_follow(conn, await desk.meet(bob), alice)

    await desk.take(bob, choose(desk, bob, post, "Mardi", alice))

    assert (await read(desk, post)).voters == 1


async def test_whoever_is_blocked_does_not_vote(desk: Desk, bob: Person, alice: Actor) -> None:
    post, known = await ask(desk, alice), await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        await blocks.save(conn, uri=f"{alice.uri}#blocks/1", actor_id=alice.id, target_id=known.id)

    await desk.take(bob, choose(desk, bob, post, "Mardi", alice))

    assert await desk.states() == [("ignored", "vote_poll_not_visible")]
    assert (await read(desk, post)).voters == 0


async def test_nobody_votes_for_somebody_else(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice)
    carol = desk.fediverse.add_person("carol")

    await desk.take(bob, choose(desk, bob, post, "Mardi", alice, attributedTo=carol.uri))

    assert (await read(desk, post)).voters == 0
    assert [state for state, _ in await desk.states()] != ["done"]


async def test_a_vote_is_not_changed_by_an_update(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice)
    vote = choose(desk, bob, post, "Mardi", alice)
    await desk.take(bob, vote)

    await desk.take(bob, desk.activity(bob, "Update", vote["object"] | {"name": "Lundi"}, to=alice.uri))

    assert (await read(desk, post)).votes == [0, 1, 0]
    assert (await desk.states())[-1] == ("ignored", "vote_changed")
    assert await desk.value("SELECT count(*) FROM post") == 1


async def test_a_vote_that_its_author_deleted_first_does_not_count(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice)
    vote = choose(desk, bob, post, "Mardi", alice)
    gone = {"type": "Tombstone", "id": vote["object"]["id"]}
    await desk.meet(bob)

    await desk.take(bob, desk.activity(bob, "Delete", gone, to=alice.uri), vote)

    assert (await read(desk, post)).voters == 0
    assert (await desk.states())[-1] == ("ignored", "deleted_before")


async def test_an_answer_in_words_is_an_answer(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice)

    await desk.take(bob, desk.create(bob, desk.note(bob, inReplyTo=post.uri, content="<p>Mardi</p>")))

    assert (await read(desk, post)).voters == 0
    assert await desk.told(alice) == ["mention"]


async def test_the_votes_of_somebody_who_is_gone_leave_an_open_poll(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice, multiple=True)
    for name in ("Mardi", "Lundi"):
        await desk.take(bob, choose(desk, bob, post, name, alice))
    known = await desk.meet(bob)

    async with transaction(desk.instance.pool) as conn:
        await account_erasure.forget_stranger(conn, known.id)

    poll = await read(desk, post)
    assert (poll.votes, poll.voters) == ([0, 0, 0], 0)
    assert await desk.value("SELECT count(*) FROM poll_vote") == 0


async def test_the_result_of_a_poll_that_is_over_stands_when_a_voter_goes(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    post = await ask(desk, alice)
    await desk.take(bob, choose(desk, bob, post, "Mardi", alice))
    known = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        await execute(conn, "UPDATE poll SET ends_at = now(), told_at = now()")
        await account_erasure.forget_stranger(conn, known.id)

    assert (await read(desk, post)).votes == [0, 1, 0]
    assert await desk.value("SELECT count(*) FROM poll_vote") == 0


async def test_new_figures_go_to_the_servers_of_those_who_voted_as_no_edit(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    post = await ask(desk, alice)
    await desk.take(bob, choose(desk, bob, post, "Mardi", alice))
    await desk.take(bob, choose(desk, bob, post, "Mardi", alice))
    assert await desk.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'poll_figures'") == 1

    await send_figures(desk.instance, {"post": post.id})

    update = (await desk.sent())[-1]
    question = update["object"]
    assert (update["type"], question["type"], question["votersCount"]) == ("Update", "Question", 1)
    assert [option["replies"]["totalItems"] for option in question["oneOf"]] == [0, 1, 0]
    assert "updated" not in question
    assert bob.uri not in str(update)
    sql = "SELECT inbox FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.type = 'Update'"
    assert await desk.value(sql) == "https://henin.test/inbox"
    assert not await desk.value("SELECT public FROM activity WHERE type = 'Update'")


async def test_who_voted_is_known_to_nobody_who_reads(desk: Desk, bob: Person, alice: Actor) -> None:
    post = await ask(desk, alice)
    await desk.take(bob, choose(desk, bob, post, "Mardi", alice, to=[PUBLIC, f"{alice.uri}/followers"]))

    assert (await read(desk, post)).own == []
    assert await desk.value("SELECT count(*) FROM activity WHERE type = 'Create' AND body LIKE '%votes%'") == 0
    async with connection(desk.instance.pool) as conn:
        assert await votes.list_own_votes(conn, alice.id) == []


async def test_a_poll_that_is_taken_out_of_a_post_elsewhere_goes_here_too(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    end = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    asked = desk.note(bob, type="Question", oneOf=[{"name": "Oui"}, {"name": "Non"}], endTime=end)
    await desk.take(bob, desk.create(bob, asked))
    plain = {key: value for key, value in asked.items() if key not in ("oneOf", "endTime")} | {"type": "Note"}

    await desk.take(bob, desk.activity(bob, "Update", plain, to=asked["to"]))

    assert await desk.value("SELECT count(*) FROM poll") == 0
    assert await desk.value("SELECT count(*) FROM post WHERE deleted_at IS NULL") == 1


async def test_a_post_is_no_vote(desk: Desk, bob: Person, alice: Actor) -> None:
    post, voter = await ask(desk, alice), await desk.meet(bob)
    answer = read_object(desk.note(bob, inReplyTo=post.uri, content="<p>Plutôt mercredi.</p>"))
    assert is_postlike(answer)

    async with transaction(desk.instance.pool) as conn:
        assert await process_vote(conn, voter, answer) is False

    assert (await read(desk, post)).voters == 0
