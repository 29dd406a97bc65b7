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
    """The stock one, but clusters do not race for a ring: each takes one that nobody is taking.

    It also outlives a restart of the database, where the stock one takes its process along.
    """

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Rings that are this cluster's until `retry` seconds have passed; waits when there are
        none.
        """
        try:
            rings = self._take()
        except DatabaseError:
            logger.warning("The database does not answer; asking again", exc_info=True)
            sleep(_PAUSE_S)
            return None
        if not rings:
            sleep(Conf.POLL)
        return [(ring.pk, ring.payload) for ring in rings]

    def delete(self, task_id: int) -> None:
        """A receipt that is lost means that a ring is answered twice, which does no harm."""
        try:
            super().delete(task_id)
        except DatabaseError:
            logger.warning("The database does not answer; a receipt is lost", exc_info=True)

    def _take(self) -> list[OrmQ]:
        table = self.get_connection()  # outside the transaction: it drops a dead connection
        with transaction.atomic(using=Conf.ORM):
            free = table.filter(key=self.list_key, lock__lt=timezone.now())
            rings = list(free.select_for_update(skip_locked=True).order_by("pk")[: Conf.BULK])
            if rings:
                table.filter(pk__in=[ring.pk for ring in rings]).update(lock=self.timeout(None))
        return rings
