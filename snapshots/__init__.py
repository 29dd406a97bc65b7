"""MediaHub's one app: media, templates, tasks, and the doors that lead to them."""
