"""What caches on the way may keep of the API: nothing that another token would have changed."""

import pytest

from models.store.database import connection
from tests.factories import make_note
from tests.web.api.conftest import Alice


@pytest.mark.parametrize("address", ["/api/v1/statuses/{id}", "/api/v1/declic/listings/{id}", "/api/v1/nowhere"])
async def test_that_something_is_missing_is_kept_by_nobody(alice: Alice, address: str) -> None:
    async with connection(alice.api.pool) as conn:
        note = await make_note(conn, alice.actor, audience="followers")

    answer = await alice.api.as_anybody().ask("GET", address.format(id=note.id))

    assert answer.status == 404
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Vary"] == "Authorization, Accept-Encoding"


async def test_what_anybody_reads_is_never_given_to_a_token_by_a_cache(alice: Alice) -> None:
    for api, kept in ((alice.api.as_anybody(), None), (alice.api, "private, no-store")):
        answer = await api.ask("GET", "/api/v1/timelines/public")

        assert answer.headers["Vary"] == "Authorization, Accept-Encoding"
        assert answer.headers.get("Cache-Control") == kept
