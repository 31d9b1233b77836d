"""Every refusal is raised by a code, every code has one sentence, and both name the same values."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from federation.sandbox.pictures import REFUSALS as PICTURES
from federation.sandbox.pictures import TooHeavy
from federation.sandbox.refused_films import REFUSALS as FILMS
from federation.sandbox.refused_films import RefusedFilm, TooHeavyFilm
from models import errors
from models.errors import Refusal
from models.limits import SILENT, TRIES
from outbox.builders.texts.reasons import REFUSALS as REASONS
from tests.test_shape import parse
from web.middlewares.errors import CODES
from web.rendering.error_messages.lookup import KNOWN, SENTENCES, TABLES, format_error, reword
from web.rendering.i18n import find_catalogue
from web.rendering.journal_words import ACT_WORDS

ROOT = Path(__file__).parents[4]

FOLDERS = ("models", "federation", "inbox", "outbox", "web")

MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

EDGE = ROOT / "web" / "middlewares" / "errors.py"
"""Where statuses of HTTP become codes, by a table of its own."""

PLACEHOLDER = re.compile(r"%\((\w+)\)s")

KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Refusal)}

ANSWERING_OFFERS = (
    "outbox/exchanges/agreements/request_preconditions",
    "outbox/exchanges/agreements/hold_limits",
    "outbox/exchanges/agreements/terms",
    "outbox/exchanges/agreements/point_prices",
    "models/exchanges/points/promises",
)
"""Whatever these raise may be the word in a Reject, beside `inbox/`."""


class Raised(NamedTuple):
    """One place where a refusal is made: its code, or the first part of it, and the values that it gives."""

    where: str
    code: str
    values: frozenset[str]
    open: bool = False


class Faulty(NamedTuple):
    """A place that gives something else than a code."""

    where: str


def read_module(path: Path) -> Iterator[Raised | Faulty]:
    """All that a module refuses with."""
    tree, name = parse(path), path.relative_to(ROOT).as_posix()
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from read_call(node, f"{name}:{node.lineno}")
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in KINDS:
            yield Raised(f"{name}:{node.lineno}", getattr(errors, node.exc.id).code, frozenset())
    for cls in (node for node in nodes if isinstance(node, ast.ClassDef)):
        for line in cls.body:
            if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
                yield Raised(f"{name}:{line.lineno}", ast.literal_eval(line.value), find_values(cls, tree))


def read_call(node: ast.Call, where: str) -> Iterator[Raised | Faulty]:
    """What one call refuses with; the code of another refusal may be passed on."""
    kind = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if kind not in KINDS or isinstance(node.func, ast.Attribute):
        return
    values = frozenset(keyword.arg for keyword in node.keywords if keyword.arg not in ("field", None))
    match node.args:
        case []:
            yield Raised(where, getattr(errors, kind).code, values)
        case [ast.Constant(value=str(code))]:
            yield Raised(where, code, values)
        case [ast.JoinedStr(values=[ast.Constant(value=str(start)), ast.FormattedValue()])]:
            yield Raised(where, start, values, open=True)
        case [ast.Attribute(attr="code" | "refused")]:
            return
        case _:
            yield Faulty(where)


def find_values(cls: ast.ClassDef, tree: ast.Module) -> frozenset[str]:
    """What is given wherever an error with a code of its own is made: in its `__init__`, or that of its base."""
    classes = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    while True:
        for call in (node for node in ast.walk(cls) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) == "super().__init__":
                return frozenset(keyword.arg for keyword in call.keywords if keyword.arg not in ("field", None))
        base = classes.get(ast.unparse(cls.bases[0])) if cls.bases else None
        if base is None:
            return frozenset()
        cls = base


@cache
def read_all() -> list[Raised | Faulty]:
    """What all modules refuse with. Reading them takes seconds, which no other run of tests should wait for."""
    return [raised for path in MODULES if path != EDGE for raised in read_module(path)]


def list_raised() -> list[Raised]:
    """Those that give a code."""
    return [raised for raised in read_all() if isinstance(raised, Raised)]


TOLD = {tries.pair.refused for tries in TRIES.values()} - {SILENT}
"""What people are told who try too often, by the table of limits."""

FILM_KINDS: list[type[RefusedFilm]] = [RefusedFilm, TooHeavyFilm, *FILMS.values()]

GIVEN_WHERE_RAISED = {"mail_server_refused", *(kind.code for kind in FILM_KINDS)}
"""Classes without an `__init__` in their module: their values stand at the places that raise them, or in a base."""


def codes_of(raised: Raised) -> list[str]:
    """The codes that this place may raise."""
    return [code for code in SENTENCES if code.startswith(raised.code)] if raised.open else [raised.code]


def test_nothing_is_refused_with_a_sentence() -> None:
    with_words = [raised.where for raised in read_all() if isinstance(raised, Faulty)]
    with_words += [f"{one.where} {one.code}" for one in list_raised() if not re.fullmatch(r"[a-z][a-z0-9_]*", one.code)]

    assert not with_words, "give a code, and write its sentence into web/rendering/error_messages/"


def test_every_code_has_its_sentence() -> None:
    assert [one for one in list_raised() if not one.open and one.code not in SENTENCES] == []
    assert set(CODES.values()) | TOLD <= set(SENTENCES)
    assert sum(len(table) for table in TABLES.values()) == len(SENTENCES), "a code stands in two tables"


def test_every_sentence_is_said_by_somebody() -> None:
    used = {code for one in list_raised() for code in codes_of(one)} | set(CODES.values()) | TOLD

    assert set(SENTENCES) - used == set()


def test_whoever_refuses_gives_the_values_of_the_sentence_and_no_others() -> None:
    wrong = [
        (one.where, code)
        for one in list_raised()
        for code in codes_of(one)
        if one.values != set(PLACEHOLDER.findall(SENTENCES[code])) and code not in GIVEN_WHERE_RAISED
    ]

    assert wrong == []


@pytest.mark.parametrize("kind", [*PICTURES.values(), TooHeavy, *FILMS.values(), TooHeavyFilm])
def test_a_refused_picture_names_its_file(kind: type) -> None:
    refused = kind("vélo.txt")

    assert SENTENCES[refused.code] % refused.values


def test_whatever_answers_an_offer_has_words_for_the_other_server() -> None:
    answering = [
        one
        for one in list_raised()
        if one.where.partition(":")[0].startswith(("inbox/handlers/offer", "inbox/exchanges/agreements"))
    ]
    answering += [one for one in list_raised() if one.where.partition(".")[0] in ANSWERING_OFFERS]
    bare = {"forbidden", "not_found"}  # said otherwise, so that nobody learns who is blocked
    elsewhere = {"proposal_not_possible", "proposal_already_open", "messaging_blocked", "account_lacks_points"}

    assert {one.code for one in answering} - bare - elsewhere <= set(REASONS)


def test_every_refusal_is_said_in_both_languages() -> None:
    for code, sentence in SENTENCES.items():
        names = set(PLACEHOLDER.findall(sentence))
        values = {name: "warned" if name == "act" else "7" for name in names}
        said = {name: ACT_WORDS["warned"] if name == "act" else "7" for name in names}

        french, english = (
            format_error(Refusal(code, **values), find_catalogue(language).ugettext, language)
            for language in ("fr", "en")
        )

        assert french == sentence % said, code
        assert english != french, code
        assert "%(" not in french + english, code
        assert all(find_catalogue("en").ugettext(value) in english for value in said.values()), code


@pytest.mark.parametrize("sentence", sorted(KNOWN))
def test_a_no_of_software_is_said_in_the_readers_language_and_words_of_people_stay(sentence: str) -> None:
    english = find_catalogue("en").ugettext

    assert reword(sentence, english) == english(sentence) != sentence
    assert reword(f"{sentence} Alice", english) == f"{sentence} Alice"
