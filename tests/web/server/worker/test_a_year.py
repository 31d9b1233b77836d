"""A year goes by: what a chore forgets is gone at the time that the register of personal data shows, and not before.

And every table says what keeps it from growing for ever.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module

import pytest

from models.store.database import Connection, fetch_column, fetch_value
from tests.filled_rows import insert_row
from tests.limit_constants import ROOT
from tests.web.server.worker.forgetters import BY_SIZE, FORGETTERS, NOT_BY_AGE
from tests.web.server.worker.growth import LASTING, ONCE, OTHERWISE, WITH_PEOPLE

YEAR = timedelta(days=366)

UNITS = {"WEEKS": timedelta(weeks=1), "SECONDS": timedelta(seconds=1)}
"""What a whole number counts, by the last word of its name, where it is not days."""

Length = timedelta | str
"""A time, or where the constant stands by which it is forgotten."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Rows of a `table` whose `age` is more than `kept` ago go by this `sweep`; `values` make them such rows."""

    sweep: str
    table: str
    age: str
    kept: Length = timedelta(0)
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def length(self) -> timedelta:
        """For how long they are kept."""
        if isinstance(self.kept, timedelta):
            return self.kept
        module, _, name = self.kept.rpartition(".")
        value = getattr(import_module(module), name)
        unit = UNITS.get(name.rpartition("_")[2], timedelta(days=1))
        return value if isinstance(value, timedelta) else value * unit


def rule(sweep: str, place: str, kept: Length = timedelta(0), **values: str) -> Rule:
    """`place` is table.column; `values` are SQL."""
    table, _, age = place.partition(".")
    return Rule(sweep=sweep, table=table, age=age, kept=kept, values=values)


NOTE = {"kind": "'note'", "audience": "'network'"}

INBOUND = "models.traffic.inbound"

EVENTS = "models.store.background.stream_events"

