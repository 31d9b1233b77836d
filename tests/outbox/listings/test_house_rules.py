"""What the cooperative asks of whoever publishes or borrows here."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from models import preferences
from models.errors import Invalid
from models.exchanges.agreements import Terms
from models.listings.listings import ListingDraft
from models.own_categories import Subcategory
from models.people import accounts
from models.people.dues import dues
from models.store.database import Connection, execute
from outbox.exchanges.agreements.agreements import request
from outbox.listings import listings
from tests.factories import HERE, make_listing, make_member
from tests.today import today

SHEARS = Subcategory(slug="outillage.cisailles", label="Cisailles")


def draft(**changes: Any) -> ListingDraft:
    values: dict[str, Any] = {"kind": "offer", "title": "Perceuse", "text": "", "mode": "loan", "place_name": "Lomme"}
    return ListingDraft(**(values | changes))


@pytest.mark.parametrize(
    ("chosen", "changes", "code"),
    [
        ({"kinds": ("request",)}, {}, "kind_not_in_use"),
        ({"photo_required": True}, {}, "photo_missing"),
        ({"categories_closed": ("outillage",)}, {"category": "outillage"}, "category_closed"),
        ({"categories_closed": ("outillage",)}, {"category": "outil-electrique"}, ""),
        (
            {"categories_closed": ("outillage",), "subcategories": (SHEARS,)},
            {"category": SHEARS.slug},
            "category_closed",
        ),
        ({"subcategories": (replace(SHEARS, closed=True),)}, {"category": SHEARS.slug}, "category_closed"),
        ({"subcategories": (replace(SHEARS, closed=True),)}, {"category": "outillage"}, ""),
        ({}, {"category": SHEARS.slug}, ""),
        ({"home_needed": "everybody"}, {}, "own_commune_missing"),
        ({"home_needed": "borrowers"}, {}, ""),
        ({"home_needed": "everybody"}, {"mode": "gift"}, ""),
        ({"photo_required": True}, {"mode": "service"}, ""),
        ({"photo_required": True}, {"kind": "request"}, ""),
    ],
)
async def test_what_is_published_keeps_to_the_settings(
    conn: Connection, chosen: dict[str, Any], changes: dict[str, Any], code: str
) -> None:
    await preferences.write(conn, chosen)
    alice = await make_member(conn, "alice")

    try:
        await listings.publish(conn, HERE, alice, draft(**changes))
        refused = ""
    except Invalid as error:
        refused = error.code

    assert refused == code


async def test_who_borrows_says_first_where_she_lives(conn: Connection) -> None:
    await preferences.write(conn, {"home_needed": "borrowers"})
    alice, zoe = await make_member(conn, "alice"), await make_member(conn, "zoe")
    loan, gift = await make_listing(conn, alice, mode="loan"), await make_listing(conn, alice, mode="gift")

    with pytest.raises(Invalid, match="own_commune_missing"):
        await request(conn, HERE, zoe, loan, Terms())
    await request(conn, HERE, zoe, gift, Terms())
    await accounts.set_commune(conn, zoe.id, "59355")
    with pytest.raises(Invalid, match="start_missing"):  # the next thing that is asked of her
        await request(conn, HERE, zoe, loan, Terms())


async def test_whose_dues_lapsed_seeks_no_loan_and_keeps_what_she_sought_before(conn: Connection) -> None:
    await preferences.write(conn, {"dues": True, "dues_lapse": "borrowing", "dues_grace": 0})
    await execute(conn, "UPDATE preference SET updated_at = now() - interval '9 days'")
    zoe = await make_member(conn, "zoe")
    await dues.save(conn, zoe.id, until=today())
    held = await listings.publish(conn, HERE, zoe, draft(kind="request"))
    await dues.save(conn, zoe.id, until=today() - timedelta(days=1))

    with pytest.raises(Invalid, match="dues_lapsed"):
        await listings.publish(conn, HERE, zoe, draft(kind="request"))
    await listings.edit(conn, HERE, zoe, held.uri, draft(kind="request", title="Visseuse"))
    for changes in ({"kind": "request", "mode": "gift"}, {}):
        await listings.publish(conn, HERE, zoe, draft(**changes))


async def test_what_becomes_something_else_is_asked_what_a_new_one_is_and_what_stood_may_stay(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    seek = await listings.publish(conn, HERE, alice, draft(kind="request"))
    drill = await listings.publish(conn, HERE, alice, draft())
    await preferences.write(conn, {"photo_required": True})

    with pytest.raises(Invalid, match="photo_missing"):
        await listings.edit(conn, HERE, alice, seek.uri, draft())
    await listings.edit(conn, HERE, alice, drill.uri, draft(title="Perceuse à percussion"))


async def test_what_stands_in_a_category_that_is_closed_stays_there_and_nothing_else_comes_in(conn: Connection) -> None:
    alice = await make_member(conn, "alice")
    held = await listings.publish(conn, HERE, alice, draft(category="outillage"))
    other = await listings.publish(conn, HERE, alice, draft(category="livre"))
    await preferences.write(conn, {"categories_closed": ("outillage",)})

    await listings.edit(conn, HERE, alice, held.uri, draft(category="outillage", mode="gift"))
    with pytest.raises(Invalid, match="category_closed"):
        await listings.edit(conn, HERE, alice, other.uri, draft(category="outillage"))
