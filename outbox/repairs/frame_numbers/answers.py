"""Whether a bike with this number was stolen from somebody here: yes or no, and its owner is told that it was asked."""

from dataclasses import dataclass

from models.news import bike_news
from models.people import actors
from models.repairs.frame_numbers import sightings
from models.settings import Site
from models.store.database import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who asks: somebody of `host`. `contact` is her address, where the owner may write to her; `member_id` of ours."""

    host: str
    contact: str = ""
    member_id: int | None = None


async def answer(conn: Connection, site: Site, number: str, asker: Asker) -> bool:
    """Whether it is one of a stolen bike. Each owner is told once a day of one asker, nobody of her own question."""
    found = await sightings.list_stolen(conn, number)
    for bike in found:
        if bike.owner_id != asker.member_id and await sightings.add(conn, bike.id, asker.host, asker.contact):
            await _tell(conn, site, bike.owner_id, asker.host)
    return bool(found)


async def _tell(conn: Connection, site: Site, owner_id: int, host: str) -> None:
    """News in the name of the cooperative that was asked, which go by mail as she chose; the page says the rest."""
    coop = await actors.find_local(conn, "coop") if host == site.host else None
    actor_id = coop.id if coop is not None else await sightings.find_cooperative(conn, host)
    if actor_id is not None:
        await bike_news.tell(conn, owner_id, actor_id)
