// SPDX-License-Identifier: Apache-2.0
/*
 * memory_use.c - how much memory a process has
 */
#include "inspect/memory_use.h"

#include <unistd.h>

#include "inspect/common.h"
#include "inspect/put.h"
#include "procfs/memory.h"
#include "procfs/value.h"

static const struct {
	enum status_line line;
	size_t off;
	const char *key, *title;
} status_bytes[] = {
#define LINE(line, field, title)                                         \
	{                                                                \
		line, offsetof(struct proc_status, field), #field, title \
	}
	LINE(STATUS_VM_SIZE, vm_size_bytes, "address space"),
	LINE(STATUS_VM_PEAK, vm_peak_bytes, "address space, at most"),
	LINE(STATUS_VM_RSS, vm_rss_bytes, "resident"),
	LINE(STATUS_VM_HWM, vm_hwm_bytes, "resident, at most"),
	LINE(STATUS_RSS_ANON, rss_anon_bytes, "of it anonymous"),
	LINE(STATUS_RSS_FILE, rss_file_bytes, "of it files"),
	LINE(STATUS_RSS_SHMEM, rss_shmem_bytes, "of it shared memory"),
	LINE(STATUS_VM_SWAP, vm_swap_bytes, "swapped out"),
	LINE(STATUS_VM_LOCKED, vm_locked_bytes, "locked"),
	LINE(STATUS_VM_PINNED, vm_pinned_bytes, "pinned"),
	LINE(STATUS_VM_DATA, vm_data_bytes, "data"),
	LINE(STATUS_VM_STACK, vm_stack_bytes, "stack"),
	LINE(STATUS_VM_EXE, vm_exe_bytes, "text of the program"),
	LINE(STATUS_VM_LIB, vm_lib_bytes, "text of libraries"),
	LINE(STATUS_VM_PTE, vm_pte_bytes, "page tables"),
	LINE(STATUS_HUGETLB, hugetlb_bytes, "huge pages"),
#undef LINE
};

static void put_status_memory(struct subject *s, struct doc *d)
{
	const struct proc_status *status;
	int err = subject_status(s, &status);

	if (err) {
		doc_missing(d, "vm_size_bytes", "address space", err);
		return;
	}
	for (size_t i = 0; i < sizeof(status_bytes) / sizeof(status_bytes[0]); i++) {
		if (!proc_status_has(status, status_bytes[i].line))
			continue; /* not in this kernel */
		doc_bytes(d, status_bytes[i].key, status_bytes[i].title,
			  *(const uint64_t *)((const char *)status + status_bytes[i].off));
		doc_passing(d);
	}
}

static void put_statm(struct subject *s, struct doc *d)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	struct proc_statm m = { 0 };
	int err = read_statm(s->live_fd, &m);

	put_bytes(d, "shared_bytes", "resident and shareable", err, m.shared_pages * page);
	doc_passing(d);
}

static const struct {
	enum proc_rollup_field field;
	const char *key, *title;
} rollup_bytes[] = {
	{ PROC_ROLLUP_PSS, "pss_bytes", "share of resident" },
	{ PROC_ROLLUP_PRIVATE_CLEAN, "private_clean_bytes", "private, unchanged" },
	{ PROC_ROLLUP_PRIVATE_DIRTY, "private_dirty_bytes", "private, changed" },
	{ PROC_ROLLUP_SHARED_CLEAN, "shared_clean_bytes", "shared, unchanged" },
	{ PROC_ROLLUP_SHARED_DIRTY, "shared_dirty_bytes", "shared, changed" },
	{ PROC_ROLLUP_REFERENCED, "referenced_bytes", "referenced" },
	{ PROC_ROLLUP_ANON_HUGE, "anon_huge_bytes", "transparent huge pages" },
	{ PROC_ROLLUP_KSM, "ksm_bytes", "merged by content" },
	{ PROC_ROLLUP_LAZY_FREE, "lazy_free_bytes", "free when needed" },
	{ PROC_ROLLUP_SWAP_PSS, "swap_pss_bytes", "share of swap" },
};

static void put_rollup(struct subject *s, struct doc *d)
{
	struct proc_rollup r;
	int err = read_rollup(s->live_fd, &r);

	if (err) {
		doc_missing(d, "pss_bytes", "share of resident", err);
		return;
	}
	for (size_t i = 0; i < sizeof(rollup_bytes) / sizeof(rollup_bytes[0]); i++) {
		if (!(r.has >> rollup_bytes[i].field & 1))
			continue;
		doc_bytes(d, rollup_bytes[i].key, rollup_bytes[i].title,
			  r.bytes[rollup_bytes[i].field]);
		doc_passing(d);
	}
}

/* core(5) */
static void put_coredump_filter(struct subject *s, struct doc *d)
{
	static const char *const kinds[] = { "private anonymous", "shared anonymous",
					     "private files",	  "shared files",
					     "ELF headers",	  "private huge pages",
					     "shared huge pages", "private DAX",
					     "shared DAX" };
	uint32_t bits;
	int err = read_coredump_filter(s->live_fd, &bits);

	if (err) {
		doc_missing(d, "core_dump_has", "a core dump has", err);
		return;
	}
	doc_list(d, "core_dump_has", "a core dump has");
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (bits >> i & 1)
			doc_str(d, NULL, NULL, str_of(kinds[i]));
	}
	doc_end(d);
}

void memory_use_put(struct subject *s, struct doc *d)
{
	uint64_t pages;

	if (common_has_no_program(s)) {
		common_no_program(s, "memory", NULL, d);
		return;
	}
	doc_group(d, "memory", NULL);
	put_status_memory(s, d);
	put_statm(s, d);
	put_rollup(s, d);
	if (read_ksm_merging_pages(s->live_fd, &pages) == 0) {
		doc_u64(d, "ksm_merging_pages", "pages merged by content", pages);
		doc_passing(d);
	}
	put_coredump_filter(s, d);
	doc_end(d);
}
