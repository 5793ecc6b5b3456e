// Trace entries of writes get the property `touched` when they are written; no index needs it.
