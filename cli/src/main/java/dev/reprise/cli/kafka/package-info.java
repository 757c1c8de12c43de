/** What the commands do on a cluster: topics, events, records, dead letters. */
@NullMarked
package dev.reprise.cli.kafka;

import org.jspecify.annotations.NullMarked;
