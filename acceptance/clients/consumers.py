"""Consumers of Reprise's topics, for end-to-end test scripts."""

from __future__ import annotations

from confluent_kafka import Consumer, TopicPartition


def consumer(address: str, topic: str, **settings: object) -> Consumer:
    """Return a consumer of the committed records of a topic, from its beginning."""
    created = Consumer(
        {
            "bootstrap.servers": address,
            "group.id": "acceptance",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            **settings,
        }
    )
    partitions = created.list_topics(topic, 30).topics[topic].partitions
    created.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    return created
