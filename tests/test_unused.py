"""Nothing stands in the source that only tests use: each public name, and each option, is used by the source itself."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.test_shape import FOLDERS, ROOT, SHIPPED, parse

CLOCK = frozenset({"at", "now", "today"})

BUILDING = sorted((ROOT / "deploy").rglob("*.py"))
"""What makes shipped data and pictures uses the source too."""

Named = tuple[str, str]
"""A module with dots, and a name in it."""

EXCEPTIONS: dict[Named, str] = {}
"""Names that nothing of the source uses, each with its reason."""

OPTIONS: dict[tuple[str, str, str], str] = {
    ("models.places.communes", "load_communes", "file"): "a small list, or the one of another year",
    ("web.rendering.assets", "load_assets", "folder"): "files that a test makes and changes",
    ("web.rendering.i18n", "load_catalogue", "folder"): "catalogues that a test makes, with mistakes",
    ("web.server.processes.serve", "run_until", "work_signal"): "rings when the test wants",
}
"""Options that nothing of the source gives, each with its reason: a module, a function of it, the option."""


@dataclass
class Module:
    """What a module defines, what its names stand for elsewhere, and what it uses."""

    name: str
    tree: ast.Module
    nodes: list[ast.AST] = field(default_factory=list)
    defined: dict[str, ast.AST] = field(default_factory=dict)
    imported: dict[str, Named] = field(default_factory=dict)
    used: set[Named] = field(default_factory=set)
    passed_on: set[str] = field(default_factory=set)
    asked_of_any: set[str] = field(default_factory=set)


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def names_bound(node: ast.stmt) -> Iterator[str]:
    """What a statement at the top of a module defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Assign(targets=targets):
            yield from (inner.id for one in targets for inner in ast.walk(one) if isinstance(inner, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name


def read_module(path: Path) -> Module:
    module = Module(name_of(path), parse(path))
    for top in module.tree.body:
        own = set(names_bound(top))
        nodes = list(ast.walk(top))
        module.nodes += nodes
        module.defined.update(dict.fromkeys(own, top))
        for node in nodes:
            if isinstance(node, ast.ImportFrom) and node.module:
                module.imported.update({one.asname or one.name: (node.module, one.name) for one in node.names})
        if "__all__" not in own:
            for node in nodes:
                module.used.update(read_use(module, node, own))
    read_loose(module)
    return module


def read_loose(module: Module) -> None:
    """Modules that are handed on as values, and what is asked of values that may be such."""
    asked = {id(node.value) for node in module.nodes if isinstance(node, ast.Attribute)}
    for node in module.nodes:
        if isinstance(node, ast.Name) and node.id in module.imported and id(node) not in asked:
            module.passed_on.add(".".join(module.imported[node.id]))
        elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") not in module.imported:
            module.asked_of_any.add(node.attr)


def read_use(module: Module, node: ast.AST, own: set[str]) -> Iterator[Named]:
    """What this piece of a module uses; a function that only calls itself is used by nobody."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            if name in module.imported:
                yield module.imported[name]
            elif name not in own:
                yield module.name, name
        case ast.Attribute(value=ast.Name(id=name), attr=attribute) if name in module.imported:
            yield ".".join(module.imported[name]), attribute
        case ast.Constant(value=str(text)) if text.isidentifier():  # an annotation in quotes, a name that is looked up
            yield module.imported.get(text, (module.name, text))


@cache
def read_source() -> dict[str, Module]:
    return {module.name: module for module in map(read_module, [*SHIPPED, *BUILDING])}


@cache
def list_used() -> frozenset[Named]:
    """All that the source uses, packages that pass on names of their modules seen through."""
    modules = read_source()
    todo = [named for module in modules.values() for named in module.used]
    asked = {name for module in modules.values() for name in module.asked_of_any}
    passed_on = {name for module in modules.values() for name in module.passed_on} & set(modules)
    todo += [(name, one) for name in passed_on for one in asked & set(modules[name].defined)]
    found: set[Named] = set()
    while todo:
        named = todo.pop()
        if named not in found:
            found.add(named)
            package = modules.get(named[0])
            if package is not None and named[1] in package.imported:
                todo.append(package.imported[named[1]])
    return frozenset(found)


def is_command(node: ast.AST) -> bool:
    """Whether the command line finds this by its decorator."""
    return any(
        "command(" in ast.unparse(one) or "group(" in ast.unparse(one) for one in getattr(node, "decorator_list", [])
    )


def list_unused() -> set[Named]:
    used = list_used()
    return {
        (module.name, name)
        for module in read_source().values()
        for name, node in module.defined.items()
        if module.name.partition(".")[0] in FOLDERS
        and not name.startswith("_")
        and not is_command(node)
        and (module.name, name) not in used
    }


def list_calls() -> tuple[dict[str, list[ast.Call]], set[str]]:
    """Every call of the source by the last name of what is called, and the names that are handed on uncalled."""
    calls: dict[str, list[ast.Call]] = {}
    handed_on: set[str] = set()
    for module in read_source().values():
        found = [node for node in module.nodes if isinstance(node, ast.Call)]
        called = {id(node.func) for node in found}
        for node in found:
            calls.setdefault(last_name(node.func), []).append(node)
        handed_on |= {
            last_name(node)
            for node in module.nodes
            if isinstance(node, ast.Name | ast.Attribute) and id(node) not in called
        }
    return calls, handed_on


def last_name(node: ast.AST) -> str:
    return str(getattr(node, "attr", getattr(node, "id", "")))


def list_functions() -> Iterator[tuple[Module, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for module in read_source().values():
        if module.name.partition(".")[0] in FOLDERS:
            for node in module.tree.body:
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not is_command(node):
                    yield module, node


def list_options(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[tuple[str, int | None]]:
    """The parameters that may be left out: their names, and where they stand if they can be given by place.

    A number is no option but a name for it, and the clock is an argument so that tests can set it.
    """
    plain = [*node.args.posonlyargs, *node.args.args]
    first = len(plain) - len(node.args.defaults)
    pairs = [
        (one.arg, first + place, default)
        for place, (one, default) in enumerate(zip(plain[first:], node.args.defaults, strict=True))
    ]
    pairs_by_name = zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
    given_by_name = [(one.arg, None, default) for one, default in pairs_by_name if default is not None]
    for name, place, default in [*pairs, *given_by_name]:
        if name not in CLOCK and not is_number(default):
            yield name, place


def is_number(node: ast.expr) -> bool:
    """Also by the name of a constant, or as a time."""
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float()):
            return True
        case ast.Name(id=name):
            return name.isupper() and not name.endswith(("FILE", "FOLDER", "NOTHING"))
        case ast.Call(func=ast.Name(id="timedelta")):
            return True
    return False


def is_given(call: ast.Call, name: str, place: int | None) -> bool:
    if any(one.arg in (name, None) for one in call.keywords) or any(isinstance(one, ast.Starred) for one in call.args):
        return True
    return place is not None and len(call.args) > place


def list_options_not_given() -> set[tuple[str, str, str]]:
    calls, handed_on = list_calls()
    return {
        (module.name, node.name, name)
        for module, node in list_functions()
        if node.name not in handed_on
        for name, place in list_options(node)
        if calls.get(node.name) and not any(is_given(call, name, place) for call in calls[node.name])
    }


def test_every_public_name_is_used_by_the_source() -> None:
    assert list_unused() - set(EXCEPTIONS) == set(), "tests alone use this: take it out, or say why it stays"
    assert set(EXCEPTIONS) <= list_unused(), "an exception that is none any more"


def test_every_option_is_given_by_the_source() -> None:
    assert list_options_not_given() - set(OPTIONS) == set(), "tests alone give this: take it out, or say why it stays"
    assert set(OPTIONS) <= list_options_not_given(), "an exception that is none any more"
