"""What servers say of themselves under `/.well-known/`, asked by the name of the host alone."""

from urllib.parse import urlsplit

import orjson

from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from federation.json.fields import Json

LIMIT = 256 * 1024

_MAYBE_HTTP = frozenset(
    {Cause.TLS, Cause.CONNECTION_LOST, Cause.CONNECTION_REFUSED, Cause.CERTIFICATE_UNTRUSTED, Cause.TIMED_OUT}
)


async def fetch_well_known(instance: Instance, host: str, path: str, *, accept: str, directly: bool = False) -> Fetched:
    """What `host` answers under `path`; in test federation over http where https fails. Raises FetchFailed.

    Where it is to answer `directly`, nobody else does: neither where a redirect leads to, nor a cache.
    """
    try:
        return await _fetch(instance, f"https://{host}{path}", accept, directly=directly)
    except FetchFailed as failed:
        if not instance.settings.test_federation or failed.cause not in _MAYBE_HTTP:
            raise
    return await _fetch(instance, f"http://{host}{path}", accept, directly=directly)


async def _fetch(instance: Instance, uri: str, accept: str, *, directly: bool) -> Fetched:
    if directly:
        return await instance.transport.get_directly(uri, accept=accept)
    return await instance.transport.get_document(uri, accept=accept, limit=LIMIT)


def read_json(fetched: Fetched) -> Json:
    """The answer as a JSON object. Raises FetchFailed."""
    try:
        document = orjson.loads(fetched.body)
    except orjson.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise FetchFailed(Cause.NOT_AN_OBJECT, urlsplit(fetched.url).netloc)
    return document
