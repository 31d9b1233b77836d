"""Terms, and an agreement with everything that became of it."""

from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, Self

from models.listings.listings import ListingMode

State = Literal["requested", "countered", "agreed", "done", "refused", "withdrawn", "cancelled", "expired"]
Role = Literal["owner", "partner"]
Step = Literal["out", "back", "done"]
"""What is reported: a loan goes out and comes back, everything else is done once."""

FINAL_STEP: dict[ListingMode, Step] = {"loan": "back"}
"""The report that ends an agreement, where it is not `done`."""


UNHEARD = datetime(1970, 1, 1, tzinfo=UTC)
"""When a copy was last changed by its authority, before that has said anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What somebody proposes. Times are half-open: whole days go from midnight to midnight, here in Europe/Paris.

    `in_return` is what is given for it in words, `amount` in money of `currency`, `points` in the cooperative's own
    unit: those never leave the server.
    """

    quantity: Decimal = Decimal(1)
    unit: str = "one"
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    place: str = ""
    in_return: str = ""
    amount: Decimal | None = None
    currency: str | None = None
    points: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAgreement:
    """With what an agreement begins. `uri` is None until the owner's server gives it one.

    What the owner proposes unasked begins as a counter-proposal: the partner is to answer.
    """

    exchange_id: int
    listing_id: int
    owner_id: int
    partner_id: int
    uri: str | None
    request_uri: str
    proposed_by: int
    terms: Terms
    held_until: datetime | None
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """One agreement as the database has it; `terms` are those on the table, or those that bind."""

    id: int
    exchange_id: int
    listing_id: int
    owner_id: int
    partner_id: int
    uri: str | None
    request_uri: str
    offer_uri: str
    proposed_by: int
    state: State
    quantity: Decimal
    unit: str
    begins_at: datetime | None
    ends_at: datetime | None
    place: str
    in_return: str
    amount: Decimal | None
    currency: str | None
    points: int | None
    note: str
    reason: str
    accepted_uri: str | None
    held_until: datetime | None
    owner_reported_at: datetime | None
    partner_reported_at: datetime | None
    created_at: datetime
    updated_at: datetime
    agreed_at: datetime | None
    ended_at: datetime | None

    @property
    def terms(self) -> Terms:
        """The terms alone."""
        return Terms(**{field.name: getattr(self, field.name) for field in fields(Terms)})

    @property
    def verified(self) -> bool:
        """Whether both sides report the same end (FEP-0837's two matching events)."""
        return self.owner_reported_at is not None and self.partner_reported_at is not None

    def with_terms(self, terms: Terms) -> Self:
        """The agreement with other terms on the table."""
        return replace(self, **{field.name: getattr(terms, field.name) for field in fields(Terms)})

    def role_of(self, actor_id: int) -> Role | None:
        """Which side somebody is on; None for strangers."""
        return "owner" if actor_id == self.owner_id else "partner" if actor_id == self.partner_id else None

    def other_of(self, actor_id: int) -> int:
        """The other side."""
        return self.partner_id if actor_id == self.owner_id else self.owner_id


def final_step(mode: ListingMode) -> Step:
    """The report that ends an agreement about a listing of this mode."""
    return FINAL_STEP.get(mode, "done")


def next_moment(held: datetime | None = None) -> datetime:
    """Now in milliseconds, as the wire has it, and later than what is held: others drop what is not newer."""
    now = datetime.now(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    return now if held is None else max(now, held + timedelta(milliseconds=1))


def write_terms(terms: Terms) -> dict[str, Any]:
    """Terms as an event of the thread remembers them."""
    return {
        field.name: value.isoformat()
        if isinstance(value, datetime)
        else str(value)
        if isinstance(value, Decimal)
        else value
        for field in fields(Terms)
        if (value := getattr(terms, field.name)) not in (None, "")
    }


def read_before(details: dict[str, Any]) -> Terms | None:
    """Those in whose place an event of the thread put others, if it did."""
    return read_terms(details["before"]) if "before" in details else None


def read_terms(kept: dict[str, Any]) -> Terms:
    """What `write_terms` wrote."""
    values = {field.name: kept[field.name] for field in fields(Terms) if field.name in kept}
    for name in ("begins_at", "ends_at"):
        if name in values:
            values[name] = datetime.fromisoformat(values[name])
    for name in ("quantity", "amount"):
        if name in values:
            values[name] = Decimal(values[name])
    return Terms(**values)
