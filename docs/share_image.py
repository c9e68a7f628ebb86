"""Draws static/img/share.png, which stands for the share images that are not there yet.

.venv/bin/python docs/share_image.py
"""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent


def main():
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    from blog import share_image  # noqa: PLC0415  (needs the settings)

    share_image.draw_site().save(ROOT / "static" / share_image.DEFAULT, optimize=True)


if __name__ == "__main__":
    main()
