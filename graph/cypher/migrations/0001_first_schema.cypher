// The first schema: one uniqueness constraint for each key of graph/schema.py, and its indexes.

// name: catalogue_unique
CREATE CONSTRAINT catalogue_unique IF NOT EXISTS
FOR (n:Catalogue) REQUIRE n.uid IS UNIQUE

// name: household_unique
CREATE CONSTRAINT household_unique IF NOT EXISTS
FOR (n:Household) REQUIRE n.id IS UNIQUE

// name: person_unique
CREATE CONSTRAINT person_unique IF NOT EXISTS
FOR (n:Person) REQUIRE n.id IS UNIQUE

// name: record_unique
CREATE CONSTRAINT record_unique IF NOT EXISTS
FOR (n:Record) REQUIRE n.id IS UNIQUE

// name: batch_unique
CREATE CONSTRAINT batch_unique IF NOT EXISTS
FOR (n:Batch) REQUIRE n.id IS UNIQUE

// name: coveredplace_unique
CREATE CONSTRAINT coveredplace_unique IF NOT EXISTS
FOR (n:CoveredPlace) REQUIRE n.code IS UNIQUE

// name: event_unique
CREATE CONSTRAINT event_unique IF NOT EXISTS
FOR (n:Event) REQUIRE n.id IS UNIQUE

// name: aidrecord_unique
CREATE CONSTRAINT aidrecord_unique IF NOT EXISTS
FOR (n:AidRecord) REQUIRE n.id IS UNIQUE

// name: application_unique
CREATE CONSTRAINT application_unique IF NOT EXISTS
FOR (n:Application) REQUIRE n.id IS UNIQUE

// name: need_unique
CREATE CONSTRAINT need_unique IF NOT EXISTS
FOR (n:Need) REQUIRE n.id IS UNIQUE

// name: user_unique
CREATE CONSTRAINT user_unique IF NOT EXISTS
FOR (n:User) REQUIRE n.id IS UNIQUE

// name: session_unique
CREATE CONSTRAINT session_unique IF NOT EXISTS
FOR (n:Session) REQUIRE n.token_hash IS UNIQUE

// name: auditentry_unique
CREATE CONSTRAINT auditentry_unique IF NOT EXISTS
FOR (n:AuditEntry) REQUIRE n.key IS UNIQUE

// name: auditchain_unique
CREATE CONSTRAINT auditchain_unique IF NOT EXISTS
FOR (n:AuditChain) REQUIRE n.id IS UNIQUE

// name: idempotencykey_unique
CREATE CONSTRAINT idempotencykey_unique IF NOT EXISTS
FOR (n:IdempotencyKey) REQUIRE n.key_hash IS UNIQUE

// name: zhaorenstore_unique
CREATE CONSTRAINT zhaorenstore_unique IF NOT EXISTS
FOR (n:ZhaorenStore) REQUIRE n.id IS UNIQUE

// name: member_of_unique
CREATE CONSTRAINT member_of_unique IF NOT EXISTS
FOR ()-[r:MEMBER_OF]-() REQUIRE r.key IS UNIQUE

// name: obliged_to_unique
CREATE CONSTRAINT obliged_to_unique IF NOT EXISTS
FOR ()-[r:OBLIGED_TO]-() REQUIRE r.key IS UNIQUE

// name: parent_of_unique
CREATE CONSTRAINT parent_of_unique IF NOT EXISTS
FOR ()-[r:PARENT_OF]-() REQUIRE r.key IS UNIQUE

// name: household_place
CREATE INDEX household_place IF NOT EXISTS
FOR (n:Household) ON (n.place)
