"""The complexity of each function of the source, with `and`, `or`, conditional expressions and comprehensions in it.

The figure is radon's: one, and one more for each

- `if`, `elif`, conditional expression, `assert` (what it asserts is not looked into),
- `for` and `while`, and their `else`; each `for` and each `if` of a comprehension,
- `except`, and the `else` of a `try`,
- operand of `and` and `or` but the first,
- `case` of a `match`, but one that takes whatever is left.

A function in a function counts by itself and not in the one around it; so do the methods of a class in a function.
Decorators, defaults and annotations are not counted. ruff counts neither expressions nor comprehensions (`mccabe`).
"""

import ast
from collections.abc import Iterable
from functools import cache

import pytest

from tests.test_shape import SHIPPED, name_of, parse

LIMIT = 10

NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def count(node: ast.AST) -> int:
    """What this node alone adds to the figure."""
    match node:
        case ast.If() | ast.IfExp() | ast.Assert():
            return 1
        case ast.BoolOp(values=values):
            return len(values) - 1
        case ast.comprehension(ifs=conditions):
            return 1 + len(conditions)
        case ast.For(orelse=rest) | ast.AsyncFor(orelse=rest) | ast.While(orelse=rest):
            return 1 + bool(rest)
        case ast.Try(handlers=handlers, orelse=rest) | ast.TryStar(handlers=handlers, orelse=rest):
            return len(handlers) + bool(rest)
        case ast.Match(cases=cases):
            return len(cases) - any(takes_the_rest(case.pattern) for case in cases)
    return 0


def takes_the_rest(pattern: ast.pattern) -> bool:
    return isinstance(pattern, ast.MatchAs) and pattern.pattern is None


COUNTED = frozenset(
    {ast.If, ast.IfExp, ast.Assert, ast.BoolOp, ast.comprehension, ast.For, ast.AsyncFor, ast.While, ast.Try}
    | {ast.TryStar, ast.Match}
)

LEAVES = frozenset({ast.Name, ast.Constant, ast.Pass, ast.Break, ast.Continue, ast.alias, str, int, bool, type(None)})

PLAIN = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "name", "names", "annotation", "returns", "type_comment"})
"""Parts of nodes in which nothing stands that counts."""


TABLES = frozenset({ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr})
"""What stands at the top of a module beside its functions."""


PARTS = {
    kind: tuple(field for field in kind._fields if field not in PLAIN)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
} | {ast.Assert: ()}
"""What of each kind of node is looked into."""


def add_children(node: ast.AST, todo: list[ast.AST]) -> None:
    """Put what stands in a node, and may count, to what is still to be looked at."""
    for part in PARTS[type(node)]:
        value = getattr(node, part)
        kind = type(value)
        if kind is list:
            todo += value
        elif kind not in LEAVES:
            todo.append(value)


def measure(nodes: Iterable[ast.AST], around: str, found: dict[str, int]) -> int:
    """What these statements add to the figure of the function around them; functions in them go to `found`."""
    figure = 0
    todo = list(nodes)
    while todo:
        node = todo.pop()
        kind = type(node)
        if kind in LEAVES:
            continue
        if kind in COUNTED:
            figure += count(node)
        if isinstance(node, NESTED):
            measure_nested(node, around, found)
        else:
            add_children(node, todo)
    return figure


def measure_nested(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, around: str, found: dict[str, int]
) -> None:
    name = f"{around}{node.name}"
    own = measure(node.body, f"{name}.", found)
    if not isinstance(node, ast.ClassDef):
        found[name] = max(1 + own, found.get(name, 0))  # of overloads, and of a property and its setter


def measure_module(tree: ast.Module) -> dict[str, int]:
    """The figure of each function, by its name in the module."""
    found: dict[str, int] = {}
    measure([node for node in tree.body if type(node) not in TABLES], "", found)
    return found


@cache
def measure_source() -> dict[str, int]:
    return {
        f"{name_of(path)} {function}": figure
        for path in SHIPPED
        for function, figure in measure_module(parse(path)).items()
    }


def test_no_function_is_more_complex_than_the_limit() -> None:
    too_complex = {name: figure for name, figure in measure_source().items() if figure > LIMIT}

    assert too_complex == {}, "make smaller functions of it, each with a name that says what it does"


@pytest.mark.parametrize(
    ("body", "figure"),
    [
        ("pass", 1),
        ("if a:\n  b\nelif c:\n  d\nelse:\n  e", 3),
        ("return a if b else c if d else e", 3),
        ("return a and b and c or d", 4),
        ("for a in b:\n  c\nelse:\n  d", 3),
        ("while a:\n  b", 2),
        ("async for a in b:\n  c", 2),
        ("return [a for b in c if d if e for f in g]", 5),
        ("return {a: b for a, b in c}, {a for a in b}, list(a for a in b)", 4),
        ("try:\n  a\nexcept B:\n  c\nexcept D:\n  e\nelse:\n  f\nfinally:\n  g", 4),
        ("try:\n  a\nexcept* B:\n  c", 2),
        ("match a:\n  case 1 | 2:\n    b\n  case 3 if c:\n    d\n  case _:\n    e", 3),
        ("match a:\n  case 1:\n    b\n  case [2, *c]:\n    d", 3),
        ("assert a and b, c or d", 2),
        ("with a as b:\n  c", 1),
        ("return lambda a: b if a else c", 2),
        ("f = [a or b]\nf[c if d else e](g and h)", 4),
        ("def inner():\n  return a or b\nreturn inner", 1),
        ("class Inner:\n  def method(self):\n    return a or b\nreturn Inner", 1),
    ],
)
def test_the_figure_of_a_function_is_what_radon_counts(body: str, figure: int) -> None:
    lines = "\n".join(f"  {line}" for line in body.split("\n"))

    found = measure_module(ast.parse(f"async def outer(a=b or c):\n{lines}"))

    assert found["outer"] == figure


def test_a_function_in_another_has_a_figure_of_its_own() -> None:
    found = measure_module(
        ast.parse("class A:\n  def b(self):\n    def c():\n      return d and e and f\n    return c if g else None")
    )

    assert found == {"A.b": 2, "A.b.c": 3}
