@NullMarked
package dev.reprise.extractor.worker;

import org.jspecify.annotations.NullMarked;
