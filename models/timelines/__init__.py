"""Read-only lists of posts across aggregates: home, public, tag, one author, what is liked or kept, the network."""

from models.timelines.authors import list_by_author
from models.timelines.catalogue import CatalogueFilter, list_catalogue
from models.timelines.entries import Page, PostFilter, TimelineEntry
from models.timelines.favourites import list_bookmarked, list_favourited
from models.timelines.home import list_home, list_home_readers
from models.timelines.lists import list_list, list_lists_with
from models.timelines.live import PublicPost, list_hidden, list_public_posts
from models.timelines.network import (
    COUNT_LIMIT,
    Found,
    NetworkFilter,
    count_network,
    list_network,
)
from models.timelines.public import list_public

__all__ = [
    "COUNT_LIMIT",
    "CatalogueFilter",
    "Found",
    "NetworkFilter",
    "Page",
    "PostFilter",
    "PublicPost",
    "TimelineEntry",
    "count_network",
    "list_bookmarked",
    "list_by_author",
    "list_catalogue",
    "list_favourited",
    "list_hidden",
    "list_home",
    "list_home_readers",
    "list_list",
    "list_lists_with",
    "list_network",
    "list_public",
    "list_public_posts",
]
