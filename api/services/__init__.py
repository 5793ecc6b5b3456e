"""Use cases: load, think, write. No HTTP, no clock, no wording of pages."""
