-- name: find_key
SELECT key_hash, body_hash, attempt, result FROM idempotency_key WHERE key_hash = :key_hash

-- name: claim_key
INSERT INTO idempotency_key (key_hash, body_hash, attempt, result, at)
VALUES (:key_hash, :body_hash, :attempt, :result, :at) ON CONFLICT DO NOTHING

-- name: chain_head
SELECT seq, hash FROM audit WHERE chain = :chain ORDER BY seq DESC LIMIT 1

-- name: append_audit
INSERT INTO audit (chain, seq, at, actor, role, action, resource, resource_id, purpose, decision,
    result_count, key_hash, touched, prev, hash)
VALUES (:chain, :seq, :at, :actor, :role, :action, :resource, :resource_id, :purpose, :decision,
    :result_count, :key_hash, :touched, :prev, :hash)

-- name: audit_entries
SELECT * FROM audit ORDER BY chain, seq

-- From chain to chain along the key: as many steps as chains, not as entries.
-- name: chain_heads
WITH RECURSIVE chains (chain) AS (
    SELECT min(chain) FROM audit
    UNION ALL
    SELECT (SELECT min(chain) FROM audit WHERE chain > chains.chain)
    FROM chains WHERE chains.chain IS NOT NULL
)
SELECT chain, (SELECT max(seq) FROM audit WHERE audit.chain = chains.chain) AS seq
FROM chains WHERE chain IS NOT NULL

-- An entry that says nothing of whom: a decision, or a write of a version that did not say.
-- name: writes_between
SELECT audit.* FROM json_each(:parts) AS part
JOIN audit ON chain = part.value ->> 'chain'
    AND seq > part.value ->> 'after' AND seq <= part.value ->> 'until'
WHERE touched <> '{}' OR (touched IS NULL AND decision = 'allow'
    AND (key_hash IS NOT NULL OR action = 'decide_finding'))
ORDER BY chain, seq

-- name: put_user
INSERT INTO user (id, name, role, scope, password_hash, active)
VALUES (:id, :name, :role, :scope, :password_hash, :active)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, scope = excluded.scope,
    password_hash = excluded.password_hash, active = excluded.active

-- name: user
SELECT * FROM user WHERE id = :id

-- name: users
SELECT * FROM user ORDER BY id

-- name: put_session
INSERT INTO session (token_hash, user, started, last_seen, csrf)
VALUES (:token_hash, :user, :started, :last_seen, :csrf)
ON CONFLICT (token_hash) DO UPDATE SET user = excluded.user, started = excluded.started,
    last_seen = excluded.last_seen, csrf = excluded.csrf

-- name: session
SELECT * FROM session WHERE token_hash = :token_hash

-- name: touch_session
UPDATE session SET last_seen = :seen WHERE token_hash = :token_hash

-- name: drop_session
DELETE FROM session WHERE token_hash = :token_hash

-- name: create_store
INSERT INTO store (id, installation) VALUES (1, :installation)

-- name: meta
SELECT installation, catalogue_version, demo_day FROM store WHERE id = 1

-- name: set_demo_day
UPDATE store SET demo_day = :day WHERE id = 1

-- name: set_catalogue_version
UPDATE store SET catalogue_version = :version WHERE id = 1

-- name: clear_catalogue_edges
DELETE FROM catalogue_edge

-- name: clear_catalogue_nodes
DELETE FROM catalogue_node

-- name: insert_catalogue_node
INSERT INTO catalogue_node (label, key, properties) VALUES (:label, :key, :properties)

-- name: insert_catalogue_edge
INSERT INTO catalogue_edge (type, start_label, start, end_label, "end", properties)
VALUES (:type, :start_label, :start, :end_label, :end, :properties)

-- name: catalogue_nodes
SELECT label, key, properties FROM catalogue_node ORDER BY label, key

-- name: catalogue_edges
SELECT type, start_label, start, end_label, "end", properties FROM catalogue_edge
ORDER BY type, start_label, start, end_label, "end", properties
