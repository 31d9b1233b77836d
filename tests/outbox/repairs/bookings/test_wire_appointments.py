"""What servers read of a shop that takes appointments, against files: its listing, and its free times."""

from dataclasses import replace
from datetime import UTC, timedelta

from federation.documents.serialize import to_json
from models.posts.media import media
from models.repairs.bookings.slots import Slot
from models.store.database import Connection
from outbox.builders.objects.proposal import build_proposal
from outbox.repairs.bookings.appointments import open_book
from tests.factories import HERE
from tests.golden import START, normalize, require_golden
from tests.outbox.repairs.bookings.test_appointments import DRAFT, make_shop
from web.activitypub.objects.slots import build_slots


async def test_the_listing_names_where_its_free_times_are(conn: Connection) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, replace(DRAFT, capacity=2, text="Venez avec le vélo."))
    pictures = (await media.list_by_posts(conn, [listing.id]))[listing.id]

    written = to_json(build_proposal(HERE, shop, listing, pictures))

    require_golden("declic/appointments/note_appointments", normalize([written])[0])


async def test_free_times_are_times_and_how_much_room_there_is(conn: Connection) -> None:
    shop = await make_shop(conn)
    listing = await open_book(conn, HERE, shop, DRAFT)
    times = [(START + timedelta(hours=hour)).astimezone(UTC) for hour in (9, 10)]
    slots = [Slot(begins_at=one, ends_at=one + timedelta(hours=1), left=left) for left, one in enumerate(times, 1)]

    require_golden("declic/appointments/slots", normalize([to_json(build_slots(shop, listing.uri, slots))])[0])
