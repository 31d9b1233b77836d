"""What others write, wherever it is shown: text, names, files, forms (B-41 to B-49)."""

import asyncio
import io
import json
import re
import struct
import zlib
from html.parser import HTMLParser
from typing import Any

import pytest
from aiohttp import FormData, web
from PIL import Image

from federation.sandbox.pictures import MAX_BYTES
from tests.attacks.ground import Ground
from tests.stories.peer import activity, note

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>1</script></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<form action=/x><input name=csrf></form>",
    "<iframe src=https://evil.example></iframe>",
    '<a href="javascript:alert(1)">a</a><a href="java&#x09;script:alert(1)">b</a><a href=" javascript:1">c</a>',
    '<a href="data:text/html,<script>1</script>">a</a><a href="vbscript:x">b</a><a href="//evil.example">c</a>',
    '<p onclick="x()" style="position:fixed" id="csrf" class="button h-card evil">a</p>',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>--><!-- unclosed <script>",
    "<a href='https://a.example' target=_blank rel=opener>a</a>",
    "<plaintext><script>1</script>",
    '"><script>alert(1)</script>',
    "{{ 7*7 }}{% include 'x' %}%(name)s{0}",
    "</title></textarea></script><script>alert(1)</script>",
]

ELEMENTS = set("p br span a del pre code em strong b i u ul ol li blockquote".split())  # noqa: SIM905
CLASSES = re.compile(r"(?:(?:h|p|u|dt|e)-[a-z-]+|mention|hashtag|invisible|ellipsis)(?: |$)")
SCHEMES = re.compile(r"(?:https?|mailto|xmpp|gemini|gopher|ipfs|dat|dweb|magnet|ircs?):")


class Inspector(HTMLParser):
    """Notes everything in a piece of HTML that is not on the list."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element."""
        if tag not in ELEMENTS:
            self.found.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name in {"style", "id", "srcdoc"}:
                self.found.append(f"{tag} {name}")
            if name == "href" and not re.match(
                r"(?:https?|mailto|xmpp|gemini|gopher|ipfs|dat|dweb|magnet|irc)s?:", value or ""
            ):
                self.found.append(f"{tag} {value}")
            if name == "class" and CLASSES.sub("", f"{value} ").strip():
                self.found.append(f"class {value}")
            if name == "rel" and set((value or "").split()) & {"opener"}:
                self.found.append(f"rel {value}")


class Scripts(HTMLParser):
    """Notes what a whole page would run or load from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element of the page."""
        given = dict(attrs)
        if tag == "script" and (given.get("src") or "").partition("?")[0].startswith("/static/"):
            return
        if tag in {"script", "iframe", "object", "embed", "plaintext"} and given.get("type") != "application/json":
            self.found.append(tag)
        self.found += [f"{tag} {name}" for name in given if name.startswith("on")]
        source = given.get("src") or ""
        if tag == "img" and not source.startswith(("/", "data:image/svg")):
            self.found.append(f"img {source}")


