"""Every address of the client API, with who may ask it: the table that a reader looks at first.

`open_to_all(view, scope)` is for anybody, `for_people(view, scope)` for somebody of ours whose token allows the scope,
`for_apps(view, scope)` for any valid token that allows it, `for_staff(view, scope, right)` for who looks after the
cooperative. OAUTH stands outside: there applications show their secret
instead of a token.
"""

from aiohttp import web
from aiohttp.typedefs import Handler

from models.lazy import when_called
from web.api import stubs
from web.api.auth import for_apps, for_people, for_streams, for_unconfirmed, open_to_all, with_accepted_charter
from web.api.declic import documentation as declic
from web.api.mastodon.admin.routes import MODERATION
from web.api.mastodon.news.routes import NOTIFICATIONS
from web.api.mastodon.relations.routes import FILTERS, LISTS, TAGS

with when_called(globals()):
    from web.api.mastodon.access import applications, oauth, oauth_metadata
    from web.api.mastodon.instance import (
        extended_description,
        instance,
        instance_rules,
        instance_texts,
        statistics,
        terms_of_service,
    )
    from web.api.mastodon.news import markers, push_subscriptions
    from web.api.mastodon.people import accounts, member_directory, own_profile, profile, registration
    from web.api.mastodon.posts import (
        bookmarks,
        conversations,
        editing,
        media,
        oembed,
        polls,
        posting,
        quotes,
        scheduled,
        status_actions,
        statuses,
    )
    from web.api.mastodon.relations import blocks, endorsements, follow_suggestions, lists, relationships, reports, tags
    from web.api.mastodon.timelines import search, timelines
    from web.api.streaming import server_sent_events

ID = "{id:[0-9]+}"

POST_ID = "{id:[0-9]+|[0-9a-f-]{36}}"
"""An id, or the UUID at the end of the address of one of our own posts' pages (`statuses.get_target`)."""


def _get(path: str, view: Handler) -> web.RouteDef:
    return web.get(f"/api{path}", view)


def _post(path: str, view: Handler) -> web.RouteDef:
    return web.post(f"/api{path}", view)


INSTANCE = [
    _get("/v1/instance", open_to_all(instance.show_instance_v1)),
    _get("/v2/instance", open_to_all(instance.show_instance)),
    _get("/v1/instance/rules", open_to_all(instance_rules.list_instance_rules)),
    _get("/v1/instance/extended_description", open_to_all(extended_description.show_extended_description)),
    _get("/v1/instance/privacy_policy", open_to_all(instance_texts.show_privacy_policy)),
    _get("/v1/instance/terms_of_service", open_to_all(terms_of_service.show_terms)),
    _get("/v1/instance/terms_of_service/{date:[0-9-]{10}}", open_to_all(terms_of_service.show_dated_terms)),
    _get("/v1/instance/languages", open_to_all(instance_texts.list_languages)),
    _get("/v1/instance/translation_languages", open_to_all(instance_texts.list_translation_languages)),
    _get("/v1/instance/peers", open_to_all(statistics.list_peers)),
    _get("/v1/instance/domain_blocks", open_to_all(instance.list_domain_blocks)),
    _get("/v1/instance/activity", open_to_all(statistics.list_activity)),
    _post("/v1/apps", open_to_all(applications.create_application)),
    _get("/v1/apps/verify_credentials", for_apps(applications.show_application)),
    _get("/v1/custom_emojis", open_to_all(stubs.show_nothing)),
]

