"""What streams tell each member otherwise than others: what her filters find, and her conversations."""

from dataclasses import replace

from models.people.actors import Actor
from models.posts.polls import polls, votes
from models.posts.polls.polls import NewPoll
from models.store.database import connection, transaction
from tests.factories import make_member, make_note
from tests.web.api import strict
from tests.web.api.conftest import Alice
from tests.web.api.streams import acting, watching


async def test_a_stream_says_what_the_readers_filters_find_and_others_do_not_see_it(alice: Alice, bob: Actor) -> None:
    values = {"title": "Assez", "context": ["home"], "keywords_attributes": [{"keyword": "velo"}]}
    await alice.api.ask("POST", "/api/v2/filters", json=values)
    async with connection(alice.api.pool) as conn:
        dora = await alice.api.as_member(await make_member(conn, "dora"))

    async with watching(alice.api, "user") as mine, watching(dora, "public") as hers:
        async with acting(alice.api) as conn:
            await make_note(conn, bob, content="<p>Un vélo</p>")
            await make_note(conn, bob)
        found, plain, others = await mine.next(), await mine.next(), await hers.next()

    for event in (found, plain, others):
        strict.status(event.payload)
    assert [one["keyword_matches"] for one in found.payload["filtered"]] == [["velo"]]
    assert (plain.payload["filtered"], others.payload["filtered"]) == ([], [])
    assert others.payload["id"] == found.payload["id"]


async def test_a_stream_leaves_out_what_a_filter_hides_there(alice: Alice, bob: Actor) -> None:
    for context, words in (("home", "velo"), ("public", "tente")):
        values = {"title": words, "context": [context], "filter_action": "hide"}
        keywords = {"keywords_attributes": [{"keyword": words}]}
        await alice.api.ask("POST", "/api/v2/filters", json=values | keywords)

    async with watching(alice.api, "user") as home, watching(alice.api, "public") as public:
        async with acting(alice.api) as conn:
            bike, tent = await make_note(conn, bob, content="Vélo"), await make_note(conn, bob, content="Tente")
            own = await make_note(conn, alice.actor, content="Vélo et tente")

        told = [[(await stream.next()).payload["id"] for _ in range(2)] for stream in (home, public)]

    assert told == [[str(tent.id), str(own.id)], [str(bike.id), str(own.id)]]
    for path, ids in zip(("home", "public"), told, strict=True):
        assert [one["id"] for one in await alice.api.get(f"/api/v1/timelines/{path}")] == ids[::-1]


async def test_private_notes_go_on_as_conversations_with_those_who_take_part(alice: Alice, bob: Actor) -> None:
    async with watching(alice.api, "direct") as events:
        async with acting(alice.api) as conn:
            await make_note(conn, bob)
            note = await make_note(conn, bob, audience="direct", mention_ids=(alice.actor.id,))
        told = await events.next()

    strict.conversation(told.payload)
    assert (told.event, told.payload["unread"]) == ("conversation", True)
    assert told.payload["last_status"]["id"] == str(note.id)
    assert [told.payload] == await alice.api.get("/api/v1/conversations")


async def test_new_figures_of_a_poll_keep_what_each_member_chose_in_it(alice: Alice, bob: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, bob)
    held = NewPoll(options=("Oui", "Non"), votes=(3, 1), multiple=False, voters=4, ends_at=None, closed_at=None)
    async with transaction(alice.api.pool) as conn:
        await polls.save_remote(conn, note.id, held)
        await votes.save(conn, note.id, alice.actor.id, {1: "https://lomme.test/v/1"})

    async with watching(alice.api, "user") as events:
        async with acting(alice.api) as conn:
            await polls.save_remote(conn, note.id, replace(held, votes=(3, 2), voters=5))
        told = await events.next()

    poll = told.payload["poll"]
    assert (told.event, poll["voters_count"]) == ("status.update", 5)
    assert (poll["voted"], poll["own_votes"]) == (True, [1])
