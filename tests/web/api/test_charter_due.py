"""Apps and the charter: its articles are the rules, and past its day publishing waits for a yes."""

from models.people.documents import acceptances
from models.store.database import connection, transaction
from tests.invitations import CHARTER, publish_charter
from tests.web.api import strict, strict_instance
from tests.web.api.conftest import Alice, Api
from tests.web.api.mastodon.people.test_registration import join, open_door


async def test_articles_of_the_charter_are_the_rules(anybody: Api) -> None:
    async with transaction(anybody.pool) as conn:
        await publish_charter(conn, CHARTER)

    rules = await anybody.get("/api/v1/instance/rules")

    assert [(one["id"], one["text"]) for one in rules] == [("1", "On prête, on donne."), ("2", "On se parle bien.")]
    assert rules[0]["hint"] == "Personne ne fait de bénéfice."
    assert (await anybody.get("/api/v2/instance", strict_instance.instance))["rules"] == rules
    assert (await anybody.get("/api/v1/instance", strict_instance.instance_v1))["rules"] == rules


async def test_before_the_day_nothing_changes_and_after_it_publishing_says_what_to_do(alice: Alice) -> None:
    async with transaction(alice.api.pool) as conn:
        first = await publish_charter(conn, days=1)
    made = await alice.api.post("/api/v1/statuses", strict.status, status="Bonjour")
    async with transaction(alice.api.pool) as conn:
        second = await publish_charter(conn, "1. Autre", days=-1)

    refused = [
        await alice.api.ask("POST", "/api/v1/statuses", data={"status": "Encore"}),
        await alice.api.ask("PUT", f"/api/v1/statuses/{made['id']}", data={"status": "Changé"}),
        await alice.api.ask("POST", f"/api/v1/statuses/{made['id']}/reblog"),
        await alice.api.ask("POST", "/api/v1/declic/listings", json={"kind": "offer", "mode": "gift", "title": "Vélo"}),
        await alice.api.ask("POST", "/api/v1/declic/listings/1/exchanges", json={"text": "Bonjour"}),
    ]

    assert [answer.status for answer in refused] == [403] * 5
    assert all("/documents/a-accepter" in answer.json["error"] for answer in refused)
    await alice.api.get("/api/v1/timelines/home")
    assert (await alice.api.ask("DELETE", f"/api/v1/statuses/{made['id']}")).status == 200
    async with transaction(alice.api.pool) as conn:
        await acceptances.accept(conn, alice.actor.id, [first, second])
    await alice.api.post("/api/v1/statuses", strict.status, status="De nouveau")


async def test_an_app_that_registers_with_its_agreement_accepts_what_stands(anybody: Api) -> None:
    app = await open_door(anybody)
    async with transaction(anybody.pool) as conn:
        await publish_charter(conn)

    assert (await join(app)).status == 200

    async with connection(anybody.pool) as conn:
        assert [one.username for one in await acceptances.list_unaccepting(conn)] == ["nadia"]
