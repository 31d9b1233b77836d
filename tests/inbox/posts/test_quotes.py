"""Our people quote somebody elsewhere, and others quote others: what counts as a yes, and what is forged (FEP-044f)."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from federation.errors import Cause, FetchFailed
from inbox.posts.quote_checks import verify_quote
from models.people.actors import Actor
from models.posts import Post
from models.posts.quotes import quotes
from models.posts.quotes.quotes import Quote
from models.store.database import connection, transaction
from outbox.posts.notes import NoteDraft, delete, edit, publish
from tests.factories import make_note
from tests.fediverse import Person
from tests.inbox.desk import PUBLIC, Desk, later, write_moment

POLICY = {"interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}}}


@dataclass(slots=True, kw_only=True)
class Asked:
    """Alice quotes Bob, of another server, who was asked."""

    desk: Desk
    bob: Person
    alice: Actor
    note: Post
    request: dict[str, Any]
    url: str

    async def answer(self, type: str, by: Person | None = None, **changes: Any) -> None:
        """Bob's server answers, as Mastodon does."""
        by = by or self.bob
        inner = {
            "id": self.request["id"],
            "type": "QuoteRequest",
            "actor": self.alice.uri,
            "object": self.request["object"],
            "instrument": self.note.uri,
        }
        await self.desk.take(by, self.desk.activity(by, type, inner, **changes))

    async def quote(self) -> Quote:
        """As it stands."""
        async with connection(self.desk.instance.pool) as conn:
            found = await quotes.find_by_quoting(conn, self.note.id)
        assert found is not None
        return found


@pytest.fixture
async def asked(desk: Desk, bob: Person, alice: Actor) -> Asked:
    """The request has left."""
    author = await desk.follow(alice, bob)
    async with transaction(desk.instance.pool) as conn:
        quoted = await make_note(conn, author, audience="network", raw=POLICY)
        draft = NoteDraft(text="À lire !", audience="network", quoted_id=quoted.id)
        note = await publish(conn, desk.instance.site, alice, draft)
    [_, request] = await desk.sent()
    return Asked(desk=desk, bob=bob, alice=alice, note=note, request=request, url=quoted.url)


async def test_a_quote_says_what_it_quotes_in_every_form_and_asks(asked: Asked) -> None:
    create, request = await asked.desk.sent()

    quoted = request["object"]
    note = create["object"]
    assert [note[name] for name in ("quote", "quoteUri", "quoteUrl", "_misskey_quote")] == [quoted] * 4
    assert "quoteAuthorization" not in note
    assert note["content"].startswith(f'<p class="quote-inline">RE: <a href="{asked.url}">{asked.url}</a></p>')
    assert [tag["href"] for tag in note["tag"] if tag["type"] == "Link"] == [quoted]
    assert (request["type"], request["actor"], request["instrument"]["id"]) == (
        "QuoteRequest",
        asked.alice.uri,
        asked.note.uri,
    )
    assert (await asked.quote()).state == "pending"


async def test_a_note_for_followers_is_only_named_to_whoever_is_quoted(asked: Asked) -> None:
    async with transaction(asked.desk.instance.pool) as conn:
        author = await asked.desk.meet(asked.bob)
        quoted = await make_note(conn, author, audience="network", raw=POLICY)
        draft = NoteDraft(text="Entre nous", audience="followers", quoted_id=quoted.id)
        note = await publish(conn, asked.desk.instance.site, asked.alice, draft)

    assert (await asked.desk.sent())[-1]["instrument"] == note.uri


