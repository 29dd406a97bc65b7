"""Messages for people: a message id that the translation catalogue knows, and its parameters.

Import `message` as `_`, so that makemessages finds the id. Nothing here needs Django: the video
core makes messages too, and a child process sends them as JSON. `translation.translate` puts one
into the reader's language; `str` is English.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, Union

MAX_CHARS = 4096
Param: TypeAlias = Union[str, int, float, "Message"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message id with a `%(name)s` for each of `params`; without any, the id is the text."""

    id: str
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        return self.id % self.params if self.params else self.id

    def __bool__(self) -> bool:
        return bool(self.id)

    def is_sound(self) -> bool:
        """Whether this can be rendered and is short when it is: for one that came from outside."""
        values = self.params.values()
        if not isinstance(self.id, str) or not all(isinstance(v, _PARAM_TYPES) for v in values):
            return False
        rest = self.id
        for name in self.params:
            rest = rest.replace(f"%({name})s", "")
        is_formatted = not self.params or "%" not in rest.replace("%%", "")
        nested = (value for value in values if isinstance(value, Message))
        return is_formatted and self._length() <= MAX_CHARS and all(m.is_sound() for m in nested)

    def _length(self) -> int:
        """Of the text in English, and at least that; nothing is rendered for it."""
        return len(self.id) + sum(
            self.id.count(f"%({name})s")
            * (value._length() if isinstance(value, Message) else len(str(value)))
            for name, value in self.params.items()
        )

    def params_json(self) -> dict[str, Any]:
        """The parameters as JSON can carry them; `of` reads them again."""
        return {
            name: value.to_json() if isinstance(value, Message) else value
            for name, value in self.params.items()
        }

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "params": self.params_json()}

    @classmethod
    def of(cls, msgid: str, params: Mapping[str, Any]) -> Message:
        """From an id and what `params_json` gave."""
        return cls(
            msgid,
            {
                name: cls.from_json(value) if isinstance(value, Mapping) else value
                for name, value in params.items()
            },
        )

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Message:
        return cls.of(data["id"], data["params"])


_PARAM_TYPES = (str, int, float, Message)


NO_MESSAGE = Message("")


def message(msgid: str, /, **params: Param) -> Message:
    """Mark `msgid` for translation and give it its parameters."""
    return Message(msgid, params)


def joined(messages: Sequence[Message]) -> Message:
    """Several messages as one, each translated for itself."""
    if len(messages) == 1:
        return messages[0]
    names = [str(number) for number in range(len(messages))]
    return Message(
        " ".join(f"%({name})s" for name in names), dict(zip(names, messages, strict=True))
    )