def inspect(text: str, parser: Inspector | Scripts) -> list[str]:
    """What was found."""
    parser.feed(text)
    parser.close()
    return parser.found


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_b41_what_is_kept_and_shown_is_clean(ground: Ground, payload: str) -> None:
    said = note(ground.bob, content=f"<p>a</p>{payload}", inReplyTo=ground.offer, summary=payload)

    async with ground.judged(rows={"post": 1, "notification": 1}, name="b41"):
        assert await ground.door.send(ground.bob, activity(ground.bob, "Create", said)) == 202
        await ground.settle()
        id = await ground.door.value("SELECT id FROM post WHERE uri = $1", said["id"])
        page = await ground.door.get(f"/notes/{id}", "text/html")
        api = await ground.door.get(f"/api/v1/statuses/{id}", "application/json")

    stored = await ground.door.value("SELECT content FROM post WHERE id = $1", id)
    assert inspect(stored, Inspector()) == []
    assert page.status == 200
    assert inspect(page.body.decode(), Scripts()) == []
    assert inspect(api.json["content"], Inspector()) == []
    assert (
        "script-src" not in page.headers["Content-Security-Policy"]
        or "unsafe" not in page.headers["Content-Security-Policy"]
    )
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    for rel in re.findall(r'<a [^>]*rel="([^"]*)"', stored):
        assert {"nofollow", "noopener", "noreferrer"} <= set(rel.split())


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_b42_names_of_all_kinds_are_text(ground: Ground, payload: str) -> None:
    peer, mallory = await ground.open_stranger(
        "mallory",
        name=payload,
        summary=payload,
        attachment=[{"type": "PropertyValue", "name": payload, "value": payload}],
        tag=[{"type": "Emoji", "name": f":{payload}:", "icon": {"url": "https://10.0.0.1/x.png"}}],
    )
    await ground.meet(mallory)
    document = {"type": "Document", "mediaType": "image/png", "url": f"{peer.url}/x.png", "name": payload}
    said = note(mallory, name=payload, attachment=[document], inReplyTo=ground.offer, type="Article")
    said["tag"] = [{"type": "Hashtag", "name": f"#{payload}", "href": "https://a.example"}]

    rows = {"post": 1, "media": 1, "notification": 1, "post_tag": 1, "report": 1, "moderation_case": 1}
    async with ground.judged(rows=rows, asks=[f"{peer.url}/"], name="b42"):
        await ground.door.send(mallory, activity(mallory, "Create", said))
        await ground.door.send(mallory, activity(mallory, "Flag", [ground.alice.actor.uri], content=payload))
        await ground.settle()
        id = await ground.door.value("SELECT id FROM post WHERE uri = $1", said["id"])
        pages = [
            await ground.door.get(f"/notes/{id}", "text/html"),
            await ground.door.get(f"/@mallory@{peer.server.host}", "text/html"),
        ]

    for page in pages:
        assert page.status == 200
        assert inspect(page.body.decode(), Scripts()) == []


async def test_b42_line_breaks_in_what_others_send_make_no_line_of_the_log(ground: Ground) -> None:
    begun = len(ground.log.entries)
    forged = "x\r\n2026-11-24 [error] forged"

    async with ground.judged(asks=[f"{ground.peer.url}/"], name="b42"):
        sent = activity(ground.bob, forged, ground.offer, id=f"{ground.bob.uri}/{forged}")
        await ground.door.send(ground.bob, sent)
        await ground.door.get("/%0d%0a2026%20forged", "text/html")
        headers = {"X-Request-Id": "forged-forged-forged forged", "User-Agent": "forged"}
        async with ground.door.session.get(f"{ground.here.url}/", headers=headers) as answer:
            assert answer.status == 200

    assert not [entry for entry in ground.log.entries[begun:] if "forged" in str(entry.values())]


EMAIL = "alice@lomme.test"

FORMS = [
    "/publier",
    "/abonnements",
    "/abonnements/arreter",
    "/compte/mot-de-passe",
    "/compte/courriel",
    "/compte/profil",
    "/coop/reglages/nom",
    "/coop/reglages/historique",
    "/reactions/1",
    "/deconnexion",
    "/reseau/suivre",
]


