"""Push subscriptions: each message readable by its app alone, sent once, ended when the service forgets the app."""

import base64
import json
import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from federation.http_client.transport import Answer
from models.access import tokens
from models.news import notifications
from models.news.notifications import NotificationType
from models.store.background.jobs import enqueue
from models.store.database import connection, execute, fetch_records, fetch_value, transaction
from outbox.listings.listing_expiry import notify_ends
from tests.factories import make_follow, make_listing, make_local_actor, make_member
from tests.fediverse import Message
from tests.web.api import strict, strict_instance
from tests.web.api.conftest import Alice, Api
from web.news.web_push import ONE, PushServiceUnavailable, push_notification, push_one

URL = "/api/v1/push/subscription"
ENDPOINT = "https://push.example/send/abc"

TYPES = ("mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote")
ALERTS = (*TYPES, "admin.sign_up", "admin.report", "moderation_warning")

SUBSCRIPTION = strict.shaped(
    {
        "id": strict.count,
        "endpoint": strict.address,
        "standard": strict.flag,
        "alerts": strict.shaped({name: strict.flag for name in ALERTS}),
        "policy": strict.one_of("all", "followed", "follower", "none"),
        "server_key": strict.filled,
    }
)


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """An app on somebody's device."""

    key: ec.EllipticCurvePrivateKey
    secret: bytes

    def keys(self) -> dict[str, str]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": encode(point), "auth": encode(self.secret)}

    def read(self, message: Message) -> dict[str, Any]:
        """Decrypt, in whichever of the two ways it was sent."""
        version = message.headers["Content-Encoding"]
        options: dict[str, Any] = {"private_key": self.key, "auth_secret": self.secret, "version": version}
        if version == "aesgcm":
            options["salt"] = decode(message.headers["Encryption"].removeprefix("salt="))
            options["dh"] = decode(message.headers["Crypto-Key"].split(";")[0].removeprefix("dh="))
        value: dict[str, Any] = json.loads(http_ece.decrypt(message.body, **options))
        return value


@pytest.fixture
def app() -> App:
    return App(key=ec.generate_private_key(ec.SECP256R1()), secret=os.urandom(16))


async def subscribe(api: Api, app: App, *, standard: bool = True, alerts: tuple[str, ...] = ALERTS, **data: Any) -> Any:
    subscription = {"endpoint": ENDPOINT, "keys": app.keys(), "standard": standard}
    value = {"subscription": subscription, "data": {"alerts": dict.fromkeys(alerts, True)} | data}
    answer = await api.ask("POST", URL, json=value)
    assert answer.status == 200, answer
    SUBSCRIPTION(answer.json)
    return answer.json


async def run_jobs(api: Api) -> int:
    """Do what is queued, as a worker would; how many messages left."""
    before = len(api.fediverse.messages)
    for name, work in (("push", push_notification), (ONE, push_one)):
        async with connection(api.pool) as conn:
            rows = await fetch_records(conn, "DELETE FROM pgqueuer WHERE entrypoint = $1 RETURNING payload", name)
        for row in rows:
            await work(api.instance, json.loads(row["payload"]))
    return len(api.fediverse.messages) - before


async def like(alice: Alice) -> None:
    """Bob likes something of Alice's."""
    status = await alice.api.post("/api/v1/statuses", strict.status, status="Bonjour <b>Lomme</b>")
    async with transaction(alice.api.pool) as conn:
        bob = await make_member(conn, "bob", name="Bob")
    bobs = await alice.api.as_member(bob)
    await bobs.post(f"/api/v1/statuses/{status['id']}/favourite", strict.status)


@pytest.mark.parametrize("standard", [True, False], ids=["aes128gcm", "aesgcm"])
async def test_the_app_alone_can_read_what_happened(alice: Alice, app: App, standard: bool) -> None:
    made = await subscribe(alice.api, app, standard=standard)

    await like(alice)
    sent = await run_jobs(alice.api)

    assert sent == 1
    [message] = alice.api.fediverse.messages
    told = app.read(message)
    assert (told["notification_type"], told["title"]) == ("favourite", "Bob s’intéresse à votre publication")
    assert told["body"] == "Bonjour <b>Lomme</b>"
    assert told["preferred_locale"] == "fr"
    [notification] = await alice.api.get("/api/v1/notifications")
    assert told["notification_id"] == notification["id"]
    assert message.url == made["endpoint"] == ENDPOINT
    assert message.headers["Content-Encoding"] == ("aes128gcm" if standard else "aesgcm")
    assert b"Bonjour" not in message.body


