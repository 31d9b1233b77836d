"""A database with pgBackRest, as deploy/README.md sets it up: what was deleted comes back of the moment before.

Only in the long form, and where Debian's `pgbackrest` and `postgresql` are installed.
"""

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.drills.ground import LONG
from tests.drills.report import report

README = Path(__file__).parents[2] / "deploy" / "README.md"

SERVERS = Path("/usr/lib/postgresql")

NEWEST = 17
"""What Debian's pgBackRest knows."""


def find_programs() -> Path | None:
    """The folder of a PostgreSQL that pgBackRest knows, where both are there."""
    majors = sorted((int(path.name) for path in SERVERS.glob("[0-9]*")), reverse=True)
    known = next((one for one in majors if one <= NEWEST), None)
    return None if known is None or shutil.which("pgbackrest") is None else SERVERS / str(known) / "bin"


def read_settings(folder: Path) -> str:
    """The file that the README shows, with a repository, data and a socket in this folder."""
    shown = re.search(r"\[global\]\n.*?(?=\n *END)", README.read_text(encoding="utf-8"), re.DOTALL)
    assert shown is not None
    lines = [line.strip() for line in shown[0].splitlines()]
    kept = [line for line in lines if not line.startswith(("repo1-type", "repo1-s3", "repo1-path", "pg1-path"))]
    kept.insert(
        1, f"repo1-path={folder}/repo\nlog-path={folder}/log\nlock-path={folder}/lock\nspool-path={folder}/spool"
    )
    return "\n".join([*kept, f"pg1-path={folder}/data", f"pg1-socket-path={folder}", "pg1-user=declic", ""])


@pytest.mark.skipif(not LONG, reason="make drills")
@pytest.mark.skipif(find_programs() is None, reason="pgbackrest and a postgresql that it knows: apt install")
def test_what_was_deleted_comes_back_of_the_moment_before(tmp_path: Path) -> None:
    programs = find_programs()
    assert programs is not None
    folder = tmp_path / "pg"
    folder.mkdir()
    (folder / "log").mkdir()
    (folder / "log").chmod(0o777)
    as_other = []
    if os.geteuid() == 0:  # PostgreSQL does not work as root
        as_other = ["setpriv", "--reuid=nobody", "--clear-groups"]
        shutil.chown(folder, "nobody")
        for parent in (tmp_path, *tmp_path.parents[:2]):
            parent.chmod(0o711)

    def run(*words: str) -> str:
        ran = subprocess.run([*as_other, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=120)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout.strip()

    def ask(sql: str) -> str:
        return run(str(programs / "psql"), "-h", str(folder), "-U", "declic", "-qAt", "-c", sql, "postgres")

    def control(*words: str) -> None:
        run(str(programs / "pg_ctl"), "-D", str(folder / "data"), "-l", str(folder / "server.log"), "-w", *words)

    settings = folder / "pgbackrest.conf"
    settings.write_text(read_settings(folder))
    settings.chmod(0o644)
    restore = ("pgbackrest", f"--config={settings}", "--stanza=declic")
    run(str(programs / "initdb"), "-D", str(folder / "data"), "-U", "declic", "--no-sync", "-E", "UTF8", "--locale=C")
    with (folder / "data" / "postgresql.conf").open("a") as file:
        file.write(f"unix_socket_directories='{folder}'\nlisten_addresses=''\narchive_mode=on\n")
        file.write(f"archive_command='{' '.join(restore)} archive-push %p'\narchive_timeout=60\n")
    control("start")
    try:
        run(*restore, "stanza-create")
        run(*restore, "check")
        run(*restore, "--type=full", "backup")
        time.sleep(1)  # the moments of backups are whole seconds
        ask("CREATE TABLE offer AS SELECT generate_series(1, 500) AS id")
        moment = ask("SELECT now()")
        time.sleep(1)
        ask("DELETE FROM offer")
        ask("SELECT pg_switch_wal()")
    finally:
        control("-m", "fast", "stop")
    begun = time.monotonic()
    run(*restore, "--delta", "--type=time", f"--target={moment}", "--target-action=promote", "restore")
    control("start")
    try:
        assert ask("SELECT count(*) FROM offer") == "500"
        report("archiving", seconds_back=round(time.monotonic() - begun, 1))
    finally:
        control("-m", "fast", "stop")
