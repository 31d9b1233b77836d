"""The doctor's checks that somebody has to hear of without having asked: gone through by a chore, told by mail."""

import asyncio
import socket
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import structlog

from federation.instance import Instance
from models.news import staff_preferences
from models.store import health_troubles
from models.store.background.beats import until_beat
from models.store.database import Connection, transaction
from web.actions.doctor.checks import CHECKS, examine
from web.actions.doctor.findings import Check, Finding, Patient, Severity
from web.mail.account_mails import queue_mail

log = structlog.get_logger(__name__)

WATCHED: Mapping[str, Severity] = MappingProxyType(
    {
        "addresses": "error",
        "body_size": "error",
        "certificate": "warning",
        "claims": "warning",
        "clock": "warning",
        "connections": "warning",
        "copies": "error",
        "copy_stores": "error",
        "crawlers": "warning",
        "data_folder": "error",
        "dkim": "error",
        "dmarc": "error",
        "friend_look": "warning",
        "inodes": "warning",
        "key_file": "error",
        "mail_domain": "error",
        "mail_server": "error",
        "map": "warning",
        "memory": "error",
        "pictures": "error",
        "proxy_headers": "warning",
        "push_key": "error",
        "queues": "error",
        "releases": "error",
        "restoration": "warning",
        "reverse": "error",
        "services": "warning",
        "slow_statements": "warning",
        "sorting": "warning",
        "spf": "error",
        "statements": "warning",
        "streams": "warning",
        "sweeps": "warning",
        "system": "warning",
    }
)
"""From when on each is told; the chores look at what all machines share, each process at those of MACHINES.

What other tables keep (backups, the disk, chores, mails, servers) is told from there.
"""


LAPSING = frozenset({"friend_look"})
"""What was wrong once, and is not looked at any more, is told no longer: what a friend saw a week ago."""

MACHINES = frozenset({"data_folder", "inodes", "key_file", "memory", "pictures", "services", "system"})
"""What is well on one machine and may not be on the next: each looks for itself, whoever runs the chores."""

DOORS = frozenset({"certificate", "mail_server"})
"""What is asked over the network twice a minute, of ourselves and of those who take our mails."""

NIGHTLY = frozenset({"sweeps"})
"""What a night may mend, or a start: it is looked at each hour, with what is outside."""

SETTLED = timedelta(minutes=5)
"""What is asked over the network is told by mail once it stayed wrong for so long: a restart is nobody's concern."""

SETTLING = DOORS | {"clock", "queues"}
"""What is told after so long: so is what waited while the machine was off, and a clock that is set right at once."""

SETTLED_OUTSIDE = timedelta(minutes=30)
"""The same of what is asked each hour: it is told at the second look."""

EACH_SECONDS = 30.0
"""What is wrong stands on the list of the team within a minute, with the time that looking takes: the chores go by the
same measure."""


async def watch_health(instance: Instance) -> None:
    """Look at what all machines share: the database, the clock of others. A chore that may run twice."""
    apart = MACHINES | NIGHTLY
    await _watch(instance, [one for one in _list_watched() if not one.outside and one.name not in apart])


async def watch_doors(instance: Instance) -> None:
    """Look at the certificate and at the mail server. A chore that may run twice."""
    await _watch(instance, [one for one in _list_watched() if one.name in DOORS])


async def watch_outside(instance: Instance) -> None:
    """Look at what the name service says of us, what passes the web server, and the nights. May run twice."""
    watched = [one for one in _list_watched() if one.outside and not one.dear and one.name not in DOORS]
    watched += [one for one in _list_watched() if one.name in NIGHTLY]
    await _watch(instance, watched)


async def watch_dear(instance: Instance) -> None:
    """Look at what is dear, where that is due: each once a day. A chore that may run twice."""
    await _watch(instance, [one for one in _list_watched() if one.dear])


async def watch_machine(instance: Instance) -> None:
    """Look at this machine. Several processes of it may."""
    await _watch(instance, [one for one in _list_watched() if one.name in MACHINES], socket.gethostname())


async def watch_machine_regularly(instance: Instance) -> None:
    """Twice a minute, until cancelled."""
    while True:
        await asyncio.sleep(until_beat(EACH_SECONDS))
        await watch_machine(instance)


def _list_watched() -> list[Check]:
    return [one for one in CHECKS if one.name in WATCHED]


async def _watch(
    instance: Instance,
    checks: Sequence[Check],
    machine: str = health_troubles.SHARED,
) -> None:
    patient = Patient(settings=instance.settings, say=_say, instance=instance, dear="due")
    found = {one.name: one.finding for one in await examine(patient, checks)}
    looked = [name for name, one in found.items() if _is_seen(name, one)]
    wrong = {name: found[name].severity == "error" for name in looked if _is_told(name, found[name])}
    async with transaction(instance.pool) as conn:
        await health_troubles.save(conn, looked, wrong, watched=WATCHED, machine=machine)
        untold = await health_troubles.claim_untold(conn, {one.name: _settle(one) for one in checks}, machine)
        if untold:
            await _queue_mails(conn)
    _log(untold, found, machine or socket.gethostname())


def _settle(check: Check) -> timedelta:
    """How long it stays wrong before it is told by mail."""
    if check.name in SETTLING:
        return SETTLED
    return SETTLED_OUTSIDE if check.outside or check.name in NIGHTLY else timedelta()


async def _queue_mails(conn: Connection) -> None:
    for actor_id in await staff_preferences.list_told(conn, "servers", "operation"):
        await queue_mail(conn, "health", actor_id, "/coop/sante")


def _log(untold: Sequence[str], found: Mapping[str, Finding], machine: str) -> None:
    for name in untold:
        words = found[name].what if name in found else ""
        log.warning("health_trouble", check=name, machine=machine, what=words)


def _is_seen(name: str, finding: Finding) -> bool:
    """Whether it says how things are: what could not be seen leaves them as they were."""
    return finding.severity != "skipped" or finding.needless or name in LAPSING


def _is_told(name: str, finding: Finding) -> bool:
    return not finding.quiet and finding.severity in ("error", WATCHED[name])


def _say(sentence: str, /, **values: Any) -> str:
    """For the log, which nobody translates."""
    return sentence % values if values else sentence
