"""What the mutators make of samples."""

import ast

import pytest

from tests.mutations import python_mutators, sql_mutators
from tests.mutations.drawing import list_modules, list_mutants
from tests.mutations.results import read_equivalent
from tests.mutations.strata import STRATA
from tests.mutations.values import apply


def mutate_python(source: str, kind: str) -> list[str]:
    return [apply(source, one) for one in python_mutators.list_changes(source) if one.kind == kind]


def mutate_sql(statement: str, kind: str) -> list[str]:
    return [apply(statement, one) for one in sql_mutators.list_of_statement(statement) if one.kind == kind]


@pytest.mark.parametrize(
    ("kind", "source", "mutants"),
    [
        ("compare", "held = size > most\n", ["held = size >= most\n"]),
        ("compare", "é = 'é' if a is not b else c\n", ["é = 'é' if a is b else c\n"]),
        ("compare", "a <= b < c\n", ["a < b < c\n", "a <= b <= c\n"]),
        ("boolean", "x = a and b\n", ["x = a or b\n"]),
        ("operand", "x = a or b\n", ["x = False or b\n", "x = a or False\n"]),
        ("boolean", "x = not a\n", ["x = (a)\n"]),
        ("constant", "MOST = 20\n", ["MOST = 19\n", "MOST = 21\n"]),
        ("constant", "x = True\n", ["x = False\n"]),
        ("call", "x = min(a, b)\n", ["x = max(a, b)\n"]),
        ("statement", "if a:\n    raise Invalid('no')\n", ["if a:\n    pass\n"]),
        ("statement", "async def f():\n    await execute(\n        conn)\n", ["async def f():\n    pass\n"]),
        ("statement", "log.info('said')\n", []),
        ("result", "def f():\n    return g()\n", ["def f():\n    return None\n"]),
        ("branch", "if a:\n    b()\n", ["if False and (a):\n    b()\n", "if not (a):\n    b()\n"]),
        ("filter", "x = [a for a in b if a]\n", ["x = [a for a in b if (a or True)]\n"]),
        ("arithmetic", "x = now - age\n", ["x = now + age\n"]),
    ],
)
def test_python_is_changed_in_one_place(kind: str, source: str, mutants: list[str]) -> None:
    assert mutate_python(source, kind) == mutants


def test_what_python_does_not_run_is_left_alone() -> None:
    source = '@cache(1)\ndef f(a: Literal[1]) -> Literal[2]:\n    """One of 3."""\n    assert a == 4\n'

    assert python_mutators.list_changes(source) == []


@pytest.mark.parametrize(
    ("kind", "statement", "mutants"),
    [
        (
            "sql_deleted",
            "SELECT 1 FROM post p WHERE p.id = $1 AND p.deleted_at IS NULL",
            ["SELECT 1 FROM post p WHERE p.id = $1 AND (p.deleted_at IS NULL OR true)"],
        ),
        (
            "sql_filter",
            "SELECT 1 FROM a WHERE b BETWEEN $1 AND $2 AND EXISTS (SELECT FROM c WHERE d) ORDER BY e",
            [
                "SELECT 1 FROM a WHERE (b BETWEEN $1 AND $2 OR true) AND EXISTS (SELECT FROM c WHERE d) ORDER BY e",
                "SELECT 1 FROM a WHERE b BETWEEN $1 AND $2 AND (EXISTS (SELECT FROM c WHERE d) OR true) ORDER BY e",
            ],
        ),
        ("sql_filter", "SELECT DISTINCT ON (a) b FROM c WHERE d = 1 OR e = 2", []),
        ("sql_filter", "INSERT INTO a VALUES ($1) ON CONFLICT (b) DO NOTHING", []),
        ("sql_and", "SELECT 1 WHERE a BETWEEN 1 AND 2 AND b", ["SELECT 1 WHERE a BETWEEN 1 AND 2 OR b"]),
        ("sql_boundary", "SELECT 1 WHERE a < b -- c < d", ["SELECT 1 WHERE a <= b -- c < d"]),
        ("sql_boundary", "SELECT a -> b, c <@ d, ' < '", []),
        ("sql_limit", "SELECT 1 LIMIT $12", ["SELECT 1 LIMIT $12 + 1"]),
        ("sql_limit", "SELECT 1 LIMIT 20", ["SELECT 1 LIMIT 21"]),
        ("sql_null", "SELECT 1 WHERE a IS NOT NULL", ["SELECT 1 WHERE a IS NULL"]),
        ("sql_not", "SELECT 1 WHERE NOT EXISTS (SELECT)", ["SELECT 1 WHERE EXISTS (SELECT)"]),
        ("sql_order", "SELECT 1 ORDER BY a DESC", ["SELECT 1 ORDER BY a"]),
    ],
)
def test_sql_is_changed_in_one_place(kind: str, statement: str, mutants: list[str]) -> None:
    assert mutate_sql(statement, kind) == mutants


def test_sql_is_found_in_the_strings_of_a_module_and_sentences_are_not() -> None:
    source = 'A = """\n    SELECT 1 FROM a WHERE b IS NULL\n"""\nB = "Nobody AND nothing LIMIT 3"\n'

    found = [apply(source, one) for one in sql_mutators.list_changes(source)]

    assert sorted(found) == [
        source.replace("b IS NULL", "(b IS NULL OR true)"),
        source.replace("IS NULL", "IS NOT NULL"),
    ]


def test_each_stratum_finds_what_it_is_for() -> None:
    """Where modules have moved and the table was forgotten, a stratum would be empty and nobody would see it."""
    wanted = {stratum.name: stratum for stratum in STRATA if stratum.parts}
    modules = {path for path in list_modules() if not wanted["agreements"].parts.isdisjoint(path.with_suffix("").parts)}

    assert len(modules) > 15
    assert any("SELECT" in path.read_text() for path in modules)


def test_each_mutant_says_which_lines_it_touches() -> None:
    path = next(path for path in list_modules() if path.name == "state_machine.py")

    mutants = list(list_mutants(path))

    assert mutants
    for one in mutants:
        assert one.before in path.read_text()
        assert one.before != one.after
        ast.parse(apply(path.read_text(), one.change))
    assert len({one.key for one in mutants}) == len(mutants)


def test_each_equivalent_mutant_still_stands_in_the_source_and_has_its_reason() -> None:
    source = "\n".join(path.read_text() for path in list_modules())

    for (before, after), reason in read_equivalent().items():
        assert before in source, "the line has changed: does the reason still hold?"
        assert after != before
        assert len(reason) > 20
