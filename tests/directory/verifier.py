"""`script/verify-rotation`, as a module."""

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

PROGRAM = Path(__file__).parents[2] / "script" / "verify-rotation"


def loaded():
    """Return the program, not run, and without a compiled copy of it beside it."""
    loader = SourceFileLoader("verify_rotation", str(PROGRAM))
    module = module_from_spec(spec_from_loader(loader.name, loader))
    exec(compile(PROGRAM.read_bytes(), str(PROGRAM), "exec"), module.__dict__)
    return module


program = loaded()
