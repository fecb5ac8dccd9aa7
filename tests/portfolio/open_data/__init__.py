"""Open data, read back by other people's libraries."""
