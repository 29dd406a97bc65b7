"""`python -m tests.manage`: manage.py on the tests' settings, so that no data folder is made."""

import os
import sys

if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