@pytest.mark.parametrize("standard", [True, False])
async def test_the_service_knows_who_sends(alice: Alice, app: App, standard: bool) -> None:
    made = await subscribe(alice.api, app, standard=standard)
    await like(alice)
    await run_jobs(alice.api)

    [message] = alice.api.fediverse.messages
    header = message.headers["Authorization"]
    token = header.split("t=")[1].split(",")[0] if standard else header.removeprefix("WebPush ")
    head, claims, signature = token.split(".")
    raw = decode(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(made["server_key"]))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    said = json.loads(decode(claims))
    assert said["aud"] == "https://push.example"
    assert 0 < said["exp"] - datetime.now().timestamp() <= 24 * 3600
    assert said["sub"] == "https://lomme.test"
    assert made["server_key"] in (header if standard else message.headers["Crypto-Key"])


async def test_the_key_is_one_for_ever_and_told_everywhere(alice: Alice, app: App) -> None:
    made = await subscribe(alice.api, app)
    alice.api.instance.vapid.clear()

    instance = await alice.api.get("/api/v2/instance", strict_instance.instance)
    application = await alice.api.get("/api/v1/apps/verify_credentials")
    new = await alice.api.ask(
        "POST", "/api/v1/apps", data={"client_name": "x", "redirect_uris": "urn:ietf:wg:oauth:2.0:oob"}
    )

    keys = {instance["configuration"]["vapid"]["public_key"], application["vapid_key"], new.json["vapid_key"]}
    assert keys == {made["server_key"]}
    async with connection(alice.api.pool) as conn:
        assert await fetch_value(conn, "SELECT count(*) FROM instance_key") == 1


async def test_a_subscription_is_read_changed_replaced_and_ended(alice: Alice, app: App) -> None:
    assert (await alice.api.ask("GET", URL)).status == 404
    first = await subscribe(alice.api, app, alerts=("mention",), policy="followed")

    shown = await alice.api.get(URL, SUBSCRIPTION)
    changed = await alice.api.ask("PUT", URL, data={"data[alerts][follow]": "true", "data[policy]": "none"})
    second = await subscribe(alice.api, app, standard=False)
    gone = await alice.api.ask("DELETE", URL)

    assert shown == first and first["policy"] == "followed" and first["alerts"]["mention"]
    assert (changed.json["policy"], changed.json["alerts"]["follow"], changed.json["alerts"]["mention"]) == (
        "none",
        True,
        False,
    )
    assert second["id"] != first["id"]
    assert (gone.status, gone.json) == (200, {})
    for method in ("GET", "PUT"):
        assert (await alice.api.ask(method, URL)).status == 404


async def test_only_wanted_types_of_wanted_people(alice: Alice, app: App) -> None:
    await subscribe(alice.api, app, alerts=("mention",))
    await like(alice)
    assert await run_jobs(alice.api) == 0
    await subscribe(alice.api, app, policy="followed")
    async with transaction(alice.api.pool) as conn:
        carol = await make_member(conn, "carol")
    carols = await alice.api.as_member(carol)

    await carols.post("/api/v1/statuses", strict.status, status="Un @alice")
    assert await run_jobs(alice.api) == 0
    async with transaction(alice.api.pool) as conn:
        await make_follow(conn, alice.actor, carol)
    await carols.post("/api/v1/statuses", strict.status, status="Deux @alice")

    assert await run_jobs(alice.api) == 1
    assert "Deux" in app.read(alice.api.fediverse.messages[0])["body"]


@pytest.mark.parametrize(
    ("type", "title"),
    [
        ("saved_search", "Une de vos alertes a trouvé quelque chose"),
        ("match", "Une annonce va avec une des vôtres"),
    ],
)
async def test_what_she_waits_for_is_pushed_to_apps_that_tell_of_posts(
    alice: Alice, app: App, type: NotificationType, title: str
) -> None:
    async with transaction(alice.api.pool) as conn:
        listing = await make_listing(conn, await make_member(conn, "carol"), title="Tente")
    for alerts in (("mention",), ("status",)):
        await subscribe(alice.api, app, alerts=alerts)
        async with transaction(alice.api.pool) as conn:
            await execute(conn, "DELETE FROM notification")
            told = {"recipient_id": alice.actor.id, "actor_id": listing.post.author_id, "post_id": listing.id}
            await notifications.notify(conn, type=type, **told)
        assert await run_jobs(alice.api) == (alerts == ("status",))

    message = app.read(alice.api.fediverse.messages[0])
    assert (message["notification_type"], message["title"]) == ("status", title)


