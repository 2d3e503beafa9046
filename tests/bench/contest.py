#!/usr/bin/env python3
"""Operations against the gateway and against what there is beside it: a proxy, a handler written by hand, pgbench, aiohttp.

Started by run.sh, which names the programs in the environment. Whatever is compared is measured in turn, several rounds in
one run; the figure is the median of the rounds. Processor time is what the operating system counts for the processes of a
contestant, user and system, per operation.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
TICK = os.sysconf("SC_CLK_TCK")
POSTS = 100
USERS = 10
ROWS = 10_000
PARENTS = 2_000
NODES = 250


# ------------------------------------------------------------------ what is served

def words(seed, count):
    """Text that does not repeat much, the same each time."""
    syllables = ["lo", "rem", "ip", "sum", "do", "lor", "sit", "a", "met", "con", "sec", "te", "tur"]
    out = []
    for place in range(count):
        seed = (seed * 1103515245 + 12345 + place) % 2**31
        out.append(syllables[seed % 13] + syllables[seed // 13 % 13])
    return " ".join(out)


def posts():
    return [
        {"userId": 1 + place // (POSTS // USERS), "id": place + 1, "title": words(place, 6), "body": words(place + 500, 24)}
        for place in range(POSTS)
    ]


def user(number):
    return {
        "id": number,
        "name": words(number, 2),
        "username": words(number + 50, 1),
        "email": f"user{number}@example.com",
        "address": {
            "street": words(number + 60, 2),
            "suite": f"Apt. {number * 111}",
            "city": words(number + 70, 1),
            "zipcode": f"{92000 + number}-3874",
            "geo": {"lat": f"-{number}7.3159", "lng": f"{number}1.1496"},
        },
        "phone": "1-770-736-8031 x56442",
        "website": "example.org",
        "company": {"name": words(number + 80, 2), "catchPhrase": words(number + 90, 5), "bs": words(number + 95, 4)},
    }


def row(number):
    """As rows.sql makes it."""
    return {
        "id": number, "a": number * 7 % 1000, "b": f"Name {number}",
        "c": f"A text that is a little longer than the name, of row {number}", "d": number % 2 == 0, "e": number / 8,
    }


def node(number):
    """A tree of objects with eight leaves each."""
    own = {
        "id": number, "name": words(number, 2), "title": words(number + 7, 6), "text": words(number + 11, 20),
        "ratio": number / 7, "flag": number % 3 == 0, "size": number * 7919, "tag": None if number % 5 == 0 else words(number, 1),
    }
    below = {"left": number * 2, "right": number * 2 + 1}
    return own | {side: node(number) if number <= NODES else None for side, number in below.items()}


def waits():
    return [{"milliseconds": 500 + place * 37 % 100 * 10} for place in range(100)]


def write_files(folder):
    (folder / "users").mkdir()
    pretty = {"indent": 2}
    (folder / "posts").write_text(json.dumps(posts(), **pretty))
    (folder / "waits").write_text(json.dumps(waits()))
    (folder / "deep").write_text(json.dumps(node(1)))
    (folder / "parents").write_text(json.dumps([{"id": number, "rowId": 1 + number * 7 % ROWS} for number in range(1, PARENTS + 1)]))
    (folder / "all-users").write_text(json.dumps([user(number) for number in range(1, USERS + 1)], **pretty))
    for number in range(1, USERS + 1):
        (folder / "users" / str(number)).write_text(json.dumps(user(number), **pretty))


def expected(with_users):
    if not with_users:
        return {"data": {"posts": [{"title": post["title"]} for post in posts()]}}
    keys = ("id", "name", "email")
    of_post = lambda post: {
        "id": post["id"], "userId": post["userId"], "title": post["title"],
        "user": {key: user(post["userId"])[key] for key in keys},
    }
    return {"data": {"posts": [of_post(post) for post in posts()]}}


# ------------------------------------------------------------------ processes

def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def is_open(port):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def wait_for(port):
    deadline = time.monotonic() + 10
    while not is_open(port):
        if time.monotonic() > deadline:
            sys.exit(f"nothing listens on {port}")
        time.sleep(0.02)


def children(pid):
    with contextlib.suppress(FileNotFoundError):
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def processor_seconds(pids):
    """User and system time of these processes with all their threads."""
    ticks = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def memory_mib(pids, name="VmHWM"):
    kib = 0
    for pid in pids:
        status = pathlib.Path(f"/proc/{pid}/status").read_text()
        kib += int(re.search(rf"{name}:\s+(\d+)", status).group(1))
    return kib / 1024


def forget_peak(pids):
    """What memory is at its peak counts from now on (proc_pid_clear_refs(5))."""
    for pid in pids:
        pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


class Process:
    """A contestant, or what they all call."""

    started = []

    def __init__(self, arguments, **options):
        self.child = subprocess.Popen(arguments, start_new_session=True, **options)
        self.url = None
        Process.started.append(self)

    @staticmethod
    def stop_all():
        for process in reversed(Process.started):
            process.stop()

    def pids(self):
        return [self.child.pid, *children(self.child.pid)]

    def stop(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.child.pid, signal.SIGKILL)
        self.child.wait()


class Nginx(Process):
    def __init__(self, folder, name, workers, server, extra=""):
        self.port = free_port()
        config = folder / f"{name}.conf"
        config.write_text(f"""
            daemon off; worker_processes {workers}; pid {folder}/{name}.pid; error_log {folder}/{name}.log crit;
            worker_rlimit_nofile 20000;
            events {{ worker_connections 8192; }}
            http {{
              access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; default_type application/json;
              sendfile on; tcp_nopush on; tcp_nodelay on; open_file_cache max=100; open_file_cache_valid 600s;
              client_body_temp_path {folder}/{name}-body; proxy_temp_path {folder}/{name}-proxy;
              fastcgi_temp_path {folder}/{name}-f; uwsgi_temp_path {folder}/{name}-u; scgi_temp_path {folder}/{name}-s;
              {extra}
              server {{ listen 127.0.0.1:{self.port} reuseport; {server} }}
            }}""")
        super().__init__([os.environ["BENCH_NGINX"], "-p", str(folder), "-c", str(config)])
        wait_for(self.port)
        self.url = f"http://127.0.0.1:{self.port}"


class Web(Nginx):
    """The services behind everybody: files."""

    def __init__(self, folder):
        files = folder / "files"
        files.mkdir()
        write_files(files)
        super().__init__(folder, "web", 1, f"""
            root {files};
            location = /users {{ alias {files}/all-users; default_type application/json; }}
            location = /status {{ stub_status; }}""")

    def calls(self):
        with urllib.request.urlopen(f"{self.url}/status") as response:
            return int(response.read().split()[9])


class Limit(Nginx):
    """A proxy that understands nothing of what it passes on."""

    def __init__(self, folder, web):
        super().__init__(folder, "limit", os.cpu_count(), """
            location / { proxy_pass http://web; proxy_http_version 1.1; proxy_set_header Connection "";
              proxy_method GET; proxy_pass_request_body off; proxy_set_header Content-Length ""; }""",
            f"upstream web {{ server 127.0.0.1:{web.port}; keepalive 256; }}")


class Floor(Process):
    def __init__(self, web):
        super().__init__([os.environ["BENCH_FLOOR"], web.url], stdout=subprocess.PIPE, text=True)
        self.url = self.child.stdout.readline().strip()

    def slow_calls(self):
        with urllib.request.urlopen(f"{self.url}/slow") as response:
            return int(response.read())


class Tributary(Process):
    def __init__(self, folder, web, slow, database):
        port = free_port()
        environment = os.environ | {"BENCH_WEB": web.url, "BENCH_SLOW": slow, "BENCH_DB": database}
        arguments = [os.environ["BENCH_TRIBUTARY"], "serve", str(HERE / "schema.graphql"), "--listen", f"127.0.0.1:{port}"]
        arguments += ["--log", "info,tributary::operation=off"]
        log = open(folder / "tributary.log", "w")
        super().__init__(arguments, env=environment, stdout=log, stderr=log)
        try:
            wait_for(port)
        except SystemExit:
            sys.exit((folder / "tributary.log").read_text())
        self.url = f"http://127.0.0.1:{port}"

    def errors(self):
        """How many errors its responses had."""
        with urllib.request.urlopen(f"{self.url}/metrics") as response:
            lines = response.read().decode().splitlines()
        return sum(int(line.rpartition(" ")[2]) for line in lines if line.startswith("tributary_errors_total"))


# ------------------------------------------------------------------ load

SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [==[BODY]==]
local n = 0
BUILD
done = function(summary, latency, requests)
  io.write(string.format("figures %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50),
    latency:percentile(99), summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.timeout))
end
"""


