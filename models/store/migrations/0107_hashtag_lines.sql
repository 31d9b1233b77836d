-- A hashtag that the text of a listing has is not said again in the line of hashtags that ends it.
UPDATE post SET content = shorter.content
FROM (
    SELECT p.id, before.html || coalesce('<p>' || rest.links || '</p>', '') AS content
    FROM post p
    CROSS JOIN LATERAL (
        SELECT substring(
            p.content
            FROM '<p>(?:<a href="[^"]*" class="mention hashtag" rel="tag">#<span>[^<]*</span></a> ?)+</p>$'
        ) AS html
    ) AS line
    CROSS JOIN LATERAL (SELECT left(p.content, length(p.content) - length(line.html)) AS html) AS before
    CROSS JOIN LATERAL (
        SELECT string_agg(found[1], ' ' ORDER BY place) AS links
        FROM regexp_matches(line.html, '(<a href="([^"]*)"[^>]*>#<span>[^<]*</span></a>)', 'g')
            WITH ORDINALITY AS one (found, place)
        WHERE position('href="' || found[2] || '"' IN before.html) = 0
    ) AS rest
    WHERE p.kind = 'listing' AND p.local AND p.deleted_at IS NULL AND line.html IS NOT NULL
) AS shorter
WHERE post.id = shorter.id AND post.content <> shorter.content;
