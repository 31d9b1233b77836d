"""What listings and notes share: one row, one id space, tags, mentions, and who may read it."""

from models.posts.edits import save_edit, save_edits
from models.posts.parts import PostCounts, count, list_addressed, list_involved, list_mentions, list_tags
from models.posts.reading import (
    filter_known,
    filter_known_at,
    filter_visible,
    filter_wanted,
    find_by_page,
    find_by_uri,
    find_by_url,
    find_visible,
    list_by_ids,
    list_by_uris,
    map_by_ids,
)
from models.posts.saving import create, create_many, save_audience, show_to
from models.posts.values import PUBLIC, Audience, NewPost, Post, PostKind, Tag, renew
from models.posts.versions import Version, list_versions
from models.posts.withdrawal import (
    delete,
    delete_many,
    empty_all_activities,
    find_tombstone,
    forget_copies,
    require_standing,
)

__all__ = [
    "PUBLIC",
    "Audience",
    "NewPost",
    "Post",
    "PostCounts",
    "PostKind",
    "Tag",
    "Version",
    "count",
    "create",
    "create_many",
    "delete",
    "delete_many",
    "empty_all_activities",
    "filter_known",
    "filter_known_at",
    "filter_visible",
    "filter_wanted",
    "find_by_page",
    "find_by_uri",
    "find_by_url",
    "find_tombstone",
    "find_visible",
    "forget_copies",
    "list_addressed",
    "list_by_ids",
    "list_by_uris",
    "list_involved",
    "list_mentions",
    "list_tags",
    "list_versions",
    "map_by_ids",
    "renew",
    "require_standing",
    "save_audience",
    "save_edit",
    "save_edits",
    "show_to",
]
