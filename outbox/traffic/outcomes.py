"""What an answer means for a delivery: done, again later, held, or given up; pure (HT5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from federation.errors import Cause
from federation.http_client.answers import Answer
from models.traffic.outbound.deliveries import Delivery
from outbox.traffic.backoff import next_attempt

PASSING = frozenset({401, 408, 425, 429})
"""Refusals that may pass: a key not known yet, too early, too often."""

MISSING = frozenset({404, 410})

BUSY = frozenset({401, 429})
"""Answers of a host that is well and only does not want this now: no reason to call it unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It arrived; `latency` is what it took, in milliseconds, and `clock` how far ahead the host's clock is."""

    delivery: Delivery
    latency: int | None = None
    clock: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryLater:
    """It did not, and is tried again at `due_at`; `failing` when the whole host seems to be down.

    `ours` when it never left, by a fault here.
    """

    delivery: Delivery
    status: int | None
    error: str
    due_at: datetime
    failing: bool
    cause: Cause | None = None
    clock: int | None = None
    ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPersonalInbox:
    """The shared inbox is not there: the personal one is tried next."""

    delivery: Delivery
    status: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Undeliverable:
    """It will not arrive; `missing` when there is no such inbox (any more)."""

    delivery: Delivery
    status: int | None
    error: str
    missing: bool = False
    failing: bool = False
    cause: Cause | None = None
    clock: int | None = None
    ours: bool = False


Outcome = Delivered | RetryLater | RetryPersonalInbox | Undeliverable

WORDS: Mapping[type, str] = MappingProxyType(
    {Delivered: "done", RetryLater: "retried", RetryPersonalInbox: "retried", Undeliverable: "failed"}
)
"""How each is counted."""


def judge(delivery: Delivery, answer: Answer, *, at: datetime, chance: float, latency: int | None = None) -> Outcome:
    """What to do after this answer; `chance` from 0 to 1 spreads the second tries, `latency` are milliseconds."""
    status, error = answer.status, answer.error or f"{delivery.host} answered {answer.status}."
    if answer.delivered:
        return Delivered(delivery=delivery, latency=latency, clock=answer.clock)
    if status is not None and 400 <= status < 500 and status not in PASSING:
        return _take_refusal(delivery, answer, status, error)
    if answer.cause is Cause.SET_ASIDE:
        return Undeliverable(delivery=delivery, status=None, error=error, cause=answer.cause)
    failing = status not in BUSY and not answer.ours
    due_at = next_attempt(
        failures=delivery.attempts + 1,
        created_at=delivery.created_at,
        at=at,
        chance=chance,
        retry_after=answer.retry_after,
    )
    if due_at is None:
        return Undeliverable(
            delivery=delivery,
            status=status,
            error=error,
            failing=failing,
            cause=answer.cause,
            clock=answer.clock,
            ours=answer.ours,
        )
    return RetryLater(
        delivery=delivery,
        status=status,
        error=error,
        due_at=due_at,
        failing=failing,
        cause=answer.cause,
        clock=answer.clock,
        ours=answer.ours,
    )


def _take_refusal(delivery: Delivery, answer: Answer, status: int, error: str) -> RetryPersonalInbox | Undeliverable:
    """After a no that stays one."""
    missing = status in MISSING
    if missing and delivery.personal_inbox is not None:
        return RetryPersonalInbox(delivery=delivery, status=status, error=error)
    return Undeliverable(
        delivery=delivery, status=status, error=error, missing=missing, cause=answer.cause, clock=answer.clock
    )
