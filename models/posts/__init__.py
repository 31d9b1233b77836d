"""What listings and notes share: one row, one id space, tags, mentions, and who may read it."""

from models.posts.parts import PostCounts, count, list_addressed, list_mentions, list_tags
from models.posts.reading import (
    filter_visible,
    find_by_uri,
    find_by_url,
    find_visible,
    list_by_ids,
    list_public_thread,
)
from models.posts.saving import create, delete, save_audience, save_edit, save_mentions, save_tags
from models.posts.values import PUBLIC, Audience, NewPost, Post, PostKind, Tag

__all__ = [
    "PUBLIC",
    "Audience",
    "NewPost",
    "Post",
    "PostCounts",
    "PostKind",
    "Tag",
    "count",
    "create",
    "delete",
    "filter_visible",
    "find_by_uri",
    "find_by_url",
    "find_visible",
    "list_addressed",
    "list_by_ids",
    "list_mentions",
    "list_public_thread",
    "list_tags",
    "save_audience",
    "save_edit",
    "save_mentions",
    "save_tags",
]
