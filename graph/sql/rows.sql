-- One insert, one lookup and one ordered listing for each kind of row (graph/kinds.py).

-- name: insert_batch
INSERT INTO batch (id, source, as_of, received, covers_facts, covers_aid, covers_places)
VALUES (:id, :source, :as_of, :received, :covers_facts, :covers_aid, :covers_places) ON CONFLICT DO NOTHING

-- name: find_batch
SELECT * FROM batch WHERE id = :id

-- name: all_batch
SELECT * FROM batch ORDER BY id

-- name: insert_household
INSERT INTO household (id, place, address)
VALUES (:id, :place, :address) ON CONFLICT DO NOTHING

-- name: find_household
SELECT * FROM household WHERE id = :id

-- name: all_household
SELECT * FROM household ORDER BY id

-- name: insert_person
INSERT INTO person (id, name, id_number, phone)
VALUES (:id, :name, :id_number, :phone) ON CONFLICT DO NOTHING

-- name: find_person
SELECT * FROM person WHERE id = :id

-- name: all_person
SELECT * FROM person ORDER BY id

-- name: insert_membership
INSERT INTO membership (person, household, start, until)
VALUES (:person, :household, :start, :until) ON CONFLICT DO NOTHING

-- name: find_membership
SELECT * FROM membership WHERE person = :person AND household = :household AND start = :start

-- name: all_membership
SELECT * FROM membership ORDER BY person, household, start

-- name: insert_obligation
INSERT INTO obligation (obligor, person)
VALUES (:obligor, :person) ON CONFLICT DO NOTHING

-- name: find_obligation
SELECT * FROM obligation WHERE obligor = :obligor AND person = :person

-- name: all_obligation
SELECT * FROM obligation ORDER BY obligor, person

-- name: insert_obligors_known
INSERT INTO obligors_known (person)
VALUES (:person) ON CONFLICT DO NOTHING

-- name: find_obligors_known
SELECT * FROM obligors_known WHERE person = :person

-- name: all_obligors_known
SELECT * FROM obligors_known ORDER BY person

-- name: insert_parentage
INSERT INTO parentage (parent, child)
VALUES (:parent, :child) ON CONFLICT DO NOTHING

-- name: find_parentage
SELECT * FROM parentage WHERE parent = :parent AND child = :child

-- name: all_parentage
SELECT * FROM parentage ORDER BY parent, child

-- name: insert_event
INSERT INTO event (id, household, person)
VALUES (:id, :household, :person) ON CONFLICT DO NOTHING

-- name: find_event
SELECT * FROM event WHERE id = :id

-- name: all_event
SELECT * FROM event ORDER BY id

-- name: insert_record
INSERT INTO record (id, kind, about, source, as_of, received, state, batch, facts)
VALUES (:id, :kind, :about, :source, :as_of, :received, :state, :batch, :facts) ON CONFLICT DO NOTHING

-- name: find_record
SELECT * FROM record WHERE id = :id

-- name: all_record
SELECT * FROM record ORDER BY id

-- name: insert_aid
INSERT INTO aid (policy, "to", start, until, amount_fen, giver, source, id, household, batch)
VALUES (:policy, :to, :start, :until, :amount_fen, :giver, :source, :id, :household, :batch) ON CONFLICT DO NOTHING

-- name: find_aid
SELECT * FROM aid WHERE id = :id

-- name: all_aid
SELECT * FROM aid ORDER BY id

-- name: insert_application
INSERT INTO application (policy, outcome, date, "to", reason, id, household)
VALUES (:policy, :outcome, :date, :to, :reason, :id, :household) ON CONFLICT DO NOTHING

-- name: find_application
SELECT * FROM application WHERE id = :id

-- name: all_application
SELECT * FROM application ORDER BY id

-- name: insert_need
INSERT INTO need (type, "of", severity, state, source, as_of, id, household)
VALUES (:type, :of, :severity, :state, :source, :as_of, :id, :household) ON CONFLICT DO NOTHING

-- name: find_need
SELECT * FROM need WHERE id = :id

-- name: all_need
SELECT * FROM need ORDER BY id
