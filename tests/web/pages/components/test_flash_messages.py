"""What was just done is told on the page that one is led to, and nothing else that an address may say."""

from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from models.people.actors import Actor
from tests.sample_village import Village
from tests.web.pages.conftest import Browser
from web.pages.components import flash_messages
from web.pages.instance.settings import history, page_view
from web.pages.moderation import message_request_review
from web.pages.people import account
from web.pages.relations import blocks
from web.pages.servers import directory, domain_blocks

PAGES: dict[str, Mapping[str, str]] = {
    "/compte": account.SAID,
    "/compte/masques": blocks.SAID,
    "/coop/serveurs/liste": domain_blocks.SAID,
    "/coop/inconnus": message_request_review.SAID,
    "/coop/territoires": directory.SAID,
    "/coop/reglages/nom": page_view.SAID,
    "/coop/reglages/historique": history.SAID,
}


@pytest.mark.parametrize("path", PAGES)
async def test_each_page_tells_what_was_done_there_and_only_that(
    open_browser: Callable[[Actor | None], Awaitable[Browser]], lomme: Village, path: str
) -> None:
    admin = await open_browser(lomme.admin)
    done, sentence = next(iter(PAGES[path].items()))

    told = await admin.get(f"{path}?fait={done}")
    other = await admin.get(f"{path}?fait=autre-chose")

    assert " ".join(sentence.replace("\u00a0", " ").split()) in told.words()
    assert told.html.xpath("count(//*[@role='status'])") == other.html.xpath("count(//*[@role='status'])") + 1


def test_one_module_writes_and_reads_what_was_done() -> None:
    folder = Path(flash_messages.__file__).parents[1]

    others = [
        path.name for path in folder.rglob("*.py") if "fait=" in path.read_text() and path.name != "flash_messages.py"
    ]

    assert others == []
