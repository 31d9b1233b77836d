"""A member goes away and keeps days of her tent: the other cooperative hides what rests and tells what is taken."""

import html
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest

from federation.discovery.remote import resolve_handle
from inbox.exchanges import calendars
from models import searches
from models.errors import Conflict
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings, unavailabilities
from models.listings.listings import Listing, ListingDraft
from models.listings.unavailabilities import Calendar, Range, midnight
from models.people import accounts, actors
from models.searches import NetworkFilter
from models.store.database import Connection, transaction
from outbox.exchanges.agreements import agreements as outbox_agreements
from outbox.listings import listings as outbox
from outbox.listings.unavailabilities import keep_days
from outbox.moderation import case_appeals
from outbox.people import absences
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from outbox.relations import follows
from tests.eventually import eventually
from tests.rulings import rule
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from tests.today import today
from web.middlewares.work_signals import notify_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Two:
    """Lomme, where Alice lends a tent, and Hénin-Carvin, which follows nothing of Lomme's but its stream of offers."""

    lomme: RunningServer
    henin: RunningServer
    alice: Member
    bob: Member
    tent: Listing


@asynccontextmanager
async def acting(server: RunningServer) -> AsyncIterator[Connection]:
    """A transaction like that of a page."""
    async with transaction(server.instance.pool) as conn:
        yield conn
    await notify_work(server.instance.pool)


@pytest.fixture(scope="module")
async def met(cooperatives: Cooperatives) -> Cooperatives:
    """Both servers; Hénin-Carvin follows the offers of Lomme."""
    henin = cooperatives.henin
    stream = await resolve_handle(henin.instance, f"@offres@{cooperatives.lomme.host}")
    async with acting(henin) as conn:
        coop = await actors.get_local(conn, "coop")
        await follows.follow(conn, henin.instance.site, coop, stream)

    async def accepted() -> bool:
        return bool(await henin.instance.pool.fetchval("SELECT count(*) FROM follow WHERE state = 'accepted'"))

    await eventually(accepted)
    return cooperatives


@pytest.fixture
async def two(met: Cooperatives) -> Two:
    """Both servers, and two people who are in this story alone; the tent stands in both."""
    lomme, henin = met.lomme, met.henin
    alice, bob = await met.add_members()
    async with acting(lomme) as conn:
        draft = ListingDraft(kind="offer", mode="loan", title="Tente")
        tent = await outbox.publish(conn, lomme.instance.site, alice.actor, draft)
    found = Two(lomme=lomme, henin=henin, alice=alice, bob=bob, tent=tent)
    await eventually(in_henin(found))
    return found


def in_henin(two: Two, *, shown: bool = True) -> Callable[[], Awaitable[bool]]:
    """Whether the network page of Hénin shows the tent, or does not."""

    async def look() -> bool:
        async with transaction(two.henin.instance.pool) as conn:
            copy = await listings.find_by_listing_uri(conn, two.tent.uri)
            found = await searches.list_network(conn, NetworkFilter())
            return (copy is not None and copy.id in [one.id for one in found]) == shown

    return look


async def copy_of(two: Two) -> Listing:
    async with transaction(two.henin.instance.pool) as conn:
        copy = await listings.find_by_listing_uri(conn, two.tent.uri)
    assert copy is not None
    return copy


async def ask(two: Two, first: int, last: int) -> Agreement:
    """Bob asks for the tent, from a day until before another, counted from today."""
    begins_at, ends_at = (midnight(today() + timedelta(days=ahead)) for ahead in (first, last))
    async with acting(two.henin) as conn:
        copy = await listings.find_by_listing_uri(conn, two.tent.uri)
        assert copy is not None
        terms = Terms(begins_at=begins_at, ends_at=ends_at)
        return await outbox_agreements.request(conn, two.henin.instance.site, two.bob.actor, copy, terms)


def has_state(server: RunningServer, asked: Agreement, state: str) -> Callable[[], Awaitable[Agreement | None]]:
    """The agreement as this server has it, once it is in this state."""

    async def look() -> Agreement | None:
        async with transaction(server.instance.pool) as conn:
            found = await agreements.find_by_request(conn, asked.request_uri)
        return found if found is not None and found.state == state else None

    return look


async def test_offers_of_who_is_away_rest_next_door_too_and_requests_come_back(two: Two) -> None:
    async with acting(two.lomme) as conn:
        until = datetime.now(UTC) + timedelta(days=9)
        await absences.begin_absence(conn, two.lomme.instance.site, two.alice.actor, until)
    await eventually(in_henin(two, shown=False))
    with pytest.raises(Conflict, match="owner_away"):
        await ask(two, 3, 5)
    await two.henin.instance.pool.execute("UPDATE actor SET away_until = NULL")  # as where the Update was lost
    asked = await ask(two, 3, 5)

    refused = await eventually(has_state(two.henin, asked, "refused"))
    async with acting(two.lomme) as conn:
        alice = await actors.get(conn, two.alice.actor.id)
        await absences.end_absence(conn, two.lomme.instance.site, alice)
    await eventually(in_henin(two))

    assert "absente en ce moment" in refused.reason


