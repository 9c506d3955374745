"""What programs say in a room by HTTP: read here, and posted by integrations/actions/hooks.py."""
