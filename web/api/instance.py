"""What this server is: the two instance documents, the application, and what is empty for ever (clients.md §7)."""

from aiohttp import web

from federation.pictures import ACCEPTED_TYPES, MAX_BYTES
from federation.software import read_version
from models import actors, preferences, statistics
from models.actors import Actor
from models.database import Connection, connection
from models.preferences import Preferences
from models.settings import Site
from models.statistics import ServerCounts
from models.uploads import MAX_DESCRIPTION
from web.api.answers import answer_json
from web.api.auth import TOKEN, reader
from web.api.entities.accounts import load_account
from web.api.entities.values import Json, Look, read_look
from web.api.posting import LONGEST_TEXT, MOST_PICTURES
from web.keys import INSTANCE

SPOKEN_VERSION = "4.2.0"
"""The version of Mastodon whose API this is; higher ones make clients ask for what is not here (clients.md §1.6)."""

MOST_PIXELS = 40_000_000
