"""Readings and tallies as Prometheus wants them: each metric with its name, its words and its labels."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib.metadata import version

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.process_collector import ProcessCollector

from federation.instance import Instance
from models.store.background.tallies import BOUNDS, Tallies
from web.server.metrics.readings import DatabaseReading, Reading


class Figures:
    """All that one answer says; what makes the text asks for `collect`."""

    def __init__(self, instance: Instance, reading: Reading, certificate_until: datetime | None) -> None:
        self._instance, self._reading, self._certificate_until = instance, reading, certificate_until

    def collect(self) -> Iterator[Metric]:
        """Each metric that can be told now; one whose source is away is left out."""
        instance, reading = self._instance, self._reading
        info = GaugeMetricFamily("declic_info", "Which version runs, for which site.", labels=["site", "version"])
        info.add_metric([instance.site.host, version("declic")], 1)
        yield info
        yield from ProcessCollector(registry=None).collect()
        yield from _tell_tallies(instance.tallies)
        yield from _tell_pool(instance)
        yield _gauge("declic_database_up", "Whether the database answers.", float(reading.database is not None))
        if reading.database is not None:
            yield from _tell_database(reading.database)
        if reading.disk is not None:
            yield _gauge("declic_disk_free_bytes", "Room on the disk of the data.", reading.disk.free)
            yield _gauge("declic_disk_size_bytes", "Size of the disk of the data.", reading.disk.total)
        if reading.memory is not None:
            yield _gauge("declic_memory_available_bytes", "Memory that programs may still have.", reading.memory)
        if self._certificate_until is not None:
            yield _gauge(
                "declic_certificate_expiry_timestamp_seconds",
                "Until when the certificate at our address is good.",
                self._certificate_until.timestamp(),
            )


def _tell_tallies(tallies: Tallies) -> Iterator[Metric]:
    """What happened in this process."""
    requests = CounterMetricFamily(
        "declic_http_requests", "Requests that were answered, by kind and status.", labels=["kind", "status"]
    )
    inbox = CounterMetricFamily(
        "declic_inbox_activities", "What other servers sent: accepted, and what became of it.", labels=["outcome"]
    )
    deliveries = CounterMetricFamily("declic_deliveries", "Tries to deliver, by how they ended.", labels=["outcome"])
    families = {"requests": requests, "inbox": inbox, "deliveries": deliveries}
    for (what, *labels), count in sorted(tallies.counts.items()):
        families[what].add_metric(labels, count)
    yield from families.values()
    times = HistogramMetricFamily(
        "declic_http_request_duration_seconds", "How long an answer took, streams left out.", labels=["kind"]
    )
    lag = HistogramMetricFamily("declic_event_loop_lag_seconds", "How long what is due waits for its turn.", labels=[])
    for (what, *labels), taken in sorted(tallies.times.items()):
        sums = [sum(taken.counts[: place + 1]) for place in range(len(taken.counts))]
        buckets = [*zip(map(str, BOUNDS), sums, strict=False), ("+Inf", sums[-1])]
        {"requests": times, "loop": lag}[what].add_metric(labels, buckets, taken.total)
    yield from (times, lag)


def _tell_pool(instance: Instance) -> Iterator[Metric]:
    """The connections of this process to the database."""
    pool = instance.pool
    idle = pool.get_idle_size()
    yield _labelled(
        "declic_database_pool_connections",
        "Connections of this process, by whether somebody uses them.",
        "state",
        {"used": pool.get_size() - idle, "idle": idle},
    )
    yield _gauge("declic_database_pool_limit", "How many this process may open.", pool.get_max_size())


def _tell_database(found: DatabaseReading) -> Iterator[Metric]:
    """What the database tells, the same from each process."""
    health, queues = found.health, found.queues
    yield _gauge("declic_database_size_bytes", "What the database takes.", health.size)
    yield _gauge("declic_database_server_connections", "Connections to PostgreSQL, of everybody.", health.connections)
    yield _gauge("declic_database_server_connections_limit", "How many it takes.", health.most_connections)
    lengths = GaugeMetricFamily("declic_queue_length", "What waits, or was given up.", labels=["queue", "state"])
    for queue, state, length in (
        ("inbox", "waiting", queues.inbox_waiting),
        ("inbox", "held", queues.inbox_held),
        ("deliveries", "waiting", queues.deliveries_waiting),
        ("deliveries", "held", queues.deliveries_held),
        ("deliveries", "failed", queues.deliveries_failed),
        ("jobs", "waiting", queues.jobs_queued),
        ("jobs", "running", queues.jobs_picked),
        ("jobs", "failed", queues.jobs_failed),
    ):
        lengths.add_metric([queue, state], length)
    yield lengths
    yield _labelled(
        "declic_queue_oldest_seconds",
        "For how long the first that is due has been waiting.",
        "queue",
        {"inbox": queues.inbox_age, "deliveries": queues.deliveries_age, "jobs": queues.jobs_age},
    )
    yield _gauge("declic_workers", "Workers that gave a sign of life.", found.workers)
    yield _labelled("declic_work_failing", "Work that no worker gets done.", "work", dict.fromkeys(found.failing, 1.0))
    yield _gauge("declic_chores_failing", "Chores that fail, or did within two hours.", found.chores_failing)
    yield from _tell_safety(found)


def _tell_safety(found: DatabaseReading) -> Iterator[Metric]:
    """Backups, and what the doctor found."""
    for name, words, run in (
        ("success", "When a backup was made for the last time.", found.backups.made),
        ("verification", "When a backup was proven for the last time.", found.backups.verified),
    ):
        if run is not None:
            yield _gauge(f"declic_backup_last_{name}_timestamp_seconds", words, run.ended_at.timestamp())
    troubles = GaugeMetricFamily(
        "declic_health_trouble",
        "What declic doctor finds wrong: 1 to be watched, 2 to be mended.",
        labels=["check", "machine"],
    )
    for one in found.troubles:
        troubles.add_metric([one.name, one.machine], 2 if one.severe else 1)
    yield troubles


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _labelled(name: str, words: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for word, value in values.items():
        family.add_metric([word], value)
    return family
