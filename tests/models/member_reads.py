"""What members and administrators open, and the most pages (8 kB, all in memory) that each may touch: about twice what
it does. `tests/models/timelines/test_timelines_plan.py` holds them to it, with what `tests/large_database_activity.py`
wrote in the database.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from models import timelines
from models.coop import pending_kinds, pending_operation, week_figures
from models.exchanges import agenda, own_exchanges, points
from models.listings import listings, own_listings
from models.moderation import reports
from models.moments import PARIS
from models.news import news, notifications, unsent_mails
from models.news.notifications import NotificationPage
from models.people import accounts, member_directory, sign_ups, usage_statistics
from models.people.accounts import Account
from models.posts import conversations, message_requests
from models.relations import follows, reactions
from models.relations.blocking import blocks, mutes
from models.servers import waiting_posts
from models.store.database import Connection
from models.timelines import Page
from models.traffic import dead_letters, peer_traffic
from models.traffic.inbound import inbox_overflows
from tests.large_database import FIRST_ID
from tests.large_database_activity import HER

Read = Callable[[Connection], Awaitable[Any]]

ADMIN = Account(
    actor_id=HER,
    username="p10",
    name="",
    email="p10@example.org",
    roles=["admin"],
    language="fr",
    confirmed_at=None,
    disabled_at=None,
    default_commune_code=None,
    last_seen_at=None,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    leaves_at=None,
)

MIDDLE = FIRST_ID + 70_000_018_000

NOW = datetime.now(UTC)
MENTIONS = NotificationPage(types=("mention",))
LIKED = FIRST_ID + 100_000
SPAN = (NOW, NOW + timedelta(days=31))

MEMBERS: dict[str, tuple[int, Read]] = {
    "news": (15800, lambda conn: news.list_news(conn, HER)),
    "news, further down": (7450, lambda conn: news.list_news(conn, HER, before=MIDDLE)),
    "threads with news": (2950, lambda conn: news.list_threads(conn, HER)),
    "how much is new": (2850, lambda conn: news.count_unread(conn, HER)),
    "notifications of apps": (550, lambda conn: notifications.list_notifications(conn, HER, NotificationPage())),
    "notifications, upward": (
        550,
        lambda conn: notifications.list_notifications(conn, HER, NotificationPage(after=MIDDLE)),
    ),
    "notifications, one type": (
        550,
        lambda conn: notifications.list_notifications(conn, HER, MENTIONS),
    ),
    "unread notifications": (30350, lambda conn: notifications.count_unread(conn, HER)),
    "her exchanges": (500, lambda conn: own_exchanges.list_mine(conn, HER)),
    "her exchanges, over": (2250, lambda conn: own_exchanges.list_mine(conn, HER, over=True)),
    "her exchanges, going on": (650, lambda conn: own_exchanges.list_mine(conn, HER, over=False)),
    "what waits for her answer": (18400, lambda conn: own_exchanges.list_waiting(conn, HER)),
    "her listings": (700, lambda conn: own_listings.list_mine(conn, FIRST_ID + 10, listings.STANDING, limit=20)),
    "her listings by state": (500, lambda conn: own_listings.count_by_state(conn, FIRST_ID + 10)),
    "her agenda": (1000, lambda conn: agenda.list_agreements(conn, HER, *SPAN)),
    "her agenda, late": (1850, lambda conn: agenda.list_agreements(conn, HER, *SPAN, late=True)),
    "bookmarks": (500, lambda conn: timelines.list_bookmarked(conn, HER, Page())),
    "favourites": (500, lambda conn: timelines.list_favourited(conn, HER, Page())),
    "conversations": (500, lambda conn: conversations.list_owned(conn, HER)),
    "conversations, upward": (500, lambda conn: conversations.list_owned(conn, HER, after=FIRST_ID + 1_101_000)),
    "followers": (500, lambda conn: follows.list_followers(conn, HER)),
    "followed": (500, lambda conn: follows.list_following(conn, HER)),
    "whom she asked": (500, lambda conn: follows.list_asked(conn, HER)),
    "follow requests": (500, lambda conn: follows.list_requests(conn, HER)),
    "blocked": (500, lambda conn: blocks.list_blocked(conn, HER)),
    "muted": (500, lambda conn: mutes.list_muted(conn, HER)),
    "favourites of a post": (
        500,
        lambda conn: reactions.list_favourites(conn, FIRST_ID + 100_000, before=None, limit=40),
    ),
    "directory": (3100, lambda conn: member_directory.list_directory(conn, HER, active=True, offset=0, limit=40)),
    "directory, the newest": (
        3100,
        lambda conn: member_directory.list_directory(conn, HER, active=False, offset=0, limit=40),
    ),
    "her points": (500, lambda conn: points.list_movements(conn, HER, limit=20)),
    "what strangers wrote": (500, lambda conn: message_requests.list_senders(conn, HER)),
    "server counts": (5900, lambda conn: usage_statistics.count_server(conn)),
    "server peers": (500, lambda conn: usage_statistics.list_peers(conn)),
}
"""What a member opens who is loud: 20,000 notifications, 3,000 threads, 5,000 bookmarks."""

ADMINISTRATORS: dict[str, tuple[int, Read]] = {
    "points of members": (10100, lambda conn: points.list_members(conn)),
    "ledger": (500, lambda conn: points.list_entries(conn, limit=50)),
    "totals": (500, lambda conn: points.find_totals(conn)),
    "members": (500, lambda conn: accounts.list_accounts(conn)),
    "members search": (500, lambda conn: accounts.list_accounts(conn, search="p10")),
    "sign-ups": (500, lambda conn: sign_ups.list_waiting(conn)),
    "mails": (500, lambda conn: unsent_mails.list_failed(conn)),
    "mails count": (500, lambda conn: pending_operation.find_mails(conn)),
    "what waits for the team": (500, lambda conn: pending_kinds.list_waiting(conn, ADMIN)),
    "the week in figures": (500, lambda conn: week_figures.list_weeks(conn, NOW.astimezone(PARIS).date())),
    "reports": (500, lambda conn: reports.list_open(conn)),
    "servers": (1350, lambda conn: peer_traffic.list_peers(conn)),
    "servers search": (1450, lambda conn: peer_traffic.list_peers(conn, search="h1")),
    "servers troubled": (1800, lambda conn: peer_traffic.list_peers(conn, selection="trouble")),
    "server": (500, lambda conn: peer_traffic.find_peer(conn, "h3.test")),
    "set aside": (1300, lambda conn: dead_letters.list_set_aside(conn)),
    "overflows": (500, lambda conn: inbox_overflows.list_overflows(conn)),
    "waiting hosts": (44200, lambda conn: waiting_posts.list_hosts(conn)),
    "weeks": (500, lambda conn: usage_statistics.list_weeks(conn)),
}
"""What administrators open after years: 2,000 servers, 30,000 activities, 5,000 mails that did not arrive."""
