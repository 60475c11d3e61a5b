# Gradescope's "Manual Docker Configuration": this repository's assignment and grader on the platform's base
# image, laid out as the zip file lays it out. The platform starts it, so there is no CMD and no ENTRYPOINT.
ARG BASE=gradescope/autograder-base:ubuntu-22.04
FROM ${BASE}

# what seldom changes: the environment, with all that is downloaded
COPY grader/gradescope/container/setup.sh grader/gradescope/container/requirements.txt /autograder/source/
RUN bash /autograder/source/setup.sh

# what often changes: the grader, then the assignment
COPY pyproject.toml README.md LICENSE /tmp/grader/
COPY grader /tmp/grader/grader
RUN /autograder/venv/bin/python -m pip --disable-pip-version-check wheel --quiet \
        --no-deps --no-build-isolation --wheel-dir /autograder/source /tmp/grader \
    && rm -r /tmp/grader
COPY grader/gradescope/container/run_autograder /autograder/
COPY assignment.toml /autograder/source/assignment/
COPY problems /autograder/source/assignment/problems
COPY reference /autograder/source/assignment/reference
RUN chmod 755 /autograder/run_autograder && bash /autograder/source/setup.sh
