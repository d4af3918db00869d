"""Where gunicorn and the `flask` command find the service."""

from app import create_app
from app.health import count
from app.recent import RecentAnswers

app = create_app()
app.wsgi_app = RecentAnswers(app.wsgi_app, count)  # type: ignore[method-assign]  # Flask's own way to put something before
