// SPDX-License-Identifier: Apache-2.0
/*
 * test_log_disk - whatever the log's disk does, the timeline goes on and the counts add up
 *
 * A small file system is filled to the last byte, becomes read-only, stands still; the
 * directory goes away. Each time one message says so, one more when it is over, and what
 * is not in the log by then a record in it tells.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "logs.h"
#include "scratch.h"
#include "summary.h"

#define BEGUN	   "cannot write the log"
#define ENDED	   "is written again"
#define STORM	   "400" /* with this argument its events are more than the queue holds */
#define FILLER_LEN 16000

static char disk[2048]; /* where it is mounted; empty: nowhere */
static bool frozen;

static void set_frozen(bool freeze)
{
	int fd = open(disk, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || ioctl(fd, freeze ? FIFREEZE : FITHAW, 0) < 0)
		harness_fail("%s: %s", disk, strerror(errno));
	close(fd);
	frozen = freeze;
}

static void unmount(void)
{
	if (disk[0])
		umount2(disk, MNT_DETACH);
	disk[0] = '\0';
}

/* A frozen disk would hold even a tracer that was killed. */
static int disk_teardown(void **state)
{
	if (frozen)
		set_frozen(false);
	unmount();
	return live_teardown(state);
}

/* The bare directory is none that a log is put into. */
static const char *make_disk(void)
{
	snprintf(disk, sizeof(disk), "%s", scratch_path("disk"));
	assert_return_code(mkdir(disk, 0755), errno);
	assert_return_code(chmod(disk, 0777), errno);
	return disk;
}

static const char *mount_tmpfs(const char *options)
{
	if (mount("proctrace-test", make_disk(), "tmpfs", 0, options) < 0)
		harness_fail("tmpfs: %s", strerror(errno));
	return scratch_path("disk/log");
}

/* Both may be modules that are not there. */
static const char *mount_ext4(void)
{
	const char *image = scratch_path("image");
	struct command *c;

	make_disk();
	scratch_write("image", "", 0600);
	assert_return_code(truncate(image, 32 << 20), errno);
	command_free(command_run(NULL, argv_of("mkfs.ext4", "-q", "-F", image)));
	c = command_start(NULL, argv_of("mount", "-o", "loop", image, disk));
	if (command_wait(c, deadline_ms()) != 0)
		harness_skip("no ext4 on a loop device: %s", c->err.data);
	command_free(c);
	return scratch_path("disk/log");
}

static size_t count_text(const struct harness *h, const char *text)
{
	size_t n = 0;

	for (const char *p = h->tracer->err.data; (p = strstr(p, text)); p++)
		n++;
	return n;
}

static void wait_for_text(struct harness *h, const char *text)
{
	int64_t deadline = clock_ms() + deadline_ms();

	while (!count_text(h, text)) {
		if (h->tracer->err.fd < 0 || (!stream_pump(-1, deadline) && clock_ms() >= deadline))
			harness_fail("proctrace does not say: %s", text);
	}
}

static void make_storm(const char *count)
{
	command_free(command_run(NULL, argv_of(workload("storm"), count, workload("tiny"))));
}

static void make_big_storm(void)
{
	static char filler[FILLER_LEN];

	memset(filler, 'x', sizeof(filler) - 1);
	command_free(
		command_run(NULL, argv_of(workload("storm"), STORM, workload("tiny"), filler)));
}

/* Small bits until it says that it is full. */
static void make_full(struct harness *h)
{
	while (!count_text(h, BEGUN)) {
		make_storm("20");
		stream_pump(-1, clock_ms() + 10);
	}
}

static struct harness *start(const char *log, const char *const options[])
{
	const char *args[32] = { "-f", "json", "-e", "all", "-x", "--log", log };

	for (size_t n = 7; *options; n++)
		args[n] = *options++;
	return harness_start_own_argv(args);
}

