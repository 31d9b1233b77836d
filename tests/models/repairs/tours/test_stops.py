"""The stops of a day: where exactly the shop comes, once both said yes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from models.exchanges.agreements import Terms
from models.repairs.bookings import visit_places
from models.repairs.shops import shops
from models.repairs.tours.stops import list_stops
from models.store.database import Connection, execute
from tests.factories import make_agreement, make_listing, make_member
from tests.repair_shops import DETAILS, make_shop


@pytest.mark.parametrize(
    ("state", "address", "expected"),
    [
        ("agreed", "12 rue du Lin", "12 rue du Lin, Lomme"),
        ("done", "12 rue du Lin", "12 rue du Lin, Lomme"),
        ("agreed", "", "Lomme"),
        ("cancelled", "12 rue du Lin", "Lomme"),
    ],
)
async def test_the_address_stands_before_its_commune_once_both_said_yes(
    conn: Connection, state: str, address: str, expected: str
) -> None:
    details = replace(DETAILS, workshop=False, commune_codes=["59355"])
    shop, bob = await make_shop(conn, "ines", details=details), await make_member(conn, "bob")
    listing = await make_listing(conn, shop, mode="service", category="velo-reparation")
    begins_at = datetime.now(UTC) + timedelta(days=3)
    terms = Terms(begins_at=begins_at, ends_at=begins_at + timedelta(hours=1), place="Lomme")
    held = await make_agreement(conn, listing, bob, terms=terms, state="agreed")
    await visit_places.save_address(conn, held.id, address)
    await execute(
        conn,
        "UPDATE agreement SET state = $1, agreed_at = created_at, ended_at = CASE WHEN $1 <> 'agreed' THEN ends_at END",
        state,
    )

    known = await shops.find(conn, shop.id)
    [stop] = await list_stops(conn, shop.id, known, (begins_at, begins_at + timedelta(days=1)))

    assert stop.place == expected
