"""Rows that are added and read, and that nothing changes or removes."""

from django.db import models


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError(self.model.APPEND_ONLY)

    def delete(self):
        raise TypeError(self.model.APPEND_ONLY)

    def bulk_update(self, *args, **kwargs):
        raise TypeError(self.model.APPEND_ONLY)

    def bulk_create(self, objs, *args, update_conflicts=False, **kwargs):
        if update_conflicts:
            raise TypeError(self.model.APPEND_ONLY)
        return super().bulk_create(objs, *args, **kwargs)

    update.queryset_only = delete.queryset_only = True
    update.alters_data = delete.alters_data = True


class AppendOnly(models.Model):
    """Every door of the ORM but adding and reading raises TypeError with `APPEND_ONLY`."""

    APPEND_ONLY = "This is never changed or deleted. Add another one."

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError(self.APPEND_ONLY)
        super().save(*args, **kwargs | {"force_insert": True})

    def delete(self, *args, **kwargs):
        raise TypeError(self.APPEND_ONLY)
