// name: find_key
MATCH (k:IdempotencyKey {key_hash: $key_hash})
RETURN k.key_hash AS key_hash, k.body_hash AS body_hash, k.attempt AS attempt, k.result AS result

// The first step of a write: the node's lock makes a second write with the same key wait.
// name: claim_key
MERGE (k:IdempotencyKey {key_hash: $row.key_hash}) ON CREATE SET k = $row
RETURN k.claim = $row.claim AS is_new, k.key_hash AS key_hash, k.body_hash AS body_hash, k.attempt AS attempt, k.result AS result

// The SET takes the write lock before the head is read.
// name: chain_head
MERGE (c:AuditChain {id: $chain}) ON CREATE SET c.seq = 0, c.hash = $genesis, c.turns = 0
SET c.turns = c.turns + 1
RETURN c.seq AS seq, c.hash AS hash

// name: append_audit
MATCH (c:AuditChain {id: $row.chain})
CREATE (e:AuditEntry) SET e = $row
SET c.seq = $row.seq, c.hash = $row.hash

// name: audit_entries
MATCH (e:AuditEntry) RETURN e {.*} AS row ORDER BY e.chain, e.seq

// name: chain_heads
MATCH (c:AuditChain) RETURN c.id AS chain, c.seq AS seq

// An entry that says nothing of whom: a decision, or a write of a version that did not say.
// name: writes_between
UNWIND $parts AS part
UNWIND range(part.after + 1, part.until) AS seq
MATCH (e:AuditEntry {key: part.chain + '|' + toString(seq)})
WHERE e.touched <> '{}' OR (e.touched IS NULL AND e.decision = 'allow'
  AND (e.key_hash IS NOT NULL OR e.action = 'decide_finding'))
RETURN e {.*} AS row ORDER BY e.chain, e.seq

// name: put_user
MERGE (u:User {id: $row.id}) SET u = $row

// name: user
MATCH (u:User {id: $id}) RETURN u {.*} AS row

// name: users
MATCH (u:User) RETURN u {.*} AS row ORDER BY u.id

// name: put_session
MERGE (s:Session {token_hash: $row.token_hash}) SET s = $row

// name: session
MATCH (s:Session {token_hash: $token_hash}) RETURN s {.*} AS row

// name: touch_session
MATCH (s:Session {token_hash: $token_hash}) SET s.last_seen = $seen

// name: drop_session
MATCH (s:Session {token_hash: $token_hash}) DETACH DELETE s