async def _log_in(ground: Ground) -> str:
    """Alice's cookie."""
    async with ground.door.session.get(f"{ground.here.url}/connexion") as page:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in page.cookies.items())
        token = re.search(r'name="csrf" value="([^"]+)"', await page.text()) or re.search(
            r'name="(?:csrf_token|token)" value="([^"]+)"', await page.text()
        )
    assert token is not None
    field = re.search(r'name="([a-z_]*csrf[a-z_]*|token)"', token[0])
    assert field is not None
    data = {
        field[1]: token[1],
        "login": "alice@lomme.test",
        "email": "alice@lomme.test",
        "password": ground.alice.password,
    }
    headers = {"Cookie": cookies, "Origin": ground.here.url}
    url = f"{ground.here.url}/connexion"
    async with ground.door.session.post(url, data=data, headers=headers, allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return "; ".join(f"{name}={morsel.value}" for name, morsel in answer.cookies.items() if morsel.value)


async def test_b44_no_form_is_taken_without_its_token_or_from_another_site(ground: Ground) -> None:
    cookie = await _log_in(ground)
    tries: list[dict[str, str]] = [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ground.here.url.replace("127.0.0.1", "127.0.0.2")},
        {"Referer": "https://evil.example/x"},
        {"Origin": ground.here.url},
        {"Origin": ground.here.url, "Sec-Fetch-Site": "cross-site"},
    ]

    async with ground.judged(name="b44"):
        for path in FORMS:
            for headers in tries:
                url = f"{ground.here.url}{path}"
                async with ground.door.session.post(
                    url, data={"a": "b"}, headers=headers | {"Cookie": cookie}, allow_redirects=False
                ) as answer:
                    assert answer.status in {403, 404}, (path, headers, answer.status)


async def test_b44_nothing_changes_by_a_get_and_following_needs_a_click(ground: Ground) -> None:
    cookie = await _log_in(ground)
    peer, mallory = await ground.open_acquaintance()

    async with ground.judged(asks=[f"{peer.url}/"], name="b44"):
        for path in [*FORMS, f"/authorize_interaction?uri={mallory.uri}", f"/authorize_interaction?uri={ground.offer}"]:
            url = f"{ground.here.url}{path}"
            async with ground.door.session.get(url, headers={"Cookie": cookie}, allow_redirects=False) as answer:
                assert answer.status < 500


async def test_b44_logging_somebody_in_as_another_is_refused(ground: Ground) -> None:
    data = {"login": EMAIL, "email": EMAIL, "password": ground.alice.password}

    async with ground.judged(name="b44"):
        for headers in ({"Origin": "https://evil.example"}, {"Origin": ground.here.url}, {}):
            url = f"{ground.here.url}/connexion"
            async with ground.door.session.post(url, data=data, headers=headers, allow_redirects=False) as answer:
                assert answer.status == 403
                assert not [name for name, morsel in answer.cookies.items() if morsel.value and "form" not in name]


def picture(form: str = "PNG", **options: Any) -> bytes:
    """A small real picture."""
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(written, form, **options)
    return written.getvalue()


