/* SPDX-License-Identifier: Apache-2.0 */
/*
 * escape.h - text from processes made safe for a terminal
 *
 * Control characters never pass: C0, DEL, C1 (also as UTF-8, U+0080..U+009F),
 * the bidirectional and line separators that can forge what a reader sees, and
 * bytes that are not UTF-8 come out as escapes.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/*
 * Length of the valid UTF-8 sequence (RFC 3629: no overlong forms, no
 * surrogates, at most U+10FFFF) at p, and the code point; 0 if there is none.
 */
size_t utf8_decode(const char *p, size_t len, unsigned int *ret_code_point);

/* True for text that is UTF-8 throughout, as utf8_decode() judges it. */
bool utf8_is_valid(struct str s);

/* True if the code point would act on the terminal or on the line's layout. */
bool escape_is_control(unsigned int code_point);

/* Plain text: \n, \t, \xhh for bytes, \u{hhhh} for code points; '\' is doubled. */
void escape_text(struct buf *b, struct str s);

/*
 * One word as a shell reads it (bash, zsh, ksh93): bare if that is safe, else
 * '…', else $'…' with escapes if it holds anything that may not be printed. The
 * empty string is ''. Returns true if it had to be quoted.
 */
bool escape_shell(struct buf *b, struct str s);

/* NUL-separated words (each ended by a NUL) as a command line. True if one was quoted. */
bool escape_shell_args(struct buf *b, struct str args);

#endif /* BASE_ESCAPE_H */
