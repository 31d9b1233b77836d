"""What a case page shows: what was said and by whom it was reported, what was decided, and who may do what now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from models import posts, preferences
from models.moderation import appeals, case_notes, case_queue, cases, deciders, decisions, journal, reports
from models.moderation.appeals import Appeal
from models.moderation.case_notes import CaseNote
from models.moderation.cases import Case, CaseStep
from models.moderation.decisions import ModerationDecision
from models.moderation.reports import Report
from models.people import actors
from models.people.actors import Actor
from models.posts import Post
from models.store.database import Connection
from outbox.moderation.conversation_reads import find_openable
from web.pages.components.people import Person, person_of
from web.pages.moderation.cases.case_history import KINDS, SOMEBODY, History, HistoryLine, PastDecision
from web.pages.moderation.cases.held_posts import HeldThing, list_held
from web.pages.moderation.cases.hosts import name_hosts
from web.pages.moderation.cases.read_marks import write_mark
from web.pages.moderation.reports import ReportLine, make_lines
from web.rendering.i18n import Say


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidThing:
    """One thing that was said, as it read when it was reported. `by` is who wrote what was joined for context only.

    `post_id` is given while the person's post stands, so that it can be hidden; `talk_id` where all of the private talk
    that the message stands in may be opened.
    """

    title: str
    text: str
    by: str
    href: str = ""
    post_id: int | None = None
    hidden: bool = False
    talk_id: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody of the team who may confirm, or answer an appeal."""

    id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """Who may do what about a decision: `seconds` may confirm what the reader would propose, `rereaders` answer an
    appeal against what she decides. `proposal` waits for a second one, `appeal` for an answer.

    `may_decide` is false for whoever stepped aside. `seen` and `read_until` say what stood there by then.
    """

    may_decide: bool
    may_confirm: bool
    may_answer: bool
    seconds: list[Candidate]
    rereaders: list[Candidate]
    proposal: PastDecision | None
    appeal: PastDecision | None
    two_for_suspension: bool
    seen: int
    read_until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """Everything on a case page. `home` is where somebody of another server is; `mine` if the reader holds the case."""

    case: Case
    actor: Actor | None
    person: Person | None
    name: str
    home: str
    holder: str
    mine: bool
    things: list[SaidThing]
    held: list[HeldThing]
    reports: list[ReportLine]
    places: Mapping[str, str]
    notes: list[CaseNote]
    past: list[PastDecision]
    journal: list[HistoryLine]
    looks: Looks
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """What is read of a case; `free` may decide in it."""

    reports: list[Report]
    decisions: list[ModerationDecision]
    steps: list[CaseStep]
    notes: list[CaseNote]
    free: list[int]
    appeals: Mapping[int, Appeal]


async def load_view(conn: Connection, say: Say, case: Case, reader_id: int) -> CaseView:
    """The page of a case that the reader may see."""
    rows = await _load_rows(conn, case, reader_id)
    people = await actors.map_by_ids(conn, _list_people(case, rows))
    names = {id: actor.display_name for id, actor in people.items()}
    lines = await make_lines(conn, rows.reports, reader_id)
    past = await _tell_past(conn, say, rows, names)
    own = _filter_own(past, case)
    actor = people.get(case.actor_id or 0)
    places = await name_hosts(conn, _list_hosts(lines, actor))
    history = History(say=say, names=names, reports=lines, steps=rows.steps, notes=rows.notes, past=own, places=places)
    return CaseView(
        case=case,
        actor=actor,
        person=person_of(actor) if actor is not None and actor.deleted_at is None else None,
        name=names.get(case.actor_id or 0, case.actor_name),
        home=places[actor.host] if actor is not None and not actor.local else "",
        holder=names.get(case.holder_id or 0, ""),
        mine=case.holder_id == reader_id,
        things=await _list_things(conn, case, lines, reader_id),
        held=await list_held(conn, case.id, reader_id),
        reports=lines,
        places=places,
        notes=rows.notes,
        past=past,
        journal=history.list_lines(),
        looks=await _find_looks(conn, case, rows, own, names, reader_id),
        names=names,
    )


def _filter_own(past: Sequence[PastDecision], case: Case) -> list[PastDecision]:
    return [one for one in past if one.decision.case_id == case.id]


def _list_hosts(lines: Sequence[ReportLine], actor: Actor | None) -> list[str]:
    """Servers that are named."""
    return [one.from_host for one in lines if one.from_host] + ([actor.host] if actor is not None else [])


async def _load_rows(conn: Connection, case: Case, reader_id: int) -> _Rows:
    made = await decisions.list_of_case(conn, case.id)
    if case.actor_id is not None:
        made = (await decisions.list_about(conn, case.actor_id))[::-1]
    return _Rows(
        reports=await reports.list_of_case(conn, case.id, reader_id),
        decisions=made,
        steps=await cases.list_steps(conn, case.id),
        notes=await case_notes.list_of(conn, case.id),
        free=await deciders.list_free(conn, case.id),
        appeals=await appeals.map_by_decisions(conn, [one.id for one in made]),
    )


