"""What the application carries: its instance, its templates, and what goes on behind its pages."""

from aiohttp import web

from federation.instance import Instance
from models.store.background.supervised_tasks import Background

INSTANCE = web.AppKey("instance", Instance)
BACKGROUND = web.AppKey("background", Background)
