/**
 * An application whose libraries keep in memory what they know of its rows, and its
 * tests.
 */
@NullMarked
package dev.pristine.notes;

import org.jspecify.annotations.NullMarked;
