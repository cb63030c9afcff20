/** Users of the page: a file that is kept by commands. */
@NullMarked
package io.dcmix.app.user;

import org.jspecify.annotations.NullMarked;
