"""Reporting through a client: kept for the moderators here, and told to the other server only on request."""

from models.moderation import reports
from models.store.database import connection, fetch_value
from tests.factories import make_local_actor, make_member, make_note, make_remote_actor
from tests.web.api import strict
from tests.web.api.conftest import Alice

URL = "/api/v1/reports"


async def test_a_report_is_kept_with_what_it_names_and_why(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        bob = await make_remote_actor(conn)
        note = await make_note(conn, bob)

    answer = await alice.api.ask(
        "POST",
        URL,
        json={"account_id": str(bob.id), "status_ids": [str(note.id)], "comment": "Non", "category": "spam"},
    )

    strict.report(answer.json)
    assert (answer.json["category"], answer.json["forwarded"], answer.json["comment"]) == ("spam", False, "Non")
    assert answer.json["target_account"]["acct"] == "bob@henin.test"
    async with connection(alice.api.pool) as conn:
        [kept] = await reports.list_open(conn)
        assert await fetch_value(conn, "SELECT count(*) FROM delivery") == 0
    assert (kept.reporter_id, kept.category, kept.object_uris) == (alice.actor.id, "spam", [bob.uri, note.uri])


async def test_forwarded_it_is_a_flag_of_the_server_that_does_not_name_the_reporter(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        bob = await make_remote_actor(conn)

    answer = await alice.api.ask("POST", URL, data={"account_id": str(bob.id), "forward": "true"})

    assert answer.json["forwarded"] is True
    async with connection(alice.api.pool) as conn:
        body = await fetch_value(conn, "SELECT a.body FROM delivery d JOIN activity a ON a.id = d.activity_id")
    assert '"Flag"' in body and "users/instance" in body and "alice" not in body


async def test_what_cannot_be_reported_is_refused(alice: Alice) -> None:
    async with connection(alice.api.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
        bob, carol = await make_member(conn, "bob"), await make_member(conn, "carol")
        secret, hers = await make_note(conn, bob, audience="direct"), await make_note(conn, carol)

    for data, status in (
        ({}, 422),
        ({"account_id": "x"}, 422),
        ({"account_id": str(bob.id), "category": "ugly"}, 422),
        ({"account_id": str(bob.id), "comment": "x" * 5001}, 422),
        ({"account_id": "5"}, 404),
        ({"account_id": str(bob.id), "status_ids[]": str(secret.id)}, 404),
        ({"account_id": str(bob.id), "status_ids[]": str(hers.id)}, 404),
    ):
        assert (await alice.api.ask("POST", URL, data=data)).status == status, data
