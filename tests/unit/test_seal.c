// SPDX-License-Identifier: Apache-2.0
/*
 * test_seal.c - sealing while a log is written: files of keys, crashes, what is refused
 *
 * Long because each way for a log and its key to disagree is a short history of its own.
 */
#include "log/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "log/sealed.h"
#include "log/sealfile.h"
#include "log/verify.h"

#define START 1795939200
#define NOW   (INT64_C(1795940000) * (int64_t)NSEC_PER_SEC)

static struct verifykey key;
static char directory[] = "/tmp/proctrace-seal-XXXXXX";
static char key_path[64], log_path[64];

static int set_up_all(void **state)
{
	(void)state;
	if (chain_ready() < 0 || !mkdtemp(directory))
		return -1;
	verifykey_make(&key, START);
	snprintf(key_path, sizeof(key_path), "%s/key", directory);
	snprintf(log_path, sizeof(log_path), "%s/log", directory);
	return 0;
}

static int tear_down_all(void **state)
{
	(void)state;
	return rmdir(directory);
}

static int set_up(void **state)
{
	struct sealfile f = {};
	struct why why;

	(void)state;
	sealkey_first(&key, &f.key);
	return sealfile_create(key_path, &f, &why);
}

static int tear_down(void **state)
{
	(void)state;
	unlink(key_path);
	unlink(log_path);
	return 0;
}

/* A log that is written, as far as sealing cares. */
struct rig {
	struct seal *seal;
	struct chain chain;
	int fd;
};

static void put(struct rig *rig, const char *action, const char *own, bool sealed, bool commit)
{
	struct buf line = {}, sealed_line = {}, out = {};
	struct why why;

	buf_printf(
		&line,
		"{\"@timestamp\":\"2026-11-29T09:00:00.000000000Z\",\"event\":{\"action\":\"%s\"},"
		"\"proctrace\":{\"schema\":1%s}}\n",
		action, own);
	if (sealed) {
		assert_int_equal(seal_line(rig->seal, &rig->chain, str_from(line.data, line.len),
					   &sealed_line),
				 0);
		buf_reset(&line);
		buf_put(&line, sealed_line.data, sealed_line.len);
	}
	assert_int_equal(chain_append(&rig->chain, str_from(line.data, line.len), &out), 0);
	assert_int_equal(write(rig->fd, out.data, out.len), out.len);
	if (commit)
		assert_int_equal(seal_commit(rig->seal, &rig->chain, NOW, true, &why), 0);
	buf_done(&line);
	buf_done(&sealed_line);
	buf_done(&out);
}

static void put_open(struct rig *rig)
{
	put(rig, "log-open", "", true, true);
}

static void put_close(struct rig *rig)
{
	put(rig, "log-close", ",\"log_close\":{\"reason\":\"end\"}", true, true);
}

