"""Commands start quickly: what they need is read when they use it, and with no certificate authorities at hand."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from models.lazy import kept_for_good, lazily

AUTHORITIES = "SSL_CERT_FILE"
"""Where OpenSSL reads the authorities that it trusts, if not where its builder said."""


def when_used() -> AbstractContextManager[None]:
    """Modules that are imported in this block, as wholes, are read when a command that needs them runs.

    `declic --help` and a command that was called wrongly read none of them.
    """
    return lazily(for_good)


@contextmanager
def for_good() -> Iterator[None]:
    """Import what stays for as long as the process, with no certificate authorities at hand.

    That takes a fifth of the time that a server needs to start, and later a tenth of a second each time.
    """
    with kept_for_good(), without_authorities():
        yield


@contextmanager
def without_authorities() -> Iterator[None]:
    """Import with no certificate authorities at hand: aiohttp reads them all, twice, for contexts that we never use.

    Ours, of federation/http_client/tls and web/mail/smtp, are made when something is first sent. 2 MB of an idle
    process.
    """
    before = os.environ.get(AUTHORITIES)
    os.environ[AUTHORITIES] = os.devnull
    try:
        yield
    finally:
        del os.environ[AUTHORITIES]
        if before is not None:
            os.environ[AUTHORITIES] = before
