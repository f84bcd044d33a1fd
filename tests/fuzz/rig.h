/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rig.h - what the fuzz targets share: what must hold of any output, and a tree of files
 *
 * A target is one file, fuzz_NAME.c, with LLVMFuzzerTestOneInput(). "make fuzz" links it
 * with clang's libFuzzer, "make test" with driver.c, which replays corpus/fuzz_NAME/.
 */
#ifndef TESTS_FUZZ_RIG_H
#define TESTS_FUZZ_RIG_H

#include <stddef.h>
#include <stdint.h>

#include "../unit/host_tree.h"
#include "base/buf.h"
#include "base/str.h"
#include "container/meta.h"
#include "event/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Says what does not hold, and aborts. */
#define FUZZ_CHECK(condition) ((condition) ? (void)0 : fuzz_fail(__FILE__, __LINE__, #condition))
_Noreturn void fuzz_fail(const char *file, int line, const char *condition);

/* The bytes of an input that are still to be used. */
static inline struct str fuzz_input(const uint8_t *data, size_t size)
{
	return str_from((const char *)data, size);
}

/* Takes the first byte, as a number below limit; 0 if there is none. */
unsigned int fuzz_take_choice(struct str *rest, unsigned int limit);
/* Takes what stands before the first such byte, and the byte; all if there is none. */
struct str fuzz_take_until(struct str *rest, char end);

/* One line with its '\n' that json-c, told to be strict, takes as an object. */
void fuzz_check_json(struct str line);
/* Valid UTF-8 without anything that acts on a terminal but '\n'. */
void fuzz_check_text(struct str text);
/* Inside the input it was made of, or empty. */
void fuzz_check_slice(struct str slice, struct str input);

/*
 * What the sinks make of an event is valid, and what the log reader makes of that line is the
 * same line and the same text again, in every column. line NULL: of no interest.
 */
void fuzz_check_event(const struct event *e, struct buf *line);

/*
 * What a runtime's files say of the container id, as the event that it started: every string
 * is within its limit, labels are UTF-8, and the event is written and read as any other.
 */
void fuzz_check_meta(const struct meta *meta, struct str id);

/* An open file of these bytes, at its beginning. The caller's. */
int fuzz_file(struct str text);

/* A throw-away directory, made at the first call and removed at the end of the process. */
const struct host_tree *fuzz_tree(void);

#endif /* TESTS_FUZZ_RIG_H */
