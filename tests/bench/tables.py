# SPDX-License-Identifier: Apache-2.0
"""tables - the figures of a bench: medians with the least and the most, in Markdown"""

import json
import os
import statistics

import host

FIELDS = (("execs", "execs %"), ("args", "full args %"), ("exits", "exits %"),
          ("parents", "parent %"), ("containers", "container %"))

# What it is about, of the workloads that are not only executions.
TELLING = {"fork + exit": "exits", "namespaces": "changes",
           "2,000 arguments": "args"}

LEGEND = """\
Slowdown: time of the workload to that without a tracer, the moment before; two parents: likewise,
with two that start processes at once; pinned: workload and tracer on one CPU, which shows all
that is spent. All CPU: CPU time of workload and tracer, pinned, to that of the workload without a
tracer; others on the host disturb it least. CPU ms: of the tracer, with its children, for each
1,000 processes, pinned. Peak MiB: of its memory, BPF maps and rings included. %: how much of the
storm is there, of the worst run. Lost: what it says itself. Delay: from right before the
execve(2) to when its line could be read, in ms: median / 99th percentile; lone: ten
processes a second, storm: as fast as they can.
"""


def machine():
    system = os.uname()
    cpuinfo = host.read("/proc/cpuinfo")
    model = [line.split(":", 1)[1].strip() for line in cpuinfo.splitlines()
             if line.startswith("model name")]
    return {"system": f"{system.sysname} {system.release} {system.machine}",
            "cpus": len(os.sched_getaffinity(0)), "model": model[0] if model else "",
            "virtual": " hypervisor" in cpuinfo,
            "memory_gib": round(host.number_after(host.read("/proc/meminfo"), "MemTotal:") / 2**20),
            "load": os.getloadavg()[0]}


# ---- from the runs to a summary

def spread(values):
    values = [value for value in values if value is not None]
    if not values:
        return None
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def slowdowns(runs):
    return spread([run["traced"]["loop_ns"] / run["bare"]["loop_ns"] for run in runs])


def cpu_ratios(runs):
    """All CPU time, the tracer's too, to that of the workload alone."""
    return spread([(run["traced"]["work_cpu_us"] + run["traced"]["cpu_ns"] / 1e3) /
                   run["bare"]["work_cpu_us"] for run in runs])


def cpu_ms(runs):
    """For each 1,000 of them, which is microseconds for one."""
    return spread([run["traced"]["cpu_ns"] / run["count"] / 1e3 for run in runs])


def complete(runs):
    """Percent, and the worst run counts: what is missing once is missing."""
    if not runs or any("found" not in run for run in runs):
        return None
    # Never rounded up to what it is not.
    return {name: min(int(1000 * run["found"][name] / run["count"]) / 10 for run in runs)
            for name in runs[0]["found"]}


def delay(runs, step):
    return next((run["delay_ms"] for run in runs if run.get("step") == step and "delay_ms" in run),
                None)


def summarise_tracer(runs):
    """runs: all lines of one tracer."""
    summary = {"tracer": runs[0]["tracer"], "label": runs[0]["label"]}
    errors = [run["error"] for run in runs if "error" in run]
    steps = [run for run in runs if "step" in run and run["part"] == "storm"]
    visits = [run for run in runs if "lost" in run and run["part"] == "storm"]
    if errors:
        summary["error"] = errors[0]
    free = [run for run in steps if run["step"] == "storm"]
    two = [run for run in steps if run["step"] == "storm, two parents"]
    pinned = [run for run in steps if run["step"] == "storm, pinned"]
    delays = [run for run in runs if run["part"] == "delay"]
    summary.update(
        slowdown=slowdowns(free), slowdown_two=slowdowns(two), slowdown_pinned=slowdowns(pinned),
        cpu_ratio=cpu_ratios(pinned), cpu_ms=cpu_ms(pinned),
        cpu_ms_free=cpu_ms(free), peak_mib=spread([run["peak_kib"] / 1024 for run in visits]),
        lost=sum(run["lost"] for run in visits), complete=complete(free + two + pinned),
        delay_lone=delay(delays, "lone"), delay_storm=delay(delays, "storm"))
    others = {}
    for run in steps:
        if not run["step"].startswith("storm"):
            others.setdefault(run["step"], []).append(run)
    summary["others"] = {
        name: {"slowdown": slowdowns(those), "cpu_ratio": cpu_ratios(those), "cpu_ms": cpu_ms(those), "complete": complete(those),
               "added_ns": spread([1e3 * (run["traced"]["work_cpu_us"] - run["bare"]["work_cpu_us"]) /
                                   run["count"] for run in those]),
               "cpu_percent": spread([100 * run["traced"]["cpu_ns"] / run["traced"]["loop_ns"]
                                      for run in those])}
        for name, those in others.items()}
    return summary


def summarise_scale(runs):
    """Of each thing that grows, each step and tracer: figures by size."""
    table = {}
    for run in runs:
        if "step" in run and run["step"] != "warm-up":
            table.setdefault((run["what"], run["step"], run["label"]), {}).setdefault(
                run["size"], []).append(run)
    peaks = {}
    for run in runs:
        if "peak_kib" in run:
            peaks.setdefault((run["what"], run["label"], run["size"]), []).append(
                run["peak_kib"] / 1024)
    return [{"what": what, "step": step, "label": label,
             "points": [{"size": size, "cpu_us": cpu_ms(those),
                         "work_us": spread([run["traced"]["loop_ns"] / run["count"] / 1e3
                                            for run in those]),
                         "cpu_ratio": cpu_ratios(those),
                         "peak_mib": spread(peaks.get((what, label, size), []))}
                        for size, those in sorted(sizes.items())]}
            for (what, step, label), sizes in table.items()]


