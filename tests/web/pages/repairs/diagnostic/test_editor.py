"""The cooperative's own diagnostic: checked by its lines, tried as a draft, published, and taken back."""

import pytest

from models.repairs.diagnostic import versions
from models.repairs.diagnostic.versions import NewDiagnostic
from models.store.database import connection, execute, fetch_column, fetch_value, transaction
from tests.invitations import plain
from tests.models.repairs.diagnostic.test_reading import SMALL
from tests.web.form_client import Doorbell, Visitor, add_member

EDITOR = "/coop/diagnostic"

OTHER = SMALL.replace("Un essai", "Un autre essai")


async def log_in(door: Doorbell, name: str = "ada") -> Visitor:
    await add_member(door.instance, name, roles=["admin"])
    return await (await (await door.ring()).log_in(name)).open(EDITOR)


async def count_versions(door: Doorbell) -> int:
    async with connection(door.instance.pool) as conn:
        return int(await fetch_value(conn, "SELECT count(*) FROM diagnostic_version"))


async def publish(door: Doorbell, source: str | None = OTHER, follows: int = 0) -> None:
    async with transaction(door.instance.pool) as conn:
        by = int(await fetch_value(conn, "SELECT min(actor_id) FROM account"))
        await versions.publish(
            conn, NewDiagnostic(source=source, summary="D’elle", restores=None, published_by=by, follows=follows)
        )


async def test_a_text_is_checked_tried_and_published(door: Doorbell) -> None:
    ada = await log_in(door)
    assert "Rustine" not in ada.text and "depart: securite" in ada.text, "it opens with the text that ships"

    await ada.send(EDITOR, {"source": SMALL, "act": "check"})
    assert ada.status == 200 and "Ce texte se lit bien" in ada.text and await count_versions(door) == 0
    assert "Avant tout" in (await (await door.ring()).open("/diagnostic")).text
    await ada.open("/coop/diagnostic/essai?suite=oui-ca-roule")
    assert "Où est-ce" in ada.text and "C’est l’essai de votre brouillon" in ada.text
    assert "/coop/diagnostic/essai?suite=oui-ca-roule.devant" in ada.text
    assert "q-fiche" in (await ada.open("/coop/diagnostic/essai/entier")).text
    await ada.open(EDITOR)
    assert "titre: Un essai" in ada.text, "the draft is kept"
    await ada.send(EDITOR, {"source": SMALL, "summary": "Plus court", "act": "publish"})

    assert "C’est publié" in ada.text and "Plus court" in ada.text
    assert "Et alors : ça roule" in (await (await door.ring()).open("/diagnostic")).text
    async with connection(door.instance.pool) as conn:
        assert await fetch_column(conn, "SELECT act FROM journal_entry") == ["settings_changed"]
        assert await fetch_value(conn, "SELECT count(*) FROM diagnostic_draft") == 0
    assert (await ada.open("/coop/diagnostic/essai")).path == EDITOR, "there is no draft any more"


async def test_a_mistake_names_its_line_and_changes_nothing(door: Doorbell) -> None:
    ada = await log_in(door)

    await ada.send(EDITOR, {"source": SMALL.replace("va: arret}", "va: xyz}"), "summary": "x", "act": "publish"})

    assert ada.status == 422 and await count_versions(door) == 0
    said = "ligne 15 : la réponse « Je ne sais pas » mène à « xyz », qui n’existe pas."
    assert said in " ".join(plain(ada.text.replace("</a>", "")).split())
    assert "va: xyz}" in (await ada.open(EDITOR)).text, "it is kept all the same"
    assert (await ada.open("/coop/diagnostic/essai")).path == EDITOR, "nobody walks through it"


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"source": "", "summary": "x"}, "source"), ({"source": SMALL, "summary": ""}, "summary")],
)
async def test_what_is_missing_is_said(door: Doorbell, typed: dict[str, str], field: str) -> None:
    ada = await log_in(door)

    await ada.send(EDITOR, typed | {"act": "publish"})

    assert ada.status == 422 and f'href="#{field}"' in ada.text and await count_versions(door) == 0


async def test_who_publishes_second_is_told_and_both_texts_are_kept(door: Doorbell) -> None:
    ada = await log_in(door)
    await publish(door)
    mine = {"source": SMALL, "summary": "La mienne", "act": "publish"}

    await ada.send(EDITOR, mine)

    assert ada.status == 409 and "a publié une version entre-temps" in ada.text and "titre: Un essai" in ada.text
    assert await count_versions(door) == 1 and "Un autre essai" in ada.text, "what stands is shown as what would go"
    await ada.send(EDITOR, mine)
    assert "C’est publié" in ada.text and await count_versions(door) == 2
    assert "Un autre essai" in (await ada.open("/coop/diagnostic/versions/1")).text


async def test_an_earlier_version_and_the_shipped_one_come_back_as_new_ones(door: Doorbell) -> None:
    await publish(door, OTHER)
    await publish(door, SMALL, follows=1)
    ada = await log_in(door)

    await ada.open("/coop/diagnostic/versions/1")
    stale = "/coop/diagnostic/versions/1"
    await ada.send(stale, {})
    assert "de nouveau en place" in ada.text and "retour à la version 1" in ada.text
    assert "Un autre essai" in (await (await door.ring()).open("/diagnostic")).text
    await ada.open("/coop/diagnostic/versions/0")
    await ada.send("/coop/diagnostic/versions/0", {})

    assert "retour au texte livré" in ada.text and await count_versions(door) == 4
    assert "Avant tout" in (await (await door.ring()).open("/diagnostic")).text
    assert (await ada.open("/coop/diagnostic/versions/9")).status == 404


async def test_a_version_put_back_after_somebody_else_published_is_refused(door: Doorbell) -> None:
    await publish(door, OTHER)
    ada = await log_in(door)
    await ada.open("/coop/diagnostic/versions/0")
    await publish(door, SMALL, follows=1)

    await ada.send("/coop/diagnostic/versions/0", {})

    assert ada.status == 409 and "entre-temps" in ada.text and await count_versions(door) == 2


async def test_a_version_that_reads_no_more_is_said_to_the_team_and_to_nobody_else(door: Doorbell) -> None:
    await publish(door, OTHER)
    async with transaction(door.instance.pool) as conn:
        await execute(conn, "UPDATE diagnostic_version SET source = 'titre: ancien'")

    ada = await log_in(door)

    assert "ne se lit plus avec ce logiciel" in ada.text
    assert "Avant tout" in (await (await door.ring()).open("/diagnostic")).text
    await ada.open("/coop/diagnostic/versions/1")
    assert "C’est le texte en place." in ada.text


async def test_a_draft_can_be_forgotten(door: Doorbell) -> None:
    ada = await log_in(door)
    await ada.send(EDITOR, {"source": SMALL, "act": "check"})

    await ada.send(EDITOR, {"act": "forget"})

    assert "Votre brouillon est effacé" in ada.text and "depart: securite" in ada.text
