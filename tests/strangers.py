"""What strangers wrote and what waits, as rows: with the activity as it came, which brings it in."""

import json
from hashlib import sha256
from itertools import count
from typing import Any

from models import message_requests
from models.actors import Actor
from models.database import Connection, fetch_value
from models.message_requests import NewRequest
from models.received import NewReceived, enqueue
from tests.factories import make_remote_actor

_numbers = count(1)


async def make_stranger(conn: Connection, username: str = "eve", host: str = "neu.test", **changes: Any) -> Actor:
    """Somebody of a server that nobody here has met."""
    return await make_remote_actor(conn, username, host, **changes)


async def make_waiting(conn: Connection, author: Actor, *readers: Actor, text: str = "Bonjour", **changes: Any) -> str:
    """A private note to these members that waits; its id."""
    uri = f"{author.uri}/notes/{next(_numbers)}"
    people = [reader.uri for reader in readers]
    note = {"id": uri, "type": "Note", "attributedTo": author.uri, "to": people, "content": f"<p>{text}</p>"}
    note["tag"] = [{"type": "Mention", "href": one, "name": "@x"} for one in people]
    activity = {"id": f"{uri}#create", "type": "Create", "actor": author.uri, "object": note, "to": people}
    body = json.dumps(activity).encode()
    new = NewReceived(
        activity_uri=f"{uri}#create",
        body_hash=sha256(body).digest(),
        type="Create",
        actor_uri=author.uri,
        host=author.host,
        body=body,
    )
    await enqueue(conn, new)
    received_id = await fetch_value(conn, "SELECT id FROM received WHERE activity_uri = $1", new.activity_uri)
    assert await message_requests.hold(conn, received_id)
    values: dict[str, Any] = {
        "author_id": author.id,
        "uri": uri,
        "url": f"{author.url}/{uri.rpartition('/')[2]}",
        "kind": "note",
        "private": True,
        "warning": "",
        "text": text,
        "files": (),
        "about_id": None,
        "readers": tuple((reader.id, True) for reader in readers),
    }
    await message_requests.keep(conn, NewRequest(**(values | changes)), received_id)
    return uri
