"""Another server tried step by step, and the step that fails."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from multidict import CIMultiDict

from federation.discovery.nodeinfo import SCHEMA
from federation.discovery.server_check import CheckStep, Finding, check_host
from federation.errors import Cause, FetchFailed
from federation.http_client.transport import Fetched
from federation.instance import Instance
from models.servers import servers
from models.settings import Settings
from models.store.database import Pool, connection
from models.traffic import peer_traffic
from tests.factories import HERE, make_remote_actor
from tests.fediverse import FakeFediverse

HOST = "henin.test"
WELL_KNOWN = f"https://{HOST}/.well-known/nodeinfo"


@pytest.fixture
def fediverse() -> FakeFediverse:
    """A server that does everything right; its clock is right too."""
    found = FakeFediverse()
    found.add_person("bob", HOST)
    serve_nodeinfo(found, timedelta())
    return found


@pytest.fixture
async def instance(pool: Pool, fediverse: FakeFediverse, tmp_path: Path) -> Instance:
    """Our server, which knows Bob there."""
    async with connection(pool) as conn:
        await make_remote_actor(conn, "bob", HOST)
    return Instance(site=HERE, settings=Settings(url=HERE.url, data=tmp_path), pool=pool, transport=fediverse)


def serve_nodeinfo(fediverse: FakeFediverse, ahead: timedelta) -> None:
    """NodeInfo, from a machine whose clock is ahead by this much."""
    date = format_datetime(datetime.now(UTC) + ahead, usegmt=True)
    body = f'{{"links": [{{"rel": "{SCHEMA}2.1", "href": "https://{HOST}/nodeinfo/2.1"}}]}}'.encode()
    headers = CIMultiDict({"Content-Type": "application/json", "Date": date})
    fediverse.documents[WELL_KNOWN] = Fetched(url=WELL_KNOWN, status=200, headers=headers, body=body)
    fediverse.documents[f"https://{HOST}/nodeinfo/2.1"] = {"software": {"name": "gotosocial", "version": "0.20"}}


def by_trial(found: list[Finding]) -> dict[CheckStep, bool | None]:
    """What came of each trial."""
    return {one.trial: one.ok for one in found}


async def test_a_server_that_does_everything_right_passes(instance: Instance) -> None:
    found = await check_host(instance, HOST)

    assert by_trial(found) == dict.fromkeys(CheckStep, True)
    async with connection(instance.pool) as conn:
        kept = await peer_traffic.find_peer(conn, HOST)
    assert kept is not None and (kept.software, kept.software_version) == ("gotosocial", "0.20")


async def test_a_clock_that_is_47_minutes_ahead_is_measured_and_kept(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    serve_nodeinfo(fediverse, timedelta(minutes=47))

    found = {one.trial: one for one in await check_host(instance, HOST)}

    assert found[CheckStep.CLOCK].ok is False
    assert found[CheckStep.CLOCK].clock == pytest.approx(2820, abs=5)
    async with connection(instance.pool) as conn:
        kept = await peer_traffic.find_peer(conn, HOST)
    assert kept is not None and kept.clock_off == pytest.approx(2820, abs=5)


@pytest.mark.parametrize(
    "cause", [Cause.NAME_NOT_FOUND, Cause.CONNECTION_REFUSED, Cause.CERTIFICATE_EXPIRED, Cause.TIMED_OUT]
)
async def test_what_is_not_reached_is_asked_nothing_more(
    instance: Instance, fediverse: FakeFediverse, cause: Cause
) -> None:
    fediverse.documents[WELL_KNOWN] = FetchFailed(cause, HOST)

    found = await check_host(instance, HOST)

    assert by_trial(found) == dict.fromkeys(CheckStep) | {CheckStep.WELCOME: True, CheckStep.REACH: False}
    assert found[1].cause is cause
    assert fediverse.fetched == [WELL_KNOWN]


async def test_a_server_without_nodeinfo_is_reached_all_the_same(instance: Instance, fediverse: FakeFediverse) -> None:
    del fediverse.documents[WELL_KNOWN]

    found = by_trial(await check_host(instance, HOST))

    assert found[CheckStep.REACH] is True and found[CheckStep.NODEINFO] is False and found[CheckStep.SIGNATURE] is True


async def test_a_server_that_blocks_us_shows_at_the_signed_request(
    instance: Instance, fediverse: FakeFediverse
) -> None:
    fediverse.documents[f"https://{HOST}/users/bob"] = FetchFailed(Cause.FORBIDDEN, HOST, answer=403)

    found = await check_host(instance, HOST)

    assert found[-1] == Finding(trial=CheckStep.SIGNATURE, ok=False, cause=Cause.FORBIDDEN)


async def test_where_nobody_is_known_there_is_nobody_to_ask_for(instance: Instance, fediverse: FakeFediverse) -> None:
    serve_nodeinfo(fediverse, timedelta())
    async with connection(instance.pool) as conn:
        await conn.execute("DELETE FROM actor WHERE host = $1", HOST)

    found = by_trial(await check_host(instance, HOST))

    assert found[CheckStep.WEBFINGER] is None and found[CheckStep.SIGNATURE] is None


async def test_a_server_set_aside_is_not_called(instance: Instance, fediverse: FakeFediverse) -> None:
    async with connection(instance.pool) as conn:
        await servers.save_level(conn, HOST, "aside")
    instance.policy.forget()

    found = await check_host(instance, HOST)

    assert by_trial(found) == dict.fromkeys(CheckStep) | {CheckStep.WELCOME: False}
    assert fediverse.fetched == []
