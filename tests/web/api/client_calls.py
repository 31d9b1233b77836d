"""The calls of four clients, read from their sources: what each asks for, and in which encoding.

Phanpy (0340050) and Elk (ae4ebf3) through masto.js: lists in addresses as `id[]=`, bodies as JSON, pictures and
profiles as multipart. Tusky (43ae0bb) writes forms, posts as JSON. Mastodon for Android (24ab4a0) writes JSON.
`{names}` stand for what the test's server holds.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from tests.web.api import strict, strict_instance, strict_newer
from tests.web.api.json_shapes import Check, shaped
from tests.web.api.strict import many

Encoding = Literal["json", "form", "multipart"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request of a client's, and the shape that it needs of the answer."""

    method: str
    path: str
    check: Check
    body: dict[str, Any] = field(default_factory=dict)
    encoding: Encoding = "json"
    status: int = 200


def ask(path: str, check: Check, status: int = 200) -> Call:
    """A question."""
    return Call(method="GET", path=f"/api/{path}", check=check, status=status)


def tell(method: str, path: str, check: Check, *, form: Encoding = "json", **body: Any) -> Call:
    """An act with a body."""
    return Call(method=method, path=f"/api/{path}", check=check, body=body, encoding=form)


ACCOUNTS, STATUSES, TAGS = many(strict.account), many(strict.status), many(strict.tag)
NOTIFICATIONS, LISTS = many(strict.notification), many(strict.reading_list)
GROUPS = strict_newer.grouped_notifications
FILTERS = many(strict.filter)
RELATIONS = many(strict.relationship)
DONE = shaped({})
FAMILIAR = many(shaped({"id": strict.id, "accounts": ACCOUNTS}))
MARKERS = shaped({}, {"notifications": strict.marker, "home": strict.marker})
DOMAINS = many(strict.filled)
SCHEDULED = shaped({"id": strict.id, "scheduled_at": strict.moment, "params": shaped({}, closed=False)}, closed=False)
HISTORY = many(shaped({"content": strict.html, "account": strict.account, "created_at": strict.moment}, closed=False))
PREFERENCES = shaped(
    {
        "posting:default:visibility": strict.filled,
        "posting:default:sensitive": strict.flag,
        "posting:default:language": strict.maybe(strict.filled),
        "posting:default:quote_policy": strict.filled,
        "reading:expand:media": strict.filled,
        "reading:expand:spoilers": strict.flag,
    }
)
MUTES = many(shaped({"id": strict.id, "mute_expires_at": strict.maybe(strict.moment)}, closed=False))
REPORT = shaped({"id": strict.id, "category": strict.filled, "target_account": strict.account}, closed=False)
PREVIEW = shaped({"following_count": strict.count, "followers_count": strict.count})
MADE_FILTER: dict[str, Any] = {"title": "Serpents", "context": ["home", "public"], "filter_action": "blur"}
EDITED = shaped({"id": strict.id, "text": strict.text, "spoiler_text": strict.text})
BOA = {"keyword": "boa", "whole_word": True}
COUNT = shaped({"count": strict.count})
POST_ACTS = ("favourite", "unfavourite", "bookmark", "unbookmark", "reblog", "unreblog")
OWN_ACTS = ("pin", "unpin", "mute", "unmute")
PERSON_ACTS = ("mute", "unmute", "unfollow", "follow", "block", "unblock")

START = [
    ask("v2/instance", strict_instance.instance),
    ask("v1/instance", strict_instance.instance_v1),
    ask("v1/accounts/verify_credentials", strict.own_account),
    ask("v1/preferences", PREFERENCES),
    ask("v1/custom_emojis", strict.empty),
    ask("v1/announcements", strict.empty),
    ask("v1/lists", LISTS),
    ask("v1/follow_requests?limit=80", ACCOUNTS),
    ask("v1/push/subscription", strict.error, 404),
]

