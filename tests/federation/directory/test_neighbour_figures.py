"""A neighbour's figures: found by its NodeInfo, read with bounds, and why there are none."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from multidict import CIMultiDict

from federation.directory.neighbour_figures import HIGHEST, MAX_FIGURES, read_figures, refresh_due
from federation.discovery.nodeinfo import SCHEMA
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from models.coop.figures.neighbours import list_neighbours, map_figures
from models.coop.figures.periods import read_period
from models.store.database import connection, execute, transaction
from tests.factories import make_remote_actor
from tests.fediverse import FakeFediverse

GOLDEN = Path(__file__).parents[2] / "documents" / "declic" / "figures.json"

ADDRESS = "https://henin.test/chiffres/ensemble.json"


def load_golden() -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(GOLDEN.read_bytes())
    return found


def tell(fediverse: FakeFediverse, figures: str | None) -> None:
    """What the neighbour says of itself."""
    document = "https://henin.test/nodeinfo/2.1"
    territory = {} if figures is None else {"figures": figures}
    fediverse.documents["https://henin.test/.well-known/nodeinfo"] = {
        "links": [{"rel": f"{SCHEMA}2.1", "href": document}]
    }
    fediverse.documents[document] = {"version": "2.1", "metadata": {"territory": territory}}


async def befriend(instance: Instance, host: str = "henin.test") -> None:
    async with transaction(instance.pool) as conn:
        await make_remote_actor(conn, "coop", host, type="Organization")
        await execute(
            conn,
            """
            INSERT INTO server (host, level) VALUES ($1, 'friend') ON CONFLICT (host) DO UPDATE SET level = 'friend'
            """,
            host,
        )


async def test_figures_of_a_friend_are_fetched_once_and_kept(instance: Instance, fediverse: FakeFediverse) -> None:
    await befriend(instance)
    tell(fediverse, ADDRESS)
    fediverse.documents[ADDRESS] = load_golden()

    assert await refresh_due(instance) == 1
    assert await refresh_due(instance) == 0

    march = read_period("2026-03")
    assert march is not None and fediverse.fetched.count(ADDRESS) == 1
    async with connection(instance.pool) as conn:
        figures = (await map_figures(conn, march))["henin.test"]
        (kept,) = await list_neighbours(conn)
    assert figures["agreed"].amount == 31 and figures["members"].amount is None and figures["done"].amount == 0
    assert (kept.name, kept.url, kept.problem) == ("La Bricole", "https://henin.test/chiffres", None)


@pytest.mark.parametrize(
    ("named", "answer", "problem"),
    [
        (None, None, "not_published"),
        ("https://evil.test/chiffres.json", None, "not_published"),
        (ADDRESS, {"format": "something-else"}, "unreadable"),
        (ADDRESS, FetchFailed(Cause.TIMED_OUT, "henin.test"), "no_answer"),
    ],
)
async def test_a_neighbour_without_figures_says_why(
    instance: Instance, fediverse: FakeFediverse, named: str | None, answer: Any, problem: str
) -> None:
    await befriend(instance)
    tell(fediverse, named)
    fediverse.documents[ADDRESS] = answer

    await refresh_due(instance)

    async with connection(instance.pool) as conn:
        assert [one.problem for one in await list_neighbours(conn)] == [problem]
    assert "https://evil.test/chiffres.json" not in fediverse.fetched


def test_what_is_not_a_figure_of_the_whole_is_left_out() -> None:
    document = load_golden()
    line = document["figures"][0]
    wrong = [
        {"insee": "59355"},
        {"valeur": -1},
        {"valeur": "peu"},
        {"valeur": HIGHEST + 1},
        {"mesure": "kilos"},
        {"periode": "2019"},
        {"mode": "x"},
    ]
    document["figures"] = [line | one for one in wrong]

    found = read_figures(document, "henin.test")

    assert found is not None and found.figures == []


def test_no_more_lines_than_a_cooperative_can_have_are_read() -> None:
    document = load_golden()
    document["figures"] = document["figures"][:1] * (MAX_FIGURES + 10)

    found = read_figures(document, "henin.test")

    assert found is not None and len(found.figures) == MAX_FIGURES


def test_page_on_another_host_is_not_linked() -> None:
    found = read_figures(load_golden() | {"url": "https://evil.test/chiffres"}, "henin.test")

    assert found is not None and found.url == ""


async def test_figures_that_come_from_elsewhere_are_not_kept(instance: Instance, fediverse: FakeFediverse) -> None:
    await befriend(instance)
    tell(fediverse, ADDRESS)
    elsewhere = "https://evil.test/ensemble.json"
    fediverse.documents[ADDRESS] = Fetched(url=elsewhere, status=200, headers=CIMultiDict(), body=GOLDEN.read_bytes())

    await refresh_due(instance)

    async with connection(instance.pool) as conn:
        assert [one.problem for one in await list_neighbours(conn)] == ["unreadable"]


async def test_name_with_a_nul_is_kept_without_it(instance: Instance, fediverse: FakeFediverse) -> None:
    await befriend(instance)
    tell(fediverse, ADDRESS)
    fediverse.documents[ADDRESS] = load_golden() | {"cooperative": "La\0 Bricole"}

    await refresh_due(instance)

    async with connection(instance.pool) as conn:
        assert [one.name for one in await list_neighbours(conn)] == ["La Bricole"]


async def test_one_that_fails_keeps_no_other_from_being_asked(instance: Instance, fediverse: FakeFediverse) -> None:
    await befriend(instance)
    await befriend(instance, "arras.test")
    fediverse.documents["https://arras.test/.well-known/nodeinfo"] = RuntimeError("a mistake of ours")
    tell(fediverse, ADDRESS)
    fediverse.documents[ADDRESS] = load_golden()

    assert await refresh_due(instance) == 2

    async with connection(instance.pool) as conn:
        kept = {one.host: one.name for one in await list_neighbours(conn)}
    assert kept == {"arras.test": "arras.test", "henin.test": "La Bricole"}
