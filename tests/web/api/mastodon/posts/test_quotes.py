"""Quotes as clients ask for them: written, granted or waiting, taken back, and by whose wish (Mastodon 4.5)."""

from dataclasses import replace
from typing import Any

import pytest

from models.people.actors import Actor
from models.posts import Post
from models.posts.quotes import quotes
from models.store.database import connection, execute, transaction
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"

POLICY = {"interactionPolicy": {"canQuote": {"automaticApproval": [PUBLIC]}}}


@pytest.fixture
async def carol(alice: Alice) -> Actor:
    """Another member."""
    async with connection(alice.api.pool) as conn:
        return await make_member(conn, "carol")


async def _note(alice: Alice, author: Actor, **changes: Any) -> Post:
    async with connection(alice.api.pool) as conn:
        return await make_note(conn, author, **({"audience": "network"} | changes))


async def _quote(alice: Alice, quoted: Post, **typed: Any) -> dict[str, Any]:
    typed = {"status": "À lire", "quoted_status_id": str(quoted.id)} | typed
    found: dict[str, Any] = await alice.api.post("/api/v1/statuses", strict.status, **typed)
    return found


async def _sent(alice: Alice) -> list[str]:
    rows = await alice.api.pool.fetch("SELECT type FROM activity ORDER BY id")
    return [row["type"] for row in rows]


async def test_a_neighbour_is_quoted_at_once_and_told(alice: Alice, carol: Actor) -> None:
    quoted = await _note(alice, carol)

    status = await _quote(alice, quoted)

    assert status["quote"]["state"] == "accepted"
    assert status["quote"]["quoted_status"]["id"] == str(quoted.id)
    assert status["quote"]["quoted_status"]["quotes_count"] == 1
    told = await alice.api.pool.fetch("SELECT type, actor_id FROM notification WHERE recipient_id = $1", carol.id)
    assert [(row["type"], row["actor_id"]) for row in told] == [("quote", alice.actor.id)]
    listed = await alice.api.get(f"/api/v1/statuses/{quoted.id}/quotes", strict.many(strict.status))
    assert [one["id"] for one in listed] == [status["id"]]


async def test_a_listing_is_quoted_like_a_note_and_without_a_word(alice: Alice, carol: Actor) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, carol)

    status = await _quote(alice, listing.post, status="")

    assert (status["content"], status["quote"]["quoted_status"]["id"]) == ("", str(listing.id))


async def test_one_quotes_oneself_and_is_told_nothing(alice: Alice) -> None:
    quoted = await _note(alice, alice.actor)

    assert (await _quote(alice, quoted))["quote"]["state"] == "accepted"
    assert await alice.api.pool.fetchval("SELECT count(*) FROM notification") == 0


