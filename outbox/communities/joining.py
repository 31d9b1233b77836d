"""Somebody comes into a community by its charter: whether she, or the community, is here or elsewhere."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models.communities import decisions, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict, Forbidden, NotFound
from models.people import actors
from models.people.actors import Actor
from models.relations.blocking import blocks
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_invite
from outbox.builders.activities.join import build_join_of_group
from outbox.builders.objects.agreement import speaks
from outbox.communities import news
from outbox.communities.approvals import answer_join, let_in
from outbox.communities.cases import Case, change, open_case
from outbox.communities.limits import (
    ASKED_AGAIN,
    MESSAGE_LIMIT,
    require_room,
    require_running,
    require_version,
    tidy,
)
from outbox.presence import require_active


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinRequest:
    """A yes to a version of the charter, with a word; `uri` is the Join of somebody elsewhere."""

    version: int | None
    message: str = ""
    uri: str | None = None


async def join(conn: Connection, site: Site, person: Actor, community: Community, asked: JoinRequest) -> Membership:
    """Come into a community by its charter, or say yes to a new version of it; again changes nothing.

    Where its home is elsewhere, that is asked, and until it answers she is `asked`, or her yes to the charter stands in
    `awaited`. Raises Invalid, Conflict or Forbidden for who cannot come in; NotFound for a hidden one to which she was
    not invited.
    """
    case = await open_case(conn, site, community, person)
    _require_entry(case, asked)
    asked = replace(asked, message=tidy(asked.message, MESSAGE_LIMIT, "message"))
    if not case.community.local:
        return await _ask_home(conn, case, asked)
    await blocks.wait_for(conn, case.group.id)
    if person.gone or await blocks.between(conn, case.group.id, person.id):
        raise Forbidden("community_no_entry")
    if case.state == "member":
        return await _accept_again(conn, case, asked)
    if case.held is not None and case.state == "invited" and case.held.invited_by is not None:
        return await _come_in_invited(conn, case, asked, case.held.invited_by)
    return await _ask(conn, case, asked)


def _require_entry(case: Case, asked: JoinRequest) -> None:
    """Raise NotFound, Conflict or Invalid where there is nothing that she could come into by this version."""
    if case.community.hidden and case.state not in ("invited", "asked", "member"):
        raise NotFound
    require_running(case.community)
    if case.person.local:
        require_active(case.person)
    require_version(case.community, asked.version)


async def accept_charter(conn: Connection, site: Site, person: Actor, community: Community, version: int) -> Membership:
    """A member says yes to the version of the charter that stands. Raises Invalid, Conflict; Forbidden for others."""
    case = await open_case(conn, site, community, person)
    if case.state != "member":
        raise Forbidden("not_a_member")
    return await join(conn, site, person, community, JoinRequest(version=version))


async def _ask(conn: Connection, case: Case, asked: JoinRequest) -> Membership:
    """At the home: whoever needs nobody's yes is in, others wait for it."""
    held = case.held
    _require_welcome(case.community, held)
    if case.state != "asked":
        await require_room(conn, case.community, case.person)
    waiting = await change(
        conn,
        case,
        Change(
            state="asked",
            accepted_version=asked.version,
            uri=asked.uri,
            message=asked.message,
            territory_uri=case.person.territory_uri,
            public_only=not speaks(case.person),
        ),
    )
    if case.community.access == "open" and case.state != "asked" and not await was_put_out(conn, case):
        return await let_in(conn, replace(case, held=waiting), by=case.person)
    if case.state != "asked":
        await decisions.record(conn, case.group.id, "asked", actor_id=case.person.id, subject_id=case.person.id)
        await news.tell_deciders(conn, case, asks=True)
    return waiting


async def was_put_out(conn: Connection, case: Case) -> bool:
    """Whether only somebody's yes lets her in again."""
    return case.state == "removed" or await decisions.was_put_out(conn, case.group.id, case.person.id)


def _require_welcome(community: Community, held: Membership | None) -> None:
    """Raise Forbidden where only an invitation opens, and Conflict just after a no."""
    if community.access == "invitation" and (held is None or held.state != "asked"):
        raise Forbidden("community_by_invitation")
    if held is not None and held.state == "refused" and held.since > datetime.now(UTC) - ASKED_AGAIN:
        raise Conflict("community_refused_lately")


async def _accept_again(conn: Connection, case: Case, asked: JoinRequest) -> Membership:
    """A member says yes to the version that stands, or says again what is so; her server is answered each time."""
    saved = await change(conn, case, Change(state="member", accepted_version=asked.version, uri=asked.uri))
    if asked.uri is not None:
        await answer_join(conn, replace(case, held=saved))
    return saved


async def _come_in_invited(conn: Connection, case: Case, asked: JoinRequest, inviter_id: int) -> Membership:
    """At the home: an invitation is a manager's yes, and one voice where there have to be several."""
    said = Change(state="asked", accepted_version=asked.version, uri=asked.uri, public_only=not speaks(case.person))
    waiting = await change(conn, case, said)
    case = replace(case, held=waiting)
    inviter = await actors.get(conn, inviter_id)
    if await memberships.approve(conn, waiting.id, inviter.id) >= case.community.approvals_needed:
        return await let_in(conn, case, by=inviter)
    await decisions.record(conn, case.group.id, "asked", actor_id=case.person.id, subject_id=case.person.id)
    await news.tell_deciders(conn, case, asks=True)
    return waiting


async def _ask_home(conn: Connection, case: Case, asked: JoinRequest) -> Membership:
    """Of ours into a community elsewhere: its home is asked, once as long as it does not answer."""
    held, version = case.held, asked.version or 0
    if held is not None and held.state == "invited":
        return await _accept_elsewhere(conn, case, held, version)
    if held is not None and held.state in ("member", "asked") and held.accepted_version >= version:
        return held
    sent = build_join_of_group(case.site, case.person, case.group, version=asked.version, text=asked.message)
    await news.send_to(conn, case.person, sent, case.group)
    if held is not None and held.state == "member":
        await change(conn, case, Change(state="member", uri=sent.id, asked_version=version))
        return await memberships.save_awaited(conn, held.id, "charter")
    said = Change(
        state="asked",
        accepted_version=asked.version,
        asked_version=asked.version,
        uri=sent.id,
        message=asked.message,
        territory_uri=case.person.territory_uri,
    )
    return await change(conn, case, said)


async def _accept_elsewhere(conn: Connection, case: Case, held: Membership, version: int) -> Membership:
    """One of ours comes in where she was invited: the home says when she is in."""
    if held.awaited == "charter":
        return held
    sent = build_accept_of_invite(case.site, case.person, case.group, held.uri or case.group.uri, version)
    await news.send_to(conn, case.person, sent, case.group)
    await change(conn, case, Change(state="invited", asked_version=version))
    return await memberships.save_awaited(conn, held.id, "charter")