/* A test that waits for a storm does not read, and the queue of the output has a limit too. */
static uint64_t count_not_printed(const struct harness *h)
{
	return summary_before(h, "events could not be printed");
}

/* So many events are missing, or more by what the kernel side lost: see logs_read_lossy(). */
static bool are_missing(struct harness *h, uint64_t said, uint64_t events)
{
	return said >= events && said - events <= harness_summary(h, "lost");
}

/* Both were said once, and what is shown is what is in the log or counted there. */
static void check_end(struct harness *h, const char *log, uint64_t *ret_lost)
{
	struct logs logs;
	uint64_t logged = 0;

	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(count_text(h, BEGUN), 1);
	assert_int_equal(count_text(h, ENDED), 1);
	logs_read_lossy(log, harness_summary(h, "lost"), &logs);
	for (size_t i = 0; i < logs.len; i++)
		logged += logs.entries[i].root && !logs.entries[i].is_own;
	*ret_lost = logs_lost(&logs);
	if (!are_missing(h, logged + *ret_lost + logs.missing,
			 harness_count(h, NULL, 0) + count_not_printed(h)))
		harness_fail("%" PRIu64 " logged and %" PRIu64 " lost of %zu", logged, *ret_lost,
			     harness_count(h, NULL, 0));
	logs_free(&logs);
}

static void full(void **state)
{
	const char *log = mount_tmpfs("size=1m,mode=700");
	struct harness *h = start(log, argv_of("--log-sync", "none"));
	char summary[128];
	uint64_t lost;

	(void)state;
	make_full(h);
	harness_sync(h); /* the timeline goes on */
	make_big_storm();
	harness_sync(h);
#ifndef __SANITIZE_ADDRESS__
	assert_true(command_memory_kib(h->tracer, "VmHWM") < 256 << 10);
#endif
	assert_int_equal(count_text(h, ENDED), 0);
	command_free(command_run(NULL, argv_of("mount", "-o", "remount,size=64m", disk)));
	wait_for_text(h, ENDED);
	make_storm("3");
	check_end(h, log, &lost);
	assert_true(lost > 0);
	snprintf(summary, sizeof(summary), "%" PRIu64 " events could not be logged", lost);
	assert_non_null(strstr(h->tracer->err.data, summary));
	unmount();
}

/* The end comes while the disk is full. */
static void full_to_the_end(void **state)
{
	const char *log = mount_tmpfs("size=256k,mode=700");
	struct harness *h = start(log, argv_of("--log-max-size", "64K"));
	uint64_t logged = 0;
	const char *said;
	struct logs logs;

	(void)state;
	make_full(h);
	harness_sync(h);
	assert_int_equal(harness_stop(h), 1);
	assert_int_equal(count_text(h, BEGUN), 1);
	logs_read_lossy(log, harness_summary(h, "lost"), &logs);
	for (size_t i = 0; i < logs.len; i++)
		logged += logs.entries[i].root && !logs.entries[i].is_own;
	/* The rest could not be logged, and the summary says how many. */
	assert_true(logged > 0);
	said = strstr(h->tracer->err.data, " events could not be logged");
	assert_non_null(said);
	while (said > h->tracer->err.data && said[-1] >= '0' && said[-1] <= '9')
		said--;
	assert_true(are_missing(h, strtoull(said, NULL, 10),
				harness_count(h, NULL, 0) + count_not_printed(h) - logged));
	logs_free(&logs);
	unmount();
}

static void full_and_stop(void **state)
{
	const char *log = mount_tmpfs("size=256k,mode=700");
	struct harness *h = start(log, argv_of("--log-on-full", "stop"));

	(void)state;
	make_full(h);
	command_wait(h->tracer, deadline_ms());
	assert_int_equal(WEXITSTATUS(h->tracer->status), 1);
	assert_non_null(strstr(h->tracer->err.data, "tracing ends"));
	unmount();
}

