"""What a worker does: the pipeline, downloads, leases, and sweeping up lost work."""
