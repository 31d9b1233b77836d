"""The address of an invitation: signed, so that a poster can be printed again, and kept in no table.

Whoever reads the database gets none of them without the key that signs, which the key file encrypts. An invitation
ends by its row (revoked, full, too old), and an address by the next one (`turn`).
"""

from federation.instance import Instance
from models.people.invitations import invitations
from models.people.invitations.invitations import Invitation
from models.store.database import Connection
from web.security.signed_urls import read_signed, sign

PURPOSE = "invitation"


async def make_address(conn: Connection, instance: Instance, id: int, turn: int) -> str:
    """The address that somebody comes by."""
    return f"{instance.site.url}/invitation/{await sign(conn, instance.settings, PURPOSE, f'{id} {turn}')}"


async def find_invitation(conn: Connection, instance: Instance, token: str) -> Invitation | None:
    """The invitation of this address, whatever became of it; None for what was never one, or was replaced."""
    id, _, turn = (await read_signed(conn, instance.settings, PURPOSE, token) or "").partition(" ")
    found = await invitations.find(conn, int(id)) if id else None
    return found if found is not None and str(found.turn) == turn else None
