"""MediaHub's one app: media, templates, tasks, and the interfaces that lead to them."""
