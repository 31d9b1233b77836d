"""What a member said in the time that was lost, as others have it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.proofs import add_proof
from federation.proofs.attach import needs_proof
from federation.signatures import Signer
from inbox.posts.own_copies import take_back
from models import posts
from models.people import actors, keys
from models.people.actors import Actor
from models.people.keys import KeyPair
from models.posts import Post
from models.store.database import Connection, execute, fetch_all
from models.traffic import restorations
from models.traffic.outbound.activities import StoredActivity
from outbox.posts import notes
from outbox.posts.notes import NoteDraft
from tests.factories import HERE, make_local_actor, make_member, make_remote_actor

NOW = datetime.now(UTC)

KEY = Ed25519PrivateKey.generate()

SIGNER = Signer(key_id=f"{HERE.url}/users/alice#ed25519-key", private_key=KEY)

HENIN = "henin.test"


async def make_alice(conn: Connection) -> Actor:
    """Alice, with her key of before; since twenty hours everything is lost, and henin.test was known before."""
    await make_local_actor(conn, "coop", type="Organization")
    alice = await make_member(conn, "alice")
    public = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    pair = KeyPair(algorithm="ed25519", public_pem=public.decode(), private_pem=b"")
    await keys.save_key_pair(conn, alice.id, SIGNER.key_id, pair)
    await make_remote_actor(conn, "bob", HENIN)
    await execute(conn, "UPDATE actor SET created_at = $1 WHERE host = $2", NOW - timedelta(days=9), HENIN)
    await execute(conn, "INSERT INTO restoration (lost_from) VALUES ($1)", NOW - timedelta(hours=20))
    return alice


async def say(conn: Connection, text: str = "Qui a une échelle ?", **changes: Any) -> Post:
    """Alice publishes a note."""
    alice = await actors.get_local(conn, "alice")
    return await notes.publish(conn, HERE, alice, NoteDraft(**({"text": text, "audience": "network"} | changes)))


async def list_said(conn: Connection, signer: Signer = SIGNER, at: datetime | None = None) -> list[dict[str, Any]]:
    """What was said so far as it left: with proofs where there are any, of when it was said."""
    kept = await fetch_all(
        conn,
        StoredActivity,
        "SELECT id, uri, type, actor_id, object_uri, public, body, created_at AS said_at FROM activity ORDER BY id",
    )
    return [
        add_proof(orjson.loads(one.body), signer, at or one.said_at)
        if needs_proof(HERE, one)
        else orjson.loads(one.body)
        for one in kept
    ]


async def lose(conn: Connection, *, at: datetime | None = None, signer: Signer = SIGNER) -> list[dict[str, Any]]:
    """What was said so far as others have it, and here no more."""
    said = await list_said(conn, signer, at)
    for table in ("activity", "tombstone", "moderation_decision", "notification", "post"):
        await execute(conn, f"DELETE FROM {table}")
    return said


async def pass_seconds(conn: Connection, seconds: int = 60) -> None:
    """What was said so far was said so much earlier."""
    await execute(conn, "UPDATE activity SET created_at = created_at - make_interval(secs => $1)", seconds)


def without_proof(document: dict[str, Any]) -> dict[str, Any]:
    return {name: member for name, member in document.items() if name != "proof"}


async def give_back(conn: Connection, document: dict[str, Any], host: str = HENIN) -> None:
    found = await restorations.find_latest(conn)
    assert found is not None
    await take_back(conn, HERE, host, document, found)


async def is_shown(conn: Connection, uri: str) -> bool | None:
    """Whether everybody reads the post; None where it is not here."""
    found = await posts.find_by_uri(conn, uri)
    return None if found is None or found.deleted_at is not None else found.hidden_at is None
