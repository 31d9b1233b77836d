"""Whatever was left alone is explained in the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from inbox import errors
from inbox.posts import votes
from models.servers.waiting_posts import Refusal
from models.traffic.inbound.ignored_reasons import WITH_CAUSE, IgnoredReason
from outbox.posts.polls import Refusal as VoteRefusal
from web.pages.servers.ignored_reasons import REASONS, explain_ignored
from web.rendering.formats import set_in
from web.rendering.i18n import find_catalogue

ROOT = Path(__file__).parents[4]

CODES = set(get_args(IgnoredReason))

TABLES = {*errors.CAUSES.values(), *votes.CAUSES.values()}
"""What is given by a name and not in words."""

BY_SQL = {"not_let_in", "server_not_welcome"}
"""What statements write into rows themselves."""


def list_raised() -> Iterator[tuple[str, int]]:
    """The codes with which `Ignored` is raised, or rows are finished, and how many arguments go with each."""
    for path in sorted((ROOT / "inbox").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Ignored"):
                match node.args:
                    case [ast.Constant(value=str(code)), *more]:
                        yield code, len(more)
                    case _:
                        assert ast.unparse(node.args[0]) == "CAUSES[refusal]", ast.unparse(node)
            elif isinstance(node, ast.keyword) and node.arg == "ignored" and isinstance(node.value, ast.Constant):
                yield str(node.value.value), 0


def explain(language: str, kept: str) -> str:
    catalogue = find_catalogue(language)
    return explain_ignored(lambda sentence, **values: set_in(catalogue.ugettext(sentence), values, language), kept)


def test_whatever_is_left_alone_is_in_the_list_and_nothing_else() -> None:
    raised = {code for code, _ in list_raised()}

    assert len(raised) > 60
    assert raised | TABLES | BY_SQL == CODES
    assert (set(errors.CAUSES), set(votes.CAUSES)) == (set(get_args(Refusal)), set(get_args(VoteRefusal)))


def test_a_cause_goes_with_the_codes_that_have_one() -> None:
    assert {code for code, more in list_raised() if more} == WITH_CAUSE


def test_statements_write_codes_too() -> None:
    written = (ROOT / "models" / "store" / "schema.sql").read_text() + (
        ROOT / "models" / "servers" / "trust_levels.py"
    ).read_text()

    assert [code for code in sorted(BY_SQL) if f"error = '{code}'" not in written] == []


def test_every_code_has_its_sentence() -> None:
    assert set(REASONS) == CODES


@pytest.mark.parametrize("code", REASONS)
def test_members_read_it_in_both_languages(code: str) -> None:
    kept = f"{code}: date_too_far" if code in WITH_CAUSE else code

    french, english = (explain(language, kept) for language in ("fr", "en"))

    assert french != english and code not in french + english
    assert "log" not in english


def test_what_goes_on_with_a_cause_is_known_by_its_beginning() -> None:
    told = explain("en", "terms_impossible: date_too_far")

    assert told == "It does not fit the exchange that it speaks of: nothing in it has changed."


@pytest.mark.parametrize("kept", ["KeyError: 'id'", "blocked: by a firewall", "This is of the year 2019."])
def test_what_failed_is_told_as_the_log_has_it(kept: str) -> None:
    told = explain("fr", kept)

    assert told == f"Le journal de la plateforme dit, en anglais : {kept}"
