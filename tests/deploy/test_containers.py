"""What the files for containers promise: no rights beyond need, logs that end, whatever builds or runs them."""

import ipaddress
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())

BACKUP_UNIT = "deploy/systemd/declic-backup.service"

CONTAINERFILE = (ROOT / "deploy" / "Containerfile").read_text()

SERVICES = sorted(COMPOSE["services"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_only_volumes_and_gains_no_rights(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["read_only"] is True
    assert service["security_opt"] == ["no-new-privileges"]
    assert "/tmp" in service["tmpfs"]
    assert not {"privileged", "network_mode", "pid", "userns_mode"} & set(service)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_watched_and_its_log_ends(name: str) -> None:
    service = COMPOSE["services"][name]

    assert service["healthcheck"]["test"][0] == "CMD-SHELL", "podman-compose garbles a list of words"
    assert service["restart"] == "unless-stopped"
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


def test_what_answers_the_internet_has_no_capability_but_for_its_ports() -> None:
    services = COMPOSE["services"]

    assert (services["declic"]["cap_drop"], services["caddy"]["cap_drop"]) == (["ALL"], ["ALL"])
    assert services["caddy"]["cap_add"] == ["NET_BIND_SERVICE"] and "cap_add" not in services["declic"]
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]


def test_a_new_container_is_the_same_machine() -> None:
    """What is wrong with a machine is kept, and told by mail, by its name."""
    assert COMPOSE["services"]["declic"]["hostname"] == "declic"
    assert "podman run --hostname declic" in CONTAINERFILE


def test_every_volume_that_is_used_has_a_name_that_is_kept() -> None:
    mounted = [one for service in COMPOSE["services"].values() for one in service.get("volumes", ())]
    named = {one.partition(":")[0] for one in mounted if not one.startswith((".", "/"))}

    assert named == set(COMPOSE["volumes"])


@pytest.mark.parametrize("address", ["172.18.0.4", "192.168.96.2", "10.88.0.7", "10.89.3.2"])
def test_the_proxy_beside_us_is_believed_under_docker_and_podman(address: str) -> None:
    networks = COMPOSE["services"]["declic"]["environment"]["DECLIC_TRUSTED_PROXIES"].split()

    assert any(ipaddress.ip_address(address) in ipaddress.ip_network(one) for one in networks)
    assert not any(ipaddress.ip_network(one).overlaps(ipaddress.ip_network("10.90.0.0/16")) for one in networks)


@pytest.mark.parametrize("name", SERVICES)
def test_what_may_be_left_out_of_env_is_named_otherwise_than_the_setting(name: str) -> None:
    """podman-compose first puts what stands in `environment` where a variable of the same name is asked for."""
    environment = COMPOSE["services"][name]["environment"]

    assert [key for key, value in environment.items() if f"${{{key}:-" in value] == []


@pytest.mark.parametrize(("now", "seconds"), [(0, 12_600), (12_599, 1), (12_601, 86_399), (86_399, 12_601)])
def test_each_night_a_backup_is_made_as_the_timer_makes_one(now: int, seconds: int, tmp_path: Path) -> None:
    [shell, option, loop] = COMPOSE["services"]["backups"]["command"]
    unit = re.findall(r"^ExecStart=\S+/(declic backup .*) \S+$", (ROOT / BACKUP_UNIT).read_text(), re.M)
    for name, does in (("date", f"echo {now}"), ("sleep", "echo slept $1"), ("declic", "echo declic $*; kill $PPID")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / name).chmod(0o755)

    command = [shell, option, loop.replace("$$", "$")]
    ran = subprocess.run(
        command, env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=False, timeout=10
    )

    assert (ran.stderr, ran.stdout.splitlines()) == ("", [f"slept {seconds}", f"{unit[0]} /backups"])
    assert ran.returncode == 0, "asked to stop, it ends at once"


def test_the_image_runs_as_an_account_without_rights_and_says_how_it_is() -> None:
    [user] = re.findall(r"^USER (\S+)$", CONTAINERFILE, re.M)

    assert f"useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin {user}" in CONTAINERFILE
    assert CONTAINERFILE.index(f"USER {user}") < CONTAINERFILE.index("\nCMD [")
    assert re.search(r"^HEALTHCHECK .*\\\n    CMD \[.*readyz", CONTAINERFILE, re.M)


def test_secrets_in_the_checkout_go_neither_into_the_image_nor_into_git() -> None:
    """What README.md has one write beside compose.yaml, and where compose.yaml mounts backups."""
    left_out = (ROOT / ".dockerignore").read_text().splitlines()
    written = [f"deploy/{name}" for name in (".env", "secrets", "backups")]

    assert {*written, ".git", ".venv"} <= set(left_out) and not [line for line in left_out if line.startswith("!")]
    asked = ["git", "check-ignore", *(f"{one}/x" for one in written[1:]), written[0]]
    assert subprocess.run(asked, cwd=ROOT, capture_output=True, check=False).stdout.count(b"\n") == 3
    assert "> .env && chmod 600 .env" in (ROOT / "deploy/README.md").read_text()
    assert COMPOSE["services"]["declic"]["build"]["context"] == "..", "where .dockerignore is read"


def test_all_that_a_wheel_is_built_from_is_brought_into_the_image() -> None:
    """Else the image cannot be built, which would be seen by whoever installs."""
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    copied = {name for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.M) for name in line.split()[:-1]}

    needed = {name.partition("/")[0] for name in (*wheel["packages"], *wheel["force-include"])}
    assert needed - copied == set()
