"""Filters of the cooperative: kept within bounds, and pictures that are remembered within theirs."""

from dataclasses import replace

import pytest

from models.errors import Conflict, Invalid, NotFound
from models.moderation import filters, removed_pictures
from models.moderation.filters import MOST_FILTERS, MOST_LINES_TOGETHER, MOST_STARS, ModerationRule
from models.moderation.removed_pictures import MOST, NEAR
from models.store.database import Connection, execute

RULE = ModerationRule(name="Mots", patterns=("arnaque",), action="hold", on_local=True, on_remote=False)


async def fill(conn: Connection, count: int, pattern: str = "mot", lines: int = 1) -> None:
    await execute(
        conn,
        """
        INSERT INTO moderation_filter (id, name, patterns, action, on_local, on_remote)
        SELECT n, 'F' || n, array_fill($2::text, ARRAY[$3::int]), 'hold', true, true FROM generate_series(1, $1) AS n
        """,
        count,
        pattern,
        lines,
    )


async def test_a_filter_is_changed_paused_and_removed(conn: Connection) -> None:
    id = await filters.save(conn, RULE)
    assert [one.words for one in await filters.match(conn, ["Une arnaque"], local=True)] == ["arnaque"]
    assert await filters.match(conn, ["Une arnaque"], local=False) == []

    await filters.save(conn, replace(RULE, patterns=("piège",)), id)
    assert await filters.match(conn, ["Une arnaque"], local=True) == []
    await filters.pause(conn, id, paused=True)
    assert await filters.match(conn, ["Un piège"], local=True) == []
    await filters.pause(conn, id, paused=False)
    assert len(await filters.match(conn, ["Un piège"], local=True)) == 1
    await filters.delete(conn, id)

    assert await filters.list_all(conn) == []
    with pytest.raises(NotFound):
        await filters.save(conn, RULE, id)


@pytest.mark.parametrize(
    ("count", "pattern", "lines"),
    [
        (MOST_FILTERS, "mot", 1),
        (MOST_LINES_TOGETHER // 100, "mot", 100),
        (MOST_STARS // 100 + 1, "mot*", 100),
    ],
)
async def test_more_than_fit_are_refused(conn: Connection, count: int, pattern: str, lines: int) -> None:
    await fill(conn, count, pattern, lines)

    with pytest.raises(Invalid):
        await filters.save(conn, RULE)
    await execute(conn, "DELETE FROM moderation_filter WHERE id IN (1, 2)")
    assert await filters.save(conn, RULE)


async def test_a_picture_is_found_by_few_other_bits_and_not_by_more(conn: Connection) -> None:
    await removed_pictures.remember(conn, [0, -1], "Fausse montre", None)

    for likeness, found in [
        (0, True),
        ((1 << NEAR) - 1, True),
        ((1 << (NEAR + 1)) - 1, False),
        (-1 ^ ((1 << NEAR) - 1), True),
        (-(1 << 63), True),
        (0x0F0F0F0F0F0F0F0F, False),
    ]:
        assert (await removed_pictures.find_like(conn, [likeness]) is not None) is found
    assert await removed_pictures.remember(conn, [0], "Encore", None) is None
    assert await removed_pictures.remember(conn, [], "Une couleur", None) is None
    [kept] = await removed_pictures.list_all(conn)
    assert (await removed_pictures.forget(conn, kept.id), await removed_pictures.forget(conn, kept.id)) == (True, False)


async def test_so_many_pictures_are_remembered_and_no_more(conn: Connection) -> None:
    await execute(
        conn,
        "INSERT INTO removed_picture (id, likenesses) SELECT n, ARRAY[n * 7919] FROM generate_series(1, $1) AS n",
        MOST,
    )

    with pytest.raises(Conflict):
        await removed_pictures.remember(conn, [-5], "De trop", None)