def _list_people(case: Case, rows: _Rows) -> set[int]:
    """Everybody whose name may be said."""
    ids = {case.actor_id, case.holder_id, *rows.free}
    ids |= {id for one in rows.decisions for id in (one.decided_by, one.second_id, one.taken_back_by)}
    ids |= {id for one in rows.steps for id in (one.by_id, *one.untold_ids)} | {one.author_id for one in rows.notes}
    ids |= {one.decided_by for one in rows.appeals.values()}
    return {id for id in ids if id is not None}


async def _tell_past(conn: Connection, say: Say, rows: _Rows, names: Mapping[int, str]) -> list[PastDecision]:
    """The decisions, the latest first."""
    extras, now = await decisions.map_extras(conn, [one.id for one in rows.decisions]), datetime.now(UTC)
    return [
        PastDecision(
            decision=one,
            extra=extras[one.id],
            appeal=rows.appeals.get(one.id),
            by=names.get(one.decided_by or 0) or say(SOMEBODY),
            second=names.get(one.second_id or 0, ""),
            what=say(KINDS[one.kind]),
            holds=_holds(one, now),
        )
        for one in reversed(rows.decisions)
    ]


def _holds(decision: ModerationDecision, at: datetime) -> bool:
    """Whether it is in force, so that it can be taken back."""
    if decision.kind == "nothing" or decision.effective_at is None or decision.taken_back_at is not None:
        return False
    return decision.ends_at is None or decision.ends_at > at


async def _find_looks(
    conn: Connection, case: Case, rows: _Rows, own: Sequence[PastDecision], names: Mapping[int, str], reader_id: int
) -> Looks:
    proposal, appeal = next(filter(_is_proposed, own), None), next(filter(_is_contested, own), None)
    free = reader_id in rows.free
    seconds = await deciders.list_seconds(conn, case.id, reader_id)
    impartial = await deciders.list_impartial(conn, case.id)
    return Looks(
        may_decide=free,
        may_confirm=await _may_confirm(conn, case, proposal, reader_id),
        may_answer=appeal is not None and reader_id in await deciders.list_answering(conn, case.id),
        seconds=_name_some(names, seconds),
        rereaders=_name_some(names, [id for id in impartial if id != reader_id]),
        proposal=proposal,
        appeal=appeal,
        two_for_suspension=(await preferences.load(conn)).suspension_by_two,
        seen=await journal.find_seen(conn, case.id),
        read_until=write_mark(max((one.said_at for one in rows.reports), default=None)),
    )


def _name_some(names: Mapping[int, str], ids: Sequence[int]) -> list[Candidate]:
    return [Candidate(id=id, name=names[id]) for id in ids]


async def _may_confirm(conn: Connection, case: Case, proposal: PastDecision | None, reader_id: int) -> bool:
    if proposal is None:
        return False
    return reader_id in await deciders.list_seconds(conn, case.id, proposal.decision.decided_by)


def _is_proposed(one: PastDecision) -> bool:
    return one.decision.effective_at is None and one.decision.refused_at is None


def _is_contested(one: PastDecision) -> bool:
    return one.appeal is not None and one.appeal.outcome is None


async def _list_things(conn: Connection, case: Case, lines: Sequence[ReportLine], reader_id: int) -> list[SaidThing]:
    """What the reports name, each thing once, in the order in which it came."""
    told = [one for line in reversed(lines) for one in line.report.extracts]
    kept = {one["uri"]: one for one in sorted(told, key=lambda one: "by" not in one)}  # reported outweighs joined
    named = {one.id: one for one in await case_queue.list_named_posts(conn, list(kept))}
    found = {post.uri: post for post in await posts.list_by_ids(conn, list(named))}
    visible = await posts.filter_visible(conn, list(named), reader_id)
    hidden = {id for id, one in named.items() if one.hidden}
    openable = await find_openable(conn, case, reader_id)
    made = [
        _add_talk(_make_thing(one, found.get(uri), case, visible, hidden), found.get(uri), openable)
        for uri, one in reversed(kept.items())
    ]
    return sorted(made, key=lambda one: one.at or case.opened_at)


def _add_talk(said: SaidThing, post: Post | None, openable: Collection[str]) -> SaidThing:
    private = post is not None and post.audience == "direct" and post.uri in openable
    return replace(said, talk_id=post.id) if post is not None and private else said


def _make_thing(
    extract: Mapping[str, str], post: Post | None, case: Case, visible: Collection[int], hidden: Collection[int]
) -> SaidThing:
    said = SaidThing(title=extract["title"], text=extract["text"], by=extract.get("by", ""))
    if post is None:
        return said
    return replace(
        said,
        href=f"/notes/{post.id}" if post.id in visible else "",
        post_id=post.id if post.author_id == case.actor_id else None,
        hidden=post.id in hidden,
        at=post.published_at,
    )
