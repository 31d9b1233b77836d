"""The history of settings, the way back, and two administrators at the same page."""

import html
from typing import Any

import pytest

from models import preferences
from models.preferences import Preferences
from models.store.database import connection, execute, fetch_value, transaction
from tests.web.form_client import Doorbell, Visitor, add_member

LIST = "/coop/reglages"

HISTORY = f"{LIST}/historique"

WHERE: dict[str, Any] = {
    "address": "12 rue des Tisserands",
    "opening_hours": "Mercredi",
    "contact_email": "a@remise.example",
}


async def enter(door: Doorbell, username: str) -> Visitor:
    await add_member(door.instance, username, roles=["admin"])
    visitor = await door.ring()
    return await visitor.log_in(username)


@pytest.fixture
async def awa(door: Doorbell) -> Visitor:
    """She administers, and has said where the cooperative is."""
    visitor = await enter(door, "awa")
    await visitor.open(f"{LIST}/adresse")
    return await visitor.send(f"{LIST}/adresse", WHERE)


async def load(door: Doorbell) -> Preferences:
    async with connection(door.instance.pool) as conn:
        return await preferences.load(conn)


def shown(visitor: Visitor) -> str:
    return " ".join(html.unescape(visitor.text).replace("\u00a0", " ").replace("\u202f", " ").split())


async def test_each_setting_that_changed_stands_there_with_who_and_both_values(awa: Visitor) -> None:
    await awa.open(f"{LIST}/adresse")
    await awa.send(f"{LIST}/adresse", WHERE | {"opening_hours": "Jeudi"})

    page = shown(awa)
    whole = shown(await awa.open(HISTORY))
    other = shown(await awa.open(f"{HISTORY}?page=nom"))

    assert "Changé pour la dernière fois par Awa" in page
    assert "« Mercredi » est devenu « Jeudi »" in whole and "« rien » est devenu « Mercredi »" in whole
    assert whole.count("12 rue des Tisserands") == 2 and "Rien n’a encore changé." in other
    assert whole.index("« Jeudi »") < whole.index("« rien » est devenu « Mercredi »")


async def test_who_is_gone_is_named_no_more_and_what_she_changed_stays(door: Doorbell, awa: Visitor) -> None:
    bertrand = await enter(door, "bertrand")
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE actor SET deleted_at = now() WHERE username = 'awa' AND local")

    whole = shown(await bertrand.open(HISTORY))

    assert whole.count("une personne partie") == 3 and "Awa" not in whole


