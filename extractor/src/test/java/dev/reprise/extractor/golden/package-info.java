/** librosa's golden coefficients, the signals that they are computed from, and files of those. */
@NullMarked
package dev.reprise.extractor.golden;

import org.jspecify.annotations.NullMarked;
