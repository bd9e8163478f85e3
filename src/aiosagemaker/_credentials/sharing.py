"""One cache for each identity of this process."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from .cache import CredentialsCache

KEPT = 64
"""How many caches are kept for clients to come, when no client has them any more."""


class SharedCaches:
    """The caches by identity: as long as a client has one every other gets it, and the latest are kept beyond that."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._lock = threading.Lock()
        self._used: WeakValueDictionary[Hashable, CredentialsCache] = WeakValueDictionary()
        self._latest: OrderedDict[Hashable, CredentialsCache] = OrderedDict()

    def get(self, identity: Hashable, make: Callable[[], CredentialsCache]) -> CredentialsCache:
        """The cache of an identity, made if there is none."""
        with self._lock:
            cache = self._used.get(identity)
            if cache is None:
                cache = self._used[identity] = make()
            self._latest[identity] = cache
            self._latest.move_to_end(identity)
            if len(self._latest) > self._kept:
                self._latest.popitem(last=False)
            return cache

    def after_fork(self) -> None:
        """In the child: make usable what another thread of the parent may have been using."""
        self._lock = threading.Lock()
        for cache in list(self._used.values()):
            cache.after_fork()


SHARED = SharedCaches()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=SHARED.after_fork)
