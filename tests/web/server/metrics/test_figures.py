"""What Prometheus reads: true figures under names that it likes, on an address of its own, of nobody in particular."""

import asyncio
import errno
import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from aiohttp import ClientSession
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from models.errors import Unavailable
from models.store import backup_runs, health_troubles
from models.store.database import Pool, execute, transaction
from tests.web.small_app import make_instance, serving
from web.middlewares.work_signals import WorkSignal
from web.server.app import ROUTES
from web.server.metrics import listener, readings
from web.server.processes import serve

FOLDER = Path(__file__).parents[4] / "deploy" / "monitoring"

LABELS = {"site", "version", "kind", "status", "outcome", "state", "le", "queue", "work", "check", "machine"}
"""What may tell series apart: each has few values."""

Values = dict[tuple[str, ...], float]


def parse(text: str) -> Values:
    """Each sample by its name and the values of its labels."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def ask(pool: Pool, kind: str = "text/plain", version: str = "0.0.4", **settings: Any) -> str:
    """What one process with some past says, in this format."""
    instance = make_instance(pool, url="https://lomme.example", **settings)
    for status, seconds in ((200, 0.02), (200, 0.3), (503, 20.0)):
        instance.tallies.count("requests", "page", str(status))
        instance.tallies.time(seconds, "requests", "page")
    instance.tallies.count("inbox", "accepted", times=3)
    instance.tallies.count("deliveries", "failed")
    instance.tallies.time(0.001, "loop")
    watch = listener.Watch(instance)
    watch.certificate_until = datetime(2027, 1, 1, tzinfo=UTC)
    async with TestClient(TestServer(listener.make_app(watch))) as client:
        answer = await client.get("/metrics", headers={"Accept": f"{kind};version={version}"})
        assert answer.status == 200 and answer.content_type == kind
        return await answer.text()


@pytest.fixture
async def past(pool: Pool) -> None:
    """Something waits, a backup was made, and one machine has little memory."""
    async with transaction(pool) as conn:
        await execute(
            conn,
            """
            INSERT INTO received (id, activity_uri, body_hash, type, actor_uri, host, body, due_at) VALUES
                (1, 'https://x.example/1', '', 'Like', 'https://x.example/a', 'x.example', '', now() - interval '1 h')
            """,
        )
        await backup_runs.note(conn, "backup", "nuit", seconds=1)
        await health_troubles.save(conn, [], {"memory": True}, watched=["memory"], machine="web2")


@pytest.mark.usefixtures("past")
async def test_what_happened_and_what_waits_is_told(pool: Pool) -> None:
    text = await ask(pool)

    found = parse(text)
    assert found["declic_http_requests_total", "page", "200"] == 2
    assert found["declic_http_request_duration_seconds_bucket", "page", "0.025"] == 1
    assert found["declic_http_request_duration_seconds_bucket", "page", "10.0"] == 2
    assert found["declic_http_request_duration_seconds_bucket", "page", "+Inf"] == 3
    assert found["declic_http_request_duration_seconds_count", "page"] == 3
    assert found["declic_inbox_activities_total", "accepted"] == 3
    assert found["declic_deliveries_total", "failed"] == 1
    assert found["declic_queue_length", "inbox", "waiting"] == 1
    assert 3600 <= found["declic_queue_oldest_seconds", "inbox"] < 3700
    assert found["declic_health_trouble", "memory", "web2"] == 2
    assert found["declic_database_up",] == 1 and found["declic_database_pool_limit",] >= 2
    assert (
        found["declic_certificate_expiry_timestamp_seconds",] > found["declic_backup_last_success_timestamp_seconds",]
    )
    assert ("declic_backup_last_verification_timestamp_seconds",) not in found
    assert found["process_resident_memory_bytes",] > 10_000_000 and found["declic_disk_free_bytes",] > 0
    assert {name for line in text.splitlines() for name in re.findall(r'(\w+)="', line)} <= LABELS
    assert "x.example" not in text


async def test_a_database_that_is_away_is_told_and_the_rest_all_the_same(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Pool) -> None:
        raise Unavailable

    monkeypatch.setattr(readings, "connection", fail)

    found = parse(await ask(pool))

    assert found["declic_database_up",] == 0
    assert ("declic_queue_length", "inbox", "waiting") not in found
    assert found["declic_inbox_activities_total", "accepted"] == 3


@pytest.mark.usefixtures("past")
async def test_promtool_has_nothing_against_the_names(pool: Pool) -> None:
    promtool = find_promtool()
    text = await ask(pool)

    checked = await asyncio.to_thread(
        subprocess.run, [promtool, "check", "metrics"], input=text.encode(), capture_output=True, check=False
    )

    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


@pytest.mark.usefixtures("past")
async def test_prometheus_may_ask_for_openmetrics(pool: Pool) -> None:
    """What Prometheus itself asks for; its reader is strict."""
    text = await ask(pool, "application/openmetrics-text", "1.0.0")

    families = read_openmetrics(text)  # type: ignore[no-untyped-call]  # that module alone says nothing of its types
    names = {sample.name for family in families for sample in family.samples}
    assert {"declic_http_requests_total", "declic_health_trouble", "declic_queue_oldest_seconds"} <= names


async def test_requests_are_counted_by_their_kind(pool: Pool) -> None:
    instance = make_instance(pool)
    async with serving(instance) as client:
        for path in ("/healthz", "/healthz", "/nowhere", "/users/x/inbox", "/api/v1/nothing", "/static/nothing.css"):
            await client.get(path)

    counted = {what[1:]: count for what, count in instance.tallies.counts.items()}
    assert counted == {
        ("health", "200"): 2,
        **{(kind, "404"): 1 for kind in ("page", "inbox", "api", "static")},
    }
    assert {what[1] for what in instance.tallies.times} == {"health", "page", "inbox", "api", "static"}


async def test_figures_are_shown_only_where_they_are_asked_for_and_by_each_process(pool: Pool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        instance, stopping = make_instance(pool, metrics=f":{port}"), asyncio.Event()
        working = asyncio.create_task(serve._work(instance, WorkSignal(pool), stopping, work=False, place=0))
        async with ClientSession() as session:
            text = await fetch_from(session, range(port + 1, port + listener.PORTS))
        stopping.set()
        await working

    assert "declic_database_up 1" in text
    assert make_instance(pool).settings.metrics_address is None
    assert not any(route.path.startswith("/metrics") for route in ROUTES), "never where pages are"


@pytest.mark.parametrize(
    ("place", "taken", "expected"),
    [(0, (), 9464), (1, (), 9465), (1, (9465,), 9466), (15, (9479,), 9464), (17, (), 9465)],
)
def test_each_process_has_the_port_of_its_place_and_the_next_one_where_that_is_taken(
    monkeypatch: pytest.MonkeyPatch, place: int, taken: tuple[int, ...], expected: int
) -> None:
    def create(address: tuple[str, int], **_: Any) -> Any:
        if address[1] in taken:
            raise OSError(errno.EADDRINUSE, "taken")
        return SimpleNamespace(setblocking=lambda _: None, port=address[1])

    monkeypatch.setattr(socket, "create_server", create)

    assert listener.open_port(("127.0.0.1", 9464), place).port == expected  # type: ignore[attr-defined] # a stand-in


async def fetch_from(session: ClientSession, ports: range) -> str:
    """The figures on the first of these ports that answers."""
    for _ in range(100):
        for port in ports:
            try:
                async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                    return await answer.text()
            except OSError:
                continue
        await asyncio.sleep(0.02)
    raise AssertionError("nothing answers")


def find_promtool() -> str:
    """Debian's package `promtool` brings it."""
    found = shutil.which("promtool")
    if found is None:
        pytest.skip("promtool is not installed (apt-get install promtool)")
    return found


