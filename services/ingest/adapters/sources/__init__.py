"""Sources as files and folders hold them."""