@pytest.mark.parametrize("status", [404, 410])
async def test_an_app_that_its_service_forgot_is_not_written_to_again(alice: Alice, app: App, status: int) -> None:
    await subscribe(alice.api, app)
    alice.api.fediverse.answers[ENDPOINT] = [Answer(status=status)]

    await like(alice)
    await run_jobs(alice.api)

    assert (await alice.api.ask("GET", URL)).status == 404


@pytest.mark.parametrize("status", [None, 429, 503])
async def test_a_service_that_is_away_is_tried_again_and_a_refusal_is_not(
    alice: Alice, app: App, status: int | None
) -> None:
    await subscribe(alice.api, app)
    alice.api.fediverse.answers[ENDPOINT] = [Answer(status=status), Answer(status=400), Answer(status=201)]
    await like(alice)

    with pytest.raises(PushServiceUnavailable):
        await run_jobs(alice.api)
    async with transaction(alice.api.pool) as conn:
        id = await fetch_value(conn, "SELECT id FROM notification WHERE recipient_id = $1", alice.actor.id)
        await enqueue(conn, "push", {"id": id})
    assert await run_jobs(alice.api) == 1

    assert (await alice.api.ask("GET", URL)).status == 200


async def test_a_revoked_token_a_read_notification_and_somebody_blocked_are_silent(alice: Alice, app: App) -> None:
    await subscribe(alice.api, app)
    await like(alice)
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE notification SET read_at = now()")
    assert await run_jobs(alice.api) == 0
    async with transaction(alice.api.pool) as conn:
        await execute(conn, "UPDATE notification SET read_at = NULL")
        id = await fetch_value(conn, "SELECT id FROM notification WHERE recipient_id = $1", alice.actor.id)
        await enqueue(conn, "push", {"id": id})
        await execute(conn, "UPDATE token SET revoked_at = now() WHERE actor_id = $1", alice.actor.id)

    assert await run_jobs(alice.api) == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": ""},
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://lomme.test/x"},
        {"endpoint": "https://push.example/" + "x" * 3000},
        {"keys": {"p256dh": "x", "auth": "x"}},
        {"keys": {"p256dh": encode(b"\x04" + b"\x01" * 64), "auth": encode(b"x" * 16)}},
        {"keys": {}},
        {"standard": "perhaps"},
    ],
)
async def test_what_cannot_be_sent_to_is_refused(alice: Alice, app: App, changes: dict[str, Any]) -> None:
    subscription = {"endpoint": ENDPOINT, "keys": app.keys()} | changes

    answer = await alice.api.ask("POST", URL, json={"subscription": subscription})

    assert (answer.status, answer.json["field"].startswith("subscription[")) == (422, True)


async def test_nobody_has_more_than_what_her_token_allows(alice: Alice, app: App) -> None:
    reader = await alice.api.as_member(alice.actor, "read", "write")
    async with connection(alice.api.pool) as conn:
        assert len(await tokens.list_of(conn, alice.actor.id)) == 2

    assert (await reader.ask("GET", URL)).status == 403
    assert (await reader.ask("POST", URL, json={})).status == 403
    wrong = await alice.api.ask(
        "POST", URL, json={"subscription": {"endpoint": ENDPOINT, "keys": app.keys()}, "data": {"policy": "x"}}
    )
    assert wrong.status == 422


async def test_the_end_of_a_listing_that_comes_is_pushed(alice: Alice, app: App) -> None:
    await subscribe(alice.api, app)
    async with transaction(alice.api.pool) as conn:
        await make_local_actor(conn, "coop", type="Organization")
        listing = await make_listing(conn, alice.actor, title="Canapé", mode="gift")
        await execute(conn, "UPDATE listing SET expires_at = now() + interval '3 days' WHERE post_id = $1", listing.id)
        await execute(conn, "UPDATE post SET published_at = now() - interval '27 days', updated_at = NULL")

    await notify_ends(alice.api.instance)

    assert await run_jobs(alice.api) == 1
    assert "Canapé" in app.read(alice.api.fediverse.messages[-1])["body"]
