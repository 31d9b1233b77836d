"""A list of people, as List."""

from models.communities.insiders import Shared
from models.relations.lists import ReadingList
from web.api.entities.values import Json


def build_list(shown: ReadingList) -> Json:
    """One list of the reader's."""
    return {
        "id": str(shown.id),
        "title": shown.title,
        "replies_policy": shown.replies_policy,
        "exclusive": shown.exclusive,
    }


def build_community_list(community: Shared) -> Json:
    """A community that the reader is in: what stays inside, as a list that nobody fills by hand."""
    return {
        "id": str(community.community_id),
        "title": community.name,
        "replies_policy": "none",
        "exclusive": False,
    }
