"""Query helpers of several models: indexed OR-queries, advisory locks."""