ACCOUNTS = [
    _get("/v1/accounts/verify_credentials", for_people(accounts.show_own, "profile")),
    web.patch("/api/v1/accounts/update_credentials", for_people(profile.patch_profile, "write:accounts")),
    _get("/v1/profile", for_people(own_profile.show_profile, "profile")),
    web.patch("/api/v1/profile", for_people(own_profile.patch_profile, "write:accounts")),
    web.put("/api/v1/profile", for_people(own_profile.patch_profile, "write:accounts")),
    web.delete("/api/v1/profile/avatar", for_people(profile.delete_avatar, "write:accounts")),
    web.delete("/api/v1/profile/header", for_people(profile.delete_header, "write:accounts")),
    _get("/v1/accounts/relationships", for_people(relationships.list_relationships, "read:follows")),
    _get("/v1/accounts/search", for_people(accounts.search_accounts, "read:accounts")),
    _get("/v1/accounts/lookup", open_to_all(accounts.look_up, "read:accounts")),
    _get("/v1/accounts/familiar_followers", for_people(member_directory.list_familiar_followers, "read:follows")),
    _post("/v1/emails/confirmations", for_unconfirmed(registration.post_confirmation, "write:accounts")),
    _post("/v1/accounts", for_apps(registration.create_account, "write:accounts")),
    _get("/v1/accounts", open_to_all(accounts.list_accounts, "read:accounts")),
    _get(f"/v1/accounts/{ID}", open_to_all(accounts.show_account, "read:accounts")),
    _get(f"/v1/accounts/{ID}/statuses", open_to_all(accounts.list_statuses, "read:statuses")),
    _get(f"/v1/accounts/{ID}/followers", open_to_all(accounts.list_followers, "read:accounts")),
    _get(f"/v1/accounts/{ID}/following", open_to_all(accounts.list_following, "read:accounts")),
    _get(f"/v1/accounts/{ID}/featured_tags", open_to_all(tags.list_featured_of_account)),
    _get(f"/v1/accounts/{ID}/endorsements", open_to_all(endorsements.list_of_account, "read:accounts")),
    *(
        _post(f"/v1/accounts/{ID}/{act}", for_people(endorsements.post_endorse, "write:accounts"))
        for act in ("endorse", "pin")
    ),
    *(
        _post(f"/v1/accounts/{ID}/{act}", for_people(endorsements.post_unendorse, "write:accounts"))
        for act in ("unendorse", "unpin")
    ),
    _get("/v1/endorsements", for_people(endorsements.list_own, "read:accounts")),
    _get(f"/v1/accounts/{ID}/lists", for_people(lists.list_lists_with, "read:lists")),
    _post(f"/v1/accounts/{ID}/follow", for_people(relationships.post_follow, "write:follows")),
    _post(f"/v1/accounts/{ID}/unfollow", for_people(relationships.post_unfollow, "write:follows")),
    _post(f"/v1/accounts/{ID}/remove_from_followers", for_people(relationships.post_remove_follower, "write:follows")),
    _post(f"/v1/accounts/{ID}/note", for_people(relationships.post_note, "write:accounts")),
    _post(f"/v1/accounts/{ID}/block", for_people(blocks.post_block, "write:blocks")),
    _post(f"/v1/accounts/{ID}/unblock", for_people(blocks.post_unblock, "write:blocks")),
    _post(f"/v1/accounts/{ID}/mute", for_people(blocks.post_mute, "write:mutes")),
    _post(f"/v1/accounts/{ID}/unmute", for_people(blocks.post_unmute, "write:mutes")),
    _get("/v1/blocks", for_people(blocks.list_blocks, "read:blocks")),
    _get("/v1/mutes", for_people(blocks.list_mutes, "read:mutes")),
    _get("/v1/domain_blocks/preview", for_people(blocks.show_domain_preview, "read:blocks")),
    _get("/v1/domain_blocks", for_people(blocks.list_domain_blocks, "read:blocks")),
    _post("/v1/domain_blocks", for_people(blocks.post_domain_block, "write:blocks")),
    web.delete("/api/v1/domain_blocks", for_people(blocks.delete_domain_block, "write:blocks")),
    _get("/v1/follow_requests", for_people(relationships.list_requests, "read:follows")),
    _post(f"/v1/follow_requests/{ID}/authorize", for_people(relationships.post_authorize, "write:follows")),
    _post(f"/v1/follow_requests/{ID}/reject", for_people(relationships.post_reject, "write:follows")),
]

