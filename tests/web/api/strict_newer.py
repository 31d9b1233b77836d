"""The same for what came with Mastodon 4.3 and later."""

from tests.web.api.json_shapes import (
    Shape,
    address,
    count,
    empty,
    filled,
    flag,
    id,
    many,
    maybe,
    moment,
    one_of,
    shaped,
    text,
)
from tests.web.api.strict import FIELD, account, featured_tag, report, status

_GROUP: Shape = {
    "group_key": filled,
    "notifications_count": count,
    "type": one_of(
        *("follow", "follow_request", "mention", "status", "reblog", "favourite", "poll", "update", "quote"),
        *("admin.report", "admin.sign_up"),
    ),
    "most_recent_notification_id": id,
    "sample_account_ids": many(id),
}

grouped_notifications = shaped(
    {
        "accounts": many(account),
        "statuses": many(status),
        "notification_groups": many(
            shaped(
                _GROUP,
                {"status_id": id, "page_min_id": id, "page_max_id": id, "latest_page_notification_at": moment}
                | {"report": report},
            )
        ),
    },
    {
        "partial_accounts": many(
            shaped(
                {"id": id, "acct": filled, "url": address, "avatar": address, "avatar_static": address}
                | {"locked": flag, "bot": flag}
            )
        )
    },
)

profile = shaped(
    {
        "id": id,
        "display_name": text,
        "note": text,
        "fields": many(FIELD),
        "avatar": maybe(address),
        "avatar_static": maybe(address),
        "avatar_description": text,
        "header": maybe(address),
        "header_static": maybe(address),
        "header_description": text,
        "locked": flag,
        "bot": flag,
        "hide_collections": flag,
        "discoverable": flag,
        "indexable": flag,
        "show_media": flag,
        "show_media_replies": flag,
        "show_featured": flag,
        "attribution_domains": empty,
        "featured_tags": many(featured_tag),
    }
)

suggestion = shaped(
    {
        "source": one_of("staff", "past_interactions"),
        "sources": many(one_of("featured", "friends_of_friends")),
        "account": account,
    }
)

embedding = shaped(
    {
        "type": one_of("rich"),
        "version": one_of("1.0"),
        "author_name": filled,
        "author_url": address,
        "provider_name": filled,
        "provider_url": address,
        "cache_age": count,
        "html": filled,
        "width": count,
        "height": maybe(count),
    }
)

privacy_policy = shaped({"updated_at": moment, "content": filled})

terms_of_service = shaped(
    {"effective_date": filled, "effective": flag, "content": filled, "succeeded_by": maybe(filled)}
)

policy_v1 = shaped(
    {
        "filter_not_following": flag,
        "filter_not_followers": flag,
        "filter_new_accounts": flag,
        "filter_private_mentions": flag,
        "summary": shaped({"pending_requests_count": count, "pending_notifications_count": count}),
    }
)
