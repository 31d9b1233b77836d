"""Readers of what is asked about taking part: in a community, in a meeting."""

from federation.errors import Unsupported
from federation.json.fields import MAX_CONTENT, Json, localized, moment, require_uri, text, uri, whole
from federation.vocabulary.activities.activity_header import read_header
from federation.vocabulary.activities.participation import Invite, Join, Leave, View
from federation.vocabulary.communities import read_version

MAX_MESSAGE = 5_000
MAX_PARTY = 1_000
MAX_TOLD = 10_000


def read_join(document: Json) -> Join:
    """Somebody asks to take part. Mobilizon writes its word as `participationMessage`."""
    message = localized(document, "content", MAX_CONTENT) or text(document.get("participationMessage"), MAX_MESSAGE)
    return Join(
        **read_header(document),
        object=require_uri(document, "object"),
        content=message or "",
        charter_version=read_version(document),
        people=whole(document.get("partySize"), 1, MAX_PARTY),
        recurs_at=moment(document.get("ical:recurrence-id")),
        begins_at=moment(document.get("startTime")),
        ends_at=moment(document.get("endTime")),
    )


def read_leave(document: Json) -> Leave:
    """Somebody takes part no longer."""
    return Leave(
        **read_header(document),
        object=require_uri(document, "object"),
        recurs_at=moment(document.get("ical:recurrence-id")),
    )


def read_invite(document: Json) -> Invite:
    """Somebody is asked to come in."""
    return Invite(
        **read_header(document),
        object=require_uri(document, "object"),
        target=require_uri(document, "target"),
        content=localized(document, "content", MAX_CONTENT) or "",
        attributed_to=uri(document.get("attributedTo")),
    )


def read_view(document: Json) -> View:
    """How many were told of a repair call, and opened it. Raises Unsupported for views of other kinds (PeerTube's)."""
    notified, opened = (whole(document.get(name), 0, MAX_TOLD) for name in ("notified", "opened"))
    if notified is None or opened is None or opened > notified:
        raise Unsupported("Only how many were told of a repair call, and opened it, is counted here.")
    return View(
        **read_header(document),
        object=require_uri(document, "object"),
        notified=notified,
        opened=opened,
        updated=moment(document.get("updated")),
    )
