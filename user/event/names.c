// SPDX-License-Identifier: Apache-2.0
/*
 * names.c - the words for kinds, facts, sources, namespaces, signals, errors
 */
#include "event/names.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "event/name_lists.h"

#define NAME_ROW(value, word) [value] = (word),

static const char *const kind_names[] = { KIND_LIST(NAME_ROW) };
static const char *const type_names[] = { TYPE_LIST(NAME_ROW) };
static const char *const fact_names[] = { FACT_LIST(NAME_ROW) };
static const char *const source_names[] = { SOURCE_LIST(NAME_ROW) };
static const char *const missing_names[] = { MISSING_LIST(NAME_ROW) };
static const char *const ns_names[] = { NS_LIST(NAME_ROW) };
static const char *const lost_names[] = { LOST_LIST(NAME_ROW) };
static const char *const entered_names[] = { ENTERED_LIST(NAME_ROW) };
static const char *const seccomp_names[] = { SECCOMP_LIST(NAME_ROW) };
static const char *const cap_names[] = { CAP_LIST(NAME_ROW) };

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

_Static_assert(ROWS(kind_names) == EVENT_KINDS, "a kind without a name");
_Static_assert(ROWS(type_names) == PTC_TYPES, "a record type without a name");
_Static_assert(ROWS(fact_names) == FACT_COUNT, "a fact without a name");
_Static_assert(ROWS(source_names) == SOURCE_COUNT, "a source without a name");
_Static_assert(ROWS(missing_names) == MISSING_COUNT, "a reason without a name");
_Static_assert(ROWS(ns_names) == PTC_NS_COUNT, "a namespace without a name");
_Static_assert(ROWS(lost_names) == LOST_REASONS, "a loss without a name");
_Static_assert(ROWS(cap_names) == CAP_KNOWN, "CAP_KNOWN is wrong");

static const char *name_in(const char *const *table, size_t rows, unsigned int value)
{
	return value < rows ? table[value] : NULL;
}

static int value_in(const char *const *table, size_t rows, struct str name)
{
	for (size_t i = 0; i < rows; i++) {
		if (table[i] && str_eq(str_of(table[i]), name))
			return (int)i;
	}
	return -1;
}

#define NAME_IN(table, value) name_in((table), ROWS(table), (unsigned int)(value))
#define VALUE_IN(table, name) value_in((table), ROWS(table), (name))

const char *event_kind_name(enum event_kind kind)
{
	return NAME_IN(kind_names, kind);
}

const char *event_type_name(enum ptc_type type)
{
	return NAME_IN(type_names, type);
}

const char *lost_kind_name(unsigned int kind)
{
	switch (kind) {
	case LOST_CONTAINER_START:
		return event_kind_name(EVENT_CONTAINER_START);
	case LOST_CONTAINER_STOP:
		return event_kind_name(EVENT_CONTAINER_STOP);
	default:
		return event_type_name((enum ptc_type)kind);
	}
}

const char *fact_name(enum fact fact)
{
	return NAME_IN(fact_names, fact);
}

const char *source_name(enum source source)
{
	return NAME_IN(source_names, source);
}

const char *missing_name(enum missing why)
{
	return NAME_IN(missing_names, why);
}

const char *ns_name(enum ptc_ns type)
{
	return NAME_IN(ns_names, type);
}

const char *lost_reason_name(unsigned int r)
{
	return NAME_IN(lost_names, r);
}

const char *entered_name(enum entered entered)
{
	return NAME_IN(entered_names, entered);
}

const char *seccomp_name(uint32_t mode)
{
	return NAME_IN(seccomp_names, mode);
}

int event_kind_parse(struct str name)
{
	return VALUE_IN(kind_names, name);
}

int fact_parse(struct str name)
{
	return VALUE_IN(fact_names, name);
}

int source_parse(struct str name)
{
	return VALUE_IN(source_names, name);
}

int missing_parse(struct str name)
{
	return VALUE_IN(missing_names, name);
}

int ns_parse(struct str name)
{
	return VALUE_IN(ns_names, name);
}

int lost_reason_parse(struct str name)
{
	return VALUE_IN(lost_names, name);
}

int entered_parse(struct str name)
{
	return VALUE_IN(entered_names, name);
}

int seccomp_parse(struct str name)
{
	return VALUE_IN(seccomp_names, name);
}

const char *signal_name(uint32_t number, char buf[16])
{
	/* Two real-time signals are glibc's own; the kernel's begin at 32. */
	enum { KERNEL_SIGRTMIN = 32, KERNEL_SIGRTMAX = 64 };
	const char *abbreviation;

	if (number == 0 || number > KERNEL_SIGRTMAX)
		return NULL;
	if (number < KERNEL_SIGRTMIN) {
		abbreviation = sigabbrev_np((int)number);
		if (!abbreviation)
			return NULL;
		snprintf(buf, 16, "SIG%s", abbreviation);
	} else if (number < (uint32_t)SIGRTMIN) {
		snprintf(buf, 16, "SIG%u", number);
	} else if (number == (uint32_t)SIGRTMIN) {
		snprintf(buf, 16, "SIGRTMIN");
	} else {
		snprintf(buf, 16, "SIGRTMIN+%u", number - (uint32_t)SIGRTMIN);
	}
	return buf;
}

const char *error_name(int error)
{
	return error > 0 ? strerrorname_np(error) : NULL;
}

const char *error_text(int error)
{
	return error > 0 ? strerrordesc_np(error) : NULL;
}

int error_parse(struct str name)
{
	enum { MAX_ERRNO = 4095 }; /* the kernel's */

	for (int error = 1; error <= MAX_ERRNO; error++) {
		const char *candidate = error_name(error);

		if (candidate && str_eq(str_of(candidate), name))
			return error;
	}
	return -1;
}

const char *cap_name(unsigned int cap, char buf[32])
{
	const char *name = NAME_IN(cap_names, cap);

	if (name)
		return name;
	snprintf(buf, 32, "CAP_%u", cap);
	return buf;
}

int cap_parse(struct str name)
{
	static const struct str prefix = { "CAP_", 4 };
	int cap = VALUE_IN(cap_names, name);

	if (cap >= 0)
		return cap;
	/* "CAP_41": one that this build has no name for. */
	if (!str_has_prefix(name, prefix) || name.len != prefix.len + 2)
		return -1;
	for (size_t i = prefix.len; i < name.len; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return -1;
	}
	cap = (name.p[4] - '0') * 10 + (name.p[5] - '0');
	return cap >= CAP_KNOWN && cap < 64 ? cap : -1;
}

struct str entity_boot(const struct event_host *host)
{
	if (!host || host->boot_id.len < ENTITY_BOOT_LEN)
		return (struct str){ 0 };
	for (size_t i = 0; i < ENTITY_BOOT_LEN; i++) {
		char c = host->boot_id.p[i];

		/* A boot id that is none must not put quotes or escapes into a line. */
		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
			return (struct str){ 0 };
	}
	return str_from(host->boot_id.p, ENTITY_BOOT_LEN);
}

void fmt_entity_id(struct buf *b, const struct event_host *host, const struct event_ref *ref)
{
	struct str boot = entity_boot(host);

	if (!boot.len || ref->start_ns == 0)
		return;
	buf_str(b, boot);
	buf_putc(b, '-');
	buf_u64(b, ref->pid);
	buf_putc(b, '-');
	buf_u64(b, ref->start_ns);
}

const char *ns_shared_place(uint32_t index)
{
	static const char *const places[EVENT_SHARED_MAX] = { "shared[0].", "shared[1].",
							      "shared[2].", "shared[3]." };

	return places[index];
}
