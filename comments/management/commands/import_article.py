import re
from collections import Counter
from datetime import datetime, time
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from blog.importers import plain_text
from blog.importers.articles import add_article, imported
from blog.models import Person
from comments import markup
from comments.models import Comment, Status

MAX_BYTES = 5 * 1024 * 1024


def day(date):
    return f"{date.day} {date:%B %Y}"


class Command(BaseCommand):
    help = (
        "Import articles with their readers' comments from plain-text files. Either all files "
        "are imported or, when one cannot be, none. docs/importing.md describes the form."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "files", nargs="+", metavar="FILE", type=Path, help="Plain text, one article each."
        )
        parser.add_argument("--publish", action="store_true", help="Publish them right away.")
        parser.add_argument(
            "--approve-comments",
            action="store_true",
            help="Approve their comments. Without it they wait for a moderator.",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="Print the outlines and change nothing."
        )
        parser.add_argument(
            "--author",
            metavar="NAME",
            help="The person who wrote them, added if there is none of that name. "
            "Without it, the editorial team.",
        )

    def handle(self, *, files, dry_run, **options):
        outlines = [(path, self.read(path)) for path in files]
        if dry_run:
            for path, outline in outlines:
                self.print_outline(path, outline)
            return
        with transaction.atomic():
            author = self.author(options["author"])
            lines = [self.add(path, outline, author, options) for path, outline in outlines]
        # Only now: what is not committed was not imported.
        for line in lines:
            self.stdout.write(line)

    def read(self, path):
        try:
            if path.exists() and not path.is_file():
                raise CommandError(f"{path}: cannot be read (it is no file).")
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path}: has more than 5 MB. Expected the text of one article.")
            return plain_text.parse(plain_text.decode(path.read_bytes()))
        except OSError as error:
            raise CommandError(f"{path}: cannot be read ({error.strerror}).") from error
        except plain_text.PlainTextError as error:
            raise CommandError(f"{path}, line {error.line}: {error.expected}") from error

    def author(self, name):
        if name is None:
            return Person.objects.editorial_team()
        name = " ".join(name.split())
        if not name.isprintable() or len(name) > 200 or not re.search(r"\w", name):
            raise CommandError("--author: give the name of a person, in up to 200 characters.")
        # Compared here: SQLite ignores the case of ASCII letters alone.
        wanted = name.casefold()
        found = [person for person in Person.objects.all() if person.name.casefold() == wanted]
        found = found or list(Person.objects.filter(slug=name))
        if len(found) > 1:
            raise CommandError(
                f"--author: there are several people called {name!r}. "
                "Give the last part of the address of one's page instead of the name."
            )
        return found[0] if found else Person.objects.create(name=name)

    def add(self, path, outline, author, options):
        if earlier := imported(outline):
            where = ", which is in the trash" if earlier.trashed_at else ""
            return f"{path}: already imported as “{earlier.title}”{where}; nothing was added."
        article = add_article(outline, author=author)
        comments = [self.comment(path, article, row) for row in outline.comments]
        if options["approve_comments"]:
            seen = {comment.pk: comment.version for comment in comments}
            Comment.objects.decide(to=Status.APPROVED, by=None, seen=seen, reason="Imported")
        if options["publish"]:
            self.publish(path, outline, article)
        state = "published" if options["publish"] else "saved as a draft"
        return (
            f"{path}: “{article.title}” {state}, {self.counted(outline)}. "
            "It has no short answer, topic or picture yet; the desk is the place for them."
        )

    def publish(self, path, outline, article):
        if outline.date > timezone.localdate():
            raise CommandError(
                f"{path}: its date, {day(outline.date)}, lies in the future. "
                "Import it without --publish and schedule it at the desk."
            )
        try:
            article.publish(by=None, note=f"Imported from {path.name}"[:500])
        except ValidationError as error:
            raise CommandError(f"{path}: {' '.join(error.messages)}") from error

    def comment(self, path, article, row):
        if row.date > timezone.localdate():
            raise CommandError(
                f"{path}, line {row.line}: Expected the date of this comment in the past, "
                f"but {day(row.date)} is still to come. Correct the date."
            )
        if markup.says_nothing(row.text):
            raise CommandError(f"{path}, line {row.line}: Expected the words of this comment.")
        noon = timezone.make_aware(datetime.combine(row.date, time(12)))
        comment = Comment(article=article, name=row.name, text=row.text, created_at=noon)
        comment.prepare()
        try:
            # What readers may send is limited; what was published elsewhere is kept whole.
            comment.full_clean(exclude=["text"], validate_constraints=False)
        except ValidationError as error:
            raise CommandError(f"{path}, line {row.line}: {' '.join(error.messages)}") from error
        stored, _is_new = Comment.objects.submit(comment, announce=False)
        return stored

    def counted(self, outline):
        kinds = Counter(section.kind for section in outline.sections)
        parts = [(kinds["text"], "text"), (kinds["pro"], "pro"), (kinds["con"], "con")]
        parts.append((len(outline.comments), "comment"))
        return ", ".join(f"{number} {name}{'' if number == 1 else 's'}" for number, name in parts)

    def print_outline(self, path, outline):
        known = " (already imported)" if imported(outline) else ""
        lines = [f"{path}{known}", outline.title, day(outline.date)]
        headings = {"pro": outline.pros_heading, "con": outline.cons_heading}
        numbers, previous = Counter(), None
        for section in outline.sections:
            numbers[section.kind] += 1
            if section.kind != previous and section.kind in headings:
                lines.append(headings.pop(section.kind, ""))
            name = section.heading or "(text without a heading)"
            if section.kind != "text":
                name = f"{section.kind.capitalize()} {numbers[section.kind]}: {name}"
            words = sum(len(block.split()) for block in section.blocks)
            lines.append(f"  {name} ({words} words)")
            previous = section.kind
        lines.append(f"Comments: {len(outline.comments)}")
        lines += [f"  {row.name}, {day(row.date)}" for row in outline.comments]
        lines.append(self.counted(outline).capitalize() + ". Nothing was changed.\n")
        self.stdout.write("\n".join(line for line in lines if line) + "\n")
