"""One question between friend cooperatives: whether the bike with this frame number was stolen, and yes or no.

Neither is an activity: the question is asked and answered within one request, and nothing of it stands anywhere.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime

from federation.errors import Malformed
from federation.json.fields import Json, compact, flag, moment, require_uri, text, types, write_moment
from models.repairs.frame_numbers.numbers import is_frame_number

NAMED = re.compile(r"urn:uuid:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

CONTACT = re.compile(r"[A-Za-z0-9_.-]{1,100}@[a-z0-9.:-]{1,255}")
"""An account's address, as everybody writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StolenBikeInquiry:
    """What a friend's server asks, in the name of `actor`. The number never stands in what is logged of this value.

    `contact` is the address of the member who asks, where she wants the owner to be able to write to her.
    """

    id: str
    actor: str
    published: datetime
    frame_number: str = field(repr=False)
    contact: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StolenBikeAnswer:
    """Yes or no, and nothing else."""

    in_reply_to: str
    stolen: bool


def read_inquiry(document: Json) -> StolenBikeInquiry:
    """Raises Malformed, which never tells the number."""
    id, published = text(document.get("id"), 64) or "", moment(document.get("published"))
    number = text(document.get("frameNumber"), 64) or ""
    if "StolenBikeInquiry" not in types(document) or not NAMED.fullmatch(id) or published is None:
        raise Malformed("This is no question about a bike.")
    if not is_frame_number(number):
        raise Malformed("A frame number has 5 to 40 signs, capitals and digits alone.")
    contact = text(document.get("contact"), 400)
    if contact is not None and not CONTACT.fullmatch(contact):
        raise Malformed("The contact is no address of an account.")
    actor = require_uri(document, "actor")
    return StolenBikeInquiry(id=id, actor=actor, published=published, frame_number=number, contact=contact)


def write_inquiry(value: StolenBikeInquiry) -> Json:
    """What we ask."""
    return compact(
        {
            "id": value.id,
            "type": "StolenBikeInquiry",
            "actor": value.actor,
            "published": write_moment(value.published),
            "frameNumber": value.frame_number,
            "contact": value.contact,
        }
    )


def read_answer(document: Json) -> StolenBikeAnswer:
    """Raises Malformed for whatever is neither yes nor no."""
    stolen, asked = flag(document.get("stolen")), text(document.get("inReplyTo"), 64)
    if "StolenBikeAnswer" not in types(document) or stolen is None or asked is None:
        raise Malformed("This is neither yes nor no.")
    return StolenBikeAnswer(in_reply_to=asked, stolen=stolen)


def write_answer(value: StolenBikeAnswer) -> Json:
    """What we answer."""
    return {"type": "StolenBikeAnswer", "inReplyTo": value.in_reply_to, "stolen": value.stolen}
