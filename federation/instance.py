"""What this server is and what it works with, in one frozen value handed to every function that may use the network."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from federation.http_client.federation_policy import FederationPolicy
from federation.http_client.inbox_backlog import Backlog
from federation.http_client.lru_cache import Cache
from federation.http_client.transport import Transport
from federation.json.decoded_bodies import DecodedBodies
from federation.jsonld.jsonld import JsonLdProcessor
from federation.media_store import FolderStore
from federation.sandbox.films import FilmPool
from federation.sandbox.pictures import PictureFetches, PicturePool
from federation.signatures import PublicKey, Signer
from models.coop.figures.cells import Available
from models.coop.week_figures import WeekFigures
from models.settings import Settings, Site
from models.store.background.tallies import Tallies
from models.store.database import Pool
from models.store.limit_memory import MemoryCounter
from models.store.slow_statements import SlowStatements
from models.store.write_batcher import WriteBatcher
from models.traffic.inbound.received import NewReceived, enqueue_many
from models.traffic.inbound.turns import Turns

PEERS_CHANNEL = "declic_peers"
"""Where the database tells of decisions about servers and of keys that changed (triggers of `0610_told_caches`)."""

INTAKE_SECONDS = 10.0
"""So long one commit of what came in may take; whoever waits for it is then asked to send it again."""

INTAKE_PAUSE = 0.002
"""While many send at the same time, a commit waits so many seconds for those who just had their answer: it then holds
twice as many. Whoever comes alone waits for nobody."""

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running server: who it is (`site`), how it runs (`settings`), its database and its way to other servers.

    The caches only save time: each may be emptied at any moment, and each process has its own. `counter` knows what was
    spent of the limits, `tallies` what happened since the process started.
    """

    site: Site
    settings: Settings
    pool: Pool
    transport: Transport
    pictures: PicturePool = field(default_factory=PicturePool)
    films: FilmPool = field(default_factory=FilmPool)
    picture_fetches: PictureFetches = field(default_factory=PictureFetches)
    jsonld: JsonLdProcessor = field(default_factory=JsonLdProcessor)
    linked_data: JsonLdProcessor = field(default_factory=lambda: JsonLdProcessor(work="open", most_waiting=8))
    signers: Cache[tuple[int, str], Signer] = field(default_factory=lambda: Cache(size=4096, seconds=600))
    proven: Cache[tuple[int, str], str] = field(default_factory=lambda: Cache(size=256, seconds=60))
    vapid: Cache[str, "ec.EllipticCurvePrivateKey"] = field(default_factory=lambda: Cache(size=1, seconds=3600))
    instance_actor: Cache[str, int] = field(default_factory=lambda: Cache(size=1, seconds=86_400))
    inhabited: Cache[str, bool] = field(default_factory=lambda: Cache(size=1, seconds=86_400))
    opened: Cache[str, bool] = field(default_factory=lambda: Cache(size=1, seconds=60))
    ended: Cache[str, bool] = field(default_factory=lambda: Cache(size=1, seconds=60))
    unbelieved: Cache[str, str] = field(default_factory=lambda: Cache(size=1, seconds=3600))
    refused_log_ins: Cache[str, bool] = field(default_factory=lambda: Cache(size=1, seconds=600))
    restored: Cache[str, bool] = field(default_factory=lambda: Cache(size=1, seconds=60))
    public_keys: Cache[str, PublicKey] = field(default_factory=lambda: Cache(size=4096, seconds=60))
    refetched: Cache[str, bool] = field(default_factory=lambda: Cache(size=4096, seconds=300))
    known_actors: Cache[str, bool] = field(default_factory=lambda: Cache(size=4096, seconds=60))
    costly_hosts: Cache[str, bool] = field(default_factory=lambda: Cache(size=4096, seconds=600))
    key_fetches: dict[str, "asyncio.Task[PublicKey]"] = field(default_factory=dict)
    intake: WriteBatcher[NewReceived] = field(init=False)
    backlog: Backlog = field(init=False)
    decoded: DecodedBodies = field(default_factory=DecodedBodies)
    policy: FederationPolicy = field(default=None)  # type: ignore[assignment]  # made below from the pool
    inboxes: Cache[str, str] = field(default_factory=lambda: Cache(size=4096, seconds=5))
    turns: Turns = field(default_factory=Turns)
    active_hosts: Cache[str, bool] = field(default_factory=lambda: Cache(size=4096, seconds=60))
    past_weeks: Cache[date, tuple[WeekFigures, ...]] = field(default_factory=lambda: Cache(size=1, seconds=3600))
    figure_files: Cache[tuple[object, ...], tuple[str, bytes]] = field(
        default_factory=lambda: Cache(size=16, seconds=3600)
    )
    figure_pages: Cache[tuple[object, ...], tuple[str, str]] = field(
        default_factory=lambda: Cache(size=32, seconds=3600)
    )
    figure_choices: Cache[tuple[object, ...], tuple[Available, Mapping[str, Sequence[tuple[str, str]]]]] = field(
        default_factory=lambda: Cache(size=4, seconds=3600)
    )
    counter: MemoryCounter = field(default_factory=MemoryCounter)
    tallies: Tallies = field(default_factory=Tallies)
    slow_statements: SlowStatements = field(default_factory=SlowStatements)

    def __post_init__(self) -> None:
        """What the inboxes accept goes through one intake, which commits it together."""
        intake = WriteBatcher(self.pool, enqueue_many, seconds=INTAKE_SECONDS, pause=INTAKE_PAUSE)
        object.__setattr__(self, "intake", intake)
        object.__setattr__(self, "backlog", Backlog(self.pool))
        if self.policy is None:
            object.__setattr__(self, "policy", FederationPolicy(self.pool))

    def forget_keys(self) -> None:
        """Keys of ours changed: those in memory are old, and so are the proofs made with them."""
        self.signers.clear()
        self.proven.clear()
        self.vapid.clear()

    def forget_peers(self, told: Mapping[str, object] | None) -> None:
        """Something about other servers is another now than it is in memory; it is not known what, where None is told.

        Whichever process changed it: the database tells all of them (`PEERS_CHANNEL`).
        """
        if told is None or "hosts" in told:
            self.policy.forget()
        if told is None:
            self.inboxes.clear()
        if told is None or "keys" in told:
            self.public_keys.clear()
        elif isinstance(key := told.get("key"), str):
            self.public_keys.forget(key)

    @property
    def store(self) -> FolderStore:
        """Where pictures are kept."""
        return FolderStore(self.settings.data / "media")
