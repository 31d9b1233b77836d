"""What the doctor says of the instance itself: that it is to end, and that two services serve from one folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from models.coop import shutdown
from models.store.database import Pool, transaction
from tests.web.actions.doctor.patients import make_patient
from web.actions.doctor import files, site


async def test_one_service_on_the_data_is_well_and_two_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for found in ([], ["127.0.0.1:8000"], ["127.0.0.1:8000", "127.0.0.1:8001"]):
        monkeypatch.setattr(files, "list_services", lambda data, found=found: found)
        seen.append(await files.check_services(make_patient(data=tmp_path)))

    assert [one.severity for one in seen] == ["ok", "ok", "warning"]
    assert "127.0.0.1:8000, 127.0.0.1:8001" in seen[2].what and seen[2].mend and seen[2].command


@pytest.mark.parametrize(
    ("hours", "severity", "said"),
    [(None, "ok", "Aucune fermeture"), (24 * 9 + 1, "warning", "jours"), (24, "warning", "dans un jour"),
     (-1, "warning", "aujourd’hui")],
)  # fmt: skip
async def test_the_end_of_an_instance_is_named_with_the_days_that_are_left(
    hours: int | None, severity: str, said: str, pool: Pool
) -> None:
    if hours is not None:
        async with transaction(pool) as conn:
            await shutdown.begin(conn, by=None, due_at=datetime.now(UTC) + timedelta(hours=hours))

    found = await site.check_shutdown(make_patient(pool))

    assert found.severity == severity and said in found.what
    assert severity == "ok" or found.command.startswith("declic shutdown-instance")
