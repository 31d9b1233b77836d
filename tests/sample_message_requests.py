"""What strangers wrote and what waits, as rows: with the activity as it came, which brings it in."""

import json
from dataclasses import replace
from hashlib import sha256
from itertools import count
from typing import Any

from models import preferences
from models.people.actors import Actor
from models.posts import message_requests
from models.posts.message_requests import NewRequest
from models.store.database import Connection, fetch_value
from models.traffic.inbound.received import NewReceived
from tests.database_queries import enqueue_one
from tests.factories import make_remote_actor
from tests.sample_village import Village

_numbers = count(1)


async def make_stranger(conn: Connection, username: str = "eve", host: str = "neu.test", **changes: Any) -> Actor:
    """Somebody of a server that nobody here has met."""
    return await make_remote_actor(conn, username, host, **changes)


async def make_waiting(conn: Connection, author: Actor, *readers: Actor, text: str = "Bonjour", **changes: Any) -> str:
    """A private note to these members that waits; its id."""
    uri = f"{author.uri}/notes/{next(_numbers)}"
    people = [reader.uri for reader in readers]
    note: dict[str, Any] = {
        "id": uri,
        "type": "Note",
        "attributedTo": author.uri,
        "to": people,
        "content": f"<p>{text}</p>",
    }
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
    await enqueue_one(conn, new)
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


async def add_message_requests(conn: Connection, village: Village) -> None:
    """Three people wrote to Maryse, well and badly; those who moderate read it too."""
    eve = await make_stranger(conn, "ada", "social.exemple.test", name="Ada")
    text = "Bonjour Maryse,\n\nvotre tente est-elle libre le week-end du 12 ?\nMerci, et à bientôt."
    await make_waiting(conn, eve, village.alice, text=text, about_id=village.tent.id)
    await make_waiting(conn, eve, village.alice, text="Je peux venir la chercher samedi matin.")
    files = (("image/jpeg", "Une tente verte dans un jardin"), ("video/mp4", ""))
    quiet = await make_stranger(conn, "un_nom_tres_tres_tres_long", "encore.plus.long.exemple.test", name="Jean " * 8)
    await make_waiting(conn, quiet, village.alice, text="", warning="Photos de camping", files=files, private=False)
    rude = await make_stranger(conn, "mallory", "bad.test", name="<b>Gagnez</b>")
    await make_waiting(conn, rude, village.alice, text="<![x]<script>alert(1)</script> " + "gagnez" * 60)
    await preferences.save(conn, replace(await preferences.load(conn), strangers_shown=True))
