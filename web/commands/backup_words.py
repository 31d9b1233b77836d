"""What the commands about backups say: what was made, copied, proven, brought back, and what is lost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from models.store import going_back
from web.commands import english_errors
from web.server.backups import making

if TYPE_CHECKING:
    from models.store.going_back import PutOff
    from web.server.backups.copies.sending import CopyResult
    from web.server.backups.making import BackupResult
    from web.server.backups.restoring import Aftermath, Source
    from web.server.backups.verifying import VerificationResult

SHOWN_HOSTS = 5

AGAIN = (
    "What was undone since is there again: accounts that ended, posts that were deleted or hidden, people who were "
    "blocked, suspended or excluded, servers set aside, passwords, second factors, and apps whose access was taken "
    "away. The team looks through its mails of that time and decides again what it had decided; members who had left, "
    "deleted or blocked do it once more: tell them. Everybody logs in again."
)


def describe_made(made: BackupResult) -> str:
    """What it holds, in one line; pictures that were lost before are said."""
    manifest = made.manifest
    lost = manifest.missing
    words = (
        f"{sum(table.rows for table in manifest.tables.values()):,} rows and {len(manifest.media):,} pictures "
        f"({made.linked:,} of them shared with the backup before), {making.format_megabytes(manifest.size)}."
    )
    if made.removed:
        words += f" {made.removed} older removed."
    if lost:
        words += f" Warning: {len(lost)} pictures that members use are not in the store, and so not here ({lost[0]})."
    return words


def describe_copy(sent: CopyResult) -> str:
    """Where it is, or why it is not."""
    if sent.failure is not None:
        return f"Not copied: {english_errors.translate_error(sent.failure)}"
    removed = f" {sent.removed} older removed there." if sent.removed else ""
    if sent.unremoved is not None:
        removed = f" Older ones could not be removed there: {english_errors.translate_error(sent.unremoved)}"
    return f"Copied to {sent.place} as {sent.name}, {making.format_megabytes(sent.size)}.{removed}"


def describe_verified(verified: VerificationResult) -> list[str]:
    """What was compared, and how long it took."""
    manifest, contents = verified.manifest, verified.contents
    return [
        f"Of {manifest.url}, {manifest.made_at:%Y-%m-%d %H:%M} UTC, Déclic {manifest.software}, PostgreSQL "
        f"{manifest.postgresql}, schema {contents.migrations[-1] if contents.migrations else 'none'}.",
        f"Read {len(manifest.media) + 1:,} files, {making.format_megabytes(manifest.size)}, all as they were written: "
        f"{verified.reading:.1f} s.",
        f"Restored into {verified.place} (PostgreSQL {contents.postgresql}), removed again: {len(contents.tables)} "
        f"tables, {verified.rows:,} rows, in number and content as they were: {verified.restoring:.1f} s.",
    ]


def describe_restored(source: Source) -> str:
    """What is back, and what is not."""
    words = "Everything is back." if not source.damage else f"All the rest is back: {source.damage.describe()}."
    if source.manifest is None:
        words = "What was there is back, unchecked."
    elif source.manifest.missing:
        words += f" {len(source.manifest.missing)} pictures were lost before this backup was made."
    return f"{words} `declic serve` starts it."


def _describe_put_off(put_off: PutOff) -> list[str]:
    lines = [f"Nobody who was excluded is erased for {going_back.RESPITE.days} days: ask her, and the team."]
    if put_off.departures:
        lines.append(
            f"{put_off.departures} members were about to leave, and perhaps stay: their accounts end in "
            f"{going_back.RESPITE.days} days at the earliest, and they are reminded the day before."
        )
    if put_off.shutdown:
        lines.append(
            f"The instance was about to end: it does in {going_back.SHUTDOWN_AGAIN.days} days. "
            "`declic shutdown-instance --take-back` if that was taken back."
        )
    return lines


def describe_lost(lost_from: datetime, aftermath: Aftermath) -> list[str]:
    """What is not back, what is there again, what waits, and who knows what happened since."""
    hosts = aftermath.hosts
    lines = [
        f"What happened here since {lost_from:%Y-%m-%d %H:%M} UTC is lost here. No address of then is given to "
        "anything else: each answers 404 until it comes back.",
        AGAIN,
        *_describe_put_off(aftermath.put_off),
    ]
    if hosts:
        some = ", ".join(hosts[:SHOWN_HOSTS]) + (", …" if len(hosts) > SHOWN_HOSTS else "")
        knowing = "One other server knows" if len(hosts) == 1 else f"{len(hosts)} other servers know"
        lines.append(
            f"{knowing} what happened since ({some}): copies there stay, and nothing is taken back or written over. "
            "Once started, this one tells them; those that run Déclic send again "
            "what they sent since, and the posts of everybody elsewhere whom somebody here follows are fetched again. "
            "/coop/sante says what came back."
        )
        lines.append(
            "They also give back the public posts of members here that they hold, and until they answered, for an hour "
            "at most, no new name is given out (`declic account create --despite-loss` does)."
        )
    return lines