class Load:
    """What is asked, again and again; where it is not the same each time, `query` and `variables` are one of what is asked."""

    def __init__(self, path, query="", build="", variables=None, check=None):
        self.path, self.check = path, check
        self.body = json.dumps({"query": query} | ({"variables": variables} if variables else {}))
        self.script = SCRIPT.replace("BODY", self.body).replace("BUILD", build)

    def ask(self, url, timeout=60):
        headers = {"content-type": "application/json"}
        request = urllib.request.Request(url + self.path, self.body.encode(), headers)
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return json.load(response)

    def verify(self, what, url):
        answer = self.ask(url)
        if self.check is not None and answer != self.check:
            sys.exit(f"{what} gives a wrong answer: {str(answer)[:300]}")


class Figures(dict):
    """What was seen of one round."""

    __getattr__ = dict.__getitem__


def run_load(folder, contestant, load, connections, seconds, web):
    script = folder / "load.lua"
    script.write_text(load.script)
    pids = contestant.pids()
    # What the first requests do once is not measured.
    wrk = [os.environ["BENCH_WRK"], "-t1", f"-c{connections}", "-s", str(script), contestant.url + load.path]
    subprocess.run([*wrk, "-d1s"], check=True, stdout=subprocess.DEVNULL)
    forget_peak(pids)
    calls, busy = web.calls(), processor_seconds(pids)
    out = subprocess.run([*wrk, f"-d{seconds}s"], check=True, capture_output=True, text=True).stdout
    busy, calls = processor_seconds(pids) - busy, web.calls() - calls - 1
    requests, microseconds, p50, p99, refused, broken = map(int, re.search(r"figures (.*)", out).group(1).split())
    if refused or broken:
        sys.exit(f"{refused} of {requests} answers were no success, {broken} connections broke")
    if isinstance(contestant, Tributary) and contestant.errors():
        sys.exit("there are responses with errors")
    return Figures(
        micros=busy * 1e6 / requests, rate=requests / (microseconds / 1e6), p50=p50 / 1000, p99=p99 / 1000,
        calls=calls / requests, memory=memory_mib(pids),
    )


