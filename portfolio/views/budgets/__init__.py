"""A project's budget on pages: what it costs, the money behind it, the signature."""
