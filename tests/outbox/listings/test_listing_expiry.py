"""When listings end by themselves, what keeps them, and what their authors are told."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from federation.instance import Instance
from models import preferences
from models.listings import listings
from models.listings.listings import Listing
from models.moments import PARIS
from models.news import news
from models.people.actors import Actor
from models.personal_data import deletion_requests
from models.preferences import Preferences
from models.settings import Settings
from models.store.database import Connection, Pool, connection, execute, fetch_column, transaction
from outbox.exchanges.agreements.endings import cancel
from outbox.listings.listing_expiry import expire_due, prolong
from outbox.listings.listings import edit, publish
from tests.factories import HERE, make_agreement, make_listing, make_member, make_remote_actor
from tests.fediverse import FakeFediverse
from tests.outbox.listings.test_listings import make_draft
from tests.outbox.sent_activities import make_streams
from web.mail.news_mail_text import make_translate
from web.news.items import list_lines

CALL: dict[str, Any] = {"kind": "repair_call", "mode": "repair"}


@pytest.fixture
async def instance(pool: Pool, tmp_path: Path) -> Instance:
    """A cooperative with its actors."""
    async with connection(pool) as conn:
        await make_streams(conn)
    return Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=FakeFediverse())


async def move_end(conn: Connection, listing: Listing, *, until: timedelta, stood: timedelta) -> None:
    """As though it had stood so long, and ended then."""
    await execute(conn, "UPDATE listing SET expires_at = now() + $2::interval WHERE post_id = $1", listing.id, until)
    await execute(
        conn,
        "UPDATE post SET published_at = now() - $2::interval, updated_at = NULL WHERE id = $1",
        listing.id,
        stood,
    )


async def read_letters(conn: Connection, reader: Actor) -> list[str]:
    """What the cooperative wrote to her, oldest first."""
    return await fetch_column(
        conn,
        """
        SELECT p.source FROM post p JOIN mention m ON m.post_id = p.id JOIN actor a ON a.id = p.author_id
        WHERE m.actor_id = $1 AND a.username = 'coop' ORDER BY p.id
        """,
        reader.id,
    )


async def status_of(conn: Connection, listing: Listing) -> str:
    found = await listings.find_by_post(conn, listing.id)
    assert found is not None
    return found.details.status


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({"mode": "loan"}, None),
        ({"mode": "service"}, None),
        ({"mode": "gift"}, 45),
        ({"mode": "swap"}, 45),
        ({"kind": "request", "mode": "loan"}, 45),
        ({"kind": "request", "mode": "service"}, 45),
        (CALL, 45),
        (CALL | {"repair": {"interventions": ["flat-tyre"], "urgency": "Now"}}, 2),
    ],
)
async def test_what_nobody_gave_an_end_has_that_of_its_kind(
    instance: Instance, changes: dict[str, Any], days: int | None
) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, Preferences(name="La Remise", listing_days=45))
        alice = await make_member(conn)
        made = await publish(conn, HERE, alice, make_draft(**changes))
        changed = await edit(conn, HERE, alice, made.uri, make_draft(**changes))

    for listing in (made, changed):
        end = listing.details.expires_at
        assert (None if end is None else (end.astimezone(PARIS).date() - datetime.now(PARIS).date()).days) == days


async def test_what_has_passed_its_time_is_closed_by_a_chore(instance: Instance) -> None:
    past, future = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    async with connection(instance.pool) as conn:
        alice, bob = await make_member(conn), await make_remote_actor(conn)
        late = await make_listing(conn, alice, expires_at=past)
        await make_listing(conn, alice, expires_at=future)
        await make_listing(conn, alice, expires_at=past, status="fulfilled")
        await make_listing(conn, bob, expires_at=past)

    assert await expire_due(instance) == 1
    assert await expire_due(instance) == 0
    async with connection(instance.pool) as conn:
        assert await status_of(conn, late) == "expired"


@pytest.mark.parametrize("state", ["requested", "countered", "agreed"])
async def test_nothing_ends_while_an_agreement_on_it_runs(instance: Instance, state: Any) -> None:
    async with connection(instance.pool) as conn:
        alice = await make_member(conn)
        listing = await make_listing(conn, alice, expires_at=datetime.now(UTC) - timedelta(days=20))
        held = await make_agreement(conn, listing, await make_member(conn, "bruno"), state=state)

    assert await expire_due(instance) == 0

    async with transaction(instance.pool) as conn:
        assert await status_of(conn, listing) == "open"
        if state == "agreed":
            await cancel(conn, HERE, alice, held)
        else:
            await execute(conn, "UPDATE agreement SET state = 'refused', ended_at = now() WHERE id = $1", held.id)
    assert await expire_due(instance) == 1
    async with connection(instance.pool) as conn:
        assert len(await read_letters(conn, alice)) == 1


@pytest.mark.parametrize(
    ("until", "stood", "told"),
    [
        (timedelta(days=6, hours=23), timedelta(days=20), True),
        (timedelta(days=7, hours=1), timedelta(days=20), False),
        (timedelta(hours=23), timedelta(days=5), True),
        (timedelta(hours=25), timedelta(days=5), False),
        (timedelta(hours=20), timedelta(hours=28), False),
    ],
)
async def test_its_author_is_told_before(instance: Instance, until: timedelta, stood: timedelta, told: bool) -> None:
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        held = await publish(conn, HERE, alice, make_draft(mode="gift", title="Canapé pour @bruno"))
        bruno = await make_member(conn, "bruno")
        await move_end(conn, held, until=until, stood=stood)

    await expire_due(instance)
    await expire_due(instance)

    async with connection(instance.pool) as conn:
        letters = await read_letters(conn, alice)
        assert len(letters) == told and await read_letters(conn, bruno) == []
        if told:
            assert "« Canapé pour @bruno » s’arrête le" in letters[0] and held.post.url in letters[0]
            [line] = await list_lines(conn, HERE, make_translate("fr"), alice.id, await news.list_news(conn, alice.id))
            assert (line.words, line.what, line.unread) == (
                "Votre annonce s’arrête bientôt",
                "Canapé pour @bruno",
                True,
            )
            assert line.href == held.post.url.removeprefix(HERE.url)


async def test_prolonging_settles_the_news_and_another_end_is_told_anew(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        held = await publish(conn, HERE, alice, make_draft(mode="gift"))
        await move_end(conn, held, until=timedelta(days=3), stood=timedelta(days=27))
    await expire_due(instance)

    async with transaction(instance.pool) as conn:
        longer = await prolong(conn, HERE, alice, held.uri)
        assert await news.count_unread(conn, alice.id) == 0
    await expire_due(instance)
    async with transaction(instance.pool) as conn:
        assert len(await read_letters(conn, alice)) == 1
        await move_end(conn, longer, until=timedelta(days=2), stood=timedelta(days=30))
    await expire_due(instance)

    async with connection(instance.pool) as conn:
        assert len(await read_letters(conn, alice)) == 2


async def test_its_author_is_told_when_it_came_and_many_ends_are_one_message(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        alice, bruno = await make_member(conn), await make_member(conn, "bruno")
        for number in range(7):
            held = await publish(conn, HERE, alice, make_draft(mode="gift", title=f"Chaise {number}"))
            await move_end(conn, held, until=-timedelta(minutes=1), stood=timedelta(days=30))
        other = await publish(conn, HERE, bruno, make_draft(mode="gift"))
        await move_end(conn, other, until=-timedelta(minutes=1), stood=timedelta(days=30))

    assert await expire_due(instance) == 8

    async with connection(instance.pool) as conn:
        [letter], [his] = await read_letters(conn, alice), await read_letters(conn, bruno)
        assert "« Chaise 4 » …" in letter and "Chaise 5" not in letter and f"{HERE.url}/chez-moi?voir=finies" in letter
        assert "s’est arrêtée le" in his and "« Rouvrir et prolonger »" in his and other.post.url in his
        [line] = await list_lines(conn, HERE, make_translate("fr"), alice.id, await news.list_news(conn, alice.id))
        assert (line.words, line.href) == ("7 de vos annonces se sont arrêtées", "/chez-moi?voir=finies")


async def test_whoever_is_about_to_leave_is_told_nothing(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        held = await publish(conn, HERE, alice, make_draft(mode="gift"))
        await move_end(conn, held, until=timedelta(days=3), stood=timedelta(days=27))
        await deletion_requests.begin(conn, alice.id, after=timedelta(days=9), paused_ids=[held.id])

    await expire_due(instance)

    async with connection(instance.pool) as conn:
        assert await read_letters(conn, alice) == []


@pytest.mark.parametrize("mode", ["loan", "gift"])
async def test_what_has_ended_and_is_given_another_end_by_a_change_stands_again(instance: Instance, mode: Any) -> None:
    async with transaction(instance.pool) as conn:
        alice = await make_member(conn)
        held = await publish(conn, HERE, alice, make_draft(mode=mode, expires_at=datetime.now(UTC) + timedelta(days=1)))
        await move_end(conn, held, until=-timedelta(minutes=1), stood=timedelta(days=30))
    await expire_due(instance)

    async with transaction(instance.pool) as conn:
        changed = await edit(conn, HERE, alice, held.uri, make_draft(mode=mode))
    await expire_due(instance)

    assert changed.details.status == "open"
    async with connection(instance.pool) as conn:
        assert await status_of(conn, held) == "open"
        assert len(await read_letters(conn, alice)) == 1


async def test_an_end_that_was_taken_off_stops_no_letter_to_others(instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        alice, bruno = await make_member(conn), await make_member(conn, "bruno")
        await make_listing(conn, alice, status="expired", expires_at=None)
        await make_listing(conn, bruno, status="expired", expires_at=datetime.now(UTC) + timedelta(days=20))
        await execute(conn, "UPDATE post SET updated_at = now()")
        held = await publish(conn, HERE, bruno, make_draft(mode="gift"))
        await move_end(conn, held, until=-timedelta(minutes=1), stood=timedelta(days=30))

    await expire_due(instance)

    async with connection(instance.pool) as conn:
        assert await read_letters(conn, alice) == []
        [letter] = await read_letters(conn, bruno)
        assert held.post.url in letter


async def test_what_somebody_elsewhere_asked_for_stands_too(instance: Instance) -> None:
    async with connection(instance.pool) as conn:
        alice, bob = await make_member(conn), await make_remote_actor(conn)
        listing = await make_listing(conn, alice, mode="gift", expires_at=datetime.now(UTC) - timedelta(days=20))
        await make_agreement(conn, listing, bob, state="requested")

    assert await expire_due(instance) == 0


@pytest.mark.parametrize(("type", "ends"), [("Organization", False), ("Person", True)])
async def test_what_a_place_gives_stands_until_it_is_taken_back(instance: Instance, type: str, ends: bool) -> None:
    async with transaction(instance.pool) as conn:
        author = await make_member(conn, type=type)
        given = await publish(conn, HERE, author, make_draft(mode="gift"))
        wanted = await publish(conn, HERE, author, make_draft(kind="request", mode="gift"))
        limited = await publish(
            conn, HERE, author, make_draft(mode="gift", expires_at=datetime.now(UTC) + timedelta(days=3))
        )
        longer = await prolong(conn, HERE, author, limited.uri)

    assert [one.details.expires_at is not None for one in (given, longer)] == [ends, ends]
    assert wanted.details.expires_at is not None, "nobody looks for something for ever"
