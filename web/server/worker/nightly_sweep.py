"""What is forgotten every night once it is too old to be of use, table by table."""

import time
from collections.abc import Awaitable, Callable, Sequence

import structlog

from federation.instance import Instance
from models import posts
from models.access import applications, authorization_grants, login_steps, one_time_links, sessions, tokens
from models.coop import policy_reports
from models.exchanges import guests
from models.exchanges.agreements import links as agreement_links
from models.listings import unavailabilities
from models.meetings import due
from models.moderation import reports
from models.news import news_mails, old_notifications
from models.people import keys
from models.people.actors import forgetting
from models.people.arrivals import answered_requests, unconfirmed_accounts, waiting_accounts
from models.people.dues import dues
from models.people.invitations import mailings, member_imports
from models.people.team import duty
from models.posts import message_requests
from models.relations.blocking import mutes
from models.repairs import passers_by
from models.repairs.bikes import handovers, offers
from models.repairs.bookings import visit_places
from models.repairs.figures import gone_names, kept_files
from models.repairs.frame_numbers import inquiries, questions, sightings
from models.repairs.tours import orders as tour_orders
from models.searches.alerts import alert_finds
from models.searches.alerts.alerts import refresh_territories
from models.searches.language.everyday_words import mark_found
from models.searches.language.known_words import count_words
from models.servers import access_requests, forgotten_servers, looks, servers, waiting_posts
from models.servers.directory.saving import forget_old
from models.store import limit_rows, slow_statements, sweep_positions, sweep_rounds
from models.store.background import jobs, periodic_tasks
from models.store.database import Connection, transaction
from models.traffic import returned_posts, tombstones
from models.traffic.inbound import forgotten_received, inbox_overflows
from models.traffic.outbound.forgotten_traffic import forget_activities, forget_deliveries, forget_passed_on

log = structlog.get_logger(__name__)


SWEEPS: dict[str, Callable[[Connection], Awaitable[int]]] = {
    "received": forgotten_received.prune,
    "deliveries": forget_deliveries,
    "activities": forget_activities,
    "passed_on": forget_passed_on,
    "returned_posts": returned_posts.prune,
    "tombstones": tombstones.prune,
    "sessions": sessions.forget_expired,
    "tokens": tokens.forget_old,
    "grants": authorization_grants.forget_old,
    "applications": applications.forget_unused,
    "unconfirmed": unconfirmed_accounts.forget_unconfirmed,
    "dues": dues.forget_unasked,
    "guests": guests.forget_unconfirmed,
    "passers_by": passers_by.forget_unconfirmed,
    "meeting_registrations": due.forget_old,
    "login_steps": login_steps.forget_old,
    "links": one_time_links.forget_expired,
    "agreement_links": agreement_links.forget_old,
    "sign_ups": waiting_accounts.forget_old,
    "answered_sign_ups": answered_requests.forget_answered,
    "invitation_mails": mailings.forget_old,
    "member_imports": member_imports.forget_old,
    "attempts": limit_rows.forget_old,
    "access_requests": access_requests.forget_old,
    "overflows": inbox_overflows.forget_old,
    "mails": news_mails.forget_old,
    "chores": periodic_tasks.forget_old,
    "mutes": mutes.forget_over,
    "waiting_posts": waiting_posts.forget_over,
    "message_requests": message_requests.forget_old,
    "failed_fetches": servers.forget_old_failures,
    "policy_reports": policy_reports.forget_old,
    "nonces": keys.forget_old_nonces,
    "jobs": jobs.prune,
    "directory": forget_old,
    "withdrawn_words": posts.empty_all_activities,
    "withdrawn_copies": posts.forget_copies,
    "alert_finds": alert_finds.forget_old,
    "alert_territories": refresh_territories,
    "unavailabilities": unavailabilities.forget_over,
    "walk_ins": gone_names.forget_walk_ins,
    "kept_repair_files": kept_files.forget_old,
    "frame_inquiries": inquiries.forget_old,
    "frame_questions": questions.forget_old,
    "frame_sightings": sightings.forget_old,
    "looks_asked": looks.forget_asked,
    "looks_given": looks.forget_given,
    "visit_addresses": visit_places.forget_over,
    "tour_orders": tour_orders.forget_over,
    "bike_handovers": handovers.forget_over,
    "bike_offers": offers.forget_over,
    "duties": duty.forget_old,
    "reporting_visitors": reports.forget_visitors,
    "known_words": count_words,
    "everyday_words": mark_found,
    "slow_statements": slow_statements.forget_old,
    "notifications": old_notifications.forget_old,
    "strangers": forgetting.forget_strangers,
    "strange_servers": forgotten_servers.forget_strangers,
}
"""What is forgotten every night once it is too old to be of use; the number of rows is logged."""


IN_STEPS = {
    "deliveries": "delivery",
    "activities": "activity",
    "passed_on": "passed_on",
    "known_words": "known_word",
    "everyday_words": "everyday_word",
    "strangers": "actor",
    "strange_servers": "server",
}
"""Those that take a part of a large table at a time, each with the name by which it remembers how far it came."""

AT_MOST = {"notifications": old_notifications.MOST, "received": forgotten_received.MOST}
"""Those of which so many rows go in a step, the oldest first: there may be more."""

STEPS_SECONDS = 60.0
"""Another step of one of them begins no later in a night: what is left goes in the next."""


async def forget(instance: Instance, name: str) -> int:
    """How many rows went; each step in a transaction of its own, so that nobody waits for the whole."""
    gone, more, end = 0, True, time.monotonic() + STEPS_SECONDS
    while more:
        step, more = await take_step(instance, name)
        gone += step
        if time.monotonic() >= end:
            break
    return gone


async def sweep(
    instance: Instance, names: Sequence[str] = (), forget_table: Callable[[Instance, str], Awaitable[int]] = forget
) -> None:
    """Forget what is too old, one table after the other: those of these `names`, or all.

    Raises Unfinished for those that failed, at the end.
    """
    failed: dict[str, Exception] = {}
    async with transaction(instance.pool) as conn:
        await sweep_rounds.begin(conn, SWEEPS)
    for name in names or SWEEPS:
        try:
            gone = await forget_table(instance, name)
        except Exception as error:
            cause, place = periodic_tasks.describe_cause(error), periodic_tasks.describe_place(error)
            log.error("sweep_failed", table=name, cause=cause, exc_info=place)
            failed[name] = error
            continue
        if gone:
            log.info("swept", table=name, rows=gone)
    if not names:
        async with transaction(instance.pool) as conn:
            await sweep_rounds.end(conn, sweep_rounds.NIGHT)
    periodic_tasks.require_whole(failed)


async def take_step(instance: Instance, name: str) -> tuple[int, bool]:
    """How many rows went in one step of this table, and whether it is not through with it yet."""
    async with transaction(instance.pool) as conn:
        gone = await SWEEPS[name](conn)
        more = await _is_more(conn, name, gone)
        if not more:
            await sweep_rounds.end(conn, name)
    return gone, more


async def _is_more(conn: Connection, name: str, gone: int) -> bool:
    """Whether the table was not gone through to its end, after a step in which so many rows went."""
    if name in AT_MOST:
        return gone >= AT_MOST[name]
    return name in IN_STEPS and await sweep_positions.find(conn, IN_STEPS[name]) is not None
