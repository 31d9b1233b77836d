"""Accounts and reports as those who moderate see them in an app: Admin::Account, Admin::Report and Role of Mastodon.

No network addresses: we keep none. A mail address is shown to those alone who have the right to see it on our pages.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from models import posts
from models.moderation.reports import Report
from models.moderation.searches import account_search
from models.moderation.searches.account_search import Moderated
from models.people import actors
from models.people.accounts import ROLES, Account, Role
from models.people.actors import Actor
from models.people.roles import RIGHTS, has_right
from models.people.sign_ups import SignUp
from models.store.database import Connection
from web.api.entities.accounts import load_accounts
from web.api.entities.reports import build_rule
from web.api.entities.statuses import load_posts
from web.api.entities.values import EntityContext, Json, write_moment, write_moment_or_none
from web.rendering.i18n import Say
from web.rendering.role_words import ROLE_NAMES

NO_ROLE = {"id": "-99", "name": "", "color": "", "permissions": "0", "highlighted": False}
"""A member who is trusted with nothing else."""

MANAGE_REPORTS, MANAGE_USERS = 1 << 4, 1 << 10
"""Mastodon's bits: by them apps know whether to offer their pages of moderation."""

NAMED = 20
"""Posts that a report shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffContext:
    """How this server looks, who of the team asks, and how she is spoken to."""

    look: EntityContext
    account: Account
    say: Say

    @property
    def sees_addresses(self) -> bool:
        """Whether mail addresses are hers to see."""
        return has_right(self.account, "members")


def build_role(say: Say, roles: Collection[Role]) -> Json:
    """What somebody is trusted with, as one Role: the last of the table, with what all of hers allow by an app."""
    held = [role for role in ROLES if role in roles]
    if not held:
        return dict(NO_ROLE)
    reads = not RIGHTS["reports"].isdisjoint(held)
    lets_in = not RIGHTS["sign_ups"].isdisjoint(held)
    allowed = (MANAGE_REPORTS if reads else 0) | (MANAGE_USERS if reads or lets_in else 0)
    return {
        "id": str(ROLES.index(held[-1]) + 1),
        "name": say(ROLE_NAMES[held[-1]]),
        "color": "",
        "permissions": str(allowed),
        "highlighted": False,
    }


async def load_admin_accounts(conn: Connection, staff: StaffContext, shown: Sequence[Actor]) -> dict[int, Json]:
    """These actors as Admin::Account, by row id: in a fixed number of reads."""
    stands = await account_search.map_moderated(conn, [actor.id for actor in shown])
    built = await load_accounts(conn, staff.look, shown)
    return {actor.id: _build_account(staff, actor, stands[actor.id], built[actor.id]) for actor in shown}


def _build_account(staff: StaffContext, actor: Actor, stand: Moderated, account: Json) -> Json:
    return {
        "id": str(actor.id),
        "username": actor.username,
        "domain": None if actor.local else actor.host,
        "created_at": write_moment(actor.created_at),
        "email": (stand.email or "") if staff.sees_addresses else "",
        "ip": None,
        "ips": [],
        "role": build_role(staff.say, stand.roles) if actor.local else None,
        "confirmed": stand.confirmed_at is not None,
        "approved": not stand.waiting,
        "suspended": stand.suspended,
        "silenced": stand.limited,
        "sensitized": False,
        "disabled": stand.disabled_at is not None,
        "locale": stand.language,
        "invite_request": None,
        "account": account | ({"suspended": True} if stand.suspended else {}),
    }


def build_pending_account(staff: StaffContext, asked: SignUp) -> Json:
    """Somebody who asks to come in, who has no actor yet: her request's number stands for one."""
    moment = write_moment(asked.asked_at)
    page = f"{staff.look.site.url}/@{asked.username}"
    return {
        "id": str(asked.id),
        "username": asked.username,
        "domain": None,
        "created_at": moment,
        "email": asked.email if staff.sees_addresses else "",
        "ip": None,
        "ips": [],
        "role": dict(NO_ROLE),
        "confirmed": False,
        "approved": False,
        "suspended": False,
        "silenced": False,
        "sensitized": False,
        "disabled": False,
        "locale": asked.language,
        "invite_request": None,
        "account": _build_nobody(staff, asked, page, moment),
    }


