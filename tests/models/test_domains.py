"""Registrable domains, by the rules of the public suffix list."""

import pytest

from models.domains import find_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("lomme.fr", "lomme.fr"),
        ("coop.lomme.fr", "lomme.fr"),
        ("a.b.coop.lomme.fr:8443", "lomme.fr"),
        ("remise.asso.fr", "remise.asso.fr"),
        ("www.remise.asso.fr", "remise.asso.fr"),
        ("coop.co.uk", "coop.co.uk"),
        ("entraide.example", "entraide.example"),
        ("a.entraide.example", "entraide.example"),
        ("a.b.ck", "a.b.ck"),
        ("x.a.b.ck", "a.b.ck"),
        ("x.www.ck", "www.ck"),
        ("une.duckdns.org", "duckdns.org"),
        ("deux.duckdns.org", "duckdns.org"),
        ("xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"),
        ("fr", "fr"),
        ("localhost:8001", "localhost"),
        ("127.0.0.2:9180", "127.0.0.2"),
        ("[2001:db8::1]:8443", "[2001:db8::1]"),
    ],
)
def test_a_host_belongs_to_whoever_registered_its_domain(host: str, domain: str) -> None:
    found = find_domain(host)

    assert found == domain
