"""Read-only lists of posts across aggregates: home, public, tag, one author, what is liked or kept, the network."""

from models.timelines.authors import list_by_author
from models.timelines.communities import list_inside
from models.timelines.entries import Page, PostFilter, TimelineEntry
from models.timelines.favourites import list_bookmarked, list_favourited
from models.timelines.home import list_home, list_home_readers
from models.timelines.lists import list_list, list_lists_with
from models.timelines.live import PublicPost, list_hidden, list_public_posts
from models.timelines.public import list_public

__all__ = [
    "Page",
    "PostFilter",
    "PublicPost",
    "TimelineEntry",
    "list_bookmarked",
    "list_by_author",
    "list_favourited",
    "list_hidden",
    "list_home",
    "list_home_readers",
    "list_inside",
    "list_list",
    "list_lists_with",
    "list_public",
    "list_public_posts",
]
