"""Which names a template reads from the page that imports it, and whether it may be read once for all pages."""

from typing import TYPE_CHECKING

from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

if TYPE_CHECKING:
    from jinja2 import Environment

MACROS = "macros.html"
"""What almost every template takes its components from, `with context`: most of them read nothing of it."""


class TemplateNames:
    """What the templates of one environment read besides what all of them know."""

    def __init__(self, environment: "Environment") -> None:
        self._environment = environment
        self._noted: dict[str | None, tuple[frozenset[str], frozenset[str]] | None] = {}
        self._found: dict[str | None, tuple[str, ...] | None] = {}
        self._free: frozenset[str] | None = None

    def note(self, name: str | None, source: nodes.Template) -> None:
        """Remember a template that was just parsed; one that hands all that it knows to a template which is not named
        in it, or to a part of itself, reads anything.
        """
        self._found.clear()
        targets = _list_targets(source)
        self._noted[name] = None if targets is None else (self._list_names(source), targets)

    def find(self, name: str | None) -> tuple[str, ...] | None:
        """The names that a template and all that it imports `with context` read; None where nobody can tell."""
        if name not in self._found:
            read = self._gather(name, set())
            self._found[name] = None if read is None else tuple(sorted(read))
        return self._found[name]

    def free_imports(self, source: nodes.Template) -> None:
        """Let go of the context where it is handed to components that read nothing of it: those are read once."""
        for one in source.find_all(nodes.FromImport):
            if one.with_context and _name_target(one.template) == MACROS and self._are_free(one):
                one.with_context = False

    def _gather(self, name: str | None, seen: set[str | None]) -> set[str] | None:
        """Its own names and those of its imports, each template once; a circle of imports adds nothing to them."""
        if name in seen:
            return set()
        seen.add(name)
        if name is not None and name not in self._noted:
            self._environment.get_template(name)  # which notes it
        noted = self._noted.get(name)
        if noted is None:
            return None
        read, targets = set(noted[0]), noted[1]
        for target in targets:
            further = self._gather(target, seen)
            if further is None:
                return None
            read |= further
        return read

    def _list_names(self, source: nodes.Template) -> frozenset[str]:
        return frozenset(find_undeclared_variables(source) - self._environment.globals.keys())

    def _are_free(self, one: nodes.FromImport) -> bool:
        if self._free is None:
            self._free = self._list_free()
        return all((name if isinstance(name, str) else name[0]) in self._free for name in one.names)

    def _list_free(self) -> frozenset[str]:
        """The components that read nothing, and call only such."""
        loader = self._environment.loader
        assert loader is not None
        source = self._environment.parse(loader.get_source(self._environment, MACROS)[0])
        read = {
            one.name: self._list_names(nodes.Template([one], lineno=1, environment=self._environment))
            for one in source.find_all(nodes.Macro)
        }
        free = set(read)
        while bound := {name for name in free if not read[name] <= free}:
            free -= bound
        return frozenset(free)


def _list_targets(source: nodes.Template) -> frozenset[str] | None:
    """The templates that are given all that this one knows; None where one has no fixed name, or becomes a part."""
    if any(source.find_all((nodes.Include, nodes.Extends))):
        return None
    whole = [_name_target(one.template) for one in source.find_all(nodes.Import) if one.with_context]
    named = [_name_target(one.template) for one in source.find_all(nodes.FromImport) if one.with_context]
    targets = {*whole, *named}
    return None if None in targets else frozenset(name for name in targets if name is not None)


def _name_target(template: nodes.Expr) -> str | None:
    return template.value if isinstance(template, nodes.Const) and isinstance(template.value, str) else None
