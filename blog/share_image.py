"""The picture that goes with a shared link: the title, and the first points of both sides.

The worker draws it when an edition is cut. It shows nothing but what its name is made from, so that
the same words share one file; until that is there, the address answers with the picture of the
site.
"""

import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import task
from PIL import Image, ImageDraw, ImageFont, features

from blog import colours, renditions
from blog.sharing import share_image_name

SIZE = WIDTH, HEIGHT = 1200, 630
# What stands for it until it is drawn; docs/share_image.py draws that.
DEFAULT = "img/share.png"

MARGIN = 64
# Where the two halves begin.
AXIS = 312
TITLE_TOP, TITLE_HEIGHT, TITLE_SIZES, TITLE_LINES = 96, 200, range(68, 43, -4), 3
POINT_TOP, POINT_HEIGHT, POINT_SIZE, POINT_LINES, POINT_GAP = AXIS + 88, 204, 28, 2, 14
# Between the edge and the words, for the sign.
INDENT = 34
LEADING = 1.24
ELLIPSIS = "…"

FONTS = Path(__file__).parent / "fonts"
REGULAR, BOLD = "NotoSerif-Regular", "NotoSerif-Bold"
# Without Raqm their letters would neither join nor run to the left, so they are left out.
FALLBACKS = ("NotoNaskhArabic-Bold", "NotoSerifHebrew-Bold") if features.check("raqm") else ()
# They join and part the letters of some scripts; every other invisible character goes.
JOINERS = "\u200c\u200d"


@task()
def draw_share_image(edition_pk):
    """Whether it was drawn: not when it is there already, or the edition is gone."""
    edition = apps.get_model("blog", "Edition").objects.filter(pk=edition_pk).first()
    return bool(edition) and make(edition.content)


def make(content):
    """Draw it unless it is there; whether it was drawn."""
    name = share_image_name(content)
    if default_storage.exists(name):
        return False
    sides = ([point.heading for point in side.points] for side in content.sides)
    renditions.write(draw(content.title, *sides), name, format="PNG")
    return True


def draw(title, pros, cons):
    picture = _Picture()
    picture.title(title)
    picture.halves(AXIS)
    picture.points(pros, cons)
    return picture.image


def draw_site():
    """For pages that have none of their own."""
    picture = _Picture()
    picture.title("")
    picture.halves(AXIS)
    for number, name in enumerate((_("Pros"), _("Cons"))):
        picture.side_heading(number, name, size=64, top=AXIS + 100)
    return picture.image


class _Text:
    """A text in the font that has most of its letters, without those that it lacks."""

    def __init__(self, text, name, size):
        text = unicodedata.normalize("NFC", text)
        shown = {each: "".join(_shown(text, each)) for each in (name, *FALLBACKS)}
        name = max(shown, key=lambda each: len(shown[each]))
        self.words = list(filter(_is_seen, shown[name].split()))
        self.font = _font(name, size)
        self.direction = _direction(shown[name])

    def length(self, line):
        return self.font.getlength(line, direction=self.direction)

    def lines(self, width, most):
        """At most so many of this width, the last of them cut short if it must be."""
        lines = self._wrap(width)
        if len(lines) > most:
            lines[most - 1 :] = [self._cut(" ".join(lines[most - 1 : most + 1]), width)]
        return lines

    def _wrap(self, width):
        lines = []
        for part in (part for word in self.words for part in self._parts(word, width)):
            if lines and self.length(f"{lines[-1]} {part}") <= width:
                lines[-1] += f" {part}"
            else:
                lines.append(part)
        return lines

    def _parts(self, word, width):
        while self.length(word) > width:
            end = self._fitting(word, width)
            yield word[:end]
            word = word[end:]
        yield word

    def _cut(self, line, width):
        end = self._fitting(line, width - self.length(ELLIPSIS))
        return line[:end].rstrip(" ,;:.–-") + ELLIPSIS

    def _fitting(self, line, width):
        """How many of its characters fit; one in any case."""
        ends = range(1, len(line) + 1)
        return max(1, bisect_right(ends, width, key=lambda end: self.length(line[:end])))

    def balanced(self, width, most):
        """The same number of lines, of lengths as equal as they come."""
        lines = self.lines(width, most)
        while not lines[-1].endswith(ELLIPSIS):
            width -= 12
            narrower = self._wrap(width)
            if len(narrower) > len(lines) or self._is_broken(narrower):
                break
            lines = narrower
        return lines

    def _is_broken(self, lines):
        return " ".join(lines).split() != self.words


