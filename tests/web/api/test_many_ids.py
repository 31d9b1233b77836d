"""Lists of ids: answered whole up to a bound, refused beyond it, and never cut without a word."""

from uuid import uuid4

from models.store.database import connection
from tests.factories import make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

MANY = [str(id) for id in range(1, 501)]


async def test_hundreds_of_relationships_are_answered_at_once(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        last = await make_remote_actor(conn)

    found = await alice.api.get("/api/v1/accounts/relationships", strict.many(strict.relationship), **{
        "id[]": [*MANY[:499], str(last.id)]
    })  # fmt: skip

    assert [one["id"] for one in found] == [str(last.id)]


async def test_more_than_the_bound_are_refused_with_the_field(alice: Alice) -> None:
    bounds = {"statuses": 80, "accounts": 80, "accounts/familiar_followers": 80, "accounts/relationships": 500}
    for path, most in bounds.items():
        ids = [str(id) for id in range(1, most + 2)]
        fits = await alice.api.ask("GET", f"/api/v1/{path}", params={"id[]": ids[:most]})
        over = await alice.api.ask("GET", f"/api/v1/{path}", params={"id[]": ids})

        assert (fits.status, over.status, over.json.get("field")) == (200, 422, "id"), path
        assert str(most) in over.json["error"]


async def test_an_act_on_something_that_can_be_no_id_is_refused_and_not_done_without_it(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        bob = await make_remote_actor(conn)
        note = await make_note(conn, bob)
    made = await alice.api.post("/api/v1/lists", title="Voisins")
    acts = {
        "/api/v1/statuses": ("media_ids", {"status": "Bonjour", "media_ids[]": ["abc"]}),
        "/api/v1/reports": ("status_ids", {"account_id": str(bob.id), "status_ids[]": [str(note.id), str(uuid4())]}),
        f"/api/v1/lists/{made['id']}/accounts": ("account_ids", {"account_ids[]": ["abc"]}),
    }

    for path, (field, sent) in acts.items():
        answer = await alice.api.ask("POST", path, data=sent)

        assert (answer.status, answer.json.get("field")) == (422, field), path
    assert await alice.api.get(f"/api/v1/accounts/{alice.actor.id}/statuses") == []
