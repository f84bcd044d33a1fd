/* SPDX-License-Identifier: Apache-2.0 */
/*
 * faults.h - calls into the C library that fail once, when a test wants them to
 *
 * The linker sends the program's own calls of these functions here (--wrap); what the
 * libraries do among themselves is not touched. Thread-safe: the calls of all threads count.
 */
#ifndef FAULT_FAULTS_H
#define FAULT_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

enum fault {
	FAULT_ALLOC,	   /* no memory */
	FAULT_MEMORY,	   /* no memory from then on */
	FAULT_OPEN,	   /* no more descriptors: files, directories, pipes, sockets, threads */
	FAULT_READ,	   /* an input error: files, links, directories */
	FAULT_LOOK,	   /* an input error: what a file or a file system is like */
	FAULT_WRITE,	   /* the disk is full */
	FAULT_SYNC,	   /* an output error, also when a file is closed */
	FAULT_CHANGE,	   /* an output error: names, lengths, modes, locks */
	FAULT_WAIT,	   /* interrupted */
	FAULT_LIBRARY,	   /* libcurl cannot do it */
	FAULT_SHORT_READ,  /* no failure: one byte instead of more */
	FAULT_SHORT_WRITE, /* likewise */
	FAULT_KINDS
};

const char *fault_name(enum fault fault);

/* From here on the nth call of this kind fails, and only that; nth 0: none. */
void faults_begin(enum fault fault, uint64_t nth);

/* Back to normal. Returns the function that failed; NULL: there were not as many calls. */
const char *faults_end(void);

/* For who stands in the place of a function: is this the call that fails? Sets errno then. */
bool fault_is_due(enum fault fault, const char *function);

/* access(2) and connect(2) find a socket of this path, as if it were there; NULL: none. Borrowed. */
void faults_pretend(const char *path);

#endif /* FAULT_FAULTS_H */
