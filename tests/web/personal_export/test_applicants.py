"""Whoever waits to be let in takes her data along too: what she answered, wrote to the team, and drafted."""

import json
from pathlib import Path
from zipfile import ZipFile

from federation.instance import Instance
from models.people.arrivals import sign_up_messages
from models.people.sign_ups import NewSignUp, SignUpAnswer
from models.personal_data import export_archives
from models.repairs.diagnostic import drafts as diagnostic_drafts
from models.settings import Settings, Site
from models.store.database import Pool, execute, transaction
from outbox.people.accounts import ask_to_join
from tests.fediverse import FakeFediverse
from web.personal_export.job import make_archive, queue_archive
from web.personal_export.storage import find_storage

SITE = Site(url="http://lomme.test", host="lomme.test")


async def test_archive_of_whoever_waits_holds_her_request_and_her_drafts(pool: Pool, tmp_path: Path) -> None:
    settings = Settings(url=SITE.url, data=tmp_path, test_federation=True)
    instance = Instance(site=SITE, settings=settings, pool=pool, transport=FakeFediverse())
    new = NewSignUp(
        username="carole",
        email="carole@example.org",
        password_hash="x",
        name="Carole",
        language="fr",
        commune_code=None,
        answers=(SignUpAnswer(question="Que prêter ?", words="Une scie."),),
    )
    async with transaction(pool) as conn:
        asked = await ask_to_join(conn, SITE, new, None)
        assert asked.actor_id is not None
        await sign_up_messages.write(conn, asked.id, asked.actor_id, "Bonjour.", role=None)
        await execute(
            conn,
            "INSERT INTO listing_draft (id, actor_id, kind, title, fields) VALUES (1, $1, 'offer', 'Scie', '[]')",
            asked.actor_id,
        )
        await diagnostic_drafts.save(conn, asked.actor_id, source="titre: Mon texte", summary="", follows=0)
        await queue_archive(conn, asked.actor_id)
        archive = await export_archives.find_of(conn, asked.actor_id)
        assert archive is not None

    await make_archive(instance, {"archive_id": archive.id})

    async with transaction(pool) as conn:
        made = await export_archives.find(conn, archive.id)
    assert made is not None and made.file_key is not None, made
    path = find_storage(settings).find(made.file_key)
    assert path is not None
    with ZipFile(path) as parcel:
        kept = json.loads(parcel.read("preferences.json"))
    assert kept["request"]["answers"] == [{"question": "Que prêter ?", "words": "Une scie."}]
    assert [(one["from"], one["words"]) for one in kept["request"]["messages"]] == [("me", "Bonjour.")]
    assert [one["title"] for one in kept["drafts"]] == ["Scie"]
    assert kept["team"]["diagnostic"]["source"] == "titre: Mon texte"
