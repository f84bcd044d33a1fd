# SPDX-License-Identifier: Apache-2.0
"""turns - what commands take that take turns, so that what else the machine does hits all"""

import os
import statistics
import subprocess
import time


def measure(argv):
    """Wall and CPU seconds of a command."""
    began = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{argv[0]} failed")
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime


def take_turns(commands, rounds):
    """The medians of wall and CPU seconds of each of the commands, {name: argv}."""
    taken = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            taken[name].append(measure(argv))
    return {name: tuple(statistics.median(column) for column in zip(*figures))
            for name, figures in taken.items()}


def print_figures(figures):
    """The figures of take_turns(), a line each."""
    for name, (wall, cpu) in figures.items():
        print(f"{name:20} {wall * 1e3:7.0f} ms  {cpu * 1e3:7.0f} ms of CPU")
