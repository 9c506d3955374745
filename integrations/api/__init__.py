"""What programs ask by HTTP, under /api/v1/: a noun a file. It calls access and actions, as the pages do."""
