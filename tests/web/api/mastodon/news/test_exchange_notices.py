"""What happens in a thread, as the apps of members see it: a private message of the other one."""

from dataclasses import dataclass
from typing import Any

import pytest

from federation.texts.html_cleaner import to_text
from models.exchanges import agreements
from models.exchanges.agreements import Agreement
from models.people.actors import Actor
from models.store.database import connection, transaction
from outbox.exchanges.agreements.agreements import request
from outbox.threads.agreement_context import Said
from tests.factories import HERE, make_listing, make_member
from tests.outbox.sent_activities import list_sent
from tests.sample_threads import days
from tests.web.api import strict
from tests.web.api.conftest import Alice, Api
from tests.web.api.mastodon.news.test_push_subscriptions import App, app, run_jobs, subscribe

__all__ = ["app"]

STATUSES = strict.many(strict.status)
NOTIFICATIONS = strict.many(strict.notification)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Dora, a member too, asks Alice for her tent."""

    dora: Actor
    dora_api: Api
    agreement: Agreement


async def ask(alice: Alice) -> Asked:
    async with transaction(alice.api.pool) as conn:
        dora = await make_member(conn, "dora", name="Dora")
        listing = await make_listing(conn, alice.actor, title="Tente", mode="loan")
        made = await request(conn, HERE, dora, listing, days(10, 12), Said(text="Pour Wissant."))
    return Asked(dora=dora, dora_api=await alice.api.as_member(dora), agreement=made)


async def get_question(alice: Alice) -> Any:
    [told] = await alice.api.get("/api/v1/notifications", NOTIFICATIONS)
    assert told["type"] == "mention", "clients know no other word for it"
    return told["status"]


async def state_of(alice: Alice, asked: Asked) -> str:
    async with connection(alice.api.pool) as conn:
        return (await agreements.get(conn, asked.agreement.id)).state


async def test_a_request_is_a_mention_and_a_conversation_below_the_listing(alice: Alice) -> None:
    asked = await ask(alice)

    question = await get_question(alice)
    [talk] = await alice.api.get("/api/v1/conversations", strict.many(strict.conversation))
    context = await alice.api.get(f"/api/v1/statuses/{question['id']}/context", strict.context)

    assert (question["visibility"], question["account"]["acct"]) == ("direct", "dora")
    assert [one["acct"] for one in question["mentions"]] == ["alice"]
    assert question["url"] == f"https://lomme.test/echanges/{asked.agreement.exchange_id}"
    assert question["application"] == {"name": "lomme.test", "website": "https://lomme.test"}
    assert "Pour Wissant." in question["content"] and f'href="{question["url"]}"' in question["content"]
    assert "« oui »" not in question["content"] and "/accord/" not in question["content"], "her own server has buttons"
    assert (talk["unread"], talk["last_status"]["id"]) == (True, question["id"])
    assert [one["acct"] for one in talk["accounts"]] == ["dora"]
    assert [one["id"] for one in context["ancestors"]] == [str(asked.agreement.listing_id)]


async def test_to_whoever_asks_it_does_not_exist(alice: Alice) -> None:
    asked = await ask(alice)
    question = await get_question(alice)

    for method, path in (
        ("GET", f"/api/v1/statuses/{question['id']}"),
        ("DELETE", f"/api/v1/statuses/{question['id']}"),
        ("GET", f"/api/v1/statuses/{question['id']}/source"),
        ("POST", f"/api/v1/statuses/{question['id']}/pin"),
    ):
        assert (await asked.dora_api.ask(method, path)).status == 404
    assert await asked.dora_api.get(f"/api/v1/accounts/{asked.dora.id}/statuses", STATUSES) == []
    assert await asked.dora_api.get("/api/v1/conversations") == []
    assert await asked.dora_api.get("/api/v1/notifications") == []
    assert (await alice.api.as_anybody().ask("GET", f"/api/v1/statuses/{question['id']}")).status == 404


async def test_a_reply_of_yes_agrees_and_any_other_is_a_message(alice: Alice) -> None:
    asked = await ask(alice)
    question = await get_question(alice)

    more = await alice.api.post(
        "/api/v1/statuses", strict.status, status="@dora Pour combien ?", in_reply_to_id=question["id"]
    )
    assert (more["visibility"], more["in_reply_to_id"]) == ("direct", question["id"])
    assert await state_of(alice, asked) == "requested"
    await alice.api.post("/api/v1/statuses", strict.status, status="@dora OUI !!", in_reply_to_id=question["id"])

    assert await state_of(alice, asked) == "agreed"
    answers = await alice.api.get(f"/api/v1/statuses/{question['id']}/context", strict.context)
    said = [strip(one) for one in answers["descendants"]]
    assert said[0] == "@dora Pour combien ?" and "@dora OUI !!" in said[1:]
    told = await asked.dora_api.get("/api/v1/notifications", NOTIFICATIONS)
    assert {one["type"] for one in told} == {"mention"}
    assert any("nous sommes d’accord" in one["status"]["content"] for one in told)


def strip(status: Any) -> str:
    return to_text(status["content"])


async def test_what_apps_do_with_any_status_stays_here(alice: Alice) -> None:
    asked = await ask(alice)
    question = await get_question(alice)
    path = f"/api/v1/statuses/{question['id']}"

    assert (await alice.api.post(f"{path}/favourite", strict.status))["favourited"]
    assert not (await alice.api.post(f"{path}/unfavourite", strict.status))["favourited"]
    assert (await alice.api.post(f"{path}/favourite", strict.status))["favourited"]
    assert (await alice.api.post(f"{path}/bookmark", strict.status))["bookmarked"]
    assert (await alice.api.post(f"{path}/mute", strict.status))["muted"]
    assert (await alice.api.ask("POST", f"{path}/reblog")).status in (403, 422)

    assert await state_of(alice, asked) == "requested", "to like a question is no yes"
    async with connection(alice.api.pool) as conn:
        assert await list_sent(conn) == []


@pytest.mark.parametrize("standard", [True, False])
async def test_the_telephone_rings(alice: Alice, app: App, standard: bool) -> None:
    await subscribe(alice.api, app, standard=standard)

    await ask(alice)

    assert await run_jobs(alice.api) == 1
    told = app.read(alice.api.fediverse.messages[-1])
    assert (told["notification_type"], told["title"]) == ("mention", "Dora vous a écrit")
    assert "Pour Wissant." in told["body"]
