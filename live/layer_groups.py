"""The one channel that a process has in the layer between processes, and the groups in which it is."""

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any

from channels.layers import get_channel_layer

from live import bus
from live.circuit import is_outage


class LayerGroups:
    """What a process hears: the groups that it wants to be in, and those that it could not join yet.

    Where the layer's server is away nothing is raised: the look brings what is missed, and tries again.
    """

    def __init__(self, begin: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.layer = get_channel_layer()
        self.channel = ""
        self.wanted: set[str] = set()
        # What reads the channel, once there is one.
        self.receiver: asyncio.Task[None] | None = None
        self._begin = begin
        self._unjoined: set[str] = set()
        self._turn = asyncio.Lock()

    async def join(self, groups: Collection[str]) -> None:
        """Hear what these groups are told, from now on or as soon as the layer is back."""
        self.wanted.update(groups)
        try:
            async with asyncio.timeout(bus.PATIENCE), self._turn:
                if not self.channel:
                    self.channel = await self.layer.new_channel("process")
                    self.receiver = asyncio.create_task(self._begin())
                if len(groups) > 1 and hasattr(self.layer, "groups_add"):
                    await self.layer.groups_add(groups, self.channel)
                else:
                    for group in groups:
                        await self.layer.group_add(group, self.channel)
        except Exception as error:
            if not is_outage(error):
                raise
            self._unjoined.update(groups)
            bus.circuit.record_failure(error)

    async def join_again(self) -> None:
        """Join what could not be joined, if the layer is back."""
        if self._unjoined and not bus.circuit.is_failing:
            unjoined, self._unjoined = self._unjoined, set()
            if wanted := unjoined & self.wanted:
                await self.join(wanted)

    def leave(self, groups: Collection[str]) -> Coroutine[Any, Any, None]:
        """Hear these no longer, once what this gives is awaited, but those that are joined again."""
        self.wanted.difference_update(groups)
        return self._leave(groups)

    async def _leave(self, groups: Collection[str]) -> None:
        async with self._turn:
            for group in groups:
                if group in self.wanted:
                    continue
                try:
                    await self.layer.group_discard(group, self.channel)
                except Exception as error:
                    if not is_outage(error):
                        raise
                    # What still comes for that group is for nobody here.
                    bus.circuit.record_failure(error)
