"""How gunicorn serves Laurel. `script/server` starts it with this file; so may any operator.

Anything here can be overridden without touching it through gunicorn's own GUNICORN_CMD_ARGS,
for example `GUNICORN_CMD_ARGS="--bind 0.0.0.0:8000"` in a container.
"""

import os
from pathlib import Path

wsgi_app = "wsgi:app"

# Only this machine: a fresh start has demo accounts whose passwords are printed. A proxy or GUNICORN_CMD_ARGS opens it.
bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
backlog = 2048

# Threads, because browsers open connections ahead of need and a sync worker would wait on each of them.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "gthread"
threads = 4
# Every worker imports the app for itself: a connection pool must never be shared across a fork.
preload_app = False

timeout = 30  # seconds
graceful_timeout = 20  # seconds
keepalive = 5  # seconds
max_requests = 20_000
max_requests_jitter = 2_000

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
# The workers' heartbeat must not wait for a busy disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
