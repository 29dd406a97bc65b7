"""Frames on request: frame lists, previews with their concurrency limit, and decoding."""
