"""Two cooperatives become friends once both said yes, and are no more once either says so; nothing else counts."""

from dataclasses import dataclass
from typing import Any

import pytest

from models.errors import Conflict, Invalid
from models.people import actors
from models.people.actors import Actor
from models.servers import friendships, trust_levels
from models.servers.friendships import MOST_ASKED_OF_DOMAIN
from models.store.database import Connection, execute, fetch_value
from outbox.servers import friendships as verbs
from tests.factories import make_local_actor, make_member, make_remote_actor
from tests.golden import normalize, require_golden
from tests.server_pair import HENIN, LOMME, Pair, make_pair


@dataclass(frozen=True, slots=True)
class Two:
    """Lomme's cooperative knows Hénin-Carvin's (`henin`) and the other way round (`lomme`)."""

    pair: Pair
    henin: Actor
    lomme: Actor

    async def states(self) -> tuple[str | None, str | None]:
        """How far it is by each of the two."""
        here = await friendships.find(self.pair.here.conn, self.henin.id)
        there = await friendships.find(self.pair.there.conn, self.lomme.id)
        return here.state if here else None, there.state if there else None

    async def levels(self) -> tuple[str, str]:
        """How far each trusts the other's server."""
        here = await trust_levels.find(self.pair.here.conn, "henin.test")
        there = await trust_levels.find(self.pair.there.conn, "lomme.test")
        return here.level if here else "reader", there.level if there else "reader"

    async def propose(self) -> list[dict[str, Any]]:
        """Lomme proposes; what leaves."""
        await verbs.propose(self.pair.here.conn, LOMME, self.henin)
        return await self.carry()

    async def carry(self) -> list[dict[str, Any]]:
        """What waits on both sides comes to the other; all of it."""
        carried = []
        for side, other in ((self.pair.here, self.pair.there), (self.pair.there, self.pair.here)):
            for body in await side.list_new():
                carried.append(body)
                await other.receive(body)
        return carried


@pytest.fixture
async def two(conn: Connection, second_conn: Connection) -> Two:
    pair = await make_pair(conn, second_conn)
    for side in (pair.here, pair.there):
        base = f"{side.site.url}/users/coop"
        values = {"host": side.site.host, "uri": base, "inbox": f"{base}/inbox"} if side is pair.there else {}
        await make_local_actor(side.conn, "coop", type="Organization", **values)
        await make_member(side.conn, "anne", roles=["admin"])
    henin = await make_remote_actor(conn, "coop", "henin.test", type="Organization")
    lomme = await make_remote_actor(second_conn, "coop", "lomme.test", type="Organization")
    return Two(pair, henin, lomme)


async def count_news(conn: Connection) -> int:
    found: int = await fetch_value(conn, "SELECT count(*) FROM notification WHERE type = 'coop_friendship'")
    return found


async def test_both_say_yes_and_one_ends_it(two: Two) -> None:
    here, there = two.pair.here.conn, two.pair.there.conn
    offered = await two.propose()
    assert (await two.states(), await two.levels()) == (("proposed", "asked"), ("reader", "reader"))
    assert (await count_news(here), await count_news(there)) == (0, 1)

    await verbs.accept(there, HENIN, two.lomme)
    accepted = await two.carry()
    assert (await two.states(), await two.levels()) == (("confirmed", "confirmed"), ("friend", "friend"))
    assert await count_news(here) == 1

    await verbs.end(here, LOMME, two.henin)
    undone = await two.carry()
    assert (await two.states(), await two.levels()) == ((None, "ended"), ("reader", "friend"))

    await verbs.settle_end(there, two.lomme, keep=False)
    assert (await two.states(), await two.levels()) == ((None, None), ("reader", "reader"))
    documents = normalize([*offered, *accepted, *undone])
    for name, document in zip(("offer", "accept", "undo"), documents, strict=True):
        require_golden(f"declic/friendships/{name}", document)
    assert two.pair.here.ignored == two.pair.there.ignored == []
    for each in (here, there):
        assert not await fetch_value(each, "SELECT bool_or(public) FROM activity WHERE type IN ('Offer', 'Accept')")


async def test_who_said_yes_ends_it_by_a_reject(two: Two) -> None:
    await two.propose()
    await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    await two.carry()

    await verbs.end(two.pair.there.conn, HENIN, two.lomme)
    [rejected] = await two.carry()

    assert (await two.states(), await two.levels()) == (("ended", None), ("friend", "reader"))
    await verbs.settle_end(two.pair.here.conn, two.henin, keep=True)
    assert (await two.states(), await two.levels()) == ((None, None), ("friend", "reader"))
    assert rejected["type"] == "Reject"


async def test_a_no_is_said_and_counts_for_a_while(two: Two) -> None:
    await two.propose()
    await verbs.decline(two.pair.there.conn, HENIN, two.lomme)
    [rejected] = await two.carry()
    assert (await two.states(), await two.levels()) == (("refused", "declined"), ("reader", "reader"))
    require_golden("declic/friendships/reject", normalize([rejected])[0])

    before = await count_news(two.pair.there.conn)
    assert [one["type"] for one in await two.propose()] == ["Offer", "Reject"]
    assert (await two.states(), await count_news(two.pair.there.conn)) == (("refused", "declined"), before)

    await execute(two.pair.there.conn, "UPDATE friendship SET changed_at = now() - interval '31 days'")
    await two.propose()
    assert await two.states() == ("proposed", "asked")


async def test_both_propose_at_once(two: Two) -> None:
    await verbs.propose(two.pair.here.conn, LOMME, two.henin)
    await verbs.propose(two.pair.there.conn, HENIN, two.lomme)
    for _ in range(3):
        await two.carry()
    assert (await two.states(), await two.levels()) == (("confirmed", "confirmed"), ("friend", "friend"))
    assert two.pair.here.ignored == two.pair.there.ignored == []


