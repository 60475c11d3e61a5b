"""This machine's settings of pip as one file, and the folders and files of this machine that they name.

python scripts/image_settings.py FILE     writes FILE and prints the paths, one a line
"""

import re
import subprocess
import sys
from ast import literal_eval
from configparser import RawConfigParser
from pathlib import Path

ENVIRONMENT = ":env:"


def main(file: str) -> None:
    command = [sys.executable, "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    settings = RawConfigParser()
    for line in sorted(listed, key=lambda line: line.startswith(ENVIRONMENT)):  # which overrides the files
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        section = section.replace(ENVIRONMENT, "global")
        if not settings.has_section(section):
            settings.add_section(section)
        settings.set(section, name, literal_eval(value))
    with Path(file).open("w", encoding="utf-8") as stream:
        settings.write(stream)
    texts = [value for section in settings.sections() for _, value in settings.items(section)]
    print("\n".join(sorted({path for text in texts for path in named(text)})))


def named(text: str) -> list[str]:
    """An index's files may lie beside it, so its parent it is."""
    found = [(url, Path(path)) for url, path in re.findall(r"(file://)?(?<![:/\w])?(/[^\s/][^\s]*)", text)]
    return [str(path.parent if url else path) for url, path in found if path.exists()]


if __name__ == "__main__":
    main(*sys.argv[1:])
