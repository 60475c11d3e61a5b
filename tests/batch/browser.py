"""A real browser, for looking at a page: Chromium's DevTools protocol over two pipes, no library, no port."""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--remote-debugging-pipe"),
)
HEAR = ("Page", "Runtime", "Log", "Network")


class Tab:
    """One page that is open. `events` has what it said, in order."""

    def __init__(self, say, hear):
        self.say, self.hear, self.events, self.number, self.session = say, hear, [], 0, None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in HEAR:
            self.call(f"{domain}.enable")

    def call(self, method, **params):
        self.number += 1
        message = {"id": self.number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.say.write(json.dumps(message).encode() + b"\0")
        self.say.flush()
        while (answer := self._next()).get("id") != self.number:
            self.events.append(answer)
        assert "error" not in answer, answer
        return answer["result"]

    def open(self, url):
        self.events.clear()
        self.call("Page.navigate", url=url)
        while not any(event.get("method") == "Page.loadEventFired" for event in self.events):
            self.events.append(self._next())

    def run(self, expression):
        """The value of an expression of JavaScript in the page."""
        done = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in done, done
        return done["result"].get("value")

    def press(self, key, code=None):
        for kind in ("keyDown", "keyUp"):
            text = {"Enter": "\r"}.get(key, "") if kind == "keyDown" else ""
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=code or key,
                text=text,
                windowsVirtualKeyCode={"Tab": 9, "Enter": 13}.get(key, 0),
            )

    @property
    def complaints(self):
        """What a console would show: errors, warnings, exceptions, refusals of the policy."""
        return [
            event["params"]
            for event in self.events
            if event.get("method")
            in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled")
        ]

    @property
    def requests(self):
        found = [
            e["params"]["request"]["url"]
            for e in self.events
            if e.get("method") == "Network.requestWillBeSent"
        ]
        return [url for url in found if not url.startswith("data:")]

    def _next(self):
        data = bytearray()
        while (byte := self.hear.read(1)) != b"\0":
            assert byte, "the browser has ended"
            data += byte
        return json.loads(data)


@contextmanager
def browser(folder):
    """A tab of a fresh browser whose profile is in the folder; it ends with the block."""
    theirs, say = os.pipe()
    hear, answers = os.pipe()
    # the browser reads at descriptor 3 and writes at 4
    script = f'exec 3<&{theirs} 4>&{answers}; exec "$0" "$@"'
    command = ["bash", "-c", script, CHROMIUM, *OPTIONS, f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(command, pass_fds=(theirs, answers), stderr=subprocess.DEVNULL)
    os.close(theirs)
    os.close(answers)
    try:
        with os.fdopen(say, "wb") as out, os.fdopen(hear, "rb") as back:
            tab = Tab(out, back)
            yield tab
            tab.session = None
            tab.call("Browser.close")
    finally:
        process.terminate()
        process.wait()