def median(rounds, figure):
    return statistics.median(round_[figure] for round_ in rounds)


def spread(rounds, figure):
    values = [round_[figure] for round_ in rounds]
    return (max(values) - min(values)) / statistics.median(values) * 100


# ------------------------------------------------------------------ the contest

Q1 = "{ posts { title } }"
Q2 = "{ posts { id userId title user { id name email } } }"
Q2_AT_ONCE = "{ posts: postsAtOnce { id userId title user { id name email } } }"
TEXTS = """request = function() n = n + 1
  return wrk.format(nil, nil, nil, '{"query":"query Q' .. n % 1000 .. ' { posts { title } }"}') end"""
VARIABLES = """request = function() n = n + 1
  return wrk.format(nil, nil, nil, '{"query":"query($tag: String) { posts(tag: $tag) { title } }","variables":{"tag":"t' .. n .. '"}}') end"""
TAGGED = "query($tag: String) { posts(tag: $tag) { title } }"
ROW = """request = function() n = (n * 16807 + 7) % 2147483647
  return wrk.format(nil, nil, nil, '{"query":"query($id: Int!) { row(id: $id) { id a b c d e } }","variables":{"id":' .. 1 + n % 9900 .. '}}') end"""
ROWS_100 = ROW.replace("row(id:", "rows(from:")
ONE_ROW = "query($id: Int!) { row(id: $id) { id a b c d e } }"
LEAVES = "id name title text ratio flag size tag"
DEEP = " ".join(
    ["{ deep { ...N1 } }"]
    + [f"fragment N{depth} on Node {{ {LEAVES} left {{ ...N{depth + 1} }} right {{ ...N{depth + 1} }} }}" for depth in range(1, 8)]
    + [f"fragment N8 on Node {{ {LEAVES} }}"]
)
BATCH = "{ parents { id row { id a b } } }"
NAMES = ["Q1", "Q2", "Q3", "Q4", "Q5", "Q6", "Q7", "Q8", "memory", "scaling"]


