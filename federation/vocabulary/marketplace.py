"""Offers, requests and what is agreed about them: Valueflows as FEP-0837 uses it, and flohmarkt's data.

A listing is a Note with the properties of a FEP-0837 Proposal; `Proposal` holds both halves.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from federation.json.fields import (
    PUBLIC,
    Json,
    amount,
    compact,
    each,
    flag,
    is_named,
    number,
    one,
    optional,
    text,
    texts,
    uri,
    write_amount,
    write_moment,
)
from federation.vocabulary.intents import Intent, read_intent, write_intent
from federation.vocabulary.objects import Note, read_note, write_note
from federation.vocabulary.places import write_place

MAX_DESCRIPTION = 20_000

MAX_PART, MAX_KILOMETRES = 60, 100
"""Of what a repair call says: characters of the part that is needed, and how far its author can go."""

TERM_PREFIXES = ("https://w3id.org/declic/ns#", "https://mutual-aid.app/ns/core#", "declic:", "maid:")
"""How a value of `additionalType`, `proposalStatus` or `urgency` may be spelled before its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairDetails:
    """What a repair call says of the bike; `reach` is how far its server has repairers told of it by now."""

    bike_type: str = ""
    interventions: tuple[str, ...] = ()
    wheel_size: str = ""
    rideable: bool | None = None
    urgency: str = ""
    reach: str = ""
    travel_distance: int | None = None
    part_needed: str = ""
    reward: str = ""

    @property
    def help(self) -> dict[str, object]:
        """How far its author can go, which part it takes, what she gives: as far as it says so."""
        told = {"travel_km": self.travel_distance, "part": self.part_needed, "reward": self.reward}
        return {name: value for name, value in told.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlohmarktData:
    """What flohmarkt and those who index it read of a thing given or sold."""

    name: str
    description: str = ""
    price: str = ""
    currency: str = ""
    original_id: str = ""
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A listing. `kinds` are the names in `additionalType` (`GiftOffer`), `status` in `proposalStatus` (`Open`).

    `unavailabilities` is where it is told when it is not to be had, `slots` at which times appointments are.
    """

    note: Note
    purpose: str
    publishes: Intent
    reciprocal: Intent | None = None
    unit_based: bool = False
    kinds: tuple[str, ...] = ()
    status: str = "Open"
    closed_reason: str | None = None
    territory: str | None = None
    condition: str | None = None
    free_price: bool | None = None
    repair: RepairDetails | None = None
    flohmarkt: FlohmarktData | None = None
    unavailabilities: str | None = None
    slots: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FlohmarktOffer:
    """A Note of flohmarkt: something given or sold, without any of FEP-0837."""

    note: Note
    data: FlohmarktData


def _read_repair(document: Json) -> RepairDetails:
    return RepairDetails(
        bike_type=text(document.get("bikeType"), 50) or "",
        interventions=texts(document.get("intervention"), 20, 50),
        wheel_size=text(document.get("wheelSize"), 50) or "",
        rideable=flag(document.get("rideable")),
        urgency=_term(text(document.get("urgency"), 100)) or "",
        reach=text(document.get("reach"), 20) or "",
        travel_distance=_read_kilometres(document.get("travelDistance")),
        part_needed=text(document.get("partNeeded"), MAX_PART) or "",
        reward=text(document.get("reward"), 50) or "",
    )


def _read_kilometres(value: object) -> int | None:
    """What nobody walks or rides with a broken bike is no distance."""
    return value if type(value) is int and 0 <= value <= MAX_KILOMETRES else None


def _read_flohmarkt(document: Json) -> FlohmarktData | None:
    document = one(document.get("@value"), lambda inner: inner) or document
    name = text(document.get("name"))
    if not name:
        return None
    price = amount(document.get("price"))
    latitude, longitude = _read_coordinates(document.get("coordinates"))
    return FlohmarktData(
        name=name,
        description=text(document.get("description"), MAX_DESCRIPTION) or "",
        price=text(document.get("price"), 100) or ("" if price is None else write_amount(price)),
        currency=text(document.get("currency"), 20) or "",
        original_id=text(document.get("original_id"), 200) or "",
        latitude=latitude,
        longitude=longitude,
    )


def _read_coordinates(value: object) -> tuple[float | None, float | None]:
    """Latitude and longitude: both or neither."""
    found = one(value, lambda inner: inner) or {}
    latitude, longitude = number(found.get("lat"), -90, 90), number(found.get("lng"), -180, 180)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _term(value: str | None) -> str | None:
    for prefix in TERM_PREFIXES:
        if value is not None and value.startswith(prefix):
            return value[len(prefix) :]
    return value


def is_proposal(document: Json) -> bool:
    """Whether an object is a listing: a Proposal by type, or a Note with something published in it."""
    return is_named(document, "Proposal") or ("publishes" in document and "purpose" in document)


def read_proposal(document: Json) -> Proposal:
    """A listing, ours or any FEP-0837 Proposal; raises Malformed without an id."""
    note = read_note(document)
    # FEP-0837: `purpose` is offer or request. Anything else is shown as an offer rather than lost.
    purpose = text(document.get("purpose"), 100)
    return Proposal(
        note=note,
        purpose="request" if purpose == "request" else "offer",
        publishes=_read_side(document.get("publishes")) or Intent(name=note.name),
        reciprocal=_read_side(document.get("reciprocal")),
        unit_based=flag(document.get("unitBased")) or False,
        kinds=tuple(_term(kind) or "" for kind in _read_terms(document.get("additionalType"))),
        status=_term(next(_read_terms(document.get("proposalStatus")), None)) or "Open",
        closed_reason=text(document.get("closedReason"), 50),
        territory=uri(document.get("territory")),
        condition=text(document.get("itemCondition"), 50),
        free_price=flag(document.get("freePrice")),
        repair=one(document.get("repair"), _read_repair),
        flohmarkt=one(document.get("flohmarkt:data"), _read_flohmarkt),
        unavailabilities=uri(document.get("unavailabilities")),
        slots=uri(document.get("slots")),
    )


def _read_side(value: object) -> Intent | None:
    found = one(value, read_intent)
    return found if found is not None or (id := uri(value)) is None else Intent(id=id)


def _read_terms(value: object) -> Iterator[str]:
    for member in each(value):
        if isinstance(member, dict):
            member = member.get("id")
        if isinstance(member, str):
            yield member[:200]


def is_flohmarkt_offer(document: Json) -> bool:
    """Whether an object carries flohmarkt's data."""
    return isinstance(document.get("flohmarkt:data"), dict)


def read_flohmarkt_offer(document: Json) -> FlohmarktOffer | Note:
    """A Note of flohmarkt; the plain Note where its data says nothing. Raises Malformed without an id."""
    note, data = read_note(document), one(document.get("flohmarkt:data"), _read_flohmarkt)
    return note if data is None else FlohmarktOffer(note=note, data=data)


def write_proposal(value: Proposal) -> Json:
    """A listing as the Note that every peer shows, with FEP-0837 and our terms inside.

    One whose note is of type Proposal is the read-only twin for Valueflows-native readers (§5.18).
    """
    if value.note.type == "Proposal":
        return _write_twin(value)
    return compact(
        {
            **write_note(value.note),
            "additionalType": list(value.kinds) or None,
            "proposalStatus": value.status,
            "closedReason": value.closed_reason,
            "territory": value.territory,
            "purpose": value.purpose,
            "publishes": write_intent(value.publishes),
            "reciprocal": optional(value.reciprocal, write_intent),
            "unitBased": value.unit_based,
            "freePrice": value.free_price,
            "itemCondition": value.condition,
            "repair": optional(value.repair, _write_repair),
            "flohmarkt:data": optional(value.flohmarkt, _write_flohmarkt),
            "unavailabilities": value.unavailabilities,
            "slots": value.slots,
        }
    )


def _write_twin(value: Proposal) -> Json:
    note = value.note
    return compact(
        {
            "id": note.id,
            "type": "Proposal",
            "name": note.name,
            "attributedTo": note.attributed_to,
            "purpose": value.purpose,
            "content": note.content,
            "published": optional(note.published, write_moment),
            "updated": optional(note.updated, write_moment),
            "to": PUBLIC if note.is_public else None,
            "location": optional(note.location, write_place),
            "publishes": write_intent(value.publishes),
            "reciprocal": optional(value.reciprocal, write_intent),
            "unitBased": value.unit_based,
            "url": note.url,
        }
    )


def _write_repair(value: RepairDetails) -> Json:
    return compact(
        {
            "type": "RepairDetails",
            "bikeType": value.bike_type or None,
            "intervention": list(value.interventions),
            "wheelSize": value.wheel_size or None,
            "rideable": value.rideable,
            "urgency": value.urgency or None,
            "reach": value.reach or None,
            "travelDistance": value.travel_distance,
            "partNeeded": value.part_needed or None,
            "reward": value.reward or None,
        }
    )


def _write_flohmarkt(value: FlohmarktData) -> Json:
    coordinates = None if value.latitude is None else {"lat": value.latitude, "lng": value.longitude}
    return compact(
        {
            "name": value.name,
            "description": value.description,
            "price": value.price or None,
            "currency": value.currency or None,
            "original_id": value.original_id or None,
            "coordinates": coordinates,
        }
    )
