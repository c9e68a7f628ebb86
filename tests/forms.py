"""Reads a form as a browser without JavaScript would, so that tests send the real fields."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    def __init__(self, form_id):
        super().__init__()
        self.form_id, self.inside, self.inert = form_id, False, 0
        self.fields, self.buttons = {}, []
        self.select = self.textarea = None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == self.form_id
        if tag == "template":
            self.inert += 1
        if not self.inside or self.inert:
            return
        handle = getattr(self, f"_start_{tag}", None)
        if handle:
            handle(attrs)

    def _start_button(self, attrs):
        if attrs.get("type") == "submit" and "name" in attrs:
            self.buttons.append((attrs["name"], attrs.get("value", "")))

    def _start_input(self, attrs):
        kind = attrs.get("type", "text")
        if "name" not in attrs or kind in {"file", "submit"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in attrs:
            return
        self._add(attrs["name"], attrs.get("value", "on" if kind == "checkbox" else ""))

    def _start_textarea(self, attrs):
        self.textarea = attrs.get("name")
        if self.textarea:
            self._add(self.textarea, "")

    def _start_select(self, attrs):
        self.select = attrs["name"]
        self.first = "multiple" not in attrs

    def _start_option(self, attrs):
        if "selected" in attrs:
            self.fields.pop(self.select, None)
            self._add(self.select, attrs["value"])
        elif self.first:
            self._add(self.select, attrs["value"])
        self.first = False

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea][-1] += data

    def handle_endtag(self, tag):
        if tag == "template":
            self.inert -= 1
        elif tag == "form":
            self.inside = False
        elif tag == "textarea" and self.textarea:
            # Browsers drop the line break that Django writes after the opening tag.
            self.fields[self.textarea][-1] = self.fields[self.textarea][-1].removeprefix("\n")
            self.textarea = None

    def _add(self, name, value):
        self.fields.setdefault(name, []).append(value or "")


def read(response, form_id="article_form"):
    """The fields that the form would send as it stands, and the names of its submit buttons."""
    parser = _Form(form_id)
    parser.feed(response.content.decode())
    return parser.fields, [name for name, _value in parser.buttons]


def fill(response, changes=None, *, button="_save", form_id="article_form"):
    """What the browser would post: the fields as they came, with some changed."""
    fields, _buttons = read(response, form_id)
    return fields | (changes or {}) | {button: "1"}
