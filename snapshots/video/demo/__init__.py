"""The demo library's generated clips."""
