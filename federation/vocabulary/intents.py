"""What is offered, wanted or promised, and how much of it: Valueflows intents and quantities (FEP-0837)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from federation.json.fields import (
    MAX_NAME,
    Json,
    amount,
    compact,
    localized,
    moment,
    one,
    optional,
    text,
    uri,
    write_amount,
    write_moment,
)
from federation.json.jsonld_terms import PREFIXES


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantity:
    """So many of a unit: `one`, `hour`…; `value` is None where it is free (prix libre)."""

    value: Decimal | None
    unit: str = "one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """What is left as security: so much of a currency."""

    conforms_to: str | None
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is offered, wanted or given in return. `action` is transfer, transferCustody or deliverService."""

    id: str | None = None
    name: str = ""
    action: str = ""
    conforms_to: str | None = None
    quantity: Quantity | None = None
    minimum: Quantity | None = None
    available: Quantity | None = None
    has_beginning: datetime | None = None
    has_end: datetime | None = None
    max_duration: str | None = None
    deposit: Deposit | None = None


def read_quantity(document: Json) -> Quantity | None:
    """A measure; None without a unit and a number."""
    value, unit = amount(document.get("hasNumericalValue")), document.get("hasUnit")
    if value is None and unit is None:
        return None
    return Quantity(value=value, unit="one" if unit is None else _read_unit(unit))


def _read_unit(value: object) -> str:
    """The name of a unit in the Ontology of units of measure, or its address there; empty for what is neither."""
    written = text(value, 200) or uri(value) or ""
    for prefix in ("om2:", PREFIXES["om2"]):
        written = written.removeprefix(prefix)
    return written[:100]


def read_intent(document: Json) -> Intent:
    """One side of a proposal. Bonfire wraps it in a ProposedIntent, which is looked through."""
    document = one(document.get("publishes"), lambda inner: inner) or document
    return Intent(
        id=uri(document.get("id")),
        name=localized(document, "name", MAX_NAME) or "",
        action=text(document.get("action"), 100) or "",
        conforms_to=uri(document.get("resourceConformsTo")),
        quantity=one(document.get("resourceQuantity"), read_quantity),
        minimum=one(document.get("minimumQuantity"), read_quantity),
        available=one(document.get("availableQuantity"), read_quantity),
        has_beginning=moment(document.get("hasBeginning")),
        has_end=moment(document.get("hasEnd")),
        max_duration=text(document.get("maxDuration"), 50),
        deposit=one(document.get("deposit"), _read_deposit),
    )


def _read_deposit(document: Json) -> Deposit | None:
    quantity = one(document.get("resourceQuantity"), read_quantity)
    return Deposit(conforms_to=uri(document.get("resourceConformsTo")), quantity=quantity) if quantity else None


def write_quantity(value: Quantity | None) -> Json | None:
    """A measure, its number as a string: mitra reads nothing else."""
    if value is None:
        return None
    written: Json = {"hasUnit": value.unit}
    if value.value is not None:
        written["hasNumericalValue"] = write_amount(value.value)
    return written


def write_intent(value: Intent) -> Json:
    """One side of a proposal."""
    return compact(
        {
            "type": "Intent",
            "id": value.id,
            "name": value.name or None,
            "action": value.action or None,
            "resourceConformsTo": value.conforms_to,
            "resourceQuantity": write_quantity(value.quantity),
            "minimumQuantity": write_quantity(value.minimum),
            "availableQuantity": write_quantity(value.available),
            "hasBeginning": optional(value.has_beginning, write_moment),
            "hasEnd": optional(value.has_end, write_moment),
            "maxDuration": value.max_duration,
            "deposit": optional(value.deposit, _write_deposit),
        }
    )


def _write_deposit(value: Deposit) -> Json:
    return compact({"resourceConformsTo": value.conforms_to, "resourceQuantity": write_quantity(value.quantity)})
