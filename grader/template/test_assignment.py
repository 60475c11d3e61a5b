"""For continuous integration: the assignment is sound, with every reference, mistake and example."""

import subprocess
import sys
from pathlib import Path


def test_the_assignment_is_proved():
    command = [sys.executable, "-m", "grader", "verify"]
    done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
