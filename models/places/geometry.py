"""Points on the earth: how far they are from one another, and the cell that hides an exact one."""

from dataclasses import dataclass
from math import asin, atan2, ceil, cos, degrees, floor, radians, sin, sqrt

CELL = 500
"""Side in metres of the cells that hide where somebody lives; also the radius that is told with their centre."""

METRES_PER_DEGREE = 111_195.0
"""Of latitude, on a sphere of 6,371 km."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in degrees, for the index; the exact distance comes after it."""

    south: float
    west: float
    north: float
    east: float


def distance(from_latitude: float, from_longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Metres between two points on the sphere (haversine)."""
    across = sin(radians(to_latitude - from_latitude) / 2) ** 2
    along = sin(radians(to_longitude - from_longitude) / 2) ** 2
    along *= cos(radians(from_latitude)) * cos(radians(to_latitude))
    return 2 * 6_371_000 * asin(min(1.0, sqrt(across + along)))


def move(latitude: float, longitude: float, metres: float, bearing: float) -> tuple[float, float]:
    """The point so far away in a direction (degrees from the north, clockwise), over a few kilometres."""
    north, east = metres * cos(radians(bearing)), metres * sin(radians(bearing))
    wide = METRES_PER_DEGREE * max(cos(radians(latitude)), 0.01)
    return latitude + north / METRES_PER_DEGREE, longitude + east / wide


def find_bearing(start: tuple[float, float], end: tuple[float, float]) -> float:
    """The direction from one point to another near it, in degrees from the north, clockwise."""
    east = (end[1] - start[1]) * cos(radians(start[0]))
    return degrees(atan2(east, end[0] - start[0])) % 360


def describe_distance(metres: float, radius: int | None) -> float | None:
    """A distance that may be told: nothing to a place that is not known more finely than that."""
    return metres if metres > max(radius or 0, CELL) else None


def bounding_box(latitude: float, longitude: float, radius: float) -> Box:
    """The smallest box in degrees that holds the circle of `radius` metres; everything near a pole or the date line."""
    height = radius / METRES_PER_DEGREE * 1.0001
    south, north = latitude - height, latitude + height
    if south <= -90 or north >= 90:
        return Box(south=max(south, -90.0), west=-180.0, north=min(north, 90.0), east=180.0)
    width = height / cos(radians(max(abs(south), abs(north))))
    west, east = longitude - width, longitude + width
    if west < -180 or east > 180:
        return Box(south=south, west=-180.0, north=north, east=180.0)
    return Box(south=south, west=west, north=north, east=east)


def blur_home(latitude: float, longitude: float, radius: int | None) -> tuple[float, float, int]:
    """A point and its radius as others may know them: what is known more finely than its cell is somebody's home."""
    if radius is not None and radius >= CELL:
        return latitude, longitude, radius
    return *blur(latitude, longitude), CELL


def blur(latitude: float, longitude: float) -> tuple[float, float]:
    """The centre of the 500 m cell of a point: all that anybody but its owner ever learns.

    Every point of a cell gives the same centre, and so does the centre; the point is within CELL metres of it.
    """
    step = CELL / METRES_PER_DEGREE
    centre_latitude = (floor(latitude / step) + 0.5) * step
    # As many equal cells around this parallel as give each about 500 m.
    around = max(1, ceil(360 / step * max(cos(radians(centre_latitude)), 0.0)))
    width = 360 / around
    centre_longitude = (floor((longitude + 180) / width) + 0.5) * width - 180
    return round(centre_latitude, 6), round(centre_longitude, 6)
