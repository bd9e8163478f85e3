"""How the cost grows, as an SVG: one small panel for each scale, both axes logarithmic."""

from __future__ import annotations

import math
from html import escape

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 330, 230, 58, 38, 30
COLOURS = {"ours": "#0b7285", "raw": "#868e96", "aiobotocore": "#c2255c"}

Series = dict[str, list[tuple[float, float]]]


def panel(title: str, unit: str, series: Series, offset: int) -> str:
    """One panel: cost over size for each client."""
    points = [point for line in series.values() for point in line]
    low = 10 ** math.floor(math.log10(min(y for _, y in points)))
    high = 10 ** math.ceil(math.log10(max(y for _, y in points)))
    longest = max(x for x, _ in points)

    def place(x: float, y: float) -> tuple[float, float]:
        across = math.log10(x) / max(math.log10(longest), 1e-9)
        up = math.log10(y / low) / max(math.log10(high / low), 1e-9)
        return offset + LEFT + across * (WIDTH - LEFT - 16), HEIGHT - BOTTOM - up * (HEIGHT - BOTTOM - TOP)

    parts = [f'<text x="{offset + LEFT}" y="18" class="title">{escape(title)}</text>']
    for decade in range(round(math.log10(low)), round(math.log10(high)) + 1):
        _, y = place(1, 10**decade)
        parts.append(f'<line x1="{offset + LEFT}" x2="{offset + WIDTH - 16}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(f'<text x="{offset + LEFT - 6}" y="{y + 4:.1f}" class="y">{10**decade:,} {escape(unit)}</text>')
    for x in sorted({x for x, _ in points}):
        across, _ = place(x, low)
        parts.append(f'<text x="{across:.1f}" y="{HEIGHT - BOTTOM + 16}" class="x">{x:,.0f}</text>')
    for number, (name, line) in enumerate(series.items()):
        path = " ".join("{:.1f},{:.1f}".format(*place(*point)) for point in line)
        colour = COLOURS.get(name, "#000")
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += ['<circle cx="{:.1f}" cy="{:.1f}" r="3" fill="{}"/>'.format(*place(*point), colour) for point in line]
        across = offset + LEFT + number * 90
        parts.append(f'<text x="{across}" y="{HEIGHT - 4}" fill="{colour}" class="key">{escape(name)}</text>')
    return "\n".join(parts)


def svg(panels: dict[str, tuple[str, Series]]) -> str:
    """The whole picture; `panels` is title to unit and series."""
    style = (
        "text{font:11px sans-serif;fill:#343a40}.title{font-weight:bold;font-size:12px}.y{text-anchor:end}"
        ".x{text-anchor:middle}.grid{stroke:#dee2e6}.key{font-weight:bold}"
    )
    body = "\n".join(
        panel(title, unit, series, number * WIDTH) for number, (title, (unit, series)) in enumerate(panels.items())
    )
    width = WIDTH * len(panels)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}">'
    return f'{head}\n<style>{style}</style>\n<rect width="100%" height="100%" fill="#fff"/>\n{body}\n</svg>\n'
