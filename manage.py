#!/usr/bin/env python
"""Django's command line for Parley."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_config.settings")
    try:
        from django.core.management import execute_from_command_line
        from django.db import DatabaseError
    except ImportError:
        sys.exit("Django is not installed here. Type bin/setup, then .venv/bin/python manage.py …")
    try:
        execute_from_command_line(sys.argv)
    except DatabaseError:
        from site_config import checks

        if trouble := checks.database_trouble():
            sys.exit(trouble)
        raise


if __name__ == "__main__":
    main()
