"""The community that an address names, and how the reader stands with it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from aiohttp import web

from models.communities import charters, communities, memberships
from models.communities.charters import Charter
from models.communities.communities import Community
from models.communities.memberships import Membership, may_take_part
from models.errors import NotFound
from models.listings.unavailabilities import midnight
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from web.http.app_keys import INSTANCE
from web.rendering.paths import community_path
from web.security.session import current_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A community as one reader meets it; `reader` is None for visitors, `held` for who was never in touch with it.

    `voiceless` is the account of a local authority, which lets nobody in.
    """

    community: Community
    reader: Actor | None
    held: Membership | None
    charter: Charter | None
    voiceless: bool = False

    @property
    def path(self) -> str:
        """Its page."""
        return community_path(self.community)

    @property
    def state(self) -> str:
        """How the reader stands with it, "" for who was never in touch with it."""
        return "" if self.held is None else self.held.state

    @property
    def member(self) -> bool:
        """Whether the reader is in it."""
        return self.held is not None and self.held.stands

    @property
    def leads(self) -> bool:
        """Whether she manages or moderates."""
        return self.held is not None and self.held.leads

    @property
    def manages(self) -> bool:
        """Whether she manages."""
        return self.held is not None and self.held.manages

    @property
    def takes_part(self) -> bool:
        """Whether she is in it by a charter that counts today."""
        return self.held is not None and may_take_part(self.held, self.charter, datetime.now(UTC))

    @property
    def decides(self) -> bool:
        """Whether she lets people in: as a manager, or as one voice of several."""
        return not self.voiceless and (self.takes_part if self.community.approvals_needed else self.manages)

    @property
    def behind(self) -> bool:
        """Whether a new version of the charter waits for her yes."""
        return self.member and self.held is not None and self.held.accepted_version < self.community.version


async def find_visit(conn: Connection, request: web.Request) -> Visit:
    """The visit of this request. Raises NotFound for a hidden community as for what does not exist."""
    account = current_account(request)
    reader = await actors.get(conn, account.actor_id) if account else None
    username, host = split_handle(request.app[INSTANCE].site, request.match_info["community"])
    community = await communities.get_by_handle(conn, username, host, reader.id if reader else None)
    return Visit(
        community=community,
        reader=reader,
        held=await memberships.find(conn, community.actor_id, reader.id) if reader else None,
        charter=await charters.find_current(conn, community.actor_id),
        voiceless=account is not None and account.authority,
    )


def split_handle(site: Site, handle: str) -> tuple[str, str]:
    """Username, and the host of what is elsewhere."""
    username, _, host = handle.partition("@")
    return username, "" if host.lower() == site.host else host.lower()


def end_of(day: date) -> datetime:
    """The last moment of a day here."""
    return midnight(day + timedelta(days=1)).astimezone(UTC) - timedelta(seconds=1)


async def get_managed(conn: Connection, request: web.Request, *, here: bool = False) -> tuple[Visit, Actor]:
    """The visit of somebody who manages it, and who she is. Raises NotFound for all others.

    `here` where its home has to be here.
    """
    visit = await find_visit(conn, request)
    if visit.reader is None or not visit.manages or (here and not visit.community.local):
        raise NotFound
    return visit, visit.reader
