"""Whose terms they are, and whose: nobody offers in the name of somebody else, nor for another listing."""

from typing import Any

import pytest

from models.store.database import Connection
from tests.inbox.handlers.test_offer import find, meet, offer, terms
from tests.outbox.sent_activities import list_sent


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({}, True),
        ({"attributedTo": "https://henin.test/users/bob"}, True),
        ({"attributedTo": "https://henin.test/users/carol"}, False),
        ({"attributedTo": "https://lomme.test/users/alice"}, False),
    ],
)
async def test_terms_are_their_authors_own(conn: Connection, changes: dict[str, Any], kept: bool) -> None:
    alice, bob, listing = await meet(conn)

    await offer(conn, bob, alice, terms(listing) | changes)

    assert (await find(conn, listing, bob) is not None) is kept
    assert [one.type for one in await list_sent(conn)] == ["Update" if kept else "Reject"]


@pytest.mark.parametrize(
    ("back", "kept"),
    [
        ({"provider": "https://henin.test/users/bob", "receiver": "https://lomme.test/users/alice"}, True),
        ({"provider": "https://lomme.test/users/alice"}, False),
        ({"receiver": "https://henin.test/users/bob"}, False),
        ({"satisfies": "https://henin.test/items/1#reciprocal"}, False),
    ],
)
async def test_what_is_given_back_goes_the_other_way_and_belongs_to_this_listing(
    conn: Connection, back: dict[str, Any], kept: bool
) -> None:
    alice, bob, listing = await meet(conn)
    promise = {"type": "Commitment", "note": "un gâteau"}

    await offer(conn, bob, alice, terms(listing) | {"stipulatesReciprocal": promise | back})

    assert (await find(conn, listing, bob) is not None) is kept
