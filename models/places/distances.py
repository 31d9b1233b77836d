"""How far a listing is from a point, as a part of statements."""

# The earth counts as flat around the place that is asked from: that is right to 1 % within 100 km, and many times as
# fast as the sphere.
DISTANCE = """
    111.195 * sqrt((l.latitude - :latitude::float8) ^ 2
        + ((l.longitude - :longitude::float8) * cos(radians(:latitude::float8))) ^ 2)
"""
