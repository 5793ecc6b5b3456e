-- The first schema. Columns of people are the fields of the models (graph/kinds.py).
-- Foreign keys are deferred: the store checks references itself and answers before a commit would.

CREATE TABLE store (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    installation TEXT NOT NULL,
    catalogue_version TEXT,
    demo_day TEXT
) STRICT;

CREATE TABLE batch (
    id TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    as_of TEXT NOT NULL,
    received TEXT NOT NULL,
    covers_facts TEXT NOT NULL,
    covers_aid TEXT NOT NULL,
    covers_places TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE batch_place (
    prefix TEXT NOT NULL,
    batch TEXT NOT NULL REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (prefix, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE household (
    id TEXT PRIMARY KEY,
    place TEXT NOT NULL,
    address TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX household_place ON household (place, id);

CREATE TABLE person (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    id_number TEXT,
    phone TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE membership (
    person TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    household TEXT NOT NULL REFERENCES household (id) DEFERRABLE INITIALLY DEFERRED,
    start TEXT NOT NULL,
    until TEXT,
    PRIMARY KEY (person, household, start)
) STRICT, WITHOUT ROWID;
CREATE INDEX membership_household ON membership (household, start, person);

CREATE TABLE obligation (
    obligor TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    person TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (obligor, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX obligation_person ON obligation (person);

CREATE TABLE obligors_known (
    person TEXT PRIMARY KEY REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;

CREATE TABLE parentage (
    parent TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    child TEXT NOT NULL REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;
CREATE INDEX parentage_child ON parentage (child);

CREATE TABLE event (
    id TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (id) DEFERRABLE INITIALLY DEFERRED,
    person TEXT REFERENCES person (id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX event_household ON event (household);

CREATE TABLE record (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('household', 'person', 'event')),
    about TEXT NOT NULL,
    source TEXT NOT NULL,
    as_of TEXT NOT NULL,
    received TEXT NOT NULL,
    state TEXT NOT NULL,
    batch TEXT REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
    facts TEXT NOT NULL
) STRICT;
CREATE INDEX record_about ON record (kind, about);

CREATE TABLE aid (
    id TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (id) DEFERRABLE INITIALLY DEFERRED,
    policy TEXT NOT NULL,
    "to" TEXT NOT NULL,
    start TEXT NOT NULL,
    until TEXT,
    amount_fen INTEGER,
    giver TEXT,
    source TEXT,
    batch TEXT REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED
) STRICT, WITHOUT ROWID;
CREATE INDEX aid_household ON aid (household);

CREATE TABLE application (
    id TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (id) DEFERRABLE INITIALLY DEFERRED,
    policy TEXT NOT NULL,
    outcome TEXT NOT NULL,
    date TEXT NOT NULL,
    "to" TEXT NOT NULL,
    reason TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX application_household ON application (household);

CREATE TABLE need (
    id TEXT PRIMARY KEY,
    household TEXT NOT NULL REFERENCES household (id) DEFERRABLE INITIALLY DEFERRED,
    type TEXT NOT NULL,
    "of" TEXT NOT NULL,
    severity INTEGER CHECK (severity BETWEEN 0 AND 4),
    state TEXT NOT NULL,
    source TEXT,
    as_of TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX need_household ON need (household);

CREATE TABLE catalogue_node (
    label TEXT NOT NULL,
    key TEXT NOT NULL,
    properties TEXT NOT NULL,
    PRIMARY KEY (label, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE catalogue_edge (
    type TEXT NOT NULL,
    start_label TEXT NOT NULL,
    start TEXT NOT NULL,
    end_label TEXT NOT NULL,
    "end" TEXT NOT NULL,
    properties TEXT NOT NULL,
    PRIMARY KEY (type, start_label, start, end_label, "end", properties)
) STRICT, WITHOUT ROWID;

CREATE TABLE user (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    scope TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    active INTEGER NOT NULL CHECK (active IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY,
    user TEXT NOT NULL REFERENCES user (id) DEFERRABLE INITIALLY DEFERRED,
    started TEXT NOT NULL,
    last_seen TEXT NOT NULL,
    csrf TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE idempotency_key (
    key_hash TEXT PRIMARY KEY,
    body_hash TEXT NOT NULL,
    attempt TEXT NOT NULL,
    result TEXT,
    at TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    chain TEXT NOT NULL,
    seq INTEGER NOT NULL CHECK (seq >= 1),
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    resource TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    purpose TEXT NOT NULL,
    decision TEXT NOT NULL,
    result_count INTEGER NOT NULL,
    key_hash TEXT,
    prev TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

-- Nothing rewrites the trace, a record, or the ledger.
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER record_no_update BEFORE UPDATE ON record
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER record_no_delete BEFORE DELETE ON record
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER aid_no_update BEFORE UPDATE ON aid
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER aid_no_delete BEFORE DELETE ON aid
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER application_no_update BEFORE UPDATE ON application
BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER application_no_delete BEFORE DELETE ON application
BEGIN SELECT RAISE(ABORT, 'append only'); END;
