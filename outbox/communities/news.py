"""Who is told what of a community: members here in their news, those elsewhere by an activity or in words."""

from collections.abc import Sequence

from federation.community_uris import Circle, circle_uri
from federation.vocabulary.activities.activities import Activity
from models.communities import charter_links, charters, decisions, members, memberships, unmanaged
from models.communities.memberships import Change, MembershipState
from models.news import community_news, staff_notifications
from models.news.notifications import NotificationType
from models.people import actors
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.add import build_add_person
from outbox.builders.activities.reject import build_reject_of_terms
from outbox.builders.activities.remove import build_remove_person
from outbox.builders.objects.agreement import speaks
from outbox.builders.texts.communities import ask_in_words, say
from outbox.communities.cases import Case
from outbox.posts import notes
from outbox.threads.shop_messages import tell_managers
from outbox.traffic.send import Recipients, send


async def tell(conn: Connection, group: Actor, people: Sequence[int], type: NotificationType) -> None:
    """News to these people of ours, in the community's name."""
    await community_news.tell(conn, group.id, people, type)


async def send_to(conn: Connection, actor: Actor, activity: Activity, *people: Actor) -> None:
    """One activity to these people elsewhere, or to a community's home; in no outbox."""
    named = tuple(one.id for one in people if not one.local)
    if named:
        await send(conn, actor, activity, Recipients(named_ids=named), listed=False)


async def write_to(conn: Connection, site: Site, group: Actor, person: Actor, text: str) -> str:
    """A private message of the community to somebody whose server knows no other way; its id."""
    draft = notes.NoteDraft(
        text=f"@{person.handle} {text}"[: notes.TEXT_LIMIT], audience="direct", handles=(person.handle,)
    )
    return (await notes.publish(conn, site, group, draft)).uri


async def ask_about_charter(conn: Connection, case: Case, state: MembershipState) -> None:
    """Ask somebody elsewhere in words whether she says yes to the charter that stands: who follows, or is a member."""
    charter = await charters.find_current(conn, case.community.actor_id)
    if charter is None:
        return
    changes = charter.changes if state == "member" else ""
    token = await charter_links.create(conn, case.community.actor_id, case.person.id, charter.version)
    link = f"{case.site.url}/communautes/reponse/{token}"
    words = ask_in_words(case.community.name, charter.text, charter.version, case.community.url, link, changes)
    uri = await write_to(conn, case.site, case.group, case.person, words)
    asked = Change(state=state, uri=uri, asked_version=charter.version, public_only=True)
    await memberships.save(conn, case.community.actor_id, case.person.id, asked)


async def tell_deciders(conn: Connection, case: Case, *, asks: bool) -> None:
    """Who lets people in, here and elsewhere, learns that somebody asks; those elsewhere also that it is settled.

    These are the managers, or with several voices all members.
    """
    group = case.group
    deciders = await _list_deciders(conn, case)
    if asks:
        await tell(conn, group, [one.id for one in deciders if one.local], "community_asked")
    away = [one for one in deciders if not one.local]
    if away:
        build = build_add_person if asks else build_remove_person
        to = tuple(one.uri for one in away)
        requests = circle_uri(group.uri, "requests")
        await send_to(conn, group, build(case.site, group, case.person.uri, requests, to), *away)


async def _list_deciders(conn: Connection, case: Case) -> list[Actor]:
    ids = await members.list_manager_ids(conn, case.group.id)
    if case.community.approvals_needed:
        ids = [
            *await members.list_voice_ids(conn, case.group.id),
            *await members.list_inside_ids(conn, case.group.id),
        ]
    return [one for one in await actors.list_by_ids(conn, ids) if one.id != case.person.id]


async def tell_in_circle(conn: Connection, case: Case, circle: Circle) -> None:
    """Somebody elsewhere learns that she is a member, moderates or manages."""
    group, person = case.group, case.person
    told = build_add_person(case.site, group, person.uri, circle_uri(group.uri, circle), (person.uri,))
    await send_to(conn, group, told, person)


async def tell_out_of_circle(conn: Connection, case: Case, circle: Circle, reason: str = "") -> None:
    """The same of what she is no longer."""
    group, person = case.group, case.person
    told = build_remove_person(case.site, group, person.uri, circle_uri(group.uri, circle), (person.uri,), reason)
    await send_to(conn, group, told, person)


async def tell_refused(conn: Connection, case: Case, reason: str) -> None:
    """Whoever asked is not let in, and learns why."""
    site, group, person = case.site, case.group, case.person
    if person.local:
        await tell(conn, group, [person.id], "community_refused")
        await tell_managers(conn, site, person, "refused", who=group.display_name, reason=reason)
    elif not speaks(person):
        await write_to(conn, site, group, person, say("refused", group.display_name, reason))
    elif case.held is not None and case.held.uri is not None:
        await send_to(conn, group, build_reject_of_terms(site, group, case.held.uri, person, reason=reason), person)


async def tell_removed(conn: Connection, case: Case, reason: str) -> None:
    """Whoever was a member is none any more, and learns why."""
    if case.person.local:
        await tell(conn, case.group, [case.person.id], "community_removed")
        await tell_managers(conn, case.site, case.person, "removed", who=case.group.display_name, reason=reason)
    elif speaks(case.person):
        await tell_out_of_circle(conn, case, "members", reason)
    else:
        await write_to(conn, case.site, case.group, case.person, say("removed", case.group.display_name, reason))


async def tell_team_of_unmanaged(conn: Connection) -> int:
    """Communities of ours that nobody manages any more: who moderates in the cooperative is told, once; how many."""
    found = await unmanaged.list_newly_unmanaged(conn)
    for id in found:
        await decisions.record(conn, id, "unmanaged", actor_id=None)
        await staff_notifications.notify_team(conn, "community_unmanaged", staff_notifications.Topic(actor_id=id))
    return len(found)
