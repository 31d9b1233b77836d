"""What the cooperative says about itself at more length."""

from dataclasses import replace

from models import preferences
from models.store.database import connection, execute
from tests.web.api import strict
from tests.web.api.conftest import Api

URL = "/api/v1/instance/extended_description"


async def test_the_cooperative_presents_itself_in_its_own_words(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        chosen = replace(
            await preferences.load(conn), name="La Remise", sentence="Prêter <b>tout</b>", address="3 rue\nÉmile & fils"
        )
        await preferences.save(conn, chosen)
        await execute(conn, "UPDATE preference SET updated_at = '2026-01-02T03:04:05Z' WHERE key <> 'accent'")

    said = await anybody.get(URL, strict.extended_description)

    assert said["updated_at"] == "2026-01-02T03:04:05.000Z"
    assert "<p>Prêter &lt;b&gt;tout&lt;/b&gt;</p><p>3 rue<br>Émile &amp; fils</p>" in said["content"]
    assert said["content"].endswith(
        '<p><a href="https://lomme.test/mentions-legales">https://lomme.test/mentions-legales</a></p>'
    )


async def test_before_it_said_anything_there_is_nothing(anybody: Api) -> None:
    async with connection(anybody.pool) as conn:
        await execute(conn, "DELETE FROM preference")

    assert await anybody.get(URL, strict.extended_description) == {"updated_at": None, "content": ""}
