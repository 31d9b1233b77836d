"""Write what became of deliveries: the rows, the health of the hosts, and who is gone (HT5, HT7, HT8)."""

from datetime import UTC, datetime

import structlog

from federation.documents.parse import decode
from federation.instance import Instance
from federation.json.fields import audience
from models.servers import circuit_breakers
from models.servers.circuit_breakers import DeliverySuccess, Failure, HostRecovery
from models.store.database import Connection, transaction
from models.traffic.outbound import deliveries, gone_actors, held_deliveries, host_recovery, personal_inboxes
from models.traffic.outbound.deliveries import Delivery
from outbox.traffic.backoff import LONGEST
from outbox.traffic.outcomes import Delivered, RetryLater, RetryPersonalInbox, Undeliverable

log = structlog.get_logger(__name__)

GONE = 410


async def save_sent(conn: Connection, outcomes: list[Delivered], *, at: datetime) -> None:
    """These arrived: one statement for all of them. What else waits for a host that is back is due now."""
    sent = [outcome.delivery for outcome in outcomes]
    await deliveries.succeed(conn, [delivery.id for delivery in sent])
    back = await circuit_breakers.save_success(conn, [_read_delivered(outcome) for outcome in outcomes], at=at)
    if back:
        await _resume_hosts(conn, back, at)
    await gone_actors.forget(conn, [delivery.inbox for delivery in sent if delivery.personal_inbox is None])


async def _resume_hosts(conn: Connection, back: list[HostRecovery], at: datetime) -> None:
    opened = [one.host for one in back if one.unavailable]
    if opened:
        log.info("hosts_available_again", hosts=opened)
        await held_deliveries.reopen(conn, opened)
    woken = [one.host for one in back if one.woken]
    if woken:
        await _retry_waiting(conn, woken, at)
    doubtful = [one.host for one in back if one.doubtful]
    if doubtful:
        await host_recovery.probe_waiting(conn, doubtful, at=at)


async def _retry_waiting(conn: Connection, hosts: list[str], at: datetime) -> None:
    due = await host_recovery.retry_waiting(conn, hosts, at=at)
    if due:
        log.info("hosts_back", hosts=hosts, due=due)


def _read_delivered(outcome: Delivered) -> DeliverySuccess:
    return DeliverySuccess(
        host=outcome.delivery.host,
        inbox=outcome.delivery.inbox,
        latency_ms=outcome.latency,
        clock_seconds=outcome.clock,
    )


async def save_failed(
    conn: Connection, outcomes: list[RetryLater | RetryPersonalInbox | Undeliverable], *, at: datetime
) -> None:
    """These did not arrive: one row for each host, one for each delivery.

    By host, so that two workers never wait for each other's rows in a circle.
    """
    outcomes = sorted(outcomes, key=lambda outcome: (outcome.delivery.host, outcome.delivery.id))
    await _save_failures(conn, [failure for outcome in outcomes if (failure := _read_failure(outcome, at)) is not None])
    for outcome in outcomes:
        id, status, error = outcome.delivery.id, outcome.status, outcome.error
        match outcome:
            case RetryLater():
                await deliveries.retry(conn, id, status=status, error=error, due_at=outcome.due_at, cause=outcome.cause)
            case RetryPersonalInbox():
                if not await personal_inboxes.redirect(
                    conn, id, status=outcome.status, addressed=_list_addressed(outcome.delivery)
                ):
                    await deliveries.give_up(conn, id, status=status, error=error)
            case Undeliverable():
                await _save_never(conn, outcome, at=at)


def _list_addressed(delivery: Delivery) -> list[str]:
    """Whom an activity names, and the lists of followers among them."""
    said = decode(delivery.body.encode())
    return [*audience(said.get("to")), *audience(said.get("cc"))]


async def _save_never(conn: Connection, outcome: Undeliverable, *, at: datetime) -> None:
    await deliveries.give_up(conn, outcome.delivery.id, status=outcome.status, error=outcome.error, cause=outcome.cause)
    if outcome.missing and outcome.delivery.personal_inbox is None:
        dropped = await gone_actors.save(conn, outcome.delivery.inbox, certain=outcome.status == GONE, at=at)
        if dropped:
            log.info("followers_gone", inbox=outcome.delivery.inbox)


def _read_failure(outcome: RetryLater | RetryPersonalInbox | Undeliverable, at: datetime) -> Failure | None:
    """What it tells of the host; only trouble of the whole host counts towards its being unavailable.

    Somebody who left says nothing of the others there, nor does a shared inbox that is not there, nor a fault of ours.
    """
    if (
        isinstance(outcome, RetryPersonalInbox)
        or outcome.ours
        or (isinstance(outcome, Undeliverable) and outcome.missing)
    ):
        return None
    return Failure(
        host=outcome.delivery.host,
        inbox=outcome.delivery.inbox,
        error=outcome.error,
        cause=outcome.cause,
        day=at.date() if outcome.failing else None,
        clock_seconds=outcome.clock,
    )


async def _save_failures(conn: Connection, failures: list[Failure]) -> None:
    for host in await circuit_breakers.save_failures(conn, failures) if failures else ():
        waiting = await held_deliveries.hold(conn, host)
        cause = next(failure.error for failure in reversed(failures) if failure.host == host)
        log.warning("host_unavailable", host=host, cause=cause, held=waiting)


async def probe_hosts(instance: Instance) -> int:
    """Ask each unavailable host once a day whether it is back, and give up what was held too long. A chore."""
    at = datetime.now(UTC)
    async with transaction(instance.pool) as conn:
        late = await held_deliveries.give_up_held(conn, days=LONGEST.days, at=at)
        asked = await held_deliveries.probe(conn, at=at)
    if late or asked:
        log.info("hosts_probed", asked=asked, given_up=late)
    return asked
