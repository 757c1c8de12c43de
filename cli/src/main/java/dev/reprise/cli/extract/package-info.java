/** reprise extract and bench: MFCCs of files, without Kafka. */
@NullMarked
package dev.reprise.cli.extract;

import org.jspecify.annotations.NullMarked;
