"""What an app may just send passes, and one more is refused: each limit of the API on what is typed, at its edge."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from models.errors import Invalid
from models.relations.blocking.filters import FilterRule
from models.store.database import Connection
from tests.factories import make_member
from web.api.mastodon.access.applications import read_application, require_redirect
from web.api.mastodon.people.profile import change_profile
from web.api.mastodon.relations.filters import change_rule, require_keyword
from web.api.mastodon.relations.relationships import read_languages
from web.api.parameters import Parameters

APP: dict[str, Sequence[str]] = {"client_name": ["Phanpy"], "redirect_uris": ["https://phanpy.test/"]}

RULE = FilterRule(title="Sport", context=["home"], action="warn", expires_at=None)


def sent(values: dict[str, Sequence[str]]) -> Parameters:
    return Parameters(values={name: tuple(found) for name, found in values.items()})


def register(**changes: Sequence[str]) -> None:
    read_application(sent({**APP, **changes}))


def draw(line: int, name: str = "Vélo", value: str = "oui") -> dict[str, Sequence[str]]:
    return {f"fields_attributes[{line}][name]": [name], f"fields_attributes[{line}][value]": [value]}


def draw_lines(count: int) -> dict[str, Sequence[str]]:
    return {name: value for line in range(count) for name, value in draw(line).items()}


def lengthen(address: str, length: int) -> str:
    return address + "a" * (length - len(address))


HOME = "https://a.test/"

CODES = [f"{first}{second}" for first in "abcdef" for second in "abcdef"]

TYPED: dict[str, tuple[Callable[[Any], object], int, int]] = {
    "name of an app": (lambda n: register(client_name=["x" * n]), 100, 101),
    "some name of an app": (lambda n: register(client_name=["x" * n]), 1, 0),
    "address of an app": (lambda n: register(website=[lengthen(HOME, n)]), 1000, 1001),
    "ways back": (lambda n: register(redirect_uris=[f"{HOME}{one}" for one in range(n)]), 10, 11),
    "some way back": (lambda n: register(redirect_uris=[HOME] * n), 1, 0),
    "way back": (lambda n: require_redirect(lengthen(HOME, n)), 1000, 1001),
    "scopes": (lambda n: register(scopes=["read".ljust(n)]), 1000, 1001),
    "name of a filter": (lambda n: change_rule(RULE, sent({"title": ["x" * n]})), 256, 257),
    "some name of a filter": (lambda n: change_rule(RULE, sent({"title": ["x" * n]})), 1, 0),
    "keyword": (lambda n: require_keyword("x" * n), 512, 513),
    "languages": (lambda n: read_languages(sent({"languages": CODES[:n]})), 30, 31),
}
"""How it is sent, the last that passes, the first that does not."""


@pytest.mark.parametrize(("send", "last", "beyond"), TYPED.values(), ids=TYPED)
def test_the_last_passes_and_the_next_is_refused(send: Callable[[Any], object], last: int, beyond: int) -> None:
    send(last)
    with pytest.raises(Invalid):
        send(beyond)


DESCRIBED: dict[str, tuple[Callable[[int], dict[str, Sequence[str]]], int]] = {
    "display name": (lambda n: {"display_name": ["x" * n]}, 60),
    "about oneself": (lambda n: {"note": ["x" * n]}, 500),
    "name of a line": (lambda n: draw(0, name="x" * n), 255),
    "value of a line": (lambda n: draw(0, value="x" * n), 255),
    "lines": (draw_lines, 4),
}


@pytest.mark.parametrize(("describe", "most"), DESCRIBED.values(), ids=DESCRIBED)
async def test_a_profile_holds_so_much_and_no_more(
    conn: Connection, describe: Callable[[int], dict[str, Sequence[str]]], most: int
) -> None:
    alice = await make_member(conn)

    change_profile(alice, sent(describe(most)))
    with pytest.raises(Invalid):
        change_profile(alice, sent(describe(most + 1)))


def test_a_filter_lasts_a_hundred_years_at_most() -> None:
    longest = 100 * 365 * 86_400

    kept = change_rule(RULE, sent({"expires_in": [str(longest)]}))
    beyond = change_rule(RULE, sent({"expires_in": [str(longest + 9 * 86_400)]}))

    assert kept.expires_at is not None and beyond.expires_at is not None
    assert abs((beyond.expires_at - kept.expires_at).total_seconds()) < 60
    assert (kept.expires_at - datetime.now(UTC)).days in (36_499, 36_500)
    assert replace(kept, expires_at=None) == RULE
