"""Tags of media: short words without duplicates, in the order given."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from ...errors import FieldProblem, Invalid
from ...messages import message as _
from ...models import Media, MediaTag
from .. import names

MAX_TAGS, MAX_TAG = 16, 32


@dataclass(frozen=True, slots=True)
class TagChange:
    """A change of tags: all are removed if `clears`, else those in `delete`.

    Then those in `add` are appended, unless they are still there.
    """

    add: Sequence[str] = ()
    delete: Collection[str] = ()
    clears: bool = False

    def problems(self) -> list[FieldProblem]:
        """Everything wrong with the change itself, whatever tags there are."""
        added = _without_duplicates(self.add)
        words = _("Use tags of 1 to %(max)s characters.", max=MAX_TAG)
        problems = _too_many(added)
        for index, tag in enumerate(added):
            if not 1 <= len(tag) <= MAX_TAG:
                problems.append(FieldProblem(f"tags.{index}", "out_of_range", words))
            elif problem := names.problem_of_tag(tag):
                problems.append(FieldProblem(f"tags.{index}", "invalid_tag", problem))
        return problems


def change_tags(*, media: Media, wanted: TagChange) -> None:
    """Apply the change to the current tags. Raises `Invalid` if there would be too many.

    Call in a transaction that has written to the media's own row, so that of two changes at once
    neither undoes the other.
    """
    rows = MediaTag.objects.filter(media=media)
    before = [] if wanted.clears else [row.name for row in rows]
    deleted = {*wanted.delete, *map(names.normalised, wanted.delete)}
    after = _without_duplicates([*(tag for tag in before if tag not in deleted), *wanted.add])
    if problems := _too_many(after):
        raise Invalid(problems)
    rows.delete()
    MediaTag.objects.bulk_create(MediaTag(media=media, name=tag) for tag in after)


def _without_duplicates(tags: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(map(names.normalised, tags)))


def _too_many(tags: Sequence[str]) -> list[FieldProblem]:
    if len(tags) <= MAX_TAGS:
        return []
    return [FieldProblem("tags", "too_many_tags", _("Use at most %(max)s tags.", max=MAX_TAGS))]
