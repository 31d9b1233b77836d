"""A bike with its book goes from a member of one cooperative to one of another: asked, taken, sent with its files."""

from datetime import date

from federation.discovery.remote import resolve_handle
from federation.media import private_files
from models.repairs.bikes import awaited_files, bikes, entries, files, handovers, offers, sent_files
from models.repairs.bikes.bikes import Bike
from models.repairs.bikes.entries import EntryDetails
from models.repairs.bikes.files import BikeFile
from models.repairs.bikes.handovers import Handover
from models.repairs.bikes.offers import BikeOffer
from models.store.database import connection, execute
from outbox.repairs.bikes import handing_over, travelling
from tests.bikes import make_bike
from tests.eventually import eventually
from tests.picture_files import draw, encode
from tests.stories.cooperatives import Cooperatives
from tests.stories.test_exchanges import acting

PDF = b"%PDF-1.4\n%%EOF\n"

LINE = EntryDetails(done_on=date(2026, 5, 3), title="Chaîne changée", repairer="Karim", parts=("Chaîne 8 vitesses",))


async def test_a_bike_goes_next_door_with_its_book(cooperatives: Cooperatives) -> None:
    lomme, henin = cooperatives.lomme, cooperatives.henin
    alice, bob = await cooperatives.add_members()
    photo = await private_files.keep_photo(lomme.instance, encode(draw()))
    invoice = await private_files.keep_invoice(lomme.instance, PDF)
    async with acting(lomme) as conn:
        bike_id = await make_bike(conn, alice.actor, frame_number="AB1234567")
        entry_id = await entries.add(conn, bike_id, LINE)
        await files.add(conn, bike_id, entry_id, "photo", photo)
        await files.add(conn, bike_id, entry_id, "invoice", invoice)
        held = await bikes.get_own(conn, alice.actor.id, bike_id)
        code = await handovers.begin(conn, held, named=True, with_invoices=True)
    taker = await resolve_handle(lomme.instance, f"@{bob.actor.username}@{henin.instance.site.host}")
    async with acting(lomme) as conn:
        handover = await handovers.find_behind(conn, code)
        assert handover is not None
        await travelling.offer_to(conn, lomme.instance.site, handover.id, taker)

    async def offered() -> BikeOffer | None:
        async with connection(henin.instance.pool) as conn:
            return next(iter(await offers.list_waiting(conn, bob.actor.id)), None)

    offer = await eventually(offered)
    assert (offer.name, offer.lines) == ("Le bleu", 1)
    async with acting(henin) as conn:
        await travelling.accept_offer(conn, henin.instance.site, bob.actor, offer)

    async def taken() -> Handover | None:
        async with connection(lomme.instance.pool) as conn:
            found = await handovers.find_of_bike(conn, bike_id)
            return found if found is not None and found.taker_id is not None else None

    assert (await eventually(taken)).taker_id == taker.id
    async with acting(lomme) as conn:
        held = await bikes.get_own(conn, alice.actor.id, bike_id, lock=True)
        await handing_over.confirm(conn, lomme.instance.site, alice.actor, held)

    async def arrived() -> Bike | None:
        async with connection(henin.instance.pool) as conn:
            return next(iter(await bikes.list_own(conn, bob.actor.id)), None)

    mine = await eventually(arrived)
    assert (mine.frame_number, mine.came_from) == ("AB1234567", alice.actor.display_name)

    async def forgotten() -> bool:
        async with connection(lomme.instance.pool) as conn:
            return await handovers.find_of_bike(conn, bike_id) is None and not await entries.count(conn, bike_id)

    assert await eventually(forgotten)
    async with connection(henin.instance.pool) as conn:
        [line] = await entries.list_of_bike(conn, mine.id)
    assert (line.title, line.repairer, line.parts) == ("Chaîne changée", "Karim", ["Chaîne 8 vitesses"])

    async def fetched() -> list[BikeFile] | None:
        async with connection(henin.instance.pool) as conn:
            found = await files.list_of_bike(conn, mine.id)
            waits = await awaited_files.list_of_bikes(conn, [mine.id])
        return found if len(found) == 2 and not waits else None

    picture, bill = sorted(await eventually(fetched), key=lambda one: one.kind, reverse=True)
    path = henin.instance.store.find(bill.file_key)
    assert path is not None and path.read_bytes() == PDF and {picture.entry_id, bill.entry_id} == {line.id}

    async def let_go() -> bool:
        async with connection(lomme.instance.pool) as conn:
            return not (await sent_files.find_parted(conn, bike_id)).count

    assert await eventually(let_go)
    async with acting(lomme) as conn:
        await execute(conn, "UPDATE bike_file SET kept_until = now() - interval '1 second' WHERE bike_id = $1", bike_id)
        assert await sent_files.forget_over(conn) == 2
    for server in (lomme, henin):
        posts = await server.instance.pool.fetchval("SELECT count(*) FROM post WHERE content LIKE '%AB1234567%'")
        assert posts == 0
