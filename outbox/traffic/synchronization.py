"""What a delivery for followers only says of the followers at that server, so that both can compare (FEP-8fcf)."""

from federation.instance import Instance
from federation.json.fields import PUBLIC
from federation.synchronization import FollowersDigest, build_header, compute_digest
from federation.uris import followers_synchronization_uri, origin_of
from models.people import actors
from models.relations import followers
from models.servers import private_hosts
from models.store.database import connection
from models.traffic.outbound.deliveries import Delivery


async def find_header(instance: Instance, delivery: Delivery) -> str | None:
    """The header for this delivery; None for all but what goes to followers alone.

    None too where nobody follows under the origin of the inbox: such a server names its people by other addresses, and
    the digest of an empty list would make it forget them. None for servers to which nothing private is sent (B-52).
    """
    if PUBLIC in delivery.body or '/followers"' not in delivery.body:
        return None
    async with connection(instance.pool) as conn:
        [actor] = await actors.list_by_ids(conn, [delivery.actor_id])
        if actor.followers_uri is None or f'"{actor.followers_uri}"' not in delivery.body:
            return None
        if not await private_hosts.may_have(conn, delivery.host):
            return None
        found = await followers.list_at_origin(conn, actor.id, origin_of(delivery.inbox))
    if not found:
        return None
    return build_header(
        FollowersDigest(
            collection=actor.followers_uri,
            url=followers_synchronization_uri(instance.site, actor.username),
            digest=compute_digest(found),
        )
    )
