"""The phone number that a member keeps for herself."""

from models import contacts
from models.database import Connection
from tests.factories import make_member


async def test_a_number_is_kept_changed_and_forgotten(conn: Connection) -> None:
    alice = await make_member(conn)
    assert await contacts.find_phone(conn, alice.id) == ""

    await contacts.set_phone(conn, alice.id, "06 12 34 56 78")
    kept = await contacts.find_phone(conn, alice.id)
    await contacts.set_phone(conn, alice.id, "")

    assert (kept, await contacts.find_phone(conn, alice.id)) == ("06 12 34 56 78", "")
