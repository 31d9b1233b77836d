"""Filters as Filter with its parts, as the older V1::Filter, and what they found in a status as FilterResult."""

from collections.abc import Sequence

from federation.html import to_text
from models.filtering import Match, find_matches
from models.filters import Context, Filter, FilteredPost, Keyword
from models.media import Media
from models.posts import Post
from web.api.entities.values import Json, write_moment


def build_filter(shown: Filter) -> Json:
    """A filter with all that it looks for."""
    return _build_rule(shown) | {
        "keywords": [build_keyword(one) for one in shown.keywords],
        "statuses": [build_filtered_post(one) for one in shown.posts],
    }


def build_keyword(keyword: Keyword) -> Json:
    """Words that a filter looks for."""
    return {"id": str(keyword.id), "keyword": keyword.keyword, "whole_word": keyword.whole_word}


def build_filtered_post(filtered: FilteredPost) -> Json:
    """A single post of a filter."""
    return {"id": str(filtered.id), "status_id": str(filtered.post_id)}


def build_filter_v1(shown: Filter, keyword: Keyword) -> Json:
    """One keyword of a filter, which older clients take for a filter of its own."""
    return {
        "id": str(keyword.id),
        "phrase": keyword.keyword,
        "context": shown.context,
        "whole_word": keyword.whole_word,
        "expires_at": write_moment(shown.expires_at) if shown.expires_at else None,
        "irreversible": shown.action == "hide",
    }


def build_results(filters: Sequence[Filter], post: Post, media: Sequence[Media]) -> list[Json]:
    """What these filters found in a post: in its warning, its text and the descriptions of its pictures."""
    if not filters:
        return []
    texts = (post.warning, to_text(post.content), *(one.description for one in media))
    return [_build_result(match, post) for match in find_matches(filters, post.id, texts)]


def is_hidden(status: Json, context: Context | None) -> bool:
    """Whether a filter takes this status out of lists in this context altogether."""
    return any(
        found["filter"]["filter_action"] == "hide" and context in found["filter"]["context"]
        for found in status.get("filtered", ())
    )


def _build_result(match: Match, post: Post) -> Json:
    return {
        "filter": _build_rule(match.filter),
        "keyword_matches": list(match.keywords),
        "status_matches": [str(post.id)] if match.named else [],
    }


def _build_rule(shown: Filter) -> Json:
    return {
        "id": str(shown.id),
        "title": shown.title,
        "context": shown.context,
        "expires_at": write_moment(shown.expires_at) if shown.expires_at else None,
        "filter_action": shown.action,
    }
