"""Querysets that are compiled once.

Django takes several times as long to turn a queryset into SQL, and rows into objects, as the
database takes to answer. The few queries that every view of an article runs are compiled at their
first use, and make objects of what they found only for a page that has to be put together.
"""

import hashlib
import pickle
import threading
from datetime import UTC, datetime
from functools import cached_property

from django.db import DEFAULT_DB_ALIAS, connection

# Stands for a moment in `examples`.
MOMENT = datetime(1111, 11, 11, 11, 11, 11, tzinfo=UTC)


class Prepared:
    """`make` gives the queryset for values by name.

    It is called with the examples alone, so it must put the values into the query as they are; no
    example may be a value that the query has anyway, and no value None, which compares otherwise.
    Raises ValueError when the examples do not each turn up in the query, and when `find` gets other
    names, or None.
    """

    def __init__(self, make, **examples):
        self.make, self.examples = make, examples
        # A compiler belongs to the connection of its thread.
        self._of_thread = threading.local()

    def find(self, **values):
        """Runs the query."""
        statement = self._statement
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, statement.params(values))
            return Found(statement, cursor.fetchall())

    @property
    def _statement(self):
        if not hasattr(self._of_thread, "statement"):
            self._of_thread.statement = _Statement(self.make(**self.examples), self.examples)
        return self._of_thread.statement


class _Statement:
    def __init__(self, queryset, examples):
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql, params = self.compiler.as_sql()
        self.names = examples.keys()
        names = {_as_parameter(example): name for name, example in examples.items()}
        # Pairs of a name and a value, one of which counts.
        self.slots = [(names.get(param), param) for param in params]
        if missing := self.names - {name for name, _param in self.slots}:
            raise ValueError(f"Not in the query by itself: {', '.join(sorted(missing))}")
        table = queryset.model._meta.db_table
        selected = [column for column, *_rest in self.compiler.select]
        self.columns = [
            c.target.attname if getattr(c, "alias", "") == table else "" for c in selected
        ]

    def params(self, values):
        if values.keys() != self.names or None in values.values():
            raise ValueError(f"Wanted a value for each of {', '.join(self.names)}")
        values = {name: _as_parameter(value) for name, value in values.items()}
        return [values[name] if name else param for name, param in self.slots]

    def objects(self, rows):
        queryset = self.queryset.all()
        # Goes on where the compiler would have got its rows from the database.
        self.compiler.execute_sql = lambda *_args, **_options: [rows]
        queryset.query.get_compiler = lambda *_args, **_options: self.compiler
        try:
            return list(queryset)
        finally:
            # Or the thread would remember what the last rows say.
            del self.compiler.execute_sql


def _as_parameter(value):
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value


class Found:
    """What a prepared query found."""

    def __init__(self, statement, rows):
        self._statement, self._rows = statement, rows

    def __bool__(self):
        return bool(self._rows)

    def __iter__(self):
        return iter(self.objects)

    @cached_property
    def objects(self):
        """What the queryset would have given."""
        return self._statement.objects(self._rows)

    @cached_property
    def key(self):
        """Names all that was found: equal keys, equal objects."""
        return hashlib.sha256(pickle.dumps(self._rows)).hexdigest()

    def column(self, name):
        """The values of one column of the model itself, whole numbers or texts."""
        place = self._statement.columns.index(name)
        return [row[place] for row in self._rows]
