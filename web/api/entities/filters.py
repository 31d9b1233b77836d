"""Filters as Filter with its parts, as the older V1::Filter, and what they found in a status as FilterResult."""

from collections.abc import Sequence

from federation.texts.html_cleaner import to_text
from models.relations.blocking.filter_matching import Match, find_matches
from models.relations.blocking.filters import Context, Filter, FilteredPost, Keyword
from web.api.entities.values import Json, write_moment_or_none


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
        "expires_at": write_moment_or_none(shown.expires_at),
        "irreversible": shown.action == "hide",
    }


def find_results(filters: Sequence[Filter], status: Json) -> list[Json]:
    """What these filters of the reader's found in a status by somebody else, share or not: in its warning, its text,
    the descriptions of its pictures and the answers of its poll."""
    if not filters:
        return []
    post_id = int((status["reblog"] or status)["id"])
    described = (one["description"] or "" for one in status["media_attachments"])
    answers = (option["title"] for option in (status["poll"] or {"options": ()})["options"])
    texts = (status["spoiler_text"], to_text(status["content"]), *described, *answers)
    return [_build_result(match, post_id) for match in find_matches(filters, post_id, texts)]


def is_hidden(status: Json, context: Context | None) -> bool:
    """Whether a filter takes this status out of lists in this context altogether."""
    return any(
        found["filter"]["filter_action"] == "hide" and context in found["filter"]["context"]
        for found in status.get("filtered", ())
    )


def _build_result(match: Match, post_id: int) -> Json:
    return {
        "filter": _build_rule(match.filter),
        "keyword_matches": list(match.keywords),
        "status_matches": [str(post_id)] if match.named else [],
    }


def _build_rule(shown: Filter) -> Json:
    return {
        "id": str(shown.id),
        "title": shown.title,
        "context": shown.context,
        "expires_at": write_moment_or_none(shown.expires_at),
        "filter_action": shown.action,
    }
