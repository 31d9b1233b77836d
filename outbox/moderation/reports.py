"""Somebody reports somebody or something: kept and told to the moderators here and, if wanted, to the other server.

A moderator settles it, and whoever reported learns that.
"""

from dataclasses import dataclass
from datetime import datetime

from federation.uris import activity_uri
from models import posts
from models.errors import Conflict, Invalid, NotFound
from models.moderation import cases, deciders, journal, meanwhile, reports
from models.moderation.reports import CONTENT_LIMIT, OBJECTS_LIMIT, NewReport, Report, ReportCategory, Settlement
from models.moderation.searches import repeated_reports
from models.news import staff_notifications
from models.people import actors, roles
from models.people.actors import Actor
from models.people.documents.rules import name_rules
from models.posts import Post
from models.settings import Site
from models.store.database import Connection
from outbox.builders.activities.flag import build_flag
from outbox.communities.inside import reported
from outbox.moderation.report_extracts import take_extracts
from outbox.traffic.send import Recipients, send

ANSWERS: dict[bool, tuple[str, str]] = {
    True: ("L’équipe a lu, et a pris une décision. Merci de nous l’avoir dit.", "The team has read it and decided."),
    False: (
        "L’équipe a lu, et n’a rien trouvé de contraire à nos règles. Merci de nous l’avoir dit.",
        "The team has read it and found nothing against our rules.",
    ),
}
"""What whoever reported is told where the team wrote nothing itself: whether something was decided; French, English."""

SETTLED_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """Whom and which of their posts somebody reports, why, and whether their server is to know of it.

    Without a `target` it is about `page`, an address of ours that nobody in particular wrote. `around_ids` are
    messages before and after those that are reported, which the reporter hands over too. `law` is why something is
    held to be against the law. `name` and `email` are a visitor's, who wants to be answered in her `language`.
    `rules` are numbers of rules of the cooperative; what it has no rule for is left out.
    """

    target: Actor | None
    post_ids: tuple[int, ...] = ()
    around_ids: tuple[int, ...] = ()
    page: str = ""
    content: str = ""
    law: str = ""
    forward: bool = False
    category: ReportCategory = "other"
    name: str = ""
    email: str | None = None
    language: str = "fr"
    rules: tuple[int, ...] = ()


async def report(conn: Connection, site: Site, reporter: Actor | None, complaint: Complaint) -> Report:
    """Report somebody and some of their posts; without a `reporter` it is a visitor who does. All who can settle it
    are told at once. Raises Invalid, and NotFound for posts that the reporter cannot see.

    What she reported before and waits still gets her new words: the report is then the old one, its `times` above 1.
    """
    reporter_id = reporter.id if reporter else None
    _require_limits(complaint)
    named = await _list_named(conn, complaint, reporter_id)
    uris = tuple(post.uri for post in named if post.kind != "notice")
    known = await _add_to_first(conn, reporter_id, complaint, uris)
    if known is not None:
        return known
    instance = await actors.get_local(conn, "instance")
    made = await reports.save(
        conn,
        NewReport(
            uri=activity_uri(site, instance.username),
            reporter_id=reporter_id,
            target_id=complaint.target.id if complaint.target else None,
            object_uris=_name_objects(complaint, uris),
            content=complaint.content,
            local=True,
            category=complaint.category,
            forwarded=_is_forwarded(complaint),
            extracts=await take_extracts(conn, named, around=await _list_around(conn, complaint, named, reporter_id)),
            target_name=complaint.target.display_name if complaint.target else complaint.page,
            reporter_email=complaint.email,
            reporter_language=complaint.language,
            reporter_name=complaint.name,
            law=complaint.law,
            rules=await name_rules(conn, complaint.rules),
        ),
    )
    assert made is not None, "a fresh id cannot be taken"
    if made.forwarded and complaint.target is not None:
        await _forward(conn, instance, complaint.target, uris, made)
    await _tell_leading(conn, made, named)
    await staff_notifications.notify_of_report(conn, made.id, but=(made.reporter_id, made.target_id))
    return made


async def _tell_leading(conn: Connection, made: Report, named: list[Post]) -> None:
    """Who leads the communities inside which these stay; what the law forbids is the team's alone."""
    if made.category != "legal":
        await reported.tell_leading(conn, named, but=(made.reporter_id, made.target_id))


def _require_limits(complaint: Complaint) -> None:
    """Raises Invalid."""
    if len(complaint.content) > CONTENT_LIMIT:
        raise Invalid("report_too_long", most=CONTENT_LIMIT, field="comment")
    if len(complaint.post_ids) > OBJECTS_LIMIT:
        raise Invalid("too_many_reported_statuses", field="status_ids")


async def _list_named(conn: Connection, complaint: Complaint, reporter_id: int | None) -> list[Post]:
    """The posts that are reported. Raises NotFound where the reporter cannot see one, or somebody else wrote it."""
    visible = await posts.filter_visible(conn, list(complaint.post_ids), reporter_id)
    found = await posts.list_by_ids(conn, sorted(visible))
    named = [post for post in found if complaint.target is not None and post.author_id == complaint.target.id]
    if len(named) != len(set(complaint.post_ids)):
        raise NotFound
    return named


