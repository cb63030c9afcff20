/** What a plane's pixels say about the image itself: measured on the decode pass, judged by a policy. */
@NullMarked
package io.dcmix.core.quality;

import org.jspecify.annotations.NullMarked;
