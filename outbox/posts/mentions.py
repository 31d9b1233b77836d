"""The people whom a text names: `@bob@b.example`, and among ourselves `@anna`."""

import re

from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection

MOST = 20
"""People that one message may name; more is a mailing."""

_HANDLE = re.compile(r"(?<![\w@/])@([\w.-]*\w(?:@[\w.:-]*\w)?)")


def find_handles(text: str) -> list[str]:
    """The handles in a text as typed, without their first @, each once."""
    return list(dict.fromkeys(_HANDLE.findall(text)))[: MOST * 2]


async def find_mentioned(conn: Connection, site: Site, text: str) -> dict[str, Actor]:
    """Handles as typed, and whom they name. Who is not known here stays plain text: the door looks them up before."""
    found: dict[str, Actor] = {}
    for handle in find_handles(text):
        username, _, host = handle.partition("@")
        actor = await actors.find_by_handle(conn, username, host.lower() or site.host)
        if actor is not None and actor.type != "Application":
            found[handle] = actor
    return dict(list(found.items())[:MOST])
