# SPDX-License-Identifier: Apache-2.0
"""plot - the figures of a bench as one SVG: bars for the tracers, lines for what grows"""

import math
from xml.sax.saxutils import escape

WIDTH = 1080
ROW = 20
LABEL = 260
PANEL_HEIGHT = 240
COLOURS = ("#1b6ca8", "#c0504d", "#4f8f4f", "#8064a2", "#b8860b")
OURS, THEIRS, FLOOR = "#1b6ca8", "#a0a0a0", "#4f8f4f"


class Svg:
    """Elements, from the top down."""

    def __init__(self):
        self.parts = []

    def text(self, x, y, text, anchor="start", size=12, weight="normal"):
        self.parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}"'
                          f' font-weight="{weight}">{escape(text)}</text>')

    def bar(self, x, y, width, height, colour):
        self.parts.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 0.5):.1f}"'
                          f' height="{height}" fill="{colour}"/>')

    def line(self, points, colour, width=1.5):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}"'
                          f' stroke-width="{width}"/>')

    def dot(self, x, y, colour):
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>')

    def render(self, height):
        return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}"'
                ' font-family="sans-serif" fill="#202020">\n'
                f'<rect width="{WIDTH}" height="{height:.0f}" fill="#ffffff"/>\n'
                + "\n".join(self.parts) + "\n</svg>\n")


def bars(svg, top, tracers):
    """A row for each tracer, a column for each figure: the bar from least to most is thin."""
    figures = (("all CPU, pinned (1 = no tracer)", "cpu_ratio", 1.0, ".2f"),
               ("CPU ms for 1,000 processes", "cpu_ms", 0.0, ".1f"),
               ("peak MiB", "peak_mib", 0.0, ".0f"))
    column = (WIDTH - LABEL) / len(figures)
    room = column - 130
    for i, (title, name, zero, form) in enumerate(figures):
        left = LABEL + i * column
        svg.text(left, top, title, weight="bold")
        most = max(max(tracer[name]["max"] - zero for tracer in tracers), 1e-9)
        for row, tracer in enumerate(tracers):
            y = top + 10 + row * ROW
            figure = tracer[name]
            colour = OURS if tracer["tracer"].startswith("proctrace") else \
                FLOOR if tracer["tracer"].startswith("probe") else THEIRS
            svg.bar(left, y, max(0, figure["median"] - zero) / most * room, ROW - 7, colour)
            svg.line([(left + max(0, figure[end] - zero) / most * room, y + (ROW - 7) / 2)
                      for end in ("min", "max")], "#202020", 1)
            svg.text(left + max(0, figure["max"] - zero) / most * room + 5, y + 11,
                     f"{figure['median']:{form}}", size=11)
    for row, tracer in enumerate(tracers):
        svg.text(LABEL - 10, top + 21 + row * ROW, tracer["label"], anchor="end")
    return top + 10 + len(tracers) * ROW


def panel(svg, left, top, width, what, series):
    """Both axes logarithmic, as sizes are decades apart: a cost in proportion is a diagonal."""
    points = [(point["size"], point["cpu_us"]["median"]) for one in series
              for point in one["points"]]
    low_x, high_x = (math.log10(max(1, bound(x for x, _ in points))) for bound in (min, max))
    low_y = math.floor(math.log10(max(0.1, min(y for _, y in points))))
    high_y = math.ceil(math.log10(max(0.2, max(y for _, y in points))))
    inner = (left + 45, top + 15, width - 60, PANEL_HEIGHT - 75)

    def place(x, y):
        part_x = (math.log10(max(1, x)) - low_x) / ((high_x - low_x) or 1)
        part_y = (math.log10(max(y, 10 ** low_y)) - low_y) / ((high_y - low_y) or 1)
        return inner[0] + part_x * inner[2], inner[1] + (1 - part_y) * inner[3]

    svg.text(left + 45, top, f"µs of CPU a process, by {what}", weight="bold")
    for power in range(low_y, high_y + 1):
        _, y = place(1, 10 ** power)
        svg.line([(inner[0], y), (inner[0] + inner[2], y)], "#d8d8d8", 1)
        svg.text(inner[0] - 6, y + 4, f"{10.0 ** power:g}", anchor="end", size=11)
    for size in sorted({x for x, _ in points}):
        x, _ = place(size, 10 ** low_y)
        svg.text(x, inner[1] + inner[3] + 16, f"{size:,}", anchor="middle", size=11)
    for i, one in enumerate(series):
        colour = COLOURS[i % len(COLOURS)]
        those = [place(point["size"], point["cpu_us"]["median"]) for point in one["points"]]
        svg.line(those, colour)
        for x, y in those:
            svg.dot(x, y, colour)
        svg.text(inner[0], inner[1] + inner[3] + 32 + 13 * i, one["label"], size=11)
        svg.bar(inner[0] - 14, inner[1] + inner[3] + 24 + 13 * i, 9, 9, colour)


def draw(summary):
    svg = Svg()
    about = summary["machine"]
    svg.text(20, 28, f"A storm of short processes on {about['cpus']} CPUs, {about['system']}:"
             " what tracing it costs", size=15, weight="bold")
    y = 60
    tracers = [tracer for tracer in summary["tracers"]
               if tracer["cpu_ratio"] and tracer["cpu_ms"] and tracer["peak_mib"]]
    if tracers:
        y = bars(svg, y, tracers) + 40
    kinds = list(dict.fromkeys(one["what"] for one in summary["scale"]))
    for i, what in enumerate(kinds):
        width = (WIDTH - 20) / len(kinds)
        panel(svg, 10 + i * width, y, width, what,
              [one for one in summary["scale"] if one["what"] == what and one["step"] != "first"])
    return svg.render(y + (PANEL_HEIGHT if kinds else 0))
