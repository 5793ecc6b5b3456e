// Findings get the properties `seen_on` and `digest` when they are written; no index needs them.