async def test_whoever_is_quoted_in_a_note_for_followers_never_gets_its_words(asked: Asked) -> None:
    site, pool = asked.desk.instance.site, asked.desk.instance.pool
    async with transaction(pool) as conn:
        author = await asked.desk.meet(asked.bob)
        quoted = await make_note(conn, author, audience="network", raw=POLICY)
        draft = NoteDraft(text="Entre nous", audience="followers", quoted_id=quoted.id)
        asked.note = await publish(conn, site, asked.alice, draft)
    asked.request = (await asked.desk.sent())[-1]

    await asked.answer("Accept", result=f"{asked.bob.uri}/stamps/1")
    async with transaction(pool) as conn:
        await edit(conn, site, asked.alice, asked.note, replace(draft, text="Toujours entre nous"))

    assert [one["type"] for one in await asked.desk.sent()][-3:] == ["QuoteRequest", "Update", "Update"]
    went = "FROM delivery d JOIN activity a ON a.id = d.activity_id WHERE a.object_uri = $1"
    assert await asked.desk.value(f"SELECT array_agg(a.type) {went}", asked.note.uri) == ["QuoteRequest"]
    async with transaction(pool) as conn:
        await conn.execute("UPDATE delivery SET state = 'done'")
        await delete(conn, site, asked.alice, asked.note)
    assert await asked.desk.value(f"SELECT count(*) {went} AND a.type = 'Delete'", asked.note.uri) == 1


async def test_a_deleted_quote_leaves_none_of_its_words_in_what_was_sent(asked: Asked) -> None:
    async with transaction(asked.desk.instance.pool) as conn:
        await delete(conn, asked.desk.instance.site, asked.alice, asked.note)

    assert not await asked.desk.value("SELECT bool_or(body LIKE '%À lire%') FROM activity")


async def test_a_yes_with_a_stamp_is_carried_to_whoever_holds_the_note(asked: Asked) -> None:
    stamp = f"{asked.bob.uri}/stamps/1"

    await asked.answer("Accept", result=stamp)

    assert (await asked.quote()).state == "accepted"
    update = (await asked.desk.sent())[-1]
    assert (update["type"], update["object"]["quoteAuthorization"]) == ("Update", stamp)
    assert "updated" not in update["object"], "its words did not change"


async def test_a_no_is_kept(asked: Asked) -> None:
    await asked.answer("Reject")

    assert (await asked.quote()).state == "rejected"
    assert len(await asked.desk.sent()) == 2


async def test_a_yes_that_is_taken_back_takes_the_stamp_from_the_note(asked: Asked) -> None:
    stamp = f"{asked.bob.uri}/stamps/1"
    await asked.answer("Accept", result=stamp)

    await asked.desk.take(asked.bob, asked.desk.activity(asked.bob, "Delete", stamp))

    assert (await asked.quote()).state == "revoked"
    assert "quoteAuthorization" not in (await asked.desk.sent())[-1]["object"]


@pytest.mark.parametrize("type", ["Accept", "Reject"])
async def test_nobody_else_answers_for_whoever_is_quoted(asked: Asked, type: str) -> None:
    eve = asked.desk.fediverse.add_person("eve")
    mallory = asked.desk.fediverse.add_person("mallory", "evil.test")

    for other in (eve, mallory):
        await asked.answer(type, by=other, result=f"{other.uri}/stamps/1")

    assert (await asked.quote()).state == "pending"


@pytest.mark.parametrize("stamp", ["https://evil.test/stamps/1", None, "not an address"])
async def test_a_yes_without_a_stamp_of_its_own_server_is_none(asked: Asked, stamp: str | None) -> None:
    await asked.answer("Accept", result=stamp)

    assert (await asked.quote()).state == "pending"


async def test_nobody_else_takes_a_yes_back(asked: Asked) -> None:
    stamp = f"{asked.bob.uri}/stamps/1"
    await asked.answer("Accept", result=stamp)
    eve = asked.desk.fediverse.add_person("eve")

    await asked.desk.take(eve, asked.desk.activity(eve, "Delete", stamp))

    assert (await asked.quote()).state == "accepted"


