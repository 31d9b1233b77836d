"""What a Group of ours that people are part of adds to its document: who comes in and how, and the charter."""

from federation.community_uris import charter_uri, circle_uri
from federation.vocabulary.communities import CharterDocument, CommunityDocument
from models.communities.charters import Charter
from models.communities.communities import Access, Community

OPENNESS: dict[Access, str] = {"open": "open", "on_request": "moderated", "invitation": "invite_only"}
"""As Mobilizon says it."""


def build_community(community: Community, charter: Charter | None) -> CommunityDocument:
    """Its collection of members is named where it may be read."""
    return CommunityDocument(
        openness=OPENNESS[community.access],
        charter=None if charter is None else build_charter(community, charter),
        members=circle_uri(community.uri, "members") if community.members_shown else None,
        managers=circle_uri(community.uri, "managers"),
        approvals_needed=community.approvals_needed,
        parent=community.parent_uri,
        held_with=tuple(community.held_with),
    )


def build_charter(community: Community, charter: Charter) -> CharterDocument:
    """One version, as it stands at its own address too."""
    return CharterDocument(
        id=charter_uri(community.uri, charter.version),
        version=charter.version,
        text=charter.text,
        changes=charter.changes,
        due_at=charter.due_at,
        published=charter.published_at,
    )
