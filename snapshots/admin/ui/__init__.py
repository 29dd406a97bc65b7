"""What the console's pages share: formatting, filters, forms, permissions, pagination."""
