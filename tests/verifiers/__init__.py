"""Verifiers of badges that others wrote, and how to ask them. They come from their packages when tests first run."""
