// name: household_ids
UNWIND $prefixes AS prefix
MATCH (h:Household) WHERE h.place STARTS WITH prefix
RETURN h.id AS id ORDER BY id

// name: cards
UNWIND $prefixes AS prefix
MATCH (h:Household) WHERE h.place STARTS WITH prefix AND h.id > $after
WITH h ORDER BY h.id LIMIT $limit
OPTIONAL MATCH (h)<-[m:MEMBER_OF]-(p:Person) WHERE m.until IS NULL
WITH h, m, p ORDER BY m.start, p.id
WITH h, collect(p.name) AS names
RETURN h.id AS id, h.place AS place, names[0] AS head, size(names) AS size ORDER BY id

// name: count_households
MATCH (h:Household) RETURN count(h) AS n

// name: cases
UNWIND $ids AS id
MATCH (h:Household {id: id})
RETURN [h {.*}] AS household,
  COLLECT { MATCH (h)<-[m:MEMBER_OF]-(:Person) RETURN m {.*} } AS membership,
  COLLECT {
    MATCH (h)<-[:MEMBER_OF]-(:Person)<-[o:OBLIGED_TO]-(:Person) RETURN DISTINCT o {.*}
  } AS obligation,
  COLLECT {
    MATCH (h)<-[:MEMBER_OF]-(p:Person) WHERE p.obligors_known RETURN DISTINCT {person: p.id}
  } AS obligors_known,
  COLLECT {
    MATCH (h)<-[:MEMBER_OF]-(p:Person) RETURN p {.*}
    UNION
    MATCH (h)<-[:MEMBER_OF]-(:Person)<-[:OBLIGED_TO]-(p:Person) RETURN p {.*}
  } AS person,
  COLLECT {
    MATCH (h)<-[:MEMBER_OF]-(:Person)<-[r:PARENT_OF]-(:Person) RETURN r {.*} AS row
    UNION
    MATCH (h)<-[:MEMBER_OF]-(:Person)<-[:OBLIGED_TO]-(:Person)<-[r:PARENT_OF]-(:Person)
    RETURN r {.*} AS row
  } AS parentage,
  COLLECT {
    MATCH (h)<-[:ABOUT]-(r:Record) RETURN r {.*} AS row
    UNION
    MATCH (h)<-[:MEMBER_OF]-(:Person)<-[:ABOUT]-(r:Record) RETURN r {.*} AS row
    UNION
    MATCH (h)<-[:MEMBER_OF]-(:Person)<-[:OBLIGED_TO]-(:Person)<-[:ABOUT]-(r:Record)
    RETURN r {.*} AS row
    UNION
    MATCH (h)<-[:OF_HOUSEHOLD]-(:Event)<-[:ABOUT]-(r:Record) RETURN r {.*} AS row
  } AS record,
  COLLECT { MATCH (h)<-[:OF_HOUSEHOLD]-(n:Event) RETURN n {.*} } AS event,
  COLLECT { MATCH (h)<-[:OF_HOUSEHOLD]-(n:AidRecord) RETURN n {.*} } AS aid,
  COLLECT { MATCH (h)<-[:OF_HOUSEHOLD]-(n:Application) RETURN n {.*} } AS application,
  COLLECT { MATCH (h)<-[:OF_HOUSEHOLD]-(n:Need) RETURN n {.*} } AS need,
  COLLECT {
    UNWIND range(0, size(h.place)) AS length
    MATCH (:CoveredPlace {code: left(h.place, length)})<-[:COVERS]-(b:Batch)
    RETURN DISTINCT b {.*}
  } AS batch

// name: find
RETURN
  COLLECT {
    UNWIND $households AS id MATCH (h:Household {id: id}) RETURN [id, h.place]
  } AS households,
  COLLECT {
    UNWIND $persons AS id
    MATCH (p:Person {id: id})
    RETURN [
      id,
      COLLECT { MATCH (p)-[:MEMBER_OF]->(h:Household) RETURN h.place }
      + COLLECT {
        MATCH (p)-[:OBLIGED_TO]->(:Person)-[:MEMBER_OF]->(h:Household) RETURN h.place
      }
    ]
  } AS persons,
  COLLECT {
    UNWIND $events AS id
    MATCH (:Event {id: id})-[:OF_HOUSEHOLD]->(h:Household) RETURN [id, h.place]
  } AS events,
  COLLECT { UNWIND $batches AS id MATCH (:Batch {id: id}) RETURN id } AS batches

// name: is_empty
RETURN NOT EXISTS { MATCH (n) WHERE n:Household OR n:Person OR n:Batch OR n:User OR n:Catalogue }
  AS is_empty
