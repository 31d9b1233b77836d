"""Whom somebody who found a hole is told to tell."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models import preferences
from models.store.database import transaction
from tests.web.pages.conftest import Browser


async def test_the_cooperative_is_named_for_whoever_found_a_hole(visitor: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), contact_email="bonjour@lomme.test"))

    page = await visitor.get("/.well-known/security.txt")

    assert page.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = [line.split(": ", 1) for line in page.text.splitlines()]
    assert [value for name, value in fields if name == "Contact"] == [
        "mailto:bonjour@lomme.test",
        "http://lomme.test/mentions-legales",
    ]
    told = dict(fields)
    assert told["Canonical"] == "http://lomme.test/.well-known/security.txt"
    ends = datetime.strptime(told["Expires"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(days=80) < ends - datetime.now(UTC) < timedelta(days=365), "RFC 9116: less than a year"


async def test_without_a_mail_the_legal_notice_is(visitor: Browser, instance: Instance) -> None:
    async with transaction(instance.pool) as conn:
        await preferences.save(conn, replace(await preferences.load(conn), contact_email=""))

    page = await visitor.get("/.well-known/security.txt")

    assert "mailto:" not in page.text and "Contact: http://lomme.test/mentions-legales\n" in page.text
