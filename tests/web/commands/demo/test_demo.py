"""The demo as somebody meets it: two cooperatives that federate, a file for scripts, and nothing left afterwards."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from models.store.postgres.cluster import find_cluster, find_postmaster
from tests.servers import make_environment, wait_for_answer
from tests.web.warm_commands import WarmCommands
from web.commands.demo.cooperatives import COOPERATIVES, PHOTOS, STREAMS
from web.commands.demo.repair_cafe import CAPACITY, HERE, THERE, TITLE
from web.commands.demo.repairs.play_repairs import BIKE, BOOK

ON_OTHER_PORTS = """
import sys
from dataclasses import replace
import web.commands.demo.cooperatives as troupe
troupe.COOPERATIVES = tuple(replace(house, port=int(port)) for house, port in zip(troupe.COOPERATIVES, sys.argv[2:]))
from web.cli import run_command
sys.exit(run_command(["demo"]))
"""
"""The demo itself, beside one that may run on this machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """A demo that printed `ready`."""

    process: asyncio.subprocess.Process
    data: Path
    printed: list[str]

    @property
    def houses(self) -> list[dict[str, Any]]:
        """What scripts read."""
        houses: list[dict[str, Any]] = json.loads((self.data / "demo.json").read_text())
        return houses

    def environment(self, house: int) -> dict[str, str]:
        """For commands on the instance of one house."""
        entry = self.houses[house]
        return make_environment(Path(entry["data"]), 9, url=entry["url"])

    async def ask(self, house: int, username: str, path: str) -> Any:
        """What a member's app gets."""
        entry = self.houses[house]
        token = next(account["token"] for account in entry["accounts"] if account["username"] == username)
        headers = {"Authorization": f"Bearer {token}"}
        async with aiohttp.ClientSession() as session, session.get(entry["url"] + path, headers=headers) as answer:
            assert answer.status == 200
            return await answer.json()


def free_ports() -> list[str]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in COOPERATIVES]
    ports = [str(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


@pytest.fixture(scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """The demo, ended by Ctrl-C if a test has not done so."""
    data = tmp_path_factory.mktemp("demo")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ON_OTHER_PORTS, "demo", *free_ports()),
        env=make_environment(data, 9),
        stdout=subprocess.PIPE,
    )
    printed: list[str] = []
    assert process.stdout is not None
    async with asyncio.timeout(120):
        while printed[-1:] != ["ready"]:
            line = await process.stdout.readline()
            assert line, printed
            printed.append(line.decode().strip())
    yield Demo(process=process, data=data, printed=printed)
    if process.returncode is None:
        process.send_signal(signal.SIGINT)
        await asyncio.wait_for(process.wait(), 30)


async def test_it_says_where_to_look_and_how_to_log_in(demo: Demo) -> None:
    text = "\n".join(demo.printed)

    assert "half a minute" in demo.printed[0], "before the first start, which nobody would wait for in silence"
    for house in demo.houses:
        assert house["name"] in text
        assert house["url"] in text
        assert {"username", "password", "role", "token"} <= house["accounts"][0].keys()
        assert house["accounts"][0]["password"] in text
        assert Path(house["data"]).parent == demo.data / "demo"
    assert [house["name"] for house in demo.houses] == ["Lomme", "Hénin-Carvin"]


async def test_what_one_publishes_stands_in_the_home_of_a_member_of_the_other(demo: Demo) -> None:
    home = await demo.ask(1, "samira", "/api/v1/timelines/home")
    texts = [(status["reblog"] or status)["content"] for status in home]

    assert any("Perceuse à percussion" in text for text in texts)
    assert "graine" not in str(home), "what it costs members of the one is not told to the other"
    assert any((status["reblog"] or status)["media_attachments"] for status in home)


async def test_they_talk_and_agree_across_the_two(demo: Demo) -> None:
    for house, username in ((0, "maryse"), (1, "leonie")):
        talks = await demo.ask(house, username, "/api/v1/conversations")
        said = []
        for talk in talks:
            around = await demo.ask(house, username, f"/api/v1/statuses/{talk['last_status']['id']}/context")
            said += [one["content"] for one in (talk["last_status"], *around["ancestors"], *around["descendants"])]
        assert any("train de 17 h" in text for text in said)


async def test_they_thank_each_other_across_the_two_and_all_may_read_what_is_for_all(demo: Demo) -> None:
    async with aiohttp.ClientSession() as session:
        pages = {}
        for path in ("leonie", "hocine"):
            for house in demo.houses:
                async with session.get(f"{house['url']}/@{path}") as answer:
                    pages[path, house["name"]] = await answer.text()

    assert "Blouson sauvé pendant le café" in pages["leonie", "Hénin-Carvin"]
    assert "1 échange confirmé" in pages["leonie", "Hénin-Carvin"]
    assert "3 échanges confirmés" in pages["hocine", "Lomme"]
    assert not any("histoires de vélo" in page for page in pages.values())


async def test_people_of_both_come_to_the_repair_cafe_of_one(demo: Demo) -> None:
    async with aiohttp.ClientSession() as session:
        pages = []
        for house in demo.houses:
            async with session.get(f"{house['url']}/rencontres") as answer:
                pages.append(await answer.text())

    assert all(TITLE in page for page in pages)
    assert f"{CAPACITY - len(HERE) - len(THERE) - 1} places libres" in pages[0].replace("\u00a0", " ")


async def test_a_community_is_held_by_members_of_both(demo: Demo) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{demo.houses[0]['url']}/communautes/remorques") as page,
    ):
        text = await page.text()

    assert "Charte, version 2" in text and "Remorques en commun" in text
    assert "2 membres" in text, "of each cooperative"
    assert "Remorque à vélo, 60 kilos" not in text, "what stays inside"


