-- Where people elsewhere are is no finer than the cell of 500 m around, whatever their servers told: as
-- models/places/geometry does with what comes now.
UPDATE listing l SET radius = 500, latitude = cell.latitude,
    longitude = round(((floor((l.longitude + 180) / cell.width) + 0.5) * cell.width - 180)::numeric, 6)::float8
    FROM listing same
    JOIN post p ON p.id = same.post_id AND NOT p.local
    JOIN actor a ON a.id = p.author_id AND a.type <> 'Organization'
    CROSS JOIN LATERAL (SELECT 500 / 111195.0 AS step) AS size
    CROSS JOIN LATERAL (SELECT (floor(same.latitude / size.step) + 0.5) * size.step AS centre) AS middle
    CROSS JOIN LATERAL (
        SELECT round(middle.centre::numeric, 6)::float8 AS latitude,
            360 / greatest(1, ceil(360 / size.step * greatest(cos(radians(middle.centre)), 0))) AS width) AS cell
    WHERE same.post_id = l.post_id AND l.latitude IS NOT NULL AND l.longitude IS NOT NULL
        AND coalesce(l.radius, 0) < 500;
