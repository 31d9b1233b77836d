"""TLS towards other servers: whom we trust, and sessions that are taken up again instead of made anew."""

import ssl
from pathlib import Path
from typing import Any

from federation.http_client.lru_cache import Cache

SESSIONS = 1000
SESSION_SECONDS = 3600


class ClientContext(ssl.SSLContext):
    """Certificates and names are checked; the session of the last connection with a host speeds up the next one."""

    sessions: Cache[str, ssl.SSLSession]

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """As asyncio calls it for each new connection, with the session that we have for the host."""
        host = options.get("server_hostname")
        if isinstance(host, str) and options.get("session") is None:
            options["session"] = self.sessions.find(host)
        return super().wrap_bio(*args, **options)


class _ClientObject(ssl.SSLObject):
    """One connection; when it ends, the tickets that the server sent have come."""

    def unwrap(self) -> None:
        session = self.session
        if session is not None and session.has_ticket and isinstance(self.context, ClientContext):
            self.context.sessions.keep(str(self.server_hostname), session)
        super().unwrap()


def make_context(ca_file: Path | None = None) -> ClientContext:
    """A context that trusts the system's authorities, and those in `ca_file` besides. Takes some 10 ms."""
    context = ClientContext(ssl.PROTOCOL_TLS_CLIENT)
    context.sessions = Cache(size=SESSIONS, seconds=SESSION_SECONDS)
    context.sslobject_class = _ClientObject
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if ca_file is not None:
        context.load_verify_locations(cafile=ca_file)
    return context
