"""What the worker has done, which nobody asks for."""

from typing import Any

from django.dispatch import receiver
from django.tasks import TaskResult
from django.tasks.signals import task_finished
from huey.contrib.djhuey import HUEY
from huey.contrib.djhuey.tasks_backend import KEY, HueyBackend


@receiver(task_finished, sender=HueyBackend)
def forget_result(task_result: TaskResult, **kwargs: Any) -> None:
    """Keep nothing of a task that is done: its words may be a mail, and Huey would keep them for ever."""
    HUEY.delete(KEY % task_result.id)
