"""What may be published and agreed at most, and how long others are waited for.

Each limit of this layer stands here a second time: whoever changes one decides it, and says so in two places.
"""

from datetime import timedelta
from decimal import Decimal

from tests.limit_constants import read_limits

LIMITS: dict[str, object] = {
    "outbox.builders.objects.content.MAX_TYPED": 10,
    "outbox.builders.objects.summaries.MAX_TAGS": 50,
    "outbox.exchanges.agreements.departed_partners.AT_ONCE": 50,
    "outbox.exchanges.agreements.endings.PATIENCE": timedelta(days=1),
    "outbox.exchanges.agreements.endings.ENDED_AT_ONCE": 50,
    "outbox.exchanges.agreements.hold_limits.HELD_EACH": timedelta(days=62),
    "outbox.exchanges.agreements.hold_limits.HELD_BY_DOMAIN": timedelta(days=124),
    "outbox.exchanges.agreements.hold_limits.HELD_BY_STRANGERS": timedelta(days=21),
    "outbox.exchanges.agreements.request_preconditions.WAITING_EACH": 3,
    "outbox.exchanges.agreements.request_preconditions.WAITING_ALL": 30,
    "outbox.exchanges.agreements.request_preconditions.WAITING_HOST_EACH": 30,
    "outbox.exchanges.agreements.request_preconditions.WAITING_HOST_ALL": 300,
    "outbox.exchanges.agreements.reserve.LONGEST_LIST": 50,
    "outbox.exchanges.agreements.reserve.MOST_LISTS": 30,
    "outbox.exchanges.agreements.turns.AT_ONCE": 50,
    "outbox.exchanges.agreements.terms.PLACE_LIMIT": 200,
    "outbox.exchanges.agreements.terms.RETURN_LIMIT": 500,
    "outbox.exchanges.agreements.terms.NOTE_LIMIT": 1000,
    "outbox.exchanges.agreements.terms.LONGEST": timedelta(days=366),
    "outbox.exchanges.agreements.terms.FARTHEST": timedelta(days=731),
    "outbox.exchanges.guests.TEXT_LIMIT": 1000,
    "outbox.exchanges.guests.NAME_LIMIT": 60,
    "outbox.exchanges.plain_language.answers.LONGEST": 4000,
    "outbox.exchanges.plain_language.answers.MOST_WORDS": 24,
    "outbox.exchanges.plain_language.answers._LONGEST_PHRASE": 7,
    "outbox.exchanges.reminders.AT_ONCE": 100,
    "outbox.listings.listing_defaults.FARTHEST_HOME": 15_000,
    "outbox.listings.listing_expiry.AT_ONCE": 50,
    "outbox.listings.listing_limits.TITLE_LIMIT": 100,
    "outbox.listings.listing_limits.TEXT_LIMIT": 4000,
    "outbox.listings.listing_limits.WANTS_LIMIT": 120,
    "outbox.listings.listing_limits.PLACE_LIMIT": 100,
    "outbox.listings.listing_limits.WHEEL_LIMIT": 60,
    "outbox.listings.listing_limits.MOST_MONEY": Decimal("1000000"),
    "outbox.listings.listing_limits.MOST_THINGS": Decimal("999"),
    "outbox.moderation.partners.MOST": 500,
    "outbox.moderation.sanctions.AT_ONCE": 50,
    "outbox.people.absences.LONGEST": timedelta(days=366),
    "outbox.people.absences.RETURNED_AT_ONCE": 50,
    "outbox.people.account_deletion.GRACE": timedelta(days=14),
    "outbox.people.account_deletion.AT_ONCE": 50,
    "outbox.people.account_moves.MOST_ALIASES": 10,
    "outbox.moderation.filter_trial.MOST_TRIED": 2000,
    "outbox.moderation.filter_trial.SHOWN": 5,
    "outbox.moderation.held_posts.WORDS_LIMIT": 1000,
    "outbox.moderation.statements.WORDS_SHOWN": 4000,
    "outbox.people.joining.documents.AT_ONCE": 500,
    "outbox.people.joining.invitations.MAILED_DAYS": timedelta(days=30),
    "outbox.people.joining.member_lists.AT_ONCE": 50,
    "outbox.posts.mentions.MOST": 20,
    "outbox.posts.notes.TEXT_LIMIT": 5000,
    "outbox.posts.notes.WARNING_LIMIT": 500,
    "outbox.posts.notes.MEDIA_LIMIT": 6,
    "outbox.relations.follows.PATIENCE": timedelta(minutes=1),
    "outbox.scheduled_posts.SOONEST": timedelta(minutes=5),
    "outbox.scheduled_posts.LATEST": timedelta(days=366),
    "outbox.threads.agreement_context.TEXT_LIMIT": 2000,
    "outbox.threads.messages.SAID_LIMIT": 2000,
    "outbox.threads.messages.LOOKED_BACK": 50,
    "outbox.traffic.backoff.LONGEST": timedelta(days=10),
    "outbox.traffic.backoff.MOST_OBEYED": timedelta(days=1),
    "outbox.moderation.reports.SETTLED_AT_ONCE": 200,
}


def test_the_limits_of_this_layer_are_these() -> None:
    assert read_limits("outbox") == LIMITS