async def test_to_propose_where_they_asked_is_a_yes(two: Two) -> None:
    await two.propose()
    await verbs.propose(two.pair.there.conn, HENIN, two.lomme)
    await two.carry()
    assert await two.states() == ("confirmed", "confirmed")


async def test_what_comes_twice_changes_nothing(two: Two) -> None:
    [offer] = await two.propose()
    await two.pair.there.receive(offer)
    await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    [accept] = await two.carry()
    for _ in range(2):
        await two.pair.here.receive(accept)
    await two.pair.there.receive(offer)  # our yes was lost
    await two.carry()
    assert (await two.states(), await count_news(two.pair.here.conn)) == (("confirmed", "confirmed"), 1)
    await verbs.propose(two.pair.here.conn, LOMME, two.henin)
    assert await two.pair.here.list_new() == []


async def test_taken_back_before_an_answer_nothing_waits(two: Two) -> None:
    await two.propose()
    await verbs.take_back(two.pair.here.conn, LOMME, two.henin)
    await two.carry()
    assert await two.states() == (None, "met")
    with pytest.raises(Conflict, match="friendship_not_asked"):
        await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    with pytest.raises(Conflict, match="friendship_answered"):
        await verbs.take_back(two.pair.here.conn, LOMME, two.henin)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("subject", "https://lens.test/users/coop"),
        ("object", "https://henin.test/users/alice"),
        ("object", "https://lens.test/users/coop"),
        ("relationship", "https://w3id.org/declic/ns#vouchesFor"),
    ],
)
async def test_a_forged_proposal_waits_nowhere(two: Two, part: str, value: str) -> None:
    await verbs.propose(two.pair.here.conn, LOMME, two.henin)
    [offer] = await two.pair.here.list_new()
    offer["object"][part] = value
    await two.pair.there.receive(offer)
    assert await two.states() == ("proposed", None)
    assert len(two.pair.there.ignored) == 1


async def test_a_person_proposes_no_friendship_of_cooperatives(two: Two) -> None:
    await verbs.propose(two.pair.here.conn, LOMME, two.henin)
    [offer] = await two.pair.here.list_new()
    alice = "https://lomme.test/users/alice"
    offer["actor"] = offer["object"]["subject"] = alice
    await two.pair.there.receive(offer)
    assert two.pair.there.ignored == ["friendship_not_ours"]
    with pytest.raises(Invalid, match="friendship_no_cooperative"):
        await verbs.propose(two.pair.here.conn, LOMME, await actors.get(two.pair.here.conn, two.pair.here.partner.id))


async def test_an_answer_that_nobody_asked_for_makes_no_friends(two: Two) -> None:
    await two.propose()
    await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    [accept] = await two.pair.there.list_new()
    await verbs.take_back(two.pair.here.conn, LOMME, two.henin)
    await two.pair.here.receive(accept)
    assert (await two.states())[0] is None
    assert (await two.levels())[0] == "reader"


async def test_many_of_one_domain_are_kept_out(two: Two) -> None:
    there = two.pair.there
    await verbs.propose(two.pair.here.conn, LOMME, two.henin)
    [offer] = await two.pair.here.list_new()
    for number in range(MOST_ASKED_OF_DOMAIN + 1):
        other = await make_remote_actor(there.conn, "coop", f"n{number}.faux.fr", type="Organization")
        forged = offer | {
            "id": f"{other.uri}/o",
            "actor": other.uri,
            "object": offer["object"] | {"subject": other.uri},
        }
        await there.receive(forged)
    assert there.ignored == ["friendship_without_room"]


async def test_a_level_that_we_lower_takes_our_proposal_back(two: Two) -> None:
    await verbs.propose(two.pair.here.conn, LOMME, two.henin)
    await verbs.trust(two.pair.here.conn, LOMME, "henin.test", "reader")
    await two.carry()
    assert (await two.states())[0] is None
    with pytest.raises(Conflict, match="friendship_not_asked"):
        await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    assert await two.levels() == ("reader", "reader")


async def test_whoever_is_set_aside_is_no_friend_when_it_is_let_in_again(two: Two) -> None:
    await two.propose()
    await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    await two.carry()
    for level in ("aside", "reader"):
        await verbs.trust(two.pair.here.conn, LOMME, "henin.test", level)
    assert (await two.states())[0] is None

    await verbs.propose(two.pair.there.conn, HENIN, two.lomme)  # for them they are still friends
    await two.carry()
    assert (await two.levels())[0] == "reader"


async def test_an_end_cannot_be_hidden_by_a_new_proposal(two: Two) -> None:
    here = two.pair.here
    await two.propose()
    await verbs.accept(two.pair.there.conn, HENIN, two.lomme)
    await two.carry()
    await verbs.end(two.pair.there.conn, HENIN, two.lomme)
    await verbs.propose(two.pair.there.conn, HENIN, two.lomme)
    await verbs.take_back(two.pair.there.conn, HENIN, two.lomme)
    await two.carry()
    assert ((await two.states())[0], (await two.levels())[0], here.ignored) == ("ended", "friend", [])


async def test_who_proposes_and_takes_back_again_and_again_tells_the_team_once(two: Two) -> None:
    there = two.pair.there.conn
    for _ in range(3):
        await two.propose()
        await execute(there, "DELETE FROM notification")
        await verbs.take_back(two.pair.here.conn, LOMME, two.henin)
        await two.carry()
        assert (await two.states())[1] == "met"
    await two.propose()
    assert await count_news(there) == 0
