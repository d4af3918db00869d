"""The partner console's part for the directory: the experts, and the page."""

from flask import Blueprint

from directory.console import experts, page

blueprint = Blueprint("directory_console", __name__, url_prefix="/console/<partner>")
blueprint.register_blueprint(experts.blueprint)
blueprint.register_blueprint(page.blueprint)
