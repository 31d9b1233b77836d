"""The shape of SQL in models/: whole literals, or put together in the one way of models/store/statements.py."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.store.statements import MOST_NUMBERED

MODELS = Path(__file__).parent.parent / "models"

MODULES = sorted(path for path in MODELS.rglob("*.py") if path.name != "statements.py")

SQL = re.compile(
    r"\b(SELECT|INSERT INTO|DELETE FROM|ORDER BY|GROUP BY|WHERE|UNION ALL|VALUES|LIMIT|JOIN|NOT EXISTS)\b"
    r"|\bUPDATE \w+ SET\b"
)

NUMBER = re.compile(r"\$(\d+)")

COMPOSERS = {"compose", "fragment", "hide_values", "name_values", "name_optional", "both_ways", "name_watched"}
"""Those of models/store/statements.py, and two made of them for statements that share more than parts."""

ASKING = {
    "execute": 1, "execute_many": 1, "fetch_value": 1, "fetch_column": 1, "fetch_records": 1, "fetch_planned": 1,
    "fetch_one": 2, "fetch_all": 2,
}  # fmt: skip
"""The functions of models/store/database.py, and which of their arguments is the statement."""

WRITTEN_BY_POSTGRESQL = "row['statement']"
"""In models/store/backups.py: the database itself writes one for each of its tables, with its own quoting."""

CHANGING = {"replace", "format", "format_map", "join", "substitute", "safe_substitute", "sub", "subn", "translate"}


def name_of(path: Path) -> str:
    return path.relative_to(MODELS.parent).as_posix()


def test_statements_are_literals_or_put_together_in_one_way() -> None:
    faults = [
        f"{name_of(path)}: {fault}" for path in MODULES for fault in find_faults(path.read_text(encoding="utf-8"))
    ]

    assert len(MODULES) > 100
    assert faults == []


@pytest.mark.parametrize(
    "source",
    [
        'def f(x):\n    return f"DELETE FROM post WHERE id = {x}"',
        'A = "SELECT 1"\nB = f"{A} LIMIT 1"',
        'A = "SELECT 1"\nB = A + " LIMIT 1"',
        'A = "SELECT %s" % 1',
        'A = "SELECT :x".replace(":x", "1")',
        'A = "SELECT {}".format(1)',
        'A = "SELECT 1"\nB = A.replace("1", "2")',
        'B = " ".join(["SELECT 1", "LIMIT 1"])',
        'A = "SELECT 1"\nB = "; ".join((A, A))',
        'import re\nA = "SELECT 1"\nB = re.sub("1", "2", A)',
        'A = "SELECT 1"\nA += " LIMIT 1"',
        'A = compose("SELECT {x}", x=X)\nB = A + " LIMIT 1"',
        'def f(x):\n    return compose("SELECT {x}", x=x)',
        'A = compose("SELECT {x}", x=str(1))',
        "async def f(conn, x):\n    await execute(conn, x)",
        "async def f(conn, x):\n    await fetch_all(conn, Post, make(x))",
        'async def f(conn, x):\n    a = "SELECT 1"\n    if x:\n        a = x\n    await execute(conn, a)',
        'A = "SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"',
    ],
)
def test_any_other_way_is_found(source: str) -> None:
    assert len(list(find_faults(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        'A = "SELECT 1"\nB = compose("{a} LIMIT $1", a=A)\nasync def f(conn):\n    await execute(conn, B, 1)',
        'async def f(conn):\n    await execute(conn, "DELETE FROM post WHERE id = $1", 1)',
        'A = name_values("SELECT :x", X)\nasync def f(conn, x):\n    await fetch_all(conn, X, A.sql, *A.args(x))',
        'async def f(conn):\n    sql = "SELECT 1"\n    await execute(conn, sql)',
        "async def f(conn, up):\n    await execute(conn, UP if up else DOWN)",
        '"""SELECT and WHERE are words."""\nA = "a" + "b"',
    ],
)
def test_the_ways_that_there_are_are_no_fault(source: str) -> None:
    assert list(find_faults(source)) == []


def find_faults(source: str) -> Iterator[str]:
    """What is wrong with the statements of a module, each fault once."""
    tree = ast.parse(source)
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for text in texts:
        if any(int(number) > MOST_NUMBERED for number in NUMBER.findall(text)):
            yield f"more than {MOST_NUMBERED} numbered values, which `store/statements.name_values` would name: {text}"
    known, literal = find_names(tree), find_literals(tree)
    inside = {id(node) for function in find_functions(tree) for node in ast.walk(function)}
    for node in ast.walk(tree):
        if is_put_together(node, known):
            yield f"put together in a way of its own: {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and name_called(node) in COMPOSERS:
            if id(node) in inside or not all(is_constant(arg) for arg in list_parts(node)):
                yield f"only constants, where the module is read: {ast.unparse(node)}"
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ASKING
            and not is_statement(node, literal)
        ):
            yield f"no statement of this module: {ast.unparse(node)}"


def find_names(tree: ast.Module) -> set[str]:
    """The constants of a module that hold SQL."""
    known: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.Assign) and is_sql(node.value, known):
            known |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return known


def find_literals(tree: ast.Module) -> set[str]:
    """Names that are given a literal wherever they are given anything, inside of functions too."""
    given: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                given.setdefault(ast.unparse(target), []).append(node.value)
    return {name for name, values in given.items() if all(isinstance(value, ast.Constant) for value in values)}


def find_functions(tree: ast.Module) -> Iterator[ast.AST]:
    """All but the composers, which are given texts that stand elsewhere."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in COMPOSERS:
            yield node


