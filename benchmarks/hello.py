"""The least that Flask can answer: what the benchmark of serving compares with."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def hello() -> str:
    """Greet."""
    return "Hello"
