"""Checks of the page, one module per section."""
