"""The pages at /administration/, a file a noun."""
