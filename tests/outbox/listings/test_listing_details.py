"""What is stored of a listing's draft."""

from typing import Any

import pytest

from models.places.geometry import CELL
from models.store.database import Connection
from outbox.listings.listing_details import describe
from tests.factories import HERE, make_member
from tests.outbox.listings.test_listings import make_draft


@pytest.mark.parametrize(
    ("changes", "currency"),
    [({}, None), ({"price": 5}, "EUR"), ({"deposit": 5}, "EUR"), ({"free_price": True}, "EUR"), ({"points": 3}, None)],
)
async def test_only_money_has_a_currency(conn: Connection, changes: dict[str, Any], currency: str | None) -> None:
    found = describe(HERE, await make_member(conn), make_draft(**changes), None)

    assert found.currency == currency


@pytest.mark.parametrize(
    ("exact", "radius", "blurred"),
    [(False, CELL, False), (False, CELL - 1, True), (False, None, True), (True, None, False)],
)
async def test_a_point_nearer_than_a_cell_is_blurred_unless_it_is_that_of_a_place(
    conn: Connection, exact: bool, radius: int | None, blurred: bool
) -> None:
    author, draft = await make_member(conn), make_draft(radius=radius)

    found = describe(HERE, author, draft, None, exact=exact)

    assert ((found.latitude, found.longitude) != (draft.latitude, draft.longitude)) == blurred
    assert found.radius == (CELL if blurred else radius)
