"""Which function does which job, by its name: read when the first one comes."""

from collections.abc import Awaitable, Callable

from federation.directory import crawl
from inbox.exchanges import calendars, slots
from inbox.posts import poll_refresh, quote_checks, quotes, screened_posts
from inbox.relations import pinned_posts
from inbox.repairs.bikes import file_fetches
from inbox.repairs.bookings import calendars as shop_calendars
from inbox.repairs.shops import prices as shop_prices
from inbox.traffic import backfill, own_posts, synchronization
from models.moderation import removed_pictures
from models.news import staff_notifications
from models.news.told import PUSH
from models.people.arrivals import answer_mails
from models.repairs.bikes import awaited_files
from models.repairs.calls import told
from models.repairs.passers_by import RELEASED, UNANSWERED
from models.searches.alerts import alert_finds
from models.traffic import backfills, peer_restorations, returned_posts
from outbox.moderation import statements
from outbox.moderation.message_requests import JOB as WAITING
from outbox.moderation.message_requests import notify_waiting
from outbox.people import instance_shutdown
from outbox.people.joining import documents, member_lists
from outbox.posts.poll_figures import REFRESH, send_figures
from outbox.posts.polls import FIGURES
from outbox.repairs.bookings import own_calendar
from outbox.repairs.calls import waves as call_waves
from outbox.scheduled_posts import JOB as SCHEDULED
from outbox.servers import looks, losses
from web.actions.scheduled_posts import publish_scheduled
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
from web.mail.account_mails import MAIL, send_mail
from web.mail.alert_mails import send_alert_mail
from web.mail.news_mail_schedule import NEWS_MAIL, send_news_mail
from web.news.web_push import ONE, push_notification, push_one
from web.personal_export import job

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
    peer_restorations.JOB: losses.send_again,
    returned_posts.JOB: own_posts.ask,
}
"""Job name → what does it; each takes the instance and the payload, and may run twice."""
