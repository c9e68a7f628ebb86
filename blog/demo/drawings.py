"""Pictures for the demo articles and people, drawn with Pillow alone.

Every hero is one idea in two halves: a shape whole on teal, the same shape altered on plum.
Coordinates are in a space 1200 wide and 800 high (400 by 400 for portraits), whatever the
size asked for. Nothing is random, so that the same name always gives the same picture.
"""

from itertools import pairwise
from math import atan2, cos, hypot, pi, sin

from PIL import Image, ImageDraw

SMOOTH = 3  # drawn this many times larger, then reduced
TEAL, TEAL_2, MINT = "#0a4f43", "#1f7463", "#bfe6d8"
PLUM, PLUM_2, LILAC = "#53246e", "#7d4a9c", "#e0c8f2"


class Pen:
    """A canvas with its own units; every shape is filled, and every stroke has round ends."""

    def __init__(self, units, width, height, ground, mode="RGB"):
        self.k = width * SMOOTH / units
        self.final = (width, height)
        self.image = Image.new(mode, (width * SMOOTH, height * SMOOTH), ground)
        self.ink = ImageDraw.Draw(self.image)

    def scaled(self, points):
        return [(x * self.k, y * self.k) for x, y in points]

    def disc(self, x, y, rx, fill, ry=None):
        ry = rx if ry is None else ry
        self.ink.ellipse(self.scaled([(x - rx, y - ry), (x + rx, y + ry)]), fill=fill)

    def box(self, x0, y0, x1, y1, fill, radius=0):
        self.ink.rounded_rectangle(
            self.scaled([(x0, y0), (x1, y1)]), radius=radius * self.k, fill=fill
        )

    def shape(self, points, fill):
        self.ink.polygon(self.scaled(points), fill=fill)

    def stroke(self, points, fill, width=18):
        points = list(points)
        if len(points) < 4:
            self.ink.line(self.scaled(points), fill=fill, width=round(width * self.k))
        else:  # a curve: discs alone are smoother than many short lines
            points = [(x, y) for x, y, _ in walk(points, 1.5)] + points[-1:]
        for x, y in points:
            self.disc(x, y, width / 2, fill)

    def taper(self, stops, fill):
        """A limb: discs along a smooth path, each stop with its own radius."""
        for x, y, radius in curve(stops, steps=80):
            self.disc(x, y, radius, fill)

    def cased(self, points, fill, ground, width=16):
        """A stroke with a rim in the colour of the ground, to pass over other shapes."""
        self.stroke(points, ground, width + 18)
        self.stroke(points, fill, width)

    def finish(self):
        return self.image.resize(self.final, Image.Resampling.LANCZOS)


def arc(cx, cy, rx, start, end, ry=None, steps=120):
    """Points on an ellipse; degrees run clockwise from three o'clock."""
    ry = rx if ry is None else ry
    turns = [(start + (end - start) * i / steps) * pi / 180 for i in range(steps + 1)]
    return [(cx + rx * cos(t), cy + ry * sin(t)) for t in turns]


