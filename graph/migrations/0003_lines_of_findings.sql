-- What a look compares a kept finding by; an empty text differs from anything.

ALTER TABLE finding ADD COLUMN seen_on TEXT NOT NULL DEFAULT '';
ALTER TABLE finding ADD COLUMN digest TEXT NOT NULL DEFAULT '';
