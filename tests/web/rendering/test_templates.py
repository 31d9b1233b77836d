"""What pages are given, beside what their templates bring themselves."""

import ast
import re
from functools import cache

from jinja2 import Environment, nodes

from web.rendering.environments import FOLDER, draw_code

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


def test_code_grows_with_its_box_on_paper() -> None:
    drawn = draw_code("https://lomme.test/invitation/NzcgMQ.cqTm_6l5bSgn84OwriJqgYrJ")

    size = re.match(r'<svg width="(\d+)" height="(\d+)" viewBox="0 0 (\d+) (\d+)"', drawn)

    assert size is not None and len(set(size.groups())) == 1
