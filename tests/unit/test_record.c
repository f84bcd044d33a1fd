// SPDX-License-Identifier: Apache-2.0
/*
 * test_record.c - records that are whole, and records that are not
 */
#include "event/record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "records.h"

static unsigned int touched; /* so that reading a slice is not optimised away */

static void touch(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		touched += (unsigned char)s.p[i];
}

/*
 * Decodes a copy that ends where its memory ends, so that a sanitizer sees a read
 * beyond it, and reads whatever the decoder says is there.
 */
static int decode(const struct made *m, size_t size)
{
	void *copy = malloc(size ? size : 1);
	struct record r;
	int error;

	assert_non_null(copy);
	memcpy(copy, m->bytes, size);
	error = record_decode(copy, size, &r);
	if (error == 0) {
		touch(r.args);
		touch(r.env);
		touch(r.exe);
		touch(r.cwd);
		touch(r.filename);
		touch(r.interp);
		touch(r.name);
	}
	free(copy);
	return error;
}

static int decode_made(const struct made *m)
{
	return decode(m, m->hdr.size);
}

static void test_whole(void **state)
{
	(void)state;
	for (unsigned int type = PTC_FORK; type < PTC_TYPES; type++) {
		struct record r = { 0 };
		struct made m;

		made_init(&m, type);
		assert_int_equal(record_decode(&m, m.hdr.size, &r), 0);
		assert_ptr_equal(r.hdr, &m.hdr);
		assert_ptr_equal(r.fork, &m.fork);
		assert_ptr_equal(r.task, made_has_task(type) ? &m.seed.task : NULL);
		assert_int_equal(r.args.len + r.env.len + r.exe.len + r.cwd.len + r.filename.len +
					 r.interp.len + r.name.len,
				 0);
		/* A reservation is often larger than the record in it. */
		assert_int_equal(decode(&m, sizeof(m)), 0);
	}
}

static void test_tail(void **state)
{
	struct record r;
	struct made m;

	(void)state;
	made_init(&m, PTC_EXEC);
	made_slice(&m, &m.exec.args, RAW("sh\0\0-c"), 0);
	made_slice(&m, &m.exec.env, RAW("A=1"), 0);
	made_slice(&m, &m.exec.exe, RAW("sh\0bin"), PTC_SLICE_REVERSED);
	made_slice(&m, &m.exec.cwd, str_from("", 0), PTC_SLICE_REVERSED);
	made_slice(&m, &m.exec.filename, str_of("/bin/sh"), 0);
	made_slice(&m, &m.exec.interp, str_of("x"), 0);
	assert_int_equal(record_decode(&m, m.hdr.size, &r), 0);
	assert_true(str_eq(r.args, RAW("sh\0\0-c")));
	assert_true(str_eq(r.env, RAW("A=1")));
	assert_true(str_eq(r.exe, RAW("sh\0bin")));
	assert_int_equal(r.cwd.len, 0);
	assert_true(str_eq(r.filename, str_of("/bin/sh")));
	assert_true(str_eq(r.interp, str_of("x")));

	made_init(&m, PTC_CGROUP_RENAME);
	made_slice(&m, &m.cgroup.name, str_of("a) b\n"), 0);
	assert_int_equal(record_decode(&m, m.hdr.size, &r), 0);
	assert_true(str_eq(r.name, str_of("a) b\n")));
}

static void test_too_short(void **state)
{
	(void)state;
	for (unsigned int type = PTC_FORK; type < PTC_TYPES; type++) {
		uint32_t fixed = made_fixed_size(type);
		struct made m;

		made_init(&m, type);
		for (size_t size = 0; size < fixed; size++)
			assert_int_equal(decode(&m, size), -EBADMSG);
		/* The same, but the record admits it. */
		for (m.hdr.size = 0; m.hdr.size < fixed; m.hdr.size++) {
			assert_int_equal(decode(&m, fixed), -EBADMSG);
			assert_int_equal(decode(&m, m.hdr.size), -EBADMSG);
		}
		assert_int_equal(decode_made(&m), 0);
	}
}

