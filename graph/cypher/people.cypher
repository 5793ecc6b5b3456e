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

// name: household_ids_between
MATCH (h:Household) USING INDEX h:Household(id)
WHERE h.id > $after AND h.id <= $until
  AND any(prefix IN $prefixes WHERE h.place STARTS WITH prefix)
RETURN h.id AS id ORDER BY id

// A household as a tree of lists: each relation is followed once, and what the place in the tree
// says already is left out (graph/trees.py reads it, in this order).
// name: cases
UNWIND $ids AS id
MATCH (h:Household {id: id})
RETURN h.id, h.place, h.address,
  COLLECT {
    MATCH (h)<-[m:MEMBER_OF]-(p:Person)
    RETURN [m.start, m.until, p.id, p.name, p.id_number, p.phone,
      COLLECT {
        MATCH (p)<-[:ABOUT]-(r:Record)
        RETURN [r.id, r.source, r.as_of, r.received, r.state, r.batch, r.facts]
      },
      COLLECT { MATCH (p)<-[:PARENT_OF]-(q:Person) RETURN q.id },
      p.obligors_known,
      COLLECT {
        MATCH (p)<-[:OBLIGED_TO]-(o:Person)
        RETURN [o.id, o.name, o.id_number, o.phone,
          COLLECT {
            MATCH (o)<-[:ABOUT]-(r:Record)
            RETURN [r.id, r.source, r.as_of, r.received, r.state, r.batch, r.facts]
          },
          COLLECT { MATCH (o)<-[:PARENT_OF]-(q:Person) RETURN q.id }
        ]
      }
    ]
  },
  COLLECT {
    MATCH (h)<-[:ABOUT]-(r:Record)
    RETURN [r.id, r.source, r.as_of, r.received, r.state, r.batch, r.facts]
  },
  COLLECT {
    MATCH (h)<-[:OF_HOUSEHOLD]-(n:Event)
    RETURN [n.id, n.person,
      COLLECT {
        MATCH (n)<-[:ABOUT]-(r:Record)
        RETURN [r.id, r.source, r.as_of, r.received, r.state, r.batch, r.facts]
      }
    ]
  },
  COLLECT {
    MATCH (h)<-[:OF_HOUSEHOLD]-(n:AidRecord)
    RETURN [n.policy, n.to, n.start, n.until, n.amount_fen, n.giver, n.source, n.id, h.id, n.batch]
  },
  COLLECT {
    MATCH (h)<-[:OF_HOUSEHOLD]-(n:Application)
    RETURN [n.policy, n.outcome, n.date, n.to, n.reason, n.id, h.id]
  },
  COLLECT {
    MATCH (h)<-[:OF_HOUSEHOLD]-(n:Need)
    RETURN [n.type, n.of, n.severity, n.state, n.source, n.as_of, n.id, h.id]
  }

// name: covering
UNWIND $prefixes AS prefix
MATCH (:CoveredPlace {code: prefix})<-[:COVERS]-(b:Batch)
RETURN DISTINCT b.id, b.source, b.as_of, b.received, b.covers_facts, b.covers_aid, b.covers_places

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
