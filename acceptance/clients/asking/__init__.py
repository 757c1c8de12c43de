"""What acceptance/clients/api.py asks, a module for each kind of asker."""
