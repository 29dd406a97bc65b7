"""The cost of the site around decoding: tasks, API calls, pages, a large database."""
