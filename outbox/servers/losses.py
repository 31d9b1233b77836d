"""Another server was made again of a backup and says what it lost: what it had from us since then is sent again."""

from datetime import UTC, datetime, timedelta

import structlog

from federation.instance import Instance
from federation.json.fields import Json
from federation.uris import host_of
from federation.vocabulary.activities.activities import Update
from federation.vocabulary.actors import ActorDocument
from models.people.actors import Actor
from models.store.database import Connection, transaction
from models.traffic import peer_restorations

log = structlog.get_logger(__name__)

FASTEST_CLOCK = timedelta(minutes=5)
"""A server whose clock is farther ahead is not heard: nobody lost anything in the future."""

TELLER = "instance"
"""The name of the actor of a server that says so."""


async def process_loss(conn: Connection, sender: Actor, activity: Update) -> None:
    """Let a server have again what it lost. Does nothing for any other change of an actor.

    Only a server's own actor says so, about its own server alone. Of one that was not known here before the loss, with
    the keys that it has now, nobody knows whether it is the one that had it: it gets what is public alone.
    """
    told = activity.object
    if not isinstance(told, ActorDocument) or told.type != "Application" or told.id != sender.uri:
        return
    lost_from, restored_at = told.restored_from, told.restored_at
    if lost_from is None or restored_at is None or not lost_from < restored_at < datetime.now(UTC) + FASTEST_CLOCK:
        return
    host = host_of(sender.uri)
    known = sender.username == TELLER and await peer_restorations.is_known_since(conn, sender.id, lost_from)
    if await peer_restorations.hear(conn, host, known=known, lost_from=lost_from, restored_at=restored_at):
        say = log.info if known else log.warning
        say("peer_restored", host=host, actor=sender.uri, lost_from=str(lost_from), known=known)


async def send_again(instance: Instance, payload: Json) -> None:
    """A job: step by step, so that nobody waits for all of it. It goes on where it stopped."""
    host, known = payload["host"], payload["known"]
    while True:
        async with transaction(instance.pool) as conn:
            if await peer_restorations.send_step(conn, host, known=known) is None:
                sent = await peer_restorations.count_sent(conn, host, known=known)
                log.info("peer_sent_again", host=host, known=known, sent=sent)
                return
