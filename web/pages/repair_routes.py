"""The addresses of what helps a bike that broke down: workshops, and repairers who come by."""

from aiohttp import web

from web.pages.access.preserve_form import preserve_form
from web.pages.patterns import COMMUNITY, NAME
from web.pages.repairs.shops import appearing, editing, people, price_list, shop_list, shop_page, shop_points

OFFICE = f"/ateliers/{{place:{NAME}}}/gerer"

REPAIRS: list[web.RouteDef] = [
    web.get("/ateliers", shop_list.show_shops),
    web.get("/ateliers/points.geojson", shop_points.show_points),
    web.get(f"/ateliers/{{handle:{COMMUNITY}}}", shop_page.show_shop),
    web.post(f"/ateliers/{{place:{NAME}}}/moi", people.post_shown),
    web.get(OFFICE, editing.show_office),
    web.post(OFFICE, preserve_form(editing.post_details)),
    web.post(f"{OFFICE}/horaires", preserve_form(editing.post_hours)),
    web.get(f"{OFFICE}/prix", price_list.show_prices),
    web.post(f"{OFFICE}/prix", preserve_form(price_list.post_price)),
    web.post(f"{OFFICE}/equipe", preserve_form(people.post_people)),
    web.post(f"{OFFICE}/paraitre", preserve_form(appearing.post_appearing)),
]