RULES = (
    rule("received", "received.finished_at", f"{INBOUND}.forgotten_received.KEPT_DAYS", state="'done'"),
    rule("received", "received.finished_at", f"{INBOUND}.forgotten_received.FAILED_KEPT_DAYS", state="'failed'"),
    rule(
        "policy_reports",
        "policy_report.day",
        "models.coop.policy_reports.DAYS",
        directive="'img-src'",
        page="'/'",
        source="'here'",
    ),
    rule("tombstones", "tombstone.forget_at", reason="'deleted'"),
    rule("returned_posts", "returned_post.came_at", "models.traffic.returned_posts.KEPT"),
    rule("sessions", "session.expires_at"),
    rule("tokens", "token.revoked_at", "models.access.tokens.KEPT"),
    rule("grants", "refresh_token.used_at", "models.access.authorization_grants.KEPT"),
    rule("grants", "access_grant.revoked_at", "models.access.authorization_grants.KEPT", redeemed_at="now()"),
    rule("login_steps", "login_step.expires_at", purpose="'second'"),
    rule("links", "one_time_link.expires_at", "models.access.one_time_links.KEPT", purpose="'login'"),
    rule("agreement_links", "agreement_link.expires_at", "models.exchanges.agreements.links.KEPT"),
    rule("guests", "guest.created_at", "models.exchanges.guests.TO_CONFIRM"),
    rule("answered_sign_ups", "answered_sign_up.answered_at", "models.people.arrivals.answered_requests.KEPT_DAYS"),
    rule(
        "invitation_mails",
        "invitation.expires_at",
        "models.people.invitations.mailings.KEPT_DAYS",
        email="'a@b.example'",
        places="1",
        mail_state="'sent'",
    ),
    rule(
        "member_imports",
        "member_import.created_at",
        "models.people.invitations.member_imports.KEPT_DAYS",
        confirmed_at="now()",
    ),
    rule("attempts", "attempt.ends_at"),
    rule("access_requests", "access_request.last_at", "models.servers.access_requests.KEPT_DAYS"),
    rule("overflows", "overflow.last_at", f"{INBOUND}.inbox_overflows.KEPT_DAYS"),
    rule("mails", "mail.finished_at", "models.news.news_mails.SENT_KEPT", state="'sent'", recipient_id="1"),
    rule("mails", "mail.finished_at", "models.news.news_mails.FAILED_KEPT", state="'failed'", recipient_id="1"),
    rule("chores", "chore_trouble.last_at", timedelta(days=28)),
    rule("mutes", "mute.until"),
    rule(
        "message_requests",
        "message_request.received_at",
        "models.posts.message_requests.values.KEPT_DAYS",
        kind="'note'",
    ),
    rule("failed_fetches", "failed_fetch.until"),
    rule("nonces", "used_nonce.forget_at"),
    rule("jobs", "pgqueuer_log.created", "models.store.background.jobs.KEPT_DAYS", status="'successful'"),
    rule("jobs", "pgqueuer_statistics.created", "models.store.background.jobs.KEPT_DAYS", status="'successful'"),
    rule("jobs", "pgqueuer.updated", "models.store.background.jobs.FAILED_KEPT_DAYS", status="'failed'"),
    rule("directory", "territory_credit.at", timedelta(days=60)),
    rule("directory", "territory_strike.at", timedelta(days=365)),
    rule("withdrawn_copies", "post.deleted_at", "models.posts.withdrawal.REMEMBERED_DAYS", local="false", **NOTE),
    rule("alert_finds", "alert_find.found_at", "models.searches.alerts.alert_finds.KEPT"),
    rule(
        "unavailabilities", "unavailability.ends_at", "models.listings.unavailabilities.KEPT", begins_at="'-infinity'"
    ),
    rule("frame_inquiries", "frame_inquiry.asked_at", "models.repairs.frame_numbers.inquiries.KEPT"),
    rule("frame_questions", "frame_question.asked_at", "models.repairs.frame_numbers.inquiries.KEPT"),
    rule("frame_sightings", "frame_sighting.asked_at", "models.repairs.frame_numbers.inquiries.KEPT"),
    rule("looks_asked", "asked_look.asked_at", "models.servers.looks.KEPT"),
    rule("looks_given", "given_look.asked_at", "models.servers.looks.KEPT"),
    rule("tour_orders", "tour_order.day", timedelta(days=1)),
    rule("bike_handovers", "bike_handover.expires_at"),
    rule("bike_offers", "bike_offer.expires_at", "models.repairs.bikes.offers.KEPT", accepted_at="now()"),
    rule("slow_statements", "slow_statement.day", "models.store.slow_statements.KEPT_DAYS"),
    rule("notifications", "notification.created_at", "models.news.old_notifications.KEPT", type="'follow'"),
    rule(
        "notifications",
        "notification.created_at",
        "models.news.old_notifications.READ_KEPT",
        type="'follow'",
        read_at="now()",
    ),
    rule("notifications", "filtered_notification.created_at", "models.news.old_notifications.FILTERED_KEPT"),
    rule("strangers", "actor.fetched_at", "models.people.actors.forgetting.KEPT", type="'Person'"),
    rule("strange_servers", "server.first_seen_at", "models.servers.forgotten_servers.KEPT"),
    rule("archives", "archive.expires_at", state="'ready'"),
    rule("charter_links", "community_link.expires_at"),
    rule("entry_links", "community_entry_link.expires_at", "models.communities.entry_links.KEPT", uses="1"),
    rule("report_readings", "report_reading.read_at", "models.moderation.searches.report_readings.KEPT"),
    rule("request_counts", "request_count.window_start", "models.store.limit_sums.KEPT"),
    rule("stream_events", "stream_event.created_at", f"{EVENTS}.KEPT_SECONDS", kind="'notification'"),
    rule("unused_uploads", "media.created_at", "models.posts.media.media_files.ORPHAN_AGE"),
)


async def insert(conn: Connection, one: Rule, ago: timedelta, number: int) -> None:
    """A row of that age, without what it would belong to."""
    await insert_row(conn, one.table, dict(one.values) | {one.age: "(now() - $1::interval)"}, ago, number=number)