async def test_a_pause_reaches_copies(two: Two) -> None:
    async with acting(two.lomme) as conn:
        await outbox.pause(conn, two.lomme.instance.site, two.alice.actor, two.tent.uri)
    await eventually(in_henin(two, shown=False))

    async with acting(two.lomme) as conn:
        await outbox.reopen(conn, two.lomme.instance.site, two.alice.actor, two.tent.uri)
    await eventually(in_henin(two))


async def test_whoever_is_excluded_is_suspended_next_door_and_comes_back_whole_when_her_appeal_is_right(
    two: Two,
) -> None:
    site = two.lomme.instance.site
    admin = await two.lomme.add_member(await two.lomme.find_free_name("nadia"), roles=["admin"])
    async with acting(two.henin) as conn:
        alice = await actors.find_by_uri(conn, two.alice.actor.uri)
        assert alice is not None
        followed = await follows.follow(conn, two.henin.instance.site, two.bob.actor, alice)

    async def accepted() -> bool:
        state = await two.henin.instance.pool.fetchval("SELECT state FROM follow WHERE id = $1", followed.id)
        return bool(state == "accepted")

    await eventually(accepted)
    async with acting(two.lomme) as conn:
        decision = await rule(conn, two.alice.actor, "exclude", site=site)
    await eventually(in_henin(two, shown=False))
    page = f"{two.henin.url}/@{two.alice.actor.username}@{two.lomme.host}"

    async def withheld() -> bool:
        return (await copy_of(two)).details.title != "Tente"

    async def said() -> str | None:
        """What her page next door says once she is known there as suspended: word of it and of her listing part."""
        async with aiohttp.ClientSession() as session, session.get(page) as answer:
            return html.unescape(await answer.text()) if answer.status == 404 else None

    await eventually(withheld)
    text = await eventually(said)
    assert "suspendu par sa propre plateforme" in text and "Tente" not in text
    async with acting(two.lomme) as conn:
        await case_appeals.object_to(conn, decision, "Ce n’était pas moi.")
        by = await accounts.get(conn, admin.actor.id)
        await case_appeals.answer(conn, site, decision.id, by, "taken_back", "C’est vrai.")
    await eventually(in_henin(two))

    async def shown_again() -> bool:
        async with aiohttp.ClientSession() as session, session.get(page) as answer:
            return answer.status == 200

    await eventually(shown_again)

    async def back() -> bool:
        return (await copy_of(two)).details.title == "Tente"

    await eventually(back)
    async with acting(two.lomme) as conn:
        author = await actors.get(conn, two.alice.actor.id)
        note = await notes.publish(conn, site, author, NoteDraft(text="Me revoilà", audience="followers"))

    async def heard() -> bool:
        found = "SELECT EXISTS (SELECT FROM post WHERE uri = $1 AND content LIKE '%revoilà%')"
        return await accepted() and bool(await two.henin.instance.pool.fetchval(found, note.uri))

    await eventually(heard)


async def test_days_kept_and_days_asked_for_come_as_one_range_when_a_member_looks(two: Two) -> None:
    async with acting(two.lomme) as conn:
        await keep_days(conn, two.alice.actor, two.tent.uri, today() + timedelta(days=12), today() + timedelta(days=14))
    asked = await ask(two, 15, 18)
    await eventually(has_state(two.lomme, asked, "requested"))
    path = f"{two.henin.url}/annonces/d/{(await copy_of(two)).id}"

    async def told() -> Calendar | None:
        async with transaction(two.henin.instance.pool) as conn:
            copy = await listings.find_by_listing_uri(conn, two.tent.uri)
            assert copy is not None
            found = await unavailabilities.load_calendar(conn, copy, at=datetime.now(UTC))
        return found if found.told_at is not None else None

    async with acting(two.henin) as conn:
        assert await calendars.ask(conn, await copy_of(two))
    calendar = await eventually(told)
    async with aiohttp.ClientSession() as session, session.get(path) as answer:
        page = html.unescape(await answer.text())

    first, last = midnight(today() + timedelta(days=12)), midnight(today() + timedelta(days=18))
    assert calendar.ranges == (Range(begins_at=first, ends_at=last),)
    assert "D’après " in page
    again = await ask(two, 13, 16)
    assert "déjà prises" in (await eventually(has_state(two.henin, again, "refused"))).reason
