"""The one list on pages: the working order, and the lists adopted from it."""
