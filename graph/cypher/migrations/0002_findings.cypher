// Findings with their state.

// name: finding_unique
CREATE CONSTRAINT finding_unique IF NOT EXISTS
FOR (n:Finding) REQUIRE n.key IS UNIQUE

// name: finding_place
CREATE INDEX finding_place IF NOT EXISTS
FOR (n:Finding) ON (n.place)

// name: finding_household
CREATE INDEX finding_household IF NOT EXISTS
FOR (n:Finding) ON (n.household)
