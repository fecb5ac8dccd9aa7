"""What the wording check finds in a text."""

from problems.lint import Finding, Kind, check


def kinds(text: str, language: str = "en") -> set[Kind]:
    """Return the kinds of what is found."""
    return {finding.kind for finding in check(text, language)}


def only(text: str, kind: Kind, language: str = "en") -> Finding:
    """Return what is found of a kind, which is one thing."""
    (finding,) = [found for found in check(text, language) if found.kind == kind]
    return finding
