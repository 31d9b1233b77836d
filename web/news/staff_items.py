"""What is new for those who look after the cooperative, and for whoever reported or proposed something, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models import posts
from models.moderation import cases, decisions, reports
from models.moderation.reports import Report
from models.moderation.searches import report_counts
from models.news import staff_notifications
from models.news.news import News
from models.news.notifications import NotificationType
from models.news.staff_notifications import About
from models.people import accounts, actors, sign_ups
from models.people.accounts import Account
from models.people.actors import Actor
from models.people.roles import has_right
from models.people.sign_ups import SignUp
from models.people.team import duty
from models.people.team.duty import Duty
from models.relations import coop_follows
from models.servers import friendships, territory_proposals
from models.store.database import Connection
from web.news import trouble_words
from web.news.trouble_words import Trouble
from web.rendering.i18n import Say
from web.rendering.neighbour_words import describe_place, tell_answer, tell_neighbour
from web.rendering.paths import profile_path
from web.rendering.render import N_
from web.rendering.role_words import ROLE_NAMES

STAFF = frozenset({*staff_notifications.KIND_OF, "report_settled", "territory_answered"})
"""The types that are told here."""

ABOUT_SOMEBODY: Mapping[NotificationType, str] = {
    "held_post": N_("Une publication de %(who)s attend un regard"),
    "second_asked": N_("Une décision à propos de %(who)s attend votre accord"),
    "appeal": N_("%(who)s conteste une décision"),
}
"""What is said of a case, a decision or a held post, by whom it is about."""

LONGEST = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffNewsItem:
    """Who did what (`words`), what it is about, where it leads; `stop` is where one says to hear no more of it."""

    words: str
    what: str
    href: str
    stop: str = ""


async def list_staff_items(
    conn: Connection, say: Say, reader_id: int, rows: Sequence[News]
) -> dict[int, StaffNewsItem]:
    """These news by their ids; none of what was settled meanwhile, or is not hers to settle any more."""
    if not rows:
        return {}
    subjects = await _load_subjects(conn, say, await accounts.get(conn, reader_id), rows)
    told = {row.id: await _tell(conn, say, row, subjects) for row in rows}
    return {id: one for id, one in told.items() if one is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffSubjects:
    """What these news are about (`about` goes by news): reports and sign-ups that are the reader's, and people.

    `concerned` are whom a case, a decision or a post is about, by news; `waiting` is how many reports of a case wait;
    `handed` the weeks that somebody passed on; `troubles` what waits still of those for too long, by type.
    """

    about: Mapping[int, About]
    reports: Mapping[int, Report]
    sign_ups: Mapping[int, SignUp]
    people: Mapping[int, Actor]
    concerned: Mapping[int, str]
    waiting: Mapping[int, int]
    handed: Mapping[int, Sequence[Duty]]
    troubles: Mapping[NotificationType, Trouble | None]


async def _load_subjects(conn: Connection, say: Say, account: Account, rows: Sequence[News]) -> StaffSubjects:
    about = await staff_notifications.list_about(conn, [row.id for row in rows])
    told = await _load_reports(conn, account, [one.report_id for one in about.values() if one.report_id])
    return StaffSubjects(
        about=about,
        reports=told,
        waiting=await report_counts.count_by_cases(conn, [one.case_id for one in told.values() if one.case_id]),
        sign_ups=await _load_sign_ups(conn, account, [one.sign_up_id for one in about.values() if one.sign_up_id]),
        people=await actors.map_by_ids(conn, [row.actor_ids[0] for row in rows]),
        concerned=await _load_concerned(conn, account, rows, about),
        handed=await _load_handed(conn, account, rows),
        troubles=await _load_troubles(conn, say, account, rows),
    )


async def _load_troubles(
    conn: Connection, say: Say, account: Account, rows: Sequence[News]
) -> dict[NotificationType, Trouble | None]:
    """What waits for too long, one line for each type: as it is now, as far as it is hers to settle."""
    types = {row.type for row in rows} & set(trouble_words.KINDS)
    return {type: await trouble_words.find_trouble(conn, say, account, type) for type in types}


async def _load_handed(conn: Connection, account: Account, rows: Sequence[News]) -> dict[int, Sequence[Duty]]:
    """The weeks from this one on that each of those who handed over passed on to her."""
    givers, week = {row.actor_ids[0] for row in rows if row.type == "handed_over"}, duty.find_week(datetime.now(UTC))
    return {id: await duty.list_handed(conn, account.actor_id, id, week) for id in givers}


async def _load_concerned(
    conn: Connection, account: Account, rows: Sequence[News], about: Mapping[int, About]
) -> dict[int, str]:
    """Whom these are about, as far as they are the reader's to settle and not about herself."""
    if not has_right(account, "reports"):
        return {}
    asked = [about[row.id] for row in rows if row.type in ABOUT_SOMEBODY and row.id in about]
    found = {one.id: await _find_concerned(conn, account.actor_id, one) for one in asked}
    return {id: name for id, name in found.items() if name}