def summarise(path):
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    about = {}
    for line in lines:
        if line["part"] == "about":
            about.update(line)
    lines = [line for line in lines if line["part"] != "about"]
    bare = [run["bare"]["loop_ns"] / run["count"] / 1e3 for run in lines
            if run.get("bare") and run["part"] == "storm"
            and run["step"] in ("storm", "storm, pinned")]
    own = [(run["traced"]["forks"] / run["count"]) - 1 for run in lines
           if "step" in run and run["step"].startswith("storm")]
    keys = dict.fromkeys(line["tracer"] for line in lines if line["part"] in ("storm", "delay"))
    return {"machine": about, "rounds": max((line["round"] for line in lines), default=0),
            "count": max((run["count"] for run in lines
                          if run.get("step") == "storm" and run["part"] == "storm"), default=0),
            "bare_us": spread(bare), "other_forks": spread(own),
            "tracers": [summarise_tracer([line for line in lines if line["tracer"] == key
                                          and line["part"] != "scale"]) for key in keys],
            "scale_errors": [line["error"] for line in lines
                             if line["part"] == "scale" and "error" in line],
            "scale": summarise_scale([line for line in lines if line["part"] == "scale"])}


# ---- from the summary to text

def fmt(figure, form=".2f"):
    """Median (least–most)."""
    if not figure:
        return "–"
    median, least, most = (f"{figure[name]:{form}}" for name in ("median", "min", "max"))
    return median if least == most else f"{median} ({least}–{most})"


def fmt_delay(figure):
    return f"{figure['median']:.1f} / {figure['p99']:.1f}" if figure else "–"


def markdown(head, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [head, *rows]) for i in range(len(head))]

    def line(cells):
        first, *others = cells
        return " | ".join([f"| {first.ljust(widths[0])}",
                           *(cell.rjust(width) for cell, width in zip(others, widths[1:]))]) + " |\n"

    rule = "|" + "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return line(head) + rule + "|\n" + "".join(line(row) for row in rows)


def main_table(summary):
    head = ["", "slowdown", "two parents", "pinned", "all CPU", "CPU ms", "peak MiB", *(title for _, title in FIELDS), "lost",
            "delay, lone", "delay, storm"]
    rows = []
    for tracer in summary["tracers"]:
        if not tracer["slowdown"] and not tracer["delay_lone"]:
            continue
        found = tracer["complete"]
        rows.append([tracer["label"], fmt(tracer["slowdown"]), fmt(tracer["slowdown_two"]),
                     fmt(tracer["slowdown_pinned"]), fmt(tracer["cpu_ratio"]), fmt(tracer["cpu_ms"], ".1f"), fmt(tracer["peak_mib"], ".0f"),
                     *(f"{found[name]:g}" if found else "–" for name, _ in FIELDS),
                     tracer["lost"], fmt_delay(tracer["delay_lone"]),
                     fmt_delay(tracer["delay_storm"])])
    text = markdown(head, rows)
    errors = [f"- {tracer['label']}: does not run here: {tracer['error']}\n"
              for tracer in summary["tracers"] if tracer.get("error")]
    return text + ("\n" + "".join(errors) if errors else "")


def others_table(summary):
    """Slowdown, and for what it is worth the tracer's CPU time."""
    names = list(dict.fromkeys(name for tracer in summary["tracers"] for name in tracer["others"]))
    if not names:
        return ""

    def cell(tracer, name):
        figures = tracer["others"].get(name)
        if not figures:
            return "–"
        if name == "system calls":
            return f"{figures['added_ns']['median']:+.0f} ns"
        if "/s" in name:
            return f"{figures['cpu_percent']['median']:.1f} % of a CPU"
        text = f"{figures['cpu_ratio']['median']:.2f}, {figures['cpu_ms']['median']:.0f} ms"
        found = figures["complete"]
        return text + (f", {found[TELLING[name]]:g} %" if found else "")

    rows = [[tracer["label"], *(cell(tracer, name) for name in names)]
            for tracer in summary["tracers"] if tracer["others"]]
    return ("\nFurther workloads: all CPU, CPU ms for each 1,000 processes, and how many are told"
            " whole (all arguments, the exit, both changes of namespaces); of system calls what"
            " each one takes longer\n\n" + markdown(["", *names], rows))


def scale_table(summary):
    if not summary["scale"]:
        return ""
    errors = "".join(f"\n- {error}\n" for error in summary["scale_errors"])
    rows = []
    for series in summary["scale"]:
        step = series["what"] + (", the first process in each" if series["step"] == "first" else "")
        for point in series["points"]:
            rows.append([f"{point['size']:,} {step}", series["label"], fmt(point["cpu_ratio"]),
                         fmt(point["cpu_us"], ".1f"), fmt(point["work_us"], ".0f"),
                         fmt(point["peak_mib"], ".1f")])
    return ("\nAs something grows: the storm, pinned; µs for each process\n\n" +
            markdown(["", "", "all CPU", "tracer's CPU", "workload", "peak MiB"], rows) + errors)


def render(summary):
    about = summary["machine"]
    text = (f"{about['system']}, {about['cpus']} CPUs ({about['model']}"
            f"{', virtual' if about['virtual'] else ''}), {about['memory_gib']} GiB;"
            f" {summary['rounds']} rounds of {summary['count']} processes,"
            " vfork + exec + exit in a container; median (least–most)\n\n")
    text += main_table(summary) + "\n" + LEGEND
    text += f"Without a tracer: {fmt(summary['bare_us'], '.0f')} µs for each process."
    text += (" Others on the host started, for each process of the storm,"
             f" {fmt(summary['other_forks'])} more, which tracers see too.\n")
    return text + others_table(summary) + scale_table(summary)
