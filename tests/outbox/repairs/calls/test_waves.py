"""A call goes further as long as nobody comes: when, how far, what stops it, and what its author hears at the end."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest

from federation.texts.html_cleaner import to_text
from models.errors import Conflict, NotFound
from models.exchanges import exchanges
from models.exchanges.agreements import Terms
from models.listings import listings
from models.listings.listings import Listing, ListingDraft
from models.moments import PARIS
from models.people import actors, opening_hours
from models.people.actors import Actor
from models.people.opening_hours import OpeningInterval, make_hours
from models.repairs.calls import told, watches, waves
from models.repairs.calls.watches import RepairWatch
from models.store.database import Connection, execute, fetch_column, fetch_value
from outbox.exchanges.agreements.agreements import request
from outbox.exchanges.agreements.endings import refuse
from outbox.listings import listings as verbs
from outbox.repairs.calls import waves as outbox
from outbox.threads import messages
from tests.factories import HERE, make_follow, make_local_actor, make_meeting, make_member, make_remote_actor

MORNING = (datetime.now(PARIS) + timedelta(days=1)).replace(hour=9, minute=0, second=0, microsecond=0)
"""Everything goes by this clock, so that no test falls into the night."""

LOMME = {"place_name": "Lomme", "postcode": "59160", "commune_code": "59355", "latitude": 50.645, "longitude": 2.987}


async def make_repairer(conn: Connection, name: str, kilometres: float) -> Actor:
    """Somebody who repairs, so far from the call."""
    member = await make_member(conn, name)
    latitude = 50.645 + kilometres * 0.009
    await execute(conn, "UPDATE actor SET latitude = $2, longitude = 2.987 WHERE id = $1", member.id, latitude)
    await watches.save(conn, member.id, RepairWatch(by_mail=True, at_night=False, furthest=30))
    return member


class Street:
    """Hocine calls from Lomme; what the clock does is done by hand."""

    def __init__(self, conn: Connection, hocine: Actor) -> None:
        self.conn, self.hocine = conn, hocine
        self.call: Listing

    async def publish(self, urgency: str | None = "Today", **changes: Any) -> None:
        values: dict[str, Any] = {"kind": "repair_call", "mode": "repair", "title": "Pneu à plat"}
        draft = ListingDraft(**(values | LOMME | {"repair": {"urgency": urgency}} | changes))
        self.call = await verbs.publish(self.conn, HERE, self.hocine, draft)
        await execute(self.conn, "UPDATE repair_call_wave SET since = $1", MORNING)

    async def go_on(self, **later: float) -> str:
        """The clock goes on; how far the call is told then."""
        await outbox.go_on(self.conn, HERE, self.call.id, MORNING + timedelta(**later))
        held = await listings.find_by_post(self.conn, self.call.id)
        wave = await waves.find(self.conn, self.call.id)
        assert held is not None and held.details.repair is not None and wave is not None
        assert held.details.repair["reach"] == wave.reach and held.post.updated_at is None
        return wave.reach

    async def list_told(self) -> list[str]:
        return await fetch_column(
            self.conn,
            """
            SELECT a.username FROM notification n JOIN actor a ON a.id = n.recipient_id WHERE n.type = 'repair_call'
            ORDER BY a.username
            """,
        )

    async def list_letters(self) -> list[str]:
        """What the cooperative wrote to Hocine."""
        found = await fetch_column(
            self.conn,
            "SELECT p.content FROM post p JOIN actor a ON a.id = p.author_id WHERE a.username = 'coop' ORDER BY p.id",
        )
        return [to_text(one) for one in found]


@pytest.fixture
async def street(conn: Connection) -> Street:
    await make_local_actor(conn, "depannage_velo", type="Group")
    await make_local_actor(conn, "coop", type="Organization")
    for name, kilometres in (("near", 2), ("town", 6), ("far", 20)):
        await make_repairer(conn, name, kilometres)
    return Street(conn, await make_member(conn, "hocine"))


@pytest.mark.parametrize(
    ("urgency", "hours"), [("Now", (1 / 12, 1 / 4, 1 / 2)), ("Today", (1, 3, 6)), ("ThisWeek", (4, 12, 24))]
)
async def test_a_call_goes_further_by_its_urgency(street: Street, urgency: str, hours: tuple[float, ...]) -> None:
    await street.publish(urgency)
    assert await street.go_on() == "3km" and await street.list_told() == ["near"]

    assert await street.go_on(hours=hours[0] - 0.01) == "3km"
    assert await street.go_on(hours=hours[0]) == "8km" and await street.list_told() == ["near", "town"]
    assert await street.go_on(hours=hours[1] - 0.01) == "8km" or hours[1] == 12
    reach = await street.go_on(hours=max(hours[1], 22 if hours[1] == 12 else 0))

    # Nobody more lives in this EPCI: the last wave follows at once.
    assert reach == "friends" and await street.list_told() == ["far", "near", "town"]


async def test_where_a_wave_reaches_nobody_the_next_one_follows_at_once(street: Street) -> None:
    await street.publish(latitude=50.75)  # town is 6 km away
    assert await street.go_on() == "8km" and await street.list_told() == ["town"]

    await street.publish(latitude=50.95)  # far is 14 km away
    assert await street.go_on() == "friends" and await street.list_told() == ["far", "town", "town"]


async def test_by_night_nothing_goes_further_that_can_wait(street: Street) -> None:
    await street.publish("Today")
    await street.go_on(hours=11.5)
    await execute(street.conn, "UPDATE repair_call_wave SET next_at = $1", MORNING + timedelta(hours=14))

    assert await street.go_on(hours=14) == "8km", "it is eleven at night"
    assert await street.go_on(hours=22) != "8km"


async def test_the_next_wave_leaves_as_an_update_that_is_no_edit(conn: Connection, street: Street) -> None:
    dora = await make_remote_actor(conn, "dora")
    await make_follow(conn, dora, street.hocine)
    await street.publish()
    await street.go_on()
    await street.go_on(hours=1)

    sent = [orjson.loads(body) for body in await fetch_column(conn, "SELECT body FROM activity ORDER BY id")]

    create, update = [one for one in sent if one["type"] in ("Create", "Update") and "repair" in one["object"]]
    assert (create["object"]["repair"]["reach"], update["object"]["repair"]["reach"]) == ("3km", "8km")
    same = {key: value for key, value in create["object"].items() if key != "repair"}
    assert {key: value for key, value in update["object"].items() if key != "repair"} == same
    assert "updated" not in update["object"], "no edit, whenever it left"
    assert await fetch_value(conn, "SELECT NOT public FROM activity WHERE type = 'Update'"), "it stands in no outbox"


async def propose(street: Street, name: str) -> Any:
    """Somebody proposes a time."""
    partner = await make_member(street.conn, name)
    fresh = await listings.find_by_post(street.conn, street.call.id)
    assert fresh is not None
    begins_at = MORNING + timedelta(days=1)
    return await request(street.conn, HERE, partner, fresh, Terms(begins_at=begins_at))


async def test_a_proposal_stops_it_and_a_no_lets_it_go_on(street: Street) -> None:
    await street.publish()
    await street.go_on()
    held = await propose(street, "nour")

    assert await street.go_on(hours=2) == "3km"

    await refuse(street.conn, HERE, street.hocine, held)
    assert await street.go_on(hours=2) == "8km"


async def test_words_stop_it_for_as_long_as_it_waits_for_its_last_wave(street: Street) -> None:
    await street.publish()
    await street.go_on()
    nour = await make_member(street.conn, "nour")
    thread = await exchanges.open(street.conn, listing_id=street.call.id, owner_id=street.hocine.id, partner_id=nour.id)
    await messages.write(street.conn, HERE, nour, thread, messages.Words(text="Je peux passer demain."))
    await execute(street.conn, "UPDATE post SET published_at = $1 WHERE author_id = $2", MORNING, nour.id)

    assert await street.go_on(hours=5.9) == "3km"
    assert await street.go_on(hours=6.1) == "8km"


@pytest.mark.parametrize("outcome", ["done", "cancelled", "paused"])
async def test_what_is_over_goes_no_further(street: Street, outcome: str) -> None:
    await street.publish()
    await street.go_on()

    await verbs.close(street.conn, HERE, street.hocine, street.call.uri, outcome)
    await outbox.go_on(street.conn, HERE, street.call.id, MORNING + timedelta(hours=2))

    assert await street.list_told() == ["near"]
    assert await waves.list_due(street.conn, at=MORNING + timedelta(days=9)) == []


async def test_where_nobody_comes_its_author_hears_it_once_with_what_remains(conn: Connection, street: Street) -> None:
    place = await make_member(conn, "atelier", type="Organization", name="La Remise")
    hours = opening_hours.write_hours(make_hours([OpeningInterval(day=2, opens=FOURTEEN, closes=EIGHTEEN)], []))
    await actors.save_place(conn, place.id, "1 rue du Marais", hours)
    await make_meeting(conn, place, title="Café réparation vélo")
    await street.publish("Today")
    for later in (0, 1, 3, 6, 23, 30, 47, 72):
        await street.go_on(hours=later)

    [letter] = await street.list_letters()
    for words in ("Pneu à plat", "3 personnes ont été prévenues", "La Remise", "Café réparation vélo"):
        assert words in letter
    assert street.call.post.url in letter
    assert await waves.list_due(conn, at=MORNING + timedelta(days=9)) == []


FOURTEEN, EIGHTEEN = (datetime(2027, 1, 1, hour).time() for hour in (14, 18))


async def test_where_the_time_that_she_named_is_over_she_hears_it_then(street: Street) -> None:
    window = {"begins_at": MORNING, "ends_at": MORNING + timedelta(minutes=40)}
    await street.publish("Today", **window)
    await street.go_on()

    await street.go_on(minutes=30)
    assert await street.list_letters() == []
    assert await street.go_on(minutes=40) == "3km"
    assert len(await street.list_letters()) == 1


async def test_its_author_has_it_told_further_at_once_until_it_goes_no_further(street: Street) -> None:
    await street.publish()
    await street.go_on()
    reaches = [await outbox.widen_now(street.conn, HERE, street.hocine, street.call.uri) for _ in range(3)]

    assert reaches == ["8km", "epci", "friends"] and await street.list_told() == ["far", "near", "town"]
    with pytest.raises(Conflict):
        await outbox.widen_now(street.conn, HERE, street.hocine, street.call.uri)
    with pytest.raises(NotFound):
        await outbox.widen_now(street.conn, HERE, await make_member(street.conn, "nour"), street.call.uri)


async def test_asked_once_more_whoever_did_not_open_it_is_told_again_and_once_a_day(street: Street) -> None:
    await street.publish()
    for later in (0, 1, 3, 23, 47):
        await street.go_on(hours=later)
    near = await fetch_value(street.conn, "SELECT id FROM actor WHERE username = 'near'")
    await told.note_opened(street.conn, street.call.id, near)
    await execute(street.conn, "DELETE FROM notification WHERE recipient_id = $1", near)

    assert await outbox.renew(street.conn, HERE, street.hocine, street.call.uri) == 2
    assert await street.list_told() == ["far", "town"], "each has one news of it, who opened it none"
    with pytest.raises(Conflict):
        await outbox.renew(street.conn, HERE, street.hocine, street.call.uri)
    wave = await waves.find(street.conn, street.call.id)
    assert wave is not None and (wave.reach, wave.unanswered_at) == ("friends", None)


async def test_an_edit_keeps_how_far_it_is_told(street: Street) -> None:
    await street.publish()
    await street.go_on()
    await street.go_on(hours=1)

    typed: dict[str, Any] = {"repair": {"urgency": "Today", "reach": "3km"}} | LOMME
    draft = ListingDraft(kind="repair_call", mode="repair", title="Pneu crevé", **typed)
    changed = await verbs.edit(street.conn, HERE, street.hocine, street.call.uri, draft)

    assert changed.details.repair == {"urgency": "Today", "reach": "8km"}


async def test_of_what_stays_inside_or_says_no_place_no_wave_begins(street: Street) -> None:
    await street.publish(latitude=None, longitude=None, place_name=None, postcode=None, commune_code=None)

    assert await waves.find(street.conn, street.call.id) is None
