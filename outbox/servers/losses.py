"""Another server was made again of a backup and says what it lost: what it had from us since then is sent again."""

from datetime import UTC, datetime, timedelta

import structlog

from federation.uris import host_of
from federation.vocabulary.activities.activities import Update
from federation.vocabulary.actors import ActorDocument
from models.people.actors import Actor
from models.store.database import Connection
from models.traffic import restorations

log = structlog.get_logger(__name__)

FASTEST_CLOCK = timedelta(days=1)
"""A server whose clock is farther ahead could not sign either."""


async def process_loss(conn: Connection, sender: Actor, activity: Update) -> None:
    """Send a server again what it lost. Does nothing for any other change of an actor.

    Only a server's own actor says so, about its own server alone.
    """
    told = activity.object
    if not isinstance(told, ActorDocument) or told.type != "Application" or told.id != sender.uri:
        return
    lost_from, restored_at = told.restored_from, told.restored_at
    if lost_from is None or restored_at is None or not _is_believable(lost_from, restored_at):
        return
    sent = await restorations.hear(conn, host_of(sender.uri), lost_from=lost_from, restored_at=restored_at)
    if sent is not None:
        log.info("peer_restored", host=sender.host, lost_from=str(lost_from), sent_again=sent)


def _is_believable(lost_from: datetime, restored_at: datetime) -> bool:
    now = datetime.now(UTC)
    return now - restorations.FARTHEST < lost_from < restored_at < now + FASTEST_CLOCK
