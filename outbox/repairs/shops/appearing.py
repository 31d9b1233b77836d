"""A shop asks to stand in lists, or leaves them. Where the cooperative named a collective that is a community as any
other, which the shop comes into by its charter; without one an administrator says yes or no, and why.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from models import preferences
from models.communities import charters, communities, decisions, memberships
from models.communities.charters import Charter
from models.communities.communities import Community
from models.communities.decisions import CommunityDecision
from models.communities.memberships import may_take_part
from models.errors import Conflict, Invalid
from models.people import actors
from models.people.accounts import Account
from models.people.actors import Actor
from models.repairs.shops import requests, shops
from models.repairs.shops.requests import MESSAGE_LIMIT, REASON_LIMIT, ShopRequest
from models.settings import Site
from models.store.database import Connection
from models.texts import NOT_TYPED
from outbox.communities.joining import JoinRequest, join
from outbox.communities.leaving import leave as leave_community
from outbox.threads.shop_messages import tell_managers

ShopState = Literal["appears", "asked", "charter", "refused", "removed", "none"]
"""`charter`: it is in the collective, and said no yes to the version that stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a shop of ours stands with who decides: the `collective`, or the team where there is none.

    `decision` and `request` are the last that was decided: who, when, why, by which version.
    """

    state: ShopState
    collective: Community | None
    charter: Charter | None
    accepted_version: int
    decision: CommunityDecision | None
    request: ShopRequest | None


async def find_collective(conn: Connection) -> Community | None:
    """The community that the cooperative named; None for none, one that ended, or one that is hidden now."""
    chosen = await preferences.load(conn)
    found = await communities.find_by_uri(conn, chosen.repair_collective) if chosen.repair_collective else None
    return found if found is not None and found.ended_at is None and not found.hidden else None


async def find_standing(conn: Connection, shop: Actor) -> Standing:
    """How it stands now."""
    collective = await find_collective(conn)
    if collective is None:
        request = await requests.find_last(conn, shop.id)
        return Standing(
            state=_state_of(request),
            collective=None,
            charter=None,
            accepted_version=0,
            decision=None,
            request=request,
        )
    return await _find_in_collective(conn, shop, collective)


def _state_of(request: ShopRequest | None) -> ShopState:
    states: dict[str, ShopState] = {
        "asked": "asked",
        "approved": "appears",
        "refused": "refused",
        "ended": "removed",
    }
    return states.get(request.state, "none") if request is not None else "none"


async def _find_in_collective(conn: Connection, shop: Actor, collective: Community) -> Standing:
    held = await memberships.find(conn, collective.actor_id, shop.id)
    charter = await charters.find_current(conn, collective.actor_id)
    decided = await decisions.list_decisions(conn, collective.actor_id, subject_id=shop.id, limit=20)
    state: ShopState = "none"
    if held is not None and held.stands:
        state = "appears" if may_take_part(held, charter, datetime.now(UTC)) else "charter"
    elif held is not None and held.state in ("asked", "refused", "removed"):
        states: dict[str, ShopState] = {"asked": "asked", "refused": "refused", "removed": "removed"}
        state = states[held.state]
    return Standing(
        state=state,
        collective=collective,
        charter=charter,
        accepted_version=held.accepted_version if held is not None else 0,
        decision=next((one for one in decided if one.kind in ("joined", "refused", "removed")), None),
        request=None,
    )


async def ask(conn: Connection, site: Site, shop: Actor, by: Account, *, version: int | None, message: str) -> None:
    """The shop wants to stand in lists: asks the collective, by a yes to its charter, or the team.

    Raises Conflict where it does not say yet what people look for; all else as the collective does.
    """
    found = await shops.find(conn, shop.id)
    if found is None or not found.complete or shop.commune_code is None:
        raise Conflict("shop_incomplete")
    message = _tidy(message, MESSAGE_LIMIT, "message")
    collective = await find_collective(conn)
    if collective is not None:
        await join(conn, site, shop, collective, JoinRequest(version=version, message=message))
    elif not await requests.ask(conn, shop.id, by.actor_id, message):
        raise Conflict("shop_asked_already")


async def leave(conn: Connection, site: Site, shop: Actor) -> None:
    """It wants to stand in no list, or takes back what it asked; what it wrote stays. Raises as leaving does."""
    collective = await find_collective(conn)
    if collective is not None:
        await leave_community(conn, site, shop, collective)
    else:
        await requests.leave(conn, shop.id)


async def decide(conn: Connection, site: Site, id: int, by: Account, *, yes: bool, reason: str) -> int:
    """The team says yes or no to a shop; its row id. Raises Invalid for a no without a reason, Conflict for another."""
    reason = _tidy(reason, REASON_LIMIT, "reason", required=not yes)
    shop_id = await requests.decide(
        conn, id, before="asked", state="approved" if yes else "refused", by_id=by.actor_id, reason=reason
    )
    await tell_managers(conn, site, await actors.get(conn, shop_id), "approved" if yes else "declined", reason=reason)
    return shop_id


async def end(conn: Connection, site: Site, id: int, by: Account, *, reason: str) -> int:
    """The team takes back its yes; the shop's row id. Raises Invalid, Conflict as `decide`."""
    reason = _tidy(reason, REASON_LIMIT, "reason", required=True)
    shop_id = await requests.decide(conn, id, before="approved", state="ended", by_id=by.actor_id, reason=reason)
    await tell_managers(conn, site, await actors.get(conn, shop_id), "ended", reason=reason)
    return shop_id


def _tidy(text: str, most: int, field: str, *, required: bool = False) -> str:
    text = " ".join(NOT_TYPED.sub("", text).split())
    if required and not text:
        raise Invalid("shop_reason_missing", field=field)
    if len(text) > most:
        raise Invalid("shop_words_too_long", field=field, most=most)
    return text