async def _find_concerned(conn: Connection, reader_id: int, about: About) -> str:
    if about.decision_id is not None:
        decision = await decisions.find(conn, about.decision_id)
        return await _find_name(conn, decision.actor_id if decision is not None else None, reader_id)
    if about.case_id is not None:
        case = await cases.find(conn, about.case_id, reader_id)
        return case.actor_name or await _find_name(conn, case.actor_id, reader_id) if case is not None else ""
    found = await posts.list_by_ids(conn, [about.post_id] if about.post_id is not None else [])
    return await _find_name(conn, found[0].author_id if found else None, reader_id)


async def _find_name(conn: Connection, actor_id: int | None, reader_id: int) -> str:
    found = await actors.list_by_ids(conn, [actor_id] if actor_id is not None and actor_id != reader_id else [])
    return found[0].display_name if found else ""


async def _tell(conn: Connection, say: Say, row: News, subjects: StaffSubjects) -> StaffNewsItem | None:
    if row.type in ABOUT_SOMEBODY:
        return _build_concerned(say, row, subjects.concerned.get(row.id), subjects.about[row.id].case_id)
    if row.type in trouble_words.KINDS:
        return _build_trouble(subjects.troubles[row.type])
    if row.type == "handed_over":
        who = subjects.people.get(row.actor_ids[0])
        return _build_handed(say, who, subjects.handed.get(row.actor_ids[0], ()))
    match subjects.about.get(row.id):
        case About(report_id=int(id)):
            report = subjects.reports.get(id)
            waiting = subjects.waiting.get(report.case_id or 0, 0) if report is not None else 0
            return _build_report(say, row, report, waiting)
        case About(sign_up_id=int(id)):
            return _build_sign_up(say, row, subjects.sign_ups.get(id))
        case About(recipient_id=reader_id) if row.type == "territory_answered":
            return await _build_answer(conn, say, reader_id)
        case _:
            return await _build_actor(conn, say, row, subjects.people.get(row.actor_ids[0]))


def _build_concerned(say: Say, row: News, name: str | None, case_id: int | None) -> StaffNewsItem | None:
    if name is None:
        return None
    words = say(ABOUT_SOMEBODY[row.type], who=_line(name))
    return StaffNewsItem(words=words, what="", href=f"/coop/dossiers/{case_id}" if case_id else "/coop/dossiers")


def _build_trouble(found: Trouble | None) -> StaffNewsItem | None:
    return StaffNewsItem(words=found.words, what=found.what, href=found.href) if found is not None else None


def _build_handed(say: Say, who: Actor | None, duties: Sequence[Duty]) -> StaffNewsItem | None:
    """What is hers still: what she handed back or on is told no more."""
    if who is None or not duties:
        return None
    weeks = [f"{say(ROLE_NAMES[one.role])}, {say(N_('semaine du %(day)s'), day=f'{one.week:%d/%m}')}" for one in duties]
    words = say(N_("%(who)s vous passe la main"), who=_line(who.display_name))
    return StaffNewsItem(words=words, what=" ; ".join(weeks), href="/coop/permanence")


async def _load_reports(conn: Connection, account: Account, ids: list[int]) -> dict[int, Report]:
    """Those that are hers to settle, or that she made."""
    settles = has_right(account, "reports")
    found = await reports.list_by_ids(conn, ids, account.actor_id)
    return {one.id: one for one in found if settles or one.reporter_id == account.actor_id}


async def _load_sign_ups(conn: Connection, account: Account, ids: list[int]) -> dict[int, SignUp]:
    """Those that are hers to settle."""
    found = await sign_ups.list_by_ids(conn, ids)
    return {one.id: one for one in found} if has_right(account, "sign_ups") else {}


