"""QuoteRequest: a stamp or a no for whoever asks to quote, and nothing for whoever may not see the post (FEP-044f)."""

import copy
from dataclasses import dataclass
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from federation.own_keys.key_pairs import make_key_pairs, save_local_keys
from inbox.processing.process import process_due
from models.people.actors import Actor
from models.posts import Post, message_requests
from models.posts.quotes import quote_policies
from models.relations.blocking import blocks
from models.store.database import connection, transaction
from outbox.posts import quotes as outbox_quotes
from outbox.posts.notes import delete
from outbox.relations.blocks import block
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk, later, write_moment
from tests.inbox.remote_people import add_stranger
from tests.payloads import load_json


@dataclass(slots=True, kw_only=True)
class Quoting:
    """Bob, at a Mastodon, and a post of Alice that he may want to quote."""

    desk: Desk
    bob: Person
    alice: Actor
    note: Post

    def request(self, **changes: Any) -> dict[str, Any]:
        """Mastodon's request, for this post."""
        written = copy.deepcopy(load_json("mastodon/quote_request"))
        written["object"] = self.note.uri
        written["instrument"] |= {"quote": self.note.uri, "_misskey_quote": self.note.uri, "quoteUri": self.note.uri}
        return written | changes

    async def answers(self) -> list[str]:
        """What we answered."""
        return [one["type"] for one in await self.desk.sent()]


@pytest.fixture
async def quoting(desk: Desk, alice: Actor) -> Quoting:
    """Alice follows Bob, so that he is no stranger."""
    bob = add_stranger(desk.fediverse, "https://mastodon.example/users/bob")
    await desk.follow(alice, bob)
    async with connection(desk.instance.pool) as conn:
        note = await make_note(conn, alice, audience="network")
    return Quoting(desk=desk, bob=bob, alice=alice, note=note)


async def test_whoever_asks_to_quote_a_public_post_gets_a_stamp_and_its_author_is_told(quoting: Quoting) -> None:
    request = quoting.request()

    await quoting.desk.take(quoting.bob, request)

    [accept] = await quoting.desk.sent()
    instrument = request["instrument"]["id"]
    assert (accept["type"], accept["actor"], accept["to"]) == ("Accept", quoting.alice.uri, [quoting.bob.uri])
    assert accept["object"] == {
        "id": request["id"],
        "type": "QuoteRequest",
        "actor": quoting.bob.uri,
        "instrument": instrument,
        "object": quoting.note.uri,
    }
    row = await quoting.desk.row("SELECT state, stamp_uri, quoting_uri, quoted_id FROM quote")
    assert (row["state"], row["stamp_uri"]) == ("accepted", accept["result"])
    assert (row["quoting_uri"], row["quoted_id"]) == (instrument, quoting.note.id)
    assert accept["result"].startswith(f"{quoting.alice.uri}/quotes/")
    assert await quoting.desk.told(quoting.alice) == ["quote"]
    assert await quoting.desk.value("SELECT content FROM post WHERE uri = $1", instrument) == "<p>À voir !</p>"


async def test_a_post_that_is_only_named_is_asked_for_at_its_own_server(quoting: Quoting) -> None:
    request = quoting.request()
    note = request["instrument"]
    quoting.desk.fediverse.documents[note["id"]] = note

    await quoting.desk.take(quoting.bob, request | {"instrument": note["id"]})

    assert await quoting.answers() == ["Accept"]
    assert await quoting.desk.told(quoting.alice) == ["quote"]


async def test_asking_again_gives_the_same_stamp_and_tells_nobody_twice(quoting: Quoting) -> None:
    await quoting.desk.take(quoting.bob, quoting.request())
    await quoting.desk.take(quoting.bob, quoting.request(id=f"{quoting.bob.uri}/quote_requests/43"))

    first, second = await quoting.desk.sent()
    assert first["result"] == second["result"] and first["object"]["id"] != second["object"]["id"]
    assert await quoting.desk.told(quoting.alice) == ["quote"]


@pytest.mark.parametrize("policy", ["nobody", "followers"])
async def test_whom_the_authors_wish_does_not_let_quote_is_told_no(quoting: Quoting, policy: Any) -> None:
    async with transaction(quoting.desk.instance.pool) as conn:
        await quote_policies.save_policy(conn, quoting.note.id, policy)

    await quoting.desk.take(quoting.bob, quoting.request())

    assert await quoting.answers() == ["Reject"]
    assert await quoting.desk.value("SELECT count(*) FROM quote") == 0
    assert await quoting.desk.told(quoting.alice) == []


