# SPDX-License-Identifier: Apache-2.0
"""host - what the bench reads of and makes on the host: CPU time, memory, made containers"""

import hashlib
import json
import os
import shutil
import time

TICK_NS = 10**9 // os.sysconf("SC_CLK_TCK")

# A tracer that spends less than this part of a CPU over this long is at rest. If others
# keep it busy, that shows in "forks".
REST_SECONDS = 0.1
REST_PART = 0.03
REST_MAX_SECONDS = 1
LOOK_SECONDS = 20  # at each of very many processes, before it begins


def read(path):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def number_after(text, word):
    for line in text.splitlines():
        if line.startswith(word):
            return int(line[len(word):].split()[0])
    return 0


def forks():
    """Processes and threads that the whole host ever started."""
    return number_after(read("/proc/stat"), "processes ")


def cpu_ns(pids):
    """CPU time of these processes and of the children that they waited for.

    A process's CPU clock is utime + stime of all its threads, also of those that ended, but
    in nanoseconds where /proc/<pid>/stat has ticks; its id is made as in the C library.
    """
    total = 0
    for pid in pids:
        try:
            total += time.clock_gettime_ns((~pid << 3) | 2)
        except OSError:
            continue
        fields = read(f"/proc/{pid}/stat").rpartition(")")[2].split()
        if fields:
            total += (int(fields[13]) + int(fields[14])) * TICK_NS
    return total


def rest(pids, max_seconds=REST_MAX_SECONDS):
    """Waits until they have nothing left to do; returns their CPU time."""
    deadline = time.monotonic() + max_seconds
    now = cpu_ns(pids)
    while True:
        before = now
        time.sleep(REST_SECONDS)
        now = cpu_ns(pids)
        if now - before < REST_SECONDS * REST_PART * 1e9 or time.monotonic() > deadline:
            return now


def memory_kib(pids):
    """Peak of their memory, and all their BPF maps, which count once.

    A ring buffer that is mapped counts in VmHWM, and twice, as its data is mapped twice.
    """
    total = 0
    maps = {}
    for pid in pids:
        total += number_after(read(f"/proc/{pid}/status"), "VmHWM:")
        is_map = False
        for line in read(f"/proc/{pid}/smaps").splitlines():
            if "-" in line.split(" ", 1)[0]:
                is_map = "bpf-map" in line or "bpf_map" in line
            elif is_map and line.startswith("Rss:"):
                total -= int(line.split()[1])
        try:
            fds = os.listdir(f"/proc/{pid}/fdinfo")
        except OSError:
            continue
        for fd in fds:
            info = read(f"/proc/{pid}/fdinfo/{fd}")
            if "map_id:" in info:
                maps[number_after(info, "map_id:")] = number_after(info, "memlock:")
    return total + sum(maps.values()) // 1024


def pin(pids, cpus):
    for pid in pids:
        try:
            for task in os.listdir(f"/proc/{pid}/task"):
                os.sched_setaffinity(int(task), cpus)
        except OSError:
            pass  # it ended, or is a kernel thread


class Containers:
    """Cgroups as Docker makes them, and the files that it would keep of them.

    The files lie below a root of the bench's own, with the host's list of users.
    """

    def __init__(self, scratch):
        self.mount = next((line.split()[4] for line in read("/proc/self/mountinfo").splitlines()
                           if " - cgroup2 " in line), None)
        self.root = f"{scratch}/host"
        self.list_path = f"{scratch}/cgroups"
        self.made = []
        os.makedirs(f"{self.root}/etc")
        shutil.copy("/etc/passwd", f"{self.root}/etc/passwd")
        self.names = []  # (id, name), in order
        # One that is filtered for, in which nothing ever happens.
        self.note("bench-other")

    def note(self, name):
        id_ = hashlib.sha256(f"{os.getpid()} {name}".encode()).hexdigest()
        directory = f"{self.root}/var/lib/docker/containers/{id_}"
        os.makedirs(directory)
        with open(f"{directory}/config.v2.json", "w", encoding="ascii") as file:
            json.dump({"ID": id_, "Name": f"/{name}", "Image": f"sha256:{id_}",
                       "Created": "2026-01-01T00:00:00.000000000Z",
                       "Config": {"Image": "bench/tiny:1"}}, file)
        return id_

    def grow(self, count):
        """Makes it so many; returns the file with their directories."""
        top = f"{self.mount}/docker"
        if not os.path.isdir(top):
            os.mkdir(top)
            self.made.append(top)
        while len(self.names) < count:
            name = f"bench-{len(self.names)}"
            id_ = self.note(name)
            os.mkdir(f"{top}/{id_}")
            self.made.append(f"{top}/{id_}")
            self.names.append((id_, name))
        with open(self.list_path, "w", encoding="ascii") as file:
            file.writelines(f"{top}/{id_}\n" for id_, _ in self.names[:count])
        return self.list_path

    def enter(self):
        """In a new process, which goes into the first of them."""
        with open(f"{self.mount}/docker/{self.names[0][0]}/cgroup.procs", "w",
                  encoding="ascii") as file:
            file.write("0")

    def remove(self):
        for path in reversed(self.made):
            for _ in range(100):
                try:
                    os.rmdir(path)
                    break
                except FileNotFoundError:
                    break
                except OSError:
                    time.sleep(0.02)  # the last process is on its way out
        self.made.clear()
