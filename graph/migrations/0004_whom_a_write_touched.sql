-- Whom a write was about, in its trace; entries that an earlier version wrote say nothing of it.

ALTER TABLE audit ADD COLUMN touched TEXT;
