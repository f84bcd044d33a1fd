# SPDX-License-Identifier: Apache-2.0
"""score - what a tracer's output says of the processes of a workload

Child i of a workload has the pid children[i], its parent is parents[i modulo their number],
and if it executes a program the arguments are PROGRAM, "<tag>-<i>", words, "last-word". A
reader takes pairs of a line and the offset of its end in the output.
"""

import bisect
import json
import re
import statistics

UNIQUE = re.compile(r"\bstep\d+-\d+\b")
WORD = re.compile(r"[^\s\"',\[\]]+")
LOST = re.compile(r"\blost (\d+)\b", re.IGNORECASE)


class Seen:
    """What the lines of one output say, taken together."""

    def __init__(self):
        self.execs = {}      # unique word: (end of the line, words after it, container or "")
        self.exec_pids = {}  # of those that come without arguments: end of the line
        self.parents = {}    # pid or unique word: pid of the parent
        self.exits = set()
        self.changes = {}    # pid: how many changes of namespaces


class Patterns:
    """Lines of text. Each pattern's group is a pid; parent has two: child and parent.

    parent_of is searched in the line of an exec, and has one group, the parent.
    """

    def __init__(self, exits=None, parent=None, parent_of=None, exec_pid=None, change=None,
                 names_container=False):
        self.exits, self.parent, self.parent_of, self.exec_pid, self.change = (
            re.compile(pattern) if pattern else None
            for pattern in (exits, parent, parent_of, exec_pid, change))
        self.names_container = names_container

    def __call__(self, lines):
        seen = Seen()
        for line, end in lines:
            self.take(seen, line, end)
        return seen

    def take(self, seen, line, end):
        match = UNIQUE.search(line)
        # Some repeat the arguments when a process ends; others only then know them.
        if match and match[0] not in seen.execs and not (self.exits and self.exits.search(line)):
            seen.execs[match[0]] = (end, WORD.findall(line[match.end():]),
                                    line if self.names_container else "")
            parent = self.parent_of and self.parent_of.search(line)
            if parent:
                seen.parents[match[0]] = int(parent[1])
        for pattern, keep in ((self.exits, lambda m: seen.exits.add(int(m[1]))),
                              (self.exec_pid, lambda m: seen.exec_pids.setdefault(int(m[1]), end)),
                              (self.change, lambda m: count(seen.changes, int(m[1])))):
            found = pattern and pattern.search(line)
            if found:
                keep(found)
        found = self.parent and self.parent.search(line)
        if found:
            seen.parents.setdefault(int(found["child"]), int(found["parent"]))


def count(numbers, key):
    numbers[key] = numbers.get(key, 0) + 1


PROCTRACE = Patterns(exits=r"^\S+ +\S+ +exit +(\d+)", change=r"^\S+ +\S+ +(?:setns|unshare) +(\d+)",
                     names_container=True)
EXECSNOOP = Patterns(parent_of=r"^\S+ +\d+ +(\d+) ")
BPFTRACE = Patterns()
LIVES = Patterns(exits=r"^exit (\d+)", parent=r"^fork (?P<parent>\d+) (?P<child>\d+)")
EXTRACE = Patterns(exits=r"^ *(\d+)- ")
PERF = Patterns(exits=r"process_exit\(.*\bpid: (\d+)", exec_pid=r"process_exec\(.*\bpid: (\d+)",
                parent=r"process_fork\(.*\bparent_pid: (?P<parent>\d+).*child_pid: (?P<child>\d+)")
STRACE = Patterns(exits=r"^(\d+) +\+\+\+ ", change=r"^(\d+) +(?:setns|unshare)\(",
                  parent=r"^(?P<parent>\d+) .*fork\b.* = (?P<child>\d+)$")
WORDS = Patterns(names_container=True)


class Forkstat(Patterns):
    """A fork is two lines, of the parent and of the child, which repeat arguments."""

    FORK = re.compile(r"^\S+ fork +(\d+) (parent|child)")

    def __call__(self, lines):
        seen = Seen()
        parent = 0
        for line, end in lines:
            fork = self.FORK.match(line)
            if not fork:
                self.take(seen, line, end)
            elif fork[2] == "parent":
                parent = int(fork[1])
            else:
                seen.parents[int(fork[1])] = parent
        return seen


