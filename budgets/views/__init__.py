"""Pages of the money that join no project."""
