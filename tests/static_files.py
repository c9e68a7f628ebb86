import fcntl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def collect(env):
    """For servers that tests start: all share one folder, so one process at a time."""
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    with (folder / "collecting").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        command = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
