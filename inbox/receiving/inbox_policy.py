"""Who may send to an inbox: hosts that the cooperative set aside may not, and nobody too often (HT3, HT4)."""

import re
from collections.abc import Collection
from contextlib import suppress

from multidict import MultiMapping

from federation.errors import FederationError
from federation.instance import Instance
from federation.uris import host_of
from models.errors import Forbidden, Gone, Invalid, NotFound
from models.limits import POSTS, WRONG_SIGNATURES
from models.people import actors
from models.store.database import connection

LONGEST_SIGNATURE = 16_384

_KEY_ID = re.compile(r'="(?<=keyid=")([^"]{1,2048})"', re.IGNORECASE)
"""What follows `keyId="`, looked for by its signs, which have no case: that takes a tenth of the time."""


class TooMany(FederationError):
    """You send too much at once; please send this again in a minute."""

    status = 429
    retry = True
    retry_after = 60


class TooManyFailures(TooMany):
    """Too many signatures that do not hold came in the name of your server; please send this again in a minute."""


class TooMuchWaits(TooMany):
    """So much of what your server sent waits here already that no more is taken for now; please send this again."""

    retry_after = 600


def read_key_hosts(headers: MultiMapping[str]) -> frozenset[str]:
    """The hosts of the keys that a request names in its headers, before anything of it is checked."""
    written = " ".join(headers.getall("Signature", []) + headers.getall("Signature-Input", []))
    hosts = set()
    for key_id in _KEY_ID.findall(written[:LONGEST_SIGNATURE]):
        with suppress(Invalid):
            hosts.add(host_of(key_id))
    return frozenset(hosts)


class HostNotAllowed(Forbidden):
    """This cooperative takes nothing from your server."""

    code = "server_set_aside"


async def require_allowed_host(instance: Instance, hosts: Collection[str]) -> None:
    """Raise Forbidden when the cooperative does not deal with one of these hosts (RS14).

    That is a host that is set aside, or under a domain that is; while the federation is restricted, everybody who is
    neither a friend nor let in by name. Asked of memory, before anything is fetched, parsed or kept.
    """
    for host in hosts:
        allowed = instance.policy.find(host)
        if allowed is False or (allowed is None and not await instance.policy.allows(host)):
            await instance.policy.note_access_request(host)
            raise HostNotAllowed


async def require_inbox(instance: Instance, username: str) -> None:
    """Raise NotFound when nobody here has this inbox, or not yet (AC10), and Gone when somebody had (AC6)."""
    state = instance.inboxes.find(username)
    if state is None:
        async with connection(instance.pool) as conn:
            actor = await actors.find_published(conn, username)
        state = "missing" if actor is None else "gone" if actor.deleted_at is not None else "open"
        instance.inboxes.keep(username, state)
    if state == "missing":
        raise NotFound
    if state == "gone":
        raise Gone


def require_rate(instance: Instance, host: str) -> None:
    """Count a verified request of this origin. Raises TooMany."""
    if not instance.counter.spend(POSTS, host):
        raise TooMany


def note_failure(instance: Instance, host: str) -> None:
    """Count a signature that does not hold. Raises TooMany."""
    if not instance.counter.spend(WRONG_SIGNATURES, host):
        raise TooManyFailures


async def require_waiting_bytes(instance: Instance, host: str, size: int) -> None:
    """Raise TooMuchWaits when so much from this host's domain waits here that a body of this size is too much."""
    if not await instance.backlog.has_room(host, size):
        raise TooMuchWaits
