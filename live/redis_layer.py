"""The layer between processes, by Redis: as channels-redis has it, and many groups are joined at once."""

from collections import defaultdict
from collections.abc import Iterable

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisSingleShardConnection


class RedisLayer(RedisPubSubChannelLayer):
    """A process that hears of each of its rooms apart is in thousands of groups."""

    async def groups_add(self, groups: Iterable[str], channel: str) -> None:
        """Add the channel to all of `groups`: one command, where group_add takes one for each."""
        layer = self._get_layer()
        names: dict[RedisSingleShardConnection, list[str]] = defaultdict(list)
        for group in groups:
            name = layer._get_group_channel_name(group)
            layer.groups.setdefault(name, set()).add(channel)
            names[layer._get_shard(name)].append(name)
        for shard, those in names.items():
            async with shard._lock:
                new = [name for name in those if name not in shard._subscribed_to]
                if new:
                    shard._ensure_redis()
                    shard._ensure_receiver()
                    await shard._pubsub.subscribe(*new)
                    shard._subscribed_to.update(new)