def _build_nobody(staff: StaffContext, asked: SignUp, page: str, moment: str) -> Json:
    """The Account that she will have."""
    return {
        "id": str(asked.id),
        "username": asked.username,
        "acct": asked.username,
        "uri": page,
        "url": page,
        "display_name": asked.name,
        "note": "",
        "avatar": staff.look.person,
        "avatar_static": staff.look.person,
        "header": staff.look.header,
        "header_static": staff.look.header,
        "locked": False,
        "bot": False,
        "group": False,
        "discoverable": None,
        "indexable": False,
        "created_at": moment,
        "last_status_at": None,
        "statuses_count": 0,
        "followers_count": 0,
        "following_count": 0,
        "emojis": [],
        "roles": [],
        "fields": [],
    }


async def load_admin_reports(
    conn: Connection, staff: StaffContext, found: Sequence[Report], holders: Mapping[int, int | None]
) -> list[Json]:
    """These reports; `holders` is who looks at the case of each.

    The server itself stands in for a visitor who made one, and for whom one is about where that account is gone or a
    page was reported.
    """
    instance = await actors.get_local(conn, "instance")
    ids = {instance.id, *(id for one in found for id in (one.reporter_id, one.target_id, one.closed_by) if id)}
    ids |= {id for id in holders.values() if id}
    people = [one for one in await actors.list_by_ids(conn, sorted(ids)) if one.deleted_at is None and not one.guest]
    built = await load_admin_accounts(conn, staff, people)
    named = await _load_named(conn, staff, found)
    return [_build_report(one, built, instance.id, named, holders.get(one.id)) for one in found]


async def _load_named(conn: Connection, staff: StaffContext, found: Sequence[Report]) -> dict[str, Json]:
    """The reported posts that the reader may see anyway, by their ids; of the rest the comment has what they said."""
    uris = list(dict.fromkeys(uri for one in found for uri in one.object_uris[:NAMED]))
    known = {post.uri: post.id for post in await posts.list_by_uris(conn, uris)}
    visible = await posts.filter_visible(conn, list(known.values()), staff.account.actor_id)
    shown = await load_posts(conn, staff.look, sorted(visible), staff.account.actor_id)
    by_id = {status["id"]: status for status in shown}
    return {uri: by_id[str(id)] for uri, id in known.items() if str(id) in by_id}


def _build_report(
    report: Report, built: Mapping[int, Json], instance_id: int, named: Mapping[str, Json], holder_id: int | None
) -> Json:
    stand_in = built[instance_id]
    return {
        "id": str(report.id),
        "action_taken": report.closed_at is not None,
        "action_taken_at": write_moment_or_none(report.closed_at),
        "category": report.category,
        "comment": _write_comment(report, named),
        "forwarded": report.forwarded,
        "created_at": write_moment(report.created_at),
        "updated_at": write_moment(report.changed_at or report.created_at),
        "account": built.get(report.reporter_id or 0, stand_in),
        "target_account": built.get(report.target_id or 0, stand_in),
        "assigned_account": built.get(holder_id or 0),
        "action_taken_by_account": built.get(report.closed_by or 0),
        "statuses": [named[uri] for uri in report.object_uris[:NAMED] if uri in named],
        "rules": [build_rule(one["number"], one["text"]) for one in report.rules],
    }


def _write_comment(report: Report, named: Mapping[str, Json]) -> str:
    """What was written, why the law forbids it, and how that read which an app cannot show."""
    lines = [report.content, report.law]
    lines += [f"« {one['text']} »" for one in report.extracts if one["uri"] not in named and one["text"]]
    if report.target_id is None and report.target_name:
        lines.append(report.target_name)
    return "\n\n".join(filter(None, lines))