SHARED_BY_ALL = [
    ask("v1/statuses/{theirs}", strict.status),
    ask("v1/statuses/{theirs}/context", strict.context),
    ask("v1/statuses/{own}/history", HISTORY),
    ask("v1/statuses/{own}/source", EDITED),
    ask("v1/statuses/{own}/favourited_by", ACCOUNTS),
    ask("v1/statuses/{own}/reblogged_by", ACCOUNTS),
    ask("v1/accounts/{bob}", strict.account),
    ask("v1/accounts/relationships?id[]={bob}&id[]={carol}", RELATIONS),
    ask("v1/accounts/{bob}/statuses?pinned=true", STATUSES),
    ask("v1/accounts/{bob}/lists", LISTS),
    ask("v1/lists/{list}/accounts?limit=0", ACCOUNTS),
    *(tell("POST", f"v1/statuses/{{theirs}}/{act}", strict.status) for act in POST_ACTS),
    *(tell("POST", f"v1/statuses/{{own}}/{act}", strict.status) for act in OWN_ACTS),
    *(tell("POST", f"v1/accounts/{{dave}}/{act}", strict.relationship) for act in PERSON_ACTS),
    *(tell("POST", f"v1/tags/lomme/{act}", strict.tag) for act in ("follow", "unfollow")),
    ask("v1/tags/lomme", strict.tag),
    ask("v1/followed_tags", TAGS),
    ask("v2/filters", FILTERS),
    ask("v1/bookmarks?limit=20", STATUSES),
    ask("v1/favourites?limit=20", STATUSES),
    ask("v1/mutes", MUTES),
    ask("v1/blocks", ACCOUNTS),
    ask("v1/markers?timeline[]=notifications", MARKERS),
    ask("v1/trends/tags", TAGS),
    ask("v1/trends/statuses", STATUSES),
]

PHANPY = [
    *START,
    ask("v1/timelines/home?limit=20", STATUSES),
    ask("v1/timelines/home?limit=5&since_id={own}", STATUSES),
    ask("v1/timelines/public?limit=20&local=true", STATUSES),
    ask("v1/timelines/public?limit=1&local=false&since_id={own}", STATUSES),
    ask("v1/timelines/tag/lomme?limit=20&any[]=velo&any[]=pret&only_media=true", STATUSES),
    ask("v1/timelines/list/{list}?limit=20&since_id={own}", STATUSES),
    ask("v1/statuses?id[]={own}&id[]={theirs}", STATUSES),
    ask("v2/notifications?limit=30&supported_types[]=mention&supported_types[]=follow", GROUPS),
    ask("v2/notifications/{group}/accounts", ACCOUNTS),
    ask("v1/notifications?limit=20&types[]=mention&types[]=quote", NOTIFICATIONS),
    ask("v1/notifications?limit=1&types[]=mention&types[]=quote&since_id=1", NOTIFICATIONS),
    ask("v1/notifications/{notification}", strict.notification),
    tell("POST", "v1/markers", MARKERS, notifications={"last_read_id": "{notification}"}),
    ask("v2/notifications/policy", strict.policy),
    tell("PATCH", "v2/notifications/policy", strict.policy, for_new_accounts="filter", for_limited_accounts="filter"),
    ask("v1/notifications/requests", many(strict.notification_request)),
    ask("v1/conversations?limit=20", many(strict.conversation)),
    ask("v2/search?q=bob&type=accounts&limit=5&resolve=false", strict.results),
    ask("v2/search?q=%23lom&type=hashtags&limit=5&offset=0", strict.results),
    ask("v1/accounts/search?q=bo&limit=20&resolve=false", ACCOUNTS),
    ask("v1/accounts/lookup?acct=bob@henin.test&skip_webfinger=false", strict.account),
    ask("v1/accounts/familiar_followers?id[]={bob}", FAMILIAR),
    ask("v1/accounts/{bob}/statuses?limit=20&exclude_reblogs=true&exclude_replies=true", STATUSES),
    ask("v1/accounts/{bob}/featured_tags", many(strict.featured_tag)),
    ask("v1/accounts/{bob}/followers?limit=40", ACCOUNTS),
    ask("v1/accounts/{bob}/following?limit=40", ACCOUNTS),
    ask("v1/accounts/{bob}/endorsements?limit=80", ACCOUNTS),
    ask("v1/lists/{list}", strict.reading_list),
    ask("v1/trends/links", strict.empty),
    ask("v1/featured_tags", many(strict.featured_tag)),
    ask("v1/scheduled_statuses?limit=40", many(SCHEDULED)),
    tell("PUT", "v1/scheduled_statuses/{scheduled}", SCHEDULED, scheduled_at="{tomorrow}"),
    tell("DELETE", "v1/scheduled_statuses/{scheduled}", DONE),
    *SHARED_BY_ALL,
    ask("v1/statuses/{own}/quotes?limit=20", STATUSES),
    tell("PUT", "v1/statuses/{own}/interaction_policy", strict.status, quote_approval_policy="followers"),
    tell("POST", "v1/accounts/{bob}/follow", strict.relationship, notify=True),
    tell("POST", "v1/accounts/{bob}/follow", strict.relationship, reblogs=False),
    tell("POST", "v1/accounts/{bob}/pin", strict.relationship),
    tell("POST", "v1/accounts/{bob}/unpin", strict.relationship),
    tell("POST", "v1/accounts/{bob}/mute", strict.relationship, duration=3600),
    tell("POST", "v1/accounts/{bob}/remove_from_followers", strict.relationship),
    tell("POST", "v1/accounts/{bob}/note", strict.relationship, comment="Le voisin"),
    tell("POST", "v1/featured_tags", strict.featured_tag, name="lomme"),
    tell("POST", "v1/lists/{list}/accounts", DONE, account_ids=["{bob}"]),
    tell("DELETE", "v1/lists/{list}/accounts", DONE, account_ids=["{bob}"]),
    tell("PUT", "v1/lists/{list}", strict.reading_list, title="Rue", replies_policy="list", exclusive=True),
    tell("DELETE", "v1/lists/{list}", DONE),
    tell("POST", "v2/filters", strict.filter, **MADE_FILTER, keywords_attributes=[BOA]),
    tell(
        "PUT",
        "v2/filters/{filter}",
        strict.filter,
        **MADE_FILTER,
        expires_in=86400,
        keywords_attributes=[{"id": "{keyword}", "keyword": "python", "whole_word": False}],
    ),
    tell("DELETE", "v2/filters/{filter}", DONE),
    tell(
        "PATCH", "v1/accounts/update_credentials", strict.own_account, form="multipart", display_name="Alice", note="B"
    ),
    tell("PATCH", "v1/accounts/update_credentials", strict.own_account, source={"quote_policy": "nobody"}),
    tell(
        "POST",
        "v1/statuses",
        strict.status,
        status="Bonjour #lomme",
        spoiler_text="",
        language="fr",
        sensitive=False,
        media_ids=["{media}"],
        visibility="public",
        in_reply_to_id="{theirs}",
        quote_approval_policy="public",
        quoted_status_id="{own}",
    ),
    tell("PUT", "v1/statuses/{own}", strict.status, status="Bonjour", spoiler_text="", language="fr", sensitive=False),
    tell("POST", "v1/follow_requests/{carol}/authorize", strict.relationship),
    tell(
        "POST",
        "v1/reports",
        REPORT,
        account_id="{bob}",
        status_ids=["{theirs}"],
        category="spam",
        comment="",
        rule_ids=[],
        forward=False,
    ),
    tell("DELETE", "v1/statuses/{own}", strict.status),
]

