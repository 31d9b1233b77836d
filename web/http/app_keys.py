"""What the application carries: its instance, its templates, and what goes on behind its pages."""

from aiohttp import web
from aiohttp.typedefs import Handler

from federation.instance import Instance
from models.store.background.supervised_tasks import Background

INSTANCE = web.AppKey("instance", Instance)
ASIDE: web.AppKey[Handler] = web.AppKey("aside")
"""What answers a form sent by somebody who stands aside: the page that says so, with what she typed."""
BACKGROUND = web.AppKey("background", Background)
