"""The doctor's checks that somebody has to hear of without having asked: gone through by a chore, told by mail."""

import socket
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import structlog

from federation.instance import Instance
from models.news import staff_preferences
from models.store import health_troubles
from models.store.database import transaction
from web.actions.doctor.checks import CHECKS, examine
from web.actions.doctor.findings import Check, Finding, Patient, Severity
from web.mail.account_mails import queue_mail

log = structlog.get_logger(__name__)

WATCHED: Mapping[str, Severity] = MappingProxyType(
    {
        "certificate": "warning",
        "clock": "warning",
        "connections": "warning",
        "data_folder": "error",
        "inodes": "warning",
        "key_file": "error",
        "mail_server": "error",
        "memory": "error",
        "statements": "warning",
    }
)
"""From when on each is told. What other tables keep (backups, the disk, chores, mails, servers) is told from there."""


async def watch_health(instance: Instance) -> None:
    """Look at this machine and its database. A chore that may run twice."""
    await _watch(instance, [one for one in CHECKS if one.name in WATCHED and not one.outside])


async def watch_outside(instance: Instance) -> None:
    """Look at the certificate and at the mail server. A chore that may run twice."""
    await _watch(instance, [one for one in CHECKS if one.name in WATCHED and one.outside])


async def _watch(instance: Instance, checks: Sequence[Check]) -> None:
    patient = Patient(settings=instance.settings, say=_say, instance=instance)
    found = {one.name: one.finding for one in await examine(patient, checks)}
    looked = [name for name, one in found.items() if one.severity != "skipped"]
    wrong = {name: found[name].severity == "error" for name in looked if _is_told(name, found[name])}
    async with transaction(instance.pool) as conn:
        await health_troubles.save(conn, looked, wrong, watched=WATCHED)
        untold = await health_troubles.claim_untold(conn)
        if untold:
            for actor_id in await staff_preferences.list_told(conn, "servers", "operation"):
                await queue_mail(conn, "health", actor_id, "/coop/sante")
    for name in untold:
        words = found[name].what if name in found else ""
        log.warning("health_trouble", check=name, machine=socket.gethostname(), what=words)


def _is_told(name: str, finding: Finding) -> bool:
    return finding.severity in ("error", WATCHED[name])


def _say(sentence: str, /, **values: Any) -> str:
    """For the log, which nobody translates."""
    return sentence % values if values else sentence
