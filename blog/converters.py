from django.urls import register_converter


class SlugConverter:
    """Letters and digits of any script, hyphens and underscores, as in SlugField."""

    regex = r"[-\w]+"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(SlugConverter, "any_slug")
