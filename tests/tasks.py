"""The worker of the tests."""

from django_tasks.backends.immediate import ImmediateBackend

# (the job, its arguments, when) of what is to run later.
later = []


class AtOnce(ImmediateBackend):
    """Runs jobs while they are enqueued, but for those that are to run later."""

    supports_defer = True

    def enqueue(self, task, args, kwargs):
        if task.run_after is None:
            return super().enqueue(task, args, kwargs)
        self.validate_task(task)
        later.append((task, args, kwargs))
        return None
