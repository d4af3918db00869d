"""The partner console's part for the directory: the experts, the page, and what new requirements would do."""

from flask import Blueprint

from directory.console import demand, effects, experts, page, pool, use_cases
from directory.console.drafts import page_drafts
from partners.console.blueprint import register_drafts

blueprint = Blueprint("directory_console", __name__, url_prefix="/console/<partner>")
blueprint.register_blueprint(demand.blueprint)
blueprint.register_blueprint(effects.blueprint)
blueprint.register_blueprint(experts.blueprint)
blueprint.register_blueprint(page.blueprint)
blueprint.register_blueprint(pool.blueprint)
blueprint.register_blueprint(use_cases.blueprint)
blueprint.record(lambda setup: register_drafts(setup.app, page_drafts))
