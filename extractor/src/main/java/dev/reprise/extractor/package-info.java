/** Audio in, MFCC clips out: the extractor as a service. */
@NullMarked
package dev.reprise.extractor;

import org.jspecify.annotations.NullMarked;
