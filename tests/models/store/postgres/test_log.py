"""What PostgreSQL says is kept, and not for ever."""

from pathlib import Path
from typing import Any

import pytest

from models.store.postgres import cluster as clusters
from models.store.postgres.cluster import Cluster


def test_of_a_long_log_the_end_is_kept_and_the_server_goes_on_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "LOG_LIMIT", 50)
    monkeypatch.setattr(clusters, "LOG_END", 10)
    unused: Any = None
    cluster = Cluster(folder=tmp_path / "pg18", sockets=tmp_path, binaries=unused, account=unused)
    clusters.shorten_log(cluster)

    with (tmp_path / "pg18.log").open("ab", buffering=0) as server:
        server.write(b"a" * 50)
        clusters.shorten_log(cluster)
        server.write(b"b" * 7)
        whole = (tmp_path / "pg18.log").read_bytes()
        clusters.shorten_log(cluster)
        server.write(b"c")

    assert whole == b"a" * 50 + b"b" * 7
    assert (tmp_path / "pg18.log").read_bytes() == b"aaa" + b"b" * 7 + b"c"
