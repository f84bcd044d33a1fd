// SPDX-License-Identifier: Apache-2.0
/*
 * environment.c - what it was started with: variables, auxiliary vector, personality
 *
 * Names are shown, values only if they are asked for, and what looks secret is replaced
 * unless that is not wanted either. A process may have written over all of it.
 */
#include "inspect/section.h"

#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/personality.h>

#include "base/cleanup.h"
#include "event/redact.h"
#include "inspect/common.h"
#include "procfs/auxv.h"
#include "procfs/scan.h"
#include "procfs/value.h"
#include "procfs/words.h"

#define ENVIRON_SIZE ((size_t)4 << 20) /* a quarter of a stack of 16 MiB, execve(2) */

/* An entry without '=' is no variable: it may be what somebody wrote over them, so it is counted. */
static void put_names(const struct proc_words *words, struct doc *d)
{
	struct str rest = words->text, word, name, value;
	uint64_t nameless = 0;

	doc_list(d, "names", NULL);
	while (words_next(&rest, &word)) {
		if (scan_pair(word, '=', &name, &value) && name.len)
			doc_str(d, NULL, NULL, name);
		else
			nameless += word.len != 0;
	}
	doc_end(d);
	if (words->truncated)
		doc_bool(d, "truncated", "cut", true);
	if (nameless)
		doc_u64(d, "without_name", "entries without name", nameless);
}

static void put_values(const struct subject *s, const struct proc_words *words, struct doc *d)
{
	const struct world_options *o = &s->world->options;
	const struct redact_options options = { .env_globs = o->env_globs,
						.env_globs_len = o->env_globs_len,
						.keep_secrets = o->keep_secrets };
	struct event e = { .kind = EVENT_PROCESS, .about_process = true };
	struct str rest, word, name, value;
	struct redact *redact;
	int err;

	if (!o->env_globs_len)
		return;
	err = redact_new(&options, &redact);
	if (err) {
		doc_missing(d, "values", NULL, err);
		return;
	}
	e.proc.env = words->text;
	event_set(&e.proc, FACT_ENV, SOURCE_PROCFS);
	redact_event(redact, &e);
	if (event_has(&e.proc, FACT_ENV)) {
		rest = e.proc.env;
		doc_list(d, "values", NULL);
		while (words_next(&rest, &word)) {
			if (!scan_pair(word, '=', &name, &value) || !doc_item(d))
				continue;
			doc_str(d, "name", NULL, name);
			doc_str(d, "value", NULL, value);
			doc_end(d);
		}
		doc_end(d);
	} else {
		doc_missing(d, "values", NULL, -ENOMEM);
	}
	redact_free(redact);
}

static void put_variables(const struct subject *s, struct doc *d)
{
	_cleanup_free_ char *buf = malloc(ENVIRON_SIZE);
	struct proc_words words;
	int err = buf ? read_environ(s->live_fd, buf, ENVIRON_SIZE, &words) : -ENOMEM;

	if (common_has_no_program(s)) {
		common_no_program(s, "names", NULL, d);
		return;
	}
	if (err) {
		doc_missing(d, "names", NULL, err);
		return;
	}
	put_names(&words, d);
	put_values(s, &words, d);
}

/* ---- auxiliary vector ---- */

enum form { FORM_HEX, FORM_NUMBER, FORM_BOOL };

static const struct {
	uint64_t type;
	enum form form;
	const char *name, *meaning;
} auxv_types[] = {
	{ AT_PHDR, FORM_HEX, "PHDR", "program headers" },
	{ AT_PHENT, FORM_NUMBER, "PHENT", "size of a program header" },
	{ AT_PHNUM, FORM_NUMBER, "PHNUM", "program headers" },
	{ AT_PAGESZ, FORM_NUMBER, "PAGESZ", "bytes of a page" },
	{ AT_BASE, FORM_HEX, "BASE", "where the dynamic linker is" },
	{ AT_FLAGS, FORM_HEX, "FLAGS", NULL },
	{ AT_ENTRY, FORM_HEX, "ENTRY", "where the program begins" },
	{ AT_UID, FORM_NUMBER, "UID", "real user" },
	{ AT_EUID, FORM_NUMBER, "EUID", "effective user" },
	{ AT_GID, FORM_NUMBER, "GID", "real group" },
	{ AT_EGID, FORM_NUMBER, "EGID", "effective group" },
	{ AT_PLATFORM, FORM_HEX, "PLATFORM", "where the name of the CPU is" },
	{ AT_HWCAP, FORM_HEX, "HWCAP", "what the CPU can" },
	{ AT_CLKTCK, FORM_NUMBER, "CLKTCK", "ticks of a second" },
	{ AT_SECURE, FORM_BOOL, "SECURE", "started with more rights than its starter" },
	{ 24, FORM_HEX, "BASE_PLATFORM", "where the name of the real CPU is" },
	{ AT_RANDOM, FORM_HEX, "RANDOM", "where 16 random bytes are" },
	{ AT_HWCAP2, FORM_HEX, "HWCAP2", "what the CPU can besides" },
	{ 27, FORM_NUMBER, "RSEQ_FEATURE_SIZE", "rseq(2)" },
	{ 28, FORM_NUMBER, "RSEQ_ALIGN", "rseq(2)" },
	{ 29, FORM_HEX, "HWCAP3", "what the CPU can besides" },
	{ 30, FORM_HEX, "HWCAP4", "what the CPU can besides" },
	{ AT_EXECFN, FORM_HEX, "EXECFN", "where the name of the program is" },
	{ AT_SYSINFO, FORM_HEX, "SYSINFO", "vdso(7)" },
	{ AT_SYSINFO_EHDR, FORM_HEX, "SYSINFO_EHDR", "where the vdso is" },
	{ 51, FORM_NUMBER, "MINSIGSTKSZ", "bytes that a signal needs on the stack" },
};

