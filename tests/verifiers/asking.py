"""Sets the verifiers up in instance/verifiers, once for each version of what they need, and asks them."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

HERE = Path(__file__).parent
PLACE = HERE.parents[1] / "instance" / "verifiers"
NEEDS = ("requirements.txt", "requirements-hosted.txt", "package.json", "package-lock.json")
#: The official schema lies among the tests of openbadgeslib, in its source on PyPI.
SCHEMA = PLACE / "ob_v3p0_achievementcredential_schema.json"
#: Where one of them looks for the official schema.
SCHEMA_AT = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
SETUP_MAX_S = 600
ASKING_MAX_S = 300


class Verifiers:
    """Asks them all; `documents` is what they find at which address: (type, text)."""

    def __init__(self, python: Path, node: Path, hosted: Path) -> None:
        self._python, self._node, self._hosted = python, node, hosted

    def verdicts(self, badges, documents):
        """Return for each badge a verdict by the name of each verifier: whether it accepts, and why not.

        A badge is a credential as a dict, or a token as text.
        """
        found = {address: {"type": kind, "text": text} for address, (kind, text) in documents.items()}
        found[SCHEMA_AT] = {"type": "application/json", "text": SCHEMA.read_text("utf-8")}
        asked = [{"token": badge} if isinstance(badge, str) else {"json": badge} for badge in badges]
        question = json.dumps({"documents": found, "badges": asked})
        commands = ([self._node, PLACE / "check.js"], [self._python, HERE / "check.py"])
        with ThreadPoolExecutor() as side_by_side:
            by_node, by_python = side_by_side.map(lambda command: _ask(command, question), commands)
        return [{**one, **other} for one, other in zip(by_node, by_python, strict=True)]

    def hosted(self, badges, documents):
        """Return a verdict for each badge of version 2.0: (address, the holder's e-mail address)."""
        asked = [{"address": address, "email": email} for address, email in badges]
        return _ask([self._hosted, HERE / "check_hosted.py"], json.dumps({"documents": documents, "badges": asked}))


def _ask(command, question):
    done = subprocess.run(command, input=question, capture_output=True, text=True, timeout=ASKING_MAX_S)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def set_up():
    """Return the verifiers, set up first if need be. Without a network the test is skipped, but never in CI."""
    PLACE.mkdir(parents=True, exist_ok=True)
    with (PLACE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            _install()
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
            words = getattr(error, "stderr", None) or str(error)
            if os.environ.get("CI") == "true":
                raise AssertionError(f"the verifiers could not be set up: {words[-2000:]}") from error
            pytest.skip("The verifiers that others wrote could not be installed; is there a network?")
    shutil.copy(HERE / "check.js", PLACE / "check.js")
    venv, hosted = PLACE / "venv" / "bin", PLACE / "venv-hosted" / "bin"
    return Verifiers(venv / "python", venv / "node", hosted / "python")


def _install():
    digest = hashlib.sha256(b"".join((HERE / name).read_bytes() for name in NEEDS)).hexdigest()
    done = PLACE / "made-of"
    if done.exists() and done.read_text() == digest and SCHEMA.exists():
        return
    for name in NEEDS:
        shutil.copy(HERE / name, PLACE / name)
    venv = PLACE / "venv"
    _install_python(venv, "-r", PLACE / "requirements.txt")
    _install_python(PLACE / "venv-hosted", "--no-deps", "-r", PLACE / "requirements-hosted.txt")
    _take_schema(venv)
    path = f"{venv / 'bin'}{os.pathsep}{os.environ['PATH']}"
    npm = [venv / "bin" / "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    # Node trusts what this system trusts, as Python does, and not its own list alone.
    trusted = ssl.get_default_verify_paths().cafile
    _run(npm, env={"NODE_EXTRA_CA_CERTS": trusted or "", **os.environ, "PATH": path})
    done.write_text(digest)


def _install_python(venv, *what):
    _run([sys.executable, "-m", "venv", "--clear", venv])
    pip = [venv / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    _run([*pip, *what])


def _take_schema(venv):
    """Take the official schema out of the source of openbadgeslib, in the version that is installed."""
    version = re.search(r"^openbadgeslib\[ldp\]==(\S+)", (PLACE / "requirements.txt").read_text(), re.M)[1]
    pip = [venv / "bin" / "python", "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    _run([*pip, "--no-binary", "openbadgeslib", f"openbadgeslib=={version}"])
    packed = PLACE / f"openbadgeslib-{version}.tar.gz"
    with tarfile.open(packed) as source:
        (member,) = (each for each in source.getmembers() if each.name.endswith(SCHEMA.name))
        SCHEMA.write_bytes(source.extractfile(member).read())
    packed.unlink()


def _run(command, **more):
    subprocess.run(command, cwd=PLACE, check=True, capture_output=True, text=True, timeout=SETUP_MAX_S, **more)