@dataclass(slots=True, kw_only=True)
class Other:
    """Bob quotes Dora: both elsewhere, Bob followed here."""

    desk: Desk
    bob: Person
    dora: Person
    note: dict[str, Any]
    quoted: dict[str, Any]

    @property
    def stamp(self) -> dict[str, Any]:
        """Dora's agreement as her server shows it."""
        return {
            "id": f"{self.dora.uri}/stamps/1",
            "type": "QuoteAuthorization",
            "attributedTo": self.dora.uri,
            "interactingObject": self.note["id"],
            "interactionTarget": self.quoted["id"],
        }

    async def settle(self, **changes: Any) -> str:
        """Bob's note comes and is looked into; how the quote stands then."""
        await self.desk.take(self.bob, self.desk.create(self.bob, self.note | changes))
        await verify_quote(self.desk.instance, {"id": await self.desk.value("SELECT id FROM quote")})
        return str(await self.desk.value("SELECT state FROM quote"))


@pytest.fixture
async def other(desk: Desk, bob: Person, alice: Actor) -> Other:
    """Dora's note stands at its address."""
    await desk.follow(alice, bob)
    dora = desk.fediverse.add_person("dora", "arras.test")
    quoted = desk.note(dora)
    desk.fediverse.documents[quoted["id"]] = quoted
    note = desk.note(bob, quote=quoted["id"], quoteAuthorization=f"{dora.uri}/stamps/1")
    return Other(desk=desk, bob=bob, dora=dora, note=note, quoted=quoted)


async def test_a_quote_counts_once_the_stamp_of_whoever_is_quoted_was_seen(other: Other) -> None:
    other.desk.fediverse.documents[other.stamp["id"]] = other.stamp

    assert await other.settle() == "accepted"


@pytest.mark.parametrize(
    "changes",
    [
        {"attributedTo": "https://arras.test/users/eve"},
        {"interactingObject": "https://henin.test/users/bob/notes/other"},
        {"interactionTarget": "https://arras.test/users/dora/notes/other"},
        {"type": "Note"},
    ],
    ids=["another's", "for another note", "of another note", "no stamp"],
)
async def test_a_stamp_for_something_else_is_none(other: Other, changes: dict[str, str]) -> None:
    other.desk.fediverse.documents[other.stamp["id"]] = other.stamp | changes

    assert await other.settle() == "rejected"


async def test_a_stamp_that_who_quotes_made_himself_is_none_and_is_not_asked_for(other: Other) -> None:
    own = other.stamp | {"id": f"{other.bob.uri}/stamps/1"}
    other.desk.fediverse.documents[own["id"]] = own

    assert await other.settle(quoteAuthorization=own["id"]) == "rejected"
    assert own["id"] not in other.desk.fediverse.fetched


async def test_naming_anothers_post_as_a_stamp_does_not_keep_it_from_being_deleted(other: Other, alice: Actor) -> None:
    await other.desk.follow(alice, other.dora)
    await other.desk.take(other.dora, other.desk.create(other.dora, other.quoted))
    await other.settle(quoteAuthorization=other.quoted["id"])

    await other.desk.take(other.dora, other.desk.activity(other.dora, "Delete", other.quoted["id"]))

    assert await other.desk.value("SELECT deleted_at FROM post WHERE uri = $1", other.quoted["id"]) is not None


async def test_a_stamp_that_is_gone_is_none(other: Other) -> None:
    other.desk.fediverse.documents[other.stamp["id"]] = FetchFailed(Cause.GONE, "arras.test", answer=410)

    assert await other.settle() == "rejected"


async def test_a_stamp_that_holds_counts_although_an_earlier_one_did_not(other: Other) -> None:
    assert await other.settle() == "rejected"
    stamp = other.stamp | {"id": f"{other.dora.uri}/stamps/2"}
    other.desk.fediverse.documents[stamp["id"]] = stamp

    again = other.note | {"quoteAuthorization": stamp["id"]}
    update = other.desk.activity(other.bob, "Update", again, published=write_moment(later(minutes=1)))
    await other.desk.take(other.bob, update)
    await verify_quote(other.desk.instance, {"id": await other.desk.value("SELECT id FROM quote")})

    assert await other.desk.value("SELECT state FROM quote") == "accepted"