static void test_larger_than_the_ring_says(void **state)
{
	static const uint32_t sizes[] = { 1, 8, 4096, PTC_RECORD_MAX };
	struct made m;

	(void)state;
	for (unsigned int type = PTC_FORK; type < PTC_TYPES; type++) {
		uint32_t fixed = made_fixed_size(type);

		made_init(&m, type);
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
			m.hdr.size = fixed + sizes[i];
			assert_int_equal(decode(&m, fixed), -EBADMSG);
		}
		m.hdr.size = UINT32_MAX;
		assert_int_equal(decode(&m, fixed), -EBADMSG);
	}
}

static void test_version_and_type(void **state)
{
	static const uint16_t wrong_versions[] = { 0, PTC_WIRE_VERSION + 1, UINT16_MAX };
	static const uint16_t wrong_types[] = { 0, PTC_TYPES, PTC_TYPES + 1, UINT16_MAX };
	struct made m;

	(void)state;
	made_init(&m, PTC_FORK);
	for (size_t i = 0; i < sizeof(wrong_versions) / sizeof(*wrong_versions); i++) {
		m.hdr.version = wrong_versions[i];
		assert_int_equal(decode_made(&m), -EBADMSG);
	}
	m.hdr.version = PTC_WIRE_VERSION;
	assert_int_equal(decode_made(&m), 0);
	m.hdr.size = sizeof(m);
	for (size_t i = 0; i < sizeof(wrong_types) / sizeof(*wrong_types); i++) {
		m.hdr.type = wrong_types[i];
		assert_int_equal(decode_made(&m), -EBADMSG);
	}
}

/* Every slice of a record of 16 bytes more than its fixed part, with each row's bounds. */
static void check_slices(unsigned int type, const size_t *slices, size_t slices_len)
{
	const uint32_t fixed = made_fixed_size(type), end = fixed + 16;
	const struct {
		uint32_t off, len;
		bool good;
	} rows[] = {
		{ 0, 0, true },
		{ fixed, 0, true },
		{ fixed, 16, true },
		{ end - 1, 1, true },
		{ end, 0, true },
		{ fixed, 17, false },
		{ end - 1, 2, false },
		{ end, 1, false },
		{ end + 1, 0, false },
		{ 0, 1, false },
		{ 0, end, false },
		{ 1, 0, false },
		{ sizeof(struct ptc_hdr), 8, false },
		{ fixed - 1, 1, false },
		{ fixed - 1, 0, false },
		/* What these add up to is in bounds again in 32 bits. */
		{ fixed, UINT32_MAX, false },
		{ fixed + 8, UINT32_MAX - 7, false },
		{ UINT32_MAX, 1, false },
		{ UINT32_MAX, fixed + 1, false },
		{ UINT32_MAX - 15, fixed + 16, false },
		{ UINT32_MAX, UINT32_MAX, false },
		{ UINT32_MAX, 0, false },
		{ 0x80000000u, 0x80000000u, false },
	};

	for (size_t s = 0; s < slices_len; s++)
		for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
			struct ptc_slice *slice;
			struct made m;

			made_init(&m, type);
			m.hdr.size = end;
			slice = (struct ptc_slice *)(m.bytes + slices[s]);
			slice->off = rows[i].off;
			slice->len = rows[i].len;
			assert_int_equal(decode_made(&m), rows[i].good ? 0 : -EBADMSG);
		}
}

static void test_slices(void **state)
{
	static const size_t exec[] = {
		offsetof(struct ptc_exec, args),     offsetof(struct ptc_exec, env),
		offsetof(struct ptc_exec, exe),	     offsetof(struct ptc_exec, cwd),
		offsetof(struct ptc_exec, filename), offsetof(struct ptc_exec, interp),
	};
	static const size_t cgroup[] = { offsetof(struct ptc_cgroup, name) };

	(void)state;
	check_slices(PTC_EXEC, exec, 6);
	check_slices(PTC_EXEC_FAILED, exec, 6);
	check_slices(PTC_CGROUP_MKDIR, cgroup, 1);
	check_slices(PTC_CGROUP_RMDIR, cgroup, 1);
	check_slices(PTC_CGROUP_RENAME, cgroup, 1);
}

