"""Try another server step by step, as an administrator would: is it there, what time has it, does it know us?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from federation.discovery.nodeinfo import learn_server
from federation.discovery.webfinger import Handle, find_account
from federation.discovery.well_known import fetch_well_known
from federation.errors import Cause, FetchFailed
from federation.http_client.causes import CLOCK_TOLERANCE, read_clock
from federation.instance import Instance
from federation.own_keys.key_pairs import instance_signer
from models.servers import circuit_breakers
from models.store.database import connection
from models.traffic.peer_traffic import find_known_actor


class CheckStep(StrEnum):
    """What is tried, in this order."""

    WELCOME = "welcome"
    REACH = "reach"
    CLOCK = "clock"
    NODEINFO = "nodeinfo"
    WEBFINGER = "webfinger"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How a trial ended: `ok` is None where it could not be made. `clock` are the seconds that theirs is ahead."""

    trial: CheckStep
    ok: bool | None
    cause: Cause | None = None
    clock: int | None = None
    detail: str = ""


_NOT_REACHED = frozenset(
    {
        Cause.BAD_ADDRESS,
        Cause.PRIVATE_ADDRESS,
        Cause.NAME_NOT_FOUND,
        Cause.NAME_UNANSWERED,
        Cause.CONNECTION_REFUSED,
        Cause.UNREACHABLE,
        Cause.TIMED_OUT,
        Cause.CONNECTION_LOST,
        Cause.CERTIFICATE_EXPIRED,
        Cause.CERTIFICATE_NOT_YET_VALID,
        Cause.CERTIFICATE_WRONG_NAME,
        Cause.CERTIFICATE_UNTRUSTED,
        Cause.TLS,
    }
)


async def check_host(instance: Instance, host: str) -> list[Finding]:
    """All trials; after the first that keeps us from asking at all, the others were not made.

    What is learned of the clock and the software is kept.
    """
    if not await instance.policy.allows(host):
        return [Finding(trial=CheckStep.WELCOME, ok=False), *_not_made(CheckStep.WELCOME)]
    reached, clock = await _reach(instance, host)
    if not reached.ok:
        return [Finding(trial=CheckStep.WELCOME, ok=True), reached, *_not_made(CheckStep.REACH)]
    account, actor = await _find_account(instance, host)
    return [
        Finding(trial=CheckStep.WELCOME, ok=True),
        reached,
        await _compare_clocks(instance, host, clock),
        await _ask_software(instance, host),
        account,
        await _fetch_signed(instance, actor),
    ]


def _not_made(last: CheckStep) -> list[Finding]:
    trials = list(CheckStep)
    return [Finding(trial=trial, ok=None) for trial in trials[trials.index(last) + 1 :]]


async def _reach(instance: Instance, host: str) -> tuple[Finding, int | None]:
    """Any answer will do, even one that says no; with it comes the time over there."""
    try:
        fetched = await fetch_well_known(instance, host, "/.well-known/nodeinfo", accept="application/json")
    except FetchFailed as failed:
        reached = failed.cause not in _NOT_REACHED and failed.cause is not Cause.SERVER_ERROR
        return Finding(trial=CheckStep.REACH, ok=reached, cause=None if reached else failed.cause), failed.clock
    return Finding(trial=CheckStep.REACH, ok=True), read_clock(fetched.headers, datetime.now(UTC))


async def _compare_clocks(instance: Instance, host: str, clock: int | None) -> Finding:
    if clock is None:
        return Finding(trial=CheckStep.CLOCK, ok=None)
    async with connection(instance.pool) as conn:
        await circuit_breakers.save_clock(conn, host, clock)
    return Finding(trial=CheckStep.CLOCK, ok=abs(clock) <= CLOCK_TOLERANCE.total_seconds(), clock=clock)


async def _ask_software(instance: Instance, host: str) -> Finding:
    try:
        found = await learn_server(instance, host)
    except FetchFailed as failed:
        return Finding(trial=CheckStep.NODEINFO, ok=False, cause=failed.cause)
    return Finding(trial=CheckStep.NODEINFO, ok=True, detail=f"{found.software} {found.version}".strip())


async def _find_account(instance: Instance, host: str) -> tuple[Finding, str | None]:
    """Somebody whom we know there, else the names that a server's own accounts usually have; with the actor's id."""
    async with connection(instance.pool) as conn:
        known = await find_known_actor(conn, host)
    names = [known.username] if known else ["coop", host.partition(":")[0]]
    failure: FetchFailed | None = None
    for name in names:
        try:
            account = await find_account(instance, Handle(username=name, host=host))
        except FetchFailed as failed:
            failure = failure or failed
            continue
        return Finding(trial=CheckStep.WEBFINGER, ok=True, detail=f"@{name}@{host}"), account.actor
    missing = known is None and failure is not None and failure.cause in {Cause.NOT_FOUND, Cause.REFUSED}
    finding = Finding(
        trial=CheckStep.WEBFINGER, ok=None if missing else False, cause=None if failure is None else failure.cause
    )
    return finding, known.uri if known else None


async def _fetch_signed(instance: Instance, actor: str | None) -> Finding:
    """The document of that account, asked for with our signature: a refusal shows here."""
    if actor is None:
        return Finding(trial=CheckStep.SIGNATURE, ok=None)
    try:
        await instance.transport.get_document(actor, signer=await instance_signer(instance))
    except FetchFailed as failed:
        return Finding(trial=CheckStep.SIGNATURE, ok=False, cause=failed.cause, clock=failed.clock)
    return Finding(trial=CheckStep.SIGNATURE, ok=True)
