"""`python -m tests.benchmarks` measures this library beside raw aiohttp, aiobotocore, capo and boto3, in one run.

Every figure is a median over interleaved rounds, each in a fresh process; costs are CPU time of the client's process.
It asserts nothing about time. `--quick` makes one short round of each, to show that it works.
"""

from __future__ import annotations

import argparse
import copy
import importlib.metadata
import importlib.util
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .plot import Series, svg

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PEERS = ("aiobotocore", "capo", "boto3")
PACKAGES = {"aiobotocore": ("aiobotocore",), "capo": ("capo-sagemaker", "capo-sagemaker-runtime"), "boto3": ("boto3",)}
TITLES = {
    "describe": "describe_endpoint",
    "invoke": "invoke_endpoint, 17 bytes",
    "list": "list_endpoints, a page of 100",
    "create": "create_endpoint_config, ten variants",
}
"""Calls, 32 at a time."""
CALLS = {"describe": 2000, "invoke": 2000, "list": 400, "create": 800}
SHARE = {"raw": 1.0, "ours": 1.0, "aiobotocore": 0.3, "capo": 0.3, "boto3": 0.2}
"""How many of the calls each client makes: the slow ones fewer, for the same time."""
MEGABYTES = 400
"""How much goes through each client where its throughput is measured."""


class Bench:
    """One run's interpreters, server and figures."""

    def __init__(self, peers: str | None, further: str | None, rounds: int, shrink: int) -> None:
        self.own = sys.executable
        self.peers = peers
        self.further = further
        self.there = installed(peers) if peers else {}
        self.rounds = rounds
        self.shrink = shrink
        self.environment = {
            # An installed package has its bytecode, so this one must be able to write its own.
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith("AWS_") and name != "PYTHONDONTWRITEBYTECODE"
            },
            "PYTHONPATH": str(ROOT / "src"),
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def under(self, python: str) -> Bench:
        """The same for this library and aiohttp alone, under another interpreter."""
        other = copy.copy(self)
        other.own, other.there = python, {}
        return other

    def python(self, client: str) -> str | None:
        if client not in PEERS:
            return self.own
        return self.peers if client in self.there else None

    def run(self, client: str, script: str, *arguments: object) -> tuple[str, float, int]:
        """Standard output, CPU seconds and peak memory in bytes of one process."""
        python = self.python(client) or self.own
        command = [python, str(HERE / script), *map(str, arguments)]
        with tempfile.TemporaryFile() as out:
            process = subprocess.Popen(command, stdout=out, env=self.environment)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                raise SystemExit(f"{' '.join(command)} failed with {process.returncode}")
            out.seek(0)
            return out.read().decode(), usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024

    def clients(self, *names: str) -> list[str]:
        return [name for name in names if self.python(name) is not None]

    @contextmanager
    def server(self, script: str = "server.py", *arguments: str) -> Iterator[str]:
        """A server's URL."""
        command = [sys.executable, str(HERE / script), *arguments]
        pipe = subprocess.PIPE
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=self.environment) as process:
            assert process.stdout is not None
            try:
                yield f"http://127.0.0.1:{int(process.stdout.readline())}"
            finally:
                process.communicate()

    @contextmanager
    def tls_server(self) -> Iterator[str]:
        """The URL of one that speaks TLS, and whose authority every client trusts meanwhile."""
        with tempfile.TemporaryDirectory() as folder, self.server("server.py", "100", folder) as url:
            trusted = str(Path(folder) / "ca.pem")
            self.environment |= {"SSL_CERT_FILE": trusted, "AWS_CA_BUNDLE": trusted}
            try:
                yield url.replace("http:", "https:")
            finally:
                del self.environment["SSL_CERT_FILE"], self.environment["AWS_CA_BUNDLE"]

    def calls(
        self,
        url: str,
        scenario: str,
        names: list[str],
        concurrency: int = 32,
        size: int = 10,
        loop: str = "asyncio",
    ) -> dict[str, float]:
        """Microseconds of CPU a call, by client."""
        found: dict[str, list[float]] = defaultdict(list)
        for _ in range(self.rounds):
            for name in names:
                count = max(int(CALLS[scenario] * SHARE[name] / self.shrink), concurrency)
                out, _, _ = self.run(name, "worker.py", name, scenario, url, count, concurrency, size, loop)
                found[name].append(json.loads(out)["cpu"])
        return {name: statistics.median(values) for name, values in found.items()}

    def throughput(self, url: str, scenario: str, names: list[str]) -> dict[str, float]:
        """MB of content a second, by client."""
        found: dict[str, list[float]] = defaultdict(list)
        for _ in range(self.rounds):
            for name in names:
                out, _, _ = self.run(name, "runtime.py", name, scenario, url, MEGABYTES // self.shrink)
                found[name].append(float(out))
        return {name: statistics.median(values) for name, values in found.items()}

    def starts(self, cases: dict[str, tuple[str, ...]]) -> dict[str, tuple[float, float]]:
        """Milliseconds of CPU over a bare interpreter, and peak memory in MB, by case."""
        found: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for _ in range(self.rounds * 2 + 1):
            for name, arguments in {"nothing": ("nothing",), **cases}.items():
                _, cpu, memory = self.run(arguments[0], "starting.py", *arguments)
                found[name].append((cpu, memory))
        bare = statistics.median(cpu for cpu, _ in found.pop("nothing"))
        return {
            name: (
                (statistics.median(cpu for cpu, _ in values) - bare) * 1e3,
                statistics.median(memory for _, memory in values) / 1e6,
            )
            for name, values in found.items()
        }


def make_peers() -> str:
    """An environment with the peers: aiobotocore pins a botocore of its own, so it cannot share ours."""
    folder = Path(tempfile.mkdtemp(prefix="peers-"))
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    # aiobotocore and boto3 in one step, for a botocore that suits both. One that does not install here is left out.
    for packages in ((*PACKAGES["aiobotocore"], *PACKAGES["boto3"]), PACKAGES["capo"], ("uvloop", "orjson")):
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=False)
    return python


