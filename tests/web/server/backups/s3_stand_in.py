"""A store that speaks as much S3 as a backup needs, and believes no request whose signature is not right."""

import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote
from xml.sax.saxutils import escape

from aiohttp import web
from aiohttp.test_utils import TestServer

KEY, SECRET, REGION = "GK31c2f218a2e44f485b94239e", "b892c0665f/0adaa44b6+acf0e", "fr-par"


@dataclass
class Store:
    """What lies in the bucket `coop`, by its key; while it is `full` nothing is taken. `ranges` were asked for."""

    files: dict[str, bytes] = field(default_factory=dict)
    parts: dict[int, bytes] = field(default_factory=dict)
    full: bool = False
    ranges: list[str | None] = field(default_factory=list)
    port: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        """One request."""
        body = await request.read()
        if not is_signed(request, body):
            return web.Response(status=403, text="<Error><Code>SignatureDoesNotMatch</Code></Error>")
        if not request.path.startswith("/coop"):
            return web.Response(status=404, text="<Error><Code>NoSuchBucket</Code></Error>")
        if self.full and request.method in {"PUT", "POST"}:
            return web.Response(status=400, text="<Error><Code>QuotaExceeded</Code></Error>")
        key, query = request.path.removeprefix("/coop").strip("/"), request.query
        if request.method == "GET" and "list-type" in query:
            return self._list(query.get("prefix", ""))
        if request.method == "POST":
            return self._post(key, body, dict(query))
        if request.method == "GET" and key in self.files:
            return self._give(self.files[key], request)
        return self._keep(request.method, key, body, dict(query))

    def _give(self, data: bytes, request: web.Request) -> web.Response:
        self.ranges.append(request.headers.get("Range"))
        asked = request.http_range
        begin, end, _ = asked.indices(len(data))
        headers = {"ETag": '"x"', "Last-Modified": "Sun, 29 Nov 2026 12:00:00 GMT"}
        if asked.start is not None:
            headers["Content-Range"] = f"bytes {begin}-{end - 1}/{len(data)}"
        return web.Response(status=200 if asked.start is None else 206, body=data[begin:end], headers=headers)

    def _post(self, key: str, body: bytes, query: dict[str, str]) -> web.Response:
        if "delete" in query:
            gone = [one for one in self.files if f"<Key>{one}</Key>".encode() in body]
            for one in gone:
                del self.files[one]
            deleted = "".join(f"<Deleted><Key>{one}</Key></Deleted>" for one in gone)
            return web.Response(text=f"<DeleteResult>{deleted}</DeleteResult>", content_type="application/xml")
        if "uploads" in query:
            text = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"
            return web.Response(text=text, content_type="application/xml")
        self.files[key] = b"".join(self.parts[number] for number in sorted(self.parts))
        self.parts.clear()
        text = "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>"
        return web.Response(text=text, content_type="application/xml")

    def _keep(self, method: str, key: str, body: bytes, query: dict[str, str]) -> web.Response:
        if method == "PUT" and "partNumber" in query:
            self.parts[int(query["partNumber"])] = body
        elif method == "PUT":
            self.files[key] = body
        elif method == "DELETE":
            self.files.pop(key, None)
            return web.Response(status=204)
        elif key not in self.files:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
        else:
            headers = {"ETag": '"x"', "Last-Modified": "Sun, 29 Nov 2026 12:00:00 GMT"}
            return web.Response(body=self.files[key], headers=headers)
        return web.Response(headers={"ETag": '"x"'})

    def _list(self, prefix: str) -> web.Response:
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-11-29T12:00:00.000Z</LastModified>"
            f'<ETag>"x"</ETag><Size>{len(data)}</Size></Contents>'
            for key, data in self.files.items()
            if key.startswith(prefix)
        )
        text = f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
        return web.Response(text=text, content_type="application/xml")


def is_signed(request: web.Request, body: bytes) -> bool:
    """Signature version 4, as Amazon describes it, made anew of what arrived."""
    given = request.headers.get("Authorization", "").replace(",", " ").split()
    values = dict(word.split("=", 1) for word in given if "=" in word)
    names, day = values.get("SignedHeaders", ""), request.headers.get("x-amz-date", "")
    digest = request.headers.get("x-amz-content-sha256", "")
    scope = f"{day[:8]}/{REGION}/s3/aws4_request"
    if values.get("Credential") != f"{KEY}/{scope}" or digest not in {hashlib.sha256(body).hexdigest()}:
        return False
    pairs = sorted(parse_qsl(request.rel_url.raw_query_string, keep_blank_values=True))
    query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names.split(";"))
    canonical = "\n".join([request.method, request.rel_url.raw_path, query, headers, names, digest])
    signed = f"AWS4-HMAC-SHA256\n{day}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in (day[:8], REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.compare_digest(hmac.new(key, signed.encode(), "sha256").hexdigest(), values.get("Signature", ""))


@asynccontextmanager
async def running_store() -> AsyncIterator[Store]:
    """One that listens."""
    store, app = Store(), web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", store.answer)
    async with TestServer(app) as server:
        assert server.port is not None
        store.port = server.port
        yield store
