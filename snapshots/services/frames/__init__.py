"""Frames on request: listing them, previews, and decoding in the sandbox."""
