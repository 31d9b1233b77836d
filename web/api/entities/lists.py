"""A list of people, as List."""

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
