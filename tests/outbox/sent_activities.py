"""What the verbs left to be delivered, as tests want to read it."""

import json
from dataclasses import dataclass
from typing import Any

from models.people.actors import Actor
from models.servers.neighbour_cooperatives import STREAMS
from models.store.database import Connection, execute, fetch_records
from tests.factories import make_local_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One activity: its JSON, the hosts that it goes to, and those from which it was held back."""

    activity: dict[str, Any]
    hosts: list[str]
    cancelled: list[str]

    @property
    def type(self) -> str:
        """Create, Update…"""
        return str(self.activity["type"])


async def list_sent(conn: Connection) -> list[Sent]:
    """Everything in the order in which it was sent."""
    rows = await fetch_records(
        conn,
        """
        SELECT a.body,
            ARRAY(SELECT host FROM delivery WHERE activity_id = a.id AND state <> 'cancelled' ORDER BY host) AS hosts,
            ARRAY(SELECT host FROM delivery WHERE activity_id = a.id AND state = 'cancelled' ORDER BY host) AS cancelled
        FROM activity a ORDER BY a.id
        """,
    )
    return [Sent(activity=json.loads(row["body"]), hosts=row["hosts"], cancelled=row["cancelled"]) for row in rows]


async def mark_delivered(conn: Connection) -> None:
    """Everything that waits has arrived."""
    await execute(conn, "UPDATE delivery SET state = 'done', attempts = 1 WHERE state = 'waiting'")


async def make_streams(conn: Connection) -> dict[str, Actor]:
    """The Groups of this server, and its coop actor."""
    found = {name: await make_local_actor(conn, name, type="Group") for name in STREAMS}
    return found | {"coop": await make_local_actor(conn, "coop", type="Organization")}


async def make_organization(conn: Connection, username: str = "atelier") -> Actor:
    """An organization of ours, which may tell its exact address."""
    return await make_local_actor(conn, username, type="Organization")
