"""A friend looks in: one cooperative asks another what it sees of it from outside, and reads codes and figures.

Neither is an activity: it is asked and answered within one request. No word of the other server is ever shown: what it
saw comes as codes of a closed list, with figures and addresses that are read as such.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from ipaddress import ip_address

from federation.errors import Cause, Malformed
from federation.json.fields import Json, compact, flag, mappings, moment, require_uri, text, types, whole, write_moment
from federation.vocabulary.stolen_bikes import NAMED

MOST_ADDRESSES = 8

LONGEST_ADDRESS = 45
"""An IPv6 address with an IPv4 one in it."""

MOST_SEEN = 32

MOST_FIGURE = 10**9


class Sight(StrEnum):
    """What is looked at, in this order."""

    NAME = "name"
    IPV4 = "ipv4"
    IPV6 = "ipv6"
    CERTIFICATE = "certificate"
    CLOCK = "clock"
    WEBFINGER = "webfinger"
    ACTOR = "actor"
    SIGNATURE = "signature"
    INBOX = "inbox"


SIGHTS = {str(one): one for one in Sight}

CAUSES = {str(one): one for one in Cause}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """How one of them was: `well` is None where it could not be looked at.

    `figure` are days that are left of a certificate, seconds by which the clock is ahead of who looked, the status that
    an inbox answered.
    """

    check: Sight
    well: bool | None
    cause: Cause | None = None
    figure: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRequest:
    """A server asks to be looked at, in the name of `actor`, its own: whom else it means cannot be said."""

    id: str
    actor: str
    published: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LookReport:
    """What was seen; `addresses` are those to which the name leads from there."""

    in_reply_to: str
    addresses: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()


def read_request(document: Json) -> LookRequest:
    """Raises Malformed."""
    id, published = text(document.get("id"), 64) or "", moment(document.get("published"))
    if "LookRequest" not in types(document) or not NAMED.fullmatch(id) or published is None:
        raise Malformed("This asks nobody to look.")
    return LookRequest(id=id, actor=require_uri(document, "actor"), published=published)


def write_request(value: LookRequest) -> Json:
    """What we ask."""
    return {
        "id": value.id,
        "type": "LookRequest",
        "actor": value.actor,
        "published": write_moment(value.published),
    }


def read_report(document: Json) -> LookReport:
    """What is not known of it is left out, each check counts once. Raises Malformed for what is no report."""
    asked = text(document.get("inReplyTo"), 64)
    if "LookReport" not in types(document) or asked is None:
        raise Malformed("This says nothing of what was seen.")
    found: dict[Sight, Seen] = {}
    for one in mappings(document.get("seen"), MOST_SEEN):
        seen = _read_seen(one)
        if seen is not None:
            found.setdefault(seen.check, seen)
    return LookReport(
        in_reply_to=asked,
        addresses=_read_addresses(document.get("addresses")),
        seen=tuple(found[check] for check in Sight if check in found),
    )


def _read_seen(document: Json) -> Seen | None:
    check = SIGHTS.get(text(document.get("check"), 40) or "")
    if check is None:
        return None
    return Seen(
        check=check,
        well=flag(document.get("well")),
        cause=CAUSES.get(text(document.get("cause"), 40) or ""),
        figure=whole(document.get("figure"), -MOST_FIGURE, MOST_FIGURE),
    )


def _read_addresses(value: object) -> tuple[str, ...]:
    found = []
    for one in (value if isinstance(value, list) else [])[:MOST_ADDRESSES]:
        written = one if isinstance(one, str) and len(one) <= LONGEST_ADDRESS else ""
        try:
            address = ip_address(written)
        except ValueError:
            continue
        if "%" not in written:  # what follows is the name of a network card there, and may be any text
            found.append(str(address))
    return tuple(found)


def write_report(value: LookReport) -> Json:
    """What we saw."""
    return {
        "type": "LookReport",
        "inReplyTo": value.in_reply_to,
        "addresses": list(value.addresses),
        "seen": [
            compact({"type": "Sight", "check": one.check, "well": one.well, "cause": one.cause, "figure": one.figure})
            for one in value.seen
        ],
    }
