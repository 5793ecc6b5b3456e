-- Findings (graph/findings.py). Lists come as one JSON text; an empty list means all.

-- name: findings
SELECT f.content FROM json_each(:prefixes) AS s
JOIN finding AS f ON f.place >= s.value AND f.place < s.value || char(1114111)
WHERE f.key > :after AND f.place >= :place AND f.place < :place || char(1114111)
    AND (:kinds = '[]' OR f.kind IN (SELECT value FROM json_each(:kinds)))
    AND f.kind NOT IN (SELECT value FROM json_each(:but))
    AND (:states = '[]' OR f.state IN (SELECT value FROM json_each(:states)))
    AND (:household IS NULL OR f.household = :household)
ORDER BY f.key LIMIT :limit

-- name: findings_of
SELECT content FROM finding WHERE household IN (SELECT value FROM json_each(:households))

-- name: finding
SELECT content FROM finding WHERE key = :key

-- name: all_findings
SELECT content FROM finding ORDER BY key

-- name: put_finding
INSERT INTO finding (key, kind, household, place, state, content)
VALUES (:key, :kind, :household, :place, :state, :content)
ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, household = excluded.household,
    place = excluded.place, state = excluded.state, content = excluded.content
