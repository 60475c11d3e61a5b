"""Gradebooks as classes make them: of any size, the same for the same seed, odd names among the plain ones.

`HOSTILE` names and texts are spread over every class, however small.
"""

import random
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256

from grader.batch.gradebook import Asked, Circumstances, Gradebook, Line, Mark, Mistake, Similar, Uncompared
from grader.batch.roster import Ignored, Student
from grader.report.feedback import stem

FIRST = [
    "Ada",
    "Björn",
    "Chloé",
    "Dmitri",
    "Emre",
    "Fatima",
    "Grace",
    "Hiroshi",
    "Inês",
    "Jamal",
    "Katarzyna",
    "Liam",
    "Mei",
    "Nguyễn",
    "Olu",
    "Priya",
    "Quinn",
    "Rosa",
    "Søren",
    "Tomáš",
    "Uma",
    "Víctor",
    "Wei",
    "Ximena",
    "Yuki",
    "Zoë",
]
LAST = [
    "Abebe",
    "Bauer",
    "Castillo",
    "Dąbrowski",
    "Eriksen",
    "Fischer",
    "García",
    "Hughes",
    "Ivanov",
    "Jensen",
    "Kowalski",
    "Lovelace",
    "Müller",
    "Nakamura",
    "O'Brien",
    "Papadopoulos",
    "Qureshi",
    "Rossi",
    "Schmidt",
    "Takahashi",
    "Ueda",
    "Văn",
    "Williams",
    "Xu",
    "Yılmaz",
    "Zhang",
]
HOSTILE = (
    "🎉 Party Person 👩‍🔬",
    "אברהם לינקולן",
    "محمد الأحمد",
    'Robert "Bobby" Tables, Jr.',
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://x?"&A1,"grade")',
    "+cmd|' /C calc'!A0",
    "\u202eevil\u202c",
    "Wolfeschlegelsteinhausenbergerdorff " * 20,
    "a\tb\nc\x1b[31m",
    "half \ud800",
    "李小龙",
    "Points Possible",
    "CON",
)
TOPICS = {
    "network": "grad_v grad_U d_normalize grad_U_tilde derivative_W grad_W",
    "curve": "curve_velocity curve_acceleration curve_taylor",
    "least_squares": "least_squares_gradient least_squares_hessian least_squares_taylor",
    "identification": "identify_by_vector identify_by_matrix derivative_of_vector derivative_shape",
    "rules": "d_trace_of_product d_quadratic d_quadratic_of_transpose d_inverse",
}
MISTAKES = (
    ("wrong:half", "the factor ½ is missing"),
    ("wrong:transposed", "it is transposed"),
    ("wrong:term", "the projection term is missing"),
    ("shape:transposed", "the answer has the shape of its transpose"),
    ("raised:ValueError", ""),
    ("wrong", ""),
)
VERDICTS = {"wrong": "wrong", "shape": "shape", "raised": "raised"}
OTHERS = ("timed out", "unwritten", "missing", "not finite", "type", "crashed")


def asked():
    return tuple(
        Asked(name, f"{topic}.{place}", title, Decimal(3 + (topic * place) % 6))
        for topic, (title, names) in enumerate(TOPICS.items(), start=1)
        for place, name in enumerate(names.split(), start=1)
    )


def made(students, seed=0):
    """A class of so many: some late, empty, failed, timed out, some in groups, some with copies."""
    chance = random.Random(seed)
    functions = asked()
    people = [_student(chance, place) for place in range(students)]
    lines = []
    while len(lines) < students:
        group = people[len(lines) : len(lines) + chance.choices((1, 2, 3), (90, 8, 2))[0]]
        lines += _lines(chance, group, functions, len(lines))
    return Gradebook(
        title="Matrix differentials",
        platform="Gradescope",
        points=sum(each.points for each in functions),
        functions=functions,
        lines=tuple(lines),
        mistakes=_mistakes(functions, lines),
        ignored=_ignored(chance, students),
        alike=_alike(lines),
        circumstances=Circumstances(
            started="2026-11-23 12:49",
            seconds=students / 41,
            lanes=2,
            isolation="uid+landlock7+seccomp+rlimits",
            grader="0.1.0",
            environment="Python 3.11.7, numpy 2.4.6, Linux",
        ),
        similar=_similar(chance, lines),
        uncompared=tuple(
            Uncompared(line.student.id, "cell 3 cannot be parsed") for line in lines if line.status == "empty"
        ),
    )


