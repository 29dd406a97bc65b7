"""Cover candidates and suggestions: scoring frames for their use as a cover."""
