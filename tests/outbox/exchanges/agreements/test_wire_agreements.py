"""Every activity in the life of an agreement, as our two servers really send it, against one file each."""

import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from federation.documents.serialize import to_json
from federation.json.jsonld_terms import TERMS, collect_names
from models.exchanges.agreements import Terms
from models.listings.unavailabilities import load_calendar
from models.people import actors
from models.people.opening_hours import Closure, OpeningInterval, make_hours, write_hours
from models.store.database import Connection
from outbox.exchanges.agreements.agreements import accept, counter, request
from outbox.exchanges.agreements.endings import cancel, end_by_clock, refuse, withdraw
from outbox.exchanges.agreements.fulfilment import report
from outbox.listings.listings import pause
from outbox.listings.unavailabilities import keep_days
from outbox.people.absences import begin_absence
from outbox.people.profiles import describe_actor
from outbox.threads.agreement_context import Said, lock_context
from tests.factories import HERE, make_follow, make_member
from tests.golden import START, normalize, require_golden
from tests.outbox.sent_activities import make_organization
from tests.payloads import FOLDER, load_json
from tests.server_pair import Pair, Side, make_pair
from web.activitypub.objects.unavailability import build_calendar


def days(first: int, last: int, **changes: Any) -> Terms:
    """From one day until before another."""
    return Terms(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last), **changes)


async def carry(pair: Pair) -> list[dict[str, Any]]:
    """Everything that waits, back and forth; what was carried."""
    carried: list[dict[str, Any]] = []
    while batch := [(pair.there, body) for body in await pair.here.list_new()] + [
        (pair.here, body) for body in await pair.there.list_new()
    ]:
        for side, body in batch:
            carried.append(body)
            await side.receive(body)
    return carried


Verb = Callable[..., Awaitable[object]]


async def do(side: Side, verb: Verb, *more: Any) -> None:
    """Whoever is of this server acts."""
    await verb(side.conn, side.site, side.own, await side.get(), *more)


async def ask(pair: Pair, terms: Terms | None = None, text: str = "") -> None:
    """Bob asks in Hénin-Carvin."""
    there = pair.there
    await request(there.conn, there.site, there.partner, there.listing, terms or days(0, 3), Said(text=text))


Life = Callable[[Pair], Awaitable[list[dict[str, Any]]]]


async def borrow(pair: Pair) -> list[dict[str, Any]]:
    """Asked, countered by both, agreed, gone out, brought back."""
    await ask(pair, days(0, 5, place="La Remise", note="Rendue sèche."), "Bonjour Alice,\nnous sommes < 5 <b>.")
    said = await carry(pair)
    await do(pair.here, counter, days(0, 4, place="La Remise"), Said(text="Il me la faut le dimanche."))
    said += await carry(pair)
    await do(pair.there, counter, days(0, 4, place="La Remise", note="Retour vers 18 h."))
    said += await carry(pair)
    await do(pair.here, accept)
    said += await carry(pair)
    await do(pair.there, report, "out")
    await do(pair.here, report, "back")
    said += await carry(pair)
    await do(pair.there, report, "back")
    return said + await carry(pair)


async def say_yes_to_a_counter(pair: Pair) -> list[dict[str, Any]]:
    """The partner's yes, and the word of the authority that makes it binding; then the owner cannot after all."""
    await ask(pair)
    await carry(pair)
    await do(pair.here, counter, days(1, 2))
    await carry(pair)
    await do(pair.there, accept)
    said = await carry(pair)
    await do(pair.here, cancel, Said(text="Elle est cassée."))
    return said + await carry(pair)


async def refuse_each_other(pair: Pair) -> list[dict[str, Any]]:
    """The owner says no to a request; the partner to other terms."""
    await ask(pair)
    await carry(pair)
    await do(pair.here, refuse, Said(text="Elle est promise, désolée."))
    said = await carry(pair)
    await ask(pair)
    await carry(pair)
    await do(pair.here, counter, days(1, 2))
    await carry(pair)
    await do(pair.there, refuse)
    return said + await carry(pair)


async def ask_for_taken_days(pair: Pair) -> list[dict[str, Any]]:
    """A request that cannot be is answered at once."""
    carol = await make_member(pair.here.conn, "carol")
    await request(pair.here.conn, pair.here.site, carol, pair.here.listing, days(2, 3))
    await ask(pair)
    return (await carry(pair))[1:]


async def take_back(pair: Pair) -> list[dict[str, Any]]:
    """Before it was agreed, and after."""
    await ask(pair, text="Bonjour !")
    await carry(pair)
    await do(pair.there, withdraw, Said(text="Je pars plus tard."))
    said = await carry(pair)
    await ask(pair)
    await carry(pair)
    await do(pair.here, accept)
    await carry(pair)
    await do(pair.there, cancel, Said(text="Il pleut."))
    return said + await carry(pair)


async def wait_for_nothing(pair: Pair) -> list[dict[str, Any]]:
    """Nobody answers."""
    await ask(pair)
    await carry(pair)
    case = await lock_context(pair.here.conn, (await pair.here.get()).id)
    await end_by_clock(pair.here.conn, pair.here.site, case)
    return await carry(pair)


async def book_hours(pair: Pair) -> list[dict[str, Any]]:
    """Three hours of a service, for an hour of something else."""
    terms = Terms(quantity=Decimal(3), unit="hour", begins_at=START + timedelta(hours=14), in_return="Un panier.")
    await ask(pair, terms)
    said = await carry(pair)
    await do(pair.here, accept)
    await carry(pair)
    await do(pair.here, report, "done")
    return said[:1] + await carry(pair)


