#!/usr/bin/env python3
"""Measures a full-screen program from outside: in a 120x40 pseudo-terminal, against a scripted
streaming endpoint on loopback, with a small terminal emulator that tells when a word is on the screen.

    cargo build --release --bin glm-tui --example floor
    benches/program/measure.py [--quick] [floor=PATH] [glm-tui=PATH]
    benches/program/measure.py --headless [--quick] [glm-tui=PATH]
    benches/program/measure.py --flood [glm-tui=PATH]

The first program is the floor: the others are shown as multiples of it. `--quick` shortens every
part (the figures are scaled where the table names a number of tokens). `--headless` measures whole
processes of `-p` against the program's own simulator, `--flood` a command that prints a gigabyte; both
only glm-tui. Python 3.9+, Linux, nothing else.
A noisy machine shows in the p95 rows first; run it twice.
"""

import argparse
import fcntl
import json
import multiprocessing
import os
import pty
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import unicodedata
from multiprocessing.sharedctypes import RawArray

COLUMNS, ROWS = 120, 40
MOST_TOKENS = 80_000
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


# ---------------------------------------------------------------- the endpoint

def word(n):
    """The n-th token's word: unique, and no word that a program would show by itself."""
    letters = "bcdfghjkmnpqrstvwxz"
    out = ""
    for _ in range(5):
        n, rest = divmod(n, len(letters))
        out = letters[rest] + out
    return out


