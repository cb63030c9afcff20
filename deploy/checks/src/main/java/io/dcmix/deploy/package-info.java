/**
 * Tests that hold the files of {@code deploy/} against the code, against published schemas and with the tools that read them. There is
 * nothing here but tests.
 */
@NullMarked
package io.dcmix.deploy;

import org.jspecify.annotations.NullMarked;
