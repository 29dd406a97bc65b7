"""Work of the workers: the pipeline, downloads, lease keeping, the sweeper."""
