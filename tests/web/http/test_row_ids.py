"""Ids that come in addresses and forms: what no row can have names nothing, and breaks nothing."""

import pytest

from federation.instance import Instance
from models.ids import HIGHEST_ID
from models.store.database import connection, execute
from tests.web.pages.conftest import Browser
from web.http.row_ids import find_id

FORMS: tuple[tuple[str, str, list[tuple[str, str]]], ...] = (
    ("/compte/appareils/fermer", "app", []),
    ("/compte/securite/cle/retirer", "passkey", []),
    ("/publier", "media", [("kind", "offer"), ("title", "Tente")]),
)

IMPOSSIBLE = (str(HIGHEST_ID + 1), "9" * 19, "9" * 5_000, "٣", "²", "-1", "1e3")


@pytest.mark.parametrize("typed", IMPOSSIBLE)
def test_what_no_row_can_have_is_no_id(typed: str) -> None:
    assert find_id(typed) is None


@pytest.mark.parametrize(("path", "field", "fields"), FORMS)
async def test_a_form_with_an_impossible_id_is_answered(
    alice: Browser, instance: Instance, path: str, field: str, fields: list[tuple[str, str]]
) -> None:
    async with connection(instance.pool) as conn:
        await execute(conn, "UPDATE session SET confirmed_at = now()")  # the password was given just now

    answers = [
        await alice.send(path, [*fields, (field, typed)], form_on="/compte/mot-de-passe") for typed in IMPOSSIBLE
    ]

    assert {answer.status for answer in answers} <= {303, 422}