ELK = [
    *START,
    ask("v1/timelines/home?limit=30", STATUSES),
    ask("v1/timelines/public?limit=30", STATUSES),
    ask("v1/timelines/public?limit=30&local=true", STATUSES),
    ask("v1/timelines/tag/lomme", STATUSES),
    ask("v1/timelines/list/{list}", STATUSES),
    ask("v1/notifications?limit=30", NOTIFICATIONS),
    ask("v1/notifications?limit=30&types[]=mention", NOTIFICATIONS),
    ask("v1/conversations", many(strict.conversation)),
    ask("v1/accounts/lookup?acct=bob@henin.test", strict.account),
    ask("v1/accounts/{bob}/statuses?limit=30&exclude_replies=true", STATUSES),
    ask("v1/accounts/{bob}/statuses?only_media=true&exclude_replies=false", STATUSES),
    ask("v1/accounts/{bob}/statuses?exclude_replies=false", STATUSES),
    ask("v1/accounts/{bob}/followers", ACCOUNTS),
    ask("v1/accounts/{bob}/following", ACCOUNTS),
    ask("v1/accounts/{bob}/collections", strict.error, 404),
    ask("v2/search?q=bob&resolve=true&type=accounts&limit=25", strict.results),
    ask("v2/search?q=lom&type=hashtags&limit=25&resolve=false&exclude_unreviewed=true", strict.results),
    ask("v1/trends/links", strict.empty),
    ask("v2/suggestions?limit=20", many(strict_newer.suggestion)),
    ask("v1/domain_blocks", DOMAINS),
    ask("v1/scheduled_statuses", many(SCHEDULED)),
    ask("v1/lists/{list}/accounts?limit=1000", ACCOUNTS),
    *SHARED_BY_ALL,
    ask("v1/statuses/{own}/quotes", STATUSES),
    tell("POST", "v1/markers", MARKERS, notifications={"last_read_id": "{notification}"}),
    tell("POST", "v1/media", strict.attachment, form="multipart", file="picture"),
    tell("PUT", "v1/media/{media}", strict.attachment, description="Une bicyclette"),
    tell(
        "POST",
        "v1/statuses",
        strict.status,
        visibility="public",
        sensitive=False,
        spoiler_text="",
        status="Bonjour",
        media_ids=["{media}"],
        language="fr",
        in_reply_to_id="{theirs}",
        quote_approval_policy="public",
    ),
    tell("PUT", "v1/statuses/{own}", strict.status, status="Bonsoir", media_ids=[], media_attributes=[], language="fr"),
    tell("POST", "v1/accounts/{bob}/mute", strict.relationship, duration=0, notifications=True),
    tell("POST", "v1/accounts/{bob}/note", strict.relationship, comment=""),
    tell("POST", "v1/domain_blocks", DONE, domain="ailleurs.test"),
    tell("DELETE", "v1/domain_blocks", DONE, domain="ailleurs.test"),
    tell("PUT", "v1/lists/{list}", strict.reading_list, title="Rue"),
    tell("POST", "v1/lists/{list}/accounts", DONE, account_ids=["{bob}"]),
    tell("DELETE", "v1/lists/{list}/accounts", DONE, account_ids=["{bob}"]),
    tell("DELETE", "v1/lists/{list}", DONE),
    tell(
        "PATCH",
        "v1/accounts/update_credentials",
        strict.own_account,
        form="multipart",
        display_name="Al",
        locked="true",
    ),
    tell("POST", "v1/follow_requests/{carol}/reject", strict.relationship),
    tell("POST", "v1/reports", REPORT, account_id="{bob}", status_ids=[], comment="", category="other", forward=False),
    tell("DELETE", "v1/push/subscription", DONE),
    tell("DELETE", "v1/scheduled_statuses/{scheduled}", DONE),
    tell("DELETE", "v1/statuses/{own}", strict.status),
]

