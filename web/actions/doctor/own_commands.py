"""Commands as they are typed on this machine: in a container, and with YunoHost, by other programs and files."""

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from web.actions.doctor.findings import Examined, Finding

CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""What Docker and Podman put into each container."""

YUNOHOST = Path("/etc/yunohost/installed")

OURS = re.compile(r"(?<![\w/.-])(?<!exec )(?<!exec declic )declic (?=[a-z])")
"""A command of ours, wherever it stands in a line, and not one that was fitted already."""

TIMER, BACKUP = r"systemctl enable --now declic-backup\.timer && ", r"systemctl start declic-backup\.service"

MAKE_KEY = (
    "(umask 027; head -c 32 /dev/urandom | base64 > /etc/declic/key) && chgrp declic /etc/declic/key && "
    "echo DECLIC_KEY_FILE=/etc/declic/key >> /etc/declic/declic.env && systemctl restart declic && declic key seal"
)

IN_CONTAINERS = (
    (
        re.escape(MAKE_KEY),
        "docker compose exec declic sh -c 'umask 077; head -c 32 /dev/urandom | base64 > /data/key' && "
        "echo KEY_FILE=/data/key >> .env && docker compose up -d && declic key seal",
    ),
    (rf"(?:{TIMER})?{BACKUP}", "declic backup /backups"),
    (r"install -m 640 .*backup_passphrase.*", "editor .env"),
    (r"grep -s KEY_FILE .*", "grep KEY_FILE .env"),
    (r"declic backup verify FOLDER", "declic backup verify /backups/FOLDER"),
    (r"systemctl restart declic\b", "docker compose up -d --force-recreate declic"),
    (r"systemctl status (declic\b|caddy nginx)", "docker compose ps"),
    (r"systemctl status 'postgresql\*' --no-pager", "docker compose logs --tail 50 postgres"),
    (r"(PGOPTIONS='[^']*') runuser -u postgres -- psql", r"docker compose exec -e \1 postgres psql -U declic"),
    (r"systemctl list-units .*", "docker ps"),
    (r"journalctl -u declic-backup", "docker compose logs backups"),
    (r"journalctl -u declic( -p \w+)?", "docker compose logs declic"),
    (r"journalctl -u caddy -u nginx -u certbot", "docker compose logs caddy"),
    (r"editor /etc/declic/declic\.env", "editor .env"),
)
"""In the folder of compose.yaml; podman-compose takes the same words."""


def fit_commands(found: Iterable[Examined], data: Path) -> list[Examined]:
    """What was found, with the commands of this machine."""
    return [replace(one, finding=_fit(one.finding, data)) for one in found]


def is_container() -> bool:
    """Whether we run in one, of Docker or of Podman."""
    return any(mark.exists() for mark in CONTAINER_MARKS)


def _fit(finding: Finding, data: Path) -> Finding:
    if not finding.command:
        return finding
    if is_container():
        return replace(finding, command=_fit_container(finding.command))
    return replace(finding, command=_fit_yunohost(finding.command, data)) if YUNOHOST.exists() else finding


def _fit_container(command: str) -> str:
    for systemd, compose in IN_CONTAINERS:
        command = re.sub(systemd, compose, command)
    command = re.sub(r"(docker compose logs) (\w+) -n (\d+)", r"\1 --tail \3 \2", command)
    return OURS.sub("docker compose exec declic declic ", command)


def _fit_yunohost(command: str, data: Path) -> str:
    """The app has its own name, program and file of settings; what YunoHost does not ask for stands in declic.toml."""
    program = Path(sys.prefix)
    app = program.parent.name
    if command == MAKE_KEY:
        command = (
            f"(umask 077; head -c 32 /dev/urandom | base64 > {data}/key; echo 'key_file = \"{data}/key\"' >> "
            f"{data}/declic.toml) && chown {app}: {data}/key {data}/declic.toml && "
            "systemctl restart declic && declic key seal"
        )
    command = re.sub(
        rf"(?:{TIMER})?{BACKUP}",
        f"install -d -m 700 -o {app} /var/backups/{app} && declic backup --keep 7 /var/backups/{app}",
        command,
    )
    command = re.sub(r"((?:systemctl \w+|journalctl -u) )declic\b", rf"\g<1>{app}", command)
    command = command.replace("/etc/declic/declic.env", f"/etc/declic/{app}.env")
    return OURS.sub(f"{program}/bin/declic --settings /etc/declic/{app}.env ", command)
