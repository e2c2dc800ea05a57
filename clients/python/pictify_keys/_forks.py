"""Servers such as gunicorn fork after the application was loaded: a child starts without its parent's connections."""

from __future__ import annotations

import os
import weakref
from abc import ABC, abstractmethod


class Forkable(ABC):
    """Something with locks, threads or connections, which a child process cannot use."""

    def __init__(self) -> None:
        _all.add(self)

    @abstractmethod
    def after_fork(self) -> None:
        """Called in the child, in which no other thread runs. Other threads may have held the locks."""


_all: weakref.WeakSet[Forkable] = weakref.WeakSet()


def _after_fork() -> None:
    for one in list(_all):
        one.after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
