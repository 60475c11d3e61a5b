"""The frame of an HTML page that loads nothing, and runs nothing but one script of ours, if any.

The page's policy forbids the rest, in the browser itself: a script is allowed by the hash of its text, so
nothing that got into the page otherwise can run, and none that runs may turn a text into markup.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
NO_MARKUP = "require-trusted-types-for 'script'; trusted-types 'none'"


def document(title: str, style: str, body: str, script: str = "") -> str:
    """The whole file. The title is a text; style, body and script are taken as they are."""
    policy = f"{POLICY}; script-src {digest(script)}; {NO_MARKUP}" if script else POLICY
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(title)}</title>
<style>{style}</style>
</head>
<body>
{body}{_element(script)}</body>
</html>
"""


def digest(script: str) -> str:
    """The source expression that allows this text and no other."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def _element(script: str) -> str:
    """A browser takes the hash of what it has parsed: nothing in it may end the element or be normalized."""
    assert not any(part in script for part in ("</", "<!--", "\r", "\0")), (
        "the page would have another script"
    )
    return f"<script>{script}</script>\n" if script else ""
