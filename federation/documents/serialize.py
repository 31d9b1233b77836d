"""Value → JSON with its context, held against what receivers accept before it leaves."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson

from federation.json.fields import PUBLIC, Json
from federation.json.jsonld_terms import collect_names, context_of
from federation.vocabulary.activities.activities import Activity
from federation.vocabulary.activities.activity_writers import write_activity
from federation.vocabulary.actors import ActorDocument
from federation.vocabulary.collections import (
    Collection,
    CollectionPage,
    Relationship,
    Verbatim,
    write_collection,
    write_collection_page,
    write_relationship,
)
from federation.vocabulary.embedded import OBJECT_WRITERS, Object
from federation.vocabulary.looks import LookReport, LookRequest, write_report, write_request
from federation.vocabulary.stolen_bikes import StolenBikeAnswer, StolenBikeInquiry, write_answer, write_inquiry

Question = StolenBikeInquiry | StolenBikeAnswer | LookRequest | LookReport
"""What one server asks and another answers within one request."""

Serializable = Activity | Object | Collection | CollectionPage | Relationship | Question

WRITERS: dict[type[Any], Callable[[Any], Json]] = {
    **OBJECT_WRITERS,
    Collection: write_collection,
    CollectionPage: write_collection_page,
    LookReport: write_report,
    LookRequest: write_request,
    Relationship: write_relationship,
    StolenBikeAnswer: write_answer,
    StolenBikeInquiry: write_inquiry,
}
"""What is no activity, from type to writer."""

SECRET = frozenset({"bto", "bcc"})
OTHER_PUBLIC = frozenset({"Public", "as:Public"})
FIELDS_OF_VOTES = {"id", "type", "name", "attributedTo", "inReplyTo", "to", "cc", "published"}
SINGLE = ("url", "context", "audience", "inReplyTo", "attributedTo")


class BrokenRule(Exception):
    """A document of ours would be refused or misread by others; this is a defect of ours and it must not leave."""


def serialize(value: Serializable) -> bytes:
    """The JSON that is signed, delivered and served: one value, the same bytes everywhere. Raises BrokenRule."""
    return orjson.dumps(_write(value), default=_write_verbatim, option=orjson.OPT_PASSTHROUGH_DATACLASS)


def to_json(value: Serializable) -> Json:
    """The same as an object, for those who look into it. Raises BrokenRule."""
    written: Json = orjson.loads(serialize(value))
    return written


def _write_verbatim(value: object) -> orjson.Fragment:
    if isinstance(value, Verbatim):
        return orjson.Fragment(value.body)
    raise TypeError


def _write(value: Serializable) -> Json:
    write = WRITERS.get(type(value), write_activity)
    document = write(value)
    names = collect_names(document)
    require_receivable(document, names)
    return {"@context": context_of(names, security=isinstance(value, ActorDocument)), **document}


def require_receivable(document: Json, names: set[str]) -> None:
    """Hold a document against the rules of the peers; raises BrokenRule."""
    if not names.isdisjoint(SECRET):
        raise BrokenRule("bto and bcc never leave this server.")
    _require_plain(document)
    inner = document.get("object")
    if isinstance(inner, dict):
        require_receivable(inner, set())
    elif _is_vote(document):
        if document.keys() - {"@context"} != FIELDS_OF_VOTES or (len(document["to"]), document["cc"]) != (1, []):
            raise BrokenRule("A vote says nothing but its choice, to the author of the poll alone.")
    elif document["type"] in ("Note", "Question"):
        _require_note(document)
        _require_poll(document)


def _is_vote(document: Json) -> bool:
    """A Note that has a name and no text answers a poll (Mastodon and all that follow it)."""
    return document["type"] == "Note" and "name" in document and "content" not in document


def _require_plain(document: Json) -> None:
    """Type, addresses and audience in the one form that strict readers take (Pleroma, Lemmy, mitra)."""
    if not isinstance(document["type"], str):
        raise BrokenRule("The type is not a plain string.")
    for key in SINGLE:
        if not isinstance(document.get(key, ""), str):
            raise BrokenRule(f"{key} is not a plain string.")
    for key in ("to", "cc"):
        addressees = document.get(key, ())
        if not OTHER_PUBLIC.isdisjoint([addressees] if isinstance(addressees, str) else addressees):
            raise BrokenRule(f"Public stands in {key} in another form than {PUBLIC}.")


def _require_note(document: Json) -> None:
    """What Mastodon, GoToSocial, Misskey, Pleroma and Lemmy need of a Note."""
    if "name" in document:
        raise BrokenRule("GoToSocial would show the name of a Note as its content warning.")
    if "summary" in document and not document["sensitive"]:
        raise BrokenRule("The summary of a Note is a content warning, and this one is not sensitive.")
    if "updated" in document and _moment(document["updated"]) < _moment(document["published"]):
        raise BrokenRule("GoToSocial drops what was updated before it was published.")
    for attachment in document["attachment"]:
        _require_attachment(attachment, _list_media_types(document))
    if not all(tag.get("href", "").isascii() for tag in document["tag"]):
        raise BrokenRule("The address of a tag is not percent-encoded.")


def _require_poll(document: Json) -> None:
    """What makes a Question of a post: options of one kind, and an end; nothing of that in a Note."""
    options = [document[name] for name in ("oneOf", "anyOf") if name in document]
    if document["type"] == "Note":
        if options:
            raise BrokenRule("A Note asks nothing.")
    elif len(options) != 1 or "endTime" not in document or not document["content"]:
        raise BrokenRule("A Question has words, its options in oneOf or anyOf, and an end.")
    elif any(option.keys() != {"type", "name", "replies"} for option in options[0]):
        raise BrokenRule("Mastodon reads the name and the replies of an option, and nothing else.")


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _list_media_types(document: Json) -> tuple[str, ...]:
    """How the media types begin that may hang on it: on a listing pictures, on a repair call also its sound."""
    if "publishes" not in document:
        return ("",)
    return ("image/", "audio/") if "repair" in document else ("image/",)


def _require_attachment(attachment: Json, types: tuple[str, ...]) -> None:
    media_type = attachment.get("mediaType", "")
    if attachment["type"] != "Document" or not isinstance(attachment["url"], str):
        raise BrokenRule("Pleroma and Lemmy refuse attachments other than Documents.")
    if not media_type.startswith(types):
        raise BrokenRule("Only pictures may be attached to a listing, and a sound to a repair call.")
    if "summary" in attachment:
        raise BrokenRule("Alternative text goes in name.")
