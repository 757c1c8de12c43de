/** librosa's golden coefficients, and the signals that they are computed from. */
@NullMarked
package dev.reprise.extractor.golden;

import org.jspecify.annotations.NullMarked;
