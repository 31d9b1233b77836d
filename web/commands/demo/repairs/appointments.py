"""The shops of the demo take appointments: one at the workshop is agreed, one at a cyclist's waits for an answer."""

from datetime import UTC, datetime

from federation.instance import Instance
from models.exchanges.agreements import Agreement, Terms
from models.listings.listings import Listing
from models.people import actors
from models.repairs.bookings import appointment_books, visit_places
from models.repairs.bookings.slots import SlotRules
from models.store.database import Connection, transaction
from outbox.exchanges.agreements.agreements import accept, request
from outbox.repairs.bookings.appointments import BookDraft, open_book
from outbox.threads.agreement_context import Said

RULES = SlotRules(slot_minutes=60, notice_hours=12, ahead_days=30)

AT_WORKSHOP = BookDraft(
    rules=RULES, capacity=2, title="Réparer son vélo à l’atelier", text="Venez avec le vélo, et un chiffon."
)
COMES_BY = BookDraft(
    rules=RULES, capacity=1, title="Je répare votre vélo chez vous", text="Un coin de cour ou de trottoir suffit."
)


async def take_appointments(home: Instance) -> None:
    """By the verbs that pages call."""
    async with transaction(home.pool) as conn:
        shop, comes = [await actors.get_local(conn, name) for name in ("rayon", "velo_domicile")]
        book = await open_book(conn, home.site, shop, AT_WORKSHOP)
        agreed = await _ask(conn, home, book, "maryse", "La roue arrière est voilée.")
        await accept(conn, home.site, shop, agreed)
        book = await open_book(conn, home.site, comes, COMES_BY)
        asked = await _ask(conn, home, book, "hocine", "Les deux freins couinent.", "Lambersart")
        await visit_places.save_address(conn, asked.id, "24 avenue de l’Hippodrome")


async def _ask(conn: Connection, home: Instance, book: Listing, cyclist: str, words: str, place: str = "") -> Agreement:
    """Somebody asks for the first hour."""
    [first, *_] = await appointment_books.list_slots(conn, book, at=datetime.now(UTC))
    terms = Terms(begins_at=first.begins_at, ends_at=first.ends_at, place=place)
    return await request(conn, home.site, await actors.get_local(conn, cyclist), book, terms, Said(text=words))
