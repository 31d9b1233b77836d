"""Mutations of Python: comparisons and their boundaries, and/or, not, constants, results, statements, branches."""

import ast
from collections.abc import Iterator

from tests.mutations.values import Change, Kind

COMPARISONS: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}

OPPOSITES = {"min": "max", "max": "min", "any": "all", "all": "any"}

LOGGERS = ("log", "logger", "structlog")
"""What is only written to the log is nobody's behaviour."""


class Places:
    """From lines and columns (in bytes, as Python counts) to characters of the text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._lines = source.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def at(self, line: int, column: int) -> int:
        text = self._lines[line - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode())
        return self._starts[line - 1] + column

    def span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.expr | ast.stmt) -> str:
        start, end = self.span(node)
        return self.source[start:end]


def list_changes(source: str) -> list[Change]:
    """All changes of the Python of this source, in the order of their places."""
    places = Places(source)
    tree = ast.parse(source)
    found: list[Change] = []
    for node in _walk(tree):
        for mutator in MUTATORS:
            found += mutator(node, places)
    return sorted(found, key=lambda change: (change.start, change.end, change.text))


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but annotations, decorators, docstrings and what is written to the log."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params", "bases", "keywords_of_class"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_mute(child):
                yield from _walk(child)


def _is_mute(node: ast.AST) -> bool:
    if isinstance(node, ast.Assert | ast.Import | ast.ImportFrom):
        return True
    if not isinstance(node, ast.Expr):
        return False
    if isinstance(node.value, ast.Constant):
        return True
    call = node.value
    return (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name | ast.Call)
        and any(word in ast.unparse(call.func.value).lower() for word in LOGGERS)
    )


def _replace(places: Places, node: ast.expr | ast.stmt, text: str, kind: Kind) -> Change:
    start, end = places.span(node)
    return Change(start=start, end=end, text=text, kind=kind)


def compare(node: ast.AST, places: Places) -> Iterator[Change]:
    """`<` becomes `<=`, `==` becomes `!=`…"""
    if not isinstance(node, ast.Compare):
        return
    sides = [node.left, *node.comparators]
    for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
        old, new = COMPARISONS[type(operator)]
        start, end = places.span(left)[1], places.span(right)[0]
        between = places.source[start:end]
        if between.count(old) == 1:
            yield Change(start=start, end=end, text=between.replace(old, new), kind="compare")


def boolean(node: ast.AST, places: Places) -> Iterator[Change]:
    """`and` becomes `or`; one side of it goes; `not` goes."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield _replace(places, node, f"({places.text(node.operand)})", "boolean")
    if not isinstance(node, ast.BoolOp):
        return
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    for left, right in zip(node.values, node.values[1:], strict=False):
        start, end = places.span(left)[1], places.span(right)[0]
        between = places.source[start:end]
        if between.count(old) == 1 and len(node.values) == 2:
            yield Change(start=start, end=end, text=between.replace(old, new), kind="boolean")
    for value in node.values:
        yield _replace(places, value, str(old == "and"), "operand")


def constant(node: ast.AST, places: Places) -> Iterator[Change]:
    """A whole number is one more or one less; True becomes False; `min` becomes `max`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield _replace(places, node, str(not node.value), "constant")
    elif isinstance(node, ast.Constant) and isinstance(node.value, int):
        yield _replace(places, node, str(node.value + 1), "constant")
        if node.value > 0:
            yield _replace(places, node, str(node.value - 1), "constant")
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OPPOSITES:
        yield _replace(places, node.func, OPPOSITES[node.func.id], "call")


def statement(node: ast.AST, places: Places) -> Iterator[Change]:
    """A call whose result nobody wants, or a refusal, goes; a result is None."""
    if (isinstance(node, ast.Expr) and not isinstance(node.value, ast.Yield | ast.YieldFrom)) or isinstance(
        node, ast.Raise
    ):
        yield _replace(places, node, "pass", "statement")
    elif isinstance(node, ast.Return) and node.value is not None and places.text(node.value) not in ("None", "()"):
        yield _replace(places, node.value, "None", "result")


def branch(node: ast.AST, places: Places) -> Iterator[Change]:
    """The branches of a condition change places; one condition of a comprehension goes."""
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        if not isinstance(node.test, ast.UnaryOp | ast.Compare):
            yield _replace(places, node.test, f"not ({places.text(node.test)})", "branch")
        if isinstance(node, ast.If):
            yield _replace(places, node.test, f"False and ({places.text(node.test)})", "branch")
    elif isinstance(node, ast.comprehension):
        for condition in node.ifs:
            yield _replace(places, condition, f"({places.text(condition)} or True)", "filter")


def arithmetic(node: ast.AST, places: Places) -> Iterator[Change]:
    """`a - b` becomes `a + b`, and `a + b` of numbers or times becomes `a - b`."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Sub | ast.Add):
        return
    sides = (node.left, node.right)
    if isinstance(node.op, ast.Add) and any(isinstance(side, ast.List | ast.Tuple | ast.JoinedStr) for side in sides):
        return  # what is no number would fail at once
    old, new = ("-", "+") if isinstance(node.op, ast.Sub) else ("+", "-")
    start, end = places.span(node.left)[1], places.span(node.right)[0]
    between = places.source[start:end]
    if between.count(old) == 1:
        yield Change(start=start, end=end, text=between.replace(old, new), kind="arithmetic")


MUTATORS = (compare, boolean, constant, statement, branch, arithmetic)