class Contest:
    def __init__(self, folder, arguments):
        self.folder, self.arguments = folder, arguments
        self.lines, self.goals = [], []

    def begin(self):
        folder = self.folder
        self.web = Web(folder)
        self.limit = Limit(folder, self.web)
        self.floor = Floor(self.web)
        self.database = os.environ["BENCH_POSTGRES"]
        self.tributary = Tributary(folder, self.web, self.floor.url, self.database)

    def is_asked_for(self, name):
        return not self.arguments.only or any(name.startswith(only) for only in self.arguments.only)

    def compare(self, name, contestants, connections=64):
        """Measures contestants in turn, and gives their rounds by name."""
        if not self.is_asked_for(name):
            return None
        rounds = {label: [] for label, _, _ in contestants}
        for label, process, load in contestants:
            load.verify(f"{name}: {label}", process.url)
        for _ in range(self.arguments.rounds):
            for label, process, load in contestants:
                seconds = self.arguments.seconds
                rounds[label].append(run_load(self.folder, process, load, connections, seconds, self.web))
        for label, seen in rounds.items():
            self.row(name, label, seen)
        return rounds

    def row(self, name, label, seen):
        of = lambda figure: median(seen, figure)
        cells = [
            name, label, f"{of('micros'):.1f}", f"{spread(seen, 'micros'):.0f} %", f"{of('rate'):,.0f}", f"{of('p50'):.2f}",
            f"{of('p99'):.2f}", f"{of('calls'):.2f}", f"{of('memory'):.0f}",
        ]
        self.say(cells)

    def say(self, cells):
        self.lines.append(cells)
        print("  ".join(cells), file=sys.stderr)

    def goal(self, what, value, bound, is_most=True):
        holds = value <= bound if is_most else value >= bound
        sign = "≤" if is_most else "≥"
        self.goals.append([what, f"{value:.2f}", f"{sign} {bound:g}", "yes" if holds else "no"])
        print(f"  {what}: {value:.2f}, goal {sign} {bound:g}: {'holds' if holds else 'MISSED'}", file=sys.stderr)

    # -------------------------------------------------------------- operations

    def titles(self):
        expect = expected(False)
        of_gateway = Load("/graphql", Q1, check=expect)
        seen = self.compare("Q1", [
            ("limit", self.limit, Load("/posts", check=posts())),
            ("floor", self.floor, Load("/titles", check=expect)),
            ("tributary", self.tributary, of_gateway),
        ])
        if seen:
            ours = median(seen["tributary"], "micros")
            self.goal("Q1, processor time / floor", ours / median(seen["floor"], "micros"), 1.10)
            self.goal("Q1, processor time / limit", ours / median(seen["limit"], "micros"), 2.2)
        seen = self.compare("Q5", [
            ("tributary, Q1", self.tributary, of_gateway),
            ("tributary, a variable each time", self.tributary, Load("/graphql", TAGGED, VARIABLES, {"tag": "t1"}, expect)),
            ("tributary, 1,000 texts", self.tributary, Load("/graphql", "query Q1 { posts { title } }", TEXTS, check=expect)),
        ])
        if seen:
            q1 = median(seen["tributary, Q1"], "micros")
            self.goal("Q5, variables / Q1", median(seen["tributary, a variable each time"], "micros") / q1, 1.15)
            self.goal("Q5, texts / Q1", median(seen["tributary, 1,000 texts"], "micros") / q1, 1.15)

    def users(self):
        expect = expected(True)
        for name, query, path in [("Q2", Q2, "/users"), ("Q2 batched", Q2_AT_ONCE, "/users-at-once")]:
            seen = self.compare(name, [
                ("floor", self.floor, Load(path, check=expect)),
                ("tributary", self.tributary, Load("/graphql", query, check=expect)),
            ])
            if seen:
                ratio = median(seen["tributary"], "micros") / median(seen["floor"], "micros")
                self.goal(f"{name}, processor time / floor", ratio, 1.05)

    def constant(self):
        expect = {"data": {"greet": "hello"}}
        seen = self.compare("Q3", [
            ("axum, a constant", self.floor, Load("/greet", check=expect)),
            ("tributary", self.tributary, Load("/graphql", "{ greet }", check=expect)),
        ])
        if seen:
            ratio = median(seen["tributary"], "rate") / median(seen["axum, a constant"], "rate")
            self.goal("Q3, throughput / axum", ratio, 0.8, is_most=False)

    def rows(self):
        one = {"data": {"row": row(17)}}
        hundred = {"data": {"rows": [row(number) for number in range(17, 117)]}}
        for name, build, query, expect, statement, bound in [
            ("Q4 one row", ROW, ONE_ROW, one, "select id, a, b, c, d, e from bench.row where id = :id", 60),
            ("Q4 100 rows", ROWS_100, ONE_ROW.replace("row(id:", "rows(from:"), hundred,
             "select id, a, b, c, d, e from bench.row where id >= :id order by id limit 100", 200),
        ]:
            if not self.is_asked_for(name):
                continue
            rates, seen = [], []
            load = Load("/graphql", query, build, {"id": 17}, expect)
            load.verify(name, self.tributary.url)
            script = self.folder / "pgbench.sql"
            script.write_text(f"\\set id random(1, {ROWS - 100})\n{statement};\n")
            for _ in range(self.arguments.rounds):
                command = [os.environ["BENCH_PGBENCH"], "-n", "-M", "prepared", "-c", "8", "-j", "1", "-T", str(self.arguments.seconds)]
                out = subprocess.run([*command, "-f", str(script), self.database], check=True, capture_output=True, text=True)
                rates.append(float(re.search(r"tps = ([\d.]+)", out.stdout).group(1)))
                seen.append(run_load(self.folder, self.tributary, load, 64, self.arguments.seconds, self.web))
            rate = statistics.median(rates)
            self.say([name, "pgbench", "", f"{(max(rates) - min(rates)) / rate * 100:.0f} %", f"{rate:,.0f}", "", "", "", ""])
            self.row(name, "tributary", seen)
            self.goal(f"{name}, throughput / pgbench", median(seen, "rate") / rate, 0.5, is_most=False)
            self.goal(f"{name}, processor time, µs", median(seen, "micros"), bound)

    def deep(self):
        def selected(tree, depth=1):
            sides = {"left", "right"} if depth < 8 else set()
            own = {key: value for key, value in tree.items() if key not in ("left", "right")}
            return own | {side: tree[side] and selected(tree[side], depth + 1) for side in sides}

        expect = {"data": {"deep": selected(node(1))}}
        seen = self.compare("Q6", [("tributary", self.tributary, Load("/graphql", DEEP, check=expect))])
        if seen:
            # The whole operation counts, and not only what the goal speaks of: the call and the request are in it.
            size = (self.folder / "files" / "deep").stat().st_size
            self.goal("Q6, MB of the answer a second", size / median(seen["tributary"], "micros"), 300, is_most=False)

    def parents(self):
        of = lambda number: {"id": number, "row": {key: row(1 + number * 7 % ROWS)[key] for key in ("id", "a", "b")}}
        expect = {"data": {"parents": [of(number) for number in range(1, PARENTS + 1)]}}
        self.compare("Q8", [("tributary", self.tributary, Load("/graphql", BATCH, check=expect))])

    def slow_calls(self):
        if not self.is_asked_for("Q7"):
            return
        times = [wait["milliseconds"] / 1000 for wait in waits()]
        for name, query, width in [("Q7", "{ waits { took } }", 100), ("Q7, ten at once", "{ waits: narrowWaits { took } }", 10)]:
            took, of_client, calls = [], [], []
            load = Load("/graphql", query)
            for _ in range(self.arguments.rounds):
                before, began = self.floor.slow_calls(), time.monotonic()
                answer = load.ask(self.tributary.url)
                took.append(time.monotonic() - began)
                calls.append(self.floor.slow_calls() - before)
                if [wait["took"] / 1000 for wait in answer["data"]["waits"]] != times:
                    sys.exit(f"{name}: tributary gives a wrong answer: {str(answer)[:300]}")
                out = subprocess.run([sys.executable, str(HERE / "calls.py"), self.floor.url, str(width)], input=json.dumps(times),
                    check=True, capture_output=True, text=True).stdout
                of_client.append(float(out))
            best = best_schedule(times, width)
            self.say([name, "tributary", "", "", "", f"{statistics.median(took) * 1000:.0f}", "", f"{statistics.median(calls):.2f}", ""])
            self.say([name, "aiohttp", "", "", "", f"{statistics.median(of_client) * 1000:.0f}", "", "", ""])
            bound = 1.03 if width == 100 else 1.05
            self.goal(f"{name}, time / best schedule", statistics.median(took) / best, bound)

    def memory(self):
        if not self.is_asked_for("memory"):
            return
        gateway = Tributary(self.folder, self.web, self.floor.url, self.database)
        load = Load("/graphql", Q2, check=expected(True))
        load.verify("memory", gateway.url)
        seen = run_load(self.folder, gateway, load, 64, self.arguments.seconds, self.web)
        self.goal("memory at 64 connections on Q2, MiB", seen.memory, 48)
        gateway.stop()

    def scaling(self):
        if not self.is_asked_for("scaling"):
            return
        load = Load("/graphql", Q1, check=expected(False))
        load.verify("scaling", self.tributary.url)
        best, worst_tail, worst_fall = 0, 0, 1
        for power in range(9):
            connections = 2**power
            seen = [
                run_load(self.folder, self.tributary, load, connections, self.arguments.seconds, self.web)
                for _ in range(self.arguments.rounds)
            ]
            self.row(f"Q1, {connections} connections", "tributary", seen)
            rate = median(seen, "rate")
            best = max(best, rate)
            worst_fall = min(worst_fall, rate / best)
            worst_tail = max(worst_tail, median(seen, "p99") / median(seen, "p50"))
        self.goal("scaling, throughput / its peak before", worst_fall, 0.95, is_most=False)
        self.goal("scaling, p99 / p50", worst_tail, 5)


