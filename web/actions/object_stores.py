"""A place in a store that speaks S3, opened by obstore: for copies of backups, and to see whether it takes them."""

from datetime import timedelta

from obstore.store import S3Store

from models.backup_places import BackupPlace

REGION = "us-east-1"
"""What stores that have no regions go by."""


def open_store(place: BackupPlace, *, timeout: str, retries: int, retry_seconds: float) -> S3Store:
    """One bucket, and a folder in it; nothing is asked yet. `timeout` is of each request, as obstore writes it."""
    bucket, _, prefix = place.path.strip("/").partition("/")
    host = f"[{place.host}]" if ":" in place.host else place.host
    port = "" if place.port is None else f":{place.port}"
    return S3Store(
        bucket,
        prefix=prefix or None,
        endpoint=f"{'http' if place.plain else 'https'}://{host}{port}",
        region=place.options.get("region", REGION),
        access_key_id=place.user,
        secret_access_key=place.secret,
        client_options={"allow_http": place.plain, "connect_timeout": "20s", "timeout": timeout},
        retry_config={"max_retries": retries, "retry_timeout": timedelta(seconds=retry_seconds)},
    )
