"""A cooperative with the figures of some months, and how they are published."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from federation.instance import Instance
from models import preferences
from models.people.actors import Actor
from models.store.database import transaction
from tests.factories import make_member
from tests.figures import close_months, make_exchange
from tests.sample_territory import set_territory
from tests.sample_village import Village
from tests.web.pages.conftest import Browser

OpenBrowser = Callable[[Actor | None], Awaitable[Browser]]

TODAY = date(2026, 5, 3)


async def publish(instance: Instance, **changes: Any) -> None:
    async with transaction(instance.pool) as conn:
        chosen = await preferences.load(conn)
        await preferences.save(conn, replace(chosen, **{"figures_published": True, **changes}))


@pytest.fixture
async def counted(instance: Instance, lomme: Village) -> None:
    """March 2026: twelve loans in Lomme, six gifts of two objects in Lille, two sales in Lambersart."""
    async with transaction(instance.pool) as conn:
        await set_territory(conn)
        lucie, ines = await make_member(conn, "lucie"), await make_member(conn, "ines")
        for day in range(1, 13):
            await make_exchange(conn, lucie, ines, date(2026, 3, day))
        for day in range(1, 7):
            await make_exchange(conn, lucie, ines, date(2026, 3, day), mode="gift", quantity=2, commune_code="59350")
        for day in (3, 4):
            await make_exchange(conn, lucie, ines, date(2026, 3, day), mode="sale", commune_code="59328")
        await close_months(conn, TODAY)


@pytest.fixture
async def visitor(open_browser: OpenBrowser, counted: None) -> Browser:
    return await open_browser(None)
