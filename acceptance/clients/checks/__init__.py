"""Checks of the HTTP API."""
