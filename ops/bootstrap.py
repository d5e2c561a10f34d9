"""Make this checkout ready with nothing but Python and its venv module: uv first, then the locked packages.

Started by the Makefile with the system's python3, so it uses the standard library only and stays readable for
an old Python until it has said that it is too old.
"""

import fcntl
import os
import re
import shutil
import subprocess
import sys
import threading

UV = "0.13.8"
ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOOLS = os.path.join(ROOT, ".recruitflow", "uv")
OLDEST = (3, 11)


def main():
    if sys.version_info < OLDEST:
        have = "%d.%d" % sys.version_info[:2]
        stop("RecruitFlow needs Python 3.11 or newer; %s is %s." % (sys.executable, have))
    os.makedirs(os.path.dirname(TOOLS), exist_ok=True)
    with open(os.path.join(os.path.dirname(TOOLS), "bootstrap.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        sync(find_uv() or install_uv())


def find_uv():
    """A uv that is at least the pinned version: our own, else the one on the PATH."""
    for candidate in (os.path.join(TOOLS, "bin", "uv"), shutil.which("uv")):
        if candidate and os.path.exists(candidate):
            asked = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False)
            found = re.search(r"(\d+)\.(\d+)\.(\d+)", asked.stdout)
            if found and tuple(map(int, found.groups())) >= tuple(map(int, UV.split("."))):
                return candidate
    return None


def install_uv():
    say("Installing uv %s into .recruitflow/uv ..." % UV)
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        stop("Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv")
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", TOOLS], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        stop("python3 -m venv failed: %s" % last_line(made.stdout + made.stderr))
    pip = [os.path.join(TOOLS, "bin", "python"), "-m", "pip", "--disable-pip-version-check", "install"]
    got = subprocess.run(
        [*pip, "--quiet", "--retries", "2", "uv==" + UV], capture_output=True, text=True, check=False
    )
    if got.returncode != 0:
        shutil.rmtree(TOOLS, ignore_errors=True)
        stop("uv could not be installed (is there a network?): %s" % last_line(got.stderr))
    return os.path.join(TOOLS, "bin", "uv")


def sync(uv):
    """Install what uv.lock says; silent when there is nothing to do."""
    first = not os.path.exists(os.path.join(ROOT, ".venv", "bin", "python"))
    command = [uv, "sync", "--all-packages", "--locked", "--quiet"]
    if first:
        say("Installing the locked packages into .venv ...")
        command += ["--python", sys.executable]
    patience = threading.Timer(3, say, ["Still bringing .venv up to date ..."])
    patience.daemon = True
    if not first:
        patience.start()
    environment = {k: v for k, v in os.environ.items() if k != "VIRTUAL_ENV"}
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment, check=False)
    patience.cancel()
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        stop("The packages could not be installed (see above; is there a network?).")


def last_line(text):
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def say(line):
    print(line, flush=True)


def stop(line):
    sys.exit("recruitflow: " + line)


if __name__ == "__main__":
    try:
        main()
    except OSError as failure:
        if failure.filename is None:
            raise
        stop("%s: %s." % (failure.filename, failure.strerror))