def chunk(model, content, finish=None, usage=None):
    delta = {} if content is None else {"content": content}
    event = {"id": "m", "object": "chat.completion.chunk", "created": 1, "model": model,
             "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    if usage:
        event["usage"] = usage
    return b"data: " + json.dumps(event, separators=(",", ":")).encode() + b"\n\n"


class Endpoint:
    """Answers each chat request with the next plan: (first token, number of tokens, tokens a second or 0)."""

    def __init__(self):
        self.plans = multiprocessing.get_context("fork").Queue()
        self.sent = RawArray("d", MOST_TOKENS)
        listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        self.process = multiprocessing.get_context("fork").Process(target=self.serve, args=(listener,), daemon=True)
        self.process.start()
        listener.close()

    def serve(self, listener):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=self.answer, args=(connection,), daemon=True).start()

    def answer(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            stream = connection.makefile("rb")
            request = stream.readline().decode().split()
            length = 0
            while (line := stream.readline().strip()):
                if line.lower().startswith(b"content-length:"):
                    length = int(line.split(b":")[1])
            body = stream.read(length)
            if len(request) > 1 and request[0] == "POST" and request[1].endswith("/chat/completions"):
                self.stream(connection, json.loads(body)["model"], *self.plans.get(timeout=5))
            else:
                body = b'{"object":"list","data":[]}' if request[1:] and request[1].endswith("/models") else b"{}"
                status = b"200 OK" if b"list" in body else b"404 Not Found"
                connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Type: application/json\r\nConnection: close"
                                   b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
        except Exception:  # the program went away
            pass
        finally:
            connection.close()

    def stream(self, connection, model, first, count, rate):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        start, batch = time.monotonic(), []
        for i in range(count):
            text = word(first + i) + ("\n\n" if i % 100 == 99 else " ")
            if rate:
                wait = start + i / rate - time.monotonic()
                if wait > 0:
                    time.sleep(wait)
                self.sent[first + i] = time.monotonic()
                connection.sendall(chunk(model, text))
                continue
            batch.append(chunk(model, text))
            if len(batch) == 64:
                connection.sendall(b"".join(batch))
                batch = []
        usage = {"prompt_tokens": 10, "completion_tokens": count, "total_tokens": count + 10}
        batch += [chunk(model, None, "stop", usage), b"data: [DONE]\n\n"]
        connection.sendall(b"".join(batch))


# ---------------------------------------------------------------- the terminal

TOKEN = re.compile(r"\x1b\[([0-?]*)([ -/]*)([@-~])|\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b(?![\[\]P_^X])[ -/]*[0-~]|[\x00-\x1a\x1c-\x1f]|[^\x00-\x1f\x1b]+")


class Screen:
    """As much of a terminal as full-screen programs use."""

    def __init__(self):
        self.rows = [[" "] * COLUMNS for _ in range(ROWS)]
        self.x = self.y = 0
        self.alternate = False
        self.rest = ""
        self.dirty = set()

    def feed(self, text):
        text = self.rest + text
        at = 0
        while at < len(text):
            found = TOKEN.match(text, at)
            if not found:
                break
            at = found.end()
            if found.group(3):
                self.csi(found.group(1), found.group(3))
            elif text[found.start()] >= " ":
                self.say(found.group())
            elif text[found.start()] == "\r":
                self.x = 0
            elif text[found.start()] == "\n":
                self.y = min(self.y + 1, ROWS - 1)
            elif text[found.start()] == "\b":
                self.x = max(self.x - 1, 0)
        self.rest = text[at:]

    def say(self, text):
        for c in text:
            width = 1 if c < "\u0300" else 0 if unicodedata.combining(c) or c in "\u200d\ufe0f" else 2 if unicodedata.east_asian_width(c) in "WF" else 1
            if not width:
                continue
            if self.x + width > COLUMNS:
                self.x, self.y = 0, min(self.y + 1, ROWS - 1)
            self.rows[self.y][self.x] = c
            if width == 2 and self.x + 1 < COLUMNS:
                self.rows[self.y][self.x + 1] = ""
            self.dirty.add(self.y)
            self.x += width

    def csi(self, parameters, last):
        if parameters[:1] in "<=>?" and parameters:
            if last == "h" and "1049" in parameters:
                self.alternate = True
                self.erase(0, 0, ROWS - 1, COLUMNS)
            return
        numbers = [int(n) if n.isdigit() else 0 for n in parameters.split(";")] + [0]
        n = max(numbers[0], 1)
        if last in "Hf":
            self.y, self.x = min(n, ROWS) - 1, min(max(numbers[1], 1), COLUMNS) - 1
        elif last == "G":
            self.x = min(n, COLUMNS) - 1
        elif last == "d":
            self.y = min(n, ROWS) - 1
        elif last == "A":
            self.y = max(self.y - n, 0)
        elif last == "B":
            self.y = min(self.y + n, ROWS - 1)
        elif last == "C":
            self.x = min(self.x + n, COLUMNS - 1)
        elif last == "D":
            self.x = max(self.x - n, 0)
        elif last == "J" and numbers[0] == 0:
            self.erase(self.y, self.x, ROWS - 1, COLUMNS)
        elif last == "J":
            self.erase(0, 0, ROWS - 1, COLUMNS)
        elif last == "K":
            self.erase(self.y, self.x if numbers[0] == 0 else 0, self.y, self.x + 1 if numbers[0] == 1 else COLUMNS)
        elif last == "X":
            self.erase(self.y, self.x, self.y, min(self.x + n, COLUMNS))

    def erase(self, y, x, last_y, last_x):
        for row in range(y, last_y + 1):
            for column in range(x if row == y else 0, last_x if row == last_y else COLUMNS):
                self.rows[row][column] = " "
            self.dirty.add(row)

    def shows(self, text):
        return any(text in "".join(row) for row in self.rows)


def environment(home, url):
    keep = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return dict(keep, TERM="xterm-256color", HOME=home, GLM_TUI_HOME=home, GLM_TUI_API_KEY="k",
                GLM_TUI_BASE_URL=url, GLM_TUI_QUOTA_URL="off")


def trust(home):
    """The folder is trusted already: no question stands before the first prompt."""
    known = os.stat(home)
    os.makedirs(os.path.join(home, "state"))
    with open(os.path.join(home, "state", "trust.toml"), "w") as file:
        file.write(f"[[folder]]\npath = {json.dumps(os.path.realpath(home))}\ndevice = '{known.st_dev}'\n"
                   f"inode = '{known.st_ino}'\ntrusted = true\n")


class Program:
    """A program in a pseudo-terminal whose output is read all the time."""

    def __init__(self, path, url, arguments=()):
        self.home = tempfile.mkdtemp(prefix="measure-")
        env = environment(self.home, url)
        trust(self.home)
        self.screen, self.bytes, self.writes = Screen(), 0, 0
        self.changed = threading.Condition()
        self.seen, self.awaited, self.words = {}, set(), set()
        self.started = time.monotonic()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(self.home)
            os.execve(path, [path, *arguments], env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        pending = b""
        while True:
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                data = b""
            now = time.monotonic()
            if not data:
                return
            if b"\x1b[c" in data or b"\x1b[0c" in data:
                os.write(self.fd, b"\x1b[?62;22c")
            pending += data
            cut = len(pending)
            for back in range(1, min(4, cut) + 1):  # a character that the read cut
                byte = pending[cut - back]
                if byte >= 0xC0:
                    if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4):
                        cut -= back
                    break
                if byte < 0x80:
                    break
            text, pending = pending[:cut].decode("utf-8", "replace"), pending[cut:]
            with self.changed:
                self.bytes += len(data)
                self.writes += 1
                self.screen.feed(text)
                if (self.awaited or self.words) and self.screen.alternate:
                    self.find(["".join(self.screen.rows[row]) for row in self.screen.dirty], now)
                self.screen.dirty.clear()
                self.changed.notify_all()

    def find(self, lines, now):
        for text in [text for text in self.awaited if any(text in line for line in lines)]:
            self.seen[text] = now
            self.awaited.discard(text)
        if self.words:
            for text in self.words.intersection(" ".join(lines).split()):
                self.seen[text] = now
                self.words.discard(text)

    def await_text(self, text):
        with self.changed:
            self.awaited.add(text)

    def await_words(self, words):
        """Many at once, each between blanks."""
        with self.changed:
            self.words = set(words)

    def when(self, text, patience=60):
        """The moment at which an awaited text came on the screen."""
        with self.changed:
            if not self.changed.wait_for(lambda: text in self.seen, patience):
                screen = "\n".join("".join(row).rstrip() for row in self.screen.rows)
                raise SystemExit(f"{text!r} did not come; the screen is:\n{screen}")
            return self.seen.pop(text)

    def gone(self, text, patience=20):
        with self.changed:
            if not self.changed.wait_for(lambda: not self.screen.shows(text), patience):
                raise SystemExit(f"{text!r} does not go")

    def type(self, text):
        os.write(self.fd, text.encode())
        return time.monotonic()

    def ready(self):
        """Waits until a typed character is on the screen; returns the time since the start."""
        self.await_text("Ж")
        self.type("Ж")
        at = self.when("Ж")
        self.type("\x7f")
        self.gone("Ж")
        return at - self.started

    def ask(self):
        self.type("go")
        time.sleep(0.2)
        self.type("\r")

    def cpu(self):
        """Seconds of processor time of the whole process, threads that ended included."""
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory(self):
        """Resident memory now and at its highest, in MB."""
        text = open(f"/proc/{self.pid}/status").read()
        return [int(re.search(name + r":\s+(\d+)", text).group(1)) / 1024 for name in ("VmRSS", "VmHWM")]

    def keys(self, count):
        """Seconds from a key to the screen, for this many keys."""
        times = []
        letters = [chr(0x430 + n) for n in range(32)] + [chr(0x3B1 + n) for n in range(24) if n != 17]
        while len(times) < count:
            batch = letters[:count - len(times)]
            for letter in batch:
                self.await_text(letter)
                sent = self.type(letter)
                times.append(self.when(letter) - sent)
                time.sleep(0.037)
            self.type("\x15")
            self.gone(batch[0])
        return times

    def end(self):
        try:
            os.kill(self.pid, signal.SIGTERM)
            for _ in range(100):
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    break
                time.sleep(0.02)
            else:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.fd)
        shutil.rmtree(self.home, ignore_errors=True)