def _build_report(say: Say, row: News, report: Report | None, waiting: int) -> StaffNewsItem | None:
    if report is None:
        return None
    if row.type == "report_settled":
        words = say(N_("Ce que vous aviez signalé à propos de %(who)s est réglé"), who=_line(report.target_name))
        return StaffNewsItem(words=words, what=_line(report.answer), href=f"/compte/signalements#s{report.id}")
    words = say(N_("Un signalement à propos de %(who)s attend l’équipe"), who=_line(report.target_name))
    if waiting > 1:
        who = _line(report.target_name)
        words = say(N_("%(count)s signalements à propos de %(who)s attendent l’équipe"), count=waiting, who=who)
    return StaffNewsItem(words=words, what=_line(report.content), href=f"/coop/signalements/{report.id}")


def _build_sign_up(say: Say, row: News, asked: SignUp | None) -> StaffNewsItem | None:
    if asked is None:
        return None
    wrote = row.type == "sign_up_message"
    said = N_("%(who)s, qui demande à devenir membre, vous écrit") if wrote else N_("%(who)s demande à devenir membre")
    words = say(said, who=_line(asked.name or asked.username))
    return StaffNewsItem(words=words, what=_line(asked.email), href=f"/coop/demandes/{asked.id}")


async def _build_actor(conn: Connection, say: Say, row: News, actor: Actor | None) -> StaffNewsItem | None:
    if actor is None or actor.gone:
        return None
    who = _line(actor.display_name)
    if row.type == "community_unmanaged":
        words = say(N_("Plus personne ne gère la communauté %(who)s : nommez quelqu’un parmi ses membres"), who=who)
        return StaffNewsItem(words=words, what="", href="/coop/communautes")
    if row.type == "community_hold_asked":
        words = say(N_("La communauté %(who)s demande à la coop de la porter avec la sienne"), who=who)
        return StaffNewsItem(words=words, what="", href="/coop/communautes")
    if row.type == "admin.sign_up":
        words = say(N_("%(who)s est maintenant membre de la coop"), who=who)
        return StaffNewsItem(words=words, what="", href=profile_path(actor))
    if row.type == "coop_friendship":
        return await _build_friendship(conn, say, actor)
    if row.type == "territory_proposed":
        return await _build_proposed(conn, say, actor)
    return await _build_follow(conn, say, actor)


async def _build_follow(conn: Connection, say: Say, actor: Actor) -> StaffNewsItem | None:
    back = await coop_follows.find(conn, actor.host)
    if not back.follows_us:
        return None
    who, where = _line(actor.display_name), _line(await describe_place(conn, say, actor))
    if not back.followed:
        where = " ".join(filter(None, (f"{where}." if where else "", say(N_("Suivre en retour ?")))))
    href = f"/coop/serveurs/{actor.host}#retour"
    return StaffNewsItem(words=say(N_("%(who)s suit votre coop"), who=who), what=where, href=href)


async def _build_friendship(conn: Connection, say: Say, actor: Actor) -> StaffNewsItem | None:
    """How far it is now, which may be further than when it was told; nothing where it was taken back."""
    held = await friendships.find(conn, actor.id)
    if held is None:
        return None
    return StaffNewsItem(
        words=tell_neighbour(say, held.state, _line(actor.display_name)),
        what=_line(await describe_place(conn, say, actor)),
        href=f"/coop/serveurs/{actor.host}#retour",
    )


async def _build_proposed(conn: Connection, say: Say, actor: Actor) -> StaffNewsItem | None:
    """What of hers waits; nothing where all of it is settled, or taken back."""
    waiting = await territory_proposals.list_waiting_of(conn, actor.id)
    if not waiting:
        return None
    words = say(N_("%(who)s propose une coop à suivre"), who=_line(actor.display_name))
    return StaffNewsItem(words=words, what=_line(", ".join(waiting)), href="/reseau#proposees")


async def _build_answer(conn: Connection, say: Say, reader_id: int) -> StaffNewsItem | None:
    """What became of the territory that she proposed, of several the one that was settled last."""
    found = await territory_proposals.find_latest_answer(conn, reader_id)
    if found is None:
        return None
    words = tell_answer(say, found.state, found.host)
    return StaffNewsItem(words=words, what=_line(found.answer), href="/reseau#propositions")


def _line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip()}…"
