"""`manage.py create_access_key USER`: a key for programs."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError

from snapshots.management.command import PlainCommand
from snapshots.services.security import access_keys


class Command(PlainCommand):
    help = "Make an access key. The secret is printed once and cannot be shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="The name of the user whose rights the key has.")
        parser.add_argument("--name", default="", help="What the key is for.")
        self.add_json(parser)

    def handle(self, *_: Any, **options: Any) -> None:
        users = get_user_model()
        try:
            user = users.objects.get_by_natural_key(options["user"])
        except users.DoesNotExist as error:
            raise CommandError(
                f"There is no user {options['user']}. Make one with: manage.py createsuperuser"
            ) from error
        made = access_keys.create_key(user=user, name=options["name"])
        shape = {"secret_id": made.key.secret_id, "secret_key": made.secret_key}
        if options["json"]:
            self.stdout.write(json.dumps(shape))
        else:
            self.stdout.write("\n".join(f"{name}: {value}" for name, value in shape.items()))
