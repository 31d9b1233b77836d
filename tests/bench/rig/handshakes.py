"""TLS handshakes without a network: both ends in this process, as a delivery to a new host costs on one machine."""

import ssl
from pathlib import Path

from tests.certificates import make_authority


class Handshakes:
    """A client and a server that greet each other as often as asked."""

    def __init__(self, folder: Path) -> None:
        authority = make_authority(folder)
        self._server = authority.issue("localhost").context
        self._client = ssl.create_default_context(cafile=str(authority.ca_file))

    def shake(self) -> None:
        """One full handshake, nothing resumed."""
        up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
        client = self._client.wrap_bio(down, up, server_hostname="localhost")
        server = self._server.wrap_bio(up, down, server_side=True)
        done = set[ssl.SSLObject]()
        while len(done) < 2:
            for end in (client, server):
                try:
                    end.do_handshake()
                    done.add(end)
                except ssl.SSLWantReadError:
                    continue
