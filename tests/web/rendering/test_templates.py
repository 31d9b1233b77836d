"""What pages are given, beside what their templates bring themselves."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import pytest
from jinja2 import Environment, nodes
from jinja2.meta import find_referenced_templates, find_undeclared_variables

from tests.web.small_app import prepare_templates
from web.rendering.assets import Assets
from web.rendering.environments import FOLDER, draw_code, make_environment
from web.rendering.own_words import OwnWords
from web.rendering.templating import make_translators

CODE = FOLDER.parent

READER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"])


@cache
def list_own_names(template: str) -> frozenset[str]:
    """What this template and those that it extends import or define, which hides what they are given."""
    tree = READER.parse((FOLDER / template).read_text())
    taken = {
        name if isinstance(name, str) else name[1] for one in tree.find_all(nodes.FromImport) for name in one.names
    }
    taken |= {macro.name for macro in tree.find_all(nodes.Macro)}
    for one in tree.find_all(nodes.Extends):
        if isinstance(one.template, nodes.Const):
            taken |= list_own_names(one.template.value)
    return frozenset(taken)


def list_given() -> list[tuple[str, set[str]]]:
    """Each template that the code names, and the names of the values that it gives it there."""
    texts = [path.read_text() for path in CODE.rglob("*.py")]
    calls = [one for text in texts if '.html"' in text for one in ast.walk(ast.parse(text))]
    return [
        (argument.value, {keyword.arg for keyword in call.keywords if keyword.arg})
        for call in calls
        if isinstance(call, ast.Call)
        for argument in call.args
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and argument.value.endswith(".html")
        and (FOLDER / argument.value).is_file()
    ]


def test_no_value_is_hidden_by_a_macro_of_the_same_name() -> None:
    given = list_given()

    assert len(given) > 50
    assert [
        (template, names & list_own_names(template)) for template, names in given if names & list_own_names(template)
    ] == []


def read_pages() -> Environment:
    """What pages of the first language are made with."""
    return prepare_templates(("fr",)).environments["fr"]


@cache
def read_texts() -> dict[str, str]:
    """All templates."""
    paths = [path for ending in ("html", "txt") for path in FOLDER.rglob(f"*.{ending}")]
    return {str(path.relative_to(FOLDER)): path.read_text() for path in paths}


def list_set_names(node: nodes.Node) -> set[str]:
    """What is set within it, the names of loops among it."""
    own = [node] if isinstance(node, nodes.Name) else []
    names = {one.name for one in [*own, *node.find_all(nodes.Name)] if one.ctx != "load"}
    return names | {one.name for one in node.find_all(nodes.Macro)}


def walk_settings(body: Sequence[nodes.Node]) -> Iterator[nodes.Assign | nodes.AssignBlock]:
    """Each `set` whose name counts in the whole template."""
    for one in body:
        if isinstance(one, nodes.Assign | nodes.AssignBlock):
            yield one
        elif isinstance(one, nodes.If):
            yield from walk_settings([*one.body, *one.elif_, *one.else_])


def list_changed_names(tree: nodes.Template) -> set[str]:
    """Names that it sets for the whole of itself, and reads as it was given them."""
    given = find_undeclared_variables(tree)
    return {
        name
        for one in walk_settings(tree.body)
        for name in list_set_names(one.target)
        if name in given or name in {told.name for told in one.find_all(nodes.Name) if told.ctx == "load"}
    }


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("{% set name = name or who %}", {"name"}),
        ("{% macro say() %}{{ name }}{% endmacro %}{% if who %}{% set name = who %}{% endif %}", {"name"}),
        ("{% set name %}{{ name }}!{% endset %}", {"name"}),
        ("{% set name = who %}{{ name }}{% for who in all %}{% set all = who %}{% endfor %}", set()),
    ],
)
def test_a_name_that_is_given_and_set_is_found(source: str, changed: set[str]) -> None:
    assert list_changed_names(READER.parse(source)) == changed


def test_what_is_read_once_for_many_imports_sets_nothing_that_it_was_given() -> None:
    texts = read_texts()
    shared = {name for text in texts.values() for name in re.findall(r'import "([^"]+)"[^%]* with context', text)}
    shared |= {name for text in texts.values() for name in re.findall(r'from "([^"]+)" import[^%]* with context', text)}

    assert len(shared) > 50
    changed = {name: list_changed_names(read_pages().parse(texts[name])) for name in shared}
    assert {name: names for name, names in changed.items() if names} == {}


def list_handed_on(names: Sequence[str], texts: Mapping[str, str]) -> list[str]:
    """Which of these templates, and of those that they name, import something with all that they know."""
    trees: dict[str, nodes.Template] = {}
    waiting = list(names)
    while waiting:
        if (name := waiting.pop()) not in trees:
            trees[name] = READER.parse(texts[name])
            waiting += [one for one in find_referenced_templates(trees[name]) if one]
    imports = (nodes.Import, nodes.FromImport)
    return sorted(
        name
        for name, tree in trees.items()
        if any(isinstance(one, imports) and one.with_context for one in tree.find_all(imports))
    )


def test_mails_and_archives_hand_nothing_on_since_they_could_not_read_what_draws_icons() -> None:
    texts = read_texts()
    told = {"mail/x.txt": "{% if no %}{% from 'x' import y %}{% endif %}", "x": "{% import 'z' as z with context %}"}
    told["z"] = ""
    leaving = [name for name in texts if name.startswith(("mail/", "archive/"))]

    assert list_handed_on(["mail/x.txt"], told) == ["x"]
    assert len(leaving) > 50 and list_handed_on(leaving, texts) == []


def test_no_template_calls_something_of_its_own_as_what_all_of_them_know() -> None:
    known = read_pages().globals.keys()
    named = re.compile(rf"(?<![\w.])(?:{'|'.join(known)})\b(?! *\()|macro +(?:{'|'.join(known)})\b")
    tags = {name: re.findall(r"\{%.*?%\}", text, re.DOTALL) for name, text in read_texts().items()}
    candidates = [name for name, ones in tags.items() if any(map(named.search, ones))]

    taken = {name: list_set_names(read_pages().parse(read_texts()[name])) & known for name in candidates}

    assert "_" in known and {name: names for name, names in taken.items() if names} == {}


@pytest.mark.parametrize(
    ("escapes", "said"), [(True, "100 % &lt;b&gt;; moins 100 % &lt;b&gt;"), (False, "100 % <b>; moins 100 % <b>")]
)
def test_a_word_of_the_cooperatives_own_is_neither_a_format_nor_html(escapes: bool, said: str) -> None:
    own = OwnWords()
    own.current = {"Prêt": "100 % <b>"}
    pages = make_environment("fr", Assets(urls={}, files={}), make_translators("fr", own), own)
    source = '{{ _("Prêt") }}; {% trans word=_("Prêt") %}moins {{ word }}{% endtrans %}'

    assert pages.overlay(autoescape=escapes).from_string(source).render() == said


def test_code_grows_with_its_box_on_paper() -> None:
    drawn = draw_code("https://lomme.test/invitation/NzcgMQ.cqTm_6l5bSgn84OwriJqgYrJ")

    size = re.match(r'<svg width="(\d+)" height="(\d+)" viewBox="0 0 (\d+) (\d+)"', drawn)

    assert size is not None and len(set(size.groups())) == 1


STUCK = re.compile(r"[^\s>}]\{% endtrans %\}\n<(?:code|a|b|em|strong)\b")
"""A sentence, and behind the end of the line, which jinja2 takes away after a tag, what stands in the same line."""


def test_no_word_is_stuck_to_the_link_or_the_command_behind_it() -> None:
    stuck = [path.name for path in FOLDER.rglob("*.html") if STUCK.search(path.read_text())]

    assert STUCK.search("avec{% endtrans %}\n<code>declic doctor</code>")
    assert stuck == []