TIMELINES = [
    _get("/v1/timelines/home", for_people(timelines.list_home, "read:statuses")),
    _get("/v1/timelines/public", open_to_all(timelines.list_public, "read:statuses")),
    _get("/v1/timelines/tag/{tag:[^/]+}", open_to_all(timelines.list_tagged, "read:statuses")),
    _get(f"/v1/timelines/list/{ID}", for_people(timelines.list_list, "read:lists")),
    _get("/v1/conversations", for_people(conversations.list_conversations, "read:statuses")),
    web.delete(f"/api/v1/conversations/{ID}", for_people(conversations.delete_conversation, "write:conversations")),
    _post(f"/v1/conversations/{ID}/read", for_people(conversations.post_read, "write:conversations")),
    _get("/v1/bookmarks", for_people(bookmarks.list_bookmarks, "read:bookmarks")),
    _get("/v1/favourites", for_people(bookmarks.list_favourites, "read:favourites")),
]

STATUSES = [
    _get("/v1/statuses", open_to_all(statuses.list_several, "read:statuses")),
    _get(f"/v1/statuses/{POST_ID}", open_to_all(statuses.show_status, "read:statuses")),
    _get(f"/v1/statuses/{POST_ID}/context", open_to_all(statuses.show_context, "read:statuses")),
    _get(f"/v1/statuses/{POST_ID}/history", open_to_all(editing.show_history, "read:statuses")),
    _get(f"/v1/statuses/{POST_ID}/source", for_people(editing.show_source, "read:statuses")),
    _get(f"/v1/statuses/{POST_ID}/favourited_by", open_to_all(statuses.list_favourited_by, "read:accounts")),
    _get(f"/v1/statuses/{POST_ID}/reblogged_by", open_to_all(statuses.list_reblogged_by, "read:accounts")),
    _get(f"/v1/statuses/{POST_ID}/quotes", for_people(quotes.list_quotes, "read:statuses")),
    _post(f"/v1/statuses/{POST_ID}/quotes/{{quoting:[0-9]+}}/revoke", for_people(quotes.post_revoke, "write:statuses")),
    web.put(f"/api/v1/statuses/{POST_ID}/interaction_policy", for_people(quotes.put_policy, "write:statuses")),
    _get(f"/v1/polls/{ID}", open_to_all(polls.show_poll, "read:statuses")),
    _post(f"/v1/polls/{ID}/votes", for_people(polls.post_votes, "write:statuses")),
    _get("/v1/scheduled_statuses", for_people(scheduled.list_scheduled, "read:statuses")),
    _get(f"/v1/scheduled_statuses/{ID}", for_people(scheduled.show_scheduled, "read:statuses")),
    web.put(f"/api/v1/scheduled_statuses/{ID}", for_people(scheduled.put_scheduled, "write:statuses")),
    web.delete(f"/api/v1/scheduled_statuses/{ID}", for_people(scheduled.delete_scheduled, "write:statuses")),
    _post("/v1/statuses", for_people(with_accepted_charter(posting.post_status), "write:statuses")),
    web.put(f"/api/v1/statuses/{POST_ID}", for_people(with_accepted_charter(editing.put_status), "write:statuses")),
    web.delete(f"/api/v1/statuses/{POST_ID}", for_people(posting.delete_status, "write:statuses")),
    _post(f"/v1/statuses/{POST_ID}/favourite", for_people(status_actions.post_favourite, "write:favourites")),
    _post(f"/v1/statuses/{POST_ID}/unfavourite", for_people(status_actions.post_unfavourite, "write:favourites")),
    _post(f"/v1/statuses/{POST_ID}/bookmark", for_people(bookmarks.post_bookmark, "write:bookmarks")),
    _post(f"/v1/statuses/{POST_ID}/unbookmark", for_people(bookmarks.post_unbookmark, "write:bookmarks")),
    _post(
        f"/v1/statuses/{POST_ID}/reblog",
        for_people(with_accepted_charter(status_actions.post_reblog), "write:statuses"),
    ),
    _post(f"/v1/statuses/{POST_ID}/unreblog", for_people(status_actions.post_unreblog, "write:statuses")),
    _post(f"/v1/statuses/{POST_ID}/pin", for_people(status_actions.post_pin, "write:accounts")),
    _post(f"/v1/statuses/{POST_ID}/unpin", for_people(status_actions.post_unpin, "write:accounts")),
    _post(f"/v1/statuses/{POST_ID}/mute", for_people(status_actions.post_mute, "write:mutes")),
    _post(f"/v1/statuses/{POST_ID}/unmute", for_people(status_actions.post_unmute, "write:mutes")),
]

