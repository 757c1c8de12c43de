@NullMarked
package dev.reprise.extractor.pool;

import org.jspecify.annotations.NullMarked;
