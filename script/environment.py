"""Sets up .venv with what one requirements file asks for, unless that is there already.

Needs Python's standard library alone. Two at once wait for each other, and what was interrupted is made anew.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.lifeline import die_with_parent  # noqa: E402 - found only now

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNFINISHED = VENV / "laurel-unfinished"
MADE_FOR = VENV / "laurel-made-for"

# What each set of packages is made of, the smallest first; the larger ones hold the smaller.
FILES = {
    "requirements.txt": ("constraints.txt", "requirements.txt"),
    "requirements-dev.txt": ("constraints.txt", "requirements.txt", "requirements-dev.txt"),
}


class SetupError(Exception):
    """The environment cannot be set up; the message says why and what to do."""


def main(requirements: str) -> int:
    """Set up what `requirements` asks for. Returns an exit status."""
    die_with_parent(signal.SIGTERM)()
    try:
        with alone():
            if not is_set_up(requirements):
                set_up(requirements)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


@contextmanager
def alone() -> Iterator[None]:
    """Wait until no other process sets up, and keep others from it. The kernel gives the lock back if we die."""
    with Path(__file__).open() as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another start is setting up .venv; waiting for it…", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def is_set_up(requirements: str) -> bool:
    """Say whether .venv holds what `requirements` asks for; a few milliseconds."""
    return stamp(requirements).exists() and PYTHON.exists() and not UNFINISHED.exists()


def stamp(requirements: str) -> Path:
    """Return the file that exists in .venv once exactly these requirements are installed."""
    digest = hashlib.sha256(made_for().encode())
    for name in FILES[requirements]:
        digest.update((ROOT / name).read_bytes())
    return VENV / f"laurel-{requirements}-{digest.hexdigest()[:16]}"


def made_for() -> str:
    """Return what an environment belongs to: it cannot be moved, nor taken over by another Python."""
    return f"Python {sys.version_info.major}.{sys.version_info.minor} in {ROOT}"


def set_up(requirements: str) -> None:
    """Make .venv if there is no usable one, and install what is missing. Raises SetupError."""
    if usable():
        print("Updating Laurel's packages in .venv…", flush=True)
    else:
        refuse_without_venv()
        print("Setting up Laurel in .venv (the first time takes about a minute)…", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if not PYTHON.exists():
        run([sys.executable, "-m", "venv", str(VENV)], "Python could not make .venv")
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    run([*install, "-r", requirements], "pip could not install Laurel's packages (is there a network?)")
    keep_stamps(requirements)
    UNFINISHED.unlink()


def usable() -> bool:
    """Say whether .venv can be built on: finished, in its place, and of a Python that is still there."""
    if UNFINISHED.exists() or (MADE_FOR.exists() and MADE_FOR.read_text() != made_for()):
        return False
    check = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0


def refuse_without_venv() -> None:
    """Raise SetupError where Python came without the modules that make environments, as Debian's does."""
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise SetupError(
            f"Python's venv module is missing from {sys.executable}: install it "
            "(Debian, Ubuntu: apt-get install python3-venv) and start again."
        )


def run(command: list[str], failure: str) -> None:
    """Run `command`, which must not outlive us. Raises SetupError beginning with `failure`."""
    result = subprocess.run(command, cwd=ROOT, preexec_fn=die_with_parent(signal.SIGTERM), check=False)
    if result.returncode != 0:
        raise SetupError(f"{failure}; its own words stand above.")


def keep_stamps(requirements: str) -> None:
    """Note what is installed now: these requirements, and every smaller set that they hold."""
    MADE_FOR.write_text(made_for())
    for old in VENV.glob("laurel-requirements*"):
        old.unlink()
    for name, files in FILES.items():
        if set(files) <= set(FILES[requirements]):
            stamp(name).touch()


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1]))