/* Begins, or goes on. last: where the log got to. Returns what seal_resume() does. */
static int start(struct rig *rig, struct chain last)
{
	struct why why;
	int r;

	*rig = (struct rig){ .chain = last };
	rig->fd = open(log_path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(rig->fd >= 0);
	assert_int_equal(seal_open(key_path, &rig->seal, &why), 0);
	r = seal_resume(rig->seal, rig->fd, &rig->chain, &why);
	return r;
}

static struct chain stop(struct rig *rig)
{
	seal_close(rig->seal);
	close(rig->fd);
	return rig->chain;
}

static enum verify_problem verified(void)
{
	struct verify *v = NULL;
	struct log_file file = { .path = log_path, .name = "log" };
	enum verify_problem problem;

	assert_int_equal(verify_new(&key, &v), 0);
	assert_int_equal(log_source_new(open(log_path, O_RDONLY | O_CLOEXEC), &file.source), 0);
	assert_true(verify_file(v, &file) >= 0);
	problem = verify_end(v, NULL)->found.problem;
	log_source_free(file.source);
	verify_free(v);
	return problem;
}

static struct sealfile file_now(void)
{
	struct sealfile f;
	struct why why;

	assert_int_equal(sealfile_read(key_path, &f, &why), 0);
	return f;
}

static void test_text(void **state)
{
	struct sealfile f = {}, again;
	char text[SEALFILE_TEXT_MAX];
	size_t len;

	(void)state;
	sealkey_first(&key, &f.key);
	f.key.epoch = f.key.slot = f.key.start = f.sealed.seq = UINT64_MAX;
	memset(f.sealed.head, 0x5a, sizeof(f.sealed.head));
	len = sealfile_fmt(&f, text);
	assert_true(len < sizeof(text));
	assert_true(sealfile_parse(str_from(text, len), &again));
	assert_memory_equal(&f, &again, sizeof(f));
	for (size_t i = 0; i < len; i++) {
		char saved = text[i];

		text[i] = saved == '1' ? '2' : '1';
		assert_false(sealfile_parse(str_from(text, len), &again));
		text[i] = saved;
		assert_false(sealfile_parse(str_from(text, i), &again));
	}
}

static void test_seals_and_goes_on(void **state)
{
	struct rig rig;
	struct chain last;
	struct sealfile before = file_now(), after;

	(void)state;
	assert_int_equal(start(&rig, (struct chain){}), 0);
	put_open(&rig);
	after = file_now();
	assert_true(after.key.epoch == 1 && after.sealed.seq == 1);
	assert_true(after.key.slot == 13); /* NOW, in minutes of the key */
	assert_memory_not_equal(before.key.secret, after.key.secret, sizeof(after.key.secret));
	put(&rig, "exec", "", false, false);
	put_close(&rig);
	last = stop(&rig);
	assert_int_equal(start(&rig, last), 0);
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_FINE);
	assert_true(file_now().key.epoch == 4);
}

/* The seal is in the log, and the key's file does not know it yet. */
static void test_crash_before_commit(void **state)
{
	struct rig rig;
	struct chain last;

	(void)state;
	start(&rig, (struct chain){});
	put_open(&rig);
	put(&rig, "log-seal", "", true, false);
	last = stop(&rig);
	assert_true(file_now().key.epoch == 1);
	assert_int_equal(start(&rig, last), 0);
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_FINE);
	assert_true(file_now().key.epoch == 4);
}

/* Its file could not be replaced for a while; and after that come many records. */
static void test_file_not_replaced(void **state)
{
	struct sealfile old = file_now();
	struct rig rig;
	struct chain last;
	struct why why;

	(void)state;
	start(&rig, (struct chain){});
	put_open(&rig);
	put(&rig, "log-seal", "", true, true);
	put(&rig, "log-seal", "", true, true);
	for (int i = 0; i < 20000; i++)
		put(&rig, "exec", "", false, false);
	last = stop(&rig);
	unlink(key_path);
	assert_int_equal(sealfile_create(key_path, &old, &why), 0);
	assert_int_equal(start(&rig, last), 0);
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_FINE);
}

static void test_nothing_can_be_written(void **state)
{
	char next[80];
	struct rig rig;
	struct why why;

	(void)state;
	snprintf(next, sizeof(next), "%s.next", key_path);
	start(&rig, (struct chain){});
	put_open(&rig);
	put(&rig, "log-seal", "", true, false);
	/* A directory in the way of the next file. */
	assert_int_equal(mkdir(next, 0700), 0);
	assert_int_equal(seal_commit(rig.seal, &rig.chain, NOW, true, &why), -EEXIST);
	assert_true(file_now().key.epoch == 1);
	assert_int_equal(rmdir(next), 0);
	/* What is sealed meanwhile is sealed with the next key all the same. */
	put(&rig, "log-seal", "", true, true);
	assert_true(file_now().key.epoch == 3);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_FINE);
}

/* What a crash left of the next file is no obstacle. */
static void test_leftover(void **state)
{
	char next[80];
	struct rig rig;
	int fd;

	(void)state;
	snprintf(next, sizeof(next), "%s.next", key_path);
	fd = open(next, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	close(fd);
	start(&rig, (struct chain){});
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_FINE);
	assert_int_equal(access(next, F_OK), -1);
}

/* The log was moved away: its chain goes on. */
static void test_log_moved_away(void **state)
{
	struct rig rig;

	(void)state;
	start(&rig, (struct chain){});
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	unlink(log_path);
	assert_int_equal(start(&rig, (struct chain){}), 0);
	assert_true(rig.chain.seq == 2);
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_FINE);
}