async def test_followers_may_quote_what_followers_may(quoting: Quoting) -> None:
    async with transaction(quoting.desk.instance.pool) as conn:
        await quote_policies.save_policy(conn, quoting.note.id, "followers")
    await quoting.desk.take(quoting.bob, quoting.desk.activity(quoting.bob, "Follow", quoting.alice.uri))

    await quoting.desk.take(quoting.bob, quoting.request())

    assert (await quoting.answers())[-1] == "Accept"


async def test_a_follower_learns_that_what_is_for_followers_is_not_quoted(quoting: Quoting) -> None:
    await quoting.desk.take(quoting.bob, quoting.desk.activity(quoting.bob, "Follow", quoting.alice.uri))
    await quoting.desk.instance.pool.execute("UPDATE post SET audience = 'followers' WHERE id = $1", quoting.note.id)

    await quoting.desk.take(quoting.bob, quoting.request())

    assert (await quoting.answers())[-1] == "Reject"


@pytest.mark.parametrize("case", ["private", "missing", "deleted", "blocked"])
async def test_ob03_what_somebody_may_not_see_answers_like_what_never_was(quoting: Quoting, case: str) -> None:
    pool = quoting.desk.instance.pool
    changes: dict[str, Any] = {}
    match case:
        case "private":
            await pool.execute("UPDATE post SET audience = 'direct' WHERE id = $1", quoting.note.id)
        case "missing":
            changes = {"object": f"{quoting.alice.uri}/notes/none"}
        case "deleted":
            await pool.execute("UPDATE post SET deleted_at = now() WHERE id = $1", quoting.note.id)
        case _:
            async with transaction(pool) as conn:
                bob = await quoting.desk.meet(quoting.bob)
                await blocks.save(conn, uri="https://lomme.test/b", actor_id=quoting.alice.id, target_id=bob.id)

    await quoting.desk.take(quoting.bob, quoting.request(**changes))

    assert await quoting.answers() == []
    assert await quoting.desk.value("SELECT count(*) FROM quote") == 0
    assert await quoting.desk.told(quoting.alice) == []


@pytest.mark.parametrize("embedded", [True, False])
async def test_nobody_gets_a_stamp_for_anothers_post(quoting: Quoting, embedded: bool) -> None:
    eve = add_stranger(quoting.desk.fediverse, "https://mastodon.example/users/eve")
    await quoting.desk.follow(quoting.alice, eve)
    request = quoting.request(id=f"{eve.uri}/1", actor=eve.uri)
    quoting.desk.fediverse.documents[request["instrument"]["id"]] = request["instrument"]

    await quoting.desk.take(eve, request if embedded else request | {"instrument": request["instrument"]["id"]})

    assert await quoting.answers() == []
    assert await quoting.desk.value("SELECT count(*) FROM quote") == 0


async def test_a_post_of_another_server_is_not_even_asked_for(quoting: Quoting) -> None:
    await quoting.desk.take(quoting.bob, quoting.request(instrument="https://victim.test/notes/1"))

    assert not [uri for uri in quoting.desk.fediverse.fetched if "victim.test" in uri]
    assert await quoting.answers() == []


async def test_a_post_that_quotes_something_else_gets_no_stamp(quoting: Quoting) -> None:
    request = quoting.request()
    for name in ("quote", "_misskey_quote", "quoteUri"):
        request["instrument"][name] = "https://arras.test/notes/1"

    await quoting.desk.take(quoting.bob, request)

    assert await quoting.answers() == []


async def test_a_post_that_nobody_shows_us_is_refused(quoting: Quoting) -> None:
    desk, uri = quoting.desk, quoting.request()["instrument"]["id"]
    pairs = await make_key_pairs(desk.instance.settings)
    async with transaction(desk.instance.pool) as conn:
        await save_local_keys(conn, desk.instance.site, quoting.alice, pairs)
    quoting.desk.fediverse.documents[uri] = FetchFailed(Cause.FORBIDDEN, "mastodon.example", answer=403)

    await quoting.desk.take(quoting.bob, quoting.request(instrument=uri))

    assert await quoting.answers() == ["Reject"]


async def test_a_stranger_gets_a_no_after_ten_of_a_day_from_whichever_host_of_one_domain(
    desk: Desk, alice: Actor
) -> None:
    async with connection(desk.instance.pool) as conn:
        note = await make_note(conn, alice, audience="network")
    for number in range(11):
        mallory = add_stranger(desk.fediverse, f"https://{'' if number % 2 else 'm.'}evil.test/users/mallory")
        quoting = Quoting(desk=desk, bob=mallory, alice=alice, note=note)
        request = quoting.request(id=f"{mallory.uri}/{number}", actor=mallory.uri)
        request["instrument"] |= {"id": f"{mallory.uri}/notes/{number}", "attributedTo": mallory.uri}
        await desk.post(mallory, request)

    await process_due(desk.instance)

    assert await desk.value("SELECT count(*) FROM activity WHERE type = 'Accept'") == 10
    assert await desk.value("SELECT count(*) FROM activity WHERE type = 'Reject'") == 1
    assert await desk.value("SELECT count(*) FROM quote") == 10


