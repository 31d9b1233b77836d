"""A client that forgives nothing: what Tusky and Mastodon for Android refuse, refused here."""

from tests.web.api.json_shapes import (
    Check,
    Shape,
    Unfit,
    address,
    count,
    day,
    digits,
    either,
    empty,
    filled,
    flag,
    html,
    id,
    language_code,
    many,
    maybe,
    moment,
    null,
    number,
    one_of,
    shaped,
    text,
)
from tests.web.api.media_shapes import attachment

__all__ = [
    "Check",
    "Shape",
    "Unfit",
    "account",
    "address",
    "attachment",
    "context",
    "count",
    "day",
    "digits",
    "either",
    "empty",
    "error",
    "extended_description",
    "filled",
    "flag",
    "html",
    "id",
    "many",
    "maybe",
    "mention",
    "moment",
    "notification",
    "null",
    "number",
    "one_of",
    "own_account",
    "poll",
    "relationship",
    "results",
    "shaped",
    "status",
    "tag",
    "tag_in_status",
    "text",
]

FIELD = shaped({"name": text, "value": html, "verified_at": maybe(moment)})

_ACCOUNT: Shape = {
    "id": id,
    "username": filled,
    "acct": filled,
    "uri": address,
    "url": address,
    "display_name": text,
    "note": html,
    "avatar": address,
    "avatar_static": address,
    "header": address,
    "header_static": address,
    "locked": flag,
    "bot": flag,
    "group": flag,
    "discoverable": maybe(flag),
    "indexable": flag,
    "created_at": moment,
    "last_status_at": maybe(day),
    "statuses_count": count,
    "followers_count": count,
    "following_count": count,
    "emojis": empty,
    "roles": empty,
    "fields": many(FIELD),
}

account = shaped(_ACCOUNT)

own_account = shaped(
    {
        **_ACCOUNT,
        "source": shaped(
            {
                "note": text,
                "privacy": one_of("public", "unlisted", "private", "direct"),
                "sensitive": flag,
                "language": maybe(filled),
                "quote_policy": one_of("public", "followers", "nobody"),
                "fields": many(FIELD),
                "follow_requests_count": count,
                "discoverable": flag,
                "indexable": flag,
                "hide_collections": flag,
                "attribution_domains": empty,
            }
        ),
        "role": shaped({"id": filled, "name": text, "color": text, "permissions": digits, "highlighted": flag}),
    }
)

extended_description = shaped({"updated_at": maybe(moment), "content": html})

mention = shaped({"id": id, "username": filled, "url": address, "acct": filled})

tag_in_status = shaped({"name": filled, "url": address})

poll = shaped(
    {
        "id": id,
        "expires_at": maybe(moment),
        "expired": flag,
        "multiple": flag,
        "votes_count": count,
        "voters_count": maybe(count),
        "options": many(shaped({"title": text, "votes_count": maybe(count)})),
        "emojis": empty,
    },
    {"voted": flag, "own_votes": many(count)},
)

_STATUS: Shape = {
    "id": id,
    "uri": address,
    "url": address,
    "created_at": moment,
    "edited_at": maybe(moment),
    "account": account,
    "content": html,
    "visibility": one_of("public", "unlisted", "private", "direct"),
    "sensitive": flag,
    "spoiler_text": text,
    "media_attachments": many(attachment),
    "mentions": many(mention),
    "tags": many(tag_in_status),
    "emojis": empty,
    "reblogs_count": count,
    "favourites_count": count,
    "replies_count": count,
    "quotes_count": count,
    "quote_approval": shaped(
        {
            "automatic": many(one_of("public", "followers")),
            "manual": many(one_of("public", "followers")),
            "current_user": one_of("automatic", "manual", "denied"),
        }
    ),
    "in_reply_to_id": maybe(id),
    "in_reply_to_account_id": maybe(id),
    "poll": maybe(poll),
    "card": null,
    "language": maybe(language_code),
    "application": maybe(shaped({"name": filled, "website": maybe(address)})),
}

_FILTER_RULE: Shape = {
    "id": id,
    "title": filled,
    "context": many(one_of("home", "notifications", "public", "thread", "account")),
    "expires_at": maybe(moment),
    "filter_action": one_of("warn", "hide", "blur"),
}

filter_keyword = shaped({"id": id, "keyword": filled, "whole_word": flag})

filter_status = shaped({"id": id, "status_id": id})