/* The log was cut, or is another one: that is said, and shows for ever. */
static void test_log_cut(void **state)
{
	struct rig rig;
	struct chain cut;
	off_t len;

	(void)state;
	start(&rig, (struct chain){});
	put_open(&rig);
	cut = rig.chain;
	len = lseek(rig.fd, 0, SEEK_END);
	put(&rig, "log-seal", "", true, true);
	put(&rig, "log-seal", "", true, true);
	stop(&rig);
	assert_int_equal(truncate(log_path, len), 0);
	assert_int_equal(start(&rig, cut), 1);
	put_open(&rig);
	put_close(&rig);
	stop(&rig);
	assert_int_equal(verified(), VERIFY_REMOVED);
}

/* A seal that only claims to be ours does not move the key. */
static void test_forged_seal(void **state)
{
	struct sealfile other = {};
	struct verifykey foreign;
	struct rig rig;
	struct chain last;
	struct why why;

	(void)state;
	verifykey_make(&foreign, START);
	sealkey_first(&foreign, &other.key);
	memcpy(other.key.id, key.id, sizeof(key.id));
	sealkey_wind(&other.key, 1000, 10);
	start(&rig, (struct chain){});
	put_open(&rig);
	last = rig.chain;
	{
		struct buf line = {}, out = {};

		sealed_append(&other.key, &last,
			      STR_LITERAL("{\"a\":1,\"proctrace\":{\"schema\":1}}"), &line);
		assert_int_equal(chain_append(&last, str_from(line.data, line.len), &out), 0);
		assert_int_equal(write(rig.fd, out.data, out.len), out.len);
		buf_done(&line);
		buf_done(&out);
	}
	stop(&rig);
	assert_int_equal(start(&rig, last), 1);
	put_open(&rig);
	assert_true(file_now().key.epoch == 2);
	stop(&rig);
	(void)why;
}

static void expect_refused(int error)
{
	struct seal *s = NULL;
	struct why why;

	assert_int_equal(seal_open(key_path, &s, &why), error);
	assert_true(strlen(why.text) > 10);
}

static void test_refused(void **state)
{
	struct seal *first = NULL;
	struct sealfile f = file_now();
	struct why why;
	int fd;

	(void)state;
	assert_int_equal(chmod(key_path, 0640), 0);
	expect_refused(-EPERM);
	assert_int_equal(chmod(key_path, 0600), 0);
	assert_int_equal(chmod(directory, 0777), 0);
	expect_refused(-EPERM);
	assert_int_equal(chmod(directory, 0700), 0);
	assert_int_equal(seal_open(key_path, &first, &why), 0);
	expect_refused(-EBUSY);
	seal_close(first);
	assert_int_equal(sealfile_create(key_path, &f, &why), -EEXIST);
	fd = open(key_path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "x", 1, 30), 1);
	close(fd);
	expect_refused(-EBADMSG);
	unlink(key_path);
	expect_refused(-ENOENT);
	assert_int_equal(symlink("elsewhere", key_path), 0);
	expect_refused(-ELOOP);
	unlink(key_path);
	assert_int_equal(mkfifo(key_path, 0600), 0);
	expect_refused(-EINVAL);
	unlink(key_path);
	assert_int_equal(mkdir(key_path, 0700), 0);
	expect_refused(-EISDIR);
	assert_int_equal(rmdir(key_path), 0);
}

/* The clock goes back, and beyond all sense: seals go on. */
static void test_clock(void **state)
{
	struct rig rig;
	struct why why;

	(void)state;
	start(&rig, (struct chain){});
	put_open(&rig);
	put(&rig, "log-seal", "", true, false);
	assert_int_equal(seal_commit(rig.seal, &rig.chain, 0, true, &why), 0);
	assert_true(file_now().key.slot == 13);
	put(&rig, "log-seal", "", true, false);
	assert_int_equal(seal_commit(rig.seal, &rig.chain, INT64_MAX, true, &why), 0);
	assert_true(file_now().key.slot >= 13);
	stop(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_text, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_seals_and_goes_on, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_crash_before_commit, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_file_not_replaced, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_can_be_written, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_leftover, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_log_moved_away, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_log_cut, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_forged_seal, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_refused, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clock, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("seal", tests, set_up_all, tear_down_all);
}
