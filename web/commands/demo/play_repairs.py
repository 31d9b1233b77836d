"""A call with two proposals that wait for a word, and one that was answered: the repair stands in the bike's book."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, time, timedelta

from federation.instance import Instance
from models.exchanges import agreements, exchanges
from models.exchanges.agreements import Agreement, Terms
from models.listings import listings
from models.listings.listings import Listing
from models.moments import PARIS
from models.people import actors
from models.people.actors import Actor
from models.repairs.bikes import bikes, entries, proposals
from models.repairs.bikes.bikes import BikeDetails
from models.repairs.bikes.entries import EntryDetails
from models.repairs.results import results
from models.repairs.results.notes import RepairNote
from models.store.database import Connection, connection, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.fulfilment import report
from outbox.exchanges.repair_results import note_result
from outbox.threads.agreement_context import Said
from web.middlewares.work_signals import notify_work

WAIT_SECONDS = 20.0

OPEN_CALL = "Roue arrière voilée, je suis à pied"
ANSWERED_CALL = "Frein avant qui ne freine plus"

BIKE = BikeDetails(
    name="Le biporteur",
    bike_type="cargo",
    brand="Douze",
    model="G4",
    made_in=2021,
    wheel_size="54-406",
    notes="Deux clés : une au clou de l’entrée, une chez Nadia.",
    frame_number="DZ21C08417",
)

BOOK = (
    EntryDetails(
        done_on=datetime(2025, 3, 22, tzinfo=PARIS).date(),
        title="Révision de printemps",
        text="Câbles, patins, jeu de direction.",
        minutes=90,
        repairer="Le Rayon libre",
        kilometres=2_100,
    ),
    EntryDetails(
        done_on=datetime(2025, 10, 4, tzinfo=PARIS).date(),
        title="Pneu avant changé",
        text="Usé jusqu’à la toile.",
        organ="flat-tyre",
        outcome="fixed",
        minutes=40,
        parts=("pneu 54-406", "chambre à air"),
        kilometres=3_900,
    ),
    EntryDetails(
        done_on=datetime(2026, 5, 16, tzinfo=PARIS).date(),
        title="Chaîne neuve",
        organ="chain",
        outcome="fixed",
        minutes=25,
        parts=("chaîne 9 vitesses",),
        repairer="Café réparation de Lomme",
        kilometres=5_350,
    ),
)
"""What Maryse wrote down herself."""


async def play_repairs(home: Instance, other: Instance, uris: Mapping[str, str]) -> None:
    """By the verbs that pages call; the second proposal comes from the other house."""
    await _fill_book(home, uris[ANSWERED_CALL])
    uri = uris[OPEN_CALL]
    await _propose(home, "velo_domicile", uri, (9, 10), "Je passe demain matin avec une clé à rayons.")
    await _propose(other, "bruno", uri, (18, 19), "Je suis à Lomme demain soir, je peux regarder la roue.")
    await _wait_for_proposals(home, uri, 2)


async def _propose(instance: Instance, username: str, uri: str, hours: tuple[int, int], text: str) -> None:
    day = datetime.now(PARIS).date() + timedelta(days=1)
    begins_at, ends_at = (datetime.combine(day, time(hour), PARIS) for hour in hours)
    async with transaction(instance.pool) as conn:
        actor, call = await _find(conn, username, uri)
        await request(conn, instance.site, actor, call, Terms(begins_at=begins_at, ends_at=ends_at), Said(text=text))
    await notify_work(instance.pool)


async def _find(conn: Connection, username: str, uri: str) -> tuple[Actor, Listing]:
    call = await listings.find_by_listing_uri(conn, uri)
    assert call is not None
    return await actors.get_local(conn, username), call


async def _find_agreement(conn: Connection, call: Listing) -> Agreement:
    [thread] = await exchanges.list_by_listing(conn, call.id)
    held = await agreements.get_latest(conn, thread.id)
    assert held is not None
    return held


async def _fill_book(home: Instance, uri: str) -> None:
    """Hocine mends Maryse's brake, says what he did, and she keeps it in the book of her bike."""
    note = RepairNote(
        organ="brakes",
        outcome="fixed",
        repaired_on=datetime.now(PARIS).date(),
        bike_type=BIKE.bike_type,
        minutes=30,
        parts=("câble de frein",),
        problem="Le câble s’effilochait dans la poignée.",
        learnt="Regarder le câble dans la poignée à chaque printemps.",
        brand=BIKE.brand,
    )
    async with transaction(home.pool) as conn:
        hocine, call = await _find(conn, "hocine", uri)
        maryse = await actors.get_local(conn, "maryse")
        now = datetime.now(PARIS)  # so that it may be reported today
        terms = Terms(begins_at=now + timedelta(seconds=2), ends_at=now + timedelta(hours=1))
        await request(conn, home.site, hocine, call, terms, Said(text="J’ai un câble d’avance, je passe en voisin."))
        await accept(conn, home.site, maryse, await _find_agreement(conn, call))
        held = await note_result(conn, home.site, hocine, await _find_agreement(conn, call), note)
        await report(conn, home.site, maryse, held, "done")
        bike_id = await bikes.add(conn, maryse.id, BIKE)
        for line in BOOK:
            await entries.add(conn, bike_id, line)
        [result] = await results.list_waiting(conn, maryse.id)
        line = EntryDetails(
            done_on=result.repaired_on,
            title="Frein avant réparé",
            text=result.learnt,
            organ=result.organ,
            outcome=result.outcome,
            minutes=result.minutes,
            parts=result.parts,
            repairer=hocine.name,
        )
        await proposals.keep(conn, result, bike_id, line)
    await notify_work(home.pool)


async def _wait_for_proposals(instance: Instance, uri: str, number: int) -> None:
    """Until so many stand at the caller's server."""
    async with asyncio.timeout(WAIT_SECONDS):
        while True:
            async with connection(instance.pool) as conn:
                call = await listings.find_by_listing_uri(conn, uri)
                assert call is not None
                if len(await exchanges.list_by_listing(conn, call.id)) >= number:
                    return
            await asyncio.sleep(0.05)