static void put_entry(uint64_t type, uint64_t value, struct doc *d)
{
	size_t count = sizeof(auxv_types) / sizeof(auxv_types[0]), i = 0;

	while (i < count && auxv_types[i].type != type)
		i++;
	if (i == count) {
		doc_text(d, "name", NULL, "%" PRIu64, type);
		doc_text(d, "value", NULL, "0x%" PRIx64, value);
		return;
	}
	doc_text(d, "name", NULL, "%s", auxv_types[i].name);
	if (auxv_types[i].form == FORM_HEX)
		doc_text(d, "value", NULL, "0x%" PRIx64, value);
	else if (auxv_types[i].form == FORM_BOOL)
		doc_bool(d, "value", NULL, value);
	else
		doc_u64(d, "value", NULL, value);
	/* Addresses are random. */
	if (auxv_types[i].form == FORM_HEX && type != AT_HWCAP && type != AT_HWCAP2)
		doc_passing(d);
	if (auxv_types[i].meaning)
		doc_text(d, "meaning", NULL, "%s", auxv_types[i].meaning);
}

static void put_auxv(const struct subject *s, struct doc *d)
{
	struct proc_auxv a;
	int err = read_auxv(s->live_fd, &a);

	if (common_has_no_program(s)) {
		common_no_program(s, "auxv", "auxiliary vector", d);
		return;
	}
	if (err) {
		doc_missing(d, "auxv", "auxiliary vector", err);
		return;
	}
	doc_u64(d, "word_bits", "bits of a word", a.is_32bit ? 32 : 64);
	doc_list(d, "auxv", "auxiliary vector");
	for (uint32_t i = 0; i < a.len; i++) {
		if (!doc_item(d))
			continue;
		put_entry(a.entry[i].type, a.entry[i].value, d);
		doc_end(d);
	}
	doc_end(d);
}

/* ---- personality(2) ---- */

static void put_personality(const struct subject *s, struct doc *d)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} bits[] = {
		{ ADDR_NO_RANDOMIZE, "no address randomization" },
		{ MMAP_PAGE_ZERO, "page 0 mapped" },
		{ ADDR_COMPAT_LAYOUT, "old memory layout" },
		{ READ_IMPLIES_EXEC, "readable is executable" },
		{ ADDR_LIMIT_32BIT, "32-bit addresses" },
		{ SHORT_INODE, "short inodes" },
		{ WHOLE_SECONDS, "whole seconds" },
		{ STICKY_TIMEOUTS, "sticky timeouts" },
		{ ADDR_LIMIT_3GB, "3 GB of addresses" },
		{ UNAME26, "kernel 2.6 in uname" },
	};
	uint32_t value;
	int err = read_personality(s->live_fd, &value);

	if (err) {
		doc_missing(d, "personality", NULL, err);
		return;
	}
	doc_list(d, "personality", NULL);
	if ((value & 0xff) == PER_LINUX32)
		doc_text(d, NULL, NULL, "32-bit machine in uname");
	else if (value & 0xff)
		doc_text(d, NULL, NULL, "0x%02x", value & 0xff);
	for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
		if (value & bits[i].bit)
			doc_str(d, NULL, NULL, str_of(bits[i].name));
	}
	doc_end(d);
}

void inspect_environment(struct subject *s, struct doc *d)
{
	put_variables(s, d);
	put_auxv(s, d);
	put_personality(s, d);
}