FORKSTAT = Forkstat(exits=r"^\S+ exit +(\d+)")


def read_audit(lines):
    """Records that belong to one event have its serial number."""
    seen = Seen()
    parents, words = {}, {}
    for line, end in lines:
        serial = re.search(r"^type=(\w+) msg=audit\([\d.]+:(\d+)\)", line)
        if not serial:
            continue
        if serial[1] == "SYSCALL":
            call = re.search(r" syscall=(\d+) .* ppid=(\d+) pid=(\d+)", line)
            if call and call[1] == "231":
                seen.exits.add(int(call[3]))
            elif call:
                parents[serial[2]] = int(call[2])
        elif serial[1] == "EXECVE":
            args = words.setdefault(serial[2], [])
            for piece, arg in re.findall(r' a\d+(?:\[(\d+)\])?="([^"]*)"', line):
                # A long command line is several records; an argument at their border too.
                if piece and piece != "0":
                    args[-1] += arg
                else:
                    args.append(arg)
            unique = next((i for i, arg in enumerate(args) if UNIQUE.fullmatch(arg)), None)
            if unique is not None:
                first = seen.execs.get(args[unique], (end,))[0]
                seen.execs[args[unique]] = (first, args[unique + 1:], "")
                seen.parents[args[unique]] = parents.get(serial[2], 0)
    return seen


def read_json(lines):
    """proctrace's. A line that is no JSON is an error of ours, and ends the bench."""
    seen = Seen()
    for line, end in lines:
        # Of other processes there may be very many; a child without an exec has its parent's.
        if "step" not in line:
            continue
        event = json.loads(line)
        action = event["event"]["action"]
        process = event.get("process", {})
        if action == "exit":
            seen.exits.add(process["pid"])
        elif action in ("setns", "unshare"):
            count(seen.changes, process["pid"])
        elif action == "exec" and len(process.get("args", [])) > 1:
            args = process["args"]
            whole = process["args_count"] == len(args)
            seen.execs.setdefault(args[1], (end, args[2:] if whole else [],
                                            event.get("container", {}).get("id", "")))
            seen.parents[args[1]] = process.get("parent", {}).get("pid", 0)
    return seen


def read_lines(path):
    """As Latin-1, in which every byte is a character."""
    end = 0
    with open(path, encoding="latin-1", newline="\n") as file:
        for line in file:
            end += len(line)
            yield line, end


def lost(lines):
    return sum(int(number) for line, _ in lines for number in LOST.findall(line))


def completeness(seen, facts, step, tag, containers):
    """How many of the children each kind of fact is there of; None: it does not say such.

    containers: of child i, strings one of which must be in what is said of its container.
    """
    children = facts["children"]
    expected = [f"word-{i}" for i in range(step.words)] + ["last-word"]
    found = dict.fromkeys(("execs", "args", "exits", "parents", "containers", "changes"), 0)
    for i, pid in enumerate(children):
        word = f"{tag}-{i}"
        _, words, where = seen.execs.get(word, (0, [], ""))
        found["execs"] += word in seen.execs or pid in seen.exec_pids
        found["args"] += words[:len(expected)] == expected
        found["exits"] += pid in seen.exits
        parent = facts["parents"][i % len(facts["parents"])]
        found["parents"] += seen.parents.get(word, seen.parents.get(pid)) == parent
        found["containers"] += any(name in where for name in containers[i % len(containers)])
        found["changes"] += seen.changes.get(pid, 0) >= 2
    return found


def delays_ms(seen, facts, tag, stamps):
    """From right before each execve(2) to when the end of its line could be read."""
    ends = [stamp[0] for stamp in stamps]
    delays = []
    for i, (pid, begun_ns) in enumerate(zip(facts["children"], facts["begun_ns"])):
        exec_ = seen.execs.get(f"{tag}-{i}")
        end = exec_[0] if exec_ else seen.exec_pids.get(pid)
        at = bisect.bisect_left(ends, end) if end is not None else len(stamps)
        if at < len(stamps):
            delays.append((stamps[at][1] - begun_ns) / 1e6)
    if not delays:
        return None
    delays.sort()
    return {"median": statistics.median(delays), "p99": delays[-1 - len(delays) // 100],
            "count": len(delays)}
