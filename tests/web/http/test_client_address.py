"""What counts as one network."""

from types import SimpleNamespace
from typing import cast

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from federation.instance import Instance
from models.settings import Settings
from web.http.app_keys import INSTANCE
from web.http.client_address import peer_network, visitor_network


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_a_visitor_is_known_by_the_network_that_she_cannot_change(address: str | None, network: str) -> None:
    assert visitor_network(address) == network


@pytest.mark.parametrize(
    ("remote", "proxies", "forwarded", "network"),
    [
        ("203.0.113.9", (), None, "203.0.113.0/24"),
        ("127.0.0.1", (), None, "127.0.0.0/24"),
        ("127.0.0.1", (), "203.0.113.9", None),  # a proxy that the settings forget
        ("203.0.113.9", (), "198.51.100.1", "203.0.113.0/24"),  # anybody may write that header
        ("10.0.0.1", ("10.0.0.0/8",), None, None),
        ("::ffff:203.0.113.9", (), None, "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", (), None, "2001:db8:1:2::/64"),
        ("", (), None, None),
    ],
)
def test_ht04_which_network_a_request_comes_from(
    remote: str, proxies: tuple[str, ...], forwarded: str | None, network: str | None
) -> None:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    app = web.Application()
    settings = Settings(url="https://lomme.test", trusted_proxies=proxies)
    app[INSTANCE] = cast(Instance, SimpleNamespace(settings=settings))

    request = make_mocked_request("GET", "/users/alice", headers=headers, app=app).clone(remote=remote)

    assert peer_network(request) == network
