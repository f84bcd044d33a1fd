// SPDX-License-Identifier: Apache-2.0
/*
 * held.c - lines that are shown only when the log has them
 */
#include "cli/held.h"

struct head {
	uint64_t ticket;
	uint64_t len;
};

bool held_add(struct held *h, uint64_t ticket, struct str line)
{
	const struct head head = { ticket, line.len };

	h->lines.limit = 2 * HELD_MAX;
	if (h->begin >= HELD_MAX) {
		memmove(h->lines.data, h->lines.data + h->begin, h->lines.len - h->begin);
		h->lines.len -= h->begin;
		h->begin = 0;
	}
	if (h->lines.len - h->begin + sizeof(head) + line.len > HELD_MAX ||
	    !buf_reserve(&h->lines, sizeof(head) + line.len)) {
		h->lines.failed = false;
		return false;
	}
	buf_put(&h->lines, &head, sizeof(head));
	buf_str(&h->lines, line);
	h->count++;
	return true;
}

uint64_t held_show(struct held *h, struct recorder_held log, struct writer *writer)
{
	uint64_t not_shown = 0;
	struct head head;

	while (h->begin < h->lines.len) {
		memcpy(&head, h->lines.data + h->begin, sizeof(head));
		if (head.ticket > log.doubtful && head.ticket > log.durable)
			return not_shown;
		h->begin += sizeof(head);
		if (head.ticket <= log.doubtful ||
		    !writer_put(writer, h->lines.data + h->begin, head.len))
			not_shown++;
		h->begin += head.len;
		h->count--;
	}
	buf_reset(&h->lines);
	h->begin = 0;
	return not_shown;
}

void held_done(struct held *h)
{
	buf_done(&h->lines);
	*h = (struct held){ 0 };
}
