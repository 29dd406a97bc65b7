"""The tus 1.0 protocol: resumable uploads over HTTP."""
