"""A member of Hénin-Carvin takes an appointment at a workshop of Lomme, whose free times she reads at home."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time

from federation.discovery.remote import resolve_handle
from inbox.exchanges import slots
from inbox.posts.lookup import look_up
from models.exchanges import agreements
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing
from models.people import actors
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours, write_hours
from models.repairs.bookings import slot_copies, visit_places
from models.repairs.bookings.slots import Slot, SlotRules
from models.repairs.shops import shops
from models.store.database import Connection, execute, fetch_value, transaction
from outbox.exchanges.agreements import agreements as outbox_agreements
from outbox.exchanges.agreements.endings import cancel
from outbox.exchanges.agreements.fulfilment import report
from outbox.relations import follows
from outbox.repairs.bookings.appointments import BookDraft, open_book
from tests.eventually import eventually
from tests.repair_shops import DETAILS, add_communes
from tests.servers import Member, RunningServer
from tests.stories.cooperatives import Cooperatives
from web.middlewares.work_signals import notify_work

RULES = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=10)


@asynccontextmanager
async def acting(server: RunningServer) -> AsyncIterator[Connection]:
    """A transaction like that of a page."""
    async with transaction(server.instance.pool) as conn:
        yield conn
    await notify_work(server.instance.pool)


async def open_shop(server: RunningServer) -> Member:
    """A workshop, open every day from nine to noon."""
    shop = await server.add_member(await server.find_free_name("atelier"))
    week = (OpeningInterval(day=day, opens=time(9), closes=time(12)) for day in range(7))
    async with acting(server) as conn:
        await execute(conn, "UPDATE actor SET type = 'Organization' WHERE id = $1", shop.actor.id)
        await actors.save_place(conn, shop.actor.id, "3 rue du Lin", write_hours(make_hours(week, ())))
    return shop


async def get_shop(server: RunningServer, shop: Member) -> Actor:
    async with transaction(server.instance.pool) as conn:
        return await actors.get(conn, shop.actor.id)


def copied(server: RunningServer, uri: str) -> Callable[[], Awaitable[Listing | None]]:
    """The listing as the other server has it, once it does."""

    async def look() -> Listing | None:
        async with transaction(server.instance.pool) as conn:
            return await listings.find_by_listing_uri(conn, uri)

    return look


def told(server: RunningServer, listing: Listing, *, but: Slot | None = None) -> Callable[[], Awaitable[list[Slot]]]:
    """The times that the shop told, once `but` is not among them."""

    async def look() -> list[Slot]:
        await execute_in(server, "DELETE FROM slot_copy")
        async with acting(server) as conn:
            await slots.ask(conn, listing)
        await slots.refresh(server.instance, listing.id)
        async with transaction(server.instance.pool) as conn:
            found = (await slot_copies.load(conn, listing.id, at=datetime.now(UTC))).slots
        return [] if but in found else list(found)

    return look


async def execute_in(server: RunningServer, sql: str) -> None:
    async with transaction(server.instance.pool) as conn:
        await execute(conn, sql)


def has_state(server: RunningServer, asked: Agreement, state: str) -> Callable[[], Awaitable[Agreement | None]]:
    """The agreement as this server has it, once it is in this state."""

    async def look() -> Agreement | None:
        async with transaction(server.instance.pool) as conn:
            found = await agreements.find_by_request(conn, asked.request_uri)
        return found if found is not None and found.state == state else None

    return look


async def ensure_commune(server: RunningServer) -> str:
    """The code of Lomme, which this server knows."""
    async with acting(server) as conn:
        if not await fetch_value(conn, "SELECT EXISTS (SELECT FROM commune WHERE code = '59355')"):
            await add_communes(conn)
    return "59355"


async def read_address(server: RunningServer, held: Agreement, reader: Member) -> str:
    """Where a shop is awaited, as far as this reader may know."""
    async with transaction(server.instance.pool) as conn:
        return await visit_places.find_shown(conn, held.id, reader.actor.id)


async def test_an_appointment_next_door_from_the_free_times_to_the_end(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    shop, bob = await open_shop(lomme), (await cooperatives.add_members())[1]
    there = await resolve_handle(henin.instance, f"@{shop.actor.username}@{lomme.host}")
    async with acting(henin) as conn:
        await follows.follow(conn, henin.instance.site, bob.actor, there)

    async def followed() -> bool:
        return bool(
            await henin.instance.pool.fetchval(
                "SELECT count(*) FROM follow WHERE state = 'accepted' AND followed_id = $1", there.id
            )
        )

    await eventually(followed)
    async with acting(lomme) as conn:
        draft = BookDraft(rules=RULES, capacity=1, title="Rendez-vous à l’atelier")
        book = await open_book(conn, lomme.instance.site, await actors.get(conn, shop.actor.id), draft)
    copy = await eventually(copied(henin, book.uri))
    [first, second, *_] = await eventually(told(henin, copy))

    async with acting(henin) as conn:
        terms = Terms(begins_at=first.begins_at, ends_at=first.ends_at)
        asked = await outbox_agreements.request(conn, henin.instance.site, bob.actor, copy, terms)
    held = await eventually(has_state(lomme, asked, "requested"))
    assert first not in await eventually(told(henin, copy, but=first))
    async with acting(henin) as conn:  # nobody chooses such a time; a forged or old page may ask for it
        odd = Terms(begins_at=second.begins_at.replace(minute=30), ends_at=second.ends_at.replace(minute=30))
        wrong = await outbox_agreements.request(conn, henin.instance.site, bob.actor, copy, odd)
    assert "heure de la liste" in (await eventually(has_state(henin, wrong, "refused"))).reason

    async with acting(lomme) as conn:
        await outbox_agreements.accept(conn, lomme.instance.site, await get_shop(lomme, shop), held)
    agreed = await eventually(has_state(henin, asked, "agreed"))
    async with acting(henin) as conn:
        await cancel(conn, henin.instance.site, bob.actor, agreed)
    await eventually(has_state(lomme, asked, "cancelled"))
    assert first in await eventually(told(henin, copy))

    async with acting(henin) as conn:
        terms = Terms(begins_at=second.begins_at, ends_at=second.ends_at)
        again = await outbox_agreements.request(conn, henin.instance.site, bob.actor, copy, terms)
    held = await eventually(has_state(lomme, again, "requested"))
    async with acting(lomme) as conn:
        agreed = await outbox_agreements.accept(conn, lomme.instance.site, await get_shop(lomme, shop), held)
    await eventually(has_state(henin, again, "agreed"))
    async with acting(lomme) as conn:
        await report(conn, lomme.instance.site, await get_shop(lomme, shop), agreed, "done")
    await eventually(has_state(henin, again, "done"))


async def test_a_repairer_who_comes_by_reads_at_which_address_once_both_said_yes(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    shop, bob = await open_shop(lomme), (await cooperatives.add_members())[1]
    code = await ensure_commune(lomme)
    await ensure_commune(henin)
    async with acting(lomme) as conn:
        await shops.create(conn, shop.actor.id)
        await shops.save(conn, shop.actor.id, replace(DETAILS, workshop=False, commune_codes=[code]))
        draft = BookDraft(rules=RULES, capacity=1, title="Je viens chez vous")
        book = await open_book(conn, lomme.instance.site, await actors.get(conn, shop.actor.id), draft)
    there = await resolve_handle(henin.instance, f"@{shop.actor.username}@{lomme.host}")
    async with acting(henin) as conn:
        await follows.follow(conn, henin.instance.site, bob.actor, there)
    await look_up(henin.instance, book.uri)
    copy = await eventually(copied(henin, book.uri))
    [first, *_] = await eventually(told(henin, copy))
    async with transaction(henin.instance.pool) as conn:
        area = await visit_places.find_area(conn, copy)
    assert area is not None and not area.workshop

    async with acting(henin) as conn:
        terms = Terms(begins_at=first.begins_at, ends_at=first.ends_at, place=area.communes[0])
        asked = await outbox_agreements.request(conn, henin.instance.site, bob.actor, copy, terms)
        await visit_places.save_address(conn, asked.id, "12 rue du Lin")
    held = await eventually(has_state(lomme, asked, "requested"))
    assert held.place == area.communes[0] and await read_address(lomme, held, shop) == ""
    async with acting(lomme) as conn:
        await outbox_agreements.accept(conn, lomme.instance.site, await get_shop(lomme, shop), held)

    async def arrived() -> bool:
        return await read_address(lomme, held, shop) == "12 rue du Lin"

    await eventually(arrived)