async def _list_around(
    conn: Connection, complaint: Complaint, named: list[Post], reporter_id: int | None
) -> list[Post]:
    """What else of the same talk she hands over. Raises NotFound for what she cannot see or what is none of it."""
    if not complaint.around_ids:
        return []
    visible = await posts.filter_visible(conn, list(complaint.around_ids), reporter_id)
    found = await posts.list_by_ids(conn, sorted(visible))
    talks = {post.root_id for post in named}
    if len(found) != len(set(complaint.around_ids)) or any(post.root_id not in talks for post in found):
        raise NotFound
    return found


async def _add_to_first(
    conn: Connection, reporter_id: int | None, complaint: Complaint, uris: tuple[str, ...]
) -> Report | None:
    """What the same person reported of this before, with what she says now. None where she did not."""
    target_id = complaint.target.id if complaint.target else None
    objects = _name_objects(complaint, uris)
    held = await repeated_reports.find_repeated(conn, reporter_id, complaint.email, target_id, objects)
    if held is None or (_is_forwarded(complaint) and not held.forwarded):
        return None
    return await repeated_reports.add_words(conn, held, complaint.content, await name_rules(conn, complaint.rules))


def _name_objects(complaint: Complaint, uris: tuple[str, ...]) -> list[str]:
    return [complaint.target.uri, *uris] if complaint.target is not None else [complaint.page]


def _is_forwarded(complaint: Complaint) -> bool:
    """Whether there is anybody elsewhere to tell, and the reporter wants it."""
    target = complaint.target
    return complaint.forward and target is not None and not target.local and not target.guest


async def _forward(conn: Connection, instance: Actor, target: Actor, uris: tuple[str, ...], made: Report) -> None:
    """Tell the other server, signed by ours (`instance`), so that the reporter stays unknown there."""
    assert made.uri is not None, "it is given to what is made here"
    content = "\n\n".join(filter(None, (made.content, made.law)))
    flag = build_flag(instance, target, uris, content, id=made.uri)
    await send(conn, instance, flag, Recipients(named_ids=(target.id,)), about=made.uri)


async def is_read_by_somebody(conn: Connection, target_id: int | None) -> bool:
    """Whether anybody but the reported person herself looks after reports."""
    return any(id != target_id for id in await roles.list_holders(conn, "reports"))


async def settle(conn: Connection, id: int, settlement: Settlement) -> Report:
    """It is settled: nobody of the team needs to look any more, and a member who reported it is told in her news.

    The report. Raises NotFound for one that is not known or not hers to settle, Conflict for one that somebody settled
    before.
    """
    held = await reports.find(conn, id, settlement.by)
    if held is None:
        raise NotFound
    await deciders.require_free(conn, held.case_id, settlement.by)
    return await close(conn, held, settlement)


async def close(conn: Connection, held: Report, settlement: Settlement) -> Report:
    """The same of one that may be settled by whoever does. Raises Conflict."""
    id = held.id
    if not await reports.settle(conn, id, settlement):
        raise await _make_conflict(conn, id)
    await staff_notifications.forget_report(conn, id)
    if held.case_id is not None:
        await cases.close_settled(conn, held.case_id)
    if held.local and held.reporter_id is not None and held.reporter_id != settlement.by:
        await staff_notifications.notify_reporter(conn, id, held.reporter_id)
    settled = await reports.find(conn, id, settlement.by)
    assert settled is not None
    return settled


async def _make_conflict(conn: Connection, id: int) -> Conflict:
    """Who decided in its case, or settled the report alone."""
    [held] = await reports.list_by_ids(conn, [id])
    entry = await journal.find_latest(conn, held.case_id) if held.case_id is not None else None
    if entry is None and held.closed_at is not None:
        return await meanwhile.describe(conn, "case_closed", held.closed_by, held.closed_at)
    return await meanwhile.make_conflict(conn, entry)


async def settle_of_case(
    conn: Connection, case_id: int, by: int, answer: str, *, acted: bool, until: datetime | None
) -> list[Report]:
    """The reports of a case that wait, said until then, are settled, with this answer or what is usual."""
    settled: list[Report] = []
    while waiting := await reports.list_open(conn, reader_id=by, case_id=case_id, until=until, limit=SETTLED_AT_ONCE):
        for one in waiting:
            usual = ANSWERS[acted][one.reporter_language == "en"]
            settled.append(await settle(conn, one.id, Settlement(by=by, answer=answer or usual)))
    return settled


async def reopen(conn: Connection, id: int, by: int) -> None:
    """It was not settled after all: those who can settle it are told again. Raises NotFound as `settle`, Conflict."""
    held = await reports.find(conn, id, by)
    if held is None:
        raise NotFound
    case_id = held.case_id
    await deciders.require_free(conn, case_id, by)
    if not await reports.reopen(conn, id):
        raise Conflict
    if case_id is not None and not await cases.reopen(conn, case_id):
        open_id = await cases.find_open(conn, held.target_id) if held.target_id is not None else None
        await reports.put_into_case(conn, id, open_id or case_id)
    await staff_notifications.notify_of_report(conn, id, but=(held.reporter_id, held.target_id, by))


async def reopen_case(conn: Connection, case_id: int, by: int) -> None:
    """What was decided last was not all: the case waits again, with the reports that were settled with it.

    Raises NotFound for a case that is not known or is about whoever asks, Conflict where it waits already, or another
    one about the same person does.
    """
    case = await cases.lock(conn, case_id, by)
    if case is None:
        raise NotFound
    if not await cases.reopen(conn, case_id):
        raise Conflict
    await cases.add_step(conn, case_id, by, "reopened")
    for one in await reports.list_of_case(conn, case_id, by):
        if one.closed_at == case.closed_at:
            await reopen(conn, one.id, by)
