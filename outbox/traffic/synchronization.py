"""What a delivery for followers only says of the followers at that server, so that both can compare (FEP-8fcf)."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from federation.http_client.lru_cache import Cache
from federation.instance import Instance
from federation.json.fields import PUBLIC
from federation.synchronization import FollowersDigest, build_header, compute_digest
from federation.uris import followers_synchronization_uri, origin_of
from models.people import actors
from models.relations import followers
from models.servers import private_hosts
from models.servers.trust_levels import list_domains
from models.store.database import connection
from models.traffic.outbound.deliveries import Delivery

SECONDS = 1.0
"""How old what is known of the followers may be: as old as what is on its way anyway."""

AUTHORS = 64
"""Of so many authors it is known at the same time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """An author's followers by origin, and the hosts to which nothing private is sent."""

    collection: str | None
    url: str
    followers: Mapping[str, list[str]]
    withheld: frozenset[str]


class FollowersHeaders:
    """The header for each delivery. Followers are read once for one post, however many hosts it goes to."""

    def __init__(self, instance: Instance) -> None:
        """Nothing is read before it is asked for."""
        self._instance = instance
        self._known: Cache[int, _Known] = Cache(size=AUTHORS, seconds=SECONDS)
        self._reading = asyncio.Lock()

    async def find(self, delivery: Delivery) -> str | None:
        """The header for this delivery; None for all but what goes to followers alone.

        None too where nobody follows under the origin of the inbox: such a server names its people by other addresses,
        and the digest of an empty list would make it forget them. None for servers to which nothing private is sent
        (B-52).
        """
        if PUBLIC in delivery.body or '/followers"' not in delivery.body:
            return None
        known = await self._get(delivery.actor_id)
        if known.collection is None or f'"{known.collection}"' not in delivery.body:
            return None
        found = known.followers.get(origin_of(delivery.inbox))
        if not found or not known.withheld.isdisjoint(list_domains(delivery.host)):
            return None
        return build_header(FollowersDigest(collection=known.collection, url=known.url, digest=compute_digest(found)))

    async def _get(self, actor_id: int) -> _Known:
        async with self._reading:  # whoever comes meanwhile finds what was read
            known = self._known.find(actor_id)
            if known is None:
                known = await self._read(actor_id)
                self._known.keep(actor_id, known)
            return known

    async def _read(self, actor_id: int) -> _Known:
        async with connection(self._instance.pool) as conn:
            [actor] = await actors.list_by_ids(conn, [actor_id])
            found = await followers.list_by_origin(conn, actor_id)
            withheld = await private_hosts.list_withheld(conn)
        return _Known(
            collection=actor.followers_uri,
            url=followers_synchronization_uri(self._instance.site, actor.username),
            followers={one.origin: one.uris for one in found},
            withheld=frozenset(withheld),
        )
