"""Brings HTML of other programs into the one shape that the editor makes.

It reads what nh3 has written, so every tag is closed, lower case and quoted; what it writes is
cleaned once more. Headings get the two levels of a body, bold and italic their own tags whatever
they were, lists and tables their parts, and pictures a place between the paragraphs.
"""

import re

_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s[a-z-]+="[^"]*")*)\s*/?>|([^<]+)|<')
_ATTRIBUTE = re.compile(r'\s([a-z-]+)="([^"]*)"')
_BLANK = re.compile(r"(?:\s|&nbsp;)*")
_EMPTY = re.compile(r"(?:\s|<p>(?:\s|&nbsp;|<br>)*</p>)*")

_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_BLOCKS = {"p", "ul", "ol", "blockquote", "table", "figure", "figcaption", "li", *_HEADINGS}
_BOXES = {"div", "section", "article"}
_LISTS = {"ul", "ol"}
_LINES = {"p", "h3", "h4", "figcaption"}
_ROWS = {"table", "thead", "tbody", "tr"}
_CELLS = {"th", "td"}
_MARKS = {"strong", "b", "em", "i", "span", "a"}

# How Word says that a paragraph is an item of a list, and where it puts the bullet.
_WORD_ITEM = re.compile(r"mso-list:\s{0,4}\S{1,40}\s{1,4}level(\d)")
_WORD_BULLET = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_WORD_NUMBER = re.compile(r"\(?(?:\d+|[a-z]|[ivxlc]+)[.)]", re.IGNORECASE)
_BOLD = re.compile(r"(?:^|[;\s])font-weight:\s*(?:bold|[6-9]00)")
_NOT_BOLD = re.compile(r"(?:^|[;\s])font-weight:\s*(?:normal|[1-4]00)")
_ITALIC = re.compile(r"(?:^|[;\s])font-style:\s*(?:italic|oblique)")
_NOT_ITALIC = re.compile(r"(?:^|[;\s])font-style:\s*normal")


# A bullet is short, and few marks stand about it in its paragraph.
MAX_NUMBER, MAX_MARKS = 20, 12
# The style of an element that Word or Google wrote.
MAX_STYLE = 2000


def tidy(html):
    return _Tidy(html).result()


class _Element:
    """What was read: a tag, and what is known about all that is in it."""

    def __init__(self, tag, attributes):
        self.tag = tag
        self.attributes = dict(_ATTRIBUTE.findall(attributes))
        self.has_block = False
        self.picture = None
        self.number = ""

    @property
    def style(self):
        return self.attributes.get("style", "")[:MAX_STYLE]

    @property
    def opening(self):
        kept = (f' {name}="{value}"' for name, value in self.attributes.items() if name != "style")
        return f"<{self.tag}{''.join(kept)}>"

    @property
    def is_bullet(self):
        return self.tag == "span" and _WORD_BULLET.search(self.style)


class _Frame:
    """What is being written: a block that is not closed yet."""

    def __init__(self, tag, start, *, is_implied=False):
        self.tag, self.start, self.is_implied = tag, start, is_implied
        self.stray = []


def _read(html):
    """The tokens in order: an element, its end (the element once more) or a text."""
    tokens, opened = [], []
    for token in _TOKEN.finditer(html):
        slash, tag, attributes, text = token.groups()
        if tag is None:
            tokens.append(text or "&lt;")
            if opened and opened[-1].is_bullet and len(opened[-1].number) < MAX_NUMBER:
                for element in opened[-MAX_MARKS:]:
                    element.number += (text or "")[:MAX_NUMBER]
        elif slash:
            element = opened.pop()
            tokens.append((element, True))
            _inherit(opened, element)
        else:
            element = _Element(tag, attributes)
            tokens.append((element, False))
            if tag in {"br", "img"}:
                element.picture = element if "src" in element.attributes else None
                _inherit(opened, element)
            else:
                opened.append(element)
    return tokens


def _inherit(opened, element):
    if opened:
        parent = opened[-1]
        parent.has_block |= element.has_block or element.tag in _BLOCKS | _BOXES
        parent.picture = parent.picture or element.picture


