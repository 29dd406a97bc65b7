"""Rows and querysets of workers: leases and heartbeats."""