@pytest.mark.parametrize("name", ["quote", "quoteUrl", "quoteUri", "_misskey_quote"])
async def test_without_a_stamp_a_quote_is_a_link(other: Other, name: str) -> None:
    bare = {key: value for key, value in other.note.items() if not key.startswith("quote")}
    other.note = bare | {name: other.quoted["id"]}

    assert await other.settle() == "pending"


async def test_ones_own_words_need_nobodys_yes(other: Other) -> None:
    before = other.desk.note(other.bob)
    other.desk.fediverse.documents[before["id"]] = before

    assert await other.settle(quote=before["id"], quoteAuthorization=None) == "accepted"


async def test_nobody_grants_himself_a_stamp_of_ours(other: Other, alice: Actor) -> None:
    async with connection(other.desk.instance.pool) as conn:
        mine = await make_note(conn, alice, audience="network")

    assert await other.settle(quote=mine.uri, quoteAuthorization=f"{alice.uri}/quotes/1") == "pending"


async def test_a_stamp_that_comes_with_an_update_counts(other: Other) -> None:
    other.desk.fediverse.documents[other.stamp["id"]] = other.stamp
    assert await other.settle(quoteAuthorization=None) == "pending"

    update = other.desk.activity(other.bob, "Update", other.note, published=write_moment(later(minutes=1)))
    await other.desk.take(other.bob, update)
    await verify_quote(other.desk.instance, {"id": await other.desk.value("SELECT id FROM quote")})

    assert await other.desk.value("SELECT state FROM quote") == "accepted"
    assert await other.desk.value("SELECT updated_at FROM post WHERE uri = $1", other.note["id"]) is None


async def test_b14_what_others_quote_makes_us_ask_one_server_thirty_times_a_minute(desk: Desk, bob: Person) -> None:
    alice_follows = await desk.meet(bob)
    async with transaction(desk.instance.pool) as conn:
        made = [
            await quotes.save(conn, await make_note(conn, alice_follows), f"https://victim.test/notes/{number}")
            for number in range(35)
        ]

    refused = 0
    for quote in made:
        try:
            await verify_quote(desk.instance, {"id": quote.id})
        except FetchFailed as failed:
            assert failed.retry
            refused += 1

    assert refused == 5


async def test_what_is_shown_in_a_quote_leads_no_further(desk: Desk, bob: Person, alice: Actor) -> None:
    await desk.follow(alice, bob)
    eve = desk.fediverse.add_person("eve", "eve.test")
    second = desk.note(eve, quote=f"{eve.uri}/notes/last")
    desk.fediverse.documents[second["id"]] = second

    await desk.take(bob, desk.create(bob, desk.note(bob, quote=second["id"])))
    await verify_quote(desk.instance, {"id": await desk.value("SELECT id FROM quote")})

    assert await desk.value("SELECT count(*) FROM post WHERE uri = $1", second["id"]) == 1
    assert await desk.value("SELECT count(*) FROM quote") == 1
    assert await desk.value("SELECT count(*) FROM pgqueuer WHERE entrypoint = 'verify_quote'") == 1


async def test_a_post_that_is_quoted_by_another_address_of_its_keeps_its_own_quote(
    desk: Desk, bob: Person, alice: Actor
) -> None:
    await desk.follow(alice, bob)
    held = desk.note(bob, quote="https://else.test/notes/1")
    desk.fediverse.documents[f"{bob.uri}/p/1"] = held
    await desk.take(bob, desk.create(bob, held), desk.create(bob, desk.note(bob, quote=f"{bob.uri}/p/1")))

    for id in await desk.instance.pool.fetch("SELECT id FROM quote WHERE quoted_uri LIKE '%/p/1'"):
        await verify_quote(desk.instance, {"id": id["id"]})

    assert await desk.value("SELECT count(*) FROM quote") == 2
