"""Pages as people read them."""

import html


def words(page: str) -> str:
    """Return the page with each run of white space as one blank, and characters for entities."""
    return html.unescape(" ".join(page.split()))
