"""What each address demands of a token, held against Mastodon's documentation (methods/*, "OAuth:")."""

from models.store.database import connection
from tests.factories import make_member
from tests.web.api.conftest import Api
from tests.web.api.test_auth import fill_in
from web.api.routes import KNOWN, OAUTH, OWN

ANY = None
"""No scope: without a token, or with any."""

STATUS = "/api/v1/statuses/{id:[0-9]+|[0-9a-f-]{36}}"
QUOTING = "{quoting:[0-9]+}"
ID = "{id:[0-9]+}"
LISTING = "{id:[0-9]{1,19}}"
HOST = "{host:[0-9A-Za-z.:-]{1,255}}"
TAG = "{tag:[^/]+}"
KEY = "{key:[a-z._]+(?:-[0-9]+)+}"

DOCUMENTED = {
    ANY: [
        *("GET /api/v1/instance", "GET /api/v2/instance", "GET /api/v1/instance/rules", "GET /api/v1/instance/peers"),
        "GET /api/v1/instance/extended_description",
        *(f"GET /api/v1/instance/terms_of_service{day}" for day in ("", "/{date:[0-9-]{10}}")),
        *(f"GET /api/v1/instance/{one}" for one in ("privacy_policy", "languages", "translation_languages")),
        "GET /api/oembed",
        *("GET /api/v1/instance/domain_blocks", "GET /api/v1/instance/activity", "GET /api/v1/custom_emojis"),
        *("POST /api/v1/apps", "GET /api/v1/apps/verify_credentials", "GET /api/v1/directory"),
        *(f"GET /api/v1/accounts/{ID}/featured_tags", f"GET /api/v1/tags/{TAG}", "GET /api/v1/announcements"),
        *("GET /api/v1/trends", "GET /api/v1/trends/tags", "GET /api/v1/trends/statuses", "GET /api/v1/trends/links"),
        *("POST /oauth/token", "POST /oauth/revoke", "GET /.well-known/oauth-authorization-server"),
        *("GET /api/v1/declic/categories", "GET /api/v1/declic/communes", "GET /api/v1/declic/openapi.json"),
    ],
    "profile": [
        "GET /api/v1/profile",
        "GET /api/v1/accounts/verify_credentials",
        "GET /oauth/userinfo",
        "POST /oauth/userinfo",
    ],
    "push": [f"{method} /api/v1/push/subscription" for method in ("GET", "POST", "PUT", "DELETE")],
    "read": ["GET /api/v1/suggestions", "GET /api/v2/suggestions"],
    "write": [f"DELETE /api/v1/suggestions/{ID}"],
    "read:accounts": [
        *("GET /api/v1/accounts", "GET /api/v1/accounts/search", "GET /api/v1/accounts/lookup"),
        *(f"GET /api/v1/accounts/{ID}{part}" for part in ("", "/followers", "/following", "/endorsements")),
        *("GET /api/v1/endorsements", "GET /api/v1/featured_tags", "GET /api/v1/featured_tags/suggestions"),
        *(f"GET {STATUS}/favourited_by", f"GET {STATUS}/reblogged_by", "GET /api/v1/preferences"),
    ],
    "write:accounts": [
        *("POST /api/v1/accounts", "PATCH /api/v1/accounts/update_credentials"),
        *("PATCH /api/v1/profile", "PUT /api/v1/profile", "POST /api/v1/emails/confirmations"),
        *(f"POST /api/v1/accounts/{ID}/{act}" for act in ("endorse", "unendorse", "pin", "unpin")),
        *(f"POST /api/v1/tags/{TAG}/{act}" for act in ("feature", "unfeature")),
        *("DELETE /api/v1/profile/avatar", "DELETE /api/v1/profile/header", f"POST /api/v1/accounts/{ID}/note"),
        *("POST /api/v1/featured_tags", f"DELETE /api/v1/featured_tags/{ID}"),
        *(f"POST {STATUS}/pin", f"POST {STATUS}/unpin"),
    ],
    "read:blocks": ["GET /api/v1/blocks", "GET /api/v1/domain_blocks", "GET /api/v1/domain_blocks/preview"],
    "write:blocks": [
        *(f"POST /api/v1/accounts/{ID}/block", f"POST /api/v1/accounts/{ID}/unblock"),
        *("POST /api/v1/domain_blocks", "DELETE /api/v1/domain_blocks"),
    ],
    "read:bookmarks": ["GET /api/v1/bookmarks"],
    "write:bookmarks": [f"POST {STATUS}/bookmark", f"POST {STATUS}/unbookmark"],
    "write:conversations": [f"DELETE /api/v1/conversations/{ID}", f"POST /api/v1/conversations/{ID}/read"],
    "read:favourites": ["GET /api/v1/favourites"],
    "write:favourites": [f"POST {STATUS}/favourite", f"POST {STATUS}/unfavourite"],
    "read:filters": [
        *("GET /api/v1/filters", f"GET /api/v1/filters/{ID}", "GET /api/v2/filters", f"GET /api/v2/filters/{ID}"),
        *(f"GET /api/v2/filters/{ID}/keywords", f"GET /api/v2/filters/{ID}/statuses"),
        *(f"GET /api/v2/filters/keywords/{ID}", f"GET /api/v2/filters/statuses/{ID}"),
    ],
    "write:filters": [
        *(f"{method} /api/{version}/filters/{ID}" for method in ("PUT", "DELETE") for version in ("v1", "v2")),
        *("POST /api/v1/filters", "POST /api/v2/filters"),
        *(f"POST /api/v2/filters/{ID}/keywords", f"POST /api/v2/filters/{ID}/statuses"),
        *(f"{method} /api/v2/filters/keywords/{ID}" for method in ("PUT", "DELETE")),
        f"DELETE /api/v2/filters/statuses/{ID}",
    ],
    "read:follows": [
        *("GET /api/v1/accounts/relationships", "GET /api/v1/accounts/familiar_followers"),
        *("GET /api/v1/follow_requests", "GET /api/v1/followed_tags", "GET /api/v1/declic/territories"),
    ],
    "write:follows": [
        *(f"POST /api/v1/accounts/{ID}/{act}" for act in ("follow", "unfollow", "remove_from_followers")),
        *(f"POST /api/v1/follow_requests/{ID}/{act}" for act in ("authorize", "reject")),
        *(f"POST /api/v1/tags/{TAG}/{act}" for act in ("follow", "unfollow")),
        *(f"POST /api/v1/declic/territories/{HOST}/{act}" for act in ("follow", "unfollow")),
    ],
    "read:lists": [
        *("GET /api/v1/lists", f"GET /api/v1/lists/{ID}", f"GET /api/v1/lists/{ID}/accounts"),
        *(f"GET /api/v1/accounts/{ID}/lists", f"GET /api/v1/timelines/list/{ID}"),
    ],
    "write:lists": [
        *("POST /api/v1/lists", f"PUT /api/v1/lists/{ID}", f"DELETE /api/v1/lists/{ID}"),
        *(f"{method} /api/v1/lists/{ID}/accounts" for method in ("POST", "DELETE")),
    ],
    "write:media": [
        *("POST /api/v1/media", "POST /api/v2/media"),
        *(f"{method} /api/v1/media/{ID}" for method in ("GET", "PUT", "DELETE")),
    ],
    "read:mutes": ["GET /api/v1/mutes"],
    "write:mutes": [
        *(f"POST /api/v1/accounts/{ID}/mute", f"POST /api/v1/accounts/{ID}/unmute"),
        *(f"POST {STATUS}/mute", f"POST {STATUS}/unmute"),
    ],
    "read:notifications": [
        *("GET /api/v1/notifications", f"GET /api/v1/notifications/{ID}", "GET /api/v1/notifications/unread_count"),
        *(f"GET /api/v1/notifications/requests{end}" for end in ("", "/merged", f"/{ID}")),
        *(f"GET /api/{version}/notifications/policy" for version in ("v1", "v2")),
        *(f"GET /api/v2/notifications{end}" for end in ("", "/unread_count", f"/{KEY}", f"/{KEY}/accounts")),
    ],
    "write:notifications": [
        *("POST /api/v1/notifications/clear", f"POST /api/v1/notifications/{ID}/dismiss"),
        *(f"{act} /api/v1/notifications/policy" for act in ("PATCH", "PUT")),
        *("PATCH /api/v2/notifications/policy", "POST /api/v2/notifications/clear"),
        f"POST /api/v2/notifications/{KEY}/dismiss",
        *(f"POST /api/v1/notifications/requests{end}/accept" for end in ("", f"/{ID}")),
        *(f"POST /api/v1/notifications/requests{end}/dismiss" for end in ("", f"/{ID}")),
    ],
    "write:reports": ["POST /api/v1/reports"],
    "admin:read:accounts": [
        *("GET /api/v1/admin/accounts", "GET /api/v2/admin/accounts", f"GET /api/v1/admin/accounts/{ID}"),
    ],
    "admin:read:reports": ["GET /api/v1/admin/reports", f"GET /api/v1/admin/reports/{ID}"],
    "admin:write:accounts": [
        f"POST /api/v1/admin/accounts/{ID}/{act}"
        for act in ("action", "approve", "enable", "reject", "unsensitive", "unsilence", "unsuspend")
    ],
    "admin:write:reports": [
        f"PUT /api/v1/admin/reports/{ID}",
        *(f"POST /api/v1/admin/reports/{ID}/{act}" for act in ("assign_to_self", "unassign", "resolve", "reopen")),
    ],
    "read:search": ["GET /api/v2/search"],
    "read:statuses": [
        *(f"GET {STATUS}{part}" for part in ("", "/context", "/history", "/source", "/quotes")),
        *("GET /api/v1/statuses", f"GET /api/v1/accounts/{ID}/statuses", f"GET /api/v1/polls/{ID}"),
        *("GET /api/v1/scheduled_statuses", f"GET /api/v1/scheduled_statuses/{ID}", "GET /api/v1/conversations"),
        *("GET /api/v1/timelines/home", "GET /api/v1/timelines/public", f"GET /api/v1/timelines/tag/{TAG}"),
        *("GET /api/v1/markers", "GET /api/v1/streaming", "GET /api/v1/streaming/{stream:[a-z/]+}"),
        *(
            f"GET /api/v1/declic/listings{end}"
            for end in ("", ".geojson", ".atom", f"/{LISTING}", f"/{LISTING}/calendar")
        ),
        *(f"GET /api/v1/declic/exchanges{end}" for end in ("", f"/{LISTING}", f"/{LISTING}/entries")),
    ],
    "write:statuses": [
        *("POST /api/v1/statuses", f"PUT {STATUS}", f"DELETE {STATUS}", "POST /api/v1/markers"),
        *(f"POST {STATUS}/quotes/{QUOTING}/revoke", f"PUT {STATUS}/interaction_policy"),
        *(f"POST {STATUS}/reblog", f"POST {STATUS}/unreblog", f"POST /api/v1/polls/{ID}/votes"),
        *(f"{method} /api/v1/scheduled_statuses/{ID}" for method in ("PUT", "DELETE")),
        *("POST /api/v1/declic/listings", f"POST /api/v1/declic/listings/{LISTING}/state"),
        *(f"{method} /api/v1/declic/listings/{LISTING}" for method in ("PATCH", "DELETE")),
        *(f"POST /api/v1/declic/agreements/{LISTING}/{act}" for act in ("acts", "thanks")),
        *(f"POST /api/v1/declic/exchanges/{LISTING}/{act}" for act in ("messages", "read", "terms")),
        f"POST /api/v1/declic/listings/{LISTING}/exchanges",
    ],
}