def is_sql(node: ast.expr, known: set[str]) -> bool:
    match node:
        case ast.Constant(value=str(text)):
            return SQL.search(text) is not None
        case ast.Name(id=name):
            return name in known
        case ast.Call():
            return name_called(node) in COMPOSERS
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return any(is_sql(element, known) for element in elements)
        case _:
            return False


def is_put_together(node: ast.AST, known: set[str]) -> bool:
    match node:
        case ast.JoinedStr(values=values):
            parts = [part.value if isinstance(part, ast.FormattedValue) else part for part in values]
            return any(is_sql(part, known) for part in parts)
        case ast.BinOp(op=ast.Add() | ast.Mod(), left=left, right=right):
            return is_sql(left, known) or is_sql(right, known)
        case ast.AugAssign(target=ast.Name() as target, value=value):
            return is_sql(target, known) or is_sql(value, known)
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args) if name in CHANGING:
            return is_sql(value, known) or any(is_sql(arg, known) for arg in args)
        case _:
            return False


def list_parts(call: ast.Call) -> list[ast.expr]:
    """The texts that a composer is given; lists of names besides."""
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def is_constant(node: ast.expr) -> bool:
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.List(elts=elements):
            return all(isinstance(element, ast.Constant) for element in elements)
        case ast.Starred(value=value):
            return is_constant(value)
        case ast.Call():
            return name_called(node) in COMPOSERS
        case _:
            return False


def is_statement(call: ast.Call, literal: set[str]) -> bool:
    """Whether the database is asked a literal, a constant of a module, or the `sql` of a Statement."""
    place = ASKING[name_called(call)]
    return len(call.args) > place and is_written(call.args[place], literal)


def is_written(node: ast.expr, literal: set[str]) -> bool:
    match node:
        case ast.Constant(value=str()) | ast.Attribute(attr="sql"):
            return True
        case ast.Name(id=name):
            return name.isupper() or name in literal
        case ast.Subscript():
            return ast.unparse(node) == WRITTEN_BY_POSTGRESQL
        case ast.IfExp(body=body, orelse=orelse):
            return is_written(body, literal) and is_written(orelse, literal)
        case _:
            return False


def name_called(call: ast.Call) -> str:
    return (
        call.func.id
        if isinstance(call.func, ast.Name)
        else call.func.attr
        if isinstance(call.func, ast.Attribute)
        else ""
    )
