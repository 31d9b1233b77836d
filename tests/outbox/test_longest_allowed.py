"""What is just long enough passes, and one more is refused: each limit of what somebody types, at its edge."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from models.errors import Invalid, NotFound
from models.exchanges.agreements import Terms
from models.listings.listings import ListingDetails, ListingDraft
from models.people.actors import Actor
from models.settings import Site
from models.store.database import Connection
from outbox.exchanges.agreements.terms import require_terms
from outbox.exchanges.plain_language.answers import Names, read_words
from outbox.listings.listing_limits import require_draft
from outbox.listings.listing_suggestions import read_words as read_listing
from outbox.moderation.reports import Complaint, report
from outbox.people.absences import begin_absence
from outbox.posts.notes import NoteDraft, publish
from outbox.posts.polls import PollDraft
from outbox.posts.polls import require_draft as require_poll
from outbox.threads.agreement_context import require_words
from tests.factories import HERE, make_local_actor, make_member

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)

MINUTE = timedelta(minutes=1)

OFFER = ListingDraft(kind="offer", mode="loan", title="Tente")
CALL = ListingDraft(kind="repair_call", mode="repair", title="Crevaison")
DETAILS = ListingDetails(kind="offer", mode="loan", title="Tente", description="")
DAYS = Terms(begins_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=2))
POLL = PollDraft(options=("Samedi", "Dimanche"), expires_in=3600)


def publish_offer(**changes: Any) -> None:
    require_draft(replace(OFFER, **changes), at=AT)


def call(**repair: Any) -> None:
    require_draft(replace(CALL, repair=repair), at=AT)


def propose(**changes: Any) -> None:
    require_terms(DETAILS, replace(DAYS, **changes), at=AT)


def ask(**changes: Any) -> None:
    require_poll(replace(POLL, **changes))


def days_from(begin: datetime, length: timedelta) -> dict[str, datetime]:
    return {"begins_at": begin, "ends_at": begin + length}


TYPED: dict[str, tuple[Callable[[Any], object], Any, Any]] = {
    "title": (lambda n: publish_offer(title="x" * n), 100, 101),
    "text": (lambda n: publish_offer(text="x" * n), 4000, 4001),
    "pictures": (lambda n: publish_offer(media_ids=tuple(range(n))), 6, 7),
    "wants": (lambda n: publish_offer(wants="x" * n), 120, 121),
    "place": (lambda n: publish_offer(place_name="x" * n), 100, 101),
    "quantity": (lambda n: publish_offer(quantity=Decimal(n)), 999, 1000),
    "price": (lambda n: publish_offer(price=Decimal(n)), 1_000_000, 1_000_001),
    "least price": (lambda n: publish_offer(price=Decimal(n)), "0.01", 0),
    "deposit": (lambda n: publish_offer(deposit=Decimal(n)), 1_000_000, 1_000_001),
    "points": (lambda n: publish_offer(points=n), 10_000, 10_001),
    "least points": (lambda n: publish_offer(points=n), 1, 0),
    "wheel": (lambda n: call(wheel_size="x" * n), 60, 61),
    "place of terms": (lambda n: propose(place="x" * n), 200, 201),
    "return of terms": (lambda n: propose(in_return="x" * n), 500, 501),
    "note of terms": (lambda n: propose(note="x" * n), 1000, 1001),
    "days of terms": (
        lambda n: propose(**days_from(AT + timedelta(days=1), n)),
        timedelta(days=366),
        timedelta(days=366) + MINUTE,
    ),
    "first day of terms": (
        lambda n: propose(**days_from(AT + n, timedelta(days=1))),
        timedelta(days=731),
        timedelta(days=731) + MINUTE,
    ),
    "end of terms": (lambda n: propose(**days_from(AT, n)), MINUTE, timedelta(0)),
    "words of an answer": (lambda n: require_words("x" * n), 2000, 2001),
    "options of a poll": (lambda n: ask(options=tuple(map(str, range(n)))), 4, 5),
    "fewest options": (lambda n: ask(options=tuple(map(str, range(n)))), 2, 1),
    "option of a poll": (lambda n: ask(options=("Samedi", "x" * n)), 50, 51),
    "seconds of a poll": (lambda n: ask(expires_in=n), 2_629_746, 2_629_747),
    "fewest seconds": (lambda n: ask(expires_in=n), 300, 299),
}
"""How it is typed, the last that passes, the first that does not."""


@pytest.mark.parametrize(("type_it", "last", "beyond"), TYPED.values(), ids=TYPED)
def test_the_last_passes_and_the_next_is_refused(type_it: Callable[[Any], object], last: Any, beyond: Any) -> None:
    type_it(last)
    with pytest.raises(Invalid):
        type_it(beyond)


async def complain(conn: Connection, site: Site, member: Actor, **changes: Any) -> None:
    try:
        await report(conn, site, member, Complaint(**({"target": member} | changes)))
    except NotFound:
        assert changes.get("post_ids")  # none of these is there


async def write(conn: Connection, site: Site, member: Actor, text: str, **changes: Any) -> None:
    await publish(conn, site, member, NoteDraft(text=text, audience="network", **changes))


SENT: dict[str, tuple[Callable[[Connection, Site, Actor, Any], Awaitable[None]], Any, Any]] = {
    "note": (lambda conn, site, me, n: write(conn, site, me, "x" * n), 5000, 5001),
    "warning": (lambda conn, site, me, n: write(conn, site, me, "Oh", warning="x" * n), 500, 501),
    "report": (lambda conn, site, me, n: complain(conn, site, me, content="x" * n), 5000, 5001),
    "posts of a report": (lambda conn, site, me, n: complain(conn, site, me, post_ids=tuple(range(n))), 100, 101),
    "absence": (
        lambda conn, site, me, n: begin_absence(conn, site, me, datetime.now(UTC) + n),
        timedelta(days=366) - MINUTE,
        timedelta(days=366) + MINUTE,
    ),
}


@pytest.mark.parametrize(("send", "last", "beyond"), SENT.values(), ids=SENT)
async def test_the_last_is_taken_and_the_next_is_not(
    conn: Connection,
    send: Callable[[Connection, Site, Actor, Any], Awaitable[None]],
    last: Any,
    beyond: Any,
) -> None:
    await make_local_actor(conn, "instance", type="Application")
    alice = await make_member(conn)

    await send(conn, HERE, alice, last)
    with pytest.raises(Invalid):
        await send(conn, HERE, alice, beyond)


def test_an_answer_in_words_is_read_as_far_as_its_last_word_and_its_last_letter() -> None:
    names = Names(handles=frozenset(), names=frozenset(), own=frozenset())

    assert read_words("oui " * 24, names) is not None
    assert read_words("oui " * 25, names) is None
    assert read_words("oui".ljust(4000), names) is not None
    assert read_words("oui".ljust(4001), names) is None


def test_a_first_line_is_the_title_as_far_as_it_fits() -> None:
    assert read_listing(f"#offre {'x' * 100}")[0] == "x" * 100
    assert read_listing(f"#offre {'x' * 99} Tente")[0] == "x" * 99
    assert read_listing(f"#offre {'x' * 101}")[0] == "x" * 100