async def test_whom_she_sent_away_does_not_come_back_by_a_quote(desk: Desk, alice: Actor) -> None:
    mallory = add_stranger(desk.fediverse, "https://evil.test/users/mallory")
    async with transaction(desk.instance.pool) as conn:
        note = await make_note(conn, alice, audience="network")
        await message_requests.decide(conn, alice.id, (await desk.meet(mallory)).id, welcome=False)
    quoting = Quoting(desk=desk, bob=mallory, alice=alice, note=note)
    request = quoting.request(id=f"{mallory.uri}/1", actor=mallory.uri)
    request["instrument"] |= {"id": f"{mallory.uri}/notes/1", "attributedTo": mallory.uri}

    await desk.take(mallory, request)

    assert (await quoting.answers(), await desk.told(alice)) == (["Reject"], [])
    assert await desk.value("SELECT count(*) FROM post WHERE NOT local") == 0


async def test_what_was_taken_back_is_told_to_who_quoted_and_not_granted_again(quoting: Quoting) -> None:
    await quoting.desk.take(quoting.bob, quoting.request())
    stamp = await quoting.desk.value("SELECT stamp_uri FROM quote")
    quoting_id = await quoting.desk.value("SELECT quoting_id FROM quote")

    async with transaction(quoting.desk.instance.pool) as conn:
        await outbox_quotes.revoke(conn, quoting.desk.instance.site, quoting.alice, quoting.note, quoting_id)
        await outbox_quotes.revoke(conn, quoting.desk.instance.site, quoting.alice, quoting.note, quoting_id)
    await quoting.desk.take(quoting.bob, quoting.request(id=f"{quoting.bob.uri}/quote_requests/43"))

    accept, delete, reject = await quoting.desk.sent()
    assert (delete["type"], delete["object"]["id"], delete["to"]) == ("Delete", stamp, [PUBLIC])
    assert [accept["type"], reject["type"]] == ["Accept", "Reject"]
    hosts = await quoting.desk.instance.pool.fetch("SELECT DISTINCT host FROM delivery")
    assert [row["host"] for row in hosts] == ["mastodon.example"], "Bob alone: nobody follows Alice"


async def test_whoever_is_blocked_loses_the_stamps(quoting: Quoting) -> None:
    await quoting.desk.take(quoting.bob, quoting.request())
    bob = await quoting.desk.meet(quoting.bob)

    async with transaction(quoting.desk.instance.pool) as conn:
        await block(conn, quoting.desk.instance.site, quoting.alice, bob)

    assert await quoting.desk.value("SELECT state FROM quote") == "revoked"
    assert "Delete" in await quoting.answers()


async def test_who_quotes_hears_that_the_post_is_deleted(quoting: Quoting) -> None:
    await quoting.desk.take(quoting.bob, quoting.request())

    async with transaction(quoting.desk.instance.pool) as conn:
        await delete(conn, quoting.desk.instance.site, quoting.alice, quoting.note)

    told = await quoting.desk.value(
        "SELECT count(*) FROM delivery d JOIN activity a ON a.id = d.activity_id "
        "WHERE a.type = 'Delete' AND a.object_uri = $1 AND d.host = 'mastodon.example'",
        quoting.note.uri,
    )
    assert told == 1


async def test_a_quote_with_its_stamp_is_no_edit(quoting: Quoting) -> None:
    request = quoting.request()
    await quoting.desk.take(quoting.bob, request)
    stamp = await quoting.desk.value("SELECT stamp_uri FROM quote")

    update = quoting.desk.activity(
        quoting.bob,
        "Update",
        request["instrument"] | {"quoteAuthorization": stamp},
        published=write_moment(later(minutes=1)),
    )
    await quoting.desk.take(quoting.bob, update)

    assert await quoting.desk.value("SELECT updated_at FROM post WHERE NOT local") is None
    assert await quoting.desk.value("SELECT state FROM quote") == "accepted"


async def test_a_post_that_is_edited_to_quote_nothing_quotes_nothing(quoting: Quoting) -> None:
    request = quoting.request()
    await quoting.desk.take(quoting.bob, request)
    bare = {name: value for name, value in request["instrument"].items() if "quote" not in name.lower()}

    await quoting.desk.take(
        quoting.bob, quoting.desk.activity(quoting.bob, "Update", bare | {"updated": write_moment(later(minutes=1))})
    )

    assert await quoting.desk.value("SELECT count(*) FROM quote") == 0
