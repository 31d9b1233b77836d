"""Hosts that nobody here knows, whose listings wait: an administrator lets them in or sends them away."""

from dataclasses import dataclass
from datetime import datetime
from html import unescape

from aiohttp import web

from models.errors import NotFound
from models.limits import UNKNOWN_HOST_LISTINGS
from models.moderation import journal
from models.servers import waiting_posts
from models.servers.waiting_posts import Refusal, WaitingHost
from models.store.database import transaction
from outbox.servers import peers
from web.forms.form import read_form
from web.http.app_keys import INSTANCE
from web.pages.components.flash_messages import redirect_with_message
from web.rendering.render import N_
from web.security.session import require_right

PAGE = "/coop/serveurs"

EXTRACT = 240

SAID = {
    "allow": N_("C’est fait : ses annonces se montrent dans vos listes, et les suivantes n’attendront plus."),
    "turn_away": N_("C’est fait : ce qui attendait est effacé, et ce site est à l’écart."),
}
"""What the page says after a decision, by the word in its address; the words are the decisions too."""

LIMITS: dict[Refusal, int] = {
    "hour": UNKNOWN_HOST_LISTINGS.most,
    "domain": waiting_posts.MOST_OF_ONE,
    "all": waiting_posts.MOST,
    "long": waiting_posts.LONGEST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownHost:
    """One host as it is shown; `path` leads to its newest listing, which is quoted by `title` and `extract`."""

    host: str
    listings: int
    authors: int
    since: datetime
    leaves_at: datetime | None
    followers: int
    refused: int
    refused_at: datetime | None
    refused_why: Refusal | None
    limit: int
    path: str
    title: str
    extract: str


def describe(one: WaitingHost) -> UnknownHost:
    """What the page tells of a host that waits. Its words are plain text: their tags are gone already."""
    words = " ".join(unescape(one.extract).split())
    return UnknownHost(
        host=one.host,
        listings=one.listings,
        authors=one.authors,
        since=one.since,
        leaves_at=one.leaves_at,
        followers=one.followers,
        refused=one.refused,
        refused_at=one.refused_at,
        refused_why=one.refused_why,
        limit=LIMITS[one.refused_why] if one.refused_why else 0,
        path="" if one.post_id is None else f"/annonces/d/{one.post_id}",
        title=one.title,
        extract=words[:EXTRACT] + ("…" if len(words) > EXTRACT else ""),
    )


async def post_decision(request: web.Request) -> web.Response:
    """POST /coop/serveurs: one click for a whole host. Raises NotFound for one of which nothing waits."""
    me = require_right(request, "servers")
    form = await read_form(request)
    act, host = form.choice("act", tuple(SAID)), form.typed("host")
    instance = request.app[INSTANCE]
    async with transaction(instance.pool) as conn:
        if act not in SAID or host not in {one.host for one in await waiting_posts.list_hosts(conn)}:
            raise NotFound
        if act == "allow":
            await peers.admit(conn, host)
        else:
            await peers.send_away(conn, host)
        await journal.record(conn, "server_decided", by=me, right="servers", host=host, what=act)
    instance.policy.forget()
    raise redirect_with_message(PAGE, act, part="inconnus")
