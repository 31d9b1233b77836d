"""The addresses of what members choose to read, and do not want to: filters, hashtags and lists; part of `routes`."""

from aiohttp import web
from aiohttp.typedefs import Handler

from models.lazy import when_called
from web.api.auth import for_people, open_to_all

with when_called(globals()):
    from web.api.mastodon.relations import filter_parts, filters, filters_v1, lists, tags

ID = "{id:[0-9]+}"


def _get(path: str, view: Handler) -> web.RouteDef:
    return web.get(f"/api{path}", view)


def _post(path: str, view: Handler) -> web.RouteDef:
    return web.post(f"/api{path}", view)


FILTERS = [
    _get("/v2/filters", for_people(filters.list_filters, "read:filters")),
    _post("/v2/filters", for_people(filters.post_filter, "write:filters")),
    _get(f"/v2/filters/{ID}", for_people(filters.show_filter, "read:filters")),
    web.put(f"/api/v2/filters/{ID}", for_people(filters.put_filter, "write:filters")),
    web.delete(f"/api/v2/filters/{ID}", for_people(filters.delete_filter, "write:filters")),
    _get(f"/v2/filters/{ID}/keywords", for_people(filter_parts.list_keywords, "read:filters")),
    _post(f"/v2/filters/{ID}/keywords", for_people(filter_parts.post_keyword, "write:filters")),
    _get(f"/v2/filters/keywords/{ID}", for_people(filter_parts.show_keyword, "read:filters")),
    web.put(f"/api/v2/filters/keywords/{ID}", for_people(filter_parts.put_keyword, "write:filters")),
    web.delete(f"/api/v2/filters/keywords/{ID}", for_people(filter_parts.delete_keyword, "write:filters")),
    _get(f"/v2/filters/{ID}/statuses", for_people(filter_parts.list_posts, "read:filters")),
    _post(f"/v2/filters/{ID}/statuses", for_people(filter_parts.post_post, "write:filters")),
    _get(f"/v2/filters/statuses/{ID}", for_people(filter_parts.show_post, "read:filters")),
    web.delete(f"/api/v2/filters/statuses/{ID}", for_people(filter_parts.delete_post, "write:filters")),
    _get("/v1/filters", for_people(filters_v1.list_filters, "read:filters")),
    _post("/v1/filters", for_people(filters_v1.post_filter, "write:filters")),
    _get(f"/v1/filters/{ID}", for_people(filters_v1.show_filter, "read:filters")),
    web.put(f"/api/v1/filters/{ID}", for_people(filters_v1.put_filter, "write:filters")),
    web.delete(f"/api/v1/filters/{ID}", for_people(filters_v1.delete_filter, "write:filters")),
]

TAGS = [
    _get("/v1/tags/{tag:[^/]+}", open_to_all(tags.show_tag)),
    _post("/v1/tags/{tag:[^/]+}/follow", for_people(tags.post_follow, "write:follows")),
    _post("/v1/tags/{tag:[^/]+}/unfollow", for_people(tags.post_unfollow, "write:follows")),
    _post("/v1/tags/{tag:[^/]+}/feature", for_people(tags.post_feature, "write:accounts")),
    _post("/v1/tags/{tag:[^/]+}/unfeature", for_people(tags.post_unfeature, "write:accounts")),
    *(_get(path, open_to_all(tags.list_trends)) for path in ("/v1/trends/tags", "/v1/trends")),
    _get("/v1/followed_tags", for_people(tags.list_followed, "read:follows")),
    _get("/v1/featured_tags", for_people(tags.list_featured, "read:accounts")),
    _post("/v1/featured_tags", for_people(tags.post_featured, "write:accounts")),
    _get("/v1/featured_tags/suggestions", for_people(tags.list_suggested, "read:accounts")),
    web.delete(f"/api/v1/featured_tags/{ID}", for_people(tags.delete_featured, "write:accounts")),
]

LISTS = [
    _get("/v1/lists", for_people(lists.list_lists, "read:lists")),
    _post("/v1/lists", for_people(lists.post_list, "write:lists")),
    _get(f"/v1/lists/{ID}", for_people(lists.show_list, "read:lists")),
    web.put(f"/api/v1/lists/{ID}", for_people(lists.put_list, "write:lists")),
    web.delete(f"/api/v1/lists/{ID}", for_people(lists.delete_list, "write:lists")),
    _get(f"/v1/lists/{ID}/accounts", for_people(lists.list_members, "read:lists")),
    _post(f"/v1/lists/{ID}/accounts", for_people(lists.post_members, "write:lists")),
    web.delete(f"/api/v1/lists/{ID}/accounts", for_people(lists.delete_members, "write:lists")),
]
