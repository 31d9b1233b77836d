"""Where: within a radius of a place, in communes or federations of communes, in the territories of cooperatives."""

# The bounding box alone, for the index on latitude and longitude; who reads the distance compares it with the radius.
AREA = """
    (:radius::float8 IS NULL OR :latitude::float8 IS NULL OR (
        l.latitude BETWEEN :latitude - :radius / 111.0 AND :latitude + :radius / 111.0
        AND l.longitude BETWEEN :longitude - :radius / (111.0 * cos(radians(:latitude)))
            AND :longitude + :radius / (111.0 * cos(radians(:latitude)))))
"""
