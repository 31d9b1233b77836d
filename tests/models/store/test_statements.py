"""Statements put together from named parts, and values that go by name."""

from dataclasses import dataclass
from typing import Any

import pytest

from models.store.database import Connection, execute, fetch_records
from models.store.statements import (
    Statement,
    StatementError,
    compose,
    fragment,
    hide_values,
    name_optional,
    name_values,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What has values to give."""

    id: int
    name: str = ""
    size: int = 0

    @property
    def shout(self) -> str:
        """A value that is made when it is asked for."""
        return self.name.upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Something else that has values."""

    name: str
    near: bool


def test_parts_take_the_place_of_their_names_also_inside_of_parts() -> None:
    text = compose("SELECT {what} FROM post WHERE {which}", what="id", which="{mine} AND true", mine="author_id = $1")

    assert text == "SELECT id FROM post WHERE author_id = $1 AND true"


def test_a_part_leaves_open_what_it_is_not_given() -> None:
    part = fragment("{mine} AND p.id < {edge}", mine="p.author_id = {reader}")

    assert part == "p.author_id = {reader} AND p.id < {edge}"
    assert compose("SELECT WHERE {part}", part=part, reader="$1", edge="$2") == (
        "SELECT WHERE p.author_id = $1 AND p.id < $2"
    )


@pytest.mark.parametrize(
    ("template", "parts"),
    [
        ("SELECT {what}", {}),
        ("SELECT {what}", {"what": "{other}"}),
        ("SELECT 1", {"what": "id"}),
        ("SELECT $1, $3", {}),
        ("SELECT $2", {}),
        ("SELECT {what}", {"what": "$2"}),
        ("SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11", {}),
    ],
)
def test_what_is_missing_unused_or_counted_wrongly_is_found_at_once(template: str, parts: dict[str, str]) -> None:
    with pytest.raises(StatementError):
        compose(template, **parts)


def test_an_unused_part_of_a_part_is_found_too() -> None:
    with pytest.raises(StatementError):
        fragment("p.id = 1", reader="$1")


async def test_values_go_by_name(conn: Connection) -> None:
    statement = name_values(
        "SELECT :id::bigint AS id, :shout::text AS shout, :near::boolean AS near, :name::text AS name, :at::text AS at",
        Thing,
        Place,
        also=["at"],
    )

    [row] = await fetch_records(
        conn, statement.sql, *statement.args(Thing(id=7, name="a"), Place(name="b", near=True), at="now")
    )

    assert dict(row) == {"id": 7, "shout": "A", "near": True, "name": "a", "at": "now"}


def test_a_value_that_stands_twice_is_sent_once() -> None:
    statement = name_values("SELECT :id, :name WHERE :id > 1", Thing)

    assert statement.sql == "SELECT $1, $2 WHERE $1 > 1"
    assert statement.args(Thing(id=7, name="a")) == (7, "a")


def test_a_single_value_of_a_row_is_read_too() -> None:
    assert name_values("SELECT :size", Thing).args(Thing(id=7, size=3)) == (3,)


def test_what_is_named_besides_comes_first() -> None:
    statement = name_values("SELECT :id, :name", Thing, also=["name"])

    assert statement.args(Thing(id=7, name="a"), name="b") == (7, "b")


def test_casts_slices_quotes_and_comments_name_no_value() -> None:
    text = "SELECT ':no', a[1:n], 'HH24:MI', x::text -- :not this, nor author's\n, :id::bigint"

    assert name_values(text, Thing).sql == text.replace(":id", "$1")


def test_a_statement_may_have_parts_and_names() -> None:
    statement = name_values("SELECT {what} WHERE {rule}", Thing, what=":name::text", rule="{id} = 1", id=":id")

    assert (statement.sql, statement.names) == ("SELECT $1::text WHERE $2 = 1", ("name", "id"))


@pytest.mark.parametrize(
    ("text", "rows", "also"),
    [
        ("SELECT :unknown", (Thing,), ()),
        ("SELECT :id", (Thing,), ("name",)),
        ("SELECT :id", (Thing, Place), ()),
        ("SELECT :id, $1", (Thing,), ()),
        ("SELECT :id", (), ()),
    ],
)
def test_names_that_do_not_fit_are_found_at_once(text: str, rows: tuple[type, ...], also: tuple[str, ...]) -> None:
    with pytest.raises(StatementError):
        name_values(text, *rows, also=also)


@pytest.mark.parametrize(
    ("rows", "also"),
    [((), {"at": 1}), ((Thing(id=1),), {}), ((Thing(id=1),), {"at": 1, "more": 2}), ((Thing(id=1),) * 2, {"at": 1})],
)
def test_values_that_do_not_fit_are_not_sent(rows: tuple[Thing, ...], also: dict[str, Any]) -> None:
    statement: Statement = name_values("SELECT :id, :at", Thing, also=["at"])

    with pytest.raises(TypeError):
        statement.args(*rows, **also)


OPTIONAL = name_optional(
    "SELECT :id::int AS id [[name: , :name::text AS name]] [[size name: , ':x' || :size::int AS size]] WHERE {rule}",
    Thing,
    also=["far"],
    rule="true [[far: AND :id < 9]]",
)


@pytest.mark.parametrize(
    ("thing", "far", "row"),
    [
        (Thing(id=7), False, {"id": 7}),
        (Thing(id=7, name="a"), False, {"id": 7, "name": "a", "size": ":x0"}),
        (Thing(id=7, size=3), True, {"id": 7}),
        (Thing(id=9), True, None),
        (Thing(id=9), False, {"id": 9}),
    ],
)
async def test_texts_of_what_is_not_asked_are_left_out(
    conn: Connection, thing: Thing, far: bool, row: dict[str, Any] | None
) -> None:
    asked = OPTIONAL.ask(thing, far=far)

    assert [dict(one) for one in await fetch_records(conn, asked.sql, *asked.values)] == ([row] if row else [])
    assert ("AS name" in asked.sql, "< 9" in asked.sql) == (bool(thing.name), far)


@pytest.mark.parametrize("value", [None, False, "", (), []])
def test_nothing_and_empty_values_ask_for_nothing(value: object) -> None:
    shapes = name_optional("SELECT 1 [[at: , :at::text]]", also=["at"])

    assert shapes.ask(at=value).values == ()
    assert [shapes.ask(at=given).values for given in (0, 0.0, True, "a")] == [(0,), (0.0,), (True,), ("a",)]


def test_the_same_choice_of_values_is_one_text() -> None:
    texts = {OPTIONAL.ask(Thing(id=number), far=False).sql for number in range(5)}

    assert len(texts) == 1


def test_a_text_that_hangs_on_a_name_nobody_has_is_found_at_once() -> None:
    with pytest.raises(StatementError):
        name_optional("SELECT :id [[unknown: , 1]]", Thing)


async def test_a_plan_for_values_that_are_hidden_is_the_one_that_is_kept(conn: Connection) -> None:
    seen = "SELECT p.id::text FROM post p WHERE p.kind = :kind::text AND p.id = ANY (:ids::bigint[])"
    hidden = hide_values(seen)
    asked = name_optional(hidden, Asking).ask(Asking(kind="note", ids=(1, 2, 3)))

    await execute(conn, "SET LOCAL plan_cache_mode = auto")  # as a server of ours has it
    for _ in range(7):
        await fetch_records(conn, asked.sql, *asked.values)

    [kept] = await fetch_records(
        conn, "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement = $1", asked.sql
    )
    assert "(SELECT :kind::text)::text" in hidden and "p.id::text" in hidden
    assert (kept["generic_plans"], kept["custom_plans"]) == (2, 5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What is asked of posts."""

    kind: str
    ids: tuple[int, ...]
