"""The terms of use as apps show them."""

from datetime import UTC, datetime

from models.people.documents import versions
from models.people.documents.versions import DocumentKind, NewVersion
from models.store.database import execute, transaction
from tests.web.api import strict_instance, strict_newer
from tests.web.api.conftest import Api

URL = "/api/v1/instance/terms_of_service"


async def publish(api: Api, text: str, at: str, *, follows: int, kind: DocumentKind = "terms") -> None:
    new = NewVersion(kind=kind, text=text, summary="", due_at=None, published_by=None, follows=follows)
    async with transaction(api.pool) as conn:
        id = await versions.publish(conn, new)
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
        await execute(conn, "UPDATE document_version SET published_at = $2 WHERE id = $1", id, moment)


async def test_each_version_is_found_by_its_day_and_names_the_one_that_followed(anybody: Api) -> None:
    await publish(anybody, "# Prêter\n\n1. On <b>rend</b>.", "2026-01-02 08:00", follows=0)
    await publish(anybody, "1. On rend à l’heure.", "2026-03-04 08:00", follows=1)
    await publish(anybody, "1. On rend propre.", "2026-03-04 23:30", follows=2)
    await publish(anybody, "1. Une charte.", "2026-05-06 08:00", follows=0, kind="charter")

    now = await anybody.get(URL, strict_newer.terms_of_service)
    first = await anybody.get(f"{URL}/2026-01-02", strict_newer.terms_of_service)
    second = await anybody.get(f"{URL}/2026-03-04", strict_newer.terms_of_service)

    assert (now["effective_date"], now["succeeded_by"]) == ("2026-03-05", None), "days are those of Paris"
    assert (first["effective_date"], first["succeeded_by"]) == ("2026-01-02", "2026-03-04")
    assert "<h2>Prêter</h2>" in first["content"] and "On &lt;b&gt;rend&lt;/b&gt;." in first["content"]
    assert (second["succeeded_by"], "à l’heure" in second["content"]) == ("2026-03-05", True)
    for day in ("2026-05-06", "2026-02-30", "2026-03-03", "0000-00-00", "----------"):
        assert (await anybody.ask("GET", f"{URL}/{day}")).status == 404, day
    urls = (await anybody.get("/api/v2/instance", strict_instance.instance))["configuration"]["urls"]
    assert urls["terms_of_service"] == "https://lomme.test/conditions"


async def test_before_any_are_published_there_are_none(anybody: Api) -> None:
    assert (await anybody.ask("GET", URL)).status == 404
    urls = (await anybody.get("/api/v2/instance", strict_instance.instance))["configuration"]["urls"]
    assert urls["terms_of_service"] is None