def list_expressions() -> Iterator[str]:
    """What the dashboard and the alerts ask Prometheus for."""
    board = json.loads((FOLDER / "grafana-dashboard.json").read_text())
    for panel in board["panels"]:
        yield from (target["expr"] for target in panel.get("targets", ()))
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text())
    yield from (rule["expr"] for group in rules["groups"] for rule in group["rules"])


@pytest.mark.usefixtures("past")
async def test_what_the_dashboard_and_the_alerts_ask_for_is_there(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await backup_runs.note(conn, "verification", "nuit", seconds=1)
        await execute(
            conn, "INSERT INTO heartbeat (worker, role, failing) VALUES (gen_random_uuid(), 'worker', '{inbox}')"
        )
    there = {name for name, *_ in parse(await ask(pool))}

    asked = [name for one in list_expressions() for name in re.findall(r"\b(?:declic|process)_\w+", one)]

    assert len(set(asked)) > 20
    assert set(asked) - there == set()


def test_what_the_dashboard_and_the_alerts_ask_for_keeps_platforms_apart() -> None:
    board = (FOLDER / "grafana-dashboard.json").read_text()
    together = [
        (one, labels)
        for one in list_expressions()
        for _, labels in re.findall(r"\b(max|min|sum)\b(?: by \(([^)]*)\))?", one)
        if "coop" not in labels.split(", ")
    ]

    assert together == []
    assert board.count('{job=\\"declic\\"') == board.count('{job=\\"declic\\", coop=~\\"$coop\\"') + 1, (
        "but the variable"
    )


RULES_TRIED = """
rule_files: [{alerts}]
evaluation_interval: 1h
tests:
  - interval: 1h
    input_series:
      - {{series: 'declic_database_up{{job="declic", coop="well"}}', values: 1x400}}
      - {{series: 'declic_database_up{{job="declic", coop="dead"}}', values: 0x400}}
      - {{series: 'declic_backup_last_success_timestamp_seconds{{job="declic", coop="well"}}', values: 1x400}}
      - {{series: 'declic_backup_last_verification_timestamp_seconds{{job="declic", coop="well"}}', values: 1x400}}
      - {{series: 'declic_backup_last_success_timestamp_seconds{{job="declic", coop="dead"}}', values: 1x400}}
    promql_expr_test:
      - expr: ALERTS{{alertstate="firing", alertname!="DeclicBackupOld"}}
        eval_time: 10d
        exp_samples:
          - {{labels: 'ALERTS{{alertname="DeclicDatabaseDown", {shared}, severity="critical"}}', value: 1}}
          - {{labels: 'ALERTS{{alertname="DeclicBackupNeverProven", {shared}, severity="warning"}}', value: 1}}
"""


def test_a_platform_that_is_well_hides_nothing_of_another(tmp_path: Path) -> None:
    shared = 'alertstate="firing", job="declic", coop="dead"'
    (tmp_path / "tried.yml").write_text(RULES_TRIED.format(alerts=FOLDER / "alerts.yml", shared=shared))

    checked = subprocess.run(
        [find_promtool(), "test", "rules", tmp_path / "tried.yml"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_promtool_has_nothing_against_the_alerts() -> None:
    checked = subprocess.run(
        [find_promtool(), "check", "rules", FOLDER / "alerts.yml"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stderr


def test_each_alert_says_in_both_languages_what_is_wrong_and_what_mends_it() -> None:
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text())

    for group in rules["groups"]:
        for rule in group["rules"]:
            assert set(rule["annotations"]) == {"summary", "summary_fr", "mend"}, rule["alert"]
            assert rule["labels"]["severity"] in ("warning", "critical")
