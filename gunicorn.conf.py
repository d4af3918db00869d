"""How gunicorn serves Laurel. `script/server` starts it with this file; so may any operator.

Anything here can be overridden without touching it through gunicorn's own GUNICORN_CMD_ARGS,
for example `GUNICORN_CMD_ARGS="--bind 0.0.0.0:8000"` in a container.
"""

import ctypes
import os
import shutil
import sys
from pathlib import Path

PORT = os.environ.get("PORT") or "8000"

wsgi_app = "wsgi:app"

# Only this machine: a fresh start has demo accounts whose passwords are printed. A proxy or GUNICORN_CMD_ARGS opens it.
bind = f"127.0.0.1:{PORT}"
backlog = 2048

# Threads, because browsers open connections ahead of need and a sync worker would wait on each of them.
workers = int(os.environ.get("WEB_CONCURRENCY") or "2")
worker_class = "gthread"
threads = 4
# Every worker imports the app for itself: a connection pool must never be shared across a fork.
preload_app = False

timeout = 30  # seconds
graceful_timeout = 20  # seconds
keepalive = 5  # seconds
# A process that begins anew costs seconds of a core. Remembered answers count as well, thousands in a second: where the
# number is small, a busy server would do little else.
max_requests = 1_000_000
max_requests_jitter = 100_000

limit_request_line = 8190  # bytes: the directory's filters live in the address
limit_request_fields = 64
limit_request_field_size = 8190  # bytes

# Believe X-Forwarded-* from a proxy on this machine only.
forwarded_allow_ips = "127.0.0.1,::1"
control_socket_disable = True

# Laurel logs one structured line for every request itself.
accesslog = None
errorlog = "-"
loglevel = "info"
# The workers' heartbeat must not wait for a busy disk. gunicorn makes a file of its own there, with a random name.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - in memory, and no file in it has a name


# The processes gather their figures for /metrics in one folder (app/health.py), empty at every start.
_instance = Path(os.environ.get("LAUREL_INSTANCE") or Path(__file__).with_name("instance")).expanduser()
_figures = _instance / "run" / f"metrics-{PORT}"


def on_starting(server):
    shutil.rmtree(_figures, ignore_errors=True)
    _figures.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(_figures)


def pre_fork(server, worker):
    """Give the process the lowest free place; whoever has it next counts on, so the folder does not grow."""
    taken = {other.place for other in server.WORKERS.values()}
    worker.place = min(set(range(len(taken) + 1)) - taken)


# glibc keeps a heap for each thread and gives little of it back: whoever brings a large list would leave it behind four
# times. These two of mallopt's settings make one heap of them, and large blocks go back as soon as they are free.
_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
_LARGE_BYTES = 1_048_576


def _give_memory_back():
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
        mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)


# Seconds. A page that is worked out gets its turn soon, also between threads that give remembered answers without end.
# And whoever is given one of those waits for its turn several times, each time that it was sent or received something.
_SWITCH_S = 0.000_1


def post_fork(server, worker):
    sys.setswitchinterval(_SWITCH_S)
    _give_memory_back()
    os.environ["LAUREL_WEB_PLACE"] = str(worker.place)
