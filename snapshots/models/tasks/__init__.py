"""Rows of the work: tasks, their operations and snapshots, procedures, pulls by URL."""
