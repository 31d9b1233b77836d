"""What neighbours publish is asked for once a day, kept, and added up: over hidden figures at least so much."""

from collections.abc import Sequence
from decimal import Decimal

from models.coop.figures import neighbours
from models.coop.figures.cells import COUNTS, Shown
from models.coop.figures.neighbours import NeighbourFigure, NeighbourFigures
from models.coop.figures.periods import read_period
from models.store.database import Connection, execute, fetch_value
from tests.factories import make_local_actor, make_remote_actor


async def make_neighbour(conn: Connection, host: str, *, friend: bool) -> None:
    coop = await make_remote_actor(conn, "coop", host, type="Organization")
    await execute(conn, "INSERT INTO server (host) VALUES ($1) ON CONFLICT DO NOTHING", host)
    if friend:
        await execute(conn, "UPDATE server SET level = 'friend' WHERE host = $1", host)
    else:
        found = await fetch_value(conn, "SELECT id FROM actor WHERE local AND username = 'coop'")
        ours = found or (await make_local_actor(conn, "coop", type="Organization")).id
        await execute(
            conn,
            """
            INSERT INTO follow (id, uri, follower_id, followed_id, state) VALUES (1, $1, $2, $3, 'accepted')
            """,
            f"x:{host}",
            ours,
            coop.id,
        )


def tell(figures: Sequence[NeighbourFigure]) -> NeighbourFigures:
    return NeighbourFigures(name="La Bricole", url="https://henin.test/chiffres", periods=["2026-03"], figures=figures)


def shown(amount: int | None, *, partial: bool = False) -> dict[str, Shown]:
    nothing = {what: Shown(what=what, amount=Decimal(0)) for what in COUNTS}
    return nothing | {
        "agreed": Shown(what="agreed", amount=None if amount is None else Decimal(amount), partial=partial)
    }


async def test_friends_and_followed_cooperatives_are_asked_once_a_day(conn: Connection) -> None:
    await make_neighbour(conn, "henin.test", friend=True)
    await make_neighbour(conn, "carvin.test", friend=False)
    await make_remote_actor(conn, "bob", "elsewhere.test")

    first, again = await neighbours.claim_due(conn), await neighbours.claim_due(conn)

    assert sorted(first) == ["carvin.test", "henin.test"] and again == []
    await execute(conn, "UPDATE server SET level = 'aside' WHERE host = 'henin.test'")
    await neighbours.claim_due(conn)
    assert [one.host for one in await neighbours.list_neighbours(conn)] == ["carvin.test"]


async def test_what_a_neighbour_tells_stays_until_it_tells_otherwise(conn: Connection) -> None:
    await make_neighbour(conn, "henin.test", friend=True)
    await neighbours.claim_due(conn)
    march, april = read_period("2026-03"), read_period("2026-04")
    assert march is not None and april is not None

    told = NeighbourFigure(period="2026-03", what="agreed", amount=Decimal(12), partial=False)
    await neighbours.save(conn, "henin.test", tell([told]))
    await neighbours.save_problem(conn, "henin.test", "no_answer")

    figures = (await neighbours.map_figures(conn, march))["henin.test"]
    assert (figures["agreed"].amount, figures["done"].amount) == (Decimal(12), Decimal(0))
    assert await neighbours.map_figures(conn, april) == {}
    (kept,) = await neighbours.list_neighbours(conn)
    assert (kept.name, kept.problem, kept.told_at is None) == ("La Bricole", "no_answer", False)
    await neighbours.save_problem(conn, "henin.test", "not_published")
    assert await neighbours.map_figures(conn, march) == {}


def test_sum_over_hidden_figures_is_at_least_so_much() -> None:
    exact = neighbours.add_up([shown(12), shown(30)])["agreed"]
    partly = neighbours.add_up([shown(12), shown(None)])["agreed"]
    already = neighbours.add_up([shown(12), shown(7, partial=True)])["agreed"]
    nothing = neighbours.add_up([shown(None), shown(None)])["agreed"]

    assert (exact.amount, exact.partial) == (Decimal(42), False)
    assert (partly.amount, partly.partial) == (Decimal(12), True)
    assert (already.amount, already.partial) == (Decimal(19), True)
    assert nothing.amount is None