def _student(chance, place):
    name = HOSTILE[place // 2] if place % 2 and place // 2 < len(HOSTILE) else None
    number = f"{place * 7919 % 10_000_000:08d}"
    plain = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
    return Student(f"{200_000_000 + place}", name or plain, f"s{place}@uni.example", number)


def _lines(chance, group, functions, place):
    talent = chance.gauss(0.9, 1.1)
    status = chance.choices(("graded", "empty", "failed"), (95, 4, 1))[0]
    marks = tuple(_mark(chance, each, talent, place) for each in functions)
    if status == "empty":
        marks = tuple(Mark("missing", Decimal(0), "missing") for _ in functions)
    copies = chance.random() < 0.03
    digest = (
        "empty template" if status == "empty" else f"copy {place // 200}" if copies else f"hand-in {place}"
    )
    timed_out = status == "graded" and any(mark.verdict == "timed out" for mark in marks)
    line = Line(
        student=group[0],
        entry=f"submission_{300_000_000 + place}",
        status=status,
        reason={"graded": "", "empty": "hw2.py is not among the files.", "failed": "The lane ended."}[status],
        marks=() if status == "failed" else marks,
        page="",
        hand_in=sha256(digest.encode()).hexdigest(),
        late=chance.random() < 0.07,
        handed_in="2026-11-20 08:19:57.577170000 Z",
        seconds=chance.lognormvariate(-3.5, 0.5) + (2.0 if timed_out else 1.9 * (chance.random() < 0.01)),
        cached=status != "failed" and chance.random() < 0.4,
        timed_out=timed_out,
    )
    line = _moved(chance, line)
    return [replace(line, student=student, page=stem(student)) for student in group]


def _mark(chance, asked, talent, place):
    hard = int(sha256(asked.name.encode()).hexdigest(), 16) % 100 / 60 - 0.6
    backwards = -1 if asked.name == "derivative_shape" else 1
    if chance.gauss(0, 1) < backwards * talent - hard:
        return Mark("right" if chance.random() < 0.95 else "imprecise", asked.points)
    if chance.random() < 0.25:
        verdict = chance.choices(OTHERS, (1, 12, 8, 2, 2, 1))[0]
        return Mark(verdict, Decimal(0), verdict)
    diagnosis, _ = chance.choices(MISTAKES, (6, 5, 4, 2, 2, 4))[0]
    by_hand = "ta@uni.example: the formula is right up to a typo" if chance.random() < 0.004 else ""
    credit = asked.points if by_hand else Decimal(1) if diagnosis == "wrong:half" else Decimal(0)
    return Mark(VERDICTS[diagnosis.partition(":")[0]], credit, diagnosis, by_hand)


def _moved(chance, line):
    if line.score is None or chance.random() > 0.06:
        return line
    before = max(Decimal(0), line.score + chance.choice((-4, -2, 2, 4)))
    return replace(line, before=before, moved="the reference of grad_W changed")


def _mistakes(functions, lines):
    who = {}
    for line in lines:
        for each, mark in zip(functions, line.marks, strict=False):
            if mark.diagnosis:
                who.setdefault((each.name, mark.diagnosis), []).append(line.student.id)
    says = dict(MISTAKES)
    return tuple(
        Mistake(
            name,
            diagnosis,
            says.get(diagnosis, ""),
            tuple(ids),
            f"On 9 of 14 public cases the values are wrong: along this dW, {name} is 0.264; yours is 0.239.",
            f"W = np.array([[-0.74, 0.52]])\ndW = np.array([[-0.36, 0.61]])\n{name}(W, dW)",
        )
        for (name, diagnosis), ids in who.items()
    )


def _ignored(chance, students):
    odd = (
        Ignored("__MACOSX/._hw2.py", "macOS adds it"),
        Ignored("../../etc/passwd", "its name leads out of the export"),
        Ignored("</td><script>alert(1)</script>.py", "no student has this name"),
    )
    return odd + tuple(
        Ignored(f"stray/file {n}.txt", "no student has this name") for n in range(students // 500)
    )


def _alike(lines):
    groups = {}
    for line in lines:
        if line.status == "graded":
            groups.setdefault(line.hand_in, []).append(line)
    several = [group for group in groups.values() if len({line.entry for line in group}) > 1]
    return tuple(tuple(line.student.id for line in group) for group in several)


def _similar(chance, lines):
    if len(lines) < 2:
        return ()
    pairs = [chance.sample(lines, 2) for _ in range(min(50, len(lines) // 4))]
    shares = sorted((chance.uniform(0.5, 1) for _ in pairs), reverse=True)
    names = TOPICS["network"].split()
    return tuple(
        Similar(a.student.id, b.student.id, share, tuple(sorted(chance.sample(names, chance.randint(1, 6)))))
        for (a, b), share in zip(pairs, shares, strict=True)
    )
