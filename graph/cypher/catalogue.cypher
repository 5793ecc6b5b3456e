// name: set_catalogue_version
MATCH (s:ZhaorenStore) SET s.catalogue_version = $version

// name: clear_catalogue
MATCH (n:Catalogue) DETACH DELETE n

// name: insert_catalogue_nodes
UNWIND $rows AS row
CREATE (n:Catalogue:$(row.label))
SET n = row.properties
SET n.uid = row.uid, n.node_label = row.label, n.node_key = row.key

// name: insert_catalogue_edges
UNWIND $rows AS row
MATCH (a:Catalogue {uid: row.start})
MATCH (b:Catalogue {uid: row.end})
CREATE (a)-[r:$(row.type)]->(b)
SET r = row.properties

// name: catalogue_nodes
MATCH (n:Catalogue)
RETURN n.node_label AS label, n.node_key AS key, properties(n) AS properties

// name: catalogue_edges
MATCH (a:Catalogue)-[r]->(b:Catalogue)
RETURN type(r) AS type, a.node_label AS start_label, a.node_key AS start,
  b.node_label AS end_label, b.node_key AS end,
  properties(r) AS properties
