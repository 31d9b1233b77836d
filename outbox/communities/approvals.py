"""Who asks to come into a community is let in, by a manager or by several members, or refused with a reason."""

from federation.community_uris import circle_uri
from federation.uris import is_local
from federation.vocabulary.activities.participation import Join
from models.communities import decisions, memberships
from models.communities.communities import Community
from models.communities.memberships import Change, Membership
from models.errors import Conflict
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.accept import build_accept_of_member
from outbox.builders.activities.add import build_add_person
from outbox.builders.activities.remove import build_remove_person
from outbox.builders.objects.agreement import speaks
from outbox.builders.texts.communities import say
from outbox.communities import news
from outbox.communities.cases import Case, change, open_case
from outbox.communities.limits import REASON_LIMIT, require_manager, require_no_authority, require_voice, tidy
from outbox.threads.shop_messages import tell_managers


async def approve(conn: Connection, site: Site, by: Actor, community: Community, person: Actor) -> Membership:
    """Let somebody in who asks: a manager, or one voice of as many as the community wants.

    Where its home is elsewhere, that is asked (`awaited`). Raises Forbidden, and Conflict where she asks nothing.
    """
    case = await open_case(conn, site, community, person)
    await require_voice(conn, case.community, by)
    waiting = _require_waiting(case)
    if not case.community.local:
        members = circle_uri(case.group.uri, "members")
        asked = build_add_person(site, by, person.uri, members, (case.group.uri,))
        await news.send_to(conn, by, asked, case.group)
        return await memberships.save_awaited(conn, waiting.id, "approve")
    if await memberships.approve(conn, waiting.id, by.id) >= case.community.approvals_needed:
        return await let_in(conn, case, by=by)
    await decisions.record(conn, case.group.id, "approved", actor_id=by.id, subject_id=person.id)
    return waiting


async def let_in(conn: Connection, case: Case, *, by: Actor) -> Membership:
    """At the home: whoever waits is a member now, and is told so; here not of what she did herself."""
    saved = await change(conn, case, Change(state="member", role="member"))
    await decisions.record(conn, case.group.id, "joined", actor_id=by.id, subject_id=case.person.id)
    if case.person.local:
        if by.id != case.person.id:
            await news.tell(conn, case.group, [case.person.id], "community_accepted")
            await tell_managers(conn, case.site, case.person, "accepted", who=case.group.display_name)
    elif not speaks(case.person):
        await news.write_to(conn, case.site, case.group, case.person, say("joined", case.group.display_name))
    elif saved.uri is not None and not is_local(case.site, saved.uri):
        await answer_join(conn, case)
    else:
        await news.tell_in_circle(conn, case, "members")
    if by.id != case.person.id:
        await news.tell_deciders(conn, case, asks=False)
    return saved


async def answer_join(conn: Connection, case: Case) -> None:
    """Whoever asked by a Join learns that she is in, and by which version of the charter."""
    held, group = case.held, case.group
    if held is not None and held.uri is not None:
        version = held.accepted_version or None
        join = Join(id=held.uri, actor=case.person.uri, object=group.uri, charter_version=version)
        await news.send_to(conn, group, build_accept_of_member(case.site, group, join), case.person)


async def refuse(
    conn: Connection, site: Site, by: Actor, community: Community, person: Actor, reason: str
) -> Membership:
    """Do not let somebody in who asks, and tell her why: managers alone. Raises Invalid, Forbidden, Conflict."""
    reason = tidy(reason, REASON_LIMIT, "reason", required=True)
    case = await open_case(conn, site, community, person)
    await require_manager(conn, case.community, by)
    await require_no_authority(conn, by)
    waiting = _require_waiting(case)
    if not case.community.local:
        requests = circle_uri(case.group.uri, "requests")
        asked = build_remove_person(site, by, person.uri, requests, (case.group.uri,), reason)
        await news.send_to(conn, by, asked, case.group)
        return await memberships.save_awaited(conn, waiting.id, "refuse")
    saved = await change(conn, case, Change(state="refused"))
    await decisions.record(conn, case.group.id, "refused", actor_id=by.id, subject_id=person.id, reason=reason)
    await news.tell_refused(conn, case, reason)
    await news.tell_deciders(conn, case, asks=False)
    return saved


def _require_waiting(case: Case) -> Membership:
    if case.held is None or case.held.state != "asked":
        raise Conflict("nobody_asks")
    return case.held
