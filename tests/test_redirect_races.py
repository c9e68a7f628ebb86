"""Redirects that are made at the same moment, with real threads and connections."""

import pytest
from django.core.exceptions import ValidationError

from blog.models import Redirect
from tests.test_comment_races import at_once

pytestmark = pytest.mark.usefixtures("shared_database")

ROUNDS = 8


def add(old, target):
    return Redirect.objects.add(old, target, by=None)


def test_two_halves_of_a_loop_at_the_same_moment_make_none():
    for number in range(ROUNDS):
        a, b = f"/a{number}/", f"/b{number}/"
        results = at_once(lambda a=a, b=b: add(a, b), lambda a=a, b=b: add(b, a))
        refused = [result for result in results if isinstance(result, ValidationError)]
        assert len(refused) == 1, results
        assert Redirect.objects.filter(old_path__in=[a, b]).count() == 1


def test_the_same_address_at_the_same_moment_is_one_redirect():
    for number in range(ROUNDS):
        old = f"/same{number}/"
        results = at_once(lambda old=old: add(old, "/b/"), lambda old=old: add(old, "/c/"))
        assert all(isinstance(result, Redirect) for result in results), results
        assert Redirect.objects.filter(old_path=old).count() == 1
