// Findings (graph/findings.py): `content` is the whole finding; relations lead to what it shows.

// Of a wide scope in order of key, so that no page sorts all there is; of a narrow one by place.
// name: findings_by_key
MATCH (f:Finding) USING INDEX f:Finding(key)
WHERE f.key > $after
  AND any(prefix IN $prefixes WHERE f.place STARTS WITH prefix) AND f.place STARTS WITH $place
  AND (size($kinds) = 0 OR f.kind IN $kinds) AND NOT f.kind IN $but
  AND (size($states) = 0 OR f.state IN $states)
RETURN f.content, f.seen_on ORDER BY f.key LIMIT $limit

// name: findings_by_place
UNWIND $prefixes AS prefix
MATCH (f:Finding) USING INDEX f:Finding(place)
WHERE f.place STARTS WITH prefix AND f.place STARTS WITH $place AND f.key > $after
  AND (size($kinds) = 0 OR f.kind IN $kinds) AND NOT f.kind IN $but
  AND (size($states) = 0 OR f.state IN $states)
RETURN f.content, f.seen_on ORDER BY f.key LIMIT $limit

// name: findings_by_household
UNWIND $prefixes AS prefix
MATCH (f:Finding {household: $household}) USING INDEX f:Finding(household)
WHERE f.place STARTS WITH prefix AND f.place STARTS WITH $place AND f.key > $after
  AND (size($kinds) = 0 OR f.kind IN $kinds) AND NOT f.kind IN $but
  AND (size($states) = 0 OR f.state IN $states)
RETURN f.content, f.seen_on ORDER BY f.key LIMIT $limit

// One writer of findings at a time: the SET takes the lock before anything is read.
// name: lock_findings
MATCH (s:ZhaorenStore {id: 'zhaoren'}) SET s.finding_turns = coalesce(s.finding_turns, 0) + 1

// name: finding_lines
UNWIND $households AS id
MATCH (f:Finding {household: id}) WHERE f.kind IN $kinds
RETURN f.key, f.state, coalesce(f.digest, ''), coalesce(f.seen_on, '')

// name: findings_of
UNWIND $keys AS key
MATCH (f:Finding {key: key}) RETURN f.content, f.seen_on

// name: finding
MATCH (f:Finding {key: $key}) RETURN f.content, f.seen_on

// name: all_findings
MATCH (f:Finding) RETURN f.content, f.seen_on ORDER BY f.key

// name: see_findings
UNWIND $keys AS key
MATCH (f:Finding {key: key}) SET f.seen_on = $on

// name: put_findings
UNWIND $rows AS row
MERGE (f:Finding {key: row.values.key}) SET f = row.values
WITH f, row
CALL (f, row) {
  UNWIND row.households AS id
  MATCH (h:Household {id: id}) MERGE (f)-[:OF_HOUSEHOLD]->(h)
}
CALL (f, row) {
  UNWIND row.subjects AS id
  MATCH (p:Person {id: id}) MERGE (f)-[:SHOWS]->(p)
}
CALL (f, row) {
  UNWIND row.evidence AS id
  MATCH (shown:Record|AidRecord|Need|Application {id: id}) MERGE (f)-[:SHOWS]->(shown)
}
RETURN count(f) AS n
