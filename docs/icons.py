"""Draws the icons in static/img from mark.svg. Run it when the mark changes:

.venv/bin/python docs/icons.py
"""

import os
import shutil
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "static" / "img"
# Of the icons that stand on a home screen: --paper in tokens.css.
PAPER = "#fdfdfb"


def draw(page, size, *, share, paper):
    """The mark over this share of a square; without paper, on nothing."""
    mark = (FOLDER / "mark.svg").read_text(encoding="utf-8")
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<style>body {{ margin: 0; display: grid; place-items: center; height: 100vh;"
        f"background: {paper or 'transparent'} }}"
        f"svg {{ width: {share * 100}vmin; height: {share * 100}vmin }}</style>{mark}"
    )
    return Image.open(BytesIO(page.screenshot(omit_background=not paper)))


def main():
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for name, size in (("icon-192", 192), ("icon-512", 512), ("apple-touch-icon", 180)):
            icon = draw(page, size, share=0.7, paper=PAPER).convert("RGB")
            icon.quantize(64).save(FOLDER / f"{name}.png", optimize=True)
        sizes = [draw(page, size, share=1, paper=None) for size in (16, 32, 48)]
        sizes[-1].save(
            FOLDER / "favicon.ico",
            append_images=sizes[:-1],
            sizes=[each.size for each in sizes],
        )
        browser.close()


if __name__ == "__main__":
    main()
