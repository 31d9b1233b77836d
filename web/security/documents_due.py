"""Members of whom a yes to the charter or to the terms is asked: past its day, every page leads to the one that asks.

What was typed before is still taken when it is sent (POST), since it would be lost otherwise; apps are told when they
publish (`web/api/auth.with_accepted_charter`).
"""

from datetime import UTC, datetime
from urllib.parse import quote

from aiohttp import web

from models.people.accounts import Account
from web.security.standing import COMMON, HOMES

PAGE = "/documents/a-accepter"

OPEN = COMMON | frozenset({PAGE, "/connexion", "/compte/supprimer", *HOMES.values()})
"""What opens all the same: reading what is asked, her data, the way out."""

ELSEWHERE = ("/api/", "/static/", "/media/", "/agenda/", "/lien/")
"""What is no page, and links that came by mail."""


def is_due(account: Account) -> bool:
    """Whether the day until which she could go on is over."""
    return account.documents_due_at is not None and account.documents_due_at <= datetime.now(UTC)


def require_accepted(request: web.Request, account: Account | None) -> None:
    """Raise HTTPSeeOther to the page that asks, where a page is opened past the day."""
    if account is None or account.standing != "full" or not is_due(account) or request.method != "GET":
        return
    if request.path in OPEN or request.path.startswith(ELSEWHERE):
        return
    if "text/html" in request.headers.get("Accept", ""):
        raise web.HTTPSeeOther(f"{PAGE}?retour={quote(request.path_qs, safe='')}")
