"""The scripts on machines that lack something, and what they leave behind: nothing."""

from __future__ import annotations

import os
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def tree(tmp_path):
    """A checkout with the scripts, no .venv, and nothing to install: so no network is needed."""
    checkout = tmp_path / "a checkout"
    for folder in ("script", "core"):
        shutil.copytree(ROOT / folder, checkout / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (checkout / name).touch()
    return checkout


def run(command, cwd=ROOT, **environ):
    """Run a script with nothing but these environment variables."""
    return subprocess.run([*map(str, command)], cwd=cwd, env=environ, capture_output=True, text=True, timeout=120)


def program(path, *lines):
    """Write a small shell program."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines]))
    path.chmod(0o755)


def the_sentence(done):
    """Return the one line that a failed script said on standard error."""
    assert done.returncode == 1, done.stdout + done.stderr
    (sentence,) = done.stderr.splitlines()
    return sentence


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


# --- what a machine may lack -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", ["server", "test"])
def test_without_python_the_script_says_what_to_install(tree, script):
    sentence = the_sentence(run([tree / "script" / script], PATH=""))

    assert "needs Python 3.11 or newer, but here there is no python3" in sentence
    assert "apt-get install python3 python3-venv" in sentence


@pytest.mark.parametrize("script", ["server", "test"])
def test_an_old_python_is_named_with_its_version(tree, script):
    program(tree / "bin" / "python3", 'case "$2" in *sys.exit*) exit 1;; *) echo 3.9;; esac')

    assert "but here python3 is 3.9: install a newer one" in the_sentence(
        run([tree / "script" / script], PATH=tree / "bin")
    )


def test_a_newer_python_of_another_name_is_found(tree):
    program(tree / "bin" / "python3", "exit 1")
    program(tree / "bin" / "python3.12", 'case "$1" in -c) exit 0;; *) echo "chosen: $1" >&2; exit 1;; esac')

    assert the_sentence(run([tree / "script" / "server"], PATH=tree / "bin")) == "chosen: script/environment.py"


@pytest.mark.parametrize("missing", ["venv", "ensurepip"])
def test_a_python_without_its_venv_module_is_named_with_debians_package(tree, missing):
    (tree / "sitecustomize.py").write_text(f"import sys; sys.modules[{missing!r}] = None")
    environ = {"PATH": os.environ["PATH"], "PYTHON": sys.executable, "PYTHONPATH": str(tree)}

    sentence = the_sentence(run([tree / "script" / "server"], **environ))

    assert "venv module is missing" in sentence
    assert "apt-get install python3-venv" in sentence


def serve(tmp_path, **environ):
    """Run what script/server runs once .venv is there."""
    environ = {"PATH": os.environ["PATH"], "LAUREL_INSTANCE": str(tmp_path), "PORT": str(free_port()), **environ}
    return run([sys.executable, "-m", "app.serve"], **environ)


def test_a_taken_port_is_named_with_the_way_out(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        sentence = the_sentence(serve(tmp_path, PORT=str(port)))

    assert sentence == f"Port {port} is taken: free it, or choose another with PORT=<number>."


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path):
    sentence = the_sentence(serve(tmp_path, DATABASE_URL="postgresql://me:hunter2@127.0.0.1:1/laurel"))

    assert sentence.startswith("The database cannot be used: start it, or correct DATABASE_URL (")
    assert "hunter2" not in sentence


def test_a_flask_command_refuses_wrong_settings_with_the_sentence_alone(tmp_path):
    environ = {"PATH": os.environ["PATH"], "LAUREL_INSTANCE": str(tmp_path), "PORT": "none"}

    sentence = the_sentence(run([sys.executable, "-m", "flask", "--app", "wsgi", "feed", "mappings"], **environ))

    assert sentence == "Error: Laurel cannot start with these settings: PORT must be a whole number from 1 to 65535."


def test_wrong_settings_are_one_sentence(tmp_path):
    sentence = the_sentence(serve(tmp_path, LAUREL_DEMO="no", WEB_CONCURRENCY="0"))

    assert sentence == (
        "Laurel cannot start with these settings: WEB_CONCURRENCY must be a whole number from 1 to 128; "
        "LAUREL_DEMO must be 0 or 1."
    )


# --- the browser of the tests ----------------------------------------------------------------------------------------


def find_browser(tmp_path, **environ):
    """Look for a browser on a machine where none is installed and nothing can be."""
    (tmp_path / "playwright.py").write_text("raise SystemExit(1)")
    command = [sys.executable, ROOT / "script" / "browser.py"]
    return run(command, PATH=tmp_path, PYTHONPATH=str(tmp_path), **environ)


@pytest.mark.skipif(sys.platform == "darwin", reason="on a Mac Chrome is found outside PATH")
@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_without_a_browser_only_ci_fails(tmp_path, ci, status):
    done = find_browser(tmp_path, CI=ci)

    assert done.returncode == status
    assert done.stdout == ""
    assert "install Chromium" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may install packages")
def test_root_on_debian_gets_debians_browser(tmp_path):
    if platform.freedesktop_os_release()["ID"] != "debian":
        pytest.skip("this is not Debian")
    browser = tmp_path / "chromium"
    make = f"printf '#!/bin/sh\\n' > {browser}; /bin/chmod +x {browser}"
    program(
        tmp_path / "apt-get",
        f'case "$1" in update) > {tmp_path}/updated;; install) [ -e {tmp_path}/updated ] && {make};; esac',
    )

    assert find_browser(tmp_path).stdout.strip() == str(browser)


def test_an_installed_browser_that_does_not_run_is_passed_over(tmp_path):
    program(tmp_path / "chromium", "exit 1")
    program(tmp_path / "google-chrome", "exit 0")

    assert find_browser(tmp_path).stdout.strip() == str(tmp_path / "google-chrome")


def test_a_browser_that_was_named_must_run(tmp_path):
    assert "CHROMIUM names /no/such, which does not run" in the_sentence(find_browser(tmp_path, CHROMIUM="/no/such"))


# --- the environment -------------------------------------------------------------------------------------------------


def test_the_environment_is_made_once_by_whoever_comes_first_and_made_anew_when_interrupted(tree):
    command = [sys.executable, tree / "script" / "environment.py"]
    environ = {"PATH": os.environ["PATH"], "HOME": str(tree)}

    both = [subprocess.Popen([*command, "requirements.txt"], env=environ, stdout=subprocess.PIPE) for _ in range(2)]
    told = sorted(process.communicate(timeout=120)[0].decode() for process in both)
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Setting up Laurel in .venv" in text for text in told) == 1
    assert (tree / ".venv" / "bin" / "pip").exists()

    assert run([*command, "requirements.txt"], **environ).stdout == "", "nothing is left to do"
    assert "Updating" in run([*command, "requirements-dev.txt"], **environ).stdout
    assert run([*command, "requirements.txt"], **environ).stdout == "", "the tests' packages hold those of the server"

    (tree / "constraints.txt").write_text("# changed")
    assert "Updating" in run([*command, "requirements.txt"], **environ).stdout

    (tree / ".venv" / "laurel-unfinished").touch()
    (tree / ".venv" / "leftover").touch()
    assert "Setting up" in run([*command, "requirements.txt"], **environ).stdout
    assert not (tree / ".venv" / "leftover").exists()


# --- what is left behind ---------------------------------------------------------------------------------------------

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")


def processes_of(instance):
    """Return the ids of all processes that were started with this instance, however deep."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if str(instance).encode() in (place / "environ").read_bytes() and place.name != str(os.getpid()):
                found.append(int(place.name))
        except OSError:
            continue
    return found


def start(instance, port):
    """Start a whole Laurel without the demo, and wait until it is ready; return its process.

    It begins with Ctrl-C ignored, as what a shell script puts in the background does.
    """
    environ = {"PATH": os.environ["PATH"], "LAUREL_INSTANCE": str(instance), "PORT": str(port), "LAUREL_DEMO": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.serve"],
        cwd=ROOT,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    said = []
    for line in process.stdout:
        said.append(line)
        if "Ctrl-C ends everything" in line:
            return process
    raise AssertionError(f"the server ended with {process.wait()}: {''.join(said)}")


def await_silence(instance, timeout_s=40):
    deadline = time.monotonic() + timeout_s
    while (left := processes_of(instance)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


@pytest.fixture
def instance():
    """A folder that PostgreSQL's user can reach when we are root; pytest closes its own to all others."""
    with tempfile.TemporaryDirectory(prefix="laurel-") as folder:
        yield Path(folder)


@linux
def test_however_the_server_ends_it_leaves_no_process_behind_and_keeps_its_data(instance):
    port = free_port()
    killed = start(instance, port)
    assert len(processes_of(instance)) >= 5, "the server, gunicorn and its processes, the worker, PostgreSQL"
    key = (instance / "secret_key").read_text()
    killed.kill()
    killed.communicate()
    await_silence(instance)

    again = start(instance, port)
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/readyz")
    assert connection.getresponse().status == 200
    connection.close()
    assert (instance / "secret_key").read_text() == key
    again.send_signal(signal.SIGINT)
    said, _ = again.communicate(timeout=40)

    assert again.returncode == 0
    assert said.splitlines()[-1] == "Laurel has ended."
    await_silence(instance, timeout_s=2)
