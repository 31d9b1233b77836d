"""What this server is and what it works with, in one frozen value handed to every function that may use the network."""

from dataclasses import dataclass

from federation.transport import Transport
from models.database import Pool
from models.settings import Settings, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running server: who it is (`site`), how it runs (`settings`), its database and its way to other servers."""

    site: Site
    settings: Settings
    pool: Pool
    transport: Transport
