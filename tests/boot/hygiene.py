#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `boardwright boot` leaves behind: no process, no temporary folder, whatever ends it. Reports in TAP.

The simulator is played by stand-in, which starts a child of its own, as simulators do that are scripts.

    hygiene.py [--program build/boardwright]
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
BOARD = os.path.join(HERE, "..", "golden", "boot", "fates", "board.dts")
PATIENCE = 60  # seconds, sanitizers and a busy machine included


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Run:
    """A boot of a machine that says nothing and has a child."""

    def __init__(self, program, folder, limit):
        self.temporary = os.path.join(folder, "tmp")
        self.note = os.path.join(folder, "pid")
        os.mkdir(self.temporary)
        command = f"{os.path.join(HERE, 'stand-in')} ${{image}} orphan {self.note}"
        environment = dict(os.environ, TMPDIR=self.temporary, XDG_CACHE_HOME=os.path.join(folder, "cache"))
        self.process = subprocess.Popen([program, "boot", BOARD, "--timeout", str(limit), "--simulator", command],
                                        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL)

    def wait_for_child(self):
        """Returns the process id of the simulator's child."""
        if not wait_for(lambda: os.path.exists(self.note) and os.path.getsize(self.note)):
            raise RuntimeError("the simulator did not start")
        with open(self.note, encoding="ascii") as f:
            return int(f.read())

    def left(self, child):
        """Returns what is wrong, or None."""
        if not wait_for(lambda: not is_there(child)):
            os.kill(child, signal.SIGKILL)
            return "the simulator's child still runs"
        if os.listdir(self.temporary):
            return f"left in the temporary folder: {os.listdir(self.temporary)}"
        return None


def test_timeout(program, folder):
    run = Run(program, folder, 1)
    child = run.wait_for_child()
    status = run.process.wait(PATIENCE)
    return run.left(child) or (None if status == 1 else f"exit status {status}")


def test_signal(program, folder, number):
    run = Run(program, folder, 1000)
    child = run.wait_for_child()
    run.process.send_signal(number)
    status = run.process.wait(PATIENCE)
    return run.left(child) or (None if status == -number else f"exit status {status}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", default=os.path.join(HERE, "..", "..", "build", "boardwright"))
    program = os.path.abspath(parser.parse_args().program)
    tests = {"a timeout": test_timeout,
             "Ctrl-C": lambda p, f: test_signal(p, f, signal.SIGINT),
             "SIGTERM": lambda p, f: test_signal(p, f, signal.SIGTERM),
             "SIGPIPE, as of a pipe that nobody reads": lambda p, f: test_signal(p, f, signal.SIGPIPE)}
    failed = False
    if not shutil.which("arm-none-eabi-gcc"):
        print("1..0 # SKIP arm-none-eabi-gcc is not installed")
        return 0
    print(f"1..{len(tests)}")
    for number, (name, test) in enumerate(tests.items(), 1):
        with tempfile.TemporaryDirectory(prefix="hygiene-") as folder:
            trouble = test(program, folder)
        failed = failed or trouble is not None
        print(f"{'not ok' if trouble else 'ok'} {number} - nothing is left after {name}")
        if trouble:
            print(f"# {trouble}")
    return 1 if failed else 0


sys.exit(main())
