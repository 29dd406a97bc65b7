"""django-q's queue in a table of PostgreSQL, for clusters on any number of hosts."""

from __future__ import annotations

from time import sleep

from django.db import DatabaseError, transaction
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf, logger
from django_q.models import OrmQ

_PAUSE_S = 1.0


class Broker(ORM):  # type: ignore[misc]  # the library is untyped
    """The stock broker without races: each cluster takes a wake-up that no other is taking.

    It also survives a restart of the database, which ends the stock broker's process.
    """

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Wake-ups that are this cluster's for `retry` seconds; waits when there are none."""
        try:
            wake_ups = self._take()
        except DatabaseError:
            logger.warning("The database does not answer; asking again", exc_info=True)
            sleep(_PAUSE_S)
            return None
        if not wake_ups:
            sleep(Conf.POLL)
        return [(wake_up.pk, wake_up.payload) for wake_up in wake_ups]

    def delete(self, task_id: int) -> None:
        """Acknowledge a wake-up. One whose receipt is lost is run twice, which does no harm."""
        try:
            super().delete(task_id)
        except DatabaseError:
            logger.warning("The database does not answer; a receipt is lost", exc_info=True)

    def _take(self) -> list[OrmQ]:
        table = self.get_connection()  # outside the transaction: it drops a dead connection
        with transaction.atomic(using=Conf.ORM):
            free = table.filter(key=self.list_key, lock__lt=timezone.now())
            wake_ups = list(free.select_for_update(skip_locked=True).order_by("pk")[: Conf.BULK])
            if wake_ups:
                keys = [wake_up.pk for wake_up in wake_ups]
                table.filter(pk__in=keys).update(lock=self.timeout(None))
        return wake_ups
