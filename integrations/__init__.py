"""Programs: bots, tokens, webhooks, what moves in and out. They call access and actions, as pages do."""
