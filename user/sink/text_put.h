/* SPDX-License-Identifier: Apache-2.0 */
/*
 * text_put.h - text from processes for a terminal of either kind
 *
 * base/escape.h keeps a UTF-8 terminal safe. Where the locale is not UTF-8 the bytes
 * of a character may themselves be control characters, so nothing but ASCII is
 * printed then.
 */
#ifndef SINK_TEXT_PUT_H
#define SINK_TEXT_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"
#include "event/event.h"

struct text_put {
	struct buf *out;
	bool ascii;
};

/* One of our own characters, or what stands for it in ASCII. */
#define TEXT_MARK(t, utf8, plain) buf_puts((t)->out, (t)->ascii ? (plain) : (utf8))

void text_plain(const struct text_put *t, struct str s);
/* The same without a space, so that a name is one word and fills one column only. */
void text_token(const struct text_put *t, struct str s);
void text_shell_word(const struct text_put *t, struct str s);
void text_shell_args(const struct text_put *t, struct str args);

/* "dockerd[512]"; "?" if nothing is known. */
void text_ref(const struct text_put *t, const struct event_ref *ref);

/* The container's name, else its short id; '?' behind it if no runtime confirms it. */
void text_container(const struct text_put *t, const struct container_info *c);
/* "(bwrap[4185])", the maker's pid; "(mnt:4026532180)" of one that nobody was seen making. */
void text_isolated(const struct text_put *t, const struct event_isolated *group);
/* 12 characters of an id that is hexadecimal, all of another. */
struct str text_short_id(struct str id);
/* "nginx:1.27" */
void text_image(const struct text_put *t, const struct container_info *c);
/* "shop/web-0", of a container whose pod's name is known */
void text_pod(const struct text_put *t, const struct container_info *c);
/* "mnt,net,pid": names of the bits of ns_isolated. */
void text_ns_list(const struct text_put *t, uint32_t ns_bits);

/* Columns that a terminal needs for text made by the functions above. */
unsigned int text_width(struct str s);
/* The bytes of s that fit into width columns. */
size_t text_fitting(struct str s, unsigned int width);

#endif /* SINK_TEXT_PUT_H */
