"""The phone number that a member keeps for herself."""

from models.people import phone_numbers
from models.store.database import Connection
from tests.factories import make_member


async def test_a_number_is_kept_changed_and_forgotten(conn: Connection) -> None:
    alice = await make_member(conn)
    assert await phone_numbers.find_phone(conn, alice.id) == ""

    await phone_numbers.set_phone(conn, alice.id, "06 12 34 56 78")
    kept = await phone_numbers.find_phone(conn, alice.id)
    await phone_numbers.set_phone(conn, alice.id, "")

    assert (kept, await phone_numbers.find_phone(conn, alice.id)) == ("06 12 34 56 78", "")
