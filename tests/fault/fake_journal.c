// SPDX-License-Identifier: Apache-2.0
/*
 * fake_journal.c - stands in the place of libsystemd: keeps what the journal would get
 */
#include "fake_journal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "faults.h"
#include "sink/journal.h"

static char text[1 << 20];
static size_t text_len;

void fake_journal_begin(void)
{
	text_len = 0;
	faults_pretend(JOURNAL_SOCKET);
}

struct str fake_journal_text(void)
{
	return str_from(text, text_len);
}

/* One thread sends. */
int __wrap_sd_journal_sendv(const struct iovec *iov, int len);
int __wrap_sd_journal_sendv(const struct iovec *iov, int len)
{
	if (fault_is_due(FAULT_WRITE, "sd_journal_sendv"))
		return -ENOBUFS;
	for (int i = 0; i < len; i++) {
		if (iov[i].iov_len >= sizeof(text) - text_len)
			abort();
		memcpy(text + text_len, iov[i].iov_base, iov[i].iov_len);
		text_len += iov[i].iov_len;
		text[text_len++] = '\n';
	}
	return 0;
}