def curve(points, closed=False, steps=24):
    """A smooth path through the given points (Catmull-Rom), of any number of dimensions."""
    n, path = len(points), []
    for i in range(n if closed else n - 1):
        near = [j % n if closed else min(max(j, 0), n - 1) for j in range(i - 1, i + 3)]
        for t in (s / steps for s in range(steps)):
            path.append(
                tuple(
                    b
                    + ((c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2) / 2
                    + (3 * b - a - 3 * c + d) * t**3 / 2
                    for a, b, c, d in zip(*(points[j] for j in near), strict=True)
                )
            )
    return path if closed else [*path, tuple(points[-1])]


def walk(path, gap):
    """Places at even steps along a path: x, y and the direction there."""
    left = 0.0
    for (ax, ay), (bx, by) in pairwise(path):
        length = hypot(bx - ax, by - ay)
        while left <= length and length:
            f = left / length
            yield ax + (bx - ax) * f, ay + (by - ay) * f, atan2(by - ay, bx - ax)
            left += gap
        left -= length


def speech(pen):
    """One message, whole and then sliced and shifted."""

    def bubble(p, dx, fill, hole):
        p.box(dx + 90, 160, dx + 510, 560, fill, 84)
        p.shape([(dx + 180, 540), (dx + 340, 540), (dx + 172, 676)], fill)
        p.box(dx + 262, 250, dx + 338, 470, hole, 10)
        p.box(dx + 190, 322, dx + 410, 398, hole, 10)

    bubble(pen, 0, MINT, TEAL)
    whole = Pen(1200, *pen.final, 0, "L")
    bubble(whole, 600, 255, 0)
    shifts = (14, -26, 34, -58, 22, 66, -40, 18, -46, 30, -14, 20)
    top, step = 137, 48
    for i, shift in enumerate(shifts):
        y0, y1 = round((top + i * step) * pen.k), round((top + i * step + step - 9) * pen.k)
        strip = whole.image.crop((0, y0, whole.image.width, y1))
        pen.image.paste(LILAC, (round(shift * pen.k), y0), strip)


def frame(pen):
    """The person before the camera, and the part of the person that the camera shows."""

    def outline(cx):
        body = [*arc(cx, 640, 206, 180, 360, 226), (cx - 206, 640)]
        return arc(cx, 270, 104, 0, 360), body

    for part in outline(300):
        pen.shape(part, MINT)
    seen = Pen(1200, *pen.final, 0, "L")
    for part in outline(900):
        seen.shape(part, 255)
        for x, y, _ in walk(part, 25.97):
            pen.disc(x, y, 6.5, LILAC)
    pen.box(748, 118, 1052, 508, LILAC, 40)
    pen.box(766, 136, 1034, 490, PLUM, 24)
    window = tuple(round(v * pen.k) for v in (766, 136, 1034, 496))
    pen.image.paste(LILAC, window[:2], seen.image.crop(window))


def steps(pen):
    """Footsteps on a path, and the same footsteps as a tally."""

    def sole(x, y, turn, side, fill, size=1.0):
        def put(points):
            c, s = cos(turn), sin(turn)
            return [(x + (u * c - v * s) * size, y + (u * s + v * c) * size) for u, v in points]

        front = curve(
            [(0, -62), (26, -44), (27, -8), (17, 16), (-15, 16), (-25, -12), (-21, -46)],
            closed=True,
        )
        heel = curve([(-15, 28), (16, 28), (16, 52), (0, 64), (-15, 52)], closed=True)
        for part in (front, heel):
            pen.shape(put([(side * u, v) for u, v in part]), fill)

    way = curve([(110, 920), (230, 660), (390, 470), (350, 270), (260, 100), (330, -140)])
    for n, (x, y, turn) in enumerate(walk(way, 99)):
        side = 1 if n % 2 else -1
        sole(x - sin(turn) * 44 * side, y + cos(turn) * 44 * side, turn + pi / 2, side, MINT)
    for y in (188, 400, 612):
        for column in range(4):
            sole(726 + column * 116, y, 0, 1 if column % 2 else -1, LILAC, 1.12)
        pen.cased([(656, y + 40), (1144, y - 36)], LILAC, PLUM)


def spine(pen):
    """A back at a desk: upright at first, bent by the afternoon."""
    upright = [(200, 690), (200, 495), (200, 300)]
    bent = [(826, 690), (800, 560), (836, 440), (926, 362)]
    for dx, bones, head, back, front in (
        (0, upright, (206, 186), TEAL_2, MINT),
        (600, bent, (1018, 352), PLUM_2, LILAC),
    ):
        pen.stroke([(dx + 330, 438), (dx + 524, 438)], back, 36)
        pen.stroke([(dx + 452, 438), (dx + 452, 706)], back, 36)
        pen.stroke([(dx + 392, 706), (dx + 512, 706)], back, 36)
        for n, (x, y, turn) in enumerate(walk(curve(bones), 65)):
            u, v = (62 - 5 * n) * sin(turn), (62 - 5 * n) * cos(turn)
            pen.stroke([(x + u, y - v), (x - u, y + v)], front, 48)
        pen.disc(*head, 68, front)


def moon(pen):
    """One round face: a clock that never closes, and the night that sleep needs."""
    pen.disc(300, 400, 216, MINT)
    pen.stroke([(300, 400), (300, 256)], TEAL, 26)
    pen.stroke([(300, 400), (398, 458)], TEAL, 26)
    pen.disc(900, 400, 216, LILAC)
    pen.disc(980, 352, 182, PLUM)
    for n in range(12):
        u, v = cos(n * pi / 6), sin(n * pi / 6)
        pen.stroke([(300 + 250 * u, 400 + 250 * v), (300 + 272 * u, 400 + 272 * v)], MINT, 20)
        pen.disc(900 + 261 * u, 400 + 261 * v, 9 if n % 3 else 14, LILAC)
    for x, y, radius in ((950, 300, 10), (1030, 400, 14), (900, 400, 7)):
        pen.disc(x, y, radius, LILAC)


def dog(pen):
    """A dog on a loose lead, and the same dog with the lead in a tangle."""

    def sitting(flip, fill, ground):
        def part(*stops, ink=fill, more=0):
            pen.taper([(1200 - x if flip else x, y, r + more) for x, y, r in stops], ink)

        ear = ((330, 214, 24), (302, 262, 32), (290, 318, 36))
        part((352, 270, 66), (338, 410, 80), (236, 596, 118))
        part((360, 250, 70), (404, 266, 48), (468, 284, 33))
        part((376, 430, 46), (384, 560, 34), (384, 684, 28), (418, 686, 26))
        part((236, 684, 28), (316, 686, 26))
        part((180, 660, 40), (104, 620, 21), (72, 530, 14))
        part((270, 352, 9), (340, 378, 9), (430, 366, 9), ink=ground)
        part(*ear, ink=ground, more=9)
        part(*ear)

    sitting(False, MINT, TEAL)
    lead = [(276, 356), (216, 410), (128, 380), (104, 250), (150, 120), (50, 50), (-60, 80)]
    pen.stroke(curve(lead), MINT, 16)
    coil = [
        (872 + 3.3 * t + (98 + 3.8 * t) * cos(t), 404 + 10.5 * t + 34 * sin(t))
        for t in (i * pi / 60 for i in range(-30, 352))
    ]
    pen.stroke(curve([*coil[-9::8], (1096, 700), (1180, 742), (1280, 690)]), LILAC, 16)
    pen.stroke(coil, LILAC, 16)
    sitting(True, LILAC, PLUM)
    for start in (30, 150, 270):
        pen.cased(coil[start : start + 61], LILAC, PLUM)


def bust(pen, ground, back, skin, cloth):
    pen.box(0, 0, 400, 400, ground)
    pen.disc(200, 190, 172, back)
    pen.disc(200, 430, 150, cloth)
    pen.disc(200, 168, 78, skin)


HEROES = {picture.__name__: picture for picture in (speech, frame, steps, spine, moon, dog)}
PORTRAITS = {
    "portrait-teal": (TEAL, TEAL_2, MINT, MINT),
    "portrait-plum": (PLUM, PLUM_2, LILAC, LILAC),
    "portrait-mint": (MINT, "#e3f4ee", TEAL, TEAL_2),
}
NAMES = (*HEROES, *PORTRAITS)


def draw(name: str, width: int = 1600) -> Image.Image:
    """The picture of this name: 3:2 for a hero; a square, at most 400 wide, for a portrait."""
    if name in PORTRAITS:
        pen = Pen(400, min(width, 400), min(width, 400), TEAL)
        bust(pen, *PORTRAITS[name])
    else:
        pen = Pen(1200, width, round(width * 2 / 3), TEAL)
        pen.box(600, 0, 1200, 800, PLUM)
        HEROES[name](pen)
    return pen.finish()