def best_schedule(times, width):
    """How long the calls take at least where so many are under way at once: the longest first, as soon as one can begin."""
    ends = [0.0] * width
    for length in sorted(times, reverse=True):
        place = ends.index(min(ends))
        ends[place] += length
    return max(max(ends), max(times))


def table(head, lines):
    print("| " + " | ".join(head) + " |")
    print("|" + " --- |" * len(head))
    for cells in lines:
        print("| " + " | ".join(cells) + " |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=NAMES, metavar="NAME", help=", ".join(NAMES))
    arguments = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="tributary-bench."))
    folder.chmod(0o755)
    contest = Contest(folder, arguments)
    try:
        contest.begin()
        contest.titles()
        contest.users()
        contest.constant()
        contest.rows()
        contest.deep()
        contest.slow_calls()
        contest.parents()
        contest.memory()
        contest.scaling()
    finally:
        Process.stop_all()
        shutil.rmtree(folder, ignore_errors=True)
    memory = int(re.search(r"MemTotal:\s+(\d+)", pathlib.Path("/proc/meminfo").read_text()).group(1)) / 1024**2
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} processors, {memory:.0f} GiB\n")
    table(["operation", "contestant", "µs of processor", "spread", "per second", "p50 ms", "p99 ms", "calls", "peak MiB"], contest.lines)
    print()
    table(["goal", "measured", "bound", "holds"], contest.goals)
    return 0 if all(goal[3] == "yes" for goal in contest.goals) else 1


if __name__ == "__main__":
    sys.exit(main())
