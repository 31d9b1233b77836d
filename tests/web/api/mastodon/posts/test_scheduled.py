"""Statuses that wait for their moment: published by a job exactly once, and never lost without a word."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.errors import Unavailable
from models.posts.media import media_files
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from outbox import posting
from outbox.scheduled_posts import ask_overdue
from tests.factories import make_listing, make_local_actor, make_member
from tests.web.api import strict
from tests.web.api.conftest import Alice
from tests.web.api.mastodon.posts.test_editing import add_upload
from web.actions.scheduled_posts import publish_scheduled

URL = "/api/v1/statuses"
WAITING = "/api/v1/scheduled_statuses"

COUNT = "SELECT count(*) FROM post WHERE kind = 'note'"

SCHEDULED = strict.shaped(
    {
        "id": strict.id,
        "scheduled_at": strict.moment,
        "params": strict.shaped(
            {
                "text": strict.text,
                "poll": strict.maybe(
                    strict.shaped(
                        {
                            "options": strict.many(strict.filled),
                            "expires_in": strict.count,
                            "multiple": strict.flag,
                            "hide_totals": strict.flag,
                        }
                    )
                ),
                "media_ids": strict.maybe(strict.many(strict.id)),
                "sensitive": strict.flag,
                "spoiler_text": strict.maybe(strict.text),
                "visibility": strict.maybe(strict.one_of("public", "unlisted", "private", "direct")),
                "in_reply_to_id": strict.maybe(strict.id),
                "language": strict.maybe(strict.text),
                "quoted_status_id": strict.maybe(strict.id),
                "quote_approval_policy": strict.maybe(strict.text),
                "application_id": strict.null,
                "scheduled_at": strict.null,
                "idempotency": strict.null,
                "with_rate_limit": strict.flag,
            }
        ),
        "media_attachments": strict.many(strict.attachment),
    }
)


def later(**time: float) -> str:
    return (datetime.now(UTC) + timedelta(**time)).isoformat()


async def plan(alice: Alice, **data: Any) -> Any:
    return await alice.api.post(URL, SCHEDULED, **({"status": "Bonjour", "scheduled_at": later(hours=1)} | data))


async def let_time_pass(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE scheduled_status SET scheduled_at = now() - interval '2 minutes'")


async def test_a_status_waits_and_is_published_as_it_was_typed(alice: Alice) -> None:
    picture = await add_upload(alice, 1)
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE token SET application_website = 'https://tests.example'")
    kept = await plan(alice, spoiler_text="Oh", visibility="unlisted", language="en", **{"media_ids[]": picture})

    assert await alice.api.get(WAITING, strict.many(SCHEDULED)) == [kept]
    assert await alice.api.get("/api/v1/timelines/home") == []
    await let_time_pass(alice)
    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})

    [status] = await alice.api.get("/api/v1/timelines/home", strict.many(strict.status))
    assert (status["spoiler_text"], status["visibility"], status["language"]) == ("Oh", "unlisted", "en")
    assert [one["id"] for one in status["media_attachments"]] == [picture]
    assert status["application"] == {"name": "Tests", "website": "https://tests.example"}
    assert await alice.api.get(WAITING) == []


async def test_it_is_published_once_however_often_and_by_how_many_the_job_runs(alice: Alice) -> None:
    kept = await plan(alice)
    await let_time_pass(alice)

    await asyncio.gather(*(publish_scheduled(alice.api.instance, {"id": int(kept["id"])}) for _ in range(5)))

    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, COUNT) == 1


async def test_b45_an_account_that_was_closed_meanwhile_publishes_nothing_and_loses_no_word(
    alice: Alice,
) -> None:
    kept = await plan(alice)
    await let_time_pass(alice)
    async with transaction(alice.api.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        await execute(conn, "UPDATE account SET disabled_at = now() WHERE actor_id = $1", alice.actor.id)

    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})

    async with connection(alice.api.pool) as conn:
        letters = await fetch_column(
            conn, "SELECT source FROM post WHERE audience = 'direct' AND author_id <> $1", alice.actor.id
        )
        assert await fetch_value(conn, "SELECT count(*) FROM post WHERE author_id = $1", alice.actor.id) == 0
    assert len(letters) == 1
    assert "fermé" in letters[0] and "Bonjour" in letters[0]


async def test_what_somebody_suspended_planned_rests_until_she_is_so_no_more(alice: Alice) -> None:
    kept = await plan(alice)
    await let_time_pass(alice)
    async with transaction(alice.api.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        await execute(conn, "UPDATE actor SET suspended_at = now() WHERE id = $1", alice.actor.id)

    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})

    async with transaction(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM post") == 0
        await execute(conn, "UPDATE actor SET suspended_at = NULL WHERE id = $1", alice.actor.id)
    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT source FROM post WHERE author_id = $1", alice.actor.id) == "Bonjour"


async def test_a_crash_in_between_leaves_it_to_be_published(alice: Alice, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = await plan(alice)
    await let_time_pass(alice)
    post = posting.post

    async def die(*given: Any) -> Any:
        await post(*given)
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(posting, "post", die)
        with pytest.raises(Unavailable):
            await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})
    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})

    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, COUNT) == 1


async def test_the_job_waits_with_it_and_a_lost_one_is_asked_for_again(alice: Alice) -> None:
    await plan(alice)

    async with transaction(alice.api.pool) as conn:
        wait = await fetch_value(conn, "SELECT execute_after - now() FROM pgqueuer WHERE entrypoint = 'scheduled'")
        assert timedelta(minutes=59) < wait <= timedelta(hours=1)
        assert await ask_overdue(conn) == 0
    await let_time_pass(alice)
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "DELETE FROM pgqueuer")
        assert [await ask_overdue(conn), await ask_overdue(conn)] == [1, 1]
        assert await fetch_value(conn, "SELECT count(*) FROM pgqueuer") == 1


async def test_before_its_moment_a_job_publishes_nothing(alice: Alice) -> None:
    kept = await plan(alice)

    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})
    await publish_scheduled(alice.api.instance, {"id": 5})

    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, COUNT) == 0


async def test_its_moment_changes_and_it_can_be_forgotten(alice: Alice) -> None:
    kept = await plan(alice)
    path, moment = f"{WAITING}/{kept['id']}", later(days=2)

    moved = await alice.api.ask("PUT", path, json={"scheduled_at": moment})
    gone = await alice.api.ask("DELETE", path)

    SCHEDULED(moved.json)
    assert moved.json["scheduled_at"][:19] == moment[:19]
    assert (gone.status, gone.json) == (200, {})
    for method in ("GET", "DELETE"):
        assert (await alice.api.ask(method, path)).status == 404


async def test_moments_too_soon_too_late_or_unreadable_are_refused(alice: Alice) -> None:
    kept = await plan(alice)

    for moment in (later(minutes=1), later(days=-1), later(days=400), "demain", "9999-12-31T23:59:59-12:00"):
        for method, path in (("POST", URL), ("PUT", f"{WAITING}/{kept['id']}")):
            answer = await alice.api.ask(method, path, json={"status": "x", "scheduled_at": moment})
            assert (answer.status, "scheduled_at" in answer.json["error"] or "moment" in answer.json["error"]) == (
                422,
                True,
            )
    assert (await alice.api.ask("PUT", f"{WAITING}/{kept['id']}", json={})).status == 422


async def test_other_people_do_not_see_it(alice: Alice) -> None:
    kept = await plan(alice)
    async with connection(alice.api.pool) as conn:
        bob = await alice.api.as_member(await make_member(conn, "bob"))

    assert await bob.get(WAITING) == []
    for method in ("GET", "PUT", "DELETE"):
        answer = await bob.ask(method, f"{WAITING}/{kept['id']}", json={"scheduled_at": later(hours=2)})
        assert answer.status == 404


async def test_the_same_key_gives_the_same_answer_before_and_after(alice: Alice) -> None:
    data = {"status": "Bonjour", "scheduled_at": later(hours=1)}
    key = {"Idempotency-Key": "k"}

    both = await asyncio.gather(*(alice.api.ask("POST", URL, json=data, headers=key) for _ in range(4)))
    await let_time_pass(alice)
    await publish_scheduled(alice.api.instance, {"id": int(both[0].json["id"])})
    after = await alice.api.ask("POST", URL, json=data, headers=key)

    assert len({answer.json["id"] for answer in both}) == 1
    strict.status(after.json)
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, COUNT) == 1


async def test_what_cannot_be_published_is_given_back_to_its_author(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        bob = await make_member(conn, "bob")
        listing = await make_listing(conn, bob)
    kept = await plan(alice, status="Libre ? @bob", in_reply_to_id=str(listing.id))
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", listing.id)
    await let_time_pass(alice)

    for _ in range(2):
        await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})

    [told] = await alice.api.get("/api/v1/notifications", strict.many(strict.notification))
    assert (told["type"], told["account"]["acct"], told["status"]["visibility"]) == ("mention", "coop", "direct")
    assert "Libre ?" in told["status"]["content"]
    assert [one["acct"] for one in told["status"]["mentions"]] == ["alice"]
    assert await alice.api.get(WAITING) == []


async def test_nothing_of_it_is_lost_neither_its_end_nor_its_warning_nor_what_its_poll_offered(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        listing = await make_listing(conn, await make_member(conn, "bob"))
    wish = {"status": "mot " * 1245 + "et la fin.", "spoiler_text": "Chut", "in_reply_to_id": str(listing.id)}
    poll = {"options": ["Lundi", "Mardi"], "expires_in": 3600}
    kept = (await alice.api.ask("POST", URL, json=wish | {"poll": poll, "scheduled_at": later(hours=1)})).json
    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE post SET deleted_at = now() WHERE id = $1", listing.id)
    await let_time_pass(alice)

    await publish_scheduled(alice.api.instance, {"id": int(kept["id"])})

    second, first = [one["status"]["content"] for one in await alice.api.get("/api/v1/notifications")]
    assert "Chut" in first and all(words in second for words in ("et la fin.", "– Lundi", "– Mardi"))


async def test_its_pictures_are_not_taken_for_forgotten_ones(alice: Alice) -> None:
    picture, forgotten = await add_upload(alice, 1), await add_upload(alice, 2)
    await plan(alice, **{"media_ids[]": picture})

    async with connection(alice.api.pool) as conn:
        await execute(conn, "UPDATE media SET created_at = now() - interval '2 days'")
        assert await media_files.delete_orphans(conn) == 1
        assert await fetch_value(conn, "SELECT id::text FROM media") == picture != forgotten


async def test_no_more_than_twenty_five_for_one_day(alice: Alice) -> None:
    moment = (datetime.now(UTC) + timedelta(days=2)).replace(hour=12).isoformat()

    answers = [await alice.api.ask("POST", URL, json={"status": str(n), "scheduled_at": moment}) for n in range(26)]

    assert [answer.status for answer in answers] == [200] * 25 + [422]
