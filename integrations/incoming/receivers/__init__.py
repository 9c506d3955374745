"""What other services say of what happens there: a file each, that checks, reads, and has a sample."""
