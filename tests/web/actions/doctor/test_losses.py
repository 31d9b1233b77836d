"""What a restoration leaves to do is said to administrators, and who claims one without being known."""

from datetime import UTC, datetime, timedelta

from models.store.database import Pool, execute, transaction
from models.traffic import peer_restorations
from models.traffic.restoration_words import MOST_NAMES
from tests.web.actions.doctor.patients import make_patient
from web.actions.doctor.losses import check_claims, check_restoration

NOW = datetime.now(UTC)


async def test_a_stranger_who_claims_a_loss_is_named(pool: Pool) -> None:
    before = await check_claims(make_patient(pool))
    async with transaction(pool) as conn:
        for host, known in (("henin.test", True), ("lille.test", False)):
            when = {"lost_from": NOW - timedelta(hours=9), "restored_at": NOW}
            await peer_restorations.hear(conn, host, known=known, **when)

    found = await check_claims(make_patient(pool))

    assert (before.severity, found.severity) == ("ok", "warning")
    assert "lille.test" in found.what and "henin.test" not in found.what


async def test_what_is_there_again_is_to_be_decided_again_and_full_names_are_said(pool: Pool) -> None:
    async with transaction(pool) as conn:
        await execute(
            conn, "INSERT INTO restoration (lost_from, told_at, names) VALUES ($1, now(), $2)", NOW, MOST_NAMES
        )

    found = await check_restoration(make_patient(pool))

    assert "Ce qui avait été défait est là de nouveau" in found.mend
    assert "on n’en retient pas davantage" in found.what
