"""Plain HTTP: files, resumable uploads, health checks, metrics, and middleware."""