class _Picture:
    def __init__(self):
        self.image = Image.new("RGB", SIZE, colours.light("paper"))
        self.pen = ImageDraw.Draw(self.image)

    def brand(self, x, y, size):
        # The mark is drawn over seven tenths of the icon's width.
        with Image.open(finders.find("img/icon-512.png")) as icon:
            side = round(size * 1.5)
            mark = icon.convert("RGB").crop((77, 77, 435, 435)).resize((side, side))
        self.image.paste(mark, (x, y))
        name = _Text(settings.SITE_NAME, BOLD, size)
        for line in name.lines(WIDTH - 2 * MARGIN - 2 * side, 1):
            self._line(name, line, x + side + size // 3, y + side // 2, anchor="lm")

    def title(self, title):
        """Under the brand; the brand alone for one of which no letter can be drawn."""
        if not _Text(title, BOLD, TITLE_SIZES[0]).words:
            self.brand(MARGIN, 96, 92)
            return
        self.brand(MARGIN, 36, 30)
        for size in TITLE_SIZES:
            text = _Text(title, BOLD, size)
            lines = text.balanced(WIDTH - 2 * MARGIN, TITLE_LINES)
            height = round(size * LEADING)
            if len(lines) * height <= TITLE_HEIGHT and not lines[-1].endswith(ELLIPSIS):
                break
        # In the middle of its place, however many lines it has.
        top = TITLE_TOP + (TITLE_HEIGHT - len(lines) * height) // 2
        for number, line in enumerate(lines):
            self._in(text, line, MARGIN, WIDTH - MARGIN, top + number * height)

    def halves(self, top):
        """One ground and one rule for each, of the same size."""
        for number, name in enumerate(("pro", "con")):
            left, right = number * WIDTH // 2, (number + 1) * WIDTH // 2 - 1
            self.pen.rectangle((left, top, right, HEIGHT), colours.light(f"{name}-wash"))
            self.pen.rectangle((left, top, right, top + 7), colours.light(name))

    def side_heading(self, number, name, *, size, top, more=""):
        left, _right = _column(number)
        colour = colours.light(("pro", "con")[number])
        heading, baseline = _Text(name, BOLD, size), top + size
        self._sign(number, left, baseline, size)
        left += max(size, INDENT)
        for line in heading.lines(WIDTH // 2 - 2 * MARGIN - size, 1):
            self._line(heading, line, left, baseline, colour, anchor="ls")
            left += heading.length(line) + size // 2
        small = _Text(more, REGULAR, size * 2 // 3)
        for line in small.lines(WIDTH // 2, 1):
            self._line(small, line, left, baseline, colours.light("ink-soft"), anchor="ls")

    def points(self, pros, cons):
        for number, (name, points) in enumerate(((_("Pros"), pros), (_("Cons"), cons))):
            more = ngettext("%d point", "%d points", len(points)) % len(points)
            self.side_heading(number, name, size=34, top=AXIS + 28, more=more)
        rows = [[_Text(each, REGULAR, POINT_SIZE) for each in side[:3]] for side in (pros, cons)]
        # As many on both sides, so that neither looks the heavier for its shorter words.
        shown = next(
            count for count in (3, 2) if all(_height(side[:count]) <= POINT_HEIGHT for side in rows)
        )
        for number, side in enumerate(rows):
            self._side(number, [text for text in side[:shown] if text.words])

    def _side(self, number, texts):
        left, right = _column(number)
        top, height = POINT_TOP, round(POINT_SIZE * LEADING)
        for text in texts:
            is_rtl = text.direction == "rtl"
            at = right - _sign_width(POINT_SIZE) if is_rtl else left
            self._sign(number, at, top + POINT_SIZE, POINT_SIZE)
            start, end = (left, right - INDENT) if is_rtl else (left + INDENT, right)
            for line in text.lines(end - start, POINT_LINES):
                self._in(text, line, start, end, top)
                top += height
            top += POINT_GAP

    def _sign(self, number, left, baseline, size):
        """Plus or minus, as bold as the headings; those of the font are thin."""
        width, thick = _sign_width(size), max(3, round(size / 7))
        middle, start = baseline - round(size * 0.36), (width - thick) // 2
        colour = colours.light(("pro", "con")[number])
        top = middle - thick // 2
        self.pen.rectangle((left, top, left + width - 1, top + thick - 1), colour)
        if number == 0:
            bar = (left + start, top - start, left + start + thick - 1, top + thick + start - 1)
            self.pen.rectangle(bar, colour)

    def _in(self, text, line, left, right, top):
        """From the side on which its script begins."""
        is_rtl = text.direction == "rtl"
        x, anchor = (right, "rs") if is_rtl else (left, "ls")
        self._line(text, line, x, top + text.font.size, anchor=anchor)

    def _line(self, text, line, x, y, colour=None, *, anchor):
        self.pen.text(
            (x, y),
            line,
            colour or colours.light("ink"),
            text.font,
            anchor=anchor,
            direction=text.direction,
        )


def _sign_width(size):
    return round(size * 0.56) // 2 * 2 + max(3, round(size / 7)) % 2


def _column(number):
    return (MARGIN, WIDTH // 2 - 48) if number == 0 else (WIDTH // 2 + 48, WIDTH - MARGIN)


def _height(texts):
    left, right = _column(0)
    lines = [len(text.lines(right - left - INDENT, POINT_LINES)) for text in texts]
    return sum(lines) * round(POINT_SIZE * LEADING) + POINT_GAP * (len(lines) - 1)


# Fonts


@cache
def _font(name, size):
    return ImageFont.truetype(FONTS / f"{name}.ttf", size)


def _direction(text):
    """That of its first letter, as browsers take it; None for plain layout, which knows none."""
    if not FALLBACKS:
        return None
    kinds = (unicodedata.bidirectional(each) for each in text)
    first = next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L")
    return "ltr" if first == "L" else "rtl"


def _shown(text, name):
    for each in text:
        if each.isspace():
            yield " "
        elif _has(name, each) and (each in JOINERS or unicodedata.category(each)[0] != "C"):
            yield each


def _is_seen(word):
    return any(unicodedata.category(each)[0] in "LNPS" for each in word)


@cache
def _probe(name):
    font = ImageFont.truetype(FONTS / f"{name}.ttf", 24, layout_engine=ImageFont.Layout.BASIC)
    return font, bytes(font.getmask("\U0010ffff"))


@cache
def _has(name, character):
    """Whether the font has it: one that it lacks is drawn as a box, the same for all of them."""
    font, box = _probe(name)
    return bytes(font.getmask(character)) != box
