"""What a token may be for: four scopes that stand alone, their parts, and which of them cover which."""

from collections.abc import Sequence

from models.errors import Invalid

WHOLE = ("read", "write", "follow", "push")
"""The scopes that stand alone."""

READ = (
    *("accounts", "blocks", "bookmarks", "favourites", "filters", "follows", "lists", "mutes"),
    *("notifications", "search", "statuses"),
)

WRITE = (
    *("accounts", "blocks", "bookmarks", "conversations", "favourites", "filters", "follows", "lists", "media"),
    *("mutes", "notifications", "reports", "statuses"),
)

ADMIN_PARTS = ("accounts", "reports")
"""What those who moderate read and decide by an app; the rest of the administration is done on pages alone."""

ADMIN = (
    *("admin:read", "admin:write"),
    *(f"admin:{access}:{part}" for access in ("read", "write") for part in ADMIN_PARTS),
)
"""What only those get who have the right (web/pages/access/oauth_request), and no application for itself."""

SCOPES = (*WHOLE, "profile", *(f"read:{part}" for part in READ), *(f"write:{part}" for part in WRITE), *ADMIN)
"""Everything that may be asked for; `read:statuses` and the like are parts of one of WHOLE or of ADMIN."""

COVERED_TOO = {
    **{f"{access}:{what}": "follow" for access in ("read", "write") for what in ("follows", "blocks", "mutes")},
    "profile": "read:accounts",
}
"""What is also granted by another scope than itself and its whole: the old `follow`, and the little `profile`."""


def covers(granted: Sequence[str], scope: str) -> bool:
    """Whether `scope` is granted, itself or by what it is a part of."""
    if scope in granted or scope.rpartition(":")[0] in granted:
        return True
    other = COVERED_TOO.get(scope)
    return other is not None and covers(granted, other)


def covers_all(granted: Sequence[str], scopes: Sequence[str]) -> bool:
    """Whether none of `scopes` goes beyond what is granted."""
    return all(covers(granted, scope) for scope in scopes)


def list_widest(scopes: Sequence[str]) -> list[str]:
    """These scopes without those that another one contains: what a person has to be told."""
    return [scope for scope in scopes if not any(covers([other], scope) for other in scopes if other != scope)]


def read_scopes(text: str) -> list[str]:
    """Scopes as clients write them, with spaces (some with +); each once, in their order."""
    return list(dict.fromkeys(text.replace("+", " ").split()))


def choose(asked: Sequence[str], registered: Sequence[str]) -> list[str]:
    """What was asked for; where nothing was, reading alone if that is registered (as Mastodon does), else all."""
    return list(asked or (["read"] if covers(registered, "read") else registered))


def require_scopes(scopes: Sequence[str]) -> None:
    """Raise Invalid unless there are scopes, and each is one of SCOPES."""
    for scope in scopes:
        if scope not in SCOPES:
            raise Invalid("scope_unknown", scope=scope[:40], known=", ".join(WHOLE), field="scopes")
    if not scopes:
        raise Invalid("scope_missing", field="scopes")