def make_further() -> str | None:
    """An environment for this library under the newest Python that is here, if that is newer than this one."""
    known = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    minor = sys.version_info.minor
    for newer in range(minor + 9, minor, -1):
        for command in (f"python3.{newer}", *map(str, sorted(known.glob(f"3.{newer}.*/bin/python")))):
            path = shutil.which(command)
            # One that pyenv has, and was not asked for here, is found and fails.
            if path is not None and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
                folder = Path(tempfile.mkdtemp(prefix="further-"))
                subprocess.run([path, "-m", "venv", folder], check=True)
                python = str(folder / "bin" / "python")
                subprocess.run([python, "-m", "pip", "install", "--quiet", f"{ROOT}[speed]"], check=True)
                return python
    return None


def version(python: str) -> str:
    """Which Python it is, such as `3.13`."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def installed(python: str) -> dict[str, str]:
    """The peers that an interpreter has, and their versions."""
    wanted = {name: packages[0] for name, packages in PACKAGES.items()}
    code = f"""
import importlib.metadata as metadata, json
found = {{d.metadata["Name"]: d.version for d in metadata.distributions()}}
print(json.dumps({{name: found[package] for name, package in {wanted!r}.items() if package in found}}))
"""
    out = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout
    found: dict[str, str] = json.loads(out)
    return found


def versions(bench: Bench) -> dict[str, str]:
    """What was measured, and on what."""
    names = ("aiohttp", "attrs", "cattrs", "botocore", "orjson", "uvloop")
    found = {"python": platform.python_version(), "machine": f"{platform.machine()}, {os.cpu_count()} CPUs"}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    found |= bench.there
    return found


def ratio(over: float | None, under: float | None) -> str:
    return f"{over / under:.2f}" if over and under else "-"


def cost_row(title: str, cost: dict[str, float]) -> tuple[str, ...]:
    """A row of what a call costs, in CPU time, and how many of them one core makes in a second."""
    return (
        title,
        *(f"{cost[name]:,.0f} us" if name in cost else "-" for name in ("raw", "ours", *PEERS)),
        f"{ratio(cost['ours'], cost['raw'])} x raw, {1e6 / cost['ours']:,.0f} a second",
        f"{ratio(cost['aiobotocore'], cost['ours'])} x less than aiobotocore" if "aiobotocore" in cost else "",
    )


def costs(
    bench: Bench, url: str, figures: dict[str, Any], rows: list[tuple[str, ...]], how: str = "", *, quick: bool
) -> None:
    """What each kind of call costs, on each event loop."""
    loops = ["asyncio", *(["uvloop"] if importlib.util.find_spec("uvloop") and not (how and quick) else [])]
    for scenario, title in TITLES.items():
        for loop in loops:
            # boto3 has threads in place of a loop, and is slow to measure.
            left_out = {("capo", "create")} | ({("boto3", scenario)} if how or loop != "asyncio" else set())
            names = [name for name in ("raw", "ours", *PEERS) if (name, scenario) not in left_out]
            label = f"{title}{how}{'' if loop == 'asyncio' else ', uvloop'}"
            cost = figures[label] = bench.calls(url, scenario, bench.clients(*names), loop=loop)
            rows.append(cost_row(label, cost))


def hooks(bench: Bench, url: str, figures: dict[str, Any], rows: list[tuple[str, ...]], *, quick: bool) -> None:
    """What hooks add to a call, and what a test with a stub takes."""
    out, _, _ = bench.run("ours", "hooks.py", url, 3 if quick else 60)
    found = figures["hooks"] = json.loads(out)

    def row(title: str, cost: float, floor: float | None = None, note: str = "") -> None:
        shown = "-" if floor is None else f"{floor:+.1f} us"
        rows.append((title, shown, f"{cost:+.1f} us", *("-" for _ in PEERS), note, ""))

    row("describe_endpoint, no hooks: asking for them", found["asking"], note=f"{found['points']} times")
    row("describe_endpoint, one empty Hooks", found["empty"])
    row("describe_endpoint, OpenTelemetryHooks, no provider", found["api"])
    for name, title in (("spans", "spans"), ("metrics", "metrics"), ("both", "spans and metrics")):
        cost, floor = found[name], found[f"{name}, floor"]
        row(f"describe_endpoint, OpenTelemetryHooks, {title}", cost, floor, f"{ratio(cost, floor)} x the SDK's part")
    row("a test with a stub, and a call in it", found["stub"])


def measure(bench: Bench, quick: bool) -> tuple[dict[str, Any], list[tuple[str, ...]], dict[str, tuple[str, Series]]]:
    """All figures, the table's rows and the plot's panels."""
    figures: dict[str, Any] = {}
    rows: list[tuple[str, ...]] = []
    with bench.server() as url:
        costs(bench, url, figures, rows, quick=quick)
        if bench.further is not None:
            costs(bench.under(bench.further), url, figures, rows, f", Python {version(bench.further)}", quick=quick)
        hooks(bench, url, figures, rows, quick=quick)
        starts = bench.starts(
            {
                "floor": ("floor",),
                "models": ("models",),
                "chain": ("chain",),
                **{name: (name,) for name in bench.clients("ours", *PEERS)},
                **{f"{name}, a call": (name, url) for name in bench.clients("ours", *PEERS)},
            }
        )
        figures["starts"] = starts
        for title, key in (("import and client", "{}"), ("import, client, a call", "{}, a call")):
            times = {name: starts.get(key.format(name), (None,))[0] for name in ("ours", *PEERS)}
            rows.append(
                (
                    title,
                    f"{starts['floor'][0]:.0f} ms",
                    *(f"{value:.0f} ms" if value else "-" for value in times.values()),
                    f"{ratio(times['ours'], starts['floor'][0])} x the floor",
                    f"{ratio(times['aiobotocore'], times['ours'])} x less than aiobotocore",
                )
            )
        chain = starts["chain"][0]
        floor = ratio(chain, starts["floor"][0])
        rows.append(
            (
                "import and client, default credentials",
                f"{starts['floor'][0]:.0f} ms",
                f"{chain:.0f} ms",
                *("-" for _ in PEERS),
                f"{floor} x the floor",
                f"{ratio(starts.get('boto3', (None,))[0], chain)} x less than boto3",
            )
        )
        models = starts["models"][0]
        floor = ratio(models, starts["floor"][0])
        rows.append(
            (
                "import of a request model",
                f"{starts['floor'][0]:.0f} ms",
                f"{models:.0f} ms",
                *("-" for _ in PEERS),
                f"{floor} x the floor",
                "",
            )
        )
        memory = {name: starts.get(f"{name}, a call", (0, 0))[1] for name in ("ours", *PEERS)}
        against = f"{ratio(memory['ours'], memory['boto3'])} x boto3"
        rows.append(
            ("memory after a call", "-", *(f"{mb:.0f} MB" if mb else "-" for mb in memory.values()), against, "")
        )
        calls = 500 if quick else 10_000
        out, _, _ = bench.run("ours", "holding.py", "calls", url, calls)
        figures["calls held"] = json.loads(out)
        grown = f"{figures['calls held']['grown'] / 1e6:+.1f} MB"
        rows.append((f"memory over {calls:,} calls", "-", grown, *("-" for _ in PEERS), "", ""))
        waiters = 100 if quick else 1000
        out, _, _ = bench.run("ours", "holding.py", "waiters", url, waiters)
        figures["waiters held"] = json.loads(out)
        each = f"{figures['waiters held']['each'] / 1e3:.1f} kB each"
        rows.append((f"{waiters:,} concurrent waiters", "-", each, *("-" for _ in PEERS), "", ""))
    with bench.tls_server() as url:
        costs(bench, url, figures, rows, ", over TLS", quick=quick)
    with bench.server("runtime.py", "serve") as url:
        for scenario, title in (
            ("answers", "invoke_endpoint, answers of 1 MB"),
            ("bodies", "invoke_endpoint, 1 MB there and back"),
            ("stream", "a response stream in parts of 16 KB"),
        ):
            speed = figures[scenario] = bench.throughput(
                url, scenario, bench.clients("raw", "raw, checked", "ours", "aiobotocore")
            )
            rows.append(
                (
                    title,
                    *(f"{speed[name]:,.0f} MB/s" if name in speed else "-" for name in ("raw", "ours", *PEERS)),
                    f"{ratio(speed['ours'], speed['raw'])} of raw",
                    f"{ratio(speed['ours'], speed['raw, checked'])} of raw with the checksums",
                )
            )
    panels = growth(bench, quick)
    figures["growth"] = {title: series for title, (_, series) in panels.items()}
    return figures, rows, panels


def growth(bench: Bench, quick: bool) -> dict[str, tuple[str, Series]]:
    """How the cost of a call grows with what is asked of it."""
    panels: dict[str, tuple[str, Series]] = {}
    names = bench.clients("raw", "ours", "aiobotocore")
    concurrent: Series = defaultdict(list)
    with bench.server() as url:
        for size in (1, 32) if quick else (1, 10, 100, 1000):
            for name, cost in bench.calls(url, "describe", names, concurrency=size).items():
                concurrent[name].append((size, cost))
    panels["describe_endpoint: calls at a time"] = ("us", dict(concurrent))
    items: Series = defaultdict(list)
    for size in (1, 100) if quick else (1, 10, 100, 1000):
        with bench.server("server.py", str(size)) as url:
            for name, cost in bench.calls(url, "list", names).items():
                items[name].append((size, cost))
    panels["list_endpoints: items on a page"] = ("us", dict(items))
    variants: Series = defaultdict(list)
    with bench.server() as url:
        for size in (1, 10) if quick else (1, 3, 10, 30, 100):
            for name, cost in bench.calls(url, "create", names, size=size).items():
                variants[name].append((size, cost))
    panels["create_endpoint_config: variants"] = ("us", dict(variants))
    return panels


def table(rows: list[tuple[str, ...]]) -> str:
    """The rows as a Markdown table."""
    head = ("what", "raw, or floor", "aiosagemaker", *PEERS, "", "")
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def growth_table(panels: dict[str, tuple[str, Series]]) -> str:
    """The growth as Markdown tables."""
    parts: list[str] = []
    for title, (unit, series) in panels.items():
        sizes = [size for size, _ in next(iter(series.values()))]
        parts.append(f"\n| {title} | {' | '.join(f'{size:,.0f}' for size in sizes)} |\n|{'---|' * (len(sizes) + 1)}")
        parts += [
            f"| {name} | {' | '.join(f'{cost:,.0f} {unit}' for _, cost in line)} |" for name, line in series.items()
        ]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one short round of each, without peers not at hand")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (default 5)")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with the peers (default: make one)")
    parser.add_argument("--further", metavar="PYTHON", help="another, of ours (default: the newest Python here)")
    parser.add_argument("--json", type=Path, help="write the figures there")
    parser.add_argument("--svg", type=Path, help="write the plot there")
    options = parser.parse_args()
    peers = options.peers or (None if options.quick else make_peers())
    further = options.further or (None if options.quick else make_further())
    bench = Bench(peers, further, 1 if options.quick else options.rounds, 10 if options.quick else 1)
    figures, rows, panels = measure(bench, options.quick)
    about = versions(bench)
    print(", ".join(f"{name} {value}" for name, value in about.items()), end="\n\n")
    print(table(rows))
    print(growth_table(panels))
    own = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"\n{own.ru_utime + own.ru_stime:.0f} s of CPU time in all")
    if options.json:
        options.json.write_text(json.dumps({"versions": about, **figures}, indent=1))
    if options.svg:
        options.svg.write_text(svg(panels))


if __name__ == "__main__":
    main()
