"""Our activities as JSON: one shape for all, with what each type adds."""

from federation.json.fields import Json, compact, optional, write_moment
from federation.vocabulary.activities.activities import (
    Accept,
    Activity,
    Add,
    Delete,
    Flag,
    Follow,
    Move,
    Offer,
    QuoteRequest,
    Reject,
    Remove,
    Undo,
)
from federation.vocabulary.activities.participation import Invite, Join, Leave, TentativeAccept, View
from federation.vocabulary.actors import ACTOR_TYPES
from federation.vocabulary.agreements import write_agreement
from federation.vocabulary.embedded import OBJECT_WRITERS, Object
from federation.vocabulary.objects import Tombstone, write_tombstone


def write_activity(value: Activity) -> Json:
    """An activity. `to` and `cc` are always there, as Mastodon writes them: some servers count on both."""
    return compact(
        {
            "id": value.id,
            "type": type(value).__name__,
            "actor": value.actor,
            "published": optional(value.published, write_moment),
            "to": list(value.to),
            "cc": list(value.cc),
            "audience": value.audience,
            **_write_extra(value),
            "object": _write_object(value),
        }
    )


def _write_object(value: Activity) -> object:
    match value:
        case Flag():
            return list(value.objects)
        case Delete():
            return _write_deleted(value.object)
        case Accept(object=asked) | Reject(object=asked) | TentativeAccept(object=asked) if isinstance(
            asked, Follow | QuoteRequest | Join | Invite
        ):
            return _write_as_received(asked)
        case _:
            return write_embedded(value.object)


def _write_as_received(asked: Follow | QuoteRequest | Join | Invite) -> Json:
    """What somebody else asked, with no address that was not in it."""
    return {key: value for key, value in write_activity(asked).items() if value or key not in {"to", "cc"}}


def _write_deleted(value: Tombstone) -> object:
    """An actor that goes is named by its address alone, as Mastodon does it; anything else is a Tombstone."""
    return value.id if value.former_type in ACTOR_TYPES else write_tombstone(value)


def write_embedded(value: Activity | Object | str) -> object:
    """What stands in `object`: an address as it is, an activity or an object written out."""
    if isinstance(value, str):
        return value
    return write_activity(value) if isinstance(value, Activity) else OBJECT_WRITERS[type(value)](value)


def _write_extra(value: Activity) -> Json:
    match value:
        case Offer():
            return {"content": value.content or None, "inReplyTo": value.in_reply_to}
        case Reject() | Undo() | Flag():
            return {"content": value.content or None}
        case Accept():
            result = write_agreement(value.result) if value.result else value.stamp
            return {"result": result, "charterVersion": value.charter_version}
        case Join() | Leave() | TentativeAccept() | Invite() | Remove() | View():
            return _write_participation(value)
        case QuoteRequest():
            return {"instrument": write_embedded(value.instrument)}
        case Add() | Move():
            return {"target": value.target}
        case _:
            return {}


def _write_participation(value: Join | Leave | TentativeAccept | Invite | Remove | View) -> Json:
    """What is said with who takes part: of a meeting by Mobilizon's words, of anything else by those of all."""
    match value:
        case TentativeAccept():
            return {"placeInLine": value.place, "content": value.content or None}
        case Leave():
            return {"ical:recurrence-id": optional(value.recurs_at, write_moment)}
        case Join():
            return _write_join(value)
        case Invite():
            return {"attributedTo": value.attributed_to, "content": value.content or None, "target": value.target}
        case Remove():
            return {"content": value.content or None, "target": value.target}
        case View():
            said = {"notified": value.notified, "opened": value.opened}
            return {**said, "updated": optional(value.updated, write_moment)}


def _write_join(value: Join) -> Json:
    message = "content" if value.people is None else "participationMessage"
    return {
        message: value.content or None,
        "charterVersion": value.charter_version,
        "partySize": value.people,
        "ical:recurrence-id": optional(value.recurs_at, write_moment),
        "startTime": optional(value.begins_at, write_moment),
        "endTime": optional(value.ends_at, write_moment),
    }
