-- Lists of ids come as one JSON text, so that every statement is a constant.

-- name: household_ids
SELECT h.id FROM json_each(:prefixes) AS s
JOIN household AS h ON h.place >= s.value AND h.place < s.value || char(1114111)
ORDER BY h.id

-- name: household_ids_between
SELECT h.id FROM household AS h
WHERE h.id > :after AND h.id <= :until AND EXISTS (
    SELECT 1 FROM json_each(:prefixes) AS s
    WHERE h.place >= s.value AND h.place < s.value || char(1114111)
)
ORDER BY h.id

-- name: cards
SELECT h.id, h.place,
    (SELECT count(*) FROM membership AS m WHERE m.household = h.id AND m.until IS NULL) AS size,
    (SELECT p.name FROM membership AS m JOIN person AS p ON p.id = m.person
     WHERE m.household = h.id AND m.until IS NULL ORDER BY m.start, m.person LIMIT 1) AS head
FROM json_each(:prefixes) AS s
JOIN household AS h ON h.place >= s.value AND h.place < s.value || char(1114111)
WHERE h.id > :after
ORDER BY h.id LIMIT :limit

-- name: count_households
SELECT count(*) AS n FROM household

-- name: case_household
SELECT id, place, address
FROM household WHERE id IN (SELECT value FROM json_each(:ids))

-- name: case_membership
SELECT person, household, start, until
FROM membership WHERE household IN (SELECT value FROM json_each(:ids))

-- name: case_obligation
SELECT obligor, person
FROM obligation WHERE person IN (SELECT value FROM json_each(:members))

-- name: case_obligors_known
SELECT person
FROM obligors_known WHERE person IN (SELECT value FROM json_each(:members))

-- name: case_person
SELECT id, name, id_number, phone
FROM person WHERE id IN (SELECT value FROM json_each(:persons))

-- name: case_parentage
SELECT parent, child
FROM parentage WHERE child IN (SELECT value FROM json_each(:persons))

-- name: case_event
SELECT id, household, person
FROM event WHERE household IN (SELECT value FROM json_each(:ids))

-- name: case_record
SELECT id, kind, about, source, as_of, received, state, batch, facts
FROM record WHERE kind = 'household' AND about IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT id, kind, about, source, as_of, received, state, batch, facts
FROM record WHERE kind = 'person' AND about IN (SELECT value FROM json_each(:persons))
UNION ALL
SELECT id, kind, about, source, as_of, received, state, batch, facts
FROM record WHERE kind = 'event' AND about IN (SELECT value FROM json_each(:events))

-- name: case_aid
SELECT policy, "to", start, until, amount_fen, giver, source, id, household, batch
FROM aid WHERE household IN (SELECT value FROM json_each(:ids))

-- name: case_application
SELECT policy, outcome, date, "to", reason, id, household
FROM application WHERE household IN (SELECT value FROM json_each(:ids))

-- name: case_need
SELECT type, "of", severity, state, source, as_of, id, household
FROM need WHERE household IN (SELECT value FROM json_each(:ids))

-- name: case_batch
SELECT id, source, as_of, received, covers_facts, covers_aid, covers_places
FROM batch WHERE id IN (
    SELECT batch FROM batch_place WHERE prefix IN (SELECT value FROM json_each(:prefixes))
)

-- name: find_households
SELECT id, place FROM household WHERE id IN (SELECT value FROM json_each(:ids))

-- name: find_persons
SELECT p.id, h.place FROM json_each(:ids) AS one
JOIN person AS p ON p.id = one.value
LEFT JOIN membership AS m ON m.person = p.id
LEFT JOIN household AS h ON h.id = m.household
UNION
SELECT o.obligor, h.place FROM json_each(:ids) AS one
JOIN obligation AS o ON o.obligor = one.value
JOIN membership AS m ON m.person = o.person
JOIN household AS h ON h.id = m.household

-- name: find_events
SELECT e.id, h.place FROM event AS e JOIN household AS h ON h.id = e.household
WHERE e.id IN (SELECT value FROM json_each(:ids))

-- name: find_batches
SELECT id FROM batch WHERE id IN (SELECT value FROM json_each(:ids))

-- name: insert_batch_place
INSERT INTO batch_place (prefix, batch) VALUES (:prefix, :batch) ON CONFLICT DO NOTHING

-- name: is_empty
SELECT NOT (
    EXISTS (SELECT 1 FROM household) OR EXISTS (SELECT 1 FROM person)
    OR EXISTS (SELECT 1 FROM batch) OR EXISTS (SELECT 1 FROM user)
    OR EXISTS (SELECT 1 FROM catalogue_node)
) AS is_empty
