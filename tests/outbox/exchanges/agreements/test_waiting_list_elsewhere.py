"""Who waits for what another cooperative lends stands on the list there, and reads at home what becomes of it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.errors import Conflict, NotFound
from models.exchanges import exchanges, reserves
from models.exchanges.agreements import Agreement, Terms
from models.exchanges.reserves import Span
from models.limits import REQUESTS
from models.listings import listings
from models.people import actors
from models.store.database import Connection, execute, fetch_column
from outbox.builders.texts.reasons import NOES, REFUSALS
from outbox.exchanges.agreements import reserve, turns
from outbox.exchanges.agreements.agreements import accept, request
from outbox.exchanges.agreements.endings import cancel
from outbox.threads.waiting_requests import close_reserve
from tests.factories import make_listing, make_member, make_remote_actor
from tests.golden import START, normalize, require_golden
from tests.server_pair import HENIN, Pair, Side, make_pair


def span(first: int, last: int) -> Span:
    """From one day until before another."""
    return Span(begins_at=START + timedelta(days=first), ends_at=START + timedelta(days=last))


def days(first: int, last: int) -> Terms:
    """The same as terms."""
    return Terms(begins_at=span(first, last).begins_at, ends_at=span(first, last).ends_at)


class LentElsewhere:
    """Alice of Lomme lends a tent, Amina has it, and Bob of Hénin-Carvin wants it."""

    def __init__(self, pair: Pair, held: Agreement) -> None:
        self.pair, self.here, self.there, self.held = pair, pair.here, pair.there, held

    async def join(self, wanted: Span | None = None) -> list[str]:
        """Bob wants it when it is free; what the two servers say."""
        side = self.there
        await reserve.join(side.conn, side.site, side.partner, side.listing, wanted)
        return await self.pair.carry()

    async def leave(self) -> list[str]:
        """He does not any more."""
        await reserve.leave(self.there.conn, self.there.site, self.there.partner, self.there.listing.id)
        return await self.pair.carry()

    async def free(self) -> list[str]:
        """Amina does not need it after all, and the chore looks who is next."""
        amina = await actors.get(self.here.conn, self.held.partner_id)
        await cancel(self.here.conn, self.here.site, amina, self.held)
        await self.look(self.here)
        return await self.pair.carry()

    async def look(self, side: Side) -> None:
        """What the chore does."""
        await turns.look_again(side.conn, side.site, side.listing.id, datetime.now(UTC))

    async def states(self) -> tuple[list[str], list[str]]:
        """How he stands on the list here, and what his own server knows."""
        both: list[list[str]] = []
        for side in (self.here, self.there):
            places = await reserves.list_places(side.conn, side.listing.id)
            both.append([one.state for one in places if one.actor_id == side.partner.id])
        return both[0], both[1]

    async def told(self) -> list[tuple[str, Any]]:
        """What happened in his thread, as his server has it."""
        thread = await exchanges.find(
            self.there.conn, listing_id=self.there.listing.id, partner_id=self.there.partner.id
        )
        assert thread is not None
        ids = exchanges.list_ids(await exchanges.list_entries(self.there.conn, thread.id), "event")
        return [(one.kind, one.details.get("text")) for one in await exchanges.list_events(self.there.conn, ids)]


@pytest.fixture
async def tent(conn: Connection, second_conn: Connection) -> LentElsewhere:
    """Nobody waits yet."""
    pair = await make_pair(conn, second_conn, mode="loan", title="Tente")
    amina = await make_member(conn, "amina")
    asked = await request(conn, pair.here.site, amina, pair.here.listing, days(10, 20))
    return LentElsewhere(pair, await accept(conn, pair.here.site, pair.here.owner, asked))


async def test_who_waits_elsewhere_is_told_when_it_is_her_turn_and_asks_for_it(tent: LentElsewhere) -> None:
    assert await tent.join(span(12, 14)) == ["Join", "TentativeAccept"]
    assert await tent.states() == (["waiting"], ["waiting"])

    assert await tent.free() == ["Accept"]
    assert await tent.states() == (["called"], ["called"])
    sql = "SELECT recipient_id FROM notification WHERE type = 'reserve_next'"
    assert await fetch_column(tent.there.conn, sql) == [tent.there.partner.id]
    assert await fetch_column(tent.here.conn, sql) == [], "nobody here is told what another server tells"
    await request(tent.there.conn, tent.there.site, tent.there.partner, tent.there.listing, days(12, 14))
    await tent.pair.carry()

    assert await tent.states() == ([], []), "who asks for it needs no place any more"
    assert [kind for kind, _ in await tent.told()] == ["reserve_asked", "reserve_joined", "requested"]
    assert tent.here.ignored == tent.there.ignored == []


async def test_what_the_two_servers_say_is_what_the_files_say(tent: LentElsewhere) -> None:
    here, there = tent.here, tent.there
    said = []

    async def carry(sender: Side, reader: Side) -> None:
        for body in await sender.list_new():
            said.append(body)
            await reader.receive(body)

    await carry(here, there)
    said.clear()
    await reserve.join(there.conn, there.site, there.partner, there.listing, span(12, 14))
    await carry(there, here)
    await carry(here, there)
    await cancel(here.conn, here.site, await actors.get(here.conn, tent.held.partner_id), tent.held)
    await tent.look(here)
    await carry(here, there)
    called = await reserves.find_called(here.conn, here.listing.id)
    assert called is not None
    await turns.pass_over(here.conn, here.site, here.owner, called)
    await carry(here, there)
    await reserve.join(there.conn, there.site, there.partner, there.listing, span(12, 14))
    await reserve.leave(there.conn, there.site, there.partner, there.listing.id)
    said.append((await there.list_new())[-1])

    names = ("join", "tentative_accept", "accept", "reject", "leave")
    assert len(said) == len(names)
    for name, document in zip(names, normalize(said), strict=True):
        require_golden(f"declic/waiting_lists/{name}", document)


async def test_she_changes_her_days_and_leaves(tent: LentElsewhere) -> None:
    await tent.join(span(12, 14))
    assert await tent.join(span(12, 14)) == [], "nothing is asked again"
    assert await tent.join(span(15, 16)) == ["Join", "TentativeAccept"]
    places = await reserves.list_places(tent.here.conn, tent.here.listing.id)
    assert [one.begins_at for one in places] == [span(15, 16).begins_at]

    assert await tent.leave() == ["Leave"]

    assert await tent.states() == ([], [])
    assert (await tent.told())[-1][0] == "reserve_left"
    assert await tent.free() == []


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (span(2, 4), "Ces jours sont libres : demandez-les tout de suite depuis l’annonce."),
        (span(900, 901), "C’est dans plus de deux ans : choisissez une date plus proche."),
    ],
)
async def test_a_no_says_why_and_takes_back_the_place(tent: LentElsewhere, wanted: Span, reason: str) -> None:
    await tent.join(span(12, 14))
    side = tent.there
    at = {"begins_at": wanted.begins_at, "ends_at": wanted.ends_at}
    await execute(side.conn, "UPDATE reserve_place SET begins_at = $1, ends_at = $2", *at.values())
    place = await reserves.find(side.conn, side.listing.id, side.partner.id)
    assert place is not None and place.join_uri is not None
    await tent.here.receive(
        {
            "type": "Join",
            "id": place.join_uri,
            "actor": side.partner.uri,
            "object": side.listing.uri,
            "startTime": wanted.begins_at.isoformat(),
            "endTime": wanted.ends_at.isoformat(),
        }
    )

    assert await tent.pair.carry() == ["Reject"]
    assert await tent.states() == ([], [])
    assert (await tent.told())[-1] == ("reserve_refused", reason)


async def test_the_list_ends_with_its_listing_and_everybody_on_it_knows(tent: LentElsewhere) -> None:
    await tent.join()

    await close_reserve(tent.here.conn, tent.here.site, tent.here.owner, tent.here.listing.id)

    assert await tent.pair.carry() == ["Reject"], "her server says it, and no note besides"
    assert await tent.states() == ([], [])
    kind, text = (await tent.told())[-1]
    assert kind == "reserve_refused" and text.startswith("« Tente »") and "l’annonce est close" in text


async def test_answers_of_others_and_to_others_change_nothing(tent: LentElsewhere) -> None:
    await tent.join(span(12, 14))
    place = await reserves.find(tent.there.conn, tent.there.listing.id, tent.there.partner.id)
    assert place is not None
    eve = await make_remote_actor(tent.there.conn, "eve", "lomme.test")
    mallory = await make_remote_actor(tent.here.conn, "mallory", "henin.test")

    for type in ("Accept", "Reject", "TentativeAccept"):
        await tent.there.receive({"type": type, "id": f"{eve.uri}/{type}", "actor": eve.uri, "object": place.join_uri})
    stolen = {"id": place.join_uri, "actor": mallory.uri, "object": tent.here.listing.uri}
    await tent.here.receive({"type": "Join", **stolen})
    await tent.here.receive({"type": "Leave", **stolen, "id": f"{mallory.uri}/leave"})

    assert await tent.states() == (["waiting"], ["waiting"])
    assert len(tent.there.ignored) == 3 and len(tent.here.ignored) == 2
    assert await tent.pair.carry() == []


async def test_what_was_said_twice_or_too_late_counts_once(tent: LentElsewhere) -> None:
    await tent.join(span(12, 14))
    await tent.free()
    place = await reserves.find(tent.there.conn, tent.there.listing.id, tent.there.partner.id)
    assert place is not None
    owner = tent.there.owner.uri
    told = {"actor": owner, "object": place.join_uri}

    await tent.there.receive({"type": "TentativeAccept", "id": f"{owner}/again", **told})
    await tent.there.receive({"type": "Accept", "id": f"{owner}/again-yes", **told})
    again = {"type": "Join", "id": place.join_uri, "actor": tent.there.partner.uri, "object": tent.here.listing.uri}
    await tent.here.receive(again)

    assert await tent.pair.carry() == ["Accept"], "it is still her turn"
    assert await tent.states() == (["called"], ["called"])
    assert [kind for kind, _ in await tent.told()] == ["reserve_asked", "reserve_joined"]


async def test_the_copy_calls_nobody_by_itself_and_a_turn_that_is_over_ends_on_both(tent: LentElsewhere) -> None:
    await tent.join(span(12, 14))
    await reserves.note_freed(tent.there.conn, tent.there.listing.id)
    await tent.look(tent.there)
    assert await tent.states() == (["waiting"], ["waiting"])
    assert await reserves.list_due(tent.there.conn, limit=9) == []
    await tent.free()

    called = await reserves.find_called(tent.here.conn, tent.here.listing.id)
    assert called is not None
    await turns.pass_over(tent.here.conn, tent.here.site, tent.here.owner, called)

    assert await tent.pair.carry() == ["Reject"]
    assert await tent.states() == ([], [])
    assert "c’est maintenant le tour de la personne suivante" in str((await tent.told())[-1][1])


async def test_who_changes_her_mind_all_day_is_news_to_nobody_any_more(tent: LentElsewhere) -> None:
    for day in range(11, 11 + REQUESTS.most):
        assert await tent.join(span(day % 9 + 10, day % 9 + 11)) == ["Join", "TentativeAccept"]

    assert await tent.join(span(10, 20)) == ["Join", "Reject"]

    assert await tent.states() == ([], [])
    assert (await tent.told())[-1][1] == REFUSALS["too_many_requests_today"]


async def test_a_whole_server_cannot_fill_a_list(tent: LentElsewhere, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reserve, "LONGEST_LIST_OF_HOST", 1)
    await tent.join(span(12, 14))
    other = await make_remote_actor(tent.here.conn, "carol", "henin.test", territory_uri=f"{HENIN.url}/users/coop")

    with pytest.raises(Conflict, match="reserve_full"):
        await reserve.join(tent.here.conn, tent.here.site, other, tent.here.listing, span(12, 14))
    neighbour = await make_member(tent.here.conn, "dora")
    await reserve.join(tent.here.conn, tent.here.site, neighbour, tent.here.listing, span(12, 14))


async def test_only_what_is_lent_by_a_server_that_reads_it_has_a_list_there(
    conn: Connection, second_conn: Connection
) -> None:
    pair = await make_pair(conn, second_conn, mode="gift", title="Canapé")
    side = pair.there
    with pytest.raises(Conflict, match="nothing_to_wait_for"):
        await reserve.join(side.conn, side.site, side.partner, side.listing)
    await execute(second_conn, "UPDATE listing SET mode = 'loan'")
    await execute(second_conn, "UPDATE actor SET territory_uri = NULL WHERE NOT local")
    lent = await listings.find_by_post(second_conn, side.listing.id)
    assert lent is not None
    with pytest.raises(Conflict, match="nothing_to_wait_for"):
        await reserve.join(side.conn, side.site, side.partner, lent)
    stranger = await make_remote_actor(second_conn, "eve", "autre.test")
    with pytest.raises(NotFound):
        await reserve.join(side.conn, side.site, stranger, lent)

    await pair.here.receive(
        {"type": "Join", "id": f"{pair.here.partner.uri}/join", "actor": pair.here.partner.uri,
         "object": pair.here.listing.uri}
    )  # fmt: skip
    assert await pair.carry() == ["Reject"]


def make_join(side: Side, uri: str, id: str) -> dict[str, Any]:
    """What his server sends for a place."""
    return {"type": "Join", "id": f"{side.partner.uri}/{id}", "actor": side.partner.uri, "object": uri}


@pytest.mark.parametrize("mode", ["gift", "loan"])
async def test_what_is_not_for_her_is_answered_like_what_does_not_exist(
    conn: Connection, second_conn: Connection, mode: str
) -> None:
    pair = await make_pair(conn, second_conn, mode=mode, title="Canapé")
    await execute(conn, "UPDATE post SET audience = 'coop' WHERE id = $1", pair.here.listing.id)

    await pair.here.receive(make_join(pair.here, pair.here.listing.uri, "join"))

    assert await pair.carry() == [] and pair.here.ignored == ["joins_nobody"]


async def test_a_join_that_crosses_the_turn_is_answered_by_its_own_name(tent: LentElsewhere) -> None:
    await tent.join(span(12, 14))
    amina = await actors.get(tent.here.conn, tent.held.partner_id)
    await cancel(tent.here.conn, tent.here.site, amina, tent.held)
    await tent.look(tent.here)

    await tent.join(span(12, 15))

    assert await tent.states() == (["called"], ["called"]), "she is told of her turn, and of its end"
    called = await reserves.find_called(tent.here.conn, tent.here.listing.id)
    assert called is not None
    await turns.pass_over(tent.here.conn, tent.here.site, tent.here.owner, called)
    await tent.pair.carry()
    assert await tent.states() == ([], [])


async def test_one_join_asks_for_one_place(tent: LentElsewhere) -> None:
    await tent.here.receive(make_join(tent.here, tent.here.listing.uri, "join"))
    other = await make_listing(tent.here.conn, tent.here.owner, mode="loan", title="Remorque")

    await tent.here.receive(make_join(tent.here, other.uri, "join"))

    assert tent.here.ignored == ["join_of_others"]
    assert await reserves.list_places(tent.here.conn, other.id) == []


async def test_whoever_may_not_see_it_any_more_is_not_called_and_waits_no_longer(tent: LentElsewhere) -> None:
    await tent.join(span(12, 14))
    await execute(tent.here.conn, "UPDATE post SET audience = 'coop' WHERE id = $1", tent.here.listing.id)

    assert await tent.free() == ["Reject"]

    assert await tent.states() == ([], [])
    assert (await tent.told())[-1] == ("reserve_refused", NOES["not_for_you"])
