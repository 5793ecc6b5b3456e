// name: set_catalogue_version
MATCH (s:ZhaorenStore) SET s.catalogue_version = $version

// name: clear_catalogue
MATCH (n:Catalogue) DETACH DELETE n

// name: insert_catalogue_nodes
UNWIND $rows AS row
CREATE (n:Catalogue:$(row.label))
SET n = row.properties
SET n.uid = row.uid, n.label = row.label, n.key = row.key

// name: insert_catalogue_edges
UNWIND $rows AS row
MATCH (a:Catalogue {uid: row.start})
MATCH (b:Catalogue {uid: row.end})
CREATE (a)-[r:$(row.type)]->(b)
SET r = row.properties

// name: catalogue_nodes
MATCH (n:Catalogue)
RETURN n.label AS label, n.key AS key, properties(n) AS properties

// name: catalogue_edges
MATCH (a:Catalogue)-[r]->(b:Catalogue)
RETURN type(r) AS type, a.label AS start_label, a.key AS start, b.label AS end_label, b.key AS end,
  properties(r) AS properties
