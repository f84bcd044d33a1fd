# SPDX-License-Identifier: Apache-2.0
"""tracers - what is compared: how each one is started, and what its lines say

For a new peer: an entry in all_tracers(). Its lines are read by the patterns in score.py.
"""

import os
import re
import shutil
import signal
import subprocess
import time

import score

# Peers cannot do without it; mounted for them alone. $@ is the command.
WITH_TRACEFS = ["unshare", "-m", "sh", "-c",
                "mountpoint -q /sys/kernel/tracing ||"
                " mount -t tracefs tracefs /sys/kernel/tracing\n"
                'exec "$@"', "sh"]

# The packages' own shows executions only; this is what one would write to see lives.
BPFTRACE_LIVES = """
tracepoint:syscalls:sys_enter_execve { printf("exec %d %d ", pid, curtask->real_parent->tgid);
    join(args->argv); }
tracepoint:sched:sched_process_fork { printf("fork %d %d\\n", args->parent_pid, args->child_pid); }
tracepoint:sched:sched_process_exit /pid == tid/ { printf("exit %d\\n", pid); }
"""

AUDITD_CONF = """
local_events = yes
write_logs = yes
log_file = {out}
log_group = root
log_format = RAW
flush = INCREMENTAL_ASYNC
freq = 50
max_log_file = 8192
num_logs = 2
max_log_file_action = IGNORE
space_left = 75
admin_space_left = 50
space_left_action = IGNORE
admin_space_left_action = IGNORE
disk_full_action = IGNORE
disk_error_action = IGNORE
name_format = NONE
"""


STOP_SECONDS = 20


class CannotRun(Exception):
    """Why there are no figures of a tracer on this host."""


class Tracer:
    """One that is started once and sees the whole host.

    argv: {out} is the file that it writes itself, if it has the word; else its standard
    output is the file. ready: what its output shows of a program that was started for that,
    or, with ready_err, what it says on standard error.
    """

    attaches = False

    def __init__(self, key, label, argv, reads, needs=None, ready="ready-", ready_err=None,
                 pipe=False, tracefs=False, silent=False):
        self.key, self.label, self.argv, self.reads = key, label, argv, reads
        self.needs = needs or argv[0]
        self.ready, self.ready_err = ready, ready_err
        self.pipe, self.tracefs, self.silent = pipe, tracefs, silent
        self.process = None

    def writes_itself(self):
        return any("{out}" in word for word in self.argv)

    def check(self):
        """Raises CannotRun."""
        if not shutil.which(self.needs):
            raise CannotRun("not installed")

    def start(self, place, stdout):
        argv = [word.format(**place) if "{" in word and word is not BPFTRACE_LIVES else word
                for word in self.argv]
        with open(place["err"], "wb") as err:
            self.process = subprocess.Popen((WITH_TRACEFS if self.tracefs else []) + argv,
                                            stdin=subprocess.DEVNULL, stdout=stdout, stderr=err)

    def pids(self):
        """Of it and its descendants."""
        found, left = [], [self.process.pid]
        while left:
            pid = left.pop()
            try:
                for task in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                        left += [int(word) for word in file.read().split()]
            except OSError:
                continue
            found.append(pid)
        return found

    def is_alive(self):
        return self.process.poll() is None

    def stop(self):
        """SIGINT, and if that does not help SIGKILL. It may be over, or not begun."""
        if not self.process:
            return
        if self.is_alive():
            self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise CannotRun(f"it did not end within {STOP_SECONDS} seconds") from None
        finally:
            self.process = None

    def lost(self):
        """What it counted elsewhere than in its output."""
        return 0


class Auditd(Tracer):
    """The daemon with a configuration of its own; the kernel's part is added to its figures."""

    RULE = ["-F", "arch=b64", "-S", "execve,execveat,exit_group", "-k", "proctrace-bench"]

    def __init__(self):
        super().__init__("auditd", "auditd, execve + exit_group",
                         ["auditd", "-n", "-c", "{out}.conf"], score.read_audit, needs="auditctl")
        self.was = []  # how the kernel's part was set
        self.lost_before = 0
        self.rule_is_set = False

    def writes_itself(self):
        return True

    @staticmethod
    def status(word):
        said = subprocess.run(["auditctl", "-s"], capture_output=True, text=True, check=False)
        match = re.search(rf"^{word} (\d+)", said.stdout, re.MULTILINE)
        if not match:
            raise CannotRun("the kernel's audit system does not answer")
        return match[1]

    def check(self):
        super().check()
        rules = subprocess.run(["auditctl", "-l"], capture_output=True, text=True, check=False)
        if self.status("pid") != "0" or "-a" in rules.stdout:
            raise CannotRun("the audit system is in use")

    def start(self, place, stdout):
        conf = place["out"] + ".d"
        os.mkdir(conf, 0o700)
        with open(f"{conf}/auditd.conf", "w", encoding="ascii") as file:
            file.write(AUDITD_CONF.format(**place))
        self.was = ["-e", self.status("enabled"), "-b", self.status("backlog_limit")]
        self.lost_before = int(self.status("lost"))
        with open(place["err"], "wb") as err:
            self.process = subprocess.Popen(["auditd", "-n", "-c", conf], stdout=err, stderr=err)
        for _ in range(100):
            if self.status("pid") != "0":
                break
            time.sleep(0.05)
        subprocess.run(["auditctl", "-b", "8192"], capture_output=True, check=False)
        added = subprocess.run(["auditctl", "-a", "always,exit", *self.RULE],
                               capture_output=True, text=True, check=False)
        self.rule_is_set = added.returncode == 0
        if not self.rule_is_set:
            raise CannotRun(added.stderr.strip() or "the rule was refused")

    def pids(self):
        kernel = subprocess.run(["pgrep", "-x", "kauditd"], capture_output=True, text=True,
                                check=False)
        return super().pids() + [int(word) for word in kernel.stdout.split()]

    def stop(self):
        if self.rule_is_set:
            subprocess.run(["auditctl", "-d", "always,exit", *self.RULE], capture_output=True,
                           check=False)
            self.rule_is_set = False
        if self.process:
            self.process.send_signal(signal.SIGTERM)
        super().stop()
        for option, value in zip(self.was[::2], self.was[1::2]):
            subprocess.run(["auditctl", option, value], capture_output=True, check=False)
        self.was = []

    def lost(self):
        return int(self.status("lost")) - self.lost_before


