"""What is checked, part by part of the page."""
