"""Pinning to one's profile, and muting threads, through a client."""

from models.relations import pins
from models.store.database import connection, fetch_column, fetch_value, transaction
from tests.factories import make_follow, make_listing, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/statuses"

STATUSES = strict.many(strict.status)


async def test_pinned_posts_stand_on_the_profile_the_last_pinned_first(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        listing = await make_listing(conn, alice.actor)
    note = await alice.api.post(URL, strict.status, status="Bonjour")

    for id in (note["id"], str(listing.id), note["id"]):
        pinned = await alice.api.post(f"{URL}/{id}/pin", strict.status)
        assert pinned["pinned"] is True

    path = f"/api/v1/accounts/{alice.actor.id}/statuses"
    shown = await alice.api.as_anybody().get(path, STATUSES, pinned="true")
    assert [one["id"] for one in shown] == [str(listing.id), note["id"]]
    unpinned = await alice.api.post(f"{URL}/{listing.id}/unpin", strict.status)
    assert unpinned["pinned"] is False
    assert [one["id"] for one in await alice.api.get(path, STATUSES, pinned="true")] == [note["id"]]


async def test_followers_elsewhere_are_told_once_of_each_change(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_follow(conn, await make_remote_actor(conn), alice.actor)
    note = await alice.api.post(URL, strict.status, status="Bonjour")

    for act in ("pin", "pin", "unpin", "unpin"):
        await alice.api.post(f"{URL}/{note['id']}/{act}", strict.status)

    async with connection(alice.api.pool) as conn:
        sent = await fetch_column(
            conn,
            """
            SELECT a.type || ' ' || (a.body::jsonb ->> 'target') || ' ' || (a.body::jsonb ->> 'object')
            FROM activity a JOIN delivery d ON d.activity_id = a.id WHERE a.type IN ('Add', 'Remove') ORDER BY a.id
            """,
        )
    assert sent == [f"{verb} {alice.actor.featured_uri} {note['uri']}" for verb in ("Add", "Remove")]


async def test_only_ones_own_public_posts_and_only_five(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bobs = await make_note(conn, await make_member(conn, "bob"))
    wrapper = await alice.api.post(f"{URL}/{bobs.id}/reblog", strict.status)
    private = await alice.api.post(URL, strict.status, status="x", visibility="private")
    notes = [await alice.api.post(URL, strict.status, status=str(number)) for number in range(6)]

    for id in (bobs.id, wrapper["id"], private["id"]):
        assert (await alice.api.ask("POST", f"{URL}/{id}/pin")).status == 422
    answers = [await alice.api.ask("POST", f"{URL}/{note['id']}/pin") for note in notes]

    assert [answer.status for answer in answers] == [200] * 5 + [422]
    assert (await alice.api.ask("POST", f"{URL}/999/pin")).status == 404


async def test_a_deleted_post_is_no_longer_pinned(alice: Alice) -> None:
    note = await alice.api.post(URL, strict.status, status="Bonjour")
    await alice.api.post(f"{URL}/{note['id']}/pin", strict.status)

    await alice.api.ask("DELETE", f"{URL}/{note['id']}")

    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM pin") == 0


async def test_what_others_pinned_is_shown_and_asked_for_once_a_day(alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        bob = await make_remote_actor(conn, featured_uri="https://henin.test/users/bob/featured")
        note = await make_note(conn, bob)
        await pins.pin_remote(conn, bob.id, note.id)
    path = f"/api/v1/accounts/{bob.id}/statuses"

    shown = [await alice.api.get(path, STATUSES, pinned="true") for _ in range(2)]
    await alice.api.as_anybody().get(path, STATUSES, pinned="true")

    assert [[one["id"] for one in page] for page in shown] == [[str(note.id)]] * 2
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = 'featured'") == 1


async def test_of_a_muted_thread_one_hears_no_more(alice: Alice) -> None:
    note = await alice.api.post(URL, strict.status, status="Bonjour")
    async with connection(alice.api.pool) as conn:
        bob = await make_member(conn, "bob")
    bobs = await alice.api.as_member(bob)
    reply = await bobs.post(URL, strict.status, status="Bonjour @alice", in_reply_to_id=note["id"])

    muted = await alice.api.post(f"{URL}/{reply['id']}/mute", strict.status)
    again = await bobs.post(URL, strict.status, status="Allô @alice ?", in_reply_to_id=reply["id"])
    await bobs.post(f"{URL}/{note['id']}/favourite", strict.status)

    assert muted["muted"] is True
    assert (await alice.api.get(f"{URL}/{again['id']}", strict.status))["muted"] is True
    assert (await bobs.get(f"{URL}/{again['id']}", strict.status))["muted"] is False
    assert [one["status"]["id"] for one in await alice.api.get("/api/v1/notifications")] == [reply["id"]]
    unmuted = await alice.api.post(f"{URL}/{note['id']}/unmute", strict.status)
    await bobs.post(URL, strict.status, status="Encore @alice", in_reply_to_id=note["id"])
    assert unmuted["muted"] is False
    assert len(await alice.api.get("/api/v1/notifications")) == 2


async def test_a_share_may_be_unlisted_and_never_private(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, await make_remote_actor(conn))

    refused = await alice.api.ask("POST", f"{URL}/{note.id}/reblog", json={"visibility": "private"})
    shared = await alice.api.ask("POST", f"{URL}/{note.id}/reblog", json={"visibility": "unlisted"})

    assert (refused.status, shared.status) == (422, 200)
    async with connection(alice.api.pool) as conn:
        to = await fetch_value(conn, "SELECT body::jsonb -> 'to' FROM activity WHERE type = 'Announce'")
    assert to == [alice.actor.followers_uri]
