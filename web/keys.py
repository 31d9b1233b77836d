"""What the application carries: its instance and its templates, nothing else."""

from aiohttp import web

from federation.instance import Instance
from web.templating import Templates

INSTANCE = web.AppKey("instance", Instance)
TEMPLATES = web.AppKey("templates", Templates)
