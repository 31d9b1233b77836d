"""A tour for tests and pictures: what Inès has to do today, and where the Rayon libre comes by."""

from datetime import datetime, timedelta

from models.exchanges.agreements import Terms
from models.moments import PARIS
from models.people import actors
from models.places import places
from models.repairs.bookings import appointment_books
from models.repairs.bookings.appointment_books import WalkIn
from models.repairs.bookings.slots import SlotRules
from models.store.database import Connection
from outbox.repairs.tours.passages import PassageDraft, announce
from tests.factories import make_agreement, make_listing
from tests.sample_village import Village


async def add_sample_tour(conn: Connection, village: Village) -> None:
    """Three stops of the shop that comes by, and one passage of the one that appears."""
    today = datetime.now(PARIS).replace(hour=0, minute=0, second=0, microsecond=0)
    nine, ten, hour = today + timedelta(hours=9), today + timedelta(hours=10, minutes=30), timedelta(hours=1)
    ines = await actors.get_local(conn, "ines")
    book = await make_listing(conn, ines, mode="service", category="velo-reparation", title="Inès passe chez vous")
    rules = SlotRules(slot_minutes=60, notice_hours=1, ahead_days=20)
    await appointment_books.save(conn, book.id, ines.id, rules)
    agreed = Terms(
        begins_at=nine, ends_at=nine + hour, place="4 rue du Puits, 59160 Lomme", note="La chaîne saute sur le pignon."
    )
    await make_agreement(conn, book, village.alice, terms=agreed, state="agreed")
    walk_in = WalkIn(
        begins_at=ten,
        ends_at=ten + hour,
        name="Mme Petit",
        phone="06 39 98 00 00",
        note="Pneu arrière à plat, vélo cargo.",
        place="8 place Verte, 59000 Lille",
    )
    await appointment_books.add_walk_in(conn, book.id, walk_in)
    whole_day = Terms(begins_at=today, ends_at=today + timedelta(days=1), place="2 rue Neuve, 59160 Lomme")
    await make_agreement(conn, book, village.hocine, terms=whole_day, state="agreed")
    lomme = await places.find_commune(conn, "59355")
    assert lomme is not None
    when = today + timedelta(days=5, hours=9)
    draft = PassageDraft(
        commune=lomme, begins_at=when, ends_at=when + 3 * hour, title="Le Rayon libre passe à Lomme", text="Au marché."
    )
    rayon = await actors.get_local(conn, "rayon")
    await announce(conn, village.site, rayon, draft, by=village.alice)
