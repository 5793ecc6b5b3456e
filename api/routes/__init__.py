"""The JSON API under `/api/v1`: one file a user group, each handler a few lines over a use case."""
