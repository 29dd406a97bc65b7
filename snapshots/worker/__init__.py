"""What `manage.py worker` runs: a supervisor, the cluster as its child, the sender beside it."""
