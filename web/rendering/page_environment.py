"""jinja2 as pages use it: what is the same on every page is written into a template once, when it is read.

A page has a hundred sentences without a value in them, fifty icons, and thirty imports of macros, most of which know
nothing but what they are given: to ask for each of them again took longer than to write all the rest.
"""

from collections.abc import Callable, Collection, Mapping, MutableMapping
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.environment import TemplateModule
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from web.rendering.fragments import Fragments
from web.rendering.template_names import MACROS, TemplateNames

ICON = "icon"
"""The macro of MACROS that knows nothing but its one word."""

IMPORTED = "imported_once"
"""The name under which a page is given an empty dictionary, for the templates that it has imported so far."""

SENTENCES = frozenset({"_", "gettext"})


class PageTemplate(Template):
    """A template that is read once for each page that imports it `with context`, and not once for each import."""

    def make_module(
        self, vars: dict[str, Any] | None = None, shared: bool = False, locals: Mapping[str, Any] | None = None
    ) -> TemplateModule:
        """Its macros. They are those of another import where all that they read outside themselves is the same."""
        names = self.environment.names.find(self.name)  # type: ignore[attr-defined]  # a PageEnvironment
        if names == () and vars is not None:  # what it says is the same for everybody
            return self.module
        if names is None or not vars or IMPORTED not in vars:
            return super().make_module(vars, shared, locals)
        read = tuple(_find(name, vars, locals or {}) for name in names)
        key = (self.name, *map(id, read))
        module, _ = vars[IMPORTED].get(key) or (super().make_module(vars, shared, locals), ())
        vars[IMPORTED][key] = module, read  # held, so that nothing else gets the id of what was read
        return module


def _find(name: str, vars: Mapping[str, Any], locals: Mapping[str, Any]) -> Any:
    local = locals.get(name, missing)
    return vars.get(name, missing) if local is missing else local


class PageEnvironment(Environment):
    """All templates know the same, so that imports need not compare it name by name: a page has thirty of them."""

    template_class = PageTemplate

    def __init__(
        self,
        *,
        translate: Callable[[str], str],
        changing: Collection[str],
        static_url: Callable[[str], str],
        **options: Any,
    ) -> None:
        """`changing` are the sentences that may be said otherwise tomorrow."""
        super().__init__(**options)
        self.translate, self.changing, self.static_url = translate, frozenset(changing), static_url
        self.names = TemplateNames(self)
        self.fragments = Fragments(self)
        self.globals["kept_part"] = self.fragments.write

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """What a template knows."""
        return {**self.globals, **d} if d else self.globals

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if name != MACROS:
            self.names.free_imports(source)
        self.names.note(name, source)
        folded: nodes.Template = _Folding(self, name).visit(source)
        return super()._generate(folded, name, filename, defer_init)


class _Folding(NodeTransformer):
    """Calls whose answer is known already give way to it."""

    def __init__(self, environment: PageEnvironment, name: str | None) -> None:
        self._environment, self._in_macros = environment, name == MACROS
        chosen = environment.autoescape  # for mails, a question about the name
        self._kind_of_text: type[str] = Markup if (chosen(name) if callable(chosen) else chosen) else str

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:
        """A sentence, an icon or the address of a static file."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or len(node.args) != 1 or node.dyn_args or node.dyn_kwargs:
            return node
        told = node.args[0]
        if not isinstance(told, nodes.Const) or not isinstance(told.value, str):
            return node
        if node.node.name in SENTENCES:
            return self._fold_sentence(node, told.value)
        return node if node.kwargs else self._fold_name(node, node.node.name, told.value)

    def _fold_sentence(self, node: nodes.Call, sentence: str) -> nodes.Expr:
        """What jinja2's `gettext` would make of it: always a format, its values escaped where the template escapes."""
        if sentence in self._environment.changing:
            return node
        said = self._kind_of_text(self._environment.translate(sentence))
        if not node.kwargs:
            return nodes.Const(said % {}, lineno=node.lineno)
        pairs = [nodes.Pair(nodes.Const(one.key), one.value, lineno=node.lineno) for one in node.kwargs]
        return nodes.Mod(nodes.Const(said), nodes.Dict(pairs), lineno=node.lineno)

    def _fold_name(self, node: nodes.Call, name: str, word: str) -> nodes.Expr:
        if name == "static_url":
            return nodes.Const(self._environment.static_url(word), lineno=node.lineno)
        if name == ICON and not self._in_macros:
            draw = getattr(self._environment.get_template(MACROS).module, ICON)
            return nodes.Const(self._kind_of_text(draw(word)), lineno=node.lineno)
        return node