async def test_somebody_elsewhere_is_asked_and_the_quote_waits(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
    quoted = await _note(alice, bob, raw=POLICY)

    status = await _quote(alice, quoted)

    assert status["quote"] == {"state": "pending", "quoted_status": None}
    assert await _sent(alice) == ["Create", "QuoteRequest"]
    shown = await alice.api.get(f"/api/v1/statuses/{quoted.id}", strict.status)
    assert shown["quote_approval"] == {"automatic": ["public"], "manual": [], "current_user": "automatic"}


@pytest.mark.parametrize("said", [{}, {"interactionPolicy": {"canQuote": {"automaticApproval": ["x"]}}}])
async def test_whoever_invites_nobody_is_not_quoted(alice: Alice, said: dict[str, Any]) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
    quoted = await _note(alice, bob, raw=said)

    answer = await alice.api.ask("POST", "/api/v1/statuses", data={"status": "x", "quoted_status_id": str(quoted.id)})

    assert answer.status == 422
    assert await alice.api.pool.fetchval("SELECT count(*) FROM quote") == 0


@pytest.mark.parametrize("audience", ["followers", "coop", "direct"])
async def test_what_is_not_for_everybody_is_quoted_by_nobody(alice: Alice, carol: Actor, audience: str) -> None:
    quoted = await _note(alice, carol, audience=audience, mention_ids=(alice.actor.id,))

    answer = await alice.api.ask("POST", "/api/v1/statuses", data={"status": "x", "quoted_status_id": str(quoted.id)})

    assert answer.status in {404, 422}
    assert await alice.api.pool.fetchval("SELECT count(*) FROM quote") == 0


async def test_a_private_message_quotes_nothing(alice: Alice, carol: Actor) -> None:
    quoted = await _note(alice, carol)
    typed = {"status": "@carol x", "visibility": "direct", "quoted_status_id": str(quoted.id)}

    answer = await alice.api.ask("POST", "/api/v1/statuses", data=typed)

    assert answer.status == 422
    assert await alice.api.pool.fetchval("SELECT count(*) FROM post WHERE author_id = $1", alice.actor.id) == 0


async def test_the_author_takes_her_yes_back(alice: Alice, carol: Actor) -> None:
    mine = await _note(alice, alice.actor)
    hers = await _note(alice, carol)
    async with transaction(alice.api.pool) as conn:
        quote = await quotes.save(conn, hers, mine.uri)
        await quotes.settle(conn, quote.id, "accepted", stamp_uri="https://lomme.test/users/alice/quotes/1")

    status = await alice.api.post(f"/api/v1/statuses/{mine.id}/quotes/{hers.id}/revoke", strict.status)

    assert status["quote"] == {"state": "revoked", "quoted_status": None}
    assert "Delete" in await _sent(alice)
    assert (await alice.api.get(f"/api/v1/statuses/{mine.id}", strict.status))["quotes_count"] == 0


async def test_nobody_takes_back_what_another_granted(alice: Alice, carol: Actor) -> None:
    theirs, mine = await _note(alice, carol), await _note(alice, alice.actor)
    async with transaction(alice.api.pool) as conn:
        quote = await quotes.save(conn, mine, theirs.uri)
        await quotes.settle(conn, quote.id, "accepted")

    answer = await alice.api.ask("POST", f"/api/v1/statuses/{theirs.id}/quotes/{mine.id}/revoke")

    assert answer.status == 404
    assert await alice.api.pool.fetchval("SELECT state FROM quote") == "accepted"


async def test_who_may_quote_is_chosen_with_a_post_after_it_and_once_for_all(alice: Alice) -> None:
    typed = {"status": "Bonjour", "quote_approval_policy": "followers"}
    status = await alice.api.post("/api/v1/statuses", strict.status, **typed)
    assert status["quote_approval"]["automatic"] == ["followers"]

    path = f"/api/v1/statuses/{status['id']}/interaction_policy"
    changed = await alice.api.ask("PUT", path, data={"quote_approval_policy": "nobody"})
    assert changed.json["quote_approval"] == {"automatic": [], "manual": [], "current_user": "automatic"}
    assert await _sent(alice) == ["Create", "Update"]
    assert (await alice.api.ask("PUT", path, data={"quote_approval_policy": "everybody"})).status == 422

    await alice.api.ask("PATCH", "/api/v1/accounts/update_credentials", data={"source[quote_policy]": "nobody"})
    after = await alice.api.post("/api/v1/statuses", strict.status, status="Encore")
    assert after["quote_approval"]["automatic"] == []
    preferences = await alice.api.ask("GET", "/api/v1/preferences")
    assert preferences.json["posting:default:quote_policy"] == "nobody"


async def test_followers_alone_may_quote_where_the_author_says_so(alice: Alice, carol: Actor) -> None:
    quoted = await _note(alice, carol)
    async with connection(alice.api.pool) as conn:
        await execute(conn, "INSERT INTO quote_policy (post_id, policy) VALUES ($1, 'followers')", quoted.id)
    typed = {"status": "x", "quoted_status_id": str(quoted.id)}

    assert (await alice.api.ask("POST", "/api/v1/statuses", data=typed)).status == 422
    assert (await alice.api.get(f"/api/v1/statuses/{quoted.id}", strict.status))["quote_approval"][
        "current_user"
    ] == "denied"
    await alice.api.ask("POST", f"/api/v1/accounts/{carol.id}/follow")
    assert (await alice.api.ask("POST", "/api/v1/statuses", data=typed)).status == 200


@pytest.mark.parametrize(
    ("own", "changes", "said", "to_visitors"),
    [
        (False, {}, "automatic", "denied"),
        (False, {"raw": {"interactionPolicy": {"canQuote": {"manualApproval": [PUBLIC]}}}}, "manual", "denied"),
        (False, {"audience": "followers"}, "denied", None),
        (True, {}, "automatic", "denied"),
        (True, {"audience": "followers"}, "denied", None),
    ],
)
async def test_who_reads_a_post_learns_whether_she_may_quote_it(
    alice: Alice, own: bool, changes: dict[str, Any], said: str, to_visitors: str | None
) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        await make_follow(conn, alice.actor, bob)
    post = await _note(alice, alice.actor if own else bob, **({"raw": POLICY} | changes))
    path = f"/api/v1/statuses/{post.id}"

    shown = await alice.api.get(path, strict.status)
    public = (await replace(alice.api, bearer=None).ask("GET", path)).json

    assert shown["quote_approval"]["current_user"] == said
    assert public.get("quote_approval", {}).get("current_user") == to_visitors


async def test_what_was_deleted_or_may_not_be_seen_is_not_shown_in_a_quote(alice: Alice, carol: Actor) -> None:
    quoted = await _note(alice, carol)
    status = await _quote(alice, quoted)
    path = f"/api/v1/statuses/{status['id']}"

    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE post SET audience = 'direct' WHERE id = $1", quoted.id)
    assert (await alice.api.get(path, strict.status))["quote"] == {"state": "unauthorized", "quoted_status": None}
