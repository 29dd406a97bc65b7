"""Operations: health checks, statistics, the dashboard and heartbeats."""
