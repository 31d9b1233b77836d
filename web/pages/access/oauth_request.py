"""What an application asks of somebody: read from the address, and judged before anybody is led anywhere."""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qs, urlencode, urlsplit

from models.access import applications
from models.access.applications import OUT_OF_BAND, Application
from models.access.scopes import SCOPES, choose, covers_all, read_scopes
from models.access.staff_scopes import narrow
from models.people.accounts import Account
from models.store.database import Connection
from web.forms.form import Form

PATH = "/oauth/authorize"

FIELDS = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")
"""What the form on our page carries on."""

LONGEST = 3_000
"""Characters of the whole address, which the log-in page carries in its own."""

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
"""What a browser takes for this very device."""

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in base64url (RFC 7636 §4.2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationRequest:
    """A known application, an address that it registered, and what it asks for; `error` is what is wrong with that."""

    client: Application
    redirect_uri: str
    fields: dict[str, str]
    scopes: list[str]
    error: str = ""

    @property
    def challenge(self) -> str | None:
        """PKCE's, if there is one."""
        return self.fields["code_challenge"] or None

    @property
    def out_of_band(self) -> bool:
        """Whether the code is shown here, to be copied."""
        return self.redirect_uri == OUT_OF_BAND

    @property
    def host(self) -> str:
        """The website to which the answer goes; nothing for an application on the device."""
        parts = urlsplit(self.redirect_uri)
        on_the_web = parts.scheme in {"http", "https"} and parts.hostname not in LOOPBACK
        return parts.netloc if on_the_web else ""

    @property
    def in_clear(self) -> bool:
        """Whether the answer travels where others can read it."""
        return self.host != "" and urlsplit(self.redirect_uri).scheme == "http"

    @property
    def path(self) -> str:
        """The address of this very question."""
        return make_path(self.fields)

    def answer(self, **said: str) -> str:
        """Where the browser goes with the answer; what stands in the redirect URI stays as it is."""
        if self.fields["state"]:
            said["state"] = self.fields["state"]
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{urlencode(said)}"


async def read_asked(conn: Connection, form: Form) -> AuthorizationRequest | None:
    """What is asked; None where it is not sure who asks or where the answer would go, so that nobody is led there."""
    fields = {name: form.typed(name) for name in FIELDS}
    once = all(len(form.values.getall(name, [])) <= 1 for name in FIELDS)
    if not once or not "".join(fields.values()).isprintable() or len(make_path(fields)) > LONGEST:
        return None
    client = await applications.find_by_client_id(conn, fields["client_id"])
    if client is None or fields["redirect_uri"] not in client.redirect_uris:
        return None
    scopes = choose(read_scopes(fields["scope"]), client.scopes)
    error = find_error(fields, scopes, client)
    return AuthorizationRequest(
        client=client, redirect_uri=fields["redirect_uri"], fields=fields, scopes=scopes, error=error
    )


def narrow_asked(asked: AuthorizationRequest, account: Account) -> AuthorizationRequest:
    """The same without what is not this person's to give: of moderation nobody gives more than she may herself.

    Where nothing is left, that is an error; the application reads with its token what it got (RFC 6749 §3.3).
    """
    scopes = narrow(asked.scopes, account)
    return replace(asked, scopes=scopes, error=asked.error or ("" if scopes else "invalid_scope"))


def make_path(fields: dict[str, str]) -> str:
    """The address of a question."""
    return f"{PATH}?{urlencode({name: value for name, value in fields.items() if value}, errors='replace')}"


def find_error(fields: dict[str, str], scopes: list[str], client: Application) -> str:
    """The code of RFC 6749 §4.1.2.1 for what is wrong, or nothing. PKCE is S256 or not at all."""
    if fields["response_type"] != "code":
        return "unsupported_response_type"
    if not set(scopes) <= set(SCOPES) or not covers_all(client.scopes, scopes):
        return "invalid_scope"
    if fields["code_challenge"] or fields["code_challenge_method"]:
        sound = fields["code_challenge_method"] == "S256" and CHALLENGE.fullmatch(fields["code_challenge"])
        return "" if sound else "invalid_request"
    return ""


async def find_asking(conn: Connection, return_to: str) -> Application | None:
    """The application that waits while somebody logs in, where the log-in page leads back to its question."""
    address = urlsplit(return_to)
    if address.path != PATH:
        return None
    return await applications.find_by_client_id(conn, parse_qs(address.query).get("client_id", [""])[0])
