"""Who may knock at an inbox: hosts that the cooperative set aside may not, and nobody too often (HT3, HT4)."""

from federation.errors import FederationError
from federation.instance import Instance
from models import actors, servers
from models.database import connection
from models.errors import Forbidden, Gone, NotFound


class TooMany(FederationError):
    """You send too much at once; please send this again in a minute."""

    status = 429
    retry = True
    retry_after = 60


async def require_welcome(instance: Instance, hosts: set[str]) -> None:
    """Raise Forbidden when one of these hosts, or a domain above it, is set aside (RS14); before anything is fetched."""
    for host in hosts:
        aside = instance.asides.find(host)
        if aside is None:
            async with connection(instance.pool) as conn:
                aside = await servers.is_aside(conn, host)
            instance.asides.keep(host, aside)
        if aside:
            raise Forbidden("This cooperative takes nothing from your server.")


async def require_inbox(instance: Instance, username: str) -> None:
    """Raise NotFound when nobody here has this inbox, Gone when somebody had (AC6)."""
    state = instance.inboxes.find(username)
    if state is None:
        async with connection(instance.pool) as conn:
            actor = await actors.find_local(conn, username)
        state = "missing" if actor is None else "gone" if actor.deleted_at is not None else "open"
        instance.inboxes.keep(username, state)
    if state == "missing":
        raise NotFound
    if state == "gone":
        raise Gone


def require_patience(instance: Instance, host: str) -> None:
    """Count a verified request of this origin. Raises TooMany."""
    if not instance.inbox_requests.spend(host):
        raise TooMany


def note_failure(instance: Instance, host: str) -> None:
    """Count a signature that does not hold. Raises TooMany."""
    if not instance.inbox_failures.spend(host):
        raise TooMany
