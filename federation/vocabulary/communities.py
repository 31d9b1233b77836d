"""What a Group that people are part of shows of itself: who may come in, and the charter that stands."""

from dataclasses import dataclass
from datetime import datetime

from federation.errors import Malformed
from federation.json.fields import (
    MAX_CONTENT,
    Json,
    compact,
    localized,
    moment,
    one,
    optional,
    text,
    types,
    uri,
    uris,
    whole,
    write_moment,
)
from federation.texts.html_cleaner import from_text, to_text

MAX_CHARTER = 20_000
"""Characters of a charter, and a tenth of it for what is new in one: more is cut."""

MAX_VERSION = 10_000

OPENNESS = ("open", "moderated", "invite_only")
MAX_HOLDERS = 20
MAX_APPROVALS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterDocument:
    """A version: `text` as it was typed, `changes` what is new; `due_at` is until when an earlier yes is enough."""

    version: int
    text: str
    id: str | None = None
    changes: str = ""
    due_at: datetime | None = None
    published: datetime | None = None


def read_charter(document: Json) -> CharterDocument | None:
    """A version with its number and its text; None for anything else. HTML counts as its words."""
    version = read_version(document)
    source = one(document.get("source"), lambda found: found) or {}
    typed = text(source.get("content"), MAX_CHARTER) or to_text(localized(document, "content", MAX_CONTENT) or "")
    if version is None or not typed.strip():
        return None
    return CharterDocument(
        version=version,
        text=typed[:MAX_CHARTER],
        id=uri(document),
        changes=to_text(localized(document, "summary", MAX_CHARTER) or "")[: MAX_CHARTER // 10],
        due_at=moment(document.get("endTime")),
        published=moment(document.get("published")),
    )


def require_charter(document: Json) -> CharterDocument:
    """The same of a document of its own. Raises Malformed."""
    found = read_charter(document)
    if found is None or found.id is None:
        raise Malformed("This charter has no number, no text or no id.")
    return found


def read_version(document: Json) -> int | None:
    """The number of a version of a charter, in what names one."""
    return whole(document.get("charterVersion"), 1, MAX_VERSION)


def write_charter(value: CharterDocument) -> Json:
    """A version of ours."""
    return compact(
        {
            "id": value.id,
            "type": "Charter",
            "charterVersion": value.version,
            "content": from_text(value.text),
            "source": {"content": value.text, "mediaType": "text/plain"},
            "summary": from_text(value.changes) if value.changes else None,
            "published": optional(value.published, write_moment),
            "endTime": optional(value.due_at, write_moment),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityDocument:
    """What a Group says that people are part of. `openness` is Mobilizon's word for who comes in, and how.

    `members` is the collection of those who agreed to be shown, `managers` that of those who manage it; whom `parent`
    and `held_with` name gets no right by it.
    """

    openness: str
    charter: CharterDocument | None = None
    members: str | None = None
    managers: str | None = None
    approvals_needed: int = 0
    parent: str | None = None
    held_with: tuple[str, ...] = ()


def read_community(document: Json) -> CommunityDocument | None:
    """Of a Group that says who may come in; None for streams, forums and others."""
    openness = text(document.get("openness"))
    if openness not in OPENNESS or "Group" not in types(document):
        return None
    return CommunityDocument(
        openness=openness,
        charter=one(document.get("charter"), read_charter),
        members=uri(document.get("members")),
        managers=uri(document.get("managers")),
        approvals_needed=whole(document.get("approvalsNeeded"), 0, MAX_APPROVALS) or 0,
        parent=uri(document.get("parentCommunity")),
        held_with=uris(document.get("heldWith"), MAX_HOLDERS),
    )


def write_community(value: CommunityDocument | None) -> Json:
    """What a Group of ours adds to its document."""
    if value is None:
        return {}
    return {
        "openness": value.openness,
        "members": value.members,
        "managers": value.managers,
        "approvalsNeeded": value.approvals_needed or None,
        "charter": optional(value.charter, write_charter),
        "parentCommunity": value.parent,
        "heldWith": list(value.held_with) or None,
    }
