"""Which function does which background work: jobs by name, and the chores with their times (UTC)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import structlog

from federation.directory import crawl, neighbour_figures
from federation.instance import Instance
from federation.media import media_cleanup
from inbox.exchanges import calendars, slots
from inbox.posts import poll_refresh, quote_checks, quotes, screened_posts
from inbox.relations import pinned_posts
from inbox.repairs.bikes import file_fetches
from inbox.repairs.bookings import calendars as shop_calendars
from inbox.repairs.shops import prices as shop_prices
from inbox.repairs.shops import shop_lists
from inbox.traffic import backfill, synchronization
from models.moderation import removed_pictures
from models.news import staff_notifications, staff_preferences
from models.news.told import PUSH
from models.people import sign_ups
from models.people.arrivals import answer_mails
from models.personal_data import deletion_requests
from models.repairs.bikes import awaited_files
from models.repairs.calls import told
from models.repairs.passers_by import RELEASED, UNANSWERED
from models.searches.alerts import alert_finds
from models.servers import waiting_posts
from models.store import limit_sums
from models.store.background import stream_events
from models.store.background.jobs import Handler, Periodic
from models.store.database import transaction
from models.traffic import backfills
from outbox.communities.expiry import expire_memberships
from outbox.exchanges.agreements import endings, turns
from outbox.exchanges.reminders import remind_due
from outbox.listings import alerts
from outbox.listings.listing_expiry import expire_due
from outbox.meetings import chores, organiser_news
from outbox.moderation import case_chores, held_posts, statements
from outbox.moderation.message_requests import JOB as WAITING
from outbox.moderation.message_requests import accept_known_senders, notify_waiting
from outbox.moderation.sanctions import erase_excluded, tell_hidden_posts
from outbox.people import dues, instance_restoration, instance_shutdown
from outbox.people.absences import end_due_absences
from outbox.people.account_deletion import delete_due_accounts
from outbox.people.joining import documents, member_lists
from outbox.people.passers_by import forget_over
from outbox.posts.poll_figures import REFRESH, end_polls, send_figures
from outbox.posts.polls import FIGURES
from outbox.repairs.bikes import reminding
from outbox.repairs.bookings import next_slots, own_calendar
from outbox.repairs.calls import waves as call_waves
from outbox.scheduled_posts import JOB as SCHEDULED
from outbox.servers import looks
from outbox.traffic.results import probe_hosts
from web.actions.scheduled_posts import publish_overdue, publish_scheduled
from web.mail import (
    decision_mails,
    guest_mails,
    invitation_mails,
    meeting_mails,
    passer_by_mails,
    repair_call_mails,
    shutdown_mails,
    sign_up_mails,
    staff_alerts,
    staff_mails,
)
from web.mail.account_mails import MAIL, queue_mail, send_mail
from web.mail.alert_mails import send_alert_mail
from web.mail.mail_fallback import send_fallback_mails
from web.mail.news_mail_schedule import NEWS_MAIL, schedule_news_mails, send_news_mail
from web.middlewares.shutdown import has_ended
from web.news.web_push import ONE, push_notification, push_one
from web.personal_export import job
from web.server.worker import figures, health, shutdown
from web.server.worker.disk_space import watch_disk
from web.server.worker.known_words import take_words
from web.server.worker.nightly_sweep import sweep
from web.server.worker.points import grant_points
from web.server.worker.troubles import forget_settled, tell_troubles

log = structlog.get_logger(__name__)

HANDLERS: dict[str, Callable[..., Awaitable[None]]] = {
    MAIL: send_mail,
    NEWS_MAIL: send_news_mail,
    crawl.JOB: crawl.crawl_now,
    backfills.JOB: backfill.fill_back,
    synchronization.JOB: synchronization.synchronize,
    SCHEDULED: publish_scheduled,
    PUSH: push_notification,
    ONE: push_one,
    REFRESH: poll_refresh.refresh_job,
    FIGURES: send_figures,
    pinned_posts.JOB: pinned_posts.read_featured,
    job.JOB: job.make_archive,
    calendars.JOB: calendars.refresh_job,
    slots.JOB: slots.refresh_job,
    shop_prices.JOB: shop_prices.refresh_job,
    own_calendar.JOB: shop_calendars.refresh_job,
    quotes.VERIFY: quote_checks.verify_quote,
    guest_mails.MAIL: guest_mails.send_guest_mail,
    meeting_mails.MAIL: meeting_mails.send_meeting_mail,
    passer_by_mails.MAIL: passer_by_mails.send_passer_by_mail,
    UNANSWERED: passer_by_mails.send_unanswered,
    RELEASED: passer_by_mails.send_released,
    staff_notifications.JOB: staff_alerts.tell_team_member,
    staff_alerts.ALERT: staff_alerts.send_alert_mail,
    staff_mails.LETTER: staff_mails.send_staff_mail,
    staff_mails.VISITOR: staff_mails.send_to_visitor,
    statements.LETTER: decision_mails.send_decision,
    told.JOB: repair_call_mails.send_repair_mail,
    **call_waves.JOBS,
    awaited_files.FETCH: file_fetches.fetch_job,
    alert_finds.JOB: send_alert_mail,
    answer_mails.MAIL: sign_up_mails.send_sign_up_mail,
    WAITING: notify_waiting,
    invitation_mails.MAIL: invitation_mails.send_invitation,
    invitation_mails.LETTER: invitation_mails.send_member_letter,
    member_lists.JOB: member_lists.make_members,
    documents.JOB: documents.tell_members,
    instance_shutdown.NEWS: instance_shutdown.tell_members,
    instance_shutdown.REMINDERS: instance_shutdown.remind_members,
    instance_shutdown.MAIL: shutdown_mails.send_shutdown_mail,
    removed_pictures.JOB: screened_posts.screen_picture,
    looks.JOB: looks.ask_job,
}
"""Job name → what does it; each takes the instance and the payload, and may run twice."""


def list_handlers(instance: Instance) -> dict[str, Handler]:
    """The handlers of all jobs, for this instance."""
    return {name: partial(handle, instance) for name, handle in HANDLERS.items()}


def list_periodic(instance: Instance) -> list[Periodic]:
    """All chores, for this instance; PGQueuer lets one of all workers run each."""
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
            await queue_mail(conn, "unattended", actor_id, "/coop/demandes")


async def watch_unknown_hosts(instance: Instance) -> None:
    """Tell administrators of hosts whose listings wait, each once, and let stand what a race left waiting."""
    async with transaction(instance.pool) as conn:
        await waiting_posts.release_known(conn)
        untold = await waiting_posts.claim_unmailed(conn)
        for actor_id in await staff_preferences.list_told(conn, "servers", "servers") if untold else []:
            await queue_mail(conn, "waiting_hosts", actor_id, "/coop/serveurs")
    if untold:
        log.info("unknown_hosts_wait", hosts=untold)


async def remind_of_deletion(instance: Instance) -> None:
    """Tell those whose account ends tomorrow, while they can still change their minds."""
    async with transaction(instance.pool) as conn:
        for actor_id in await deletion_requests.claim_reminders(conn, at=datetime.now(UTC), limit=200):
            await queue_mail(conn, "leaving_soon", actor_id, "/compte/supprimer")


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
    {"archives", "clean_media", "counts", "probe", "shutdown", "stream_events", "sweep", "sweep_media"}
)
"""Chores that go on once the instance ended: farewells arrive, and what is kept for a time goes."""

PERIODIC_TASKS: dict[str, tuple[str, Callable[[Instance], Awaitable[object]]]] = {
    "expire": ("*/5 * * * *", expire_due),
    "return": ("*/5 * * * *", end_due_absences),
    "leave": ("*/5 * * * *", delete_due_accounts),
    "remind_leaving": ("*/15 * * * *", remind_of_deletion),
    "requests": ("* * * * *", endings.expire_due),
    "reminders": ("*/5 * * * *", remind_due),
    "meetings": ("*/5 * * * *", chores.go_on),
    "meeting_reminders": ("1-59/10 8-20 * * *", chores.remind_due),
    "meeting_news": ("25 17 * * *", organiser_news.tell_organisers),
    "archives": ("23 * * * *", job.clear_archives),
    "polls": ("* * * * *", end_polls),
    "tell": ("* * * * *", schedule_news_mails),
    "reserves": ("* * * * *", turns.tell_due),
    "repair_calls": ("* * * * *", call_waves.go_on_due),
    "bike_reminders": ("21 7 * * *", reminding.remind_due),
    "dues": ("27 7 * * *", dues.remind_due),
    "bike_files": ("* * * * *", file_fetches.fetch_due),
    "alerts": ("* * * * *", alerts.watch),
    "guests": ("* * * * *", guest_mails.schedule_guest_mails),
    "message_requests": ("*/5 * * * *", accept_known_senders),
    "forget_guests": ("41 3 * * *", guest_mails.forget_guests),
    "passers_by": ("* * * * *", passer_by_mails.schedule_passer_by_mails),
    "forget_passers_by": ("43 3 * * *", forget_over),
    "detours": ("*/10 * * * *", send_fallback_mails),
    "overdue": ("*/2 * * * *", publish_overdue),
    "probe": ("*/10 * * * *", probe_hosts),
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
    "disk_space": ("*/5 * * * *", watch_disk),
    "health": ("* * * * *", health.watch_health),
    "health_outside": ("31 * * * *", health.watch_outside),
    "hidden_posts": ("* * * * *", tell_hidden_posts),
    "exclusions": ("29 * * * *", erase_excluded),
    "troubles": ("37 5 * * *", tell_troubles),  # before the first mails of the day, in summer and winter
    "settled_troubles": ("7-59/10 * * * *", forget_settled),
    "unknown_hosts": ("*/10 * * * *", watch_unknown_hosts),
    "points": ("3-59/10 * * * *", grant_points),
    "known_words": ("4-59/10 * * * *", take_words),
    "memberships": ("13 * * * *", expire_memberships),
    "figures": ("8-59/10 * * * *", figures.count_new),
    "neighbour_figures": ("16-59/10 * * * *", neighbour_figures.refresh_due),
    "figures_closed": ("27 2 * * *", figures.close_and_recount),
    "shutdown": ("* * * * *", shutdown.go_on),
    "restored": ("* * * * *", instance_restoration.tell),
    "sweep": ("17 2 * * *", sweep),
    "sweep_media": ("47 2 * * *", sweep_media),
}
"""Chore name → when, and what. The names stay: databases keep them, with when each was done and what it failed of."""
