"""A class list: its columns in every spelling, and that nobody is lost or doubled by it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.batch.exports.classlist import Row, joined, read
from grader.batch.exports.people import same
from grader.batch.roster import Entry, Export, Student
from grader.faults import Fault


@pytest.fixture
def listed(tmp_path):
    """Read a class list of this text."""

    def read_text(text: str | bytes) -> list[Row]:
        path = tmp_path / "roster.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read(path)

    return read_text


def export(*students: Student) -> Export:
    return Export("folders", tuple(Entry(student.id, (student,), {}) for student in students))


def people(actual: Export) -> list[tuple[str, str, str, str]]:
    return [(s.id, s.sid, s.email, s.name) for entry in actual.entries for s in entry.students]


def absent(actual: Export) -> list[str]:
    return [entry.id for entry in actual.entries if entry.problem == "nothing was handed in"]


# ---- reading ------------------------------------------------------------------------------


def test_a_quote_that_is_not_closed_loses_nobody_silently(listed):
    with pytest.raises(Fault, match=r"roster\.csv is no CSV file from line 3 on: unexpected end of data"):
        listed('id,name\nada,Ada\nben,"Ben\ncleo,Cleo\ndan,Dan\n')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    "text",
    [
        "id;name\r\nłu;Ö, Ü\r\n",
        "sep=;\r\nid;name\r\nłu;Ö, Ü\r\n",
        '"sep=,"\nid,name\nłu,"Ö, Ü"\n',
        "\n\n ;;\nid;name\nłu;Ö, Ü\n",
        "id|name\nłu|Ö, Ü\n",
        "id\tname\nłu\tÖ, Ü\n",
    ],
)
def test_a_list_is_read_as_spreadsheets_save_it(listed, text, encoding):
    ((own, name),) = [(row.own, row.name) for row in listed(text.encode(encoding))]
    assert (own, name) == ("łu", "Ö, Ü")


def test_another_encoding_is_told_with_what_to_do(listed):
    with pytest.raises(Fault, match="is not written in UTF-8: save it as CSV UTF-8 in the spreadsheet"):
        listed("id,name\njörg,Jörg\n".encode("cp1252"))


@pytest.mark.parametrize(
    ("heading", "line", "expected"),
    [
        ("id,sid,email,name", "a,007,a@x,Ada", ("a", "007", "a@x", "Ada")),
        (
            "First Name,Last Name,SID,Email,Sections",
            "Ada,Lovelace,007,a@x,1",
            ("", "007", "a@x", "Ada Lovelace"),
        ),
        (
            "Student,ID,SIS User ID,Section",
            '"Lovelace, Ada",4711,007,1',
            ("4711", "007", "", "Lovelace, Ada"),
        ),
        (
            "Identifier,Full name,ID number,Email address",
            "Participant 12,Ada,007,a@x",
            ("12", "007", "a@x", "Ada"),
        ),
        ("identifier,github_username,github_id,name", "007,ada-l,99,Ada", ("ada-l", "007", "", "Ada")),
        (
            "Matrikelnummer;Vorname;Nachname;E-Mail",
            "007;Ada;Lovelace;a@x",
            ("", "007", "a@x", "Ada Lovelace"),
        ),
        ("USERNAME\tE-mail", "ada\ta@x", ("ada", "", "a@x", "")),
        ('"id","name"', '"a","Lovelace, Ada"', ("a", "", "", "Lovelace, Ada")),
        (" id , name ", " a , Ada ", ("a", "", "", "Ada")),
        ("id,student_id", 'a,"=""007"""', ("a", "007", "", "")),
        ("id,id,name", "a,b,Ada", ("a", "", "", "Ada")),
        ("id,name", "a", ("a", "", "", "")),
        ("id", "a,b,c", ("a", "", "", "")),
    ],
)
def test_columns_are_known_in_their_usual_spellings(listed, heading, line, expected):
    for end in ("\n", "\r\n"):
        (row,) = listed(f"{heading}{end}{line}{end}")
        assert (row.id, row.sid, row.email, row.name) == expected


def test_a_byte_order_mark_is_no_part_of_a_heading(listed):
    assert [row.id for row in listed("\ufeffid;name\n007;Ada\n")] == ["007"]
    assert [row.id for row in listed('\ufeff"name, in full",id\nAda,007\n')] == ["007"]


def test_empty_lines_and_canvas_own_line_are_nobody(listed):
    text = "Student,ID\n    Points Possible,\n\n,\nAda,4711\n"

    assert [(row.line, row.id) for row in listed(text)] == [(5, "4711")]


@pytest.mark.parametrize("text", ["", "\n", "name\nAda\n", "ada,ben\n", "Sections,Total\n1,2\n"])
def test_a_list_without_a_known_column_is_refused(listed, text):
    with pytest.raises(Fault, match="has no column called id, sid or email in its first line"):
        listed(text)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("id,name\n1,Müller\n".encode("cp1252"), "is not written in UTF-8"),
        (b"id,name\n" + b'"' + b"x" * 200_000 + b'"', "is no CSV file"),
    ],
)
def test_a_list_that_cannot_be_read_is_refused(listed, data, why):
    with pytest.raises(Fault, match=why):
        listed(data)


def test_a_missing_list_is_refused(tmp_path):
    with pytest.raises(Fault, match=r"roster\.csv is missing"):
        read(tmp_path / "roster.csv")


