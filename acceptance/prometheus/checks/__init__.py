"""Checks of rules, dashboards and documents."""
