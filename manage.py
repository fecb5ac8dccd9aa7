#!/usr/bin/env python
"""Groundwork's commands: `manage.py help` lists them."""

import os
import sys


def main() -> None:
    """Run the command named on the command line; a set-up mistake is one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portfolio.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db.utils import OperationalError

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as mistake:
        sys.exit(f"Groundwork cannot start. {mistake}")
    except OperationalError as failure:
        sys.exit(f"Groundwork cannot reach its database: {' '.join(str(failure).split())}")


if __name__ == "__main__":
    main()