async def test_workshops_of_one_are_listed_by_the_other(demo: Demo) -> None:
    here, there = [
        {one["properties"]["title"]: one["properties"]["url"] for one in found["features"]}
        for found in (
            await demo.ask(0, "maryse", "/ateliers/points.geojson"),
            await demo.ask(1, "leonie", "/ateliers/points.geojson"),
        )
    ]

    assert here.keys() == there.keys() == {"Le Rayon libre, atelier vélo", "Inès répare à vélo"}
    assert all("@localhost:" in url for url in there.values())


async def test_a_call_has_two_proposals_and_another_stands_in_the_book_of_the_bike(demo: Demo) -> None:
    talks = await demo.ask(0, "hocine", "/api/v1/conversations")
    said = [talk["last_status"]["content"] for talk in talks]
    assert any("clé à rayons" in text for text in said) and any("regarder la roue" in text for text in said)

    conn = await asyncpg.connect(find_cluster(Path(demo.houses[0]["data"])).url())
    lines = await conn.fetch(
        """
        SELECT e.title, r.book_answer FROM bike_entry e JOIN bike b ON b.id = e.bike_id
        LEFT JOIN repair_result r ON r.id = e.result_id WHERE b.name = $1 ORDER BY e.done_on
        """,
        BIKE.name,
    )
    await conn.close()
    assert [line["title"] for line in lines] == [*(one.title for one in BOOK), "Frein avant réparé"]
    assert lines[-1]["book_answer"] == "kept"


async def test_a_shop_has_an_appointment_and_another_one_is_asked_to_come(demo: Demo) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{demo.houses[0]['url']}/ateliers?tri=slot") as page,
    ):
        text = await page.text()
    talks = {name: str(await demo.ask(0, name, "/api/v1/conversations")) for name in ("maryse", "hocine")}

    assert text.count("Prochain créneau") == 2
    assert "Réparer son vélo à l’atelier" in talks["maryse"] and "avenue de l’Hippodrome" not in "".join(talks.values())


async def test_their_coops_follow_each_others_streams(demo: Demo) -> None:
    for house, username in ((0, "maryse"), (1, "leonie")):
        coop = await demo.ask(house, username, "/api/v1/accounts/lookup?acct=coop")
        followed = await demo.ask(house, username, f"/api/v1/accounts/{coop['id']}/following")

        assert {account["username"] for account in followed} >= set(STREAMS)


async def test_a_side_that_is_killed_starts_again_and_the_other_goes_on(demo: Demo) -> None:
    port = demo.houses[1]["url"].rpartition(":")[2]
    killed = next(pid for pid in serving(demo.process.pid) if f"DECLIC_URL=http://localhost:{port}" in environ_of(pid))

    os.kill(killed, signal.SIGKILL)

    await wait_for_answer(f"{demo.houses[0]['url']}/readyz")
    await wait_for_answer(f"{demo.houses[1]['url']}/readyz")
    assert await demo.ask(1, "samira", "/api/v1/timelines/home")
    assert demo.process.returncode is None


def serving(parent: int) -> list[int]:
    """The servers that the demo started."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def environ_of(pid: int) -> list[str]:
    """The environment of a process."""
    return Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")


async def test_commands_work_beside_a_running_server(demo: Demo, commands: WarmCommands) -> None:
    there = demo.houses[1]["url"].removeprefix("http://")
    env = demo.environment(0)

    status, out, err = await commands.run(env, "lookup", f"@leonie@{there}")
    assert status == 0, err
    assert json.loads(out)["handle"] == f"@leonie@{there}"

    status, out, err = await commands.run(env, "follow", "--as", "nadia", f"@leonie@{there}")
    assert (status, out) == (0, "accepted\n"), err

    publish = ["publish", "request", "--as", "maryse", "--title", "Cherche une brouette", "--place", "59160 Lomme"]
    status, out, err = await commands.run(env, *publish)
    assert status == 0, err
    async with asyncio.timeout(20):
        while True:
            status, found, _ = await commands.run(demo.environment(1), "lookup", out.strip())
            if status == 0 and json.loads(found)["type"] == "listing":
                break


async def test_ctrl_c_ends_all_of_it(demo: Demo) -> None:
    demo.process.send_signal(signal.SIGINT)

    assert await asyncio.wait_for(demo.process.wait(), 30) == 0
    for house in demo.houses:
        assert find_postmaster(find_cluster(Path(house["data"]))) is None


def test_every_photo_of_the_demo_is_there() -> None:
    wanted = {name for house in COOPERATIVES for ad in house.ads for name, _ in ad.photos}

    assert wanted == {path.stem for path in PHOTOS.glob("*.jpg")}