/* The oldest files give way: the disk is never in the way. */
static void full_and_rotate(void **state)
{
	const char *log = mount_tmpfs("size=512k,mode=700");
	struct harness *h = start(log, argv_of("--log-on-full", "rotate", "--log-max-size", "64K"));
	struct logs logs;

	(void)state;
	make_storm("400");
	harness_sync(h);
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(count_text(h, BEGUN), 0);
	logs_read(log, &logs);
	assert_true(logs.files > 3);
	assert_true(logs.entries[0].seq > 1);
	assert_int_equal(logs_lost(&logs), 0);
	assert_string_equal(logs.entries[logs.len - 1].action, "log-close");
	logs_free(&logs);
	unmount();
}

static void read_only(void **state)
{
	const char *log = mount_ext4();
	struct harness *h = start(log, argv_of("--log-sync", "interval"));
	uint64_t lost;

	(void)state;
	make_storm("20");
	harness_sync(h);
	/* What the kernel does when the disk fails. What it had not written is gone. */
	sync();
	command_free(command_run(NULL, argv_of("mount", "-o", "remount,abort", disk)));
	make_storm("20");
	wait_for_text(h, BEGUN);
	harness_sync(h);
	/* Nothing of ours is in the way when it is repaired. */
	for (int64_t deadline = clock_ms() + deadline_ms(); umount(disk) < 0;) {
		if (errno != EBUSY || clock_ms() >= deadline)
			harness_fail("umount: %s", strerror(errno));
		stream_pump(-1, clock_ms() + 20);
	}
	command_free(
		command_run(NULL, argv_of("mount", "-o", "loop", scratch_path("image"), disk)));
	wait_for_text(h, ENDED);
	harness_sync(h);
	check_end(h, log, &lost);
	assert_int_equal(lost, 0);
	unmount();
}

/* The disk stands still: no error, but no write ends. */
static void frozen_disk(void **state)
{
	const char *log = mount_ext4();
	struct harness *h = start(log, argv_of("--log-sync", "interval"));
	struct logs logs;

	(void)state;
	harness_sync(h);
	set_frozen(true);
	make_big_storm();
	harness_sync(h);
	set_frozen(false);
	assert_int_equal(harness_stop(h), 0);
	logs_read(log, &logs);
	assert_true(logs_lost(&logs) > 0);
	check_str(logs_find(&logs, "lost", 0)->root, "proctrace.lost.reason", "log queue full");
	logs_free(&logs);
	unmount();
}

static void removed(void **state)
{
	const char *log = scratch_path("gone/log");
	char directory[2048];
	struct harness *h = start(log, argv_of("--log-sync", "none"));
	struct logs logs;
	const struct log_entry *e;

	(void)state;
	snprintf(directory, sizeof(directory), "%.*s", (int)(strlen(log) - 4), log);
	make_storm("5");
	harness_sync(h);
	command_free(command_run(NULL, argv_of("rm", "-r", directory)));
	make_storm("5");
	wait_for_text(h, BEGUN);
	harness_sync(h);
	assert_return_code(mkdir(directory, 0700), errno);
	wait_for_text(h, ENDED);
	harness_sync(h);
	assert_int_equal(harness_stop(h), 0);
	assert_int_equal(count_text(h, BEGUN), 1);
	assert_int_equal(count_text(h, ENDED), 1);
	/* What was in the file is gone with it; all that came then is there. */
	logs_read(log, &logs);
	check_str(logs.entries[0].root, "proctrace.log_open.reason", "reopen");
	e = &logs.entries[logs.len - 2];
	assert_int_equal(e->event_number, harness_count(h, NULL, 0));
	logs_free(&logs);
}

#define disk_test(f) cmocka_unit_test_setup_teardown(f, live_setup, disk_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		disk_test(full),	  disk_test(full_to_the_end),
		disk_test(full_and_stop), disk_test(full_and_rotate),
		disk_test(read_only),	  disk_test(frozen_disk),
		disk_test(removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
