"""The pages of media items: list, page, upload, frame picker, bulk actions."""
