-- Findings (graph/findings.py). Lists come as one JSON text; an empty list means all.

-- Of a wide scope in order of key, so that no page sorts all there is; of a narrow one by place.
-- name: findings_by_key
SELECT f.content, f.seen_on FROM finding AS f
WHERE f.key > :after AND EXISTS (
    SELECT 1 FROM json_each(:prefixes) AS s
    WHERE f.place >= s.value AND f.place < s.value || char(1114111)
) AND +f.place >= :place AND +f.place < :place || char(1114111)
    AND (:kinds = '[]' OR f.kind IN (SELECT value FROM json_each(:kinds)))
    AND f.kind NOT IN (SELECT value FROM json_each(:but))
    AND (:states = '[]' OR f.state IN (SELECT value FROM json_each(:states)))
ORDER BY f.key LIMIT :limit

-- name: findings_by_place
SELECT f.content, f.seen_on FROM json_each(:prefixes) AS s
JOIN finding AS f ON f.place >= s.value AND f.place < s.value || char(1114111)
WHERE +f.key > :after AND f.place >= :place AND f.place < :place || char(1114111)
    AND (:kinds = '[]' OR f.kind IN (SELECT value FROM json_each(:kinds)))
    AND f.kind NOT IN (SELECT value FROM json_each(:but))
    AND (:states = '[]' OR f.state IN (SELECT value FROM json_each(:states)))
ORDER BY f.key LIMIT :limit

-- name: findings_by_household
SELECT f.content, f.seen_on FROM json_each(:prefixes) AS s
JOIN finding AS f ON f.household = :household
WHERE +f.place >= s.value AND +f.place < s.value || char(1114111)
    AND +f.key > :after AND +f.place >= :place AND +f.place < :place || char(1114111)
    AND (:kinds = '[]' OR f.kind IN (SELECT value FROM json_each(:kinds)))
    AND f.kind NOT IN (SELECT value FROM json_each(:but))
    AND (:states = '[]' OR f.state IN (SELECT value FROM json_each(:states)))
ORDER BY f.key LIMIT :limit

-- name: finding_lines
SELECT key, state, digest, seen_on
FROM finding WHERE household IN (SELECT value FROM json_each(:households))
    AND kind IN (SELECT value FROM json_each(:kinds))

-- name: findings_of
SELECT content, seen_on FROM finding WHERE key IN (SELECT value FROM json_each(:keys))

-- name: finding
SELECT content, seen_on FROM finding WHERE key = :key

-- name: all_findings
SELECT content, seen_on FROM finding ORDER BY key

-- name: put_finding
INSERT INTO finding (key, kind, household, place, state, seen_on, digest, content)
VALUES (:key, :kind, :household, :place, :state, :seen_on, :digest, :content)
ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, household = excluded.household,
    place = excluded.place, state = excluded.state, seen_on = excluded.seen_on,
    digest = excluded.digest, content = excluded.content

-- name: see_findings
UPDATE finding SET seen_on = :on WHERE key IN (SELECT value FROM json_each(:keys))
