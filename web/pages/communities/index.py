"""The communities: mine first, with what waits for me, then those that anybody may know of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from aiohttp import web

from models import preferences
from models.communities import communities, members, memberships
from models.communities.communities import Community
from models.communities.memberships import Membership
from models.moderation import community_reports
from models.people.accounts import Account
from models.people.roles import has_right
from models.preferences import Preferences
from models.store.database import Connection, connection
from web.http.app_keys import INSTANCE
from web.http.row_ids import find_id
from web.pages.components.flash_messages import find_flash_message
from web.pages.components.listing_cards import CoopBadge, accent_of
from web.rendering.open_graph import shorten
from web.rendering.paths import community_path
from web.rendering.render import N_, render
from web.security.session import current_account

PAGE = 30

SAID = {
    "declined": N_("C’est noté : vous n’entrez pas."),
    "left": N_("Vous n’êtes plus membre. Ce que vous aviez partagé ici est en pause, et n’est jamais rendu public."),
    "withdrawn": N_("Votre demande est retirée."),
}
"""Of a hidden one, whose page is missing to whoever left it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityRow:
    """One line. `held` is how the reader stands with it, `asking` how many wait for her yes, `reported` how many things
    inside are reported to her."""

    community: Community
    path: str
    words: str
    plate: CoopBadge | None
    held: Membership | None = None
    asking: int = 0
    reported: int = 0

    @property
    def behind(self) -> bool:
        """Whether a new version of the charter waits for the reader's yes."""
        held = self.held
        return held is not None and held.state == "member" and held.accepted_version < self.community.version

    @property
    def waits(self) -> bool:
        """Whether something waits for the reader."""
        return (
            self.behind or self.asking + self.reported > 0 or (self.held is not None and self.held.state == "invited")
        )


async def show_communities(request: web.Request) -> web.Response:
    """GET /communautes?avant=."""
    account, before = current_account(request), find_id(request.query.get("avant", ""))
    reader_id = account.actor_id if account else None
    async with connection(request.app[INSTANCE].pool) as conn:
        mine = await _list_own(conn, account) if account is not None else []
        found = await communities.list_known(conn, reader_id, before=before, limit=PAGE + 1)
        chosen = await preferences.load(conn)
    shown: Sequence[Community] = found[:PAGE]
    known = {one.community.actor_id for one in mine}
    return await render(
        request,
        "communities/index.html",
        mine=[] if before else mine,
        others=[_describe(one) for one in shown if one.actor_id not in known],
        more=shown[-1].actor_id if len(found) > PAGE else None,
        may_found=account is not None and _may_found(chosen, account),
        said=find_flash_message(request, SAID),
    )


def _may_found(chosen: Preferences, account: Account) -> bool:
    return has_right(account, "communities") or (chosen.member_communities and not account.authority)


def _describe(one: Community, held: Membership | None = None, asking: int = 0) -> CommunityRow:
    return CommunityRow(
        community=one,
        path=community_path(one),
        words=shorten(one.summary),
        plate=None if one.local else CoopBadge(name=one.host, accent=accent_of(one.host)),
        held=held,
        asking=asking,
    )


async def _list_own(conn: Connection, reader: Account) -> list[CommunityRow]:
    """Hers, where something waits for her first."""
    reader_id = reader.actor_id
    rows = [await _describe_own(conn, one, reader) for one in await communities.list_own(conn, reader_id)]
    led = [row.community.actor_id for row in rows if row.community.local and row.held is not None and row.held.leads]
    reported = await community_reports.count_reported(conn, led, reader_id) if led else {}
    rows = [replace(row, reported=reported.get(row.community.actor_id, 0)) for row in rows]
    return sorted(rows, key=lambda row: not row.waits)


async def _describe_own(conn: Connection, one: Community, reader: Account) -> CommunityRow:
    held = await memberships.find(conn, one.actor_id, reader.actor_id)
    voice = held is not None and (held.manages or (one.approvals_needed > 0 and held.stands))
    decides = voice and not reader.authority
    return _describe(one, held, await members.count(conn, one.actor_id, "asked") if decides else 0)