async def count(conn: Connection, one: Rule, within: timedelta) -> int:
    """Such rows of this age or less."""
    wanted = "".join(f" AND {name} = {value}" for name, value in one.values.items() if value.startswith("'"))
    found: int = await fetch_value(
        conn,
        f"SELECT count(*) FROM {one.table} WHERE {one.age} > now() - $1::interval{wanted}",
        within,
    )
    return found


@pytest.mark.parametrize("one", RULES, ids=lambda one: f"{one.sweep}-{one.table}")
async def test_what_is_older_than_its_time_goes_and_nothing_younger(conn: Connection, one: Rule) -> None:
    before, after = one.length - timedelta(hours=25 if one.length else 1), one.length + timedelta(days=9)
    await conn.execute("SET LOCAL session_replication_role = replica")  # rows without those that they belong to
    for number, ago in enumerate((before, after, one.length + YEAR), start=71):
        await insert(conn, one, ago, number)
    await conn.execute("SET LOCAL session_replication_role = origin")

    await FORGETTERS[one.sweep](conn)

    assert await count(conn, one, YEAR * 9) == 1, "only what is young stays"
    assert await count(conn, one, one.length + timedelta(days=1)) == 1


def test_every_sweep_is_tried_here_or_says_where() -> None:
    assert set(FORGETTERS) == {one.sweep for one in RULES} | set(OTHERWISE)
    assert not {one.sweep for one in RULES} & set(OTHERWISE)


def test_whatever_forgets_is_tried_here_or_says_where() -> None:
    """Whatever in models is named so, whoever calls it."""
    found = {
        f"{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}.{name}"
        for path in (ROOT / "models").rglob("*.py")
        for name in re.findall(
            r"^async def (prune|delete_orphans|forget_\w+)\(conn: Connection[^,]*\)", path.read_text(), re.M
        )
    }

    tried = {f"{forget.__module__}.{forget.__name__}" for forget in FORGETTERS.values()}
    assert found - tried == set(NOT_BY_AGE)
    assert [place for place in NOT_BY_AGE.values() if not (ROOT / place).exists()] == []


@pytest.mark.parametrize("place", BY_SIZE.values(), ids=BY_SIZE)
def test_what_is_kept_by_its_size_is_tried_where_it_is_said(place: str) -> None:
    path, _, name = place.partition("::")

    assert re.search(rf"^(async )?def {name}\(", (ROOT / path).read_text(), re.M)


async def test_every_table_says_what_keeps_it_from_growing_for_ever(conn: Connection) -> None:
    """It goes with a row of another one, is forgotten after a time, or is named with the reason.

    That it goes with its account or actor is none: those stay for years.
    """
    tables = await fetch_column(
        conn, "SELECT relname::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    with_others = await fetch_column(
        conn,
        """
        SELECT conrelid::regclass::text FROM pg_constraint
        WHERE contype = 'f' AND confdeltype = 'c' AND confrelid <> ALL (ARRAY['actor', 'account']::regclass[])
        """,
    )

    bounded = {*with_others, *(one.table for one in RULES)}
    assert set(tables) - bounded == LASTING.keys() | WITH_PEOPLE.keys()
    assert not LASTING.keys() & WITH_PEOPLE.keys()


async def test_what_is_there_once_for_each_account_or_actor_has_no_place_for_a_second(conn: Connection) -> None:
    keyed_by_people = await fetch_column(
        conn,
        """
        SELECT k.conrelid::regclass::text FROM pg_constraint k JOIN pg_constraint f ON f.conrelid = k.conrelid
        WHERE k.contype = 'p' AND f.contype = 'f' AND f.conkey = k.conkey AND f.confdeltype = 'c'
            AND f.confrelid = ANY (ARRAY['actor', 'account']::regclass[])
        """,
    )

    assert {table for table, reason in WITH_PEOPLE.items() if reason == ONCE} <= set(keyed_by_people)