REFUSED = ("/api/v1/accounts", "/api/v1/emails/confirmations")
"""Where a member's token is refused whatever its scope: she is here already, and her address is confirmed."""

EXPECTED = {route: scope for scope, routes in DOCUMENTED.items() for route in routes}


async def test_each_address_demands_the_scope_that_mastodon_documents(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        member = await make_member(conn)
    apis = [await anybody.as_member(member, scope) for scope in ("push", "write:reports")]

    demanded: dict[str, str | None] = {}
    for route in (*KNOWN, *OWN, *OAUTH):
        answers = [await api.ask(route.method, fill_in(route.path)) for api in apis]
        needs = [answer.json["error"].partition(" il lui faut ")[2] for answer in answers if answer.status == 403]
        demanded[f"{route.method} {route.path}"] = needs[0].rstrip(".") if needs else None

    assert demanded == EXPECTED


async def test_a_token_with_that_scope_alone_is_not_refused_for_it(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        member = await make_member(conn)
    apis = {scope: await anybody.as_member(member, scope) for scope in DOCUMENTED if scope is not None}

    for route in (*KNOWN, *OWN, *OAUTH):
        scope = EXPECTED.get(f"{route.method} {route.path}")
        if scope is not None and "/streaming" not in route.path and route.path not in REFUSED:
            answer = await apis[scope].ask(route.method, fill_in(route.path))

            assert answer.status not in {401, 403}, (route.method, route.path, answer)