class Strace(Tracer):
    """Not of the whole host: attached to each workload before it begins."""

    attaches = True

    def __init__(self):
        super().__init__("strace", "strace -f, process calls",
                         ["strace", "-f", "-e", "trace=process", "-s", "256"], score.STRACE)

    def writes_itself(self):
        return True

    def start(self, place, stdout):
        """All is in attach()."""

    def attach(self, place, pid):
        """Returns when it has the process."""
        with open(place["err"], "wb") as err:
            self.process = subprocess.Popen(self.argv + ["-A", "-o", place["out"], "-p", str(pid)],
                                            stdout=err, stderr=err)
        for _ in range(1000):
            with open(place["err"], encoding="utf-8", errors="replace") as file:
                said = file.read()
            if "attached" in said:
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.01)
        raise CannotRun(said.strip().splitlines()[-1] if said.strip() else "it does not attach")


def all_tracers(proctrace, bench_dir):
    """In the order of the tables."""
    tracing = {"needs": proctrace, "ready_err": "proctrace: tracing"}
    json = [proctrace, "--host-root", "{host}", "-f", "json", "-o", "{out}"]
    return [
        Tracer("probe", "empty probe, drained in batches", [f"{bench_dir}/probe"], None,
               ready_err="probe: tracing", silent=True),
        Tracer("probe-wake", "empty probe, a wake-up per record", [f"{bench_dir}/probe", "-w"],
               None, ready_err="probe: tracing", silent=True),
        Tracer("proctrace-json", "proctrace, JSON to a file", json, score.read_json, **tracing),
        Tracer("proctrace-calls", "the same, without syscall tracepoints",
               json + ["-e", "exec,exit,container,lost"], score.read_json, **tracing),
        Tracer("proctrace-all", "the same, every kind, failed calls too", json + ["-e", "all", "-x"],
               score.read_json, **tracing),
        Tracer("proctrace-log", "JSON to a file and --log", json + ["--log", "{out}.log"],
               score.read_json, **tracing),
        Tracer("proctrace-text", "proctrace, text to a pipe",
               [proctrace, "--host-root", "{host}"], score.PROCTRACE, pipe=True, **tracing),
        Tracer("proctrace-c", "proctrace -c, another container",
               json + ["-c", "bench-other"], None, silent=True, **tracing),
        Tracer("libbpf-execsnoop", "libbpf-tools' execsnoop", ["execsnoop"], score.EXECSNOOP,
               tracefs=True),
        Tracer("bcc-execsnoop", "bcc's execsnoop",
               [shutil.which("execsnoop-bpfcc") or "execsnoop-bpfcc"], score.EXECSNOOP,
               tracefs=True),
        Tracer("bpftrace-execsnoop", "bpftrace's execsnoop.bt",
               ["bpftrace", shutil.which("execsnoop.bt") or
                "/usr/share/bpftrace/tools/execsnoop.bt"], score.BPFTRACE, tracefs=True),
        Tracer("bpftrace-lives", "bpftrace, exec + fork + exit", ["bpftrace", "-e", BPFTRACE_LIVES],
               score.LIVES, tracefs=True),
        Tracer("forkstat", "forkstat -e fork,exec,exit", ["forkstat", "-e", "fork,exec,exit"],
               score.FORKSTAT),
        Tracer("extrace", "extrace -t", ["extrace", "-t"], score.EXTRACE),
        Auditd(),
        Tracer("perf-trace", "perf trace, fork + exec + exit",
               ["perf", "trace", "-o", "{out}", "-a", "--no-syscalls", "-e",
                "sched:sched_process_fork,sched:sched_process_exec,sched:sched_process_exit"],
               score.PERF, ready="/tiny", tracefs=True),
        Tracer("quark-mon", "quark-mon", ["quark-mon"], score.WORDS),
        Strace(),
    ]
