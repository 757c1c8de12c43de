/** What all services agree on: records, topics, reasons, the MFCC contract. */
@NullMarked
package dev.reprise.contract;

import org.jspecify.annotations.NullMarked;