MEDIA = [
    _post("/v2/media", for_people(media.post_media, "write:media")),
    _post("/v1/media", for_people(media.post_media, "write:media")),
    _get(f"/v1/media/{ID}", for_people(media.show_media, "write:media")),
    web.put(f"/api/v1/media/{ID}", for_people(media.put_media, "write:media")),
    web.delete(f"/api/v1/media/{ID}", for_people(media.delete_media, "write:media")),
]

STREAMING = [
    _get("/v1/streaming", for_streams(server_sent_events.open_stream)),
    _get("/v1/streaming/{stream:[a-z/]+}", for_streams(server_sent_events.stream_events)),
]

HEALTH = [_get("/v1/streaming/health", server_sent_events.show_health)]
"""Answers in plain text."""

PUSH = [
    _get("/v1/push/subscription", for_people(push_subscriptions.show_subscription, "push")),
    _post("/v1/push/subscription", for_people(push_subscriptions.post_subscription, "push")),
    web.put("/api/v1/push/subscription", for_people(push_subscriptions.put_subscription, "push")),
    web.delete("/api/v1/push/subscription", for_people(push_subscriptions.delete_subscription, "push")),
]

OTHERS = [
    _get("/v2/search", open_to_all(search.search, "read:search")),
    _get("/v1/directory", open_to_all(member_directory.list_directory)),
    _get("/v1/suggestions", for_people(follow_suggestions.list_suggestions_v1, "read")),
    _get("/v2/suggestions", for_people(follow_suggestions.list_suggestions, "read")),
    web.delete(f"/api/v1/suggestions/{ID}", for_people(follow_suggestions.delete_suggestion, "write")),
    _get("/oembed", open_to_all(oembed.show_embedding)),
    _post("/v1/reports", for_people(reports.post_report, "write:reports")),
    _get("/v1/preferences", for_people(accounts.show_preferences, "read:accounts")),
    _get("/v1/markers", for_people(markers.show_markers, "read:statuses")),
    _post("/v1/markers", for_people(markers.post_markers, "write:statuses")),
]

EMPTY = [
    _get("/v1/announcements", for_people(stubs.show_nothing, None)),
    *(
        _get(path, open_to_all(stubs.show_nothing))
        for path in (
            "/v1/trends/statuses",
            "/v1/trends/links",
        )
    ),
]

KNOWN = [
    *INSTANCE,
    *ACCOUNTS,
    *TIMELINES,
    *LISTS,
    *FILTERS,
    *TAGS,
    *STATUSES,
    *NOTIFICATIONS,
    *MEDIA,
    *STREAMING,
    *PUSH,
    *OTHERS,
    *MODERATION,
    *EMPTY,
]

WITH_SLASH = [web.route(route.method, f"{route.path}/", route.handler) for route in KNOWN]
"""The same once more: Mastodon.py asks for `/api/v1/instance/` and many others that way."""

OAUTH = [
    web.post("/oauth/token", oauth.create_token),
    web.post("/oauth/revoke", oauth.revoke_token),
    web.get("/oauth/userinfo", for_people(oauth_metadata.show_userinfo, "profile")),
    web.post("/oauth/userinfo", for_people(oauth_metadata.show_userinfo, "profile")),
    web.get("/.well-known/oauth-authorization-server", oauth_metadata.show_metadata),
]

LAST = [web.route("*", "/api/{address:.*}", stubs.show_missing), web.route("*", "/api", stubs.show_missing)]

OWN = declic.ROUTES
"""What Mastodon has no word for (web/api/declic/operations)."""

ROUTES: list[web.RouteDef] = [*HEALTH, *KNOWN, *WITH_SLASH, *OWN, *declic.PAGES, *OAUTH, *LAST]
