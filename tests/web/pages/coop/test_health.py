"""The page of the platform's health: what is wrong stands first, with what to do and the command."""

from collections.abc import Awaitable, Callable

from models.people.actors import Actor
from models.store.background import periodic_tasks
from models.store.database import Pool, transaction
from tests.sample_village import Village
from tests.web.pages.conftest import Browser


async def test_what_is_wrong_stands_first_with_its_command(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village, pool: Pool
) -> None:
    nadia = await open_browser(lomme.admin)
    async with transaction(pool) as conn:
        for _ in range(2):
            await periodic_tasks.note_failure(conn, "sweep", "boom")

    page = await nadia.get("/coop/sante")

    assert page.status == 200
    assert "Une tâche que la plateforme fait toute seule n’y arrive pas." in page.text
    assert "journalctl -u declic -p warning" in page.text
    assert page.text.index("à réparer") < page.text.index("à surveiller") < page.text.index("Ce qui va bien")
    assert "PostgreSQL" in page.text[page.text.index("Ce qui va bien") :]
