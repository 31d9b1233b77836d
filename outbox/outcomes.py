"""What an answer means for a delivery: the table HT5 of federation.md, pure."""

from dataclasses import dataclass
from datetime import datetime

from federation.answers import Answer
from models.deliveries import Delivery
from outbox.backoff import next_attempt

PASSING = frozenset({401, 408, 425, 429})
"""Refusals that may pass: a key not known yet, too early, too often."""

MISSING = frozenset({404, 410})

BUSY = frozenset({401, 429})
"""Answers of a host that is well and only does not want this now: no reason to call it unavailable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """It arrived."""

    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """It did not, and is tried again at `due_at`; `failing` when the whole host seems to be down."""

    delivery: Delivery
    status: int | None
    error: str
    due_at: datetime
    failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPerson:
    """The shared inbox is not there: the personal one is tried next."""

    delivery: Delivery
    status: int
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """It will not arrive; `missing` when there is no such inbox (any more)."""

    delivery: Delivery
    status: int | None
    error: str
    missing: bool = False
    failing: bool = False


Outcome = Sent | Later | ToPerson | Never


def judge(delivery: Delivery, answer: Answer, *, at: datetime, chance: float) -> Outcome:
    """What to do after this answer; `chance` from 0 to 1 spreads the second tries."""
    status, error = answer.status, answer.error or f"{delivery.host} answered {answer.status}."
    if answer.delivered:
        return Sent(delivery=delivery)
    if status is not None and 400 <= status < 500 and status not in PASSING:
        if status in MISSING and delivery.personal_inbox is not None:
            return ToPerson(delivery=delivery, status=status, error=error)
        return Never(delivery=delivery, status=status, error=error, missing=status in MISSING)
    failing = status not in BUSY
    due_at = next_attempt(
        failures=delivery.attempts + 1,
        created_at=delivery.created_at,
        at=at,
        chance=chance,
        retry_after=answer.retry_after,
    )
    if due_at is None:
        return Never(delivery=delivery, status=status, error=error, failing=failing)
    return Later(delivery=delivery, status=status, error=error, due_at=due_at, failing=failing)