async def test_what_a_command_changed_is_the_platforms(door: Doorbell, awa: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        await preferences.write(conn, {"ai_refused": True})

    assert "la plateforme," in shown(await awa.open(HISTORY))


async def test_of_a_long_text_the_lines_that_changed_are_shown(door: Doorbell, awa: Visitor) -> None:
    lines = [f"Ligne {number}" for number in range(40)]
    for text in (lines, [*lines[:20], "Une autre", *lines[21:]]):
        await awa.open(f"{LIST}/mentions")
        await awa.send(f"{LIST}/mentions", {"legal_text": "\r\n".join(text)})

    whole = (await awa.open(HISTORY)).text
    first = whole[: whole.index("<ins>") + 40]
    assert "<del>Ligne 20</del>" in first and "<ins>Une autre</ins>" in first and "Ligne 19" not in first


async def undo(awa: Visitor, key: str, door: Doorbell) -> Visitor:
    async with connection(door.instance.pool) as conn:
        id = await fetch_value(conn, "SELECT max(id) FROM preference_change WHERE key = $1", key)
    await awa.open(HISTORY)
    return await awa.send(HISTORY, {"id": str(id)})


async def test_going_back_is_a_new_change(door: Doorbell, awa: Visitor) -> None:
    await awa.open(f"{LIST}/adresse")
    await awa.send(f"{LIST}/adresse", WHERE | {"opening_hours": "Jeudi"})

    await undo(awa, "opening_hours", door)

    assert awa.path == f"{HISTORY}?fait=undone" and (await load(door)).opening_hours == "Mercredi"
    assert "« Jeudi » est devenu « Mercredi »" in shown(awa)


async def test_going_back_to_what_contradicts_todays_settings_is_refused(door: Doorbell, awa: Visitor) -> None:
    page = f"{LIST}/inscriptions"
    for typed in ({"registration": "invitation"}, {"registration": "invitation", "member_invitations": "3"}):
        await awa.open(page)
        await awa.send(page, typed)

    await undo(awa, "registration", door)

    assert awa.status == 400 or awa.status == 422
    assert "« Chaque membre peut inviter » doit être à 0" in shown(awa)
    assert (await load(door)).registration == "invitation"


async def test_a_change_that_was_never_made_cannot_be_undone(awa: Visitor) -> None:
    await awa.open(HISTORY)

    assert (await awa.send(HISTORY, {"id": "77"})).status == 404


async def test_the_second_of_two_sees_what_the_first_saved_and_decides(door: Doorbell, awa: Visitor) -> None:
    bertrand, page = await enter(door, "bertrand"), f"{LIST}/adresse"
    await awa.open(page)
    await bertrand.open(page)
    await awa.send(page, WHERE | {"opening_hours": "Jeudi", "address": "3 rue Neuve"})

    await bertrand.send(page, WHERE | {"opening_hours": "Samedi", "contact_email": "b@remise.example"})
    refused = shown(bertrand)

    assert bertrand.status == 409 and "Quelqu’un a changé la même chose entre-temps" in refused
    assert "Awa, le" in refused and "« Mercredi » est devenu « Jeudi »" in refused and "Vous : « Samedi »" in refused
    assert "> Samedi</textarea>" in refused and "> 3 rue Neuve</textarea>" in refused
    assert 'value="b@remise.example"' in refused
    assert (await load(door)).opening_hours == "Jeudi"

    again = {"address": "3 rue Neuve", "opening_hours": "Samedi", "contact_email": "b@remise.example"}
    await bertrand.send(page, again)
    kept = await load(door)
    assert (kept.address, kept.opening_hours, kept.contact_email) == tuple(again.values())


async def test_two_who_change_different_settings_of_a_page_both_have_their_way(door: Doorbell, awa: Visitor) -> None:
    bertrand, page = await enter(door, "bertrand"), f"{LIST}/adresse"
    await awa.open(page)
    await bertrand.open(page)

    await awa.send(page, WHERE | {"opening_hours": "Jeudi"})
    await bertrand.send(page, WHERE | {"address": "3 rue Neuve"})

    kept = await load(door)
    assert bertrand.path == f"{page}?fait=saved"
    assert (kept.address, kept.opening_hours) == ("3 rue Neuve", "Jeudi")


async def test_a_setting_that_contradicts_another_names_it_and_what_was_typed_stays(
    door: Doorbell, awa: Visitor
) -> None:
    page = f"{LIST}/inscriptions"
    await awa.open(page)

    await awa.send(page, {"registration": "closed", "member_invitations": "4"})

    assert awa.status == 422 and 'href="#member_invitations"' in awa.text and 'value="4"' in awa.text
    assert "« Chaque membre peut inviter » doit être à 0" in shown(awa)
    assert await load(door) == Preferences(**WHERE)


async def test_filters_say_it_too(door: Doorbell, awa: Visitor) -> None:
    async with transaction(door.instance.pool) as conn:
        await preferences.write(conn, {"guests": False, "passers_by": "closed"})
    await awa.open("/coop/filtres")

    await awa.send("/coop/filtres", {"act": "first", "first_posts": "1", "passers_by": "open"})

    assert awa.status == 422 and "sans compte » est décoché" in shown(awa)
    assert (await load(door)).first_posts == 0
