"""The pages (页面): a handler fetches, a view says it in words, a template shows it."""
