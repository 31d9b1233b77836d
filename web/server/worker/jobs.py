"""The chores, with their times (UTC)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import structlog

from federation.instance import Instance
from models.lazy import lazily, when_called
from models.store.background.chores import Periodic
from models.store.background.job_basics import Handler
from models.store.database import transaction
from web.middlewares.shutdown import has_ended

with lazily():
    from web.server.worker import handlers

with when_called(globals()):
    from federation.directory import crawl, neighbour_figures
    from federation.media import media_cleanup
    from inbox.repairs.bikes import file_fetches
    from inbox.repairs.bookings import calendars as shop_calendars
    from inbox.repairs.shops import shop_lists
    from models.news import staff_preferences
    from models.people import sign_ups
    from models.personal_data import deletion_requests
    from models.servers import waiting_posts
    from models.store import limit_sums
    from models.store.background import stream_events
    from outbox.communities import expiry
    from outbox.exchanges import reminders
    from outbox.exchanges.agreements import endings, turns
    from outbox.listings import alerts, listing_expiry
    from outbox.meetings import chores, organiser_news
    from outbox.moderation import case_chores, held_posts, message_requests, sanctions
    from outbox.people import absences, account_deletion, dues, instance_restoration, passers_by
    from outbox.posts import poll_figures
    from outbox.repairs.bikes import reminding
    from outbox.repairs.bookings import next_slots
    from outbox.repairs.calls import waves as call_waves
    from outbox.traffic import results
    from web.actions import scheduled_posts
    from web.mail import (
        account_mails,
        guest_mails,
        mail_fallback,
        news_mail_schedule,
        passer_by_mails,
        staff_alerts,
        staff_mails,
    )
    from web.personal_export import job
    from web.server.worker import (
        disk_space,
        figures,
        health,
        known_words,
        nightly_sweep,
        points,
        release_notices,
        shutdown,
        troubles,
    )

log = structlog.get_logger(__name__)


def list_handlers(instance: Instance) -> dict[str, Handler]:
    """The handlers of all jobs, for this instance."""
    return {name: partial(handle, instance) for name, handle in handlers.HANDLERS.items()}


def list_periodic(instance: Instance) -> list[Periodic]:
    """All chores, for this instance; one of all workers runs each."""
    return [
        Periodic(name=name, cron=cron, chore=partial(do, instance) if name in AFTER_END else partial(_do, instance, do))
        for name, (cron, do) in PERIODIC_TASKS.items()
    ]


async def _do(instance: Instance, do: Callable[[Instance], Awaitable[object]]) -> None:
    """A chore that is for people or for other servers: once the instance ended there is nothing of it to do."""
    if not await has_ended(instance):
        await do(instance)


async def watch_sign_ups(instance: Instance) -> None:
    """When nobody who moderates came by for a week, sign-ups wait for a yes: tell those who could give it."""
    async with transaction(instance.pool) as conn:
        if not await sign_ups.watch(conn):
            return
        log.warning("sign_ups_wait", cause="No moderator was seen for 7 days.")
        for actor_id in await staff_preferences.list_told(conn, "sign_ups", "sign_ups"):
            await account_mails.queue_mail(conn, "unattended", actor_id, "/coop/demandes")


async def watch_unknown_hosts(instance: Instance) -> None:
    """Tell administrators of hosts whose listings wait, each once, and let stand what a race left waiting."""
    async with transaction(instance.pool) as conn:
        await waiting_posts.release_known(conn)
        untold = await waiting_posts.claim_unmailed(conn)
        for actor_id in await staff_preferences.list_told(conn, "servers", "servers") if untold else []:
            await account_mails.queue_mail(conn, "waiting_hosts", actor_id, "/coop/serveurs")
    if untold:
        log.info("unknown_hosts_wait", hosts=untold)


async def remind_of_deletion(instance: Instance) -> None:
    """Tell those whose account ends tomorrow, while they can still change their minds."""
    async with transaction(instance.pool) as conn:
        for actor_id in await deletion_requests.claim_reminders(conn, at=datetime.now(UTC), limit=200):
            await account_mails.queue_mail(conn, "leaving_soon", actor_id, "/compte/supprimer")


async def clean_media(instance: Instance) -> None:
    """Remove pictures that nobody uses any more, and of the cached ones those beyond the limit."""
    if removed := await media_cleanup.clean_up(instance):
        log.info("pictures_removed", files=removed)


async def sweep_media(instance: Instance) -> None:
    """Remove files that a process left behind when it died."""
    await media_cleanup.sweep(instance)


async def forget_counts(instance: Instance) -> None:
    """Remove what clients and servers asked in the last hours: a flood leaves many rows in a day."""
    async with transaction(instance.pool) as conn:
        await limit_sums.forget_old(conn)


async def forget_stream_events(instance: Instance) -> None:
    """Remove what every stream has told of long since."""
    async with transaction(instance.pool) as conn:
        await stream_events.prune(conn)


AFTER_END = frozenset(
    {"archives", "case_notes", "clean_media", "counts", "forget_guests", "forget_passers_by", "probe", "shutdown"}
    | {"stream_events", "sweep", "sweep_media"}
)
"""Chores that go on once the instance ended: farewells arrive, and what is kept for a time goes."""

PERIODIC_TASKS: dict[str, tuple[str, Callable[[Instance], Awaitable[object]]]] = {
    "expire": ("*/5 * * * *", listing_expiry.expire_due),
    "return": ("*/5 * * * *", absences.end_due_absences),
    "leave": ("*/5 * * * *", account_deletion.delete_due_accounts),
    "remind_leaving": ("*/15 * * * *", remind_of_deletion),
    "requests": ("* * * * *", endings.expire_due),
    "reminders": ("*/5 * * * *", reminders.remind_due),
    "meetings": ("*/5 * * * *", chores.go_on),
    "meeting_reminders": ("1-59/10 8-20 * * *", chores.remind_due),
    "meeting_news": ("25 17 * * *", organiser_news.tell_organisers),
    "archives": ("23 * * * *", job.clear_archives),
    "polls": ("* * * * *", poll_figures.end_polls),
    "tell": ("* * * * *", news_mail_schedule.schedule_news_mails),
    "reserves": ("* * * * *", turns.tell_due),
    "repair_calls": ("* * * * *", call_waves.go_on_due),
    "bike_reminders": ("21 7 * * *", reminding.remind_due),
    "dues": ("27 7 * * *", dues.remind_due),
    "bike_files": ("* * * * *", file_fetches.fetch_due),
    "alerts": ("* * * * *", alerts.watch),
    "guests": ("* * * * *", guest_mails.schedule_guest_mails),
    "message_requests": ("*/5 * * * *", message_requests.accept_known_senders),
    "forget_guests": ("41 3 * * *", guest_mails.forget_guests),
    "passers_by": ("* * * * *", passer_by_mails.schedule_passer_by_mails),
    "forget_passers_by": ("43 3 * * *", passers_by.forget_over),
    "detours": ("*/10 * * * *", mail_fallback.send_fallback_mails),
    "overdue": ("*/2 * * * *", scheduled_posts.publish_overdue),
    "probe": ("*/10 * * * *", results.probe_hosts),
    "clean_media": ("*/5 * * * *", clean_media),
    "counts": ("*/10 * * * *", forget_counts),
    "stream_events": ("* * * * *", forget_stream_events),
    "directory": ("*/10 * * * *", crawl.crawl_due),
    "repair_shops": ("6-59/10 * * * *", shop_lists.read_due),
    "shop_calendars": ("* * * * *", shop_calendars.read_due),
    "next_slots": ("* * * * *", next_slots.renew_due),
    "sign_ups": ("*/10 * * * *", watch_sign_ups),
    "held_posts": ("29 * * * *", held_posts.tell_overdue),
    "team": ("* * * * *", staff_alerts.tell_team),
    "staff": ("11 * * * *", staff_mails.remind_staff),
    "decisions": ("*/5 * * * *", case_chores.end_decisions),
    "proposals": ("*/15 * * * *", case_chores.return_unanswered),
    "appeals": ("29 * * * *", case_chores.remind_of_appeals),
    "case_notes": ("37 3 * * *", case_chores.forget_notes),
    "disk_space": ("* * * * * */30", disk_space.watch_disk),
    "health": ("* * * * * */30", health.watch_health),
    "health_doors": ("* * * * * */30", health.watch_doors),
    "health_outside": ("31 * * * *", health.watch_outside),
    "health_dear": ("33 * * * *", health.watch_dear),
    "releases": ("47 * * * *", release_notices.ask_releases),
    "hidden_posts": ("* * * * *", sanctions.tell_hidden_posts),
    "exclusions": ("29 * * * *", sanctions.erase_excluded),
    "troubles": ("37 5 * * *", troubles.tell_troubles),  # before the first mails of the day, in summer and winter
    "settled_troubles": ("7-59/10 * * * *", troubles.forget_settled),
    "unknown_hosts": ("*/10 * * * *", watch_unknown_hosts),
    "points": ("3-59/10 * * * *", points.grant_points),
    "known_words": ("4-59/10 * * * *", known_words.take_words),
    "memberships": ("13 * * * *", expiry.expire_memberships),
    "figures": ("8-59/10 * * * *", figures.count_new),
    "neighbour_figures": ("16-59/10 * * * *", neighbour_figures.refresh_due),
    "figures_closed": ("27 2 * * *", figures.close_and_recount),
    "shutdown": ("* * * * *", shutdown.go_on),
    "restored": ("* * * * *", instance_restoration.tell),
    "sweep": ("17 2 * * *", nightly_sweep.sweep),
    "sweep_media": ("47 2 * * *", sweep_media),
}
"""Chore name → when, and what. The names stay: databases keep them, with when each was done and what it failed of."""