def bomb(side: int = 50_000) -> bytes:
    """A PNG that says to have 2.5 thousand million pixels, in a few kB."""
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * (side // 8 + 1) * 100)
    parts = [(b"IHDR", head), (b"IDAT", rows), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


BAD_FILES: dict[str, bytes] = {
    "actor": json.dumps({"id": "https://a.example/u", "type": "Person"}).encode(),
    "page": b"<!doctype html><script>alert(1)</script>",
    "drawing": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "imagemagick": b"push graphic-context\nviewbox 0 0 640 480\nfill 'url(https://10.0.0.1/x)'\npop graphic-context",
    "archive": b"PK\x03\x04" + b"\0" * 500,
    "half a photo": picture("JPEG")[:200],
    "a bomb": bomb(),
    "nothing": b"",
    "heavy": b"\xff\xd8\xff" + b"\0" * (MAX_BYTES + 1),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n(/etc/passwd) (r) file",
    "pdf": b"%PDF-1.4\n",
}


async def _upload(ground: Ground, data: bytes, name: str) -> tuple[int, Any]:
    form = FormData()
    form.add_field("file", data, filename=name, content_type="image/png")
    url = f"{ground.here.url}/api/v2/media"
    async with ground.door.session.post(url, data=form, headers=ground.alice.headers) as answer:
        body = await answer.read()
        return answer.status, json.loads(body) if answer.status < 300 else None


@pytest.mark.parametrize("data", BAD_FILES.values(), ids=BAD_FILES.keys())
async def test_b20_b47_what_is_no_picture_is_not_kept(ground: Ground, data: bytes) -> None:
    async with ground.judged(seconds=3, name="b47"):
        status, _ = await _upload(ground, data, "a.png")

    assert status in {413, 422}


async def test_b47_a_film_of_two_thousand_frames_costs_no_more_than_a_picture(ground: Ground) -> None:
    frames = [Image.new("P", (64, 48), number % 256) for number in range(2000)]
    film = picture("GIF", save_all=True, append_images=frames)

    async with ground.judged(rows={"media": 1}, seconds=3, name="b47"):
        status, _ = await _upload(ground, film, "a.gif")

    assert status in {200, 413, 422}


NAMES = [
    "../../etc/x",
    "a.png/../../b",
    "a%00.png",
    "n" * 300 + ".png",
    "x.activity",
    "<b>.png",
    "a.php",
    "é\u202e.png",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_b46_b20_b48_uploads_lose_their_names_and_what_they_tell(ground: Ground, name: str) -> None:
    exif = Image.Exif()
    exif[0x010E] = "chez-moi-secret"
    exif.get_ifd(0x8825)[2] = (50.0, 38.0, 0.0)
    polyglot = picture("JPEG", exif=exif, comment=b"chez-moi-secret<script>alert(1)</script>")

    async with ground.judged(rows={"media": 1}, seconds=3, name="b46"):
        status, made = await _upload(ground, polyglot, name)

    assert status == 200
    for url in (made["url"], made["preview_url"]):
        found = await ground.door.get(url, "application/activity+json")
        assert re.fullmatch(rf"{ground.here.url}/media/[0-9a-f]{{32}}\.jpg\?cle=[\w.-]+", url)
        assert found.headers["Content-Type"] == "image/jpeg"
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in found.headers["Content-Security-Policy"]
        assert "Content-Disposition" in found.headers
        assert b"chez-moi" not in found.body
        assert not Image.open(io.BytesIO(found.body)).getexif()


@pytest.mark.parametrize("kind", ["bomb", "page", "endless", "redirect", "cookie"])
async def test_b47_b49_pictures_of_others_come_through_us_or_not_at_all(ground: Ground, kind: str) -> None:
    peer = await ground.open_peer()
    address = f"{peer.url}/x.png"

    async def show(request: web.BaseRequest) -> web.StreamResponse:
        if kind == "redirect":
            return web.Response(status=302, headers={"Location": "https://10.0.0.1/x.png"})
        if kind != "endless":
            body = {"bomb": bomb(), "page": b"<script>1</script>", "cookie": picture()}[kind]
            return web.Response(body=body, headers={"Content-Type": "image/png", "Set-Cookie": "track=1"})
        response = web.StreamResponse(headers={"Content-Type": "image/png"})
        try:
            await response.prepare(request)
            for _ in range(64):
                await response.write(b"\0" * (1 << 20))
        except ConnectionError:
            await asyncio.sleep(0)
        return response

    peer.scripts["/x.png"] = show
    document = {"type": "Document", "mediaType": "image/png", "url": address}
    said = note(ground.bob, attachment=[document], inReplyTo=ground.offer)
    rows = {"post": 1, "media": 1, "notification": 1}

    async with ground.judged(rows=rows, asks=[address], most_asks=2, seconds=3, name="b47"):
        await ground.door.send(ground.bob, activity(ground.bob, "Create", said))
        await ground.settle()
        id = await ground.door.value("SELECT id FROM media WHERE remote_url = $1", address)
        post = await ground.door.value("SELECT id FROM post WHERE uri = $1", said["id"])
        page = await ground.door.get(f"/notes/{post}", "text/html")
        assert peer.server.requests == []
        found, _, _ = [await ground.door.get(f"/media/remote/{id}", "*/*") for _ in range(3)]

    assert address not in re.sub(r'href="[^"]*"', "", page.body.decode())
    assert (found.status == 200) == (kind == "cookie")
    for request in peer.server.requests:
        assert not {"Cookie", "Referer", "X-Forwarded-For"} & set(request.headers)
    assert "Set-Cookie" not in found.headers
