"""What two people agree about a listing and what they report as done, as FEP-0837 has it."""

from dataclasses import dataclass, field
from datetime import datetime

from federation.errors import Malformed
from federation.json.fields import (
    MAX_CONTENT,
    MAX_NAME,
    Json,
    compact,
    localized,
    moment,
    one,
    optional,
    text,
    uri,
    write_moment,
)
from federation.vocabulary.intents import Quantity, read_quantity, write_quantity
from federation.vocabulary.places import read_place
from federation.vocabulary.repair_results import RepairResultDocument, read_repair_result, write_repair_result

MAX_NOTE = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """One side's promise; `satisfies` is the id of the Intent in the proposal, `note` and `place` are plain words.

    `street` is told to a shop that comes by, once both said yes.
    """

    id: str | None = None
    satisfies: str | None = None
    quantity: Quantity | None = None
    provider: str | None = None
    receiver: str | None = None
    has_beginning: datetime | None = None
    has_end: datetime | None = None
    place: str = ""
    street: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Terms: proposed in an Offer (then mostly without id), binding in an Accept's `result`.

    `context` is the proposal, `state` the name of its `preview` (Accepted, Completed…), `request` the Offer with which
    it began, `in_reply_to` the one that is on the table, `end_time` until when an answer is waited for, `updated` rises
    with each change by its server; `content` is HTML as received: why it ended.
    """

    stipulates: Commitment
    stipulates_reciprocal: Commitment | None = None
    id: str | None = None
    attributed_to: str | None = None
    context: str | None = None
    request: str | None = None
    in_reply_to: str | None = None
    state: str = ""
    content: str = ""
    updated: datetime | None = None
    end_time: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class EconomicEvent:
    """One side's report that something was done; `context` is the agreement, `fulfills` the commitment's id.

    `result` is what came out of a repair, `updated` when it was noted after the report, or noted anew.
    """

    id: str
    attributed_to: str | None = None
    name: str = ""
    context: str | None = None
    fulfills: str | None = None
    action: str = ""
    provider: str | None = None
    receiver: str | None = None
    quantity: Quantity | None = None
    point_in_time: datetime | None = None
    result: RepairResultDocument | None = None
    published: datetime | None = None
    updated: datetime | None = None
    raw: Json = field(default_factory=dict, compare=False, repr=False)


def read_commitment(document: Json) -> Commitment:
    """One side's promise."""
    return Commitment(
        id=uri(document.get("id")),
        satisfies=uri(document.get("satisfies")),
        quantity=one(document.get("resourceQuantity"), read_quantity),
        provider=uri(document.get("provider")),
        receiver=uri(document.get("receiver")),
        has_beginning=moment(document.get("hasBeginning")),
        has_end=moment(document.get("hasEnd")),
        place=one(document.get("location"), lambda place: localized(place, "name", MAX_NAME)) or "",
        street=one(document.get("location"), _read_street) or "",
        note=text(document.get("note"), MAX_NOTE) or "",
    )


def _read_street(location: Json) -> str:
    place = read_place(location)
    return place.street if place is not None else ""


def read_agreement(document: Json) -> Agreement:
    """Terms; raises Malformed where nothing is stipulated."""
    stipulates = one(document.get("stipulates"), read_commitment)
    if stipulates is None:
        raise Malformed("This agreement stipulates nothing.")
    return Agreement(
        id=uri(document.get("id")),
        stipulates=stipulates,
        stipulates_reciprocal=one(document.get("stipulatesReciprocal"), read_commitment),
        attributed_to=uri(document.get("attributedTo")),
        context=uri(document.get("context")),
        request=uri(document.get("request")),
        in_reply_to=uri(document.get("inReplyTo")),
        state=one(document.get("preview"), lambda preview: localized(preview, "name", 100)) or "",
        content=text(document.get("content"), MAX_CONTENT) or "",
        updated=moment(document.get("updated")),
        end_time=moment(document.get("endTime")),
        raw=document,
    )


def read_economic_event(document: Json) -> EconomicEvent:
    """A report; raises Malformed without an id."""
    id = uri(document.get("id"))
    if id is None:
        raise Malformed("This economic event has no id.")
    return EconomicEvent(
        id=id,
        attributed_to=uri(document.get("attributedTo")),
        name=localized(document, "name", MAX_NAME) or "",
        context=uri(document.get("context")),
        fulfills=uri(document.get("fulfills")),
        action=text(document.get("action"), 100) or "",
        provider=uri(document.get("provider")),
        receiver=uri(document.get("receiver")),
        quantity=one(document.get("resourceQuantity"), read_quantity),
        point_in_time=moment(document.get("hasPointInTime")),
        result=one(document.get("repairResult"), read_repair_result),
        published=moment(document.get("published")),
        updated=moment(document.get("updated")),
        raw=document,
    )


def write_commitment(value: Commitment) -> Json:
    """One side's promise."""
    return compact(
        {
            "type": "Commitment",
            "id": value.id,
            "satisfies": value.satisfies,
            "resourceQuantity": write_quantity(value.quantity),
            "provider": value.provider,
            "receiver": value.receiver,
            "hasBeginning": optional(value.has_beginning, write_moment),
            "hasEnd": optional(value.has_end, write_moment),
            "location": _write_location(value),
            "note": value.note or None,
        }
    )


def _write_location(value: Commitment) -> Json | None:
    address = {"type": "PostalAddress", "streetAddress": value.street} if value.street else None
    location = compact({"type": "Place", "name": value.place or None, "address": address})
    return location if len(location) > 1 else None


def write_agreement(value: Agreement) -> Json:
    """Terms."""
    reciprocal = value.stipulates_reciprocal
    return compact(
        {
            "type": "Agreement",
            "id": value.id,
            "attributedTo": value.attributed_to,
            "context": value.context,
            "request": value.request,
            "inReplyTo": value.in_reply_to,
            "stipulates": write_commitment(value.stipulates),
            "stipulatesReciprocal": write_commitment(reciprocal) if reciprocal else None,
            "preview": {"type": "Note", "name": value.state} if value.state else None,
            "content": value.content or None,
            "updated": optional(value.updated, write_moment),
            "endTime": optional(value.end_time, write_moment),
        }
    )


def write_economic_event(value: EconomicEvent) -> Json:
    """A report."""
    return compact(
        {
            "type": "EconomicEvent",
            "id": value.id,
            "attributedTo": value.attributed_to,
            "name": value.name or None,
            "context": value.context,
            "fulfills": value.fulfills,
            "action": value.action or None,
            "provider": value.provider,
            "receiver": value.receiver,
            "resourceQuantity": write_quantity(value.quantity),
            "hasPointInTime": optional(value.point_in_time, write_moment),
            "repairResult": optional(value.result, write_repair_result),
            "published": optional(value.published, write_moment),
            "updated": optional(value.updated, write_moment),
        }
    )
