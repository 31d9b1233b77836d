"""Whatever was left alone is explained in the reader's language."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from inbox import errors
from inbox.posts import message_requests, votes
from web.pages.servers.ignored_reasons import REASONS, explain_ignored
from web.rendering.formats import set_in
from web.rendering.i18n import find_catalogue

INBOX = Path(__file__).parents[4] / "inbox"

TABLES = {*errors.CAUSES.values(), *votes.CAUSES.values(), message_requests.NOBODY}
"""What is given by a name and not in words."""


def list_said() -> Iterator[str]:
    """Whatever `Ignored` is raised with in words; of what goes on with values the beginning."""
    for path in sorted(INBOX.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Ignored") and node.args:
                match node.args[0]:
                    case ast.Constant(value=str(words)) | ast.JoinedStr(values=[ast.Constant(value=str(words)), *_]):
                        yield words


def explain(language: str, kept: str) -> str:
    catalogue = find_catalogue(language)
    return explain_ignored(lambda sentence, **values: set_in(catalogue.ugettext(sentence), values, language), kept)


def test_whatever_is_left_alone_has_its_sentence() -> None:
    said = set(list_said())

    assert len(said) > 60
    assert said - set(REASONS) == set()
    assert set(REASONS) - said - TABLES == {"Nobody let it in.", "Its server is not welcome here."}


@pytest.mark.parametrize("kept", REASONS)
def test_members_read_it_in_both_languages(kept: str) -> None:
    french, english = (explain(language, kept) for language in ("fr", "en"))

    assert french != english and kept not in french
    assert "log" not in english


def test_what_goes_on_with_a_cause_is_known_by_its_beginning() -> None:
    told = explain("en", "These terms cannot be: date_too_far")

    assert told == "It does not fit the exchange that it speaks of: nothing in it has changed."


def test_what_failed_is_told_as_the_log_has_it() -> None:
    told = explain("fr", "KeyError: 'id'")

    assert told == "Le journal de la plateforme dit, en anglais : KeyError: 'id'"