static void test_counts(void **state)
{
	static const struct {
		uint32_t vpids_len, groups_len, groups_total;
		bool good;
	} rows[] = {
		{ 1, 0, 0, true },
		{ PTC_PID_LEVELS, PTC_GROUPS_MAX, PTC_GROUPS_MAX, true },
		{ 1, PTC_GROUPS_MAX, 65536, true },
		{ 1, 0, 65536, true }, /* they could not be read */
		{ 0, 0, 0, false },
		{ PTC_PID_LEVELS + 1, 0, 0, false },
		{ UINT32_MAX, 0, 0, false },
		{ 1, PTC_GROUPS_MAX + 1, PTC_GROUPS_MAX + 1, false },
		{ 1, UINT32_MAX, UINT32_MAX, false },
		{ 1, 3, 2, false },
		{ 1, 1, 0, false },
	};

	(void)state;
	for (unsigned int type = PTC_FORK; type < PTC_TYPES; type++)
		for (size_t i = 0; made_has_task(type) && i < sizeof(rows) / sizeof(*rows); i++) {
			struct made m;
			int want = rows[i].good ? 0 : -EBADMSG;

			made_init(&m, type);
			m.seed.task.vpids_len = rows[i].vpids_len;
			m.seed.task.groups_len = rows[i].groups_len;
			m.seed.task.groups_total = rows[i].groups_total;
			assert_int_equal(decode_made(&m), want);
			assert_int_equal(record_check_task(&m.seed.task), want);
		}
}

static void test_comm(void **state)
{
	(void)state;
	for (unsigned int type = PTC_FORK; type < PTC_TYPES; type++) {
		struct made m;

		if (!made_has_task(type))
			continue;
		made_init(&m, type);
		memset(m.seed.task.comm, 'x', PTC_COMM_LEN);
		assert_int_equal(decode_made(&m), -EBADMSG);
		m.seed.task.comm[PTC_COMM_LEN - 1] = '\0';
		assert_int_equal(decode_made(&m), 0);
		m.seed.task.comm[0] = '\0';
		assert_int_equal(decode_made(&m), 0);
	}
}

/* An attempt that failed says why, and an error is never positive. */
static void test_error(void **state)
{
	static const struct {
		unsigned int type;
		int32_t error;
		bool good;
	} rows[] = {
		{ PTC_EXEC_FAILED, -ENOENT, true }, { PTC_EXEC_FAILED, INT32_MIN, true },
		{ PTC_EXEC_FAILED, 0, false },	    { PTC_EXEC_FAILED, ENOENT, false },
		{ PTC_SETNS, -EPERM, true },	    { PTC_SETNS, 0, true },
		{ PTC_SETNS, EPERM, false },	    { PTC_UNSHARE, INT32_MIN, true },
		{ PTC_UNSHARE, 0, true },	    { PTC_UNSHARE, INT32_MAX, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct made m;

		made_init(&m, rows[i].type);
		if (rows[i].type == PTC_EXEC_FAILED)
			m.exec.error = rows[i].error;
		else
			m.ns_call.error = rows[i].error;
		assert_int_equal(decode_made(&m), rows[i].good ? 0 : -EBADMSG);
	}
}

static void test_output_is_left_alone(void **state)
{
	struct record r, before;
	struct made m;

	(void)state;
	memset(&r, 0xa5, sizeof(r));
	before = r;
	made_init(&m, PTC_EXEC);
	m.exec.interp = (struct ptc_slice){ .off = m.hdr.size, .len = 1 };
	assert_int_equal(record_decode(&m, m.hdr.size, &r), -EBADMSG);
	assert_memory_equal(&r, &before, sizeof(r));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_tail),
		cmocka_unit_test(test_too_short),
		cmocka_unit_test(test_larger_than_the_ring_says),
		cmocka_unit_test(test_version_and_type),
		cmocka_unit_test(test_slices),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_comm),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_output_is_left_alone),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
