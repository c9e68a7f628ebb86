"""Redirects from CSV, by the page at the desk and by the command."""

from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from blog.importers.redirects import import_redirects, summary
from blog.models import Redirect
from tests import factories

pytestmark = pytest.mark.django_db

IMPORT = reverse("admin:blog_redirect_import")


def table():
    return dict(Redirect.objects.values_list("old_path", "target"))


def sentences(rows):
    with pytest.raises(ValidationError) as refusal:
        import_redirects(rows, by=None)
    return refusal.value.messages


@pytest.mark.parametrize(
    "rows",
    [
        "/a/,/b/\n/c/,/d/\n",
        "/a/;/b/\r\n/c/;/d/",
        "/a/\t/b/\n/c/\t/d/",
        "from,to\n/a/,/b/\n/c/,/d/",
        "From;To;Note\n/a/;/b/;\n/c/;/d/;",
        "note,new,old\nx,/b/,/a/\ny,/d/,/c/",
        '"/a/","/b/","why"\n\n  \n"/c/","/d/"\n,,\n',
        "\ufeff/a/,/b/\n/c/,/d/",
        "/a/,/b/\r/c/,/d/",
        "from,to,note,added,by\n/a/,/b/,,2026-01-01,erin\n/c/,/d/,,,",
    ],
)
@pytest.mark.parametrize("as_bytes", [True, False])
def test_rows_come_with_and_without_header_in_the_common_forms(rows, as_bytes):
    outcome = import_redirects(rows.encode() if as_bytes else rows, by=None)
    assert summary(outcome) == "2 added, 0 changed, 0 unchanged"
    assert table() == {"/a/": "/b/", "/c/": "/d/"}


def test_the_summary_counts_what_was_added_changed_and_there_already():
    Redirect.objects.add("/same/", "/x/", by=None, note="Old note")
    Redirect.objects.add("/other/", "/y/", by=None)
    outcome = import_redirects("/same/,/x/\n/other/,/z/\n/n1/,/x/\n/n2/,/x/,Why", by=None)
    assert summary(outcome) == "2 added, 1 changed, 1 unchanged"
    assert Redirect.objects.get(old_path="/same/").note == "Old note"
    assert Redirect.objects.get(old_path="/n2/").note == "Why"
    again = import_redirects("/same/,/x/\n/other/,/z/\n/n1/,/x/\n/n2/,/x/,Why", by=None)
    assert summary(again) == "0 added, 0 changed, 4 unchanged"


def test_chains_in_the_file_collapse_and_the_same_row_twice_is_one():
    import_redirects("/b/,/c/\n/a/,/b/\n/c/,/d/\n/a/,/b/", by=None)
    assert table() == {"/a/": "/d/", "/b/": "/d/", "/c/": "/d/"}
    assert summary(import_redirects("/a/,/b/", by=None)) == "0 added, 0 changed, 1 unchanged"


def test_with_one_wrong_row_nothing_is_imported_and_all_wrong_ones_are_listed():
    factories.live_article("Tea")
    Redirect.objects.add("/was/", "/there/", by=None)
    found = sentences(
        "from,to\n/fine/,/x/\n/admin/,/x/\n/a/,http://example.org/\n/only/\n/articles/tea/,/x/\n"
        "/l1/,/l2/\n/l2/,/l1/\n/twice/,/x/\n/twice/,/y/\n/five/,/x/,n,m\n"
    )
    assert [sentence.partition(":")[0] for sentence in found] == [
        f"Row {number}" for number in (3, 4, 5, 6, 8, 10)
    ]
    assert "the site itself needs" in found[0]
    assert "in a circle" in found[4]
    assert table() == {"/was/": "/there/"}


def test_a_row_with_too_many_cells_is_wrong():
    assert "more than three cells" in sentences("/a/,/b/,c,d")[0]
    assert "300 characters" in sentences(f"/a/,/b/,{301 * 'n'}")[0]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b"", "no row"),
        ("from,to\n", "no row"),
        (b"\xff\xfe/\x00a\x00", "UTF-8"),
        ("/a/,/b/\n" * 5001, "more than 5000 rows"),
        ("x" * (1024 * 1024 + 1), "more than 1 MB"),
        ("hello world", "missing"),
        ('/a/,"' + 200_000 * "x", "cannot be read"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(rows, words):
    assert words in sentences(rows)[0]
    assert not Redirect.objects.exists()


def test_five_thousand_rows_come_in_one_go():
    rows = "".join(f"/p{n}/,/q{n}/\n" for n in range(5000))
    assert import_redirects(rows, by=None).added == 5000


# At the desk


@pytest.fixture
def editor(client):
    user = factories.editor("erin")
    client.force_login(user)
    return user


def test_a_file_is_imported_and_counted(client, editor):
    file = SimpleUploadedFile("r.csv", b"\xef\xbb\xbf/a/;/b/\n/k\xc3\xa4se/;/c/\n")
    page = client.post(IMPORT, {"file": file}, follow=True)
    assert "Imported: 2 added, 0 changed, 0 unchanged." in page.content.decode()
    assert {row.created_by for row in Redirect.objects.all()} == {editor}


def test_pasted_rows_that_are_wrong_come_back_with_their_numbers(client, editor):
    page = client.post(IMPORT, {"table": "/a/,/b/\n/admin/,<script>"})
    text = page.content.decode()
    assert page.status_code == 422
    assert "Nothing was imported." in text
    assert "Row 2: /admin/ is an address that the site itself needs." in text
    assert "&lt;script&gt;" in text
    assert not Redirect.objects.exists()


@pytest.mark.parametrize("both", [True, False])
def test_a_file_or_pasted_rows_and_not_both(client, editor, both):
    data = {"table": "/a/,/b/", "file": SimpleUploadedFile("r.csv", b"/c/,/d/")} if both else {}
    assert "one of the two" in client.post(IMPORT, data).content.decode()
    assert not Redirect.objects.exists()


# In the terminal


def test_the_command_imports_and_counts(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text("/a/,/b/\n")
    out = StringIO()
    call_command("import_redirects", str(file), stdout=out)
    assert out.getvalue() == "Redirects: 1 added, 0 changed, 0 unchanged.\n"


def test_the_command_fails_and_changes_nothing_when_a_row_is_wrong(tmp_path):
    file = tmp_path / "r.csv"
    file.write_text("/a/,/b/\n/admin/,/b/\n")
    with pytest.raises(CommandError, match="Row 2:"):
        call_command("import_redirects", str(file))
    assert not Redirect.objects.exists()
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_redirects", str(tmp_path / "none.csv"))
