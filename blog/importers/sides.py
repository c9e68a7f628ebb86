"""Find the two sides of an article and tell their points from other numbered lines."""

from dataclasses import dataclass
from itertools import pairwise

from blog.importers.lines import (
    MARKDOWN_HEADING,
    Line,
    PlainTextError,
    breaks_after,
    ends_sentence,
    joined,
    wrapped_end,
)
from blog.importers.marks import SIDE_NAMES, point_of, reads_as_heading, side_of


@dataclass(frozen=True)
class _Place:
    """Where a run of numbered lines stands in its side."""

    expected: int  # the number of the next point
    opens_side: bool
    is_below_heading: bool  # an unnumbered heading stands between the last point and the run


def find_sides(lines: list[Line], start: int) -> dict[int, str]:
    """Return the kind of each side, "pro" or "con", by the index of its heading."""
    candidates: dict[str, list[tuple[int, bool]]] = {"pro": [], "con": []}
    for index in range(start, len(lines)):
        side = _side_at(lines, index, start)
        if side:
            candidates[side[0]].append((index, side[1]))
    # "Benefits" is a side only where no heading says "Pros".
    chosen = {
        kind: [index for index, is_plain in found if is_plain] or [index for index, _ in found]
        for kind, found in candidates.items()
    }
    starts = sorted(index for found in chosen.values() for index in found)
    with_points = {
        index
        for index, end in pairwise([*starts, len(lines)])
        if any(point_of(line.text) for line in lines[index + 1 : end])
    }
    return {_one_side(lines, kind, chosen[kind], with_points): kind for kind in chosen}


def _side_at(lines: list[Line], index: int, start: int) -> tuple[str, bool] | None:
    line, before = lines[index], lines[index - 1]
    opens_block = line.gap or index == start or MARKDOWN_HEADING.match(line.text)
    is_complete = ends_sentence(before.text) or point_of(before.text)
    if not opens_block and not (is_complete and breaks_after(before, line)):
        return None
    end = wrapped_end(lines, index)
    if end < len(lines) and not lines[end].gap and not breaks_after(lines[end - 1], lines[end]):
        return None  # the first line of a wrapped paragraph
    return side_of(joined(lines[index:end]))


def _one_side(lines: list[Line], kind: str, found: list[int], with_points: set[int]) -> int:
    name = SIDE_NAMES[kind]
    if not found:
        raise PlainTextError(
            lines[-1].number,
            f"Expected a heading such as “The {name.capitalize()} of ...” before the end of the "
            f"file, but found none. Put it above the numbered points of the {name}.",
        )
    owners = [index for index in found if index in with_points]
    if len(owners) > 1:
        raise PlainTextError(
            lines[owners[1]].number,
            f"Expected one side with {name}, but here a second one begins. "
            "Put all its points under one heading.",
        )
    if not owners:
        raise _no_points(lines[found[0]], kind)
    return owners[0]


def _no_points(heading: Line, kind: str) -> PlainTextError:
    return PlainTextError(
        heading.number,
        f"Expected numbered points below this heading, such as “1. The first of the "
        f"{SIDE_NAMES[kind]}”. Start each point with its number and its heading.",
    )


def find_points(lines: list[Line], sides: dict[int, str]) -> dict[int, str]:
    """Return the kind of each point by the index of its heading."""
    points: dict[int, str] = {}
    starts = sorted(sides)
    for start, stop in pairwise([*starts, len(lines)]):
        found = _points_of_side(lines, wrapped_end(lines, start), stop)
        if not found:
            raise _no_points(lines[start], sides[start])
        for index in found:
            if not point_of(lines[index].text)[1]:
                raise PlainTextError(
                    lines[index].number,
                    "Expected the heading of this point after its number. "
                    "Put both on the same line.",
                )
        points |= dict.fromkeys(found, sides[start])
    return points


def _points_of_side(lines: list[Line], start: int, stop: int) -> list[int]:
    numbered = [index for index in range(start, stop) if point_of(lines[index].text)]
    runs: list[list[int]] = []
    for index in numbered:
        if runs and runs[-1][-1] == index - 1 and not _ends_list(lines, runs[-1], index):
            runs[-1].append(index)
        else:
            runs.append([index])
    points: list[int] = []
    before, below_heading = start, False
    for run, following in zip(runs, [*runs[1:], None], strict=True):
        # before is the end of the last run, so that no line is looked at twice.
        below_heading |= _has_heading(lines, before + 1, run[0])
        place = _Place(len(points) + 1, run[0] == start, below_heading)
        next_number = _number(lines, following[0]) if following else None
        found = _points_of_run(lines, run, place, next_number)
        below_heading &= not found
        before = run[-1] + 1
        points += found
    return points


def _number(lines: list[Line], index: int) -> int:
    return point_of(lines[index].text)[0]


def _ends_list(lines: list[Line], run: list[int], index: int) -> bool:
    # A list that starts inside a paragraph ends at the next blank line.
    return bool(lines[run[0]].gap == 0 and lines[index].gap)


def _points_of_run(
    lines: list[Line], run: list[int], place: _Place, next_number: int | None
) -> list[int]:
    """Tell points from the items of a numbered list in a run of adjoining numbered lines.

    next_number is the number that stands below the run, after other text.
    """
    first, previous = run[0], lines[run[0] - 1]
    follows_on = _number(lines, first) == place.expected
    opens_block = lines[first].gap or place.opens_side
    if not opens_block and not (
        follows_on and ends_sentence(previous.text) and breaks_after(previous, lines[first])
    ):
        return []
    is_announced = not place.opens_side and previous.text.endswith((":", "："))
    if len(run) == 1:
        is_item = is_announced and not follows_on and _number(lines, first) == 1
        return [] if is_item else run
    is_tight = not any(lines[index].gap for index in run[1:])
    if follows_on:
        return [] if next_number == 1 and (is_tight or is_announced) else run
    if not (is_tight or is_announced or place.is_below_heading):
        return run
    # The next point may stand right below a list; a list in another section is left whole.
    continues = not place.is_below_heading or next_number == place.expected + 1
    ends_with_point = _number(lines, run[-1]) == place.expected and lines[run[-1]].gap
    return run[-1:] if ends_with_point and continues else []


def _has_heading(lines: list[Line], start: int, stop: int) -> bool:
    return any(
        lines[index].gap and reads_as_heading(lines[index].text) for index in range(start, stop)
    )
