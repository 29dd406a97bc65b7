"""Rows of the work: tasks, their operations and snapshots, saved procedures, pulls by URL."""
