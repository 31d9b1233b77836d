"""The legal and help pages: what the cooperative says of itself is what it does."""

import pytest

from models.traffic.inbound import received
from tests.web.pages.conftest import Browser
from web.rendering.data_register.register import REGISTER


async def test_the_register_is_a_table_with_the_lengths_of_the_code(visitor: Browser) -> None:
    page = await visitor.get("/donnees-personnelles")

    rows = page.html.xpath("//main//table/tbody/tr")
    assert [row.xpath("string(th/text())").strip() for row in rows] == [entry.name for entry in REGISTER]
    assert all(len(row.xpath("td")) == 3 and all(cell.text_content().strip() for cell in row) for row in rows)
    assert f"ce qui n’a pas pu l’être : {received.FAILED_KEPT_DAYS} jours" in page.words()


@pytest.mark.parametrize("path", ["/donnees-personnelles"])
async def test_every_page_leads_there(visitor: Browser, path: str) -> None:
    page = await visitor.get("/annonces")

    assert page.html.xpath("//footer//a[@href=$path]", path=path)
