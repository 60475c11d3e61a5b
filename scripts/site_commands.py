"""A hook of the site's: a page for each command, from what click knows. No option is described twice.

The words are those of `--help`, so a command that says nothing there says nothing here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from inspect import cleandoc
from textwrap import dedent

import click
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from grader.cli import main

INDEX = "commands/index.md"
LIST = "<!-- the list of commands -->"
PARAGRAPHS = re.compile(r"\n\s*\n")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """A line in the navigation for each command."""
    section = next(entry["Commands"] for entry in config.nav or [] if "Commands" in entry)
    section[1:] = [{f"grader {name}": f"commands/{name}.md"} for name in main.commands]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """A page for each command."""
    for name, command in main.commands.items():
        files.append(
            File.generated(config, f"commands/{name}.md", content="\n\n".join(_pages(name, command)))
        )
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """The list of all of them, where their index asks for it."""
    if page.file.src_uri != INDEX:
        return markdown
    rows = [
        f"| [`grader {name}`]({name}.md) | {_first_line(command)} |"
        for name, command in main.commands.items()
    ]
    return markdown.replace(LIST, "\n".join(["| command | what it does |", "|---|---|", *rows]))


def walk(name: str, command: click.Command, parent: click.Context) -> Iterator[click.Context]:
    """The command and all below it, each with the words that call it."""
    context = click.Context(command, info_name=name, parent=parent)
    yield context
    for below, each in getattr(command, "commands", {}).items():
        yield from walk(below, each, context)


def _pages(name: str, command: click.Command) -> Iterator[str]:
    for context in walk(name, command, click.Context(main, info_name="grader")):
        depth = "#" * (context.command_path.count(" "))
        yield f"{depth} {context.command_path}"
        yield from _words(context.command)
        usage = [context.command_path, *context.command.collect_usage_pieces(context)]
        yield f"```text\n{' '.join(usage)}\n```"
        yield _options(context)


def _words(command: click.Command) -> Iterator[str]:
    """The help's paragraphs; those that click leaves as they are written are code to be typed."""
    for paragraph in PARAGRAPHS.split(cleandoc(command.help or "")):
        if not paragraph.startswith("\b"):
            yield _plain(paragraph)
            continue
        title, _, lines = paragraph.removeprefix("\b\n").partition("\n")
        typed = "\n".join(f"$ {line}" for line in dedent(lines).splitlines())
        yield f"{title}\n\n```console\n{typed}\n```"


def _options(context: click.Context) -> str:
    """A table, without `--help`, which all have."""
    records = [
        option.get_help_record(context)
        for option in context.command.get_params(context)
        if isinstance(option, click.Option) and "--help" not in option.opts
    ]
    rows = [f"| `{record[0]}` | {_plain(record[1])} |" for record in records if record]
    return "\n".join(["| option | what it says |", "|---|---|", *rows]) if rows else ""


def _first_line(command: click.Command) -> str:
    return _plain(command.get_short_help_str(limit=200))


def _plain(text: str) -> str:
    """A text that Markdown shows as it is, options as code."""
    return re.sub(r"(?<![\w-])(--[a-z][a-z-]*)", r"`\1`", re.sub(r"([\\`*_\[\]<>|$#~&])", r"\\\1", text))
