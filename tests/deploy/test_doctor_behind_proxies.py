"""The doctor behind Caddy and nginx: with our samples all is well, and what is changed in one of them is named."""

import socket
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from models.settings import Settings
from tests.deploy import test_behind_proxies as samples
from tests.deploy.test_behind_proxies import DOMAIN, PROGRAMS, proxy_before
from tests.peers.programs import free_port
from tests.servers import running_server
from tests.web.actions.doctor.patients import say
from web.actions.doctor.findings import Patient
from web.actions.doctor.ways import body_size, front_server

CHANGED = {
    "caddy": {
        "max_size 100MB": "max_size 1MB",
        "reverse_proxy {$DECLIC_UPSTREAM:127.0.0.1:8000} {": (
            "reverse_proxy {$DECLIC_UPSTREAM:127.0.0.1:8000} {\n\t\theader_up -Range\n\t\theader_up Host example.org"
        ),
    },
    "nginx": {
        "client_max_body_size 100m;": "client_max_body_size 1m;",
        "proxy_set_header Host $http_host;": "proxy_set_header Range '';",
        "proxy_set_header Upgrade $http_upgrade;": "proxy_set_header Upgrade '';",
    },
}
"""What somebody might leave out, and from where on it is seen."""

EXPECTED: Mapping[str, Mapping[str, str]] = {
    "caddy": {"proxy_headers": "error", "body_size": "error", "ranges": "warning", "streams": "ok"},
    "nginx": {"proxy_headers": "error", "body_size": "error", "ranges": "warning", "streams": "warning"},
}

LOOKS = {
    "proxy_headers": front_server.check_proxy_headers,
    "body_size": body_size.check_body_size,
    "ranges": front_server.check_ranges,
    "streams": front_server.check_streams,
}


@pytest.fixture
def name_is_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The domain of the samples leads to this machine."""
    real = socket.getaddrinfo

    def find(host: Any, *arguments: Any, **named: Any) -> Any:
        return real("127.0.0.1" if host == DOMAIN else host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", find)


@pytest.mark.parametrize("changed", [False, True], ids=["ours", "changed"])
@pytest.mark.parametrize("name", PROGRAMS)
async def test_the_doctor_names_what_a_proxy_does_not_pass_on(
    name: str, changed: bool, furnished_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name_is_here: None
) -> None:
    if PROGRAMS[name] is None:
        pytest.skip(f"{name} is not on this machine (Debian: {name})")
    if changed:
        monkeypatch.setattr(samples, "DEPLOY", change_samples(tmp_path, name))
    port = free_port()
    settings = msgspec.structs.replace(Settings(), trusted_proxies=("127.0.0.1/32",))
    public = f"https://{DOMAIN}:{port}"
    async with running_server("lomme", furnished_url, tmp_path / "data", settings, public=public) as server:
        listens = int(server.instance.settings.listen.rpartition(":")[2])
        (tmp_path / "proxy").mkdir()
        async with proxy_before(name, tmp_path / "proxy", port, listens):
            own = msgspec.structs.replace(server.instance.settings, ca_file=tmp_path / "proxy" / "ca.pem")
            patient = Patient(settings=own, say=say, instance=server.instance)
            found = {which: await look(replace(patient, dear="anew")) for which, look in LOOKS.items()}

    expected = EXPECTED[name] if changed else dict.fromkeys(LOOKS, "ok")
    assert {which: one.severity for which, one in found.items()} == expected, found


def change_samples(folder: Path, name: str) -> Path:
    """A folder with the samples, this one changed."""
    made = folder / "deploy"
    made.mkdir()
    for file, program in (("Caddyfile", "caddy"), ("nginx.conf", "nginx")):
        text = (samples.DEPLOY / file).read_text()
        for before, after in CHANGED[program].items() if program == name else ():
            assert before in text
            text = text.replace(before, after)
        (made / file).write_text(text)
    return made
