"""Plain HTTP: files out."""