TUSKY = [
    *START,
    ask("v1/filters", many(strict.filter_v1)),
    ask("v2/filters/{filter}", strict.filter),
    ask("v1/timelines/home?limit=30", STATUSES),
    ask("v1/timelines/public?local=true&limit=30", STATUSES),
    ask("v1/timelines/tag/lomme?any[]=velo&local=false&limit=30", STATUSES),
    ask("v1/notifications?limit=30&exclude_types[]=poll&exclude_types[]=admin.report", NOTIFICATIONS),
    ask("v1/notifications?account_id={bob}&limit=30", NOTIFICATIONS),
    tell("POST", "v1/markers", MARKERS, form="form", **{"notifications[last_read_id]": "{notification}"}),
    ask("v2/notifications/policy", strict.policy),
    tell("PATCH", "v2/notifications/policy", strict.policy, form="form", for_not_following="drop"),
    ask("v1/notifications/requests?limit=20", many(strict.notification_request)),
    ask("v2/search?q=bob&resolve=true&limit=20&offset=0&following=false", strict.results),
    ask("v1/accounts/search?q=bo&resolve=false&limit=10&following=true", ACCOUNTS),
    ask("v1/media/{media}", strict.attachment),
    tell("PUT", "v1/media/{media}", strict.attachment, form="form", description="Un vélo", focus="0.1,-0.2"),
    *SHARED_BY_ALL,
    tell(
        "POST",
        "v1/statuses",
        strict.status,
        status="Bonjour",
        spoiler_text="",
        in_reply_to_id="{theirs}",
        visibility="public",
        sensitive=False,
        media_ids=["{media}"],
        media_attributes=[],
        scheduled_at=None,
        poll=None,
        language="fr",
    ),
    tell("POST", "v1/statuses/{theirs}/reblog", strict.status, form="form", visibility="unlisted"),
    tell("POST", "v1/accounts/{bob}/follow", strict.relationship, form="form", reblogs="true", notify="true"),
    tell("POST", "v1/accounts/{bob}/mute", strict.relationship, form="form", notifications="false", duration="300"),
    tell("POST", "v1/accounts/{bob}/note", strict.relationship, form="form", comment="Le voisin"),
    tell("POST", "v1/domain_blocks", DONE, form="form", domain="ailleurs.test"),
    tell("DELETE", "v1/domain_blocks", DONE, form="form", domain="ailleurs.test"),
    tell("PATCH", "v1/accounts/update_credentials", strict.own_account, form="form", **{"source[privacy]": "unlisted"}),
    tell(
        "PATCH",
        "v1/accounts/update_credentials",
        strict.own_account,
        form="multipart",
        display_name="Alice",
        **{"fields_attributes[0][name]": "Rue", "fields_attributes[0][value]": "des Lilas"},
    ),
    tell("POST", "v1/lists", strict.reading_list, form="form", title="Amis", exclusive="false", replies_policy="list"),
    tell("POST", "v1/lists/{list}/accounts", DONE, form="form", **{"account_ids[]": "{bob}"}),
    tell("DELETE", "v1/lists/{list}/accounts", DONE, form="form", **{"account_ids[]": "{bob}"}),
    tell("POST", "v2/filters", strict.filter, form="form", title="Boas", filter_action="blur", **{"context[]": "home"}),
    tell("POST", "v2/filters/{filter}/keywords", strict.filter_keyword, form="form", keyword="boa", whole_word="true"),
    tell("PUT", "v2/filters/keywords/{keyword}", strict.filter_keyword, form="form", keyword="py", whole_word="false"),
    tell("DELETE", "v2/filters/keywords/{keyword}", DONE),
    tell("POST", "v1/reports", REPORT, form="form", account_id="{bob}", comment="", **{"status_ids[]": "{theirs}"}),
    tell("POST", "v1/notifications/clear", DONE),
    tell("DELETE", "v1/statuses/{own}?delete_media=true", strict.status),
]

