"""A server as people name it: its name, somebody's handle there, or the address of one of its pages."""

import re

from federation.uris import host_of
from models.errors import Invalid

LONGEST = 253

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_NAME = re.compile(rf"(?:(?:{_LABEL}\.)*{_LABEL}|\[[0-9a-f:.]+\])(?::\d{{1,5}})?")
"""Underscores are in no host name by the book, and yet servers have them, which one may want to set aside."""


def read_host(written: str, *, whole_name: bool = True) -> str:
    """The server in what was typed, as hosts are kept (A-label, lower case, the port if not the default's).

    Raises Invalid. A single word is the name of no server that one would set aside or look for: `fr` is half the
    country. `whole_name=False` takes it all the same, for whoever names a machine in the same house.
    """
    name = written.strip()
    if "://" not in name:
        host, slash, path = name.partition("/")
        name = f"https://{host.rpartition('@')[2].rstrip('.')}{slash}{path}"
    host = host_of(name)
    if len(host) > LONGEST or not _NAME.fullmatch(host) or (whole_name and "." not in host and ":" not in host):
        raise Invalid("server_name_invalid")
    return host
