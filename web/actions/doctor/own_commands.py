"""Commands as they are typed on this machine: in a container, and with YunoHost, by other programs and files."""

import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from models.store.postgres.binaries import find_binaries
from web.actions.doctor.findings import Examined, Finding

CONTAINER_MARKS = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""What Docker and Podman put into each container."""

YUNOHOST = Path("/etc/yunohost/installed")

OURS = re.compile(r"(?<![\w/.-])(?<!exec )(?<!exec declic )(?<!--rm )(?<!--rm declic )(?<!OVERRIDE )declic (?=[a-z])")
"""A command of ours, wherever it stands in a line, and not one that was fitted already."""

OF_POSTGRES = re.compile(r"(psql -[cd]|createdb --e)")

OF_FILES = frozenset({"chmod", "chown", "cp", "du", "ls", "mv"})

LOCAL = frozenset({"", "localhost", "127.0.0.1", "[::1]"})

TIMER, BACKUP = r"systemctl enable --now declic-backup\.timer && ", r"systemctl start declic-backup\.service"

MAKE_KEY = (
    "(umask 027; set -C; head -c 32 /dev/urandom | base64 > /etc/declic/key) && chgrp declic /etc/declic/key && "
    "echo DECLIC_KEY_FILE=/etc/declic/key >> /etc/declic/declic.env && systemctl restart declic && declic key seal"
)
"""`set -C`: a key that is there stays, without which nothing of what it closed is ever read again."""

WEB_SERVER = "grep -srnE 'proxy|body|header' /etc/caddy /etc/nginx/sites-enabled"

IN_CONTAINERS = (
    (
        re.escape(MAKE_KEY),
        "docker compose exec declic sh -c 'umask 077; set -C; head -c 32 /dev/urandom | base64 > /data/key' && "
        "echo KEY_FILE=/data/key >> .env && docker compose up -d && declic key seal",
    ),
    (rf"(?:{TIMER})?{BACKUP}", "declic backup /backups"),
    (r"install -m 640 .*backup_passphrase.*", "editor .env"),
    (r"grep -s KEY_FILE .*", "grep KEY_FILE .env"),
    (r"declic backup verify FOLDER", "declic backup verify /backups/FOLDER"),
    (r"declic backup FOLDER", "declic backup /backups"),
    (
        r"^declic restore FOLDER",  # what runs is started again and again meanwhile, and nothing can be typed in there
        "docker compose stop declic && docker compose run --rm declic declic restore /backups/FOLDER && "
        "docker compose up -d",
    ),
    (re.escape(WEB_SERVER), "cat Caddyfile"),
    (r"systemctl restart declic\b", "docker compose up -d --force-recreate declic"),
    (r"systemctl status (declic\b|caddy nginx)", "docker compose ps"),
    (r"systemctl status 'postgresql\*' --no-pager", "docker compose logs --tail 50 postgres"),
    (r"(PGOPTIONS='[^']*') runuser -u postgres -- psql", r"docker compose exec -e \1 postgres psql -U declic"),
    (r"^(psql|createdb) (?=-)", r"docker compose exec postgres \1 -U declic "),
    (r"systemctl list-units .*", "docker ps"),
    (r"journalctl -u declic-backup", "docker compose logs backups"),
    (r"journalctl -u declic( -p \w+)?", "docker compose logs declic"),
    (r"journalctl -u caddy -u nginx -u certbot", "docker compose logs caddy"),
    (r"editor /etc/declic/declic\.env", "editor .env"),
)
"""In the folder of compose.yaml; podman-compose takes the same words."""


AS_ROOT = "docker compose run --rm --user 0 --cap-add CHOWN --cap-add FOWNER --cap-add DAC_OVERRIDE declic sh -c"
"""The program in the container has no right to give a file to somebody."""


def fit_commands(found: Iterable[Examined], data: Path, database_url: str | None = None) -> list[Examined]:
    """What was found, with the commands of this machine, whose database has this address where it answers."""
    return [replace(one, finding=_fit(one.finding, data, database_url)) for one in found]


def is_container() -> bool:
    """Whether we run in one, of Docker or of Podman."""
    return any(mark.exists() for mark in CONTAINER_MARKS)


def _fit(finding: Finding, data: Path, database_url: str | None) -> Finding:
    command = finding.command
    if not command:
        return finding
    if is_container():
        return replace(finding, command=_fit_container(command, data))
    if database_url is not None and OF_POSTGRES.match(command):
        command = _fit_postgres(command, database_url)
    return replace(finding, command=_fit_yunohost(command, data) if YUNOHOST.exists() else command)


def _fit_container(command: str, data: Path) -> str:
    for systemd, compose in IN_CONTAINERS:
        command = re.sub(systemd, compose, command)
    command = re.sub(r"(docker compose logs) (\w+) -n (\d+)", r"\1 --tail \3 \2", command)
    command = _fit_files(command, data)
    return OURS.sub("docker compose exec declic declic ", command)


def _fit_files(command: str, data: Path) -> str:
    """What is done to files of ours is done inside: the host has them somewhere else."""
    words = command.split()
    if words[0] not in OF_FILES or not any(word == str(data) or word.startswith(f"{data}/") for word in words):
        return command
    if words[0] == "chown":
        return f"{AS_ROOT} {shlex.quote(command)}"
    first = command.partition(" && chown ")[0].replace(" FOLDER/", " /backups/FOLDER/")
    return f"docker compose exec declic {first}"


def _fit_postgres(command: str, database_url: str) -> str:
    """As the account that may: of the database that we start anybody who enters its folder, else `postgres`.

    One on another machine asks for the password of ours.
    """
    address = urlsplit(database_url)
    name, folder = address.path.strip("/"), parse_qs(address.query).get("host", [""])[0]
    command = re.sub(r"^psql (-d \S+ )?(?=-c )", f"psql -d {shlex.quote(name)} ", command) if name else command
    if address.username == "postgres" and folder and not address.password:
        own = next((one.program("psql") for one in find_binaries()), "psql")
        return re.sub(r"^psql (-d \S+)", rf"{own} -h {shlex.quote(folder)} -U postgres \1", command)
    return _fit_account(command, address, folder)


def _fit_account(command: str, address: SplitResult, folder: str) -> str:
    host = unquote(address.netloc.rpartition("@")[2])
    if folder.startswith("/") or host.startswith("/") or re.sub(r":\d+$", "", host) in LOCAL:
        return f"runuser -u postgres -- {command}"
    if "," in host:
        return command
    where = f"-h {address.hostname} -p {address.port or 5432} -U {shlex.quote(unquote(address.username or 'declic'))}"
    return re.sub(r"^(\w+)", rf"\1 {where}", command)


def _fit_yunohost(command: str, data: Path) -> str:
    """The app has its own name, program and file of settings; what YunoHost does not ask for stands in declic.toml."""
    program = Path(sys.prefix)
    app = program.parent.name
    if command == MAKE_KEY:
        command = (
            f"(umask 077; set -C; head -c 32 /dev/urandom | base64 > {data}/key && echo 'key_file = \"{data}/key\"' >> "
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
