"""What an import would make, what is left out and why: values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from models.people.opening_hours import Hours
from models.places.places import Commune
from models.repairs.importing.imports import ItemKind
from models.repairs.importing.lines import (
    AppointmentLine,
    BikeLine,
    ClosureLine,
    Fault,
    ImportFault,
    MaintenanceLine,
    OpeningLine,
    PriceLine,
    RepairerLine,
)
from models.repairs.shops.prices import Price
from models.repairs.shops.shops import ShopDetails

Doubt = Literal[
    "shop_not_enabled", "shop_named_already", "shop_type_unknown", "shop_commune_unknown", "shop_cities_unknown",
    "shop_street_left", "manager_unknown", "prices_too_many", "prices_left", "hours_too_many",
    "bike_of_nobody", "entry_of_nobody", "appointment_over", "appointment_not_agreed", "appointment_without_book",
]  # fmt: skip
"""Why something is left out, or not quite as it was."""

AnyLine = RepairerLine | PriceLine | OpeningLine | ClosureLine | BikeLine | AppointmentLine | MaintenanceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportDoubt:
    """A line that is left out, or of which something is missing; `value` says what stood there."""

    file: str
    line: int
    doubt: Doubt
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopPlan:
    """A shop about to be made; it appears nowhere before somebody decides so."""

    line: RepairerLine
    username: str
    details: ShopDetails
    commune: Commune | None
    prices: Sequence[Price]
    hours: Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPlan:
    """Somebody who comes to a shop of ours that has a book."""

    line: AppointmentLine
    listing_id: int
    ends_at: datetime
    customer_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """All that would be made; `members` are their numbers by address. With `faults` nothing is."""

    shops: Sequence[ShopPlan] = ()
    managers: Sequence[RepairerLine] = ()
    bikes: Sequence[BikeLine] = ()
    entries: Sequence[MaintenanceLine] = ()
    results: Sequence[AppointmentLine] = ()
    visits: Sequence[VisitPlan] = ()
    known: int = 0
    doubts: Sequence[ImportDoubt] = ()
    faults: Sequence[ImportFault] = ()
    members: dict[str, int] = field(default_factory=dict)
    shop_ids: dict[str, int] = field(default_factory=dict)
    bike_ids: dict[str, int] = field(default_factory=dict)
    strangers: Sequence[str] = ()

    @property
    def counts(self) -> dict[ItemKind, int]:
        """How many of each would be made."""
        return {
            "shop": len(self.shops),
            "manager": len(self.managers),
            "bike": len(self.bikes),
            "entry": len(self.entries),
            "result": len(self.results),
            "walk_in": len(self.visits),
        }


@dataclass(slots=True, kw_only=True)
class Notes:
    """What is known from the beginning (`members` by address, the moment), and what is found on the way: doubts,
    mistakes, and how much came with an import before. `unreadable`: some lines could not be read.
    """

    at: datetime
    unreadable: bool = False
    members: dict[str, int] = field(default_factory=dict)
    doubts: list[ImportDoubt] = field(default_factory=list)
    faults: list[ImportFault] = field(default_factory=list)
    known: int = 0

    def doubt(self, line: AnyLine, doubt: Doubt, value: str = "") -> None:
        """This line is left out, or not quite as it was."""
        self.doubts.append(ImportDoubt(file=line.file, line=line.line, doubt=doubt, value=value[:100]))

    def fault(self, line: AnyLine, column: str, fault: Fault, value: str) -> None:
        """This line names what is in no file: said once all lines can be read, as it may stand in another one."""
        if not self.unreadable:
            said = ImportFault(file=line.file, line=line.line, column=column, fault=fault, value=value[:100])
            self.faults.append(said)
