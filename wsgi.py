"""Where gunicorn and the `flask` command find the service."""

from app import create_app

app = create_app()
