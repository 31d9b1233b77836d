"""What points are called, what somebody has of them, and a movement about to be written."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from models.listings.listings import ListingMode
from models.preferences import Preferences

Kind = Literal["joining", "monthly", "deposit", "taken_back", "exchange", "correction", "departure"]

PRICED: tuple[ListingMode, ...] = ("loan", "gift", "service")
"""Modes in which a listing may cost points."""

MOST = 10_000
"""The most points that move at once, or that a setting may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Currency:
    """What the cooperative calls its points."""

    one: str
    many: str

    def name(self, amount: int, language: str) -> str:
        """The word that goes with an amount; in French, nothing is one."""
        single = abs(amount) < 2 if language == "fr" else abs(amount) == 1
        return self.one if single else self.many


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What somebody has, what of it is spoken for by agreements not done yet, and how far below zero she may go."""

    balance: int
    promised: int
    overdraft: int

    @property
    def free(self) -> int:
        """What she may still promise or spend; below zero where settings changed meanwhile."""
        return self.balance - self.promised + self.overdraft


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMovement:
    """`amount` goes from `giver_id` to `taker_id`; None is the cooperative. `at` is now unless said."""

    kind: Kind
    amount: int
    giver_id: int | None
    taker_id: int | None
    month: date | None = None
    listing_id: int | None = None
    listing_title: str | None = None
    agreement_id: int | None = None
    reason: str = ""
    by_id: int | None = None
    at: datetime | None = None


def find_currency(chosen: Preferences) -> Currency | None:
    """What points are called here; None where the cooperative keeps none."""
    return Currency(one=chosen.points_one, many=chosen.points_many) if chosen.points else None
