// SPDX-License-Identifier: Apache-2.0
/*
 * journal_none.c - what stands in the place of journal.c without libsystemd
 */
#include "sink/journal.h"

#include <errno.h>
#include <stddef.h>

int journal_new(struct journal **ret_journal)
{
	(void)ret_journal;
	return -EOPNOTSUPP;
}

bool journal_put(struct journal *j, const struct event *e, struct str message)
{
	(void)j;
	(void)e;
	(void)message;
	return false;
}

void journal_flush(struct journal *j)
{
	(void)j;
}

int journal_error(struct journal *j)
{
	(void)j;
	return -EOPNOTSUPP;
}

void journal_close(struct journal *j, uint64_t *ret_unsent)
{
	(void)j;
	*ret_unsent = 0;
}

const char *journal_version(void)
{
	return NULL;
}
