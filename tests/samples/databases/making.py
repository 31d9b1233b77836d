"""A sample made: the demo of a version, then what members, an app and a neighbour leave there, then its dump.

All of it by pages, API, inbox and commands of that version, as people and servers do it.
"""

import json
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.recorded.browser import Browser
from tests.recorded.trees import Tree, wait_until_ready
from tests.samples.databases.dumping import write_dump
from tests.samples.databases.leaving import Leaver
from tests.samples.databases.neighbour import SMTP_PORT, Neighbour, make_neighbour, running_neighbour

FOLDER = Path(__file__).parent

HOST = "localhost:8001"

SECONDS = 120


def make_sample(tree: Tree, name: str) -> Path:
    """Write NAME.sql.gz and NAME.json; where the first is. Needs the ports of the demo, 8911 and 8912."""
    with TemporaryDirectory(prefix="declic-sample-") as made, running_neighbour(make_neighbour()) as neighbour:
        data = Path(made)
        data.chmod(0o755)
        accounts = play_demo(tree, data)
        settings = {
            "url": f"http://{HOST}",
            "listen": "127.0.0.1:8001",
            "data": str(data / "demo" / "lomme"),
            "smtp_url": f"smtp://127.0.0.1:{SMTP_PORT}",
            "test_federation": "on",
            "log_level": "warning",
        }
        leaver = Leaver(tree=tree, settings=settings, neighbour=neighbour, accounts=accounts)
        serve(tree, settings, data / "log", leaver.settle_in)
        serve(tree, settings, data / "log", leaver.leave_waiting, "--no-worker", dumping_into=data / "backup")
        kept = leaver.tell() | {"commit": tree.name, "url": settings["url"], "neighbour": tell(neighbour)}
        kept["dumped_at"] = datetime.now(UTC).isoformat()
        write_dump(data / "backup", FOLDER / f"{name}.sql.gz")
    (FOLDER / f"{name}.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return FOLDER / f"{name}.sql.gz"


def play_demo(tree: Tree, data: Path) -> dict[str, str]:
    """Run the demo until it is ready; the tokens of the members of the first house, by name."""
    log = data / "demo.log"
    with tree.running({"data": str(data)}, "demo", log=log) as process:
        end = time.monotonic() + SECONDS
        while "ready" not in log.read_text().split():
            if process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"The demo did not start: {log.read_text()}")
            time.sleep(0.2)
    houses = json.loads((data / "demo.json").read_text())
    return {one["username"]: one["token"] for one in houses[0]["accounts"]}


def serve(
    tree: Tree,
    settings: dict[str, str],
    log: Path,
    act: Callable[[], None],
    *options: str,
    dumping_into: Path | None = None,
) -> None:
    """Run the first house alone for as long as `act` takes, and make a backup of it while it still runs."""
    with tree.running(settings, "serve", *options, log=log) as process:
        wait(process, log)
        act()
        if dumping_into is not None:
            tree.declic(settings, "backup", str(dumping_into))


def wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when it serves."""
    wait_until_ready(Browser(listen=("127.0.0.1", 8001), host=HOST), process, log)


def tell(neighbour: Neighbour) -> dict[str, str]:
    """The neighbour as the sample keeps him."""
    return {"private_key": neighbour.key_pem, "public_key": neighbour.public_pem}
