"""What files of Rustine Libre say, line by line, once they were read; nothing is looked up yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from models.repairs.results.results import Outcome

FileKind = Literal[
    "repairers", "interventions", "openings", "closures", "bikes", "appointments", "maintenances"
]  # fmt: skip

Fault = Literal[
    "missing", "too_long", "no_price", "no_date", "no_day", "no_hour", "ends_before", "no_mail", "twice", "cells",
    "unknown_repairer", "unknown_bike", "unknown_outcome",
]  # fmt: skip
"""What is wrong in a line by itself, or beside the other files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFault:
    """One mistake: in which file, line and column, and what stood there."""

    file: str
    line: int
    column: str
    fault: Fault
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairerLine:
    """A workshop or a repairer who comes by; `owner` is the address of who manages it.

    What is not `enabled` waited for a yes over there.
    """

    file: str
    line: int
    origin: str
    name: str
    street: str
    place: str
    types: Sequence[str]
    bike_types: Sequence[str]
    cities: Sequence[str]
    description: str
    by_appointment: bool
    enabled: bool
    owner: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """What a repairer takes for something, in cents."""

    file: str
    line: int
    origin: str
    repairer: str
    label: str
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningLine:
    """When a repairer is open each week on a day (0 is Monday)."""

    file: str
    line: int
    origin: str
    repairer: str
    day: int
    opens: time
    closes: time


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosureLine:
    """From which day to which, both included, a repairer is closed all the same."""

    file: str
    line: int
    origin: str
    repairer: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class BikeLine:
    """Somebody's bike."""

    file: str
    line: int
    origin: str
    owner: str
    name: str
    brand: str
    bike_type: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentLine:
    """An appointment; `outcome` is what came out of it, None where nobody said."""

    file: str
    line: int
    origin: str
    repairer: str
    at: datetime
    status: str
    customer: str
    bike_type: str
    subject: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceLine:
    """A line of a bike's book."""

    file: str
    line: int
    origin: str
    bike: str
    title: str
    text: str
    done_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLines:
    """All that was read, and every mistake; with one of them nothing is made."""

    repairers: Sequence[RepairerLine] = ()
    interventions: Sequence[PriceLine] = ()
    openings: Sequence[OpeningLine] = ()
    closures: Sequence[ClosureLine] = ()
    bikes: Sequence[BikeLine] = ()
    appointments: Sequence[AppointmentLine] = ()
    maintenances: Sequence[MaintenanceLine] = ()
    faults: Sequence[ImportFault] = ()

    def __bool__(self) -> bool:
        """Whether there is any line."""
        of_shops = self.repairers or self.interventions or self.openings or self.closures
        return bool(of_shops or self.bikes or self.appointments or self.maintenances)
