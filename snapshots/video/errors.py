"""What can go wrong with a video, as codes that travel unchanged to every interface."""

from __future__ import annotations

from ..messages import Message


class VideoError(Exception):
    """A refusal or failure with a stable `code` and a message for the user.

    Codes: `no_video`, `unreadable`, `unsupported`, `too_large`, `invalid_time_point`,
    `time_out_of_range`, `frame_unavailable`, `timeout`, `out_of_memory`, `decoder_crashed`.
    """

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
