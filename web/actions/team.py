"""What is decided about who looks after the cooperative: roles, places, weeks on duty; journal and person hear it.

Whoever comes to hold a role enters anew: a link that was made for her before, or a session that one opened, would
else let somebody else be what she is now.
"""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from models.access import one_time_links, sessions
from models.access.one_time_links import Purpose
from models.errors import Conflict, Invalid
from models.moderation import journal
from models.news import staff_alerts, staff_notifications
from models.news.staff_notifications import Topic
from models.news.staff_preferences import RIGHT_OF_KIND
from models.people import accounts, actors, roles
from models.people.accounts import Account, Role
from models.people.roles import RIGHTS
from models.people.team import duty, place_keepers
from models.settings import Site
from models.store.database import Connection
from outbox.people import authorities
from outbox.threads.cooperative_messages import write_to_member
from web.actions.team_words import (
    AUTHORITY_GIVEN,
    AUTHORITY_TAKEN,
    PLACE_GIVEN,
    PLACE_TAKEN,
    write_authority,
    write_place,
    write_roles,
)


async def change_roles(
    conn: Connection, site: Site, member: Account, chosen: Collection[Role], *, by: Account | None
) -> bool:
    """Trust a member with these roles alone; without `by` a command does it. False where nothing changes.

    Raises Conflict rather than leave the instance without anybody who administers, and for a local authority.
    """
    await accounts.lock_account(conn, member.actor_id)
    before, after = (await accounts.get(conn, member.actor_id)).roles, accounts.order_roles(chosen)
    await roles.set_roles(conn, member.actor_id, after)
    if before == after:
        return False
    if not before:
        await _make_enter_anew(conn, member.actor_id)
    if "keeper" not in after:
        await place_keepers.remove_all(conn, member.actor_id)
    await staff_notifications.forget_for(conn, member.actor_id)
    await journal.record(
        conn, "roles_changed", by=by, right="roles", about_id=member.actor_id, before=before, after=after
    )
    if by is None or by.actor_id != member.actor_id:
        await write_to_member(conn, site, await actors.get(conn, member.actor_id), write_roles(site, before, after))
    return True


async def change_authority(
    conn: Connection, site: Site, member: Account, *, authority: bool, by: Account | None
) -> bool:
    """Say that this account is that of a local authority, or is no more; without `by` a command does it.

    False where nothing changes. Raises as `outbox/people/authorities.change`.
    """
    await accounts.lock_account(conn, member.actor_id)
    actor = await actors.get(conn, member.actor_id)
    if not await authorities.change(conn, site, actor, authority=authority):
        return False
    if authority:
        await _make_enter_anew(conn, actor.id)
    await journal.record(conn, "authority_changed", by=by, right="roles", about_id=actor.id, authority=authority)
    await write_to_member(conn, site, actor, write_authority(site, AUTHORITY_GIVEN if authority else AUTHORITY_TAKEN))
    return True


async def _make_enter_anew(conn: Connection, actor_id: int) -> None:
    purposes: tuple[Purpose, ...] = ("login", "password")
    for purpose in purposes:
        await one_time_links.revoke_all(conn, purpose, actor_id)
    await sessions.end_without_password(conn, actor_id)


def may_help_to_enter(by: Account, member: Account) -> bool:
    """Whether she may make a link for this member, or take away a second factor.

    For whoever holds a role, and for a local authority, only who gives roles may: a link would let somebody else be
    what that one is.
    """
    trusted = bool(member.roles) or member.authority
    return roles.has_right(by, "members") and (not trusted or roles.has_right(by, "roles"))


async def take_duty(conn: Connection, account: Account, role: Role, week: date) -> None:
    """She is on duty for this week: what waits is told to her first. Raises Invalid as `duty.take`."""
    now = datetime.now(UTC)
    if await duty.take(conn, account, role, week, now):
        await journal.record(conn, "duty_taken", by=account, right="duty", about_id=account.actor_id,
            week=week.isoformat(), as_role=role)  # fmt: skip
        await _hasten(conn, account.actor_id, role, week, now)


async def hand_over(conn: Connection, giver: Account, receiver_id: int, role: Role, week: date) -> Account:
    """Another one of the role is on duty instead, who is told, and of what waits; who.

    Raises Invalid for one who does not hold the role, Conflict where the week is not the giver's (any more).
    """
    now = datetime.now(UTC)
    receiver = await accounts.find(conn, receiver_id)
    if receiver is None:
        raise Invalid("duty_receiver_invalid", field="receiver")
    await duty.hand_over(conn, giver, receiver, role, week, now)
    await journal.record(conn, "handed_over", by=giver, right="duty", about_id=receiver.actor_id,
        week=week.isoformat(), as_role=role)  # fmt: skip
    await staff_notifications.notify_team(
        conn, "handed_over", Topic(actor_id=giver.actor_id), to=[receiver.actor_id], but=[giver.actor_id]
    )
    await _hasten(conn, receiver.actor_id, role, week, now)
    return receiver


async def hand_over_all(conn: Connection, giver: Account, receiver_id: int, role: Role) -> None:
    """Every week of hers as this role, from this one on; raises as `hand_over`."""
    first = duty.find_week(datetime.now(UTC))
    weeks = [one.week for one in await duty.list_own(conn, giver.actor_id) if one.role == role and one.week >= first]
    if not weeks:
        raise Conflict("duty_not_held", field="receiver")
    for week in weeks:
        await hand_over(conn, giver, receiver_id, role, week)


async def _hasten(conn: Connection, actor_id: int, role: Role, week: date, now: datetime) -> None:
    """Of what waits already she is told now, where it is this week's."""
    if week == duty.find_week(now):
        kinds = [kind for kind, right in RIGHT_OF_KIND.items() if role in RIGHTS[right]]
        await staff_alerts.hasten(conn, actor_id, kinds)
        for kind in kinds:
            await staff_notifications.ask_mail(conn, kind)


async def give_place(conn: Connection, site: Site, place: Account, keeper: Account, *, by: Account) -> None:
    """Somebody runs this place from now on; the role goes with it, and she is told."""
    if await place_keepers.add(conn, place.actor_id, keeper.actor_id):
        await change_roles(conn, site, keeper, [*keeper.roles, "keeper"], by=by)
        await _note_keeper(conn, place, keeper, "keeper_added", by=by)
        await _write_to_keeper(conn, site, keeper, write_place(site, place, PLACE_GIVEN), by=by)


async def take_place(conn: Connection, site: Site, place: Account, keeper: Account, *, by: Account) -> None:
    """Somebody runs this place no more, and is told; the role stays."""
    if await place_keepers.remove(conn, place.actor_id, keeper.actor_id):
        await _note_keeper(conn, place, keeper, "keeper_removed", by=by)
        await _write_to_keeper(conn, site, keeper, write_place(site, place, PLACE_TAKEN), by=by)


async def _note_keeper(conn: Connection, place: Account, keeper: Account, what: str, *, by: Account) -> None:
    await journal.record(
        conn, "place_changed", by=by, right="roles", about_id=keeper.actor_id, place=place.username, what=what
    )


async def _write_to_keeper(
    conn: Connection, site: Site, keeper: Account, words: Mapping[str, str], *, by: Account
) -> None:
    if by.actor_id != keeper.actor_id:
        await write_to_member(conn, site, await actors.get(conn, keeper.actor_id), words)
