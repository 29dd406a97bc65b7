"""What `manage.py worker` runs: a supervisor, the cluster as its child, and threads beside it."""
