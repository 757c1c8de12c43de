/** librosa's golden coefficients, the signals they are of, and files made from those. */
@NullMarked
package dev.reprise.extractor.golden;

import org.jspecify.annotations.NullMarked;
