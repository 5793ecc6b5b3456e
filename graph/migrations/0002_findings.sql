-- Findings with their state. `content` is the whole finding (graph/findings.py); the other columns
-- are what it is looked up by.

CREATE TABLE finding (
    key TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    household TEXT NOT NULL REFERENCES household (id) DEFERRABLE INITIALLY DEFERRED,
    place TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'confirmed', 'rejected', 'closed', 'reopened')),
    content TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX finding_place ON finding (place, key);
CREATE INDEX finding_household ON finding (household);

-- A finding may change its state; it is never lost.
CREATE TRIGGER finding_no_delete BEFORE DELETE ON finding
BEGIN SELECT RAISE(ABORT, 'append only'); END;
