"""Runs the import in a process of its own: to measure its memory, and to kill it."""

import subprocess
import sys
from pathlib import Path

REAL_FILE = Path(__file__).parents[2] / "data" / "nyc_capital_projects_fy2021.csv"

PROGRAM = """
import os, resource, signal, sys
import django
django.setup()
from django.core.management import CommandError, call_command
from django.db import connection, connections

database, killed_at, *words = sys.argv[1:]
for alias in ("default", "owner"):
    connections[alias].settings_dict["NAME"] = database
writes = 0

def count_writes(execute, sql, params, many, context):
    global writes
    writes += sql.startswith("INSERT")
    if int(killed_at) and writes == int(killed_at):
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(sql, params, many, context)

with connection.execute_wrapper(count_writes):
    try:
        call_command("import_projects", *words)
    except CommandError as refused:
        print(refused)
try:
    # The kernel's own count of this process; getrusage would begin with the parent's.
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
except FileNotFoundError:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(peak * 1024)
"""


def run(database: str, *words: str, killed_at: int = 0) -> subprocess.CompletedProcess[str]:
    """Import into `database`, as the command would with `words`.

    The last line printed is the most memory it held, in bytes. With `killed_at` the process is
    killed at that INSERT, counted from 1.
    """
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, database, str(killed_at), *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )


def peak_memory(finished: subprocess.CompletedProcess[str]) -> int:
    """Return the most bytes of memory that a finished run held."""
    assert finished.returncode == 0, finished.stderr
    return int(finished.stdout.splitlines()[-1])