async def buy(pair: Pair) -> list[dict[str, Any]]:
    """Something for its price."""
    await ask(pair, Terms(amount=Decimal("12.5"), currency="EUR"))
    return (await carry(pair))[:1]


async def help_out(pair: Pair) -> list[dict[str, Any]]:
    """Somebody answers a need: whoever answers gives."""
    await ask(pair, text="J’en ai une.")
    return (await carry(pair))[:1]


LIVES: list[tuple[Life, dict[str, Any], tuple[str, ...]]] = [
    (
        borrow,
        {},
        (
            "offer", "update_requested", "offer_counter_by_owner", "offer_counter_by_partner", "update_countered",
            "accept_by_owner", "create_event_back_by_owner", "update_completed", "create_event_out_by_partner",
            "create_event_back_by_partner", "update_completed_and_verified",
        ),
    ),
    (say_yes_to_a_counter, {}, ("accept_by_partner", "update_accepted", "update_cancelled_by_owner")),
    (refuse_each_other, {}, ("reject_by_owner", "reject_by_partner", "update_rejected")),
    (ask_for_taken_days, {}, ("reject_at_once",)),
    (take_back, {}, ("undo_before", "update_withdrawn", "undo_after", "update_cancelled_by_partner")),
    (wait_for_nothing, {}, ("update_expired",)),
    (
        book_hours,
        {"mode": "service", "unit": "hour", "unit_based": True, "wants": "un panier de légumes"},
        ("offer_hours", "create_event_done_by_owner", "update_completed_hours"),
    ),
    (buy, {"mode": "sale", "price": Decimal("12.5"), "currency": "EUR"}, ("offer_money",)),
    (help_out, {"kind": "request", "mode": "loan"}, ("offer_to_a_request",)),
]  # fmt: skip
"""What happens, about what listing, and the files of what is said then, in its order."""


@pytest.mark.parametrize(("life", "details", "names"), LIVES, ids=[life.__name__ for life, _, _ in LIVES])
async def test_what_two_servers_say_is_what_the_files_say(
    life: Life, details: dict[str, Any], names: tuple[str, ...], conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, **details)

    said = normalize(await life(pair))

    assert pair.here.ignored == pair.there.ignored == []
    for name, document in zip(names, said, strict=True):
        require_golden(f"declic/agreements/{name}", document)


async def test_a_listing_that_rests_and_an_owner_who_is_away_are_told_to_whoever_knows(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn)
    here = pair.here
    await make_follow(conn, here.partner, here.owner)

    await pause(conn, here.site, here.owner, here.listing.uri)
    await begin_absence(conn, here.site, await actors.get(conn, here.owner.id), START)

    for name, document in zip(OTHERS[:2], normalize(await here.list_new()), strict=True):
        require_golden(f"declic/agreements/{name}", document)


async def test_the_days_on_which_it_is_not_to_be_had_are_ranges_and_nothing_else(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn)
    here, first = pair.here, START.date()
    await ask(pair, days(4, 6))
    await pair.carry()
    await keep_days(conn, here.owner, here.listing.uri, first, first + timedelta(days=1))
    await keep_days(conn, here.owner, here.listing.uri, first + timedelta(days=6), first + timedelta(days=7))

    calendar = await load_calendar(conn, here.listing, at=datetime.now(UTC))

    [document] = normalize([to_json(build_calendar(here.owner, here.listing.uri, calendar))])
    require_golden(f"declic/agreements/{OTHERS[2]}", document)


async def test_a_place_says_when_it_is_open(conn: Connection) -> None:
    place = await make_organization(conn, "objetotheque")
    week = [
        OpeningInterval(day=2, opens=time(14), closes=time(18)),
        OpeningInterval(day=5, opens=time(10), closes=time(12, 30)),
    ]
    closed = Closure(first=date(2027, 8, 1), last=date(2027, 8, 21))
    await actors.save_place(conn, place.id, "12 rue de la Mairie", write_hours(make_hours(week, [closed])))

    document = to_json(await describe_actor(conn, HERE, await actors.get(conn, place.id)))

    require_golden(f"declic/agreements/{OTHERS[3]}", normalize([document])[0])


OTHERS = ("update_paused", "update_away", "unavailabilities", "organization_open")


def test_no_file_is_left_that_nobody_sends() -> None:
    written = {path.stem for path in (FOLDER / "declic/agreements").glob("*.json")}

    assert written == {name for _, _, names in LIVES for name in names} | set(OTHERS)


def test_federation_says_what_the_files_say() -> None:
    """Its examples are our files without their context; every word of ours that stands in one is explained there."""
    page = Path("FEDERATION.md").read_text()
    files = [load_json(f"declic/agreements/{path.stem}") for path in (FOLDER / "declic/agreements").glob("*.json")]
    examples = [
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL) if "\u2026" not in block
    ]

    others = [
        path
        for room in (
            *("quotes", "communities", "together", "meetings", "inside", "waiting_lists"),
            *("appointments", "repairs", "friendships", "looks"),
        )
        for path in (FOLDER / "declic" / room).glob("*.json")
    ]
    every = [*files, *(load_json(f"declic/{path.parent.name}/{path.stem}") for path in others)]
    shown = [{key: value for key, value in one.items() if key != "@context"} for one in every]
    assert len(examples) >= 4
    parts = [value for one in shown for value in one.values()]  # a property may be shown without all that is beside it
    assert [one.get("id", one) for one in examples if one not in shown and one not in parts] == []
    ours = {name for one in files for name in collect_names(one) if "declic:" in str(TERMS.get(name))}
    assert sorted(name for name in ours if name not in page) == []
    told = [one["object"] for one in files if one["type"] == "Update"]
    assert [one["preview"] for one in told if "preview" in one and f"`{one['preview']['name']}`" not in page] == []
