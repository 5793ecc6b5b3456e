// Findings (graph/findings.py): `content` is the whole finding; relations lead to what it shows.

// name: findings
UNWIND $prefixes AS prefix
MATCH (f:Finding) WHERE f.place STARTS WITH prefix AND f.place STARTS WITH $place AND f.key > $after
  AND (size($kinds) = 0 OR f.kind IN $kinds) AND NOT f.kind IN $but
  AND (size($states) = 0 OR f.state IN $states)
  AND ($household IS NULL OR f.household = $household)
RETURN f.content AS content ORDER BY f.key LIMIT $limit

// One writer of findings at a time: the SET takes the lock before anything is read.
// name: lock_findings
MATCH (s:ZhaorenStore {id: 'zhaoren'}) SET s.finding_turns = coalesce(s.finding_turns, 0) + 1

// name: findings_of
MATCH (f:Finding) WHERE f.household IN $households RETURN f.content AS content

// name: finding
MATCH (f:Finding {key: $key}) RETURN f.content AS content

// name: all_findings
MATCH (f:Finding) RETURN f.content AS content ORDER BY f.key

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
  MATCH (r:Record {id: id}) MERGE (f)-[:SHOWS]->(r)
}
CALL (f, row) {
  UNWIND row.evidence AS id
  MATCH (a:AidRecord {id: id}) MERGE (f)-[:SHOWS]->(a)
}
CALL (f, row) {
  UNWIND row.evidence AS id
  MATCH (n:Need {id: id}) MERGE (f)-[:SHOWS]->(n)
}
CALL (f, row) {
  UNWIND row.evidence AS id
  MATCH (q:Application {id: id}) MERGE (f)-[:SHOWS]->(q)
}
RETURN count(f) AS n
