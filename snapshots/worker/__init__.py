"""Parts of `manage.py worker`: a supervisor, the cluster as its child, threads for HTTP out."""