# ---- joining ------------------------------------------------------------------------------


def test_known_students_get_names_and_addresses_and_the_others_an_entry(listed):
    rows = listed("id,email,name\nada,a@x,Ada Lovelace\nben,b@x,Ben\n")

    actual = joined(export(Student("ada", "lovelaceada")), rows, "roster.csv")

    assert people(actual) == [("ada", "", "a@x", "Ada Lovelace"), ("ben", "", "b@x", "Ben")]
    assert absent(actual) == ["ben"]
    assert actual.notes == ()


@pytest.mark.parametrize("line", ["ADA@X.EDU,,", ",007,", ",,Ada", "other@x,007,"])
def test_a_student_is_matched_by_any_of_id_number_and_address(listed, line):
    rows = listed(f"email,sid,id\n{line}\n")

    actual = joined(export(Student("ada", "", "ada@x.edu", "007")), rows, "roster.csv")

    assert absent(actual) == []
    assert len(people(actual)) == 1


@pytest.mark.parametrize(("folder", "line"), [("Ada", "ada"), ("josé", "jose\u0301"), ("Strauß", "STRAUSS")])
def test_neither_capitals_nor_the_form_of_an_accent_make_another_student(listed, folder, line):
    assert absent(joined(export(Student(folder)), listed(f"id\n{line}\n"), "roster.csv")) == []


def test_a_name_matches_nobody(listed):
    rows = listed("id,name\n,Ada\n,Ada\n")

    actual = joined(export(Student("1", "Ada")), rows, "roster.csv")

    assert [who[0] for who in people(actual)] == ["1", "line 2", "line 3"]
    assert actual.notes == ("roster.csv has lines with a name alone, which matches nobody: 2, 3",)


def test_two_lines_with_one_name_are_two_students(listed):
    actual = joined(export(Student("1"), Student("2")), listed("id,name\n1,Ada\n2,Ada\n"), "roster.csv")

    assert [(who[0], who[3]) for who in people(actual)] == [("1", "Ada"), ("2", "Ada")]


@pytest.mark.parametrize("known", [[], [Student("1")]])
def test_a_line_that_is_there_twice_is_one_student_and_is_told(listed, known):
    actual = joined(export(*known), listed("id,name\n1,Ada\n1,Eve\n"), "roster.csv")

    assert [(who[0], who[3]) for who in people(actual)] == [("1", "Ada")]
    assert actual.notes == ("roster.csv, lines 2 and 3 are both 1",)


@pytest.mark.parametrize("known", [[], [Student("007", "", "", "007")]])
def test_lines_that_share_a_number_and_differ_in_address_lose_nobody(listed, known):
    actual = joined(export(*known), listed("sid,email\n007,a@x\n007,b@x\n"), "roster.csv")

    assert sorted(who[2] for who in people(actual)) == ["a@x", "b@x"]
    assert sorted(who[0] for who in people(actual)) == ["007", "007 (2)"]
    assert actual.notes[0] == "roster.csv, lines 2 and 3 are both 007"


def test_a_line_that_fits_several_is_told_and_adds_nobody(listed):
    known = [Student("a@x", "", "a@x", "007"), Student("b@x", "", "b@x", "007")]

    actual = joined(export(*known), listed("sid\n007\n"), "roster.csv")

    assert len(people(actual)) == 2
    assert actual.notes == ("roster.csv, line 2 fits several students: a@x, b@x",)


@pytest.mark.parametrize("heading", ["id,email,name", "sid,email,name"])
def test_an_address_decides_where_a_number_is_shared(listed, heading):
    known = [Student("a@x", "", "a@x", "007"), Student("b@x", "", "b@x", "007")]

    actual = joined(export(*known), listed(f"{heading}\n007,B@x,Ben\n"), "roster.csv")

    assert [who[3] for who in people(actual)] == ["", "Ben"]


def test_zeros_that_a_spreadsheet_took_away_are_told(listed):
    actual = joined(export(Student("007", "", "", "007")), listed("sid\n7\n"), "roster.csv")

    assert absent(actual) == ["7"]
    assert actual.notes[0].startswith(
        "1 of the numbers in roster.csv differ from numbers in the export by leading"
    )


texts = st.sampled_from(["", "1", "01", "a", "A", "b", "a@x", "A@X", "é", "e\u0301", "line 2", "1 (2)"])
rows = st.lists(
    st.builds(Row, st.integers(2, 9), texts, texts, texts, texts), max_size=6, unique_by=lambda r: r.line
)
known = st.lists(
    st.builds(Student, texts.filter(bool), texts, texts, texts), max_size=5, unique_by=lambda s: s.id
)


@settings(max_examples=300)
@given(known, rows)
def test_everybody_is_in_it_once(students, rows):
    before = export(*students)

    actual = joined(before, rows, "roster.csv")

    ids = [who[0] for who in people(actual)]
    assert len(set(ids)) == len(ids)
    assert ids[: len(students)] == [student.id for student in students]
    assert len({entry.id for entry in actual.entries}) == len(actual.entries)
    called = {same(text) for who in people(actual) for text in who[:3]}
    for row in rows:  # is somebody, or is told
        own = {same(text) for text in (row.id, row.sid, row.email)} - {""}
        told = any(f"line {row.line}" in note or f" {row.line} " in note for note in actual.notes)
        assert own & called or told or f"line {row.line}" in ids or not (own or row.name)
