"""What may be tried so often only: beyond it nothing is looked at and nobody is written to."""

import pytest

from federation.instance import Instance
from models.store.database import transaction
from tests.factories import make_local_actor
from tests.sample_village import Village
from tests.web.form_client import PASSWORD, Doorbell, list_mails
from tests.web.limited_tries import allow
from tests.web.pages.conftest import Browser
from tests.web.pages.people.test_email_change import CHANGE, enter
from tests.web.pages.people.test_registration import join, open_up


async def test_the_current_password_cannot_be_guessed_from_an_open_session(
    door: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = await enter(door)
    allow(monkeypatch, "login", pair=2)
    for _ in range(2):
        await visitor.send("/compte/courriel", CHANGE | {"current": "faux"})

    await visitor.send("/compte/courriel", CHANGE)

    assert visitor.status == 422 and "Attendez un quart d’heure" in visitor.text


async def test_the_right_current_password_clears_the_count(door: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    visitor = await enter(door)
    allow(monkeypatch, "login", pair=2)
    await visitor.send("/compte/courriel", CHANGE | {"current": "faux"})

    for password in (PASSWORD, "faux"):
        await visitor.open("/compte/courriel")
        await visitor.send("/compte/courriel", CHANGE | {"current": password})

    assert "Ce n’est pas votre mot de passe actuel" in visitor.text


async def test_an_address_is_asked_to_confirm_a_change_so_often_only(
    mailing: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "mail", pair=1)
    visitor = await enter(mailing)
    for _ in range(2):
        await visitor.open("/compte/courriel")
        await visitor.send("/compte/courriel", CHANGE)

        assert visitor.status == 200, "whether it was sent is told to nobody"

    assert len(await list_mails(mailing.instance)) == 1


async def test_who_has_an_account_is_told_so_often_only_that_somebody_tried_to_make_one(
    mailing: Doorbell, monkeypatch: pytest.MonkeyPatch
) -> None:
    await open_up(mailing)
    allow(monkeypatch, "mail", pair=0)

    visitor = await join(mailing, email="alice@example.org")

    assert visitor.status == 200
    assert await list_mails(mailing.instance) == []


async def test_passkeys_are_tried_so_often_only(door: Doorbell, monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "passkey", network=3)
    visitor = await (await door.ring()).open("/connexion")
    await visitor.send("/connexion/cle")
    answers = []
    for _ in range(2):
        answers.append((await visitor.send("/connexion/cle", {"answer": "x"})).status)

    await visitor.send("/connexion/cle", {"answer": "x"})

    assert answers == [422, 422] and visitor.status == 429 and "Attendez un quart d’heure" in visitor.text


async def test_a_member_reports_so_often_only(
    alice: Browser, instance: Instance, lomme: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, "report", name=2)
    async with transaction(instance.pool) as conn:
        await make_local_actor(conn, "instance", type="Application")
    path, typed = f"/signaler/annonce/{lomme.drill.id}", {"reason": "spam", "content": "Ce n’est pas à lui."}

    sent = [await alice.send(path, typed, form_on=path) for _ in range(3)]

    assert [one.status for one in sent] == [303, 303, 429]
