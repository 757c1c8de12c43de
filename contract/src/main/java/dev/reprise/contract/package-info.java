/** The contract between all services: records, topics, reasons, MFCC parameters. */
@NullMarked
package dev.reprise.contract;

import org.jspecify.annotations.NullMarked;
