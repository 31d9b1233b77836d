"""Links by which people come into a community: made and closed by who manages it, followed by whoever has one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from federation.instance import Instance
from models.people.actors import Actor
from models.store.database import connection
from tests.outbox.communities.sample_community import state_of
from tests.sample_village import Village
from tests.web.pages.communities.conftest import Communities
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

PAGE = "/communautes/secrets/liens"


async def test_a_link_of_a_hidden_community_lets_in_as_many_as_it_says(
    alice: Browser, visitor: Browser, open_browser: OpenBrowser, instance: Instance, lomme: Village,
    communities: Communities,
) -> None:  # fmt: skip
    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    for wrong in ({"uses": "0", "until": until}, {"uses": "beaucoup", "until": until}, {"uses": "1", "until": ""}):
        assert (await alice.send(PAGE, {"act": "make"} | wrong, form_on=PAGE)).status == 422
    made = await alice.send(PAGE, {"act": "make", "uses": "1", "until": until}, form_on=PAGE)
    address = made.html.xpath("string(//p[@class='address']/a/@href)").removeprefix(instance.site.url)
    assert address.startswith("/communautes/entrer/") and address not in (await alice.get(PAGE)).text

    read = await visitor.get(address)
    assert "On rend ce qu’on emprunte." in read.words() and "Me connecter" in read.words()
    hocine, nadia = await open_browser(lomme.hocine), await open_browser(lomme.admin)
    unticked = await hocine.send(address, {"version": "1"}, form_on=address)
    assert unticked.status == 422 and "Cochez la case" in unticked.words()
    came = await hocine.send(address, {"version": "1", "agreed": "1"}, form_on=address)
    assert came.location == "/communautes/secrets?fait=joined"

    late = await nadia.send(address, {"version": "1", "agreed": "1"}, form_on="/compte")
    assert late.status == 410 and "Ce lien n’ouvre plus" in late.words()
    assert (await visitor.get(address)).status == (await visitor.get(f"/communautes/entrer/{'A' * 32}")).status == 410
    async with connection(instance.pool) as conn:
        states = [await state_of(conn, one, communities.hidden) for one in (lomme.hocine, lomme.admin)]
    assert states == ["member", None]


async def test_a_closed_link_opens_no_longer_and_others_close_none(
    alice: Browser, visitor: Browser, open_browser: OpenBrowser, lomme: Village, communities: Communities,
    instance: Instance,
) -> None:  # fmt: skip
    until = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    made = await alice.send(PAGE, {"act": "make", "uses": "5", "until": until}, form_on=PAGE)
    address = made.html.xpath("string(//p[@class='address']/a/@href)").removeprefix(instance.site.url)
    link = made.html.xpath("string(//input[@name='link']/@value)")
    hocine = await open_browser(lomme.hocine)
    assert (await hocine.send(PAGE, {"act": "revoke", "link": link}, form_on="/compte")).status == 404

    closed = await alice.send(PAGE, {"act": "revoke", "link": link}, form_on=PAGE)

    assert closed.location == f"{PAGE}?fait=closed"
    assert (await visitor.get(address)).status == 410