class _Tidy:
    def __init__(self, html):
        # Finished blocks, and the parts of the one that is being written.
        self.blocks, self.out = [], []
        self.frames, self.word_lists = [], []
        # The marks that are wanted, and those that are written already.
        self.marks, self.written = [], []
        self.pictures = []
        self.bullet = None
        self.ends = {}
        for token in _read(html):
            if isinstance(token, str):
                self._text(token)
            else:
                self._element(*token)

    def result(self):
        self._close_all()
        blocks = self.blocks
        first, last = 0, len(blocks)
        while first < last and _EMPTY.fullmatch(blocks[first]):
            first += 1
        while first < last and _EMPTY.fullmatch(blocks[last - 1]):
            last -= 1
        return "".join(blocks[first:last])

    # Reading

    def _element(self, element, is_end):
        if self.bullet:
            self.bullet = None if is_end and element is self.bullet else self.bullet
        elif is_end:
            self._end(element)
        elif element.is_bullet:
            self.bullet = element
        elif element.tag in _MARKS:
            self._start_mark(element)
        else:
            self._start(element)

    def _start(self, element):
        tag = element.tag
        if tag == "br":
            self._line_break()
        elif tag == "img":
            self._picture(element)
        elif self._top == "figcaption":
            self._write(" ")
        elif tag in _ROWS | _CELLS | {"caption"}:
            self._start_part_of_table(element)
        elif self._top in _ROWS:
            return
        else:
            self._start_block(element)

    def _start_block(self, element):
        tag = element.tag
        if item := _WORD_ITEM.search(element.style):
            self._start_word_item(element, int(item[1]))
            return
        self._end_word_lists()
        self._close_implied()
        if tag in _LISTS:
            self._start_list(element)
        elif tag == "li" and self._top in _LISTS:
            self._open(element, "li")
        elif tag == "blockquote":
            self._open(element, tag)
        elif tag == "figure" and element.picture and not self.frames:
            self._open(element, "figure")
            self.out.append(f"{element.picture.opening}")
            self._open(None, "figcaption")
        else:
            self._start_line(element)

    def _start_line(self, element):
        heading = _HEADINGS.get(element.tag)
        if heading and any(frame.tag in _CELLS for frame in self.frames):
            heading = None
        if element.tag == "p" or heading or not element.has_block:
            if self._top in _LISTS:
                self._open(None, "li").is_implied = True
            self._open(element, heading or "p")

    def _start_list(self, element):
        if self._top in _LISTS:
            self._reopen_item()
        self._open(element, element.tag, element.opening)

    def _start_word_item(self, element, level):
        tag = "ol" if _WORD_NUMBER.match(element.number.strip()) else "ul"
        self._close_implied(keep=self.word_lists)
        while len(self.word_lists) > level:
            self._close(self.word_lists[-1])
        if len(self.word_lists) == level and self.word_lists[-1].tag != tag:
            self._close(self.word_lists[-1])
        while len(self.word_lists) < min(level, 9):
            if self._top in _LISTS:
                self._reopen_item()
            self._open(None, tag)
            self.word_lists.append(self.frames[-1])
        while self.frames[-1] is not self.word_lists[-1]:
            self._close(self.frames[-1])
        self._open(None, "li").is_implied = True
        self._open(element, "p")

    def _start_part_of_table(self, element):
        tag, top = element.tag, self._top
        is_inside = any(frame.tag == "table" for frame in self.frames)
        if tag == "table" and not is_inside:
            self._end_word_lists()
            self._close_implied()
            self._open(element, tag)
        elif (tag == "tr" and top in {"table", "thead", "tbody"}) or (
            tag in {"thead", "tbody"} and top == "table"
        ):
            self._open(element, tag)
        elif tag in _CELLS and top == "tr":
            self._open(element, tag, element.opening)
        elif is_inside and top not in _ROWS:
            # A table in a table, or what a parser leaves of one.
            self._close_implied()
            self._write(" ")

    def _start_mark(self, element):
        wanted = []
        style, tag = element.style, element.tag
        if tag == "strong" or (tag == "b" and not _NOT_BOLD.search(style)) or _BOLD.search(style):
            wanted.append(("strong", "<strong>"))
        if tag == "em" or (tag == "i" and not _NOT_ITALIC.search(style)) or _ITALIC.search(style):
            wanted.append(("em", "<em>"))
        if tag == "a" and "href" in element.attributes:
            wanted.append(("a", element.opening))
        there = {name for name, _opening in self.marks}
        wanted = [mark for mark in wanted if mark[0] not in there]
        self.marks += wanted
        self.ends[element] = len(wanted)

    def _end(self, element):
        if element.tag in _MARKS:
            for _count in range(self.ends.pop(element, 0)):
                self.marks.pop()
                if len(self.written) > len(self.marks):
                    self.out.append(f"</{self.written.pop()}>")
            return
        frame = self.ends.pop(element, None)
        if frame is None:
            # A box that is not kept ends the line that it began.
            if self._top != "figcaption" and element.tag in _BOXES:
                self._close_implied(keep=self.word_lists)
        elif frame in self.frames:
            self._close(frame)

    def _line_break(self):
        if self._top in _LINES | _CELLS | {"li"}:
            self._write("<br>")

    def _picture(self, element):
        if "src" not in element.attributes or self._top == "figcaption":
            return
        self.pictures.append(f"<figure>{element.opening}</figure>")
        self._flush()

    def _text(self, text):
        if self.bullet:
            return
        top = self._top
        if _BLANK.fullmatch(text):
            self._blank(text)
            return
        if top in _ROWS:
            next(f for f in reversed(self.frames) if f.tag == "table").stray.append(text)
            return
        if self.word_lists and top == "li" and self.frames[-1].is_implied:
            self._end_word_lists()
            top = self._top
        if top in _LISTS:
            self._open(None, "li").is_implied = True
        elif top in {None, "blockquote"}:
            self._open(None, "p").is_implied = True
        for name, opening in self.marks[len(self.written) :]:
            self.out.append(opening)
            self.written.append(name)
        self.out.append(text)

    def _blank(self, text):
        if self._top is None:
            self.blocks.append(text.replace("&nbsp;", " "))
        elif self._top not in _ROWS | _LISTS:
            self.out.append(text)

    # Writing

    @property
    def _top(self):
        return self.frames[-1].tag if self.frames else None

    def _write(self, text):
        if self.frames:
            self.out.append(text)

    def _open(self, element, tag, opening=None):
        self._end_marks()
        if tag != "figcaption":
            # A line takes nothing but words.
            while self._top in _LINES:
                self._close(self.frames[-1])
        frame = _Frame(tag, len(self.out))
        self.frames.append(frame)
        self.out.append(opening or f"<{tag}>")
        if element:
            self.ends[element] = frame
        return frame

    def _reopen_item(self):
        """Goes on in the last item of the list, for a list that stands beside it."""
        if self.out[-1] == "</li>":
            self.out.pop()
            self.frames.append(_Frame("li", len(self.out), is_implied=True))
        else:
            self._open(None, "li").is_implied = True

    def _close(self, frame):
        self._end_marks()
        is_last = False
        while not is_last:
            last = self.frames.pop()
            is_last = last is frame
            self._finish(last)
        self.word_lists = [each for each in self.word_lists if each in self.frames]
        self._flush()

    def _finish(self, frame):
        written = self.out[frame.start + 1 :]
        if frame.tag == "figcaption":
            words = "".join(written).strip()
            self.out[frame.start :] = [f"<figcaption>{words}</figcaption>"] if words else []
        elif frame.tag in {"h3", "h4"} and _BLANK.fullmatch("".join(written)):
            del self.out[frame.start :]
        elif frame.tag == "table":
            self._finish_table(frame, written)
        else:
            self.out.append(f"</{frame.tag}>")

    def _finish_table(self, frame, written):
        has_cells = any(part.startswith(("<td", "<th")) and part != "<thead>" for part in written)
        table = [*self.out[frame.start :], "</table>"] if has_cells else []
        stray = " ".join(" ".join(frame.stray).split())
        self.out[frame.start :] = ([f"<p>{stray}</p>"] if stray else []) + table

    def _end_marks(self):
        while self.written:
            self.out.append(f"</{self.written.pop()}>")

    def _close_implied(self, keep=()):
        """Ends what nobody began: the line or the item that a loose text was given."""
        while self.frames and self.frames[-1].is_implied and not keep:
            self._close(self.frames[-1])
        if keep and self._top == "p" and self.frames[-1].is_implied:
            self._close(self.frames[-1])

    def _end_word_lists(self):
        if self.word_lists and self.frames[-1].is_implied and self._top == "li":
            self._close(self.word_lists[0])

    def _close_all(self):
        if self.frames:
            self._close(self.frames[0])
        self._flush()

    def _flush(self):
        if not self.frames:
            self.blocks += ["".join(self.out), *self.pictures]
            self.out, self.pictures = [], []
