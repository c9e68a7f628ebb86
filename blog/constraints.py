"""A database constraint that two rows of one group never overlap in time.

PostgreSQL has exclusion constraints; SQLite gets triggers that raise the same kind of error.
Both are made with the table and follow it through later migrations, so that no code path, bulk
operation or hand-written SQL can put two editions of an article in front of readers at once.
"""

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, Q


class NoOverlap(BaseConstraint):
    """Rows with the same `group` (an integer column) have disjoint half-open [start, end).

    A row whose `start` is null takes no part. A null `end` means "for good".
    """

    def __init__(self, *, group, start, end, name, violation_error_message=None):
        self.group, self.start, self.end = group, start, end
        super().__init__(name=name, violation_error_message=violation_error_message)

    def constraint_sql(self, model, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            return self._exclusion_sql(model, schema_editor)
        schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
        return None

    def create_sql(self, model, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            table = schema_editor.quote_name(model._meta.db_table)
            return f"ALTER TABLE {table} ADD {self._exclusion_sql(model, schema_editor)}"
        # The schema editor runs one statement; the second trigger is run here.
        first, second = self._triggers(model, schema_editor)
        schema_editor.execute(first)
        return second

    def remove_sql(self, model, schema_editor):
        name = schema_editor.quote_name
        if schema_editor.connection.vendor == "postgresql":
            table = name(model._meta.db_table)
            return f"ALTER TABLE {table} DROP CONSTRAINT {name(self.name)}"
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name(self.name + '_insert')}")
        return f"DROP TRIGGER IF EXISTS {name(self.name + '_update')}"

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        start, end = getattr(instance, self.start), getattr(instance, self.end)
        if start is None:
            return
        others = model._default_manager.using(using).filter(
            Q(**{f"{self.end}__gt": start}) | Q(**{f"{self.end}__isnull": True}),
            **{self.group: getattr(instance, self.group), f"{self.start}__isnull": False},
        )
        if end is not None:
            others = others.filter(**{f"{self.start}__lt": end})
        if others.exclude(pk=instance.pk).exists():
            raise ValidationError(self.get_violation_error_message())

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"group": self.group, "start": self.start, "end": self.end}

    def __eq__(self, other):
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    def _columns(self, model, schema_editor):
        return [
            schema_editor.quote_name(model._meta.get_field(field).column)
            for field in (self.group, self.start, self.end)
        ]

    def _exclusion_sql(self, model, schema_editor):
        group, start, end = self._columns(model, schema_editor)
        # A range of one number stands in for equality, which GiST knows only by an extension.
        return (
            f"CONSTRAINT {schema_editor.quote_name(self.name)} EXCLUDE USING gist "
            f"(int8range({group}, {group}, '[]') WITH &&, tstzrange({start}, {end}) WITH &&) "
            f"WHERE ({start} IS NOT NULL)"
        )

    def _triggers(self, model, schema_editor):
        # A Statement with a Table part: Django renames it when SQLite rebuilds the table.
        table = Table(model._meta.db_table, schema_editor.quote_name)
        group, start, end = self._columns(model, schema_editor)
        pk = schema_editor.quote_name(model._meta.pk.column)
        for event in ("INSERT", "UPDATE"):
            yield Statement(
                "CREATE TRIGGER %(name)s BEFORE %(event)s ON %(table)s "
                "WHEN NEW.%(start)s IS NOT NULL AND EXISTS (SELECT 1 FROM %(table)s AS other "
                "WHERE other.%(group)s = NEW.%(group)s AND other.%(start)s IS NOT NULL "
                "AND other.%(pk)s IS NOT NEW.%(pk)s "
                "AND (NEW.%(end)s IS NULL OR other.%(start)s < NEW.%(end)s) "
                "AND (other.%(end)s IS NULL OR other.%(end)s > NEW.%(start)s)) "
                "BEGIN SELECT RAISE(ABORT, 'constraint failed: %(name)s'); END",
                name=f"{self.name}_{event.lower()}",
                event=event,
                table=table,
                group=group,
                start=start,
                end=end,
                pk=pk,
            )
