"""The REST API's views, a file for each resource."""