filter = shaped({**_FILTER_RULE, "keywords": many(filter_keyword), "statuses": many(filter_status)})

filter_result = shaped({"filter": shaped(_FILTER_RULE), "keyword_matches": many(filled), "status_matches": many(id)})

filter_v1 = shaped(
    {
        "id": id,
        "phrase": filled,
        "context": _FILTER_RULE["context"],
        "whole_word": flag,
        "expires_at": maybe(moment),
        "irreversible": flag,
    }
)

_OF_READER: Shape = {
    "favourited": flag,
    "reblogged": flag,
    "muted": flag,
    "bookmarked": flag,
    "filtered": many(filter_result),
    "pinned": flag,
}

_TYPED: Shape = {"text": text}

_QUOTE_STATE = one_of("pending", "accepted", "rejected", "revoked", "deleted", "unauthorized", "muted_account")

_QUOTED = shaped(
    {
        **_STATUS,
        "reblog": null,
        "quote": maybe(shaped({"state": _QUOTE_STATE, "quoted_status_id": maybe(id)})),
    },
    _OF_READER,
)

_STATUS = {**_STATUS, "quote": maybe(shaped({"state": _QUOTE_STATE, "quoted_status": maybe(_QUOTED)}))}

status = shaped({**_STATUS, "reblog": maybe(shaped({**_STATUS, "reblog": null}, _OF_READER))}, {**_OF_READER, **_TYPED})

conversation = shaped({"id": id, "unread": flag, "accounts": many(account), "last_status": status})

marker = shaped({"last_read_id": id, "version": count, "updated_at": moment})

context = shaped({"ancestors": many(status), "descendants": many(status)})

notification = either(
    shaped(
        {
            "id": id,
            "type": one_of("follow", "follow_request"),
            "created_at": moment,
            "group_key": filled,
            "account": account,
        }
    ),
    shaped(
        {
            "id": id,
            "type": one_of("mention", "status", "reblog", "favourite", "poll", "update", "quote"),
            "created_at": moment,
            "group_key": filled,
            "account": account,
            "status": status,
        }
    ),
)

relationship = shaped(
    {
        "id": id,
        "following": flag,
        "showing_reblogs": flag,
        "notifying": flag,
        "languages": maybe(many(filled)),
        "followed_by": flag,
        "blocking": flag,
        "blocked_by": flag,
        "muting": flag,
        "muting_notifications": flag,
        "muting_expires_at": maybe(moment),
        "requested": flag,
        "requested_by": flag,
        "domain_blocking": flag,
        "endorsed": flag,
        "note": text,
    }
)

tag = shaped(
    {
        "id": filled,
        "name": filled,
        "url": address,
        "history": many(shaped({"day": digits, "uses": digits, "accounts": digits})),
        "following": flag,
        "featuring": flag,
    }
)

featured_tag = shaped(
    {"id": id, "name": filled, "url": address, "statuses_count": digits, "last_status_at": maybe(day)}
)

reading_list = shaped(
    {"id": id, "title": filled, "replies_policy": one_of("followed", "list", "none"), "exclusive": flag}
)

policy = shaped(
    {
        "for_not_following": one_of("accept", "filter", "drop"),
        "for_not_followers": one_of("accept", "filter", "drop"),
        "for_new_accounts": one_of("accept", "filter", "drop"),
        "for_private_mentions": one_of("accept", "filter", "drop"),
        "for_limited_accounts": one_of("accept", "filter", "drop"),
        "summary": shaped({"pending_requests_count": count, "pending_notifications_count": count}),
    }
)

notification_request = shaped(
    {
        "id": id,
        "created_at": moment,
        "updated_at": moment,
        "notifications_count": digits,
        "account": account,
        "last_status": maybe(status),
    }
)

week = shaped({"week": digits, "statuses": digits, "logins": digits, "registrations": digits})

results = shaped({"accounts": many(account), "statuses": many(status), "hashtags": many(tag)})

error = shaped({"error": filled}, {"error_description": filled, "code": filled, "field": filled})

report = shaped(
    {
        "id": id,
        "action_taken": flag,
        "action_taken_at": null,
        "category": one_of("spam", "legal", "violation", "other"),
        "comment": text,
        "forwarded": flag,
        "created_at": moment,
        "status_ids": maybe(many(id)),
        "rule_ids": maybe(many(id)),
        "target_account": account,
    }
)
