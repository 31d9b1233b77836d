"""Days that an owner keeps, and what others see of them on the page, here and of copies."""

import html
from datetime import datetime, timedelta

import pytest

from inbox.exchanges.calendars import JOB
from models.errors import NotFound
from models.listings import listings, unavailabilities
from models.listings.listings import Listing, ListingDraft
from models.listings.unavailabilities import Range, midnight
from models.moments import PARIS
from models.people import actors
from models.store.database import connection, fetch_value, transaction
from outbox.listings.listings import publish
from outbox.listings.unavailabilities import give_back, keep_days
from tests.factories import make_listing, make_member, make_remote_actor
from tests.today import today
from tests.web.form_client import Doorbell, Visitor
from web.rendering.formats import format_day, format_short_day, format_start

FIRST, LAST = today() + timedelta(days=40), today() + timedelta(days=43)
SPAN = f"du {format_start(midnight(FIRST), midnight(LAST), 'fr')} au {format_short_day(LAST, 'fr')}"


@pytest.fixture
async def tent(door: Doorbell) -> Listing:
    """Alice's tent."""
    async with transaction(door.instance.pool) as conn:
        alice = await actors.get_local(conn, "alice")
        return await publish(conn, door.instance.site, alice, ListingDraft(kind="offer", mode="loan", title="Tente"))


async def open_as(door: Doorbell, username: str, path: str) -> Visitor:
    visitor = await door.ring()
    await visitor.log_in(username)
    return await visitor.open(path)


async def test_days_are_kept_seen_by_all_without_why_and_given_back(door: Doorbell, tent: Listing) -> None:
    path = f"/annonces/d/{tent.id}"
    alice = await open_as(door, "alice", path)

    await alice.send(f"{path}/jours", {"days_from": FIRST.isoformat(), "days_until": LAST.isoformat()})
    seen = html.unescape((await (await door.ring()).open(path)).text)
    async with connection(door.instance.pool) as conn:
        [own] = await unavailabilities.list_own(conn, tent.id, at=datetime.now(PARIS))
        sent = await fetch_value(conn, "SELECT count(*) FROM activity WHERE type = 'Update'")
    await alice.send(f"{path}/jours", {"give_back": str(own.id)})

    assert SPAN in seen and "Les jours que vous gardez" not in seen and sent == 0
    assert alice.status == 200 and "Aucun pour le moment" in alice.text


async def test_one_day_needs_no_end(door: Doorbell, tent: Listing) -> None:
    path = f"/annonces/d/{tent.id}"
    alice = await open_as(door, "alice", path)

    await alice.send(f"{path}/jours", {"days_from": FIRST.isoformat(), "days_until": ""})

    assert format_day(FIRST, "fr") in html.unescape(alice.text)


@pytest.mark.parametrize(
    ("du", "au", "sentence"),
    [
        ("", "", "Dites à partir de quel jour"),
        ("demain", "", "Écrivez une date"),
        (LAST.isoformat(), FIRST.isoformat(), "avant le début"),
        ("2020-05-01", "2020-05-02", "Ces jours sont passés"),
        (FIRST.isoformat(), "3000-01-01", "jusqu’à un an d’ici"),
    ],
)
async def test_what_is_no_range_is_asked_again_with_what_was_typed(
    door: Doorbell, tent: Listing, du: str, au: str, sentence: str
) -> None:
    alice = await open_as(door, "alice", f"/annonces/d/{tent.id}")

    await alice.send(f"/annonces/d/{tent.id}/jours", {"days_from": du, "days_until": au})

    shown = html.unescape(alice.text)
    assert alice.status == 422 and sentence in shown and f'value="{du}"' in shown


async def test_days_of_others_cannot_be_touched(door: Doorbell, tent: Listing) -> None:
    async with transaction(door.instance.pool) as conn:
        bob = await make_member(conn, "robert")
        for act in (keep_days(conn, bob, tent.uri, FIRST, LAST), give_back(conn, bob, tent.uri, 1)):
            with pytest.raises(NotFound):
                await act

    seen = await (await door.ring()).open(f"/annonces/d/{tent.id}")

    assert seen.status == 200 and f"/annonces/d/{tent.id}/jours" not in seen.text


async def test_a_copy_s_calendar_is_asked_for_when_a_member_looks_and_told_with_its_age(door: Doorbell) -> None:
    async with transaction(door.instance.pool) as conn:
        owner = await make_remote_actor(conn, "zoe")
        copy = await make_listing(conn, owner, calendar_uri="https://henin.test/c")
    path = f"/annonces/d/{copy.id}"
    await (await door.ring()).open(path)
    before = await _count_jobs(door)

    member = await open_as(door, "alice", path)
    asked = html.unescape(member.text)
    async with transaction(door.instance.pool) as conn:
        ranges = [Range(begins_at=midnight(FIRST), ends_at=midnight(LAST + timedelta(days=1)))]
        await unavailabilities.save_copy(conn, copy.id, ranges, "")
    told = html.unescape((await member.open(path)).text)

    assert (before, await _count_jobs(door)) == (0, 1)
    assert "quels jours sont pris. Revenez voir dans un instant" in asked
    assert SPAN in told and "D’après " in told and "il y a " in told
    async with connection(door.instance.pool) as conn:
        assert await listings.find_by_post(conn, copy.id) is not None


async def _count_jobs(door: Doorbell) -> int:
    async with connection(door.instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1", JOB))
