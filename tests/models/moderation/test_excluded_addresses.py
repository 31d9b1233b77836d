"""Whether somebody who was excluded or is suspended comes back with her address."""

import pytest

from models.moderation import excluded_addresses
from models.moderation.excluded_addresses import canonicalize
from models.people.actors import Actor
from models.store.database import Connection, execute
from tests.factories import make_member
from tests.rulings import rule


@pytest.fixture
async def marie(conn: Connection) -> Actor:
    marie = await make_member(conn, "marie")
    await execute(conn, "UPDATE account SET email = 'Marie.Dupont@gmail.com' WHERE actor_id = $1", marie.id)
    return marie


@pytest.mark.parametrize(
    ("typed", "box"),
    [
        ("Marie.Dupont+coop@GMail.com", "mariedupont@gmail.com"),
        ("mariedupont@googlemail.com", "mariedupont@gmail.com"),
        ("marie.dupont+x@free.fr", "marie.dupont@free.fr"),
        ("+x@free.fr", "+x@free.fr"),
    ],
)
def test_address_is_known_by_its_mail_box(typed: str, box: str) -> None:
    assert canonicalize(typed) == box


async def test_address_of_who_is_suspended_is_known_in_each_writing_until_that_ends(
    conn: Connection, marie: Actor
) -> None:
    assert await excluded_addresses.find(conn, "mariedupont@gmail.com") is None
    decision = await rule(conn, marie, "suspend")

    found = await excluded_addresses.find(conn, "mariedupont+2@googlemail.com")

    assert found is not None and (found.id, found.kind) == (decision.id, "suspend")
    assert await excluded_addresses.find(conn, "marie@gmail.com") is None
    await execute(conn, "UPDATE moderation_decision SET taken_back_at = now()")
    assert await excluded_addresses.find(conn, "mariedupont@gmail.com") is None


async def test_address_of_who_was_excluded_is_known_by_a_hash_after_her_account_is_gone(
    conn: Connection, marie: Actor
) -> None:
    decision = await rule(conn, marie, "exclude")

    await excluded_addresses.keep(conn, marie.id, "Marie.Dupont@gmail.com")
    await execute(conn, "DELETE FROM account WHERE actor_id = $1", marie.id)

    found = await excluded_addresses.find(conn, "mariedupont@gmail.com")
    assert found is not None and found.id == decision.id
    assert await excluded_addresses.find(conn, "paul@gmail.com") is None
    await execute(conn, "UPDATE moderation_decision SET taken_back_at = now()")
    assert await excluded_addresses.find(conn, "mariedupont@gmail.com") is None


async def test_address_is_held_against_those_with_its_mark_and_those_kept_before_there_was_one(
    conn: Connection, marie: Actor
) -> None:
    """Not against each of all that is kept: of 5,000 each, that were 25 million hashes."""
    await rule(conn, marie, "exclude")
    await excluded_addresses.keep(conn, marie.id, "Marie.Dupont@gmail.com")
    asked = ["mariedupont@gmail.com", "Marie.Dupont+x@gmail.com", "paul@gmail.com"]
    found = []

    for mark in ("mark", "(mark + 1) % 256", "-1"):
        await execute(conn, f"UPDATE excluded_address SET mark = {mark}")
        found.append(await excluded_addresses.filter_gone(conn, asked))

    assert found == [set(asked[:2]), set(), set(asked[:2])]
