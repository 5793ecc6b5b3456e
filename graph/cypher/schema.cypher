// name: meta
OPTIONAL MATCH (s:ZhaorenStore {id: 'zhaoren'})
RETURN s {.*} AS row, EXISTS { MATCH (n) } AS has_nodes

// name: create_store
MERGE (s:ZhaorenStore {id: 'zhaoren'}) ON CREATE SET s.installation = $installation

// name: set_schema_version
MATCH (s:ZhaorenStore {id: 'zhaoren'}) SET s.schema_version = $version

// name: set_demo_day
MATCH (s:ZhaorenStore {id: 'zhaoren'}) SET s.demo_day = $day

// name: constraint_names
SHOW CONSTRAINTS YIELD name RETURN name

// name: online_indexes
SHOW INDEXES YIELD name, state WHERE state = 'ONLINE' RETURN name

// name: await_indexes
CALL db.awaitIndexes(120)

// name: server_version
CALL dbms.components() YIELD versions RETURN versions[0] AS version
