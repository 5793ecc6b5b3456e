// Each row is {key, digest, values}; a row that exists with another digest is a conflict. A row
// whose ends do not exist gives no line back.

// name: insert_batch
UNWIND $rows AS row
MERGE (n:Batch {id: row.key}) ON CREATE SET n = row.values
WITH n, row
CALL (n, row) {
  UNWIND row.places AS code
  MERGE (c:CoveredPlace {code: code})
  MERGE (n)-[:COVERS]->(c)
}
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_household
UNWIND $rows AS row
MERGE (n:Household {id: row.key}) ON CREATE SET n = row.values
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_person
UNWIND $rows AS row
MERGE (n:Person {id: row.key}) ON CREATE SET n = row.values
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_membership
UNWIND $rows AS row
MATCH (p:Person {id: row.values.person})
MATCH (h:Household {id: row.values.household})
MERGE (p)-[r:MEMBER_OF {key: row.key}]->(h) ON CREATE SET r = row.values
RETURN row.key AS key, r.digest = row.digest AS same

// name: insert_obligation
UNWIND $rows AS row
MATCH (o:Person {id: row.values.obligor})
MATCH (p:Person {id: row.values.person})
MERGE (o)-[r:OBLIGED_TO {key: row.key}]->(p) ON CREATE SET r = row.values
RETURN row.key AS key, r.digest = row.digest AS same

// name: insert_obligors_known
UNWIND $rows AS row
MATCH (p:Person {id: row.key}) SET p.obligors_known = true
RETURN row.key AS key, true AS same

// name: insert_parentage
UNWIND $rows AS row
MATCH (o:Person {id: row.values.parent})
MATCH (p:Person {id: row.values.child})
MERGE (o)-[r:PARENT_OF {key: row.key}]->(p) ON CREATE SET r = row.values
RETURN row.key AS key, r.digest = row.digest AS same

// name: insert_event
UNWIND $rows AS row
MATCH (h:Household {id: row.values.household})
MERGE (n:Event {id: row.key}) ON CREATE SET n = row.values
MERGE (n)-[:OF_HOUSEHOLD]->(h)
WITH n, row
CALL (n, row) {
  MATCH (p:Person {id: row.values.person})
  MERGE (n)-[:OF_PERSON]->(p)
}
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_record
UNWIND $rows AS row
MERGE (n:Record {id: row.key}) ON CREATE SET n = row.values
WITH n, row
CALL (n, row) {
  WITH n, row WHERE row.values.kind = 'household'
  MATCH (s:Household {id: row.values.about}) MERGE (n)-[:ABOUT]->(s)
}
CALL (n, row) {
  WITH n, row WHERE row.values.kind = 'person'
  MATCH (s:Person {id: row.values.about}) MERGE (n)-[:ABOUT]->(s)
}
CALL (n, row) {
  WITH n, row WHERE row.values.kind = 'event'
  MATCH (s:Event {id: row.values.about}) MERGE (n)-[:ABOUT]->(s)
}
CALL (n, row) {
  MATCH (b:Batch {id: row.values.batch}) MERGE (b)-[:CONTAINS]->(n)
}
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_aid
UNWIND $rows AS row
MATCH (h:Household {id: row.values.household})
MERGE (n:AidRecord {id: row.key}) ON CREATE SET n = row.values
MERGE (n)-[:OF_HOUSEHOLD]->(h)
WITH n, row
CALL (n, row) {
  MATCH (p:Person {id: row.values.to}) MERGE (n)-[:OF_PERSON]->(p)
}
CALL (n, row) {
  MATCH (b:Batch {id: row.values.batch}) MERGE (b)-[:CONTAINS]->(n)
}
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_application
UNWIND $rows AS row
MATCH (h:Household {id: row.values.household})
MERGE (n:Application {id: row.key}) ON CREATE SET n = row.values
MERGE (n)-[:OF_HOUSEHOLD]->(h)
WITH n, row
CALL (n, row) {
  MATCH (p:Person {id: row.values.to}) MERGE (n)-[:OF_PERSON]->(p)
}
RETURN row.key AS key, n.digest = row.digest AS same

// name: insert_need
UNWIND $rows AS row
MATCH (h:Household {id: row.values.household})
MERGE (n:Need {id: row.key}) ON CREATE SET n = row.values
MERGE (n)-[:OF_HOUSEHOLD]->(h)
WITH n, row
CALL (n, row) {
  MATCH (p:Person {id: row.values.of}) MERGE (n)-[:OF_PERSON]->(p)
}
RETURN row.key AS key, n.digest = row.digest AS same

// name: all_batch
MATCH (n:Batch) RETURN n {.*} AS row

// name: all_household
MATCH (n:Household) RETURN n {.*} AS row

// name: all_person
MATCH (n:Person) RETURN n {.*} AS row

// name: all_membership
MATCH (:Person)-[r:MEMBER_OF]->(:Household) RETURN r {.*} AS row

// name: all_obligation
MATCH (:Person)-[r:OBLIGED_TO]->(:Person) RETURN r {.*} AS row

// name: all_obligors_known
MATCH (p:Person) WHERE p.obligors_known RETURN {person: p.id} AS row

// name: all_parentage
MATCH (:Person)-[r:PARENT_OF]->(:Person) RETURN r {.*} AS row

// name: all_event
MATCH (n:Event) RETURN n {.*} AS row

// name: all_record
MATCH (n:Record) RETURN n {.*} AS row

// name: all_aid
MATCH (n:AidRecord) RETURN n {.*} AS row

// name: all_application
MATCH (n:Application) RETURN n {.*} AS row

// name: all_need
MATCH (n:Need) RETURN n {.*} AS row