ANDROID = [
    *START,
    ask("v1/filters", many(strict.filter_v1)),
    ask("v1/timelines/home?limit=20", STATUSES),
    ask("v1/accounts?id[]={bob}&id[]={carol}", ACCOUNTS),
    ask("v1/statuses?id[]={own}", STATUSES),
    ask(
        "v2/notifications?limit=40&grouped_types[]=favourite&grouped_types[]=reblog&grouped_types[]=follow"
        "&supported_types[]=mention&exclude_types[]=admin.sign_up",
        GROUPS,
    ),
    ask("v2/notifications?limit=40&account_id={bob}&include_filtered=true&types[]=mention", GROUPS),
    ask(
        "v2/notifications/unread_count?grouped_types[]=favourite&grouped_types[]=follow",
        shaped({"count": strict.count}),
    ),
    ask("v1/notifications/policy", strict_newer.policy_v1),
    tell(
        "PUT", "v1/notifications/policy", strict_newer.policy_v1, filter_new_accounts=True, filter_not_followers=False
    ),
    ask("v1/notifications/requests?limit=40", many(strict.notification_request)),
    ask("v2/suggestions?limit=40", many(strict_newer.suggestion)),
    ask("v1/accounts/familiar_followers?id[]={bob}", FAMILIAR),
    ask("v1/accounts/{bob}/endorsements", ACCOUNTS),
    ask("v1/accounts/{bob}/featured_tags", many(strict.featured_tag)),
    ask("v1/domain_blocks/preview?domain=henin.test", PREVIEW),
    ask("v1/trends?limit=10", TAGS),
    ask("v1/trends/links?limit=20&offset=0", strict.empty),
    ask("v1/profile", strict_newer.profile),
    tell("PUT", "v1/profile", strict_newer.profile, show_media=True, show_media_replies=True, show_featured=True),
    *SHARED_BY_ALL,
    ask("v1/statuses/{own}/quotes?limit=40", STATUSES),
    tell("PUT", "v1/statuses/{own}/interaction_policy", strict.status, quote_approval_policy="nobody"),
    tell("POST", "v1/accounts/{bob}/pin", strict.relationship),
    tell("POST", "v1/accounts/{bob}/unpin", strict.relationship),
    tell("POST", "v1/accounts/{bob}/mute", strict.relationship, duration=0),
    tell(
        "POST", "v1/markers", MARKERS, home={"last_read_id": "{own}"}, notifications={"last_read_id": "{notification}"}
    ),
    tell("POST", "v2/filters", strict.filter, **MADE_FILTER, keywords_attributes=[]),
    tell("POST", "v1/featured_tags", strict.featured_tag, name="lomme"),
    tell("POST", "v1/statuses", strict.status, status="Bonjour", visibility="public", quote_approval_policy="nobody"),
    tell("DELETE", "v1/profile/avatar", strict.own_account),
    tell("DELETE", "v1/profile/header", strict.own_account),
    tell("DELETE", "v1/statuses/{own}", strict.status),
]

CLIENTS = {"Phanpy": PHANPY, "Elk": ELK, "Tusky": TUSKY, "Mastodon for Android": ANDROID}