# ---------------------------------------------------------------- the measurements

def part(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))]


def answer(program, endpoint, plan, each=False):
    """Asks, waits for the whole answer; processor time, bytes, and if wanted the delay of each token."""
    first, count, _ = plan
    words = [word(first + n) for n in range(count)]
    program.await_words(words if each else words[-1:])
    endpoint.plans.put(plan)
    cpu, written = program.cpu(), program.bytes
    program.ask()
    program.when(words[-1], 60 + count / 50)
    time.sleep(0.5)
    delays = []
    if each:
        with program.changed:
            delays = [program.seen.pop(name) - endpoint.sent[first + n] for n, name in enumerate(words) if name in program.seen]
            program.words.clear()
    return program.cpu() - cpu, program.bytes - written, delays


# ---------------------------------------------------------------- whole processes, and commands

class Simulator:
    """The program's own simulated service: each prompt names the call that the model makes of it."""

    def __init__(self, path, calls, answer):
        self.home = tempfile.mkdtemp(prefix="measure-")
        scenario = os.path.join(self.home, "scenario.toml")
        with open(scenario, "w") as file:
            file.write("unchecked = true\n")
            for prompt, (tool, arguments) in calls.items():
                file.write(f"[[reply]]\nwhen = {{ says = '{prompt}', tool_result = false }}\n"
                           f"tools = {{ call = [{{ name = '{tool}', arguments = {json.dumps(json.dumps(arguments))} }}] }}\n")
            file.write(f"[[reply]]\nanswer = '{answer}'\n")
        self.process = subprocess.Popen([path, "simulate", "--scenario", scenario], stdout=subprocess.PIPE, text=True,
                                        env=environment(self.home, ""))
        self.url = next(line.split()[-1] for line in self.process.stdout if "base URL" in line)

    def answer_time(self, messages):
        """Seconds from a connection to the end of the reply to this conversation, asked with nothing around it."""
        host, port, path = re.match(r"http://([^:]+):(\d+)(.*)", self.url).groups()
        body = json.dumps({"model": "glm-5.3", "stream": True, "pad": "x" * 10_000, "messages": messages}).encode()
        request = (f"POST {path}/chat/completions HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer k\r\nConnection: close\r\n"
                   f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode() + body
        started = time.monotonic()
        with socket.create_connection((host, int(port))) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.sendall(request)
            reply = b""
            while (data := connection.recv(65536)):
                reply += data
        if b"[DONE]" not in reply:
            raise SystemExit(f"the simulator says {reply[:400]}")
        return time.monotonic() - started

    def end(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)


def one_process(path, url, prompt, answer):
    """Wall and processor time, in seconds, of a whole `-p` run, of all that it started and waited for too."""
    home = tempfile.mkdtemp(prefix="measure-")
    with open(os.path.join(home, "a.txt"), "w") as file:
        file.write("hello\n")
    started = time.monotonic()
    process = subprocess.Popen([path, "--permission-mode", "yolo", "-p", prompt], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, cwd=home, env=environment(home, url))
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    process.returncode = status
    if status or said.decode().strip() != answer:
        raise SystemExit(f"{prompt!r} gave {status} {said!r}")
    shutil.rmtree(home, ignore_errors=True)
    return wall, used.ru_utime + used.ru_stime


def headless(path, quick):
    calls = {"run please": ("shell", {"command": "echo hi"}), "read please": ("read", {"path": "a.txt"})}
    simulator, rows = Simulator(path, calls, "fine"), {}
    for name, prompt in (("one line", "hello"), ("one `shell` call", "run please"), ("one `read` call", "read please")):
        asked = [{"role": "user", "content": prompt}]
        answered = asked + [{"role": "assistant", "content": "", "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "read", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "c", "content": "hello"}]
        conversations = [asked, answered] if prompt in calls else [asked]
        own = sum(part([simulator.answer_time(messages) for _ in range(30)], 0.5) for messages in conversations)
        runs = [one_process(path, simulator.url, prompt, "fine") for _ in range(5 if quick else 32)][2:]
        wall, cpu = [(wall - own) * 1000 for wall, _ in runs], [cpu * 1000 for _, cpu in runs]
        rows[f"{name}: wall, median, ms"], rows[f"{name}: wall, p95, ms"] = part(wall, 0.5), part(wall, 0.95)
        rows[f"{name}: CPU, median, ms"], rows[f"{name}: CPU, p95, ms"] = part(cpu, 0.5), part(cpu, 0.95)
        rows[f"{name}: the endpoint's own, subtracted, ms"] = own * 1000
    simulator.end()
    return rows


def flood(path, _):
    """A command prints a gigabyte while a person types."""
    lines = {"zeros": "head -c 1G /dev/zero | tr '\\0' x", "lines": "yes | head -c 1G"}
    done = "zqxfinished"
    rows = {}
    for name, line in lines.items():
        simulator = Simulator(path, {f"{name} please": ("shell", {"command": line})}, done)
        program = Program(path, simulator.url, ("--permission-mode", "yolo"))
        program.ready()
        time.sleep(1)
        before, cpu = program.memory()[0], program.cpu()
        program.type(f"{name} please")
        time.sleep(0.2)
        program.await_text(done)
        started = program.type("\r")
        times, letters = [], [chr(0x430 + n) for n in range(32)]
        while done not in program.seen:
            for letter in letters:
                program.await_text(letter)
                sent = program.type(letter)
                times.append(program.when(letter) - sent)
                if done in program.seen:
                    break
                time.sleep(0.017)
            program.type("\x15")
            program.gone(letters[0])
        rows[f"{line}: s"] = program.when(done) - started
        rows[f"{line}: memory at most above start, MB"] = program.memory()[1] - before
        rows[f"{line}: CPU of the program itself, s"] = program.cpu() - cpu
        rows[f"{line}: keys typed meanwhile"] = len(times)
        rows[f"{line}: key to screen, p95, ms"] = part(times, 0.95) * 1000
        rows[f"{line}: key to screen, most, ms"] = max(times) * 1000
        program.end()
        simulator.end()
    return rows


def measure(path, quick):
    rows, endpoint = {}, Endpoint()
    scale = 10 if quick else 1

    starts = []
    for _ in range(3 if quick else 11):
        program = Program(path, endpoint.url)
        starts.append(program.ready())
        program.end()
    rows["exec to a typed character on the screen, median, ms"] = part(starts[1:], 0.5) * 1000

    program = Program(path, endpoint.url)
    program.ready()
    time.sleep(2)
    rows["resident after start, MB"] = program.memory()[0]
    idle = 60 / scale
    cpu, writes = program.cpu(), program.writes
    time.sleep(idle)
    rows["idle: writes a minute"] = (program.writes - writes) * 60 / idle
    rows["idle: CPU a minute, ms"] = (program.cpu() - cpu) * 1000 * 60 / idle
    rows["key to screen, idle, p95, ms"] = part(program.keys(200 // scale), 0.95) * 1000

    streamed = 10_000 // scale
    cpu, written, delays = answer(program, endpoint, (0, streamed, 100), each=True)
    rows["token to screen at 100/s, p50, ms"] = part(delays, 0.5) * 1000
    rows["token to screen at 100/s, p95, ms"] = part(delays, 0.95) * 1000
    rows["CPU for 10,000 tokens at 100/s, s"] = cpu * 10_000 / streamed
    rows["bytes to the terminal a token"] = written / streamed

    count = 200 // scale
    plan = (streamed, 100 * (count // 8 + 5), 100)
    endpoint.plans.put(plan)
    last = word(plan[0] + plan[1] - 1)
    program.await_words([last, word(plan[0])])
    program.ask()
    program.when(word(plan[0]))
    rows["key to screen at 100 tokens/s, p95, ms"] = part(program.keys(count), 0.95) * 1000
    program.end()

    flat = {}
    for tokens in (10_000 // scale, 50_000 // scale):
        program = Program(path, endpoint.url)
        program.ready()
        time.sleep(1)
        flat[tokens] = answer(program, endpoint, (0, tokens, 0))[0]
        if tokens == 50_000 // scale:
            rows["resident after 50,000 tokens, MB"], rows["resident at most, MB"] = program.memory()
        program.end()
    few, many = flat.values()
    rows["CPU for 50,000 tokens flat out, s"] = many * scale
    rows["CPU a token: 50,000 against 10,000 flat out, ratio"] = many / 5 / few

    program = Program(path, endpoint.url)
    program.ready()
    time.sleep(1)
    before = answer(program, endpoint, (0, 1000 // scale, 100))[0]
    answer(program, endpoint, (1000, 60_000 // scale, 0))
    after = answer(program, endpoint, (70_000, 1000 // scale, 100))[0]
    rows["CPU for the first 1,000 tokens at 100/s, s"] = before * scale
    rows["CPU for 1,000 tokens after 60,000 others, s"] = after * scale
    rows["the same as a ratio"] = after / before
    program.end()
    endpoint.process.terminate()
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of everything")
    parser.add_argument("--headless", action="store_true", help="whole processes of -p")
    parser.add_argument("--flood", action="store_true", help="commands that print a gigabyte")
    parser.add_argument("program", nargs="*", help="name=path")
    arguments = parser.parse_args()
    target = os.path.join(os.environ.get("CARGO_TARGET_DIR", os.path.join(ROOT, "target")), "release")
    alone = headless if arguments.headless else flood if arguments.flood else None
    floor = [] if alone else [f"floor={target}/examples/floor"]
    named = arguments.program or [*floor, f"glm-tui={target}/glm-tui"]
    programs = [name.split("=", 1) for name in named]
    results = {}
    for name, path in programs:
        print(f"measuring {name} …", file=sys.stderr)
        results[name] = (alone or measure)(os.path.abspath(path), arguments.quick)
    names = list(results)
    print(f"{'':52}" + "".join(f"{name:>12}" for name in names) + "".join(f"{'x ' + names[0]:>12}" for _ in names[1:]))
    for row, floor in results[names[0]].items():
        values = [results[name][row] for name in names]
        ratios = [f"{value / floor:12.2f}" if floor else f"{'-':>12}" for value in values[1:]]
        print(f"{row:52}" + "".join(f"{value:12.2f}" for value in values) + "".join(ratios))


if __name__ == "__main__":
    main()
