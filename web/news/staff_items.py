"""What is new for those who look after the cooperative, and for whoever reported something, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.moderation import reports
from models.moderation.reports import Report
from models.news import staff_notifications
from models.news.news import News
from models.news.staff_notifications import About
from models.people import accounts, actors, sign_ups
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.roles import has_right
from models.people.sign_ups import SignUp
from models.places import geometry
from models.relations import coop_follows
from models.store.database import Connection
from web.rendering.i18n import Say
from web.rendering.paths import profile_path
from web.rendering.render import N_

STAFF = frozenset({"admin.report", "sign_up", "sign_up_message", "admin.sign_up", "coop_follow", "report_settled"})
"""The types that are told here."""

LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNewsItem:
    """Who did what (`words`), what it is about, where it leads."""

    words: str
    what: str
    href: str


async def list_staff_items(
    conn: Connection, say: Say, reader_id: int, rows: Sequence[News]
) -> dict[int, StaffNewsItem]:
    """These news by their ids; none of what was settled meanwhile, or is not hers to settle any more."""
    if not rows:
        return {}
    subjects = await _load_subjects(conn, await accounts.get(conn, reader_id), rows)
    told = {row.id: await _tell(conn, say, row, subjects) for row in rows}
    return {id: one for id, one in told.items() if one is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSubjects:
    """What these news are about (`about` goes by news): reports and sign-ups that are the reader's, and people."""

    about: Mapping[int, About]
    reports: Mapping[int, Report]
    sign_ups: Mapping[int, SignUp]
    people: Mapping[int, Actor]


async def _load_subjects(conn: Connection, account: Account, rows: Sequence[News]) -> StaffSubjects:
    about = await staff_notifications.list_about(conn, [row.id for row in rows])
    return StaffSubjects(
        about=about,
        reports=await _load_reports(conn, account, [one.report_id for one in about.values() if one.report_id]),
        sign_ups=await _load_sign_ups(conn, account, [one.sign_up_id for one in about.values() if one.sign_up_id]),
        people=await actors.map_by_ids(conn, [row.actor_ids[0] for row in rows]),
    )


async def _tell(conn: Connection, say: Say, row: News, subjects: StaffSubjects) -> StaffNewsItem | None:
    match subjects.about.get(row.id):
        case About(report_id=int(id)):
            return _build_report(say, row, subjects.reports.get(id))
        case About(sign_up_id=int(id)):
            return _build_sign_up(say, row, subjects.sign_ups.get(id))
        case _:
            return await _build_actor(conn, say, row, subjects.people.get(row.actor_ids[0]))


async def _load_reports(conn: Connection, account: Account, ids: list[int]) -> dict[int, Report]:
    """Those that are hers to settle, or that she made."""
    settles = has_right(account, "reports")
    found = await reports.list_by_ids(conn, ids, account.actor_id)
    return {one.id: one for one in found if settles or one.reporter_id == account.actor_id}


async def _load_sign_ups(conn: Connection, account: Account, ids: list[int]) -> dict[int, SignUp]:
    """Those that are hers to settle."""
    found = await sign_ups.list_by_ids(conn, ids)
    return {one.id: one for one in found} if has_right(account, "sign_ups") else {}


def _build_report(say: Say, row: News, report: Report | None) -> StaffNewsItem | None:
    if report is None:
        return None
    if row.type == "report_settled":
        words = say(N_("Ce que vous aviez signalé à propos de %(who)s est réglé"), who=_line(report.target_name))
        return StaffNewsItem(words=words, what=_line(report.answer), href=f"/compte/signalements#s{report.id}")
    words = say(N_("Un signalement à propos de %(who)s attend l’équipe"), who=_line(report.target_name))
    return StaffNewsItem(words=words, what=_line(report.content), href=f"/coop/signalements#s{report.id}")


def _build_sign_up(say: Say, row: News, asked: SignUp | None) -> StaffNewsItem | None:
    if asked is None:
        return None
    who, href = _line(asked.name or asked.username), f"/coop/demandes/{asked.id}"
    if row.type == "sign_up_message":
        words = say(N_("%(who)s, qui demande à devenir membre, écrit à l’équipe"), who=who)
    else:
        words = say(N_("%(who)s demande à devenir membre"), who=who)
    return StaffNewsItem(words=words, what="", href=href)


async def _build_actor(conn: Connection, say: Say, row: News, actor: Actor | None) -> StaffNewsItem | None:
    if actor is None or actor.gone:
        return None
    who = _line(actor.display_name)
    if row.type == "admin.sign_up":
        words = say(N_("%(who)s est maintenant membre de la coop"), who=who)
        return StaffNewsItem(words=words, what="", href=profile_path(actor))
    back = await coop_follows.find(conn, actor.host)
    if not back.follows_us:
        return None
    where = _line(", ".join(filter(None, (actor.place_name, await _describe_distance(conn, say, actor)))))
    if not back.followed:
        where = " ".join(filter(None, (f"{where}." if where else "", say(N_("Suivre en retour ?")))))
    href = f"/coop/serveurs/{actor.host}#retour"
    return StaffNewsItem(words=say(N_("%(who)s suit votre coop"), who=who), what=where, href=href)


async def _describe_distance(conn: Connection, say: Say, actor: Actor) -> str:
    """How far it is from us, where both have a place."""
    ours = await actors.find_local(conn, "coop")
    if ours is None or None in (ours.latitude, ours.longitude, actor.latitude, actor.longitude):
        return ""
    assert ours.latitude is not None and ours.longitude is not None
    assert actor.latitude is not None and actor.longitude is not None
    metres = geometry.distance(ours.latitude, ours.longitude, actor.latitude, actor.longitude)
    return say(N_("à %(km)s km"), km=max(1, round(metres / 1000)))


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
